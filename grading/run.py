"""Notebook in, executed notebook out: the one seam between nbgrader and where submissions run.

``run_notebook`` takes and gives plain bytes, so that it runs here, in a thread, or on another machine.
"""

import asyncio
import atexit
import contextlib
import functools
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from queue import Empty

import nbformat
import zmq
import zmq.asyncio
from jupyter_client import AsyncKernelClient, AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbgrader.utils import is_grade

from . import sandbox
from .warm import ADDRESS, NAME, WarmServer

# What became of a run, in the words of the table; the sentence is what the student reads.
STOPPED = {
    "crashed": "Your notebook ended its own Python process, so this could not be checked. Look for what ends it: "
    "`exit`, a signal, or a library that crashes.",
    "timed out": "Your notebook took too long and was stopped, so this could not be checked. Look for a loop that "
    "does not end, or a training that is too long.",
    "out of memory": "Your notebook used too much memory and was stopped, so this could not be checked. Look for "
    "data that grow without end.",
    "output flood": "Your notebook printed too much and was stopped, so this could not be checked. Look for a "
    "`print` in a long loop.",
    "too many processes": "Your notebook started too many processes and was stopped, so this could not be checked.",
}
_REASONS = {"memory": "out of memory", "time": "timed out", "processes": "too many processes"}
_PATIENCE = 3  # seconds that an interrupted cell has to end


@dataclass(frozen=True)
class Executed:
    """An executed notebook, what became of it (``finished`` or a key of STOPPED), and its cost in seconds."""

    notebook: bytes
    outcome: str
    seconds: float
    cpu: float


class ReadyClient(AsyncKernelClient):
    """A client that does not linger: jupyter_client's own waits 0.4 s for a kernel that is ready at once."""

    async def wait_for_ready(self, timeout=None):
        deadline = time.monotonic() + (timeout or 60)
        while True:
            self.kernel_info()
            with contextlib.suppress(Empty):
                await self.shell_channel.get_msg(timeout=1)
                await self.iopub_channel.get_msg(timeout=0.05)  # or else outputs would be missed: ask again
                break
            if not await self._async_is_alive() or time.monotonic() > deadline:
                raise DeadKernelError("The kernel did not start.")
        with contextlib.suppress(Empty):
            while True:
                await self.iopub_channel.get_msg(timeout=0.01)


class Runner(NotebookClient):
    """nbclient, which counts what a notebook prints, and does not wait for a kernel that won't be interrupted."""

    def __init__(self, nb, km, limits, **options):
        super().__init__(nb, km=km, timeout=limits.cell, allow_errors=True, skip_cells_with_tag="",
                         startup_timeout=60, interrupt_on_timeout=True, error_on_timeout=None, **options)  # fmt: skip
        self.room, self.outcome = limits.output * 1_000_000, ""
        self.done, self.slow = set(), set()  # cells that ran, and of these the ones that were interrupted

    def process_message(self, msg, cell, cell_index):
        self.room -= _size(msg["content"])
        if self.room < 0:
            self.stop("output flood")
            return None
        return super().process_message(msg, cell, cell_index)

    async def _async_handle_timeout(self, timeout, cell=None):
        """Interrupt; if the cell has not ended soon after, end the kernel."""
        self.slow.add(self.nb.cells.index(cell))
        await self.km.interrupt_kernel()
        for _ in range(10 * _PATIENCE):
            await asyncio.sleep(0.1)
            if await self.kc.shell_channel.msg_ready():
                return None  # nbclient takes the reply as usual
        self.stop("timed out")
        raise DeadKernelError("A cell could not be interrupted.")

    def stop(self, outcome):
        self.outcome = outcome
        process = self.km and self.km.provisioner and self.km.provisioner.process
        if process:
            process.kill()


def _size(content) -> int:
    """Return the length of all texts in a message."""
    if isinstance(content, dict):
        return sum(_size(value) for value in content.values())
    if isinstance(content, list):
        return sum(_size(value) for value in content)
    return len(content) if isinstance(content, str) else 8


