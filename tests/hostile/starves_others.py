"""Keeps every core busy with processes that are each in a session of their own, so that Linux shares the cores among these.

Outcome: full or timed out or too many processes
"""

import os, time

for core in range(64):
    try:
        os.sched_setaffinity(0, {core})
    except OSError:
        pass
children = []
for _ in range(40):
    child = os.fork()
    if child == 0:
        os.setsid()
        while True:
            pass
    children.append(child)
time.sleep(2)
