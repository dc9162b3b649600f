"""The box around a submission: bubblewrap's namespaces, joined by a forked process.

bubblewrap makes the box (no network, a read-only system, a private work folder) and a holder
process in it. A child forked from the warm server joins the holder's namespaces, gives up all
rights and becomes the kernel: it keeps the modules that the server has imported, and nothing else.
What a box shares with the grader is listed in docs/grades.md, and tested.
"""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    import resource
except ImportError:  # Windows, where nothing is graded but feedback can be made
    resource = None  # type: ignore[assignment]

from . import seccomp

ROOT = Path(__file__).resolve().parents[2]
WORK = "/submission"
ROOMS = {
    WORK: "0777",
    "/tmp": "1777",
    "/dev/shm": "1777",
}  # where a submission can write, and with which rights
# As root each submission gets a user id of its own from this range, which no account should have.
FIRST_UID, UIDS = 64_200, 700


@dataclass(frozen=True)
class Limits:
    """What a submission may use. Seconds spent waiting for a core don't count; see :class:`Allowance`."""

    cell: int = 120  #: seconds per cell
    notebook: int = 900  #: seconds for the notebook
    cores: int = 1  #: processor cores, which it shares with others only if there are more submissions than cores
    cpu: int = 1800  #: seconds of CPU per process
    memory: int = 4_000  #: MB, all processes of the submission together, with files and sockets
    processes: int = 48  #: processes at once
    disk: int = 200  #: MB of files
    output: int = 5  #: MB of text and pictures in the notebook


def why_not() -> str:
    """Return why there can be no sandbox here and what to do, or an empty text if there can."""
    if not sys.platform.startswith("linux"):
        return "The sandbox needs Linux. Grade in a Linux container or virtual machine (docs/instructors.md)."
    if not shutil.which("bwrap"):
        return "The sandbox needs bubblewrap: apt install bubblewrap (Debian, Ubuntu), dnf install bubblewrap (Fedora)."
    if os.uname().machine not in seccomp.MACHINES:
        return f"The sandbox does not know this kind of processor ({os.uname().machine})."
    run = subprocess.run([*command(Limits()), "true"], capture_output=True, text=True, env={})
    if run.returncode:
        return (
            f"bubblewrap can't make a sandbox here ({run.stderr.strip()}). The system may forbid user namespaces: "
            "on Ubuntu run `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`; a container must allow "
            "them; or grade in a virtual machine."
        )
    return ""


