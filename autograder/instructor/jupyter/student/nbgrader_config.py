"""What nbgrader's extensions read in a student's JupyterLab that `dl30 lab` started."""

from autograder.nbgrader_setup import use_chosen_exchange

use_chosen_exchange(get_config())  # type: ignore[name-defined]  # noqa: F821
