"""Has numpy raise at every floating point trouble, and turns warnings into errors.

must: full marks
"""
# %% first
import warnings

import numpy as np

np.seterr(all="raise")
np.set_printoptions(precision=2, suppress=True)
warnings.simplefilter("error")
