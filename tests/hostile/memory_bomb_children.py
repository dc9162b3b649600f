"""Takes memory through children, each of them modest.

Outcome: out of memory
"""

import os
import time

import numpy as np

for _ in range(10):
    if os.fork() == 0:
        hoard = np.ones(30_000_000)
        time.sleep(100)
time.sleep(100)
