"""The box round a submission: bubblewrap's namespaces, joined by a forked process.

bubblewrap makes the box (no network, a read-only system, a private work folder) and a holder
process in it. A child forked from the warm server joins the holder's namespaces, gives up all
rights and becomes the kernel: it keeps the modules that the server has imported, and nothing else.
"""

import ctypes
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

try:
    import resource
except ImportError:  # Windows, where nothing is graded but feedback can be made
    resource = None

ROOT = Path(__file__).resolve().parent.parent
WORK, CONNECTION = "/submission", "/submission-connection"
# As root each submission gets a user id of its own from this range, which no account should have.
FIRST_UID, UIDS = 64_200, 700


@dataclass(frozen=True)
class Limits:
    """What a submission may use."""

    cell: int = 120  #: seconds for a cell
    notebook: int = 900  #: seconds for the notebook
    cpu: int = 1800  #: seconds of CPU in a process
    memory: int = 4_000  #: MB, all processes of the submission together
    processes: int = 48  #: processes at once
    disk: int = 200  #: MB of files
    output: int = 5  #: MB of text and pictures in the notebook


def why_not() -> str:
    """Return why submissions can't be shut in here and what to do, or an empty text if they can."""
    if not sys.platform.startswith("linux"):
        return "The sandbox needs Linux. Grade in a Linux container or virtual machine (docs/instructors.md)."
    if not shutil.which("bwrap"):
        return "The sandbox needs bubblewrap: apt install bubblewrap (Debian, Ubuntu), dnf install bubblewrap (Fedora)."
    if os.uname().machine not in SYSCALLS:
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
    """Return the bubblewrap command of a box, but for the program to run in it."""
    words = ["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--hostname", "box"]
    if os.geteuid():
        words += ["--unshare-user", "--disable-userns"]
    words += ["--clearenv", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += ["--proc", "/proc", "--dev", "/dev"]
    for device in sorted(Path("/dev").glob("nvidia*")):
        words += ["--dev-bind-try", str(device), str(device)]
    size = str(limits.disk * 1_000_000)
    for path, mode, room in [(WORK, "0777", size), ("/tmp", "1777", size), ("/dev/shm", "1777", size), (CONNECTION, "0777", "1000000")]:
        words += ["--perms", mode, "--size", room, "--tmpfs", path]
    # After /tmp, in which the course itself may lie.
    for path in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            words += ["--ro-bind", path, path]
    paths = _readable()
    for folder in dict.fromkeys(str(folder) for path in paths for folder in [*reversed(Path(path).parents)][1:]):
        words += ["--perms", "0755", "--dir", folder]
    for path in paths:
        words += ["--ro-bind", path, path]
    return words + ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", WORK]


def _readable() -> list[str]:
    """Return what a submission may read: the system, Python, its packages, helpers and data; no home, no course."""
    found = ["/usr", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/alternatives", "/sys/devices/system/cpu"]
    found += [sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), str(ROOT / "helpers"), str(ROOT / "datasets")]
    found = dict.fromkeys([os.path.realpath(path) for path in found if os.path.exists(path)] + [sys.prefix])
    return [path for path in found if not any(path.startswith(f"{other}/") for other in found)]


class Box:
    """A box that is open as long as its holder process lives."""

    def __init__(self, limits: Limits):
        end, info = os.pipe()
        holder = ["/bin/sh", "-c", "echo; exec sleep infinity"]
        self.bwrap = subprocess.Popen(
            [*command(limits), "--info-fd", str(info), *holder],
            pass_fds=[info], env={}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        os.close(info)
        with os.fdopen(end) as stream:
            told = stream.read()
        if self.bwrap.stdout.read(1) != b"\n":  # all mounts are made before the holder speaks
            raise OSError(f"bubblewrap could not make a sandbox: {self.bwrap.stderr.read().decode().strip()}")
        self.first = json.loads(told)["child-pid"]

    def close(self) -> None:
        """End all processes in the box, whatever they do."""
        for pid in (self.first, self.bwrap.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.bwrap.wait()


def free_uid() -> int:
    """Return a user id that no process has.

    The kernel counts processes by user, and there may be other servers on this machine (another
    grader, a cluster's workers): submissions that shared an id would share that limit.
    """
    taken = set()
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/status") as status:
                taken.add(next(int(line.split()[1]) for line in status if line.startswith("Uid:")))
        except (OSError, StopIteration):
            pass
    # Two that look at the same moment have different process ids.
    return next(uid for k in range(UIDS) if (uid := FIRST_UID + (os.getpid() + k) % UIDS) not in taken)


_libc = ctypes.CDLL(None, use_errno=True) if resource else None


def _check(result: int) -> None:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def join(box: Box) -> None:
    """Move this process into a box; its next child is born there. Only for a process with one thread."""
    spaces = ["NEWNS", "NEWPID", "NEWNET", "NEWIPC", "NEWUTS"] + (["NEWUSER"] if os.geteuid() else [])
    handle = os.pidfd_open(box.first)
    _check(_libc.setns(handle, sum(_CLONE[name] for name in spaces)))
    os.close(handle)
    _check(_libc.prctl(4, 1, 0, 0, 0))  # PR_SET_DUMPABLE: the supervisor may look at us


_CLONE = {
    "NEWNS": 0x20000, "NEWCGROUP": 0x02000000, "NEWUTS": 0x04000000, "NEWIPC": 0x08000000,
    "NEWUSER": 0x10000000, "NEWPID": 0x20000000, "NEWNET": 0x40000000,
}  # fmt: skip


def write_files(folder, files: dict) -> None:
    """Write contents by their relative paths into a folder."""
    for name, content in files.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def give_up_rights(limits: Limits, uid: int) -> None:
    """Bind this process, for ever, to the limits; leave it no right that another user has not."""
    for what, most in [
        (resource.RLIMIT_CPU, limits.cpu), (resource.RLIMIT_FSIZE, limits.disk * 1_000_000), (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 1024), (resource.RLIMIT_MEMLOCK, 65536), (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_DATA, _data_size() + 2 * limits.memory * 1_000_000),
        (resource.RLIMIT_NPROC, _threads(limits)),
    ]:  # fmt: skip
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
    _forbid_system_calls()


def _threads(limits: Limits) -> int:
    """Return how many threads, in all processes, stop a fork bomb and no honest work.

    Before Linux 5.14 the count is of all that a user runs, so there it can only be generous.
    """
    release = tuple(int(part) for part in os.uname().release.split(".")[:2] if part.isdigit())
    room = limits.processes + 60 + 8 * (os.cpu_count() or 1)
    return room if release >= (5, 14) or not os.geteuid() else 20_000


def _data_size() -> int:
    """Return the bytes of private memory this process has mapped (the kernel counts thread stacks, too)."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData"))


# System calls that no lesson needs and that widen what a process can reach, on the two processors we know.
SYSCALLS = {
    "x86_64": {
        "audit": 0xC000003E, "clone": 56, "clone3": 435,
        "refused": [101, 155, 161, 165, 166, 169, 175, 176, 246, 248, 249, 250, 272, 298, 303, 304, 308, 310, 311, 313,
                    320, 321, 323, 425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442],
    },
    "aarch64": {
        "audit": 0xC00000B7, "clone": 220, "clone3": 435,
        "refused": [39, 40, 41, 51, 97, 104, 105, 106, 117, 142, 217, 218, 219, 241, 264, 265, 268, 270, 271, 273, 280,
                    282, 294, 425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442],
    },
}  # fmt: skip
# ptrace, pivot_root, chroot, mount, umount2, reboot, module loading, kexec, keys, unshare, perf_event_open, handles,
# setns, process_vm_*, bpf, userfaultfd, io_uring, new mount calls, pidfd_getfd, process_madvise, mount_setattr.


def _forbid_system_calls() -> None:
    """Install a seccomp filter: the calls above fail with EPERM, as does making namespaces."""
    known = SYSCALLS[os.uname().machine]
    allow, eperm, enosys, kill = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
    load, equal, bits, at_least, give = 0x20, 0x15, 0x45, 0x35, 0x06
    spaces = sum(_CLONE.values())
    code = [
        (load, 0, 0, 4), (equal, 1, 0, known["audit"]), (give, 0, 0, kill), (load, 0, 0, 0),
        (at_least, 0, 1, 0x40000000), (give, 0, 0, eperm),  # the x32 numbers
        (equal, 0, 1, known["clone3"]), (give, 0, 0, enosys),  # libc then uses clone, whose flags we can read
        (equal, 0, 3, known["clone"]), (load, 0, 0, 16), (bits, 0, 1, spaces), (give, 0, 0, eperm), (load, 0, 0, 0),
    ]  # fmt: skip
    for number in known["refused"]:
        code += [(equal, 0, 1, number), (give, 0, 0, eperm)]
    code.append((give, 0, 0, allow))
    program = b"".join(struct.pack("HBBI", *line) for line in code)
    buffer = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(code), ctypes.addressof(buffer))
    _check(_libc.prctl(22, 2, ctypes.c_char_p(header), 0, 0))  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER


def members(roots: list[int]) -> list[int]:
    """Return all living processes that descend from ``roots``."""
    parents = {}
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
                total += next(int(line.split()[1]) * 1024 for line in smaps if line.startswith("Pss:"))
        except (OSError, StopIteration):
            total += max(resident([pid]) - shared, 0)
    return total


def resident(pids: list[int]) -> int:
    """Return the bytes that processes have in memory, shared pages counted in each."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/statm") as statm:
                total += int(statm.read().split()[1]) * resource.getpagesize()
        except (OSError, IndexError):
            pass
    return total
