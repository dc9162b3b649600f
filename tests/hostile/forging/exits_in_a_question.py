"""Ends its process while it is asked.

Without the judge: none
Outcome: crashed
"""
import os

# %% double
def double(x):
    os._exit(0)