def command(limits: Limits) -> list[str]:
    """Return the bubblewrap command of a box, except for the program to run in it."""
    words = [
        "bwrap",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--hostname",
        "box",
    ]
    if os.geteuid():
        words += ["--unshare-user", "--disable-userns"]
    words += ["--clearenv", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += [
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--dev-bind",
        "/dev/null",
        "/dev/zero",
    ]  # memory mapped from that is nobody's
    for device in sorted(Path("/dev").glob("nvidia*")):
        words += ["--dev-bind-try", str(device), str(device)]
    for path, mode in ROOMS.items():
        words += ["--perms", mode, "--size", str(limits.disk * 1_000_000), "--tmpfs", path]
    # After /tmp, in which the course itself may lie.
    for path in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            words += ["--ro-bind", path, path]
    paths = _readable()
    for folder in dict.fromkeys(
        str(folder) for path in paths for folder in [*reversed(Path(path).parents)][1:]
    ):
        words += ["--perms", "0755", "--dir", folder]
    for path in paths:
        words += ["--ro-bind", path, path]
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", WORK]


def _readable() -> list[str]:
    """Return what a submission may read: the system, Python, its packages, helpers and data; no home, no course."""
    found = [
        "/usr",
        "/etc/ld.so.cache",
        "/etc/fonts",
        "/etc/localtime",
        "/etc/alternatives",
        "/sys/devices/system/cpu",
    ]
    found += [
        sys.prefix,
        sys.base_prefix,
        sysconfig.get_path("stdlib"),
        str(ROOT / "helpers"),
        str(ROOT / "datasets"),
    ]
    found += [os.environ["COURSE_DATA_DIR"]] if os.environ.get("COURSE_DATA_DIR") else []
    real = dict.fromkeys(
        [os.path.realpath(path) for path in found if os.path.exists(path)] + [sys.prefix]
    )
    return [path for path in real if not any(path.startswith(f"{other}/") for other in real)]


class Box:
    """A box that is open as long as its holder process lives."""

    def __init__(self, limits: Limits):
        end, info = os.pipe()
        holder = ["/bin/sh", "-c", "echo; exec sleep infinity"]
        self.bwrap = subprocess.Popen(
            [*command(limits), "--info-fd", str(info), *holder],
            pass_fds=[info],
            env={},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.bwrap.stdout and self.bwrap.stderr  # pipes
        os.close(info)
        with os.fdopen(end) as stream:
            told = stream.read()
        if self.bwrap.stdout.read(1) != b"\n":  # all mounts are made before the holder speaks
            raise OSError(
                f"bubblewrap could not make a sandbox: {self.bwrap.stderr.read().decode().strip()}"
            )
        self.first = json.loads(told)["child-pid"]

    def unmapped(self) -> int:
        """Return bytes that the box holds and no process need map: files in its rooms, and what its sockets may hold."""
        used = 0
        for room in ROOMS:
            about = os.statvfs(f"/proc/{self.first}/root{room}")
            used += (about.f_blocks - about.f_bfree) * about.f_frsize + (
                about.f_files - about.f_ffree
            ) * _INODE
        with open(f"/proc/{self.first}/net/sockstat") as stat:
            words = stat.read().split()
        for kind, size in _SOCKETS.items():
            used += int(words[words.index(kind) + 2]) * size  # `sockets: used 7`, `TCP: inuse 0`
        return used

    def close(self) -> None:
        """End all processes in the box, whatever they do."""
        for pid in (self.first, self.bwrap.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.bwrap.wait()


# Bytes of the system's memory: a file without content, and what may wait in a socket, of any kind or of TCP.
_INODE, _SOCKETS = 2_000, {"sockets:": 425_984, "TCP:": 10_000_000}


def take_cores(number: int, lock: Path) -> None:
    """Keep this process and its children, for good, to the cores that the fewest other submissions use.

    Parameters
    ----------
    lock : Path
        A file; whoever looks and takes holds it, so that no two take the same core at once.
    """
    import fcntl

    with open(lock, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        ours = sorted(os.sched_getaffinity(0))
        taken, here = dict.fromkeys(ours, 0), os.stat("/proc/self/ns/pid").st_ino
        for pid in _all_processes():
            try:
                cores = os.sched_getaffinity(pid)
                if (
                    len(cores) == len(ours) or _namespace(pid, here) != here
                ):  # of a submission, only who started it counts
                    continue
                if os.path.exists(f"/proc/{pid}/exe"):  # Linux's own threads have no program
                    for core in taken.keys() & cores:
                        taken[core] += 1
            except OSError:  # it has ended
                pass
        os.sched_setaffinity(0, sorted(ours, key=taken.__getitem__)[: max(number, 1)])


def _namespace(pid: int, otherwise: int) -> int:
    """Return the number of a process's pid namespace, or another number where we may not look."""
    try:
        return os.stat(f"/proc/{pid}/ns/pid").st_ino
    except PermissionError:
        return otherwise


def _all_processes() -> Iterator[int]:
    return map(int, filter(str.isdigit, os.listdir("/proc")))


def free_uid() -> int:
    """Return a user id that no process has.

    The kernel counts processes by user, and there may be other servers on this machine (another
    grader, a cluster's workers): submissions that shared an id would share that limit.
    """
    taken = set()
    for pid in _all_processes():
        with contextlib.suppress(OSError), open(f"/proc/{pid}/status") as status:
            taken.add(int(status.read().partition("\nUid:\t")[2].split("\t")[0]))
    # Two that look at the same moment have different process ids.
    return next(
        uid for k in range(UIDS) if (uid := FIRST_UID + (os.getpid() + k) % UIDS) not in taken
    )


_libc: Any = ctypes.CDLL(None, use_errno=True) if resource else None


def _check(result: int) -> None:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def join(box: Box) -> None:
    """Move this process into a box; its next child is born there. Only for a process with one thread."""
    spaces = ["NEWNS", "NEWPID", "NEWNET", "NEWIPC", "NEWUTS"] + (
        ["NEWUSER"] if os.geteuid() else []
    )
    if os.path.exists("/proc/self/ns/cgroup"):
        spaces.append("NEWCGROUP")
    handle = os.pidfd_open(box.first)
    _check(_libc.setns(handle, sum(seccomp.NAMESPACES[name] for name in spaces)))
    os.close(handle)
    _check(_libc.prctl(4, 1, 0, 0, 0))  # PR_SET_DUMPABLE: the supervisor may look at us


def write_files(folder: str | Path, files: Mapping[str, bytes]) -> None:
    """Write contents by their relative paths into a folder."""
    for name, content in files.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def give_up_rights(limits: Limits, uid: int) -> None:
    """Bind this process, for good, to the limits; leave it no right that another user does not have."""
    for what, most in [
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_FSIZE, limits.disk * 1_000_000),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 1024),
        (resource.RLIMIT_MEMLOCK, 65536),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_DATA, _size("self", "VmData") + 2 * limits.memory * 1_000_000),
        (resource.RLIMIT_NPROC, _threads(limits)),
    ]:
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    os.nice(5)  # whoever watches us goes first
    for capability in range(64):
        _libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP; unknown ones fail
    if not os.geteuid():
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    header, nothing = struct.pack("Ii", 0x20080522, 0), bytes(24)
    _check(_libc.capset(header, nothing))
    _check(_libc.prctl(38, 1, 0, 0, 0))  # PR_SET_NO_NEW_PRIVS
    _check(_libc.prctl(4, 1, 0, 0, 0))
    seccomp.refuse(_libc)


def limit_memory(most: int) -> None:
    """Let this process take no more than so many bytes of memory from now on, and leave no core file."""
    resource.setrlimit(resource.RLIMIT_DATA, (_size("self", "VmData") + most,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _threads(limits: Limits) -> int:
    """Return how many threads, in all processes, stop a fork bomb and no honest work.

    Before Linux 5.14 the count is of all that a user runs, so there it can only be generous.
    """
    release = tuple(int(part) for part in os.uname().release.split(".")[:2] if part.isdigit())
    room = limits.processes + 60 + 8 * (os.cpu_count() or 1)
    return room if release >= (5, 14) or not os.geteuid() else 20_000


def members(roots: list[int]) -> list[int]:
    """Return all living processes that descend from ``roots``."""
    parents: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", "rb") as stat:
                    state, parent = stat.read().rpartition(b")")[2].split()[:2]
            except OSError:
                continue
            if state != b"Z":
                parents.setdefault(int(parent), []).append(int(entry))
    found, new = [], list(roots)
    while new:
        pid = new.pop()
        found.append(pid)
        new += parents.get(pid, [])
    return found


def memory_used(pids: list[int], shared: int = 0) -> int:
    """Return the bytes that processes use together, each shared page counted once.

    ``shared`` is what a forked process has in common with its server: it is taken off where
    a process does not let us look closely.
    """
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as smaps:
                sizes = [
                    int(line.split()[1]) * 1024
                    for line in smaps
                    if line.startswith(("Pss:", "SwapPss:"))
                ]
            total += sizes[0] + sum(sizes[1:]) + _size(pid, "VmPTE")
        except (OSError, IndexError):
            total += max(resident([pid]) - shared, 0)
    return total


def resident(pids: list[int]) -> int:
    """Return the bytes that processes have in memory, shared pages counted in each, and the tables of their pages."""
    return sum(_size(pid, "VmRSS") + _size(pid, "VmPTE") for pid in pids)


def _size(pid: int | str, what: str) -> int:
    """Return a size that the system reports for a process, in bytes; 0 if it has ended."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return int(status.read().partition(f"\n{what}:")[2].split(maxsplit=1)[0]) * 1024
    except (OSError, IndexError):
        return 0


class Allowance:
    """Seconds that processes may take. Those in which they waited for a core don't count, up to three times as many.

    Parameters
    ----------
    seconds : float
    pids : list of int
        Whose waiting counts: other submissions, not this one, have made the machine slow.
    """

    def __init__(self, seconds: float, pids: list[int]):
        self.seconds, self.pids = seconds, pids
        self.start, self.before = time.monotonic(), waited(pids)

    def _waited(self) -> float:
        return min(max(waited(self.pids) - self.before, 0), self.elapsed)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.start

    def left(self) -> float:
        """Return how many seconds are left, at least; 0 when they are used up."""
        left = self.seconds - self.elapsed
        return (
            left
            if left > 0
            else max(min(self.seconds + self._waited(), 4 * self.seconds) - self.elapsed, 0)
        )

    def overloaded(self) -> bool:
        """Tell whether the machine had too few cores for everyone meanwhile: what ran out of time may do better alone."""
        return self._waited() > 0.1 * self.elapsed


def waited(pids: list[int]) -> float:
    """Return the seconds for which all threads of some processes, together, were ready to run and had no core."""
    total = 0
    for pid in pids:
        try:
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/schedstat") as stat:
                    total += int(stat.read().split()[1])
        except (OSError, IndexError):  # it has ended, or this Linux does not say
            pass
    return total / 1e9
