"""Warm kernels: Jupyter kernels forked from a server that has imported what notebooks import.

A cold kernel pays some ten seconds for its imports, a forked one a few hundredths. The server is
started once (``with WarmServer():``); kernels come from it through Jupyter's own extension point,
the kernel provisioner. Each kernel has a supervisor, forked with it, that passes signals on,
watches what it uses and ends it when its client goes. The server also forks *clerks*, which run
a whole submission for the grader: what a kernel sends is read there, within a limit on memory.

    python -m grading.kernels.server -- pytest --nbval-lax notebooks    # any command that starts kernels
"""

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from multiprocessing import reduction
from multiprocessing.connection import Connection, Listener, wait
from pathlib import Path
from typing import IO, Any, ClassVar, Self

from . import sandbox

ADDRESS = "GOOD_FIT_WARM"
PROVISIONER, NAME = (
    "JUPYTER_DEFAULT_PROVISIONER_NAME",
    "good-fit-warm",
)  # as pyproject.toml names it
PRELOAD = [
    "keras",
    "numpy",
    "pandas",
    "scipy.stats",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "sklearn.datasets",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.neural_network",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "executing",
    "stack_data",
    "asttokens",
    "pure_eval",
    "pygments.formatters.terminal256",
    "pygments.styles.default",
    "tornado.queues",
    "tornado.platform.asyncio",
    "sklearn.datasets.data",
    "sklearn.datasets.descr",
    "helpers.checks",
    "helpers.data",
    "helpers.plots",
    "helpers.training",
    "scikeras.wrappers",
]
# Nothing of the instructor's environment reaches a submission but what is listed here.
KEPT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "COURSE_DATA",
    "COURSE_DATA_DIR",
    "CUDA_VISIBLE_DEVICES",
    "KERAS_BACKEND",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)
QUIET = {
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONHASHSEED": "0",
}
LOOK = 0.25  # seconds between two checks of what a submission uses
CLERK = 1_000_000_000  # bytes that a clerk may take; what a submission may print is far less
CHANNELS = ("shell", "iopub", "stdin", "control")  # what a kernel in a box listens to


def own_folder() -> tuple[str, IO[str] | None]:
    """Make a folder for sockets and files of one run; return it and the lock that says that it is in use.

    Folders of runs that were killed, which nobody holds any more, are removed.
    """
    import fcntl

    def held(path: Path) -> IO[str] | None:
        try:
            lock = open(path)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except OSError:
            return None

    place = tempfile.gettempdir()
    place = place if len(place) < 50 else "/tmp"  # names of sockets must not be long
    for lock in Path(place).glob("good-fit-*/lock"):
        with contextlib.suppress(OSError):
            about = lock.stat()
            if (
                about.st_uid == os.geteuid()
                and time.time() - about.st_mtime > 60
                and (left := held(lock))
            ):
                shutil.rmtree(lock.parent, ignore_errors=True)
                left.close()
    folder = tempfile.mkdtemp(prefix="good-fit-", dir=place)
    Path(folder, "lock").touch()
    return folder, held(Path(folder, "lock"))


