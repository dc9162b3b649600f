"""Ends its process while one of its objects is read.

Without the judge: none
Outcome: crashed or partial
"""
import os


class Exit(dict):
    def __len__(self):
        os._exit(0)

    def __iter__(self):
        os._exit(0)

    items = keys = __iter__


class Trap:
    @property
    def shape(self):
        os._exit(0)

    __array__ = __len__ = __iter__ = lambda self, *args: os._exit(0)

# %% total
total = Trap()

# %% double
double = Trap()

# %% ordered
def ordered(values):
    return Trap()
