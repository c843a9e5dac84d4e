"""Raises an exception that bears the name of the grader's own errors, and lies about its class.

says: raised
alone: - names of exceptions mean nothing there
"""
# %% answer sobel_edges
class CourseError(BaseException):
    __class__ = property(lambda self: AssertionError)
    exit_code = 3

class JailUnavailable(CourseError):
    pass

JailUnavailable.__module__ = "autograder.errors"

def sobel_edges(image):
    raise JailUnavailable("the jail for student code cannot be built")
