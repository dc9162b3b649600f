"""Tries to write into the course, the gradebook, the packages, the system and the host's folders for temporary files.

Outcome: full
"""

import os
from pathlib import Path

loot = []
for place in ("{COURSE}", "{COURSE}/classroom", "{ROOT}", "{ROOT}/helpers", "{ROOT}/datasets", "{PACKAGES}", "/usr", "/etc", "/dev", "/", "{HOME}", "/proc/sys/kernel"):
    for folder in (place, "/proc/self/root" + place, "/proc/1/root" + place):
        try:
            Path(folder, "hostile").write_text("was here")
            loot.append(folder)
        except OSError:
            pass
try:
    open("{COURSE}/classroom/gradebook.db", "r+b").write(b"broken")
    loot.append("gradebook")
except OSError:
    pass
Path("/tmp/hostile").write_text("only in my box")
Path("/dev/shm/hostile").write_text("only in my box")
print("LOOT:", loot)
