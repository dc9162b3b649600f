"""Answers with an object that becomes another array each time it is asked.

Without the judge: none
Outcome: partial or not attempted or suspicious
"""
import itertools

import numpy as np


class Changing:
    def __init__(self):
        self.count = itertools.count()

    def __array__(self, dtype=None, copy=None):
        return np.array([45.0, 0.0][next(self.count) % 2 :][:1])

    def __len__(self):
        return next(self.count)

# %% total
total = Changing()

# %% ordered
def ordered(values):
    return Changing()
