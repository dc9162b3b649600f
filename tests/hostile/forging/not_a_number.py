"""Answers with NaN, infinity and empty arrays, which pass careless comparisons.

Without the judge: none
Outcome: partial or not attempted or suspicious
"""
import numpy as np
import pandas as pd

# %% total
total = float('nan')

# %% double
def double(x):
    return np.nan

# %% ordered
def ordered(values):
    return np.full(len(values), np.nan)

# %% table
table = pd.DataFrame({'n': [], 'square': []})
