"""The box round a submission, seen from outside: what it shares with the grader, and what it can't take."""

import fcntl
import json
import os
import pty
import re
import resource
import shutil
import signal
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import nbformat
import pytest

from grading.kernels import sandbox, seccomp, server
from grading.runner import run_notebook
from tests.test_grading import (  # noqa: F401  (fixtures)
    HOSTILE,
    LIMITS,
    RIGHT,
    UNIT,
    course,
    grade,
    needs_sandbox,
    released,
    submit,
)
from tests.units import ROOT

pytestmark = [pytest.mark.runs, needs_sandbox]
COLD = {
    name: value
    for name, value in os.environ.items()
    if name not in (server.ADDRESS, server.PROVISIONER)
} | {"PYTHONPATH": str(ROOT)}


def run(*cells, limits=None, files=None):
    """Run cells of code in a box; return what became of them and what each printed."""
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    found = run_notebook(
        nbformat.writes(nb).encode(), files or {}, sandbox.Limits(**LIMITS | (limits or {}))
    )
    outputs = [cell["outputs"] for cell in json.loads(found.notebook)["cells"]]
    return found, [
        "".join("".join(out.get("text", [])) + out.get("ename", "") for out in its)
        for its in outputs
    ]


def in_the_background(*cells, **options):
    """Run cells as :func:`run` does, in a thread; return it and a list that gets what was found."""
    found = []
    thread = threading.Thread(target=lambda: found.append(run(*cells, **options)))
    thread.start()
    return thread, found


def process_that(marker):
    """Return the process id, seen from here, of the Python process in a box whose environment holds a word."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if (folder / "root" / "submission" / marker).exists() and (
                    folder / "comm"
                ).read_text().startswith("python"):
                    spaces = re.search(r"NSpid:(.*)", (folder / "status").read_text())[1].split()
                    if len(spaces) > 1 and spaces[-1] != "1":
                        return int(folder.name)
            except OSError:
                continue
        time.sleep(0.05)
    raise AssertionError("no kernel came")


def status_of(pid):
    return dict(
        line.split(":\t", 1)
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if ":\t" in line
    )


def test_a_box_shares_nothing_that_docs_grades_does_not_list():
    thread, _ = in_the_background("import time; time.sleep(5)", files={"marker-shares": b""})
    pid = process_that("marker-shares")
    time.sleep(1)  # it has become the kernel
    session, group, terminal = (
        Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[3],
        os.getpgid(pid),
        None,
    )
    terminal = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[4]
    assert os.getsid(pid) == pid == group and int(session) == pid and terminal == "0"
    spaces = {
        space: os.readlink(f"/proc/{pid}/ns/{space}")
        for space in ("mnt", "pid", "net", "ipc", "uts", "cgroup", "user")
    }
    ours = {space: os.readlink(f"/proc/self/ns/{space}") for space in spaces}
    assert {space for space in spaces if spaces[space] == ours[space]} == (
        {"user"} if os.geteuid() == 0 else set()
    )
    status = status_of(pid)
    assert [
        status[name] for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")
    ] == ["0" * 16] * 4 + ["1", "2"]
    assert (int(status["Uid"].split()[0]) != os.getuid()) == (os.geteuid() == 0)
    assert len(os.sched_getaffinity(pid)) == 1
    handles = {
        os.readlink(handle) for handle in Path(f"/proc/{pid}/fd").iterdir() if handle.is_symlink()
    }
    files = {name for name in handles if not name.startswith(("socket:", "pipe:", "anon_inode:"))}
    assert files <= {"/dev/null"}, files
    environment = dict(
        part.split("=", 1) for part in Path(f"/proc/{pid}/environ").read_text().split("\0") if part
    )
    assert not {"SECRET_TOKEN", "GOOD_FIT_WARM", "SSH_AUTH_SOCK"} & environment.keys()
    rooms = Path(f"/proc/{pid}/mounts").read_text().split("\n")
    writable = {line.split()[1] for line in rooms if line and "rw" in line.split()[3].split(",")}
    assert writable - {"/proc", "/dev/pts", "/dev/mqueue"} - {
        line.split()[1] for line in rooms if line and line.split()[1].startswith("/dev/")
    } == {"/submission", "/tmp"}, writable
    thread.join()


def test_a_signal_to_its_group_or_session_ends_the_submission_alone():
    for call in (
        "os.killpg(0, 9)",
        "os.kill(0, 9)",
        "os.kill(-1, 9) or os.killpg(os.getsid(0), 9)",
    ):
        assert run(f"import os; {call}")[0].outcome == "crashed"
    assert run("print('fine')")[1] == ["fine\n"]


ATTACKS = (
    "kills_its_group",
    "opens_the_terminal",
    "memory_nobody_maps",
    "kills_all",
    "memory_bomb_hidden",
)


@pytest.mark.parametrize("ordinary", [False, True], ids=["as we are", "as an ordinary user"])
def test_a_grader_at_a_terminal_is_neither_written_to_nor_ended(course, ordinary):
    """Also not one without root's rights, whose submissions have the same user id."""
    for name in ATTACKS:
        submit(
            course,
            name,
            RIGHT | {"double": (HOSTILE / f"{name}.py").read_text() + "\n\n" + RIGHT["double"]},
        )
    submit(course, "zoe", RIGHT)
    command = [sys.executable, "-m", "grading", UNIT, "--workers", "1"]
    if (
        ordinary and os.geteuid() == 0
    ):  # to the system the user of this namespace is root; to the grader, nobody in particular
        command = [
            "bwrap",
            "--unshare-user",
            "--uid",
            "1000",
            "--gid",
            "1000",
            "--dev-bind",
            "/",
            "/",
            *command,
        ]
    ours, theirs = pty.openpty()

    def at_the_terminal():
        os.setsid()
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

    grader = subprocess.Popen(
        command,
        cwd=course.root,
        env=COLD,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=at_the_terminal,
    )
    shown = bytearray()

    def read():
        try:
            while part := os.read(ours, 10_000):
                shown.extend(part)
        except OSError:
            pass

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    assert grader.wait(timeout=300) == 3, shown.decode()
    os.set_blocking(theirs, False)
    with pytest.raises(BlockingIOError):  # nobody has typed anything
        os.read(theirs, 1)
    os.close(theirs)
    reader.join(10)
    assert b"hostile\r\n" not in shown and b"6 submissions" in shown, shown.decode()
    journal = [
        json.loads(line)["result"]
        for line in (course.journals / f"{UNIT}.jsonl").read_text().splitlines()
    ]
    outcomes = {result["student"]: result["outcome"] for result in journal}
    assert (
        outcomes["zoe"] == outcomes["opens_the_terminal"] == "full"
        and outcomes["kills_its_group"] == "crashed"
    )
    assert outcomes["memory_nobody_maps"] == outcomes["memory_bomb_hidden"] == "out of memory"


