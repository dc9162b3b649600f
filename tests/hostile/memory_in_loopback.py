"""Leaves data unread in connections from itself to itself.

Outcome: out of memory
"""

import socket, time

door, held = socket.create_server(("127.0.0.1", 0)), []
for _ in range(400):
    one = socket.create_connection(door.getsockname())
    one.setblocking(False)
    held.append((one, door.accept()))
    try:
        while True:
            one.send(bytes(100_000))
    except BlockingIOError:
        pass
time.sleep(5)
