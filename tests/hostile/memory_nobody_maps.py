"""Takes memory that no process maps: in memfds, System V segments and queues, files, empty files, and sockets.

Outcome: out of memory
"""

import ctypes, os, socket, time

libc = ctypes.CDLL(None)
for call in (lambda: os.memfd_create("m"), lambda: libc.shmget(0, 500_000_000, 0o1600), lambda: libc.msgget(0, 0o1600), lambda: libc.syscall(447, 0)):
    try:
        assert call() < 0, "taken"
    except PermissionError:
        pass
for _ in range(30):
    if os.fork() == 0:
        held = []
        while True:
            try:
                one, other = socket.socketpair()
                one.setblocking(False)
                held.append((one, other))
                while True:
                    one.send(bytes(50_000))
            except BlockingIOError:
                pass
            except OSError:
                time.sleep(60)
time.sleep(60)