def test_a_busy_neighbour_takes_nobodys_time(course):
    """Each has a core of its own, however many processes it starts."""
    busy = (HOSTILE / "starves_others.py").read_text().replace("time.sleep(2)", "time.sleep(8)")
    work = "import time\nend = time.process_time() + 2\nwhile time.process_time() < end:\n    pass\ntotal = 45"
    submit(course, "busy", RIGHT | {"double": busy + "\n\n" + RIGHT["double"]})
    submit(course, "calm", RIGHT | {"total": work})
    found = grade(course, workers=2)
    assert (found["calm"].outcome, found["calm"].score) == ("full", 5)


TAKES = """
import os, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from grading.kernels import sandbox
parent = os.getppid()
def ours():  # kernels of tests that run beside this one have cores, too
    return [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and parent_of(pid) == parent]
def parent_of(pid):
    try:
        return int(open(f"/proc/{{pid}}/stat").read().rpartition(")")[2].split()[1])
    except OSError:
        return 0
sandbox._all_processes = ours
sandbox.take_cores(1, Path({lock!r}))
print(*os.sched_getaffinity(0), flush=True)
input()
"""


def test_the_fewest_neighbours_are_looked_for(tmp_path):
    """Whoever comes takes cores that others have not, as long as there are any."""
    code = TAKES.format(root=str(ROOT), lock=str(tmp_path / "lock"))
    cores = os.sched_getaffinity(0)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2 * len(cores))
    ]
    taken = [int(process.stdout.readline()) for process in running]
    for process in running:
        process.communicate("\n")
    assert sorted(taken) == sorted([*cores, *cores])


def test_of_a_submission_only_one_process_is_counted_as_a_neighbour(tmp_path):
    """A submission can't keep others from a core by starting many processes: those in its box don't count."""
    core = min(os.sched_getaffinity(0))
    box = subprocess.Popen(
        ["unshare", "--user", "--pid", "--fork", "--kill-child", "sleep", "60"],
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    try:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not (
            inside := [pid for pid in sandbox.members([box.pid]) if pid != box.pid]
        ):
            time.sleep(0.05)
        here = sandbox._namespace(os.getpid(), 0)
        assert inside and sandbox._namespace(inside[0], 0) != here == sandbox._namespace(box.pid, 0)
    finally:
        box.kill()
        box.wait()


def test_time_in_which_it_waited_for_a_core_does_not_count():
    core = {min(os.sched_getaffinity(0))}
    pinned = {"preexec_fn": lambda: os.sched_setaffinity(0, core)}
    crowd = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"], **pinned) for _ in range(5)
    ]
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        time.sleep(1)
        crowded, calm = sandbox.Allowance(1, [crowd[0].pid]), sandbox.Allowance(1, [sleeper.pid])
        assert crowded.left() > 0 and calm.left() > 0
        time.sleep(1.5)
        assert crowded.left() > 0 and crowded.overloaded()
        assert calm.left() == 0 and not calm.overloaded()
        time.sleep(3)
        assert crowded.left() == 0, "but not for ever"
    finally:
        for process in (*crowd, sleeper):
            process.kill()
            process.wait()


