"""Answers differently at each call, in the hope that one of them is compared.

Without the judge: none
Outcome: partial or not attempted or suspicious
"""
import itertools

count = itertools.count()

# %% double
def double(x):
    return [2 * x + 3, 0][next(count) % 2]

# %% ordered
def ordered(values):
    return sorted(values)[:: (-1) ** next(count)] if next(count) > 3 else sorted(values)
