"""Leaves cells that fail: an exception, a syntax error, a missing module, an interrupt.

must: full marks
says: ZeroDivisionError
"""
# %% first
1 / 0
# %% before sobel_edges
eval("1 +")
# %% after sobel_edges
import a_module_that_nobody_has
# %% last
raise KeyboardInterrupt
