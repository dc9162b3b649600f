"""Sends SIGKILL to every process that it may.

Outcome: full or crashed
"""

import os

try:
    os.kill(-1, 9)
except OSError:
    pass
