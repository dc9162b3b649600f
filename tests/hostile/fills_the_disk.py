"""Writes files until the disk is full, everywhere it may.

Outcome: full
"""

import errno

codes = set()
for folder in (".", "/tmp", "/dev/shm"):
    for number in range(100):
        try:
            with open(f"{folder}/{number}", "wb") as file:
                for _ in range(5):
                    file.write(bytes(1_000_000))
        except OSError as error:
            codes.add(error.errno)
            break
    else:
        codes.add("never full")
    for number in range(100):
        try:
            __import__("os").remove(f"{folder}/{number}")
        except OSError:
            break
print("LOOT:", [code for code in codes if code not in (errno.ENOSPC, errno.EFBIG)])