class WarmServer:
    """A server that is started at once and ready within a ``with`` block.

    With ``all_kernels`` Jupyter takes every kernel from it, otherwise only ``run_notebook`` does.
    """

    def __init__(self, all_kernels: bool = False) -> None:
        self.names = (ADDRESS, PROVISIONER) if all_kernels else (ADDRESS,)
        self.folder, self.lock = own_folder()
        self.address = os.path.join(self.folder, "server")
        self.before: dict[str, str | None] = {}
        environment = {name: os.environ[name] for name in KEPT if name in os.environ} | QUIET
        if environment.get(
            "COURSE_DATA_DIR"
        ):  # it has another path where the server and its kernels run
            environment["COURSE_DATA_DIR"] = os.path.realpath(environment["COURSE_DATA_DIR"])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grading.kernels.server", self.address],
            env=environment | {"HOME": self.folder},
            cwd=sandbox.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            # No terminal, and the lock, where there can be one, is held as long as one of us lives.
            pass_fds=[self.lock.fileno()] if self.lock else [],
        )

    def __enter__(self) -> Self:
        assert self.process.stdout  # a pipe
        if self.process.stdout.readline() != b"ready\n":
            self.close()
            raise RuntimeError("The server of warm kernels did not start; see the error above.")
        self.before = {name: os.environ.get(name) for name in self.names}
        os.environ.update(dict(zip(self.names, (self.address, NAME))))
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the server and all its kernels, and give Jupyter its usual kernels back."""
        for name, value in self.before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        if not self.before:  # it is still importing
            self.process.kill()
        assert self.process.stdin  # a pipe
        self.process.stdin.close()  # the server ends when nobody holds the other end
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.before = {}
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.lock:
            self.lock.close()


# what follows runs in the server


def serve(address: str) -> None:
    """Import what notebooks import, then fork a supervisor, and it a kernel, for each client; or a clerk."""
    for name in PRELOAD:
        importlib.import_module(name)
    # Imported where there is no kernel yet, pandas takes itself to be in a terminal, and cuts wide tables.
    importlib.import_module("pandas").set_option("display.max_columns", 20)
    if importlib.util.find_spec(
        "grading.judge"
    ):  # which students, whose kernels are warm, too, don't have
        importlib.import_module("grading.judge.process")
        importlib.import_module("grading.runner").get_ready()
    gc.collect()
    gc.freeze()  # a collection in a child would copy the pages it only looks at
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Listener(address, family="AF_UNIX", backlog=64) as listener:
        os.write(1, b"ready\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        door = listener._listener._socket  # type: ignore[attr-defined]
        while True:
            ready = wait([0, door], 1)
            with contextlib.suppress(ChildProcessError):  # reap those that have ended
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            if 0 in ready:
                break
            if not ready:
                continue
            client = listener.accept()
            if os.fork() == 0:
                status = 1
                try:
                    door.close()
                    os.setsid()
                    order = client.recv()
                    if order["kind"] == "clerk":
                        be_clerk(client, order)
                    else:
                        supervise(client, order, Path(address).parent)
                    status = 0
                finally:
                    os._exit(status)
            client.close()
    shutil.rmtree(
        Path(address).parent, ignore_errors=True
    )  # whoever started us may have been killed


def be_clerk(client: Connection, order: dict[str, Any]) -> None:
    """Run a submission for ``run_notebook``, in a process that may grow to a limit and ends when nobody waits for it any more."""
    from .. import runner

    threading.Thread(target=lambda: (wait([client]), os._exit(1)), daemon=True).start()
    sandbox.limit_memory(CLERK)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["cwd"])
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    runner.report(client, *order["arguments"])


def supervise(client: Connection, order: dict[str, Any], folder: Path) -> None:
    """Fork one kernel, pass signals to it and its end to the client, and keep it within its limits."""
    order["sockets"] = [reduction.recv_handle(client) for _ in range(order["sockets"])]
    import resource  # not on Windows

    limits: sandbox.Limits | None = order["limits"]
    box, shared = None, sandbox.resident([os.getpid()])
    order["uid"] = sandbox.free_uid() if limits else None
    try:
        box = sandbox.Box(limits) if limits else None
        reading, writing = os.pipe()
        helper = os.fork()
        if helper == 0:
            os.close(reading)
            _be_helper(box, order, writing, client, folder)
        os.close(writing)
        told = os.read(reading, 200).decode()
        if not told.isdigit():
            raise OSError(told or "the kernel did not start")
    except OSError as error:
        client.send({"error": f"No kernel: {error}"})
        if box:
            box.close()
        return
    kernel = int(told)
    for handle in order["sockets"]:  # whoever talks to a kernel that has ended should notice
        os.close(handle)
    client.send({"pid": kernel})
    reason, overloaded = _watch(client, reading, limits, box, kernel, shared)
    for pid in (kernel, *([] if box else sandbox.members([kernel]))):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if box:
        box.close()
    status = os.waitstatus_to_exitcode(os.waitpid(helper, 0)[1])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    status = -signal.SIGKILL if status == 128 + signal.SIGKILL else status
    with contextlib.suppress(OSError):
        client.send(
            {
                "status": status,
                "reason": reason,
                "cpu": used.ru_utime + used.ru_stime,
                "overloaded": overloaded,
            }
        )


def _watch(
    client: Connection,
    ended: int,
    limits: sandbox.Limits | None,
    box: sandbox.Box | None,
    kernel: int,
    shared: int,
) -> tuple[str, bool]:
    """Return why a kernel is to be ended, and whether the machine was overloaded.

    The reason is a limit, or empty if the kernel ended itself or its client is gone.
    """
    allowance = sandbox.Allowance(limits.notebook, [kernel]) if limits else None
    roots = [kernel] + ([box.first] if box else [])
    while True:
        ready = wait([client, ended], LOOK if limits else None)
        if ended in ready:
            return "", False
        if client in ready:
            try:
                number = client.recv()
            except (EOFError, OSError):
                return "", False
            if number == signal.SIGKILL:
                return "", False
            with contextlib.suppress(ProcessLookupError):
                os.kill(kernel, number)
        if limits and box and allowance:
            pids = sandbox.members(roots)
            if (
                len(pids) - 3 > limits.processes
            ):  # the kernel, bubblewrap and the holder are not counted
                return "processes", False
            with contextlib.suppress(OSError):  # the box has just ended
                most = limits.memory * 1_000_000 - box.unmapped()
                if sandbox.resident(pids) > most and sandbox.memory_used(pids, shared) > most:
                    return "memory", False
            if not allowance.left():
                return "time", allowance.overloaded()


def _be_helper(
    box: sandbox.Box | None, order: dict[str, Any], writing: int, client: Connection, folder: Path
) -> None:
    """Join the box, fork the kernel into it, and end as it ends. (A process enters a pid namespace by its children.)"""
    status = 1
    try:
        if box:
            if order["kind"] == "kernel":
                sandbox.take_cores(order["limits"].cores, folder / "cores")
            sandbox.join(box)
        kernel = os.fork()
        if kernel == 0:
            try:
                os.close(writing)
                client.close()
                _be_kernel(order)
                status = 0
            finally:
                os._exit(status)
        os.write(writing, str(kernel).encode())
        client.close()
        status = os.waitstatus_to_exitcode(os.waitpid(kernel, 0)[1])
        status = status if status >= 0 else 128 - status
    except OSError as error:
        os.write(writing, str(error).encode())
    finally:
        os._exit(status)


def _be_kernel(order: dict[str, Any]) -> None:
    """Become an IPython kernel, or the judge."""
    os.setsid()  # from here on no signal and no terminal is shared with anybody
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    for place, handle in enumerate(order["sockets"], 3):
        assert handle >= place  # they were opened after these
        os.dup2(handle, place)
    os.closerange(3 + len(order["sockets"]), max(map(int, os.listdir("/proc/self/fd"))) + 1)
    if order["limits"]:
        os.chdir(sandbox.WORK)
        os.umask(0o022)
        sandbox.give_up_rights(order["limits"], order["uid"])
        sandbox.write_files(
            sandbox.WORK, order["files"]
        )  # from here on all is the submission's own
        environment = (
            {name: os.environ[name] for name in KEPT if name in os.environ}
            | QUIET
            | {
                "HOME": sandbox.WORK,
                "USER": "student",
                "NBGRADER_EXECUTION": "autograde",
                "TMPDIR": "/tmp",
                "IPYTHONDIR": "/tmp/.ipython",
                "JUPYTER_RUNTIME_DIR": "/tmp",
                "MPLCONFIGDIR": "/tmp/.matplotlib",
                "KERAS_HOME": "/tmp/.keras",
            }
        )
        os.environ.clear()
        os.environ.update(environment)
    else:
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["cwd"])
    os.environ.setdefault("MPLBACKEND", QUIET["MPLBACKEND"])
    import numpy as np  # all of this is imported already, by the server

    signal.signal(signal.SIGINT, signal.default_int_handler)
    np.random.seed()
    if order["kind"] == "judge":
        from ..judge.process import be_judge

        return be_judge(3)
    sys.argv = ["ipykernel_launcher"]
    sys.path.insert(0, "")
    app, file, more = _kernel_app(), order["file"], []
    if order["limits"]:
        app.doors = {
            order["connection"][f"{name}_port"]: 3 + place for place, name in enumerate(CHANNELS)
        }
        file = "/tmp/kernel.json"
        Path(file).write_text(json.dumps(order["connection"]))
        # Coloured tracebacks with context cost 0.06 s each, and nobody reads them in a graded notebook.
        more = ["--InteractiveShell.xmode=Plain", "--HistoryManager.enabled=False"]
    app.initialize(["-f", file, *more])
    if "inline" in os.environ["MPLBACKEND"]:
        app.shell.enable_matplotlib(
            "inline"
        )  # imported where there was no shell, pyplot has not told it to show figures
    app.start()


def _kernel_app() -> Any:
    """Return ipykernel's application, which in a box listens to sockets that it was given."""
    import zmq
    from ipykernel.kernelapp import IPKernelApp

    class KernelApp(IPKernelApp):
        # The number of a socket by the port that the connection file names.
        doors: ClassVar[dict[int, int]] = {}

        def _try_bind_socket(self, s: Any, port: int) -> Any:
            if self.doors:
                s.setsockopt(zmq.USE_FD, self.doors[port])
            return super()._try_bind_socket(s, port)  # type: ignore[no-untyped-call]

        def init_heartbeat(self) -> None:
            if not self.doors:  # the supervisor knows better whether we live
                super().init_heartbeat()  # type: ignore[no-untyped-call]

    return KernelApp.instance()


def main(words: list[str]) -> int:
    if words[:1] == ["--"] and words[1:]:
        with WarmServer(all_kernels=True):
            return subprocess.run(words[1:]).returncode
    if len(words) == 1:
        serve(words[0])
        return 0
    print("usage: python -m grading.kernels.server -- COMMAND", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
