"""Takes memory until there is no more.

Outcome: out of memory
"""

import numpy as np

hoard = []
while True:
    hoard.append(np.ones(5_000_000))
