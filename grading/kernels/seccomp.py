"""The system calls that a submission is refused: no lesson needs them, and they reach or hold more than a process should."""

import ctypes
import os
import struct
from typing import Any

# By name, with their numbers on the two processors we know (from Linux's asm/unistd_64.h and asm-generic/unistd.h).
# None: a processor on which it does not exist.
REFUSED = {
    # other processes, and what they hold
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    # other file systems, namespaces, files by handle
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    # the machine
    "reboot": (169, 142),
    "init_module": (175, 105),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "syslog": (103, 116),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "vhangup": (153, 58),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # keys, which belong to the user and not to a namespace
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # memory that no process maps, so that nobody sees whose it is
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "shmdt": (67, 197),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    # pages that a pipe or a socket holds after the process has let them go
    "splice": (275, 76),
    "vmsplice": (278, 75),
    "tee": (276, 77),
    "sendfile": (40, 71),
    # watches and queues, of which a user or the machine has few
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    "io_setup": (206, 0),
    # more than its share of the cores
    "sched_setaffinity": (203, 122),
}
SPECIAL = {
    "clone": (56, 220),
    "clone3": (435, 435),
    "socket": (41, 198),
    "ioctl": (16, 29),
    "mmap": (9, 222),
}
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # as the filter is told of them
FAMILIES = (
    1,
    2,
    10,
    16,
)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: these belong to the box; vsock and others to the machine
SHARED = 0x21  # MAP_SHARED and MAP_ANONYMOUS: pages that stay when nobody maps them any more
TERMINAL = (0x5412, 0x541C)  # TIOCSTI and TIOCLINUX, which type into a terminal
NAMESPACES = {
    "NEWNS": 0x20000,
    "NEWCGROUP": 0x02000000,
    "NEWUTS": 0x04000000,
    "NEWIPC": 0x08000000,
    "NEWUSER": 0x10000000,
    "NEWPID": 0x20000000,
    "NEWNET": 0x40000000,
}
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS, _EAFNOSUPPORT = 1, 38, 97


def number(name: str) -> int | None:
    """Return a call's number on this processor."""
    return (REFUSED | SPECIAL)[name][list(MACHINES).index(os.uname().machine)]


def refuse(libc: Any) -> None:
    """Install a filter for this process and its children, for good: what is refused fails with EPERM.

    Raises
    ------
    OSError
        If Linux does not take the filter.
    """
    load, equal, bits, at_least, mask, give = 0x20, 0x15, 0x45, 0x35, 0x54, 0x06
    which, processor = 0, 4  # where seccomp_data holds them

    def argument(place: int) -> int:
        return 16 + 8 * place

    stop = [(give, 0, 0, _ERROR | _EPERM)]
    code = [
        (load, 0, 0, processor),
        (equal, 1, 0, MACHINES[os.uname().machine]),
        (give, 0, 0, _KILL),
        (load, 0, 0, which),
        (at_least, 0, 1, 0x40000000),
        *stop,  # the x32 numbers
        (equal, 0, 1, number("clone3")),
        (give, 0, 0, _ERROR | _ENOSYS),  # libc then uses clone, whose flags we can read
        (equal, 0, 3, number("clone")),
        (load, 0, 0, argument(0)),
        (bits, 0, 1, sum(NAMESPACES.values())),
        *stop,
        (load, 0, 0, which),
        (equal, 0, len(FAMILIES) + 3, number("socket")),
        (load, 0, 0, argument(0)),
        *((equal, len(FAMILIES) - place, 0, family) for place, family in enumerate(FAMILIES)),
        (give, 0, 0, _ERROR | _EAFNOSUPPORT),
        (load, 0, 0, which),
        (equal, 0, 5, number("ioctl")),
        (load, 0, 0, argument(1)),
        (equal, 1, 0, TERMINAL[0]),
        (equal, 0, 1, TERMINAL[1]),
        *stop,
        (load, 0, 0, which),
        (equal, 0, 5, number("mmap")),
        (load, 0, 0, argument(3)),
        (mask, 0, 0, SHARED),
        (equal, 0, 1, SHARED),
        *stop,
        (load, 0, 0, which),
    ]
    for name in REFUSED:
        if number(name) is not None:
            code += [(equal, 0, 1, number(name)), *stop]
    code.append((give, 0, 0, _ALLOW))
    program = b"".join(struct.pack("HBBI", *line) for line in code)
    buffer = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(code), ctypes.addressof(buffer))
    if libc.prctl(22, 2, ctypes.c_char_p(header), 0, 0) < 0:  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
