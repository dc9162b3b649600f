"""Forks as fast as it can.

Outcome: too many processes or timed out
"""

import os

while True:
    try:
        os.fork()
    except OSError:
        pass
