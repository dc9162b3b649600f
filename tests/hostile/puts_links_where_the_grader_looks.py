"""Replaces what the grader may open by links to files and sockets outside, and breaks its connections, so that it opens them again.

Outcome: full or crashed or timed out or suspicious
"""

import os, socket, stat, time

for folder in ("/tmp", "/submission", "/submission-connection", "/dev/shm", "/run", "/var/run"):
    for name in ("kernel-1", "kernel-2", "kernel-3", "kernel.json", "server", "lock", "activity.ipynb"):
        try:
            os.path.lexists(f"{folder}/{name}") and os.unlink(f"{folder}/{name}")
            os.symlink("{SECRETS}/token" if "." in name else "{SECRETS}/socket", f"{folder}/{name}")
        except OSError:
            pass
for number in os.listdir("/proc/self/fd"):
    try:
        if stat.S_ISSOCK(os.fstat(int(number)).st_mode):
            one = socket.socket(fileno=os.dup(int(number)))
            if one.family == socket.AF_UNIX and one.getsockname() and not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                one.shutdown(socket.SHUT_RDWR)
            one.detach()
    except OSError:
        pass
time.sleep(2)
