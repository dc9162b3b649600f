"""Attaches to other processes and reads their memory.

Outcome: full
"""

import ctypes
import glob
import os

libc = ctypes.CDLL(None, use_errno=True)
loot = []
for path in glob.glob("/proc/[0-9]*"):
    pid = int(path.rpartition("/")[2])
    if pid == os.getpid():
        continue
    if libc.ptrace(16, pid, None, None) == 0:
        loot.append(f"ptrace {pid}")
    name = open(f"{path}/comm").read().strip() if os.path.exists(f"{path}/comm") else ""
    if name not in ("bwrap", "sh", "sleep"):
        loot.append(name)
print("LOOT:", loot)
