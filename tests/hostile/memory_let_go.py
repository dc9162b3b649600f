"""Holds memory that it does not map any more: shared mappings, pages in pipes and sockets, tables of pages, queues.

Outcome: out of memory
"""

import ctypes, fcntl, mmap, os, socket, time

libc, kept, loot = ctypes.CDLL(None), [], []
for way in (lambda: mmap.mmap(-1, 1 << 20), lambda: mmap.mmap(-1, 1 << 20, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS),
            lambda: mmap.mmap(-1, 1 << 20, flags=3 | mmap.MAP_ANONYMOUS),
            lambda: mmap.mmap(os.open("/dev/zero", os.O_RDWR), 1 << 20, flags=mmap.MAP_SHARED)):
    try:
        kept.append(way())
        loot.append("shared memory")
    except OSError:
        pass
reading, writing = os.pipe()
file = os.open("/tmp/x", os.O_RDWR | os.O_CREAT)
os.pwrite(file, bytes(65536), 0)
one, other = socket.socketpair()
context = ctypes.c_ulong(0)
for call in (lambda: os.splice(file, writing, 1, offset_src=0), lambda: os.sendfile(one.fileno(), file, 0, 1),
             lambda: 1 / (libc.vmsplice(writing, ctypes.create_string_buffer(16), 0, 0) + 1), lambda: 1 / (libc.syscall(206, 100, ctypes.byref(context)) + 1)):
    try:
        call()
        loot.append("pages")
    except (OSError, ZeroDivisionError):
        pass
assert not loot, loot
# Tables of pages: a terabyte of which a byte is read here and there, and which is nowhere.
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
for _ in range(4):
    place = libc.mmap(None, 1 << 40, 1, 0x4022, -1, 0)  # private, anonymous, without reserve
    libc.madvise(ctypes.c_void_p(place), ctypes.c_size_t(1 << 40), 15)  # no huge pages
    for step in range(0, 1 << 40, 1 << 21):
        ctypes.c_char.from_address(place + step).value
time.sleep(2)
