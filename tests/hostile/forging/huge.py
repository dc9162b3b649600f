"""Answers with more than anybody could read.

Without the judge: none
Outcome: partial or not attempted or suspicious
"""
import numpy as np

# %% total
total = [0] * 5_000_000

# %% double
def double(x):
    return 10**200_000

# %% ordered
def ordered(values):
    return np.zeros(50_000_000)

# %% table
table = 'x' * 90_000_000
