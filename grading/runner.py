"""Notebook in, executed notebook out: the one seam between nbgrader and where submissions run.

``run_notebook`` takes and gives plain bytes, so that it runs here, in a thread, or on another machine.
The work is done by ``execute``, in a clerk: a process forked from the warm server, whose memory is
limited, so that nothing that a kernel sends can harm the grader. It stands between two processes that
don't see each other: the submission's kernel, and the judge, which runs the checks. Between them it
carries questions and answers, which it never reads.
"""

import asyncio
import atexit
import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from multiprocessing.connection import Client, Connection
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import zmq
from jupyter_client import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from . import judge
from .judge.codec import LARGEST
from .judge.court import Court, ScriptError
from .kernels import sandbox
from .kernels.provisioner import WarmProcess
from .kernels.server import ADDRESS, NAME, WarmServer, own_folder
from .outcomes import Outcome

_REASONS = {
    "memory": Outcome.OUT_OF_MEMORY,
    "time": Outcome.TIMED_OUT,
    "processes": Outcome.TOO_MANY_PROCESSES,
}
_LARGEST = 200_000_000  # bytes of an executed notebook
_PATIENCE = 3  # seconds that an interrupted cell has to end


@dataclass(frozen=True)
class Executed:
    """An executed notebook, what became of it (an :class:`Outcome` of a run), and its cost in seconds."""

    notebook: bytes
    outcome: Outcome
    seconds: float
    cpu: float
    reason: str = ""  #: what was suspicious
    overloaded: bool = False  #: it ran out of time while the machine had not enough cores for all


class Runner(NotebookClient):
    """nbclient, which counts what a notebook prints, and does not wait for a kernel that won't be interrupted."""

    km: Any
    kc: Any
    allowance: sandbox.Allowance  #: of the cell that runs

    def __init__(
        self, nb: NotebookNode, km: AsyncKernelManager, limits: sandbox.Limits, **options: Any
    ) -> None:
        super().__init__(
            nb,
            km=km,
            timeout=limits.cell,
            allow_errors=True,
            skip_cells_with_tag="",
            startup_timeout=60,
            interrupt_on_timeout=True,
            error_on_timeout=None,
            iopub_timeout=30,
            raise_on_iopub_timeout=True,
            **options,
        )
        self.room = limits.output * 1_000_000
        self.outcome: Outcome | None = None  # why it was stopped
        self.done: set[int] = set()  # cells that ran
        self.slow: set[int] = set()  # and of these the ones that were interrupted
        self.heavy = False  # an answer took more memory than the judge has
        self.suspicious: list[str] = []  # why a person should look at this submission
        self.limits, self.overloaded = limits, False

    @property
    def pids(self) -> list[int]:
        """The kernel's process, if it runs."""
        pid = self.km and self.km.provisioner and self.km.provisioner.pid
        return [pid] if pid else []

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        self.room -= _cost(msg)
        if self.room < 0:
            self.stop(Outcome.OUTPUT_FLOOD)
            return None
        return super().process_message(msg, cell, cell_index)

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> None:
        """Interrupt a cell that has used up its time; if it has not ended soon after, end the kernel."""
        while left := self.allowance.left():
            await asyncio.sleep(min(left, 0.25))
            if await self.kc.shell_channel.msg_ready():
                return None  # nbclient takes the reply as usual
            await self._async_check_alive()
        self.overloaded |= self.allowance.overloaded()
        self.slow.add(self.nb.cells.index(cell))
        await self.km.interrupt_kernel()
        for _ in range(10 * _PATIENCE):
            await asyncio.sleep(0.1)
            if await self.kc.shell_channel.msg_ready():
                return None
        self.stop(Outcome.TIMED_OUT)
        raise DeadKernelError("A cell could not be interrupted.")

    def stop(self, outcome: Outcome) -> None:
        self.outcome = outcome
        process = self.km and self.km.provisioner and self.km.provisioner.process
        if process:
            process.kill()

    async def ask(
        self, question: bytes, allowance: sandbox.Allowance
    ) -> bytes | tuple[Outcome, str]:
        """Send a question of the judge to the submission's kernel; return its answer, or why there is none.

        Parameters
        ----------
        allowance : Allowance
            The time that the check has.

        Returns
        -------
        bytes or (outcome, reason)
        """
        shell, interrupted, over = self.kc.shell_channel, False, False
        message = self.kc.session.msg("good_fit_question")
        message["buffers"] = [question]
        shell.send(message)
        mine = message["header"]["msg_id"]
        while True:
            if not allowance.left():
                if interrupted:
                    self.stop(Outcome.TIMED_OUT)
                    raise DeadKernelError("A question could not be interrupted.")
                self.overloaded |= allowance.overloaded()
                interrupted, allowance = True, sandbox.Allowance(_PATIENCE, self.pids)
                await self.km.interrupt_kernel()
            try:
                told = await shell.get_msg(timeout=1 if over else 0.2)
            except Empty:
                if over:
                    return (
                        (Outcome.TIMED_OUT, "")
                        if interrupted
                        else (Outcome.SUSPICIOUS, "no answer to a question")
                    )
                over = await self.drained(mine, allowance)
                if not await self.km.is_alive():
                    raise DeadKernelError("The kernel ended while it was asked.") from None
                continue
            if told["msg_type"] != "good_fit_answer":
                continue
            await self.drained(mine, allowance)
            if told["parent_header"].get("msg_id") != mine:
                return Outcome.SUSPICIOUS, "an answer to another question"
            answer = b"".join(told["buffers"])
            if len(answer) > LARGEST + 8:
                return Outcome.SUSPICIOUS, "an answer too large to be read"
            return (Outcome.TIMED_OUT, "") if interrupted else answer

    async def drained(self, question: str, allowance: sandbox.Allowance) -> bool:
        """Take in what the kernel published meanwhile; return whether it says that it is done with a question."""
        done = False
        while allowance.left() and await self.kc.iopub_channel.msg_ready():
            told = await self.kc.iopub_channel.get_msg(timeout=1)
            self.room -= _cost(told)
            if self.room < 0:
                self.stop(Outcome.OUTPUT_FLOOD)
                raise DeadKernelError("Too much output.")
            idle = told["msg_type"] == "status" and told["content"].get("execution_state") == "idle"
            done |= idle and told["parent_header"].get("msg_id") == question
        return done


