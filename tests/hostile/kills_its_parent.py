"""Kills its parent, its process group and the first thousand processes.

Outcome: crashed
"""

import os

for pid in [os.getppid(), *range(1, 1000)]:
    if pid not in (0, os.getpid()):
        try:
            os.kill(pid, 9)
        except OSError:
            pass
os.killpg(0, 9)
