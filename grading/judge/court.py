"""The grader's end of the judge: starts it, asks it for verdicts, and starts it again when it was lost."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from jupyter_core.utils import run_sync

from ..kernels import sandbox
from ..kernels.client import LONGEST
from ..kernels.provisioner import WarmProcess
from ..kernels.server import ADDRESS
from ..outcomes import Outcome

# Carries a question of the judge to the submission: returns its answer, or why there is none.
Ask = Callable[[bytes, sandbox.Allowance], Awaitable[bytes | tuple[Outcome, str]]]


class ScriptError(Exception):
    """A unit with cells of its own that the judge can't run, or a check that gives impossible points: for the instructor to fix."""


class Court:
    """The judge of a submission, started with it and again when it was lost."""

    process: WarmProcess | subprocess.Popen[bytes]

    def __init__(self, script: dict[str, Any], limits: sandbox.Limits, unsafe: bool) -> None:
        self.script, self.limits, self.unsafe = script, limits, unsafe
        self.cpu, self.overloaded = 0.0, False
        self.open()

    def open(self) -> None:
        """Start a judge; it runs the locked cells while the submission runs its own."""
        ours, theirs = socket.socketpair()
        if os.environ.get(ADDRESS):
            own = {"cwd": tempfile.gettempdir(), "environment": dict(os.environ), "limits": None}
            self.process = WarmProcess(
                {"kind": "judge", "limits": self.limits, "files": {}}
                | (own if self.unsafe else {}),
                [theirs],
            )
        else:
            command = [sys.executable, "-m", "grading.judge.process", str(theirs.fileno())]
            self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=sandbox.ROOT)
        theirs.close()
        self.line, self.ready = Connection(ours.detach()), False
        self.line.send_bytes(json.dumps(self.script).encode())

    def close(self) -> None:
        """End the judge."""
        self.line.close()
        self.process.kill()
        self.process.wait(60)
        self.cpu += getattr(self.process, "cpu", 0.0)

    def allowance(self, seconds: float, *pids: int) -> sandbox.Allowance:
        """Return the time that a check has: what it, or the submission that it asks, waited for a core does not count."""
        return sandbox.Allowance(seconds, [self.process.pid, *pids])

    def told(self, allowance: sandbox.Allowance) -> bytes | None:
        """Return the next message of the judge; None if there is none in time, or none to come."""
        try:
            while left := allowance.left():
                if self.line.poll(left):
                    return self.line.recv_bytes(LONGEST)
        except (EOFError, OSError):
            pass
        return None

    def verdict(self, name: str, ask: Ask, pids: Sequence[int] = ()) -> dict[str, Any]:
        """Let the judge run a check, and carry its questions to the submission; return what it says.

        Raises
        ------
        ScriptError
            If the judge can't run the unit's own cells.
        """
        if not self.ready:
            told = self.told(self.allowance(self.limits.notebook))
            if told is None:  # once more: it may have been the machine
                self.again(None)
                told = self.told(self.allowance(self.limits.notebook)) or b"E it did not start"
            if told[:1] != b"R":
                raise ScriptError(
                    f"The judge can't run the locked cells of this unit: {told[1:].decode()}"
                )
            self.ready = True
        return self.request(b"T" + name.encode(), ask, pids)

    def rebound(self, cells: list[str]) -> list[str] | dict[str, Any]:
        """Return the modules of the unit that a submission's own cells rebind, or a verdict that they brought the judge down."""
        return self.request(b"N" + json.dumps(cells).encode())

    def request(self, message: bytes, ask: Ask | None = None, pids: Sequence[int] = ()) -> Any:
        """Send the judge a message, carry its questions, and return what it says; a verdict of ours if it is lost or late."""
        allowance = self.allowance(self.limits.cell, *pids)
        with contextlib.suppress(OSError):
            self.line.send_bytes(message)
            while (told := self.told(allowance)) and ask and told[:1] == b"Q":
                answer = run_sync(ask)(told[1:], allowance)
                self.line.send_bytes(
                    b"A" + answer
                    if isinstance(answer, bytes)
                    else b"X" + json.dumps(answer).encode()
                )
            if told:
                return json.loads(told[1:])
        return self.again(allowance)

    def again(self, allowance: sandbox.Allowance | None) -> dict[str, Any]:
        """Start the judge again after it was lost, and return what that means for the check."""
        late = allowance and not allowance.left()
        self.overloaded |= bool(allowance and late and allowance.overloaded())
        self.close()
        heavy = getattr(self.process, "reason", "") == "memory"
        self.open()
        if heavy or late:
            return {"outcome": Outcome.OUT_OF_MEMORY if heavy else Outcome.TIMED_OUT}
        return {"outcome": Outcome.SUSPICIOUS, "reason": "an answer brought the judge down"}
