"""The judge: runs the checks of a unit in a process of its own, where no submission's code runs.

The names that a check uses come from the unit's locked cells, which the judge has run itself, from
Python, or from the submission's kernel: data as a copy, everything else as a :class:`Remote`, which
can be called and looked at, and decides nothing. Models are rebuilt from classes of Keras alone.
The judge talks to ``court.py`` over one line, and is forked from the warm server into its own sandbox.
"""

import ast
import builtins
import contextlib
import io
import json
import os
import sys
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any

from . import rules
from .remote import MOST_SAID, Abort, Line

MOST_PRINTED = 20_000  # characters of what a check prints


class Builtins(dict[str, Any]):
    """What a name that a check does not bind itself means: Python's own, then the submission's."""

    def __init__(self, line: Line) -> None:
        super().__init__(vars(builtins))
        self.line = line

    def __missing__(self, word: str) -> Any:
        if word.startswith("__"):
            raise NameError(f"name '{word}' is not defined", name=word)
        return self.line.name(word)


class Judge:
    """Runs checks, each in a fresh copy of what the locked cells bind."""

    def __init__(self, connection: Connection, given: dict[str, Any]) -> None:
        self.connection, self.checks = connection, given["checks"]
        os.environ["GOOD_FIT_HIDDEN"] = str(
            given.get("hidden", 0)
        )  # helpers.data draws hidden rows with it
        self.line = Line(connection)
        self.space: dict[str, Any] = {"__name__": "__main__", "__builtins__": Builtins(self.line)}
        for name, source in given["locked"].items():
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(source, name, "exec", dont_inherit=True), self.space)

    def serve(self) -> None:
        """Run the checks that court.py names, until it hangs up."""
        while True:
            try:
                told = self.connection.recv_bytes()
            except EOFError:
                return
            found = (
                self.verdict(told[1:].decode())
                if told[:1] == b"T"
                else self.rebound(json.loads(told[1:]))
            )
            self.connection.send_bytes(b"V" + json.dumps(found).encode())

    def rebound(self, cells: list[str]) -> list[str]:
        """Return the names of modules of the locked cells (checks, np, ...) that a submission's cells rebind.

        Checks are not deceived by that, but hardly anyone does it by mistake. Importing them again is fine.
        """
        found: set[str] = set()
        ours = {name for name, value in self.space.items() if isinstance(value, ModuleType)}
        for source in cells:
            with contextlib.suppress(
                Exception
            ):  # whatever Python can't read it does not run either
                bound, _ = rules.names(source)
                found |= bound & ours - rules.imported(source)
        return sorted(found)

    def verdict(self, name: str) -> dict[str, Any]:
        """Return what became of a check: passed, failed with an error, or not decided.

        A number as its last expression is what the answer is worth, as in nbgrader.
        """
        self.line.new_check()
        printed, error, worth = io.StringIO(), None, None
        try:
            with contextlib.redirect_stdout(printed):
                tree, space = ast.parse(self.checks[name], name), dict(self.space)
                last = (
                    tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
                )
                exec(compile(tree, name, "exec", dont_inherit=True), space)
                worth = last and eval(
                    compile(ast.Expression(last.value), name, "eval", dont_inherit=True), space
                )
        except Abort:
            pass
        except BaseException as found:
            error = found
        if self.line.aborted:
            outcome, reason = self.line.aborted
            return {"outcome": outcome, "reason": reason}
        told: dict[str, Any] = {
            "outcome": "failed" if error else "passed",
            "printed": printed.getvalue()[:MOST_PRINTED],
        }
        if not error and type(worth) in (int, float):
            told["worth"] = worth
        if error:
            show = getattr(
                error, "_render_traceback_", lambda: [f"{type(error).__name__}: {error}"]
            )
            told |= {
                "ename": type(error).__name__,
                "evalue": str(error)[:MOST_SAID],
                "traceback": [line[:MOST_SAID] for line in show()],
            }
        return told


def be_judge(handle: int) -> None:
    """Serve court.py over an open socket until it hangs up."""
    connection = Connection(handle)
    try:
        judge = Judge(connection, json.loads(connection.recv_bytes()))
    except EOFError:
        return
    except BaseException as error:
        connection.send_bytes(b"E" + f"{type(error).__name__}: {error}".encode()[:1000])
        return
    connection.send_bytes(b"R")
    judge.serve()


if __name__ == "__main__":  # where there is no warm server
    import sys

    be_judge(int(sys.argv[1]))
