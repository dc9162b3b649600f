"""Raises what checks may not expect: SystemExit, StopIteration, errors without words, the course's own error.

Without the judge: none
Outcome: partial or not attempted or suspicious
"""
from helpers import checks


class Wordless(ValueError):
    def __str__(self):
        raise RuntimeError


class Abort(BaseException):
    pass

# %% total
class Total:
    def __float__(self):
        raise StopIteration


total = Total()

# %% double
def double(x):
    raise SystemExit(0)

# %% ordered
def ordered(values):
    raise Abort

# %% refuses
def root(x):
    raise Wordless if x < 0 else checks.NotYet('passed')
