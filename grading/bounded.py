"""Run functions of ours on what a submission holds, in a process that may be lost.

Reading JSON, Markdown and HTML takes more time and memory than they are long, and some take far
more. So they are read in one child process with a limit on both. It is started at the first call;
when a submission has cost it its life, the next call starts another.
"""

import atexit
import importlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

try:
    import resource
except ImportError:  # Windows, where nothing is graded but feedback can be made
    resource = None  # type: ignore[assignment]

SECONDS, PATIENCE = 10, 120  # of CPU in a call, and of waiting for it on a busy machine
MEMORY = 3_000_000_000  # bytes


class TooMuch(Exception):
    """A call took too long or too much memory."""


class Refused(Exception):
    """A call ended with an error. One that the function raises itself arrives unchanged, any other with its kind."""


class Child:
    """The process, and the lines in which it is asked and answers: JSON both ways."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[str] | None = None

    def call(self, function: Callable[..., Any], *args: Any, seconds: int = SECONDS) -> Any:
        """Return ``function(*args)``, computed in the child; arguments and result are what JSON holds.

        Raises
        ------
        TooMuch
            If it takes too many seconds of CPU, or too much memory.
        Refused
            If the function raises; the child lives on.
        """
        order = json.dumps([function.__module__, function.__name__, seconds, args])
        with self.lock:
            if self.process is None or self.process.poll() is not None:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "grading.bounded"],
                    cwd=Path(__file__).parent.parent,
                    text=True,
                    encoding="utf-8",
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            process = self.process
            assert process.stdin and process.stdout  # pipes
            watch = threading.Timer(PATIENCE, process.kill)
            watch.start()
            try:
                process.stdin.write(order + "\n")
                process.stdin.flush()
                told = process.stdout.readline()
            except BrokenPipeError:
                told = ""
            except BaseException:  # Ctrl-C: its answer would be mistaken for the next one's
                self.close()
                raise
            finally:
                watch.cancel()
            if not told.endswith("\n"):
                self.close()
                raise TooMuch(f"reading it takes longer than {seconds} seconds, or too much memory")
        kind, value = json.loads(told)
        if kind == "memory":
            raise TooMuch("reading it takes too much memory")
        if kind == "error":
            raise Refused(value)
        return value

    def close(self) -> None:
        """End the child; the next call starts another."""
        if self.process:
            self.process.kill()
            self.process.wait()
            for end in (self.process.stdin, self.process.stdout):
                try:
                    if end:
                        end.close()
                except OSError:
                    pass
            self.process = None


child = Child()
atexit.register(child.close)


def serve(orders: Iterable[str], answers: IO[str]) -> None:
    """Be the child."""
    # jsonschema's, for a kind of address that no notebook holds: seconds to import.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    if resource:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in orders:
        module, name, seconds, args = json.loads(line)
        function = getattr(importlib.import_module(module), name)
        if resource:
            resource.setrlimit(
                resource.RLIMIT_CPU,
                (int(time.process_time()) + 1 + seconds, resource.RLIM_INFINITY),
            )
        try:
            told = ["value", function(*args)]
        except MemoryError:
            told = ["memory", ""]
        except RecursionError:
            told = ["error", "it is nested too deeply"]
        except Refused as error:
            told = ["error", str(error)]
        except Exception as error:
            told = ["error", f"{type(error).__name__}: {error}"[:2000]]
        del line, args, function
        answers.write(json.dumps(told) + "\n")
        answers.flush()


if __name__ == "__main__":
    from grading import bounded  # the functions know the classes by this name

    ours = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    with open(0, encoding="utf-8", closefd=False) as orders:
        bounded.serve(orders, ours)
