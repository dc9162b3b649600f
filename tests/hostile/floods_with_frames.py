"""Answers the request to run its cell with endless frames, on the channel that is read.

Outcome: output flood or crashed or suspicious or timed out
"""

import time

import zmq

kernel = get_ipython().kernel
frame = bytearray(70_000_000)
for socket, first in [(kernel.iopub_socket, b"stream"), (kernel.shell_streams[0].socket if hasattr(kernel, "shell_streams") else kernel.shell_stream.socket, kernel.get_parent("shell")["header"]["session"].encode())]:
    try:
        socket.send(first, zmq.SNDMORE)
        for _ in range(40):
            socket.send(frame, zmq.SNDMORE, copy=False)
        socket.send(b"end")
    except Exception:
        pass
time.sleep(5)