_server_lock = threading.Lock()


def ensure_server() -> None:
    """Start a warm server for as long as this process lives, unless one is running already.

    Only on Linux: elsewhere libraries don't survive a fork, and kernels start cold.
    """
    with _server_lock:
        if sys.platform == "linux" and not os.environ.get(ADDRESS):
            atexit.register(WarmServer().__enter__().close)


def run_notebook(notebook: bytes, files: dict, limits: sandbox.Limits, unsafe: bool = False) -> Executed:
    """Run a notebook in a fresh warm kernel and return it with its outputs.

    Parameters
    ----------
    notebook : bytes
        A notebook of format 4.
    files : dict
        What else lies in its folder: contents by relative path. The notebook itself does not.
    limits : Limits
    unsafe : bool
        Run without a sandbox, with the rights of whoever calls, in a folder that is thrown away.

    Raises
    ------
    RuntimeError
        If there can be no sandbox here, and ``unsafe`` is not given.
    """
    reason = "" if unsafe else _no_sandbox()
    if reason:
        raise RuntimeError(reason)
    ensure_server()
    nb = nbformat.reads(notebook.decode(), as_version=4)
    context = zmq.asyncio.Context()
    context.MAXMSGSIZE = 4 * limits.output * 1_000_000  # larger messages are never taken in
    context.LINGER = 0
    km = AsyncKernelManager(kernel_name="python3", context=context, client_class="grading.run.ReadyClient")
    if os.environ.get(ADDRESS):
        km.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME}
    runner, start, process = Runner(nb, km, limits), time.monotonic(), None
    with _folder(files, unsafe) as options:
        try:
            with runner.setup_kernel(cleanup_kc=False, **options, **({} if unsafe else {"limits": limits, "files": files})):
                process = km.provisioner.process
                _run_cells(runner, start + limits.notebook if unsafe else None)
        except (DeadKernelError, CellControlSignal, RuntimeError, zmq.ZMQError) as error:  # the kernel is gone
            process = process or (km.provisioner and km.provisioner.process)
            if process is None:
                raise
            runner.log.debug("Stopped: %s", error)
        finally:
            process = process or (km.provisioner and km.provisioner.process)
            if process:
                process.kill()
                process.wait(60)
            if runner.kc:
                runner.kc.stop_channels()
            with contextlib.suppress(FileNotFoundError):
                os.remove(km.connection_file)
            context.destroy(linger=0)
    code = {index for index, cell in enumerate(nb.cells) if cell.cell_type == "code"}
    outcome = runner.outcome or _REASONS.get(getattr(process, "reason", "")) or ("crashed" if code - runner.done else "")
    outcome = outcome or ("timed out" if runner.slow else "finished")
    for index in (code - runner.done) | runner.slow:
        # nbgrader takes a check without output as passed: say that it was not run.
        if is_grade(nb.cells[index]):
            told = ("NotYet", STOPPED[outcome])
        elif index in runner.slow:
            told = ("Interrupted", f"This cell took longer than {limits.cell} seconds. Look for a loop that does not end, or a training that is too long.")
        else:
            continue
        nb.cells[index].outputs = [nbformat.v4.new_output("error", ename=told[0], evalue=told[1], traceback=[])]
    nb.metadata.pop("widgets", None)
    return Executed(nbformat.writes(nb).encode(), outcome, time.monotonic() - start, getattr(process, "cpu", 0.0))


@functools.cache
def _no_sandbox() -> str:
    return sandbox.why_not()


@contextlib.contextmanager
def _folder(files, unsafe):
    """Give an unsafe kernel a folder of its own on disk."""
    if not unsafe:
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="good-fit-") as folder:
        sandbox.write_files(folder, files)
        yield {"cwd": folder}


def _run_cells(runner, deadline):
    for index, cell in enumerate(runner.nb.cells):
        if cell.cell_type == "code":
            if deadline and time.monotonic() > deadline:
                return runner.stop("timed out")
            runner.execute_cell(cell, index)
            runner.done.add(index)