def _agent() -> str:
    """Return code that puts the agent into a kernel and leaves no name behind."""
    here = Path(judge.__file__).parent
    source = "".join((here / name).read_text(encoding="utf-8") for name in ("codec.py", "agent.py"))
    return (
        "(lambda module: (exec(compile("
        + repr(source)
        + ", 'good-fit-agent', 'exec'), module.__dict__), "
        "module.install(get_ipython())))(__import__('types').ModuleType('good_fit_agent')) and None"
    )


def _own_cells(nb: NotebookNode) -> list[str]:
    """Return the sources of the code cells that a student may change."""
    return [
        c.source
        for c in nb.cells
        if c.cell_type == "code"
        and not (is_grade(c) or c.metadata.get("nbgrader", {}).get("locked"))
    ]


def _cost(message: dict[str, Any]) -> int:
    """Return how many bytes a message takes from what a notebook may print."""
    return 100 + _size(message["content"]) + sum(map(len, message["buffers"]))


def _size(content: Any) -> int:
    """Return the length of all texts in a message."""
    if isinstance(content, dict):
        return sum(_size(value) for value in content.values())
    if isinstance(content, list):
        return sum(_size(value) for value in content)
    return len(content) if isinstance(content, str) else 8


def is_grade(cell: NotebookNode) -> bool:
    """Tell whether nbgrader counts a cell: a check, or an answer that a person grades."""
    return bool(cell.metadata.get("nbgrader", {}).get("grade"))


# Process ids of what runs a notebook now, by the thread that waits for it.
_running: dict[int, int] = {}


