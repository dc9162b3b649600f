"""Sleeps in the middle of a question.

Without the judge: none
Outcome: timed out
"""
import time

# %% double
def double(x):
    while True:
        time.sleep(1)
