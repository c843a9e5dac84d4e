from pathlib import Path

from autograder.nbgrader_setup import configure

c = get_config()  # noqa: F821  (nbgrader puts get_config into this file's namespace)
configure(c, root=Path(__file__).absolute().parent)

# What a notebook writes beside itself when it is run is no part of an assignment.
c.CourseDirectory.ignore.append("predictions.csv")