def stop_all() -> None:
    """End all notebooks that run in this process, because whoever grades them was told to stop."""
    for pid in list(_running.values()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


_server_lock = threading.Lock()


def ensure_server() -> None:
    """Start a warm server for as long as this process lives, unless one is running already.

    Only on Linux: elsewhere libraries don't survive a fork, and kernels start cold.
    """
    with _server_lock:
        if sys.platform == "linux" and not os.environ.get(ADDRESS):
            atexit.register(WarmServer().__enter__().close)


def run_notebook(
    notebook: bytes,
    files: Mapping[str, bytes],
    limits: sandbox.Limits,
    unsafe: bool = False,
    script: dict[str, Any] | None = None,
) -> Executed:
    """Run a notebook in a fresh warm kernel and return it with its outputs.

    With a script its checks never enter that kernel: a judge runs them.

    Parameters
    ----------
    notebook : bytes
        A notebook of format 4.
    files : dict
        What else lies in its folder: contents by relative path. The notebook itself does not.
    limits : Limits
    unsafe : bool
        Run without a sandbox, with the caller's rights, in a folder that is thrown away.
    script : dict, optional
        ``locked`` and ``checks``: sources by name, as :func:`grading.judge.rules.plan` gives them.

    Raises
    ------
    RuntimeError
        If no sandbox is possible here, and ``unsafe`` is not given.
    ScriptError
        If the judge can't run the locked cells of the unit, or a check gives more points than there are.
    """
    reason = "" if unsafe else _no_sandbox()
    if reason:
        raise RuntimeError(reason)
    ensure_server()
    if not os.environ.get(ADDRESS):
        return execute(notebook, files, limits, unsafe, script)
    start = time.monotonic()
    with Client(os.environ[ADDRESS], family="AF_UNIX") as line:
        arguments = (notebook, files, limits, unsafe, script)
        line.send(
            {
                "kind": "clerk",
                "arguments": arguments,
                "environment": dict(os.environ),
                "cwd": os.getcwd(),
            }
        )
        try:
            _running[threading.get_ident()] = int(line.recv_bytes(20))
            told = json.loads(line.recv_bytes(1_000_000))
            if "error" in told:
                raise (ScriptError if told["kind"] == "ScriptError" else RuntimeError)(
                    told["error"]
                )
            told["outcome"] = Outcome(told["outcome"])
            return Executed(line.recv_bytes(_LARGEST), **told)
        except (
            EOFError,
            OSError,
        ):  # the clerk could not hold what the kernel sent, or we were told to stop
            nb = nbformat.reads(notebook.decode(), as_version=4)
            return Executed(
                finished(nb, set(), set(), Outcome.OUTPUT_FLOOD, limits),
                Outcome.OUTPUT_FLOOD,
                time.monotonic() - start,
                0.0,
                "what its kernel sent took too much memory",
            )
        finally:
            _running.pop(threading.get_ident(), None)


def get_ready() -> None:
    """Do what each clerk would otherwise do again: compile nbformat's schema, and look up Jupyter's ways to start a kernel."""
    nbformat.validate(nbformat.v4.new_notebook())
    KernelProvisionerFactory.instance()


def report(line: Connection, *arguments: Any) -> None:
    """Be the clerk's work: run a notebook and tell ``run_notebook`` at the other end of the line."""
    line.send_bytes(str(os.getpid()).encode())
    try:
        found = asdict(execute(*arguments))
    except MemoryError:
        return
    except Exception as error:
        return line.send_bytes(
            json.dumps({"kind": type(error).__name__, "error": str(error)[:2000]}).encode()
        )
    notebook = found.pop("notebook")
    line.send_bytes(json.dumps(found).encode())
    line.send_bytes(notebook)


def execute(
    notebook: bytes,
    files: Mapping[str, bytes],
    limits: sandbox.Limits,
    unsafe: bool,
    script: dict[str, Any] | None,
) -> Executed:
    """Run a notebook as ``run_notebook`` does, in this process."""
    nb = nbformat.reads(notebook.decode(), as_version=4)
    warm = bool(os.environ.get(ADDRESS))
    start = time.monotonic()
    process: WarmProcess | subprocess.Popen[bytes] | None = None
    court = Court(script, limits, unsafe) if script else None
    with _folder(warm) as folder:
        about = {"connection_file": f"{folder}/kernel.json"} | (
            {} if unsafe else {"transport": "ipc", "ip": f"{folder}/kernel"}
        )
        km: Any = AsyncKernelManager(
            kernel_name="python3", client_class="grading.kernels.client.ReadyClient", **about
        )
        if warm:
            km.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME}
        options: dict[str, Any] = {"limits": limits, "files": files}
        if unsafe:
            options = {"cwd": os.path.join(folder, "work")}
            os.mkdir(options["cwd"])
            sandbox.write_files(options["cwd"], files)
        runner = Runner(nb, km, limits)
        try:
            with runner.setup_kernel(cleanup_kc=False, **options):
                process = km.provisioner.process
                _running[threading.get_ident()] = process.pid
                _run_cells(runner, court, start + limits.notebook if unsafe else None)
        except RecursionError:
            if process is None:
                raise
            runner.suspicious.append(
                "the kernel sent an output that is nested too deeply to be read"
            )
        except (
            DeadKernelError,
            CellControlSignal,
            RuntimeError,
            zmq.ZMQError,
        ) as error:  # the kernel is gone
            process = process or (km.provisioner and km.provisioner.process)
            if process is None:
                raise
            runner.log.debug("Stopped: %s", error)
        except (ScriptError, MemoryError):
            raise
        except Exception as error:  # messages that no Jupyter kernel sends
            if process is None:
                raise
            runner.suspicious.append(
                f"the kernel sent what could not be read ({type(error).__name__}: {error})"[:300]
            )
        finally:
            _running.pop(threading.get_ident(), None)
            process = process or (km.provisioner and km.provisioner.process)
            if process:
                process.kill()
                process.wait(60)
            if runner.kc:
                runner.kc.stop_channels()
                runner.kc.context.destroy(linger=0)
            if court:
                court.close()
    outcome = (
        runner.outcome
        or _REASONS.get(getattr(process, "reason", ""))
        or (Outcome.SUSPICIOUS if runner.suspicious else None)
    )
    outcome = outcome or (Outcome.OUT_OF_MEMORY if runner.heavy else None)
    outcome = outcome or (
        Outcome.CRASHED
        if code_cells(nb) - runner.done
        else Outcome.TIMED_OUT
        if runner.slow
        else Outcome.FINISHED
    )
    overloaded = (
        runner.overloaded
        or getattr(process, "overloaded", False)
        or bool(court and court.overloaded)
    )
    cpu = getattr(process, "cpu", 0.0) + (court.cpu if court else 0.0)
    reason = "; ".join(dict.fromkeys(runner.suspicious)).encode("utf-8", "replace").decode()
    notebook = finished(nb, runner.done, runner.slow, outcome, limits)
    return Executed(
        notebook,
        outcome,
        time.monotonic() - start,
        cpu,
        reason,
        outcome == Outcome.TIMED_OUT and overloaded,
    )


