"""Makes namespaces and mounts, to become root in a world of its own.

Outcome: full
"""

import ctypes
import os
import subprocess

libc = ctypes.CDLL(None, use_errno=True)
loot = []
for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000, 0x08000000, 0x04000000, 0x02000000):
    if libc.unshare(flag) == 0:
        loot.append(hex(flag))
if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
    loot.append("mount")
if libc.chroot(b"/tmp") == 0:
    loot.append("chroot")
if libc.syscall(56 if os.uname().machine == "x86_64" else 220, 0x10000000 | 17, None, None, None, None) > 0:
    loot.append("clone")
if subprocess.run(["unshare", "-Urm", "true"], stderr=subprocess.DEVNULL).returncode == 0:
    loot.append("unshare")
if libc.setuid(0) == 0 or os.geteuid() == 0:
    loot.append("root")
print("LOOT:", loot)
