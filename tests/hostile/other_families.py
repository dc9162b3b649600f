"""Opens sockets that belong to the machine and not to the box, and watches of which a user has few.

Outcome: full
"""

import ctypes, os, socket

loot = []
for family in range(46):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind).close()
            loot += [family] if family not in (1, 2, 10, 16) else []
        except OSError:
            pass
libc = ctypes.CDLL(None)
loot += [name for name in ("inotify_init", "fanotify_init") if getattr(libc, name)(0, 0) >= 0]
loot += ["sees cgroups"] if any(line.strip().rpartition(":")[2] not in ("/", "") for line in open("/proc/self/cgroup")) else []
print("LOOT:", loot)