def code_cells(nb: NotebookNode) -> set[int]:
    """Return the places of a notebook's cells of code."""
    return {index for index, cell in enumerate(nb.cells) if cell.cell_type == "code"}


def finished(
    nb: NotebookNode, done: set[int], slow: set[int], outcome: Outcome, limits: sandbox.Limits
) -> bytes:
    """Return a notebook that was run, as bytes; say in cells that were not run, or interrupted, what became of them."""
    for index in (code_cells(nb) - done) | slow:
        # nbgrader takes a check without output as passed: say that it was not run.
        if is_grade(nb.cells[index]):
            told = ("NotYet", (Outcome.TIMED_OUT if index in slow else outcome).sentence)
        elif index in slow:
            told = (
                "Interrupted",
                f"This cell took longer than {limits.cell} seconds. Look for a loop that does not end, or training that takes too long.",
            )
        else:
            continue
        nb.cells[index].outputs = [
            nbformat.v4.new_output("error", ename=told[0], evalue=told[1], traceback=[])
        ]
    nb.metadata.pop("widgets", None)
    return encoded(nb)


def encoded(nb: NotebookNode) -> bytes:
    """Return a notebook as bytes; characters that no file can hold (half of a pair) become question marks."""
    return nbformat.writes(nb).encode("utf-8", "replace")