@pytest.mark.parametrize(
    "name", ["floods_a_channel_nobody_reads", "floods_with_frames", "sends_one_huge_message"]
)
def test_nothing_that_a_kernel_sends_makes_the_grader_grow(name):
    def size():
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    before, most, over = size(), [0], threading.Event()
    watcher = threading.Thread(
        target=lambda: [most.append(size()) for _ in iter(lambda: over.wait(0.02), True)]
    )
    watcher.start()
    run((HOSTILE / f"{name}.py").read_text())
    over.set()
    watcher.join()
    assert max(most) - before < 300_000_000


def test_a_clerk_that_is_lost_is_told(monkeypatch):
    """What can't be held is an output flood, whatever it was."""
    monkeypatch.setattr("grading.runner._LARGEST", 1000)  # the executed notebook is larger
    found, printed = run("print('x' * 2000)")
    assert found.outcome == "output flood" and "too much memory" in found.reason and printed == [""]


def test_folders_of_runs_that_were_killed_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path) if len(str(tmp_path)) < 50 else None)
    here = Path(server.tempfile.gettempdir())
    code = "import sys, time\nfrom grading.kernels import server\nfolder, lock = server.own_folder()\nprint(folder, flush=True)\ntime.sleep(600)"
    environment = COLD | {"TMPDIR": str(here)}
    killed, living = (
        subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    )
    left, used = (Path(process.stdout.readline().strip()) for process in (killed, living))
    killed.kill()
    killed.wait()
    for folder in (left, used):
        os.utime(folder / "lock", (0, 0))
    mine, lock = server.own_folder()
    assert not left.exists() and used.exists() and Path(mine).exists()
    living.kill()
    living.wait()
    lock.close()
    shutil.rmtree(mine)
    shutil.rmtree(used)


def test_a_server_whose_grader_was_killed_ends_and_removes_its_folder():
    code = "import os\nfrom grading.kernels.server import WarmServer\nserver = WarmServer().__enter__()\nprint(server.folder, server.process.pid, flush=True)\nos.kill(os.getpid(), 9)"
    grader = subprocess.Popen(
        [sys.executable, "-c", code], env=COLD, stdout=subprocess.PIPE, text=True
    )
    folder, pid = grader.stdout.readline().split()
    assert grader.wait() == -signal.SIGKILL
    deadline = time.monotonic() + 60
    while Path(folder).exists() or Path(f"/proc/{pid}/root").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_real_data_in_a_folder_of_ones_own_are_seen_in_the_box(real_data, tmp_path):
    """Also by a name that is relative or a link."""
    (tmp_path / "data").symlink_to(real_data.resolve())
    code = (
        "from tests.test_sandbox import run\n"
        "print(run('from helpers.data import load_credit\\nprint(load_credit(subset=\"test\").source, len(load_credit().data))'))"
    )
    environment = COLD | {"COURSE_DATA": "real", "COURSE_DATA_DIR": "data"}
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert "real" in told.stdout and "Error" not in told.stdout, (told.stdout, told.stderr)


@pytest.mark.skipif(
    not Path("/usr/include/asm-generic/unistd.h").exists(),
    reason="Linux's headers are not here (apt install linux-libc-dev)",
)
def test_numbers_of_system_calls_are_those_of_linux():
    generic = Path("/usr/include/asm-generic/unistd.h").read_text()
    found = {
        name: int(number)
        for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", generic)
    }
    calls = seccomp.REFUSED | seccomp.SPECIAL
    both = {name: number for name, (_, number) in calls.items() if number is not None}
    assert both == {name: found[name] for name in both} and set(calls) - set(both) == {
        "inotify_init"
    }
    for header in Path("/usr/include").glob("x86_64-linux-gnu/asm/unistd_64.h"):
        found = {
            name: int(number)
            for name, number in re.findall(r"#define __NR_(\w+)\s+(\d+)", header.read_text())
        }
        assert {name: number for name, (number, _) in calls.items()} == {
            name: found[name] for name in calls
        }


def test_refused_calls_fail_and_the_others_work():
    """Each by its number; `-1 1` is `not permitted`."""
    names = [name for name in seccomp.REFUSED if seccomp.number(name) is not None]
    ask = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
    ask += f"for name, number in {[(name, seccomp.number(name)) for name in names]}:\n    print(name, libc.syscall(number, 0, 0, 0, 0, 0), ctypes.get_errno())\n"
    _, (refused, worked) = run(
        ask,
        "import subprocess\nprint(subprocess.run(['id', '-u'], capture_output=True, text=True).returncode)\n!echo hi",
    )
    assert refused.splitlines() == [f"{name} -1 1" for name in names]
    assert worked.split() == ["0", "hi"]
