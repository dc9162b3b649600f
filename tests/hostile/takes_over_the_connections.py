"""Takes the connections of the grader away from its own kernel, and answers nothing.

Outcome: crashed or timed out or suspicious
"""

import os, socket, stat, time

doors = []
for number in os.listdir("/proc/self/fd"):
    try:
        if stat.S_ISSOCK(os.fstat(int(number)).st_mode):
            one = socket.socket(fileno=os.dup(int(number)))
            if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                doors.append(one)
            elif one.family == socket.AF_UNIX and one.getsockname():
                one.shutdown(socket.SHUT_RDWR)
                one.detach()
    except OSError:
        pass
held = []
for door in doors:
    door.settimeout(1)
    try:
        held.append(door.accept())
    except OSError:
        pass
time.sleep(60)