@functools.cache
def _no_sandbox() -> str:
    return sandbox.why_not()


@contextlib.contextmanager
def _folder(warm: bool) -> Iterator[str]:
    """Give a folder for what belongs to one run: within the server's, or one of its own."""
    outer, lock = (os.path.dirname(os.environ[ADDRESS]), None) if warm else own_folder()
    folder = tempfile.mkdtemp(prefix="run-", dir=outer)
    try:
        yield folder
    finally:
        shutil.rmtree(folder if warm else outer, ignore_errors=True)
        if lock:
            lock.close()


def _run_cells(runner: Runner, court: Court | None, deadline: float | None) -> None:
    if court:
        runner.kc.execute(_agent(), silent=True, store_history=False)
    for index, cell in enumerate(runner.nb.cells):
        if cell.cell_type == "code":
            if deadline and time.monotonic() > deadline:
                return runner.stop(Outcome.TIMED_OUT)
            if (
                court
                and is_grade(cell)
                and cell.metadata.nbgrader.grade_id in court.script["checks"]
            ):
                _judge_cell(runner, court, cell, index)
            else:
                runner.allowance = sandbox.Allowance(runner.limits.cell, runner.pids)
                try:
                    runner.execute_cell(cell, index)
                except (
                    CellTimeoutError
                ):  # it has ended, but too large an output broke the line on which that is told
                    return runner.stop(Outcome.OUTPUT_FLOOD)
            runner.done.add(index)
    if court and court.ready:
        found = court.rebound(_own_cells(runner.nb))
        names = [found["outcome"]] if isinstance(found, dict) else [f"`{name}`" for name in found]
        runner.suspicious += (
            [f"it rebinds {', '.join(names)}, which the checks use"] if names else []
        )


def _judge_cell(runner: Runner, court: Court, cell: NotebookNode, index: int) -> None:
    """Let the judge run a check, and write into the cell what nbgrader counts: an error, or none."""

    def error(name: str, text: str, lines: Sequence[str] = ()) -> NotebookNode:
        return nbformat.v4.new_output("error", ename=name, evalue=text, traceback=list(lines))

    cell.outputs, cell.execution_count = [error("NotYet", Outcome.CRASHED.sentence)], None
    told = court.verdict(cell.metadata.nbgrader.grade_id, runner.ask, runner.pids)
    outputs = (
        [nbformat.v4.new_output("stream", name="stdout", text=told["printed"])]
        if told.get("printed")
        else []
    )
    if "worth" in told:
        marks = cell.metadata.nbgrader
        if not 0 <= told["worth"] <= marks.points:
            raise ScriptError(
                f"The check `{marks.grade_id}` gives {told['worth']} points; it may give 0 to {marks.points}."
            )
        outputs.append(
            nbformat.v4.new_output(
                "execute_result", {"text/plain": str(told["worth"])}, execution_count=None
            )
        )
    if told["outcome"] == "failed":
        outputs.append(error(told["ename"], told["evalue"], told["traceback"]))
    elif told["outcome"] != "passed":
        outputs.append(error("NotYet", Outcome(told["outcome"]).sentence))
        if told["outcome"] == Outcome.SUSPICIOUS:
            runner.suspicious.append(f"{cell.metadata.nbgrader.grade_id}: {told['reason']}")
        elif told["outcome"] == Outcome.TIMED_OUT:
            runner.slow.add(index)
        else:
            runner.heavy = True
    cell.outputs = outputs
