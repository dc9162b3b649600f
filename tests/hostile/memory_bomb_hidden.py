"""Forbids others to look at its memory, then takes too much.

Outcome: out of memory
"""

import ctypes
import time

import numpy as np

ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
hoard = []
while True:
    hoard.append(np.ones(5_000_000))
