"""What the judge sees of a submission: objects in its kernel that can be called and looked at, and decide nothing."""

import builtins
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from ..outcomes import Outcome
from .codec import NotData, Reader, Writer
from .models import allowed_model

LARGEST_FILES = 20_000_000  # bytes of the files that go with a call
MOST_SAID = 2_000  # characters of an error


class Abort(BaseException):
    """The check can't go on. Not an Exception, so that no check takes it for an error of the answer."""


class Remote:
    """An object in the submission's kernel: it can be read, indexed and iterated, and that is all."""

    _line: "Line"
    _number: int

    def __init__(self, line: "Line", number: int) -> None:
        object.__setattr__(self, "_line", line)
        object.__setattr__(self, "_number", number)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._line.ask("attribute", self._number, name)

    def __getitem__(self, key: Any) -> Any:
        return self._line.ask("item", self._number, key)

    def __len__(self) -> int:
        length = self._line.ask("length", self._number)
        if type(length) is not int:
            raise self._line.abort(Outcome.SUSPICIOUS, "the length of an object is not a number")
        return length

    def __iter__(self) -> Iterator[Any]:
        items = self._line.ask("items", self._number)
        if type(items) is not list:
            raise self._line.abort(Outcome.SUSPICIOUS, "the items of an object are not a list")
        return iter(items)

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError(
            f"something of type {type(self).__name__} is not a number, a text or an array"
        )

    __setattr__ = __delattr__ = __setitem__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = (
        __ge__
    ) = __bool__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = (
        __pow__
    ) = __rpow__ = _refuse
    __neg__ = __abs__ = __int__ = __float__ = __index__ = __contains__ = __array__ = __matmul__ = (
        __rmatmul__
    ) = _refuse
    __hash__ = object.__hash__


class RemoteFunction(Remote):
    """One that can be called, with plain arguments or Remotes."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._line.call(self._number, args, options)


def remote(line: "Line", number: Any, name: Any, can_be_called: Any) -> Any:
    """Return a Remote whose type has the name of the object's type, for messages."""
    if (
        type(number) is not int
        or number < 0
        or type(name) is not str
        or type(can_be_called) is not bool
    ):
        raise NotData("a wrong object")
    word = name if name.isidentifier() and len(name) < 60 else "object"
    return type(word, (RemoteFunction if can_be_called else Remote,), {})(line, number)


class Line:
    """The judge's end of the line: asks the submission's kernel through the grader, and reads the answers."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.count = connection, 0
        self.aborted: tuple[str, str] | None = None
        self.known: dict[str, Any] = {}

    def new_check(self) -> None:
        self.aborted, self.known = None, {}

    def abort(self, outcome: str, reason: str) -> Abort:
        """Note, for good, why this check can't be decided; return what to raise."""
        self.aborted = self.aborted or (outcome, reason)
        return Abort(reason)

    def ask(self, *question: Any) -> Any:
        """Return what the submission's kernel answers to a question, or raise the error that it answers with."""
        if self.aborted:
            raise Abort(self.aborted[1])
        self.count += 1
        try:
            message = Writer(self.own).message([self.count, list(question)])
        except NotData as reason:
            raise TypeError(
                f"The check passes what can't be sent to the student's kernel: {reason}."
            ) from None
        self.connection.send_bytes(b"Q" + message)
        told = self.connection.recv_bytes()
        if told[:1] != b"A":
            raise self.abort(*json.loads(told[1:]))
        try:
            answer = Reader(self.object, allowed_model).value(told[1:])
            number, found = answer
            kind, value = found
        except (NotData, TypeError, ValueError) as error:
            raise self.abort(Outcome.SUSPICIOUS, f"an invalid answer: {error}") from None
        except (MemoryError, RecursionError):
            raise self.abort(Outcome.SUSPICIOUS, "an answer too large to be read") from None
        if type(number) is not int or number != self.count:
            raise self.abort(Outcome.SUSPICIOUS, "an answer to another question")
        if kind == "value":
            return value
        if kind == "missing" and question[0] == "name" and value == question[1]:
            raise NameError(f"name '{value}' is not defined", name=value)
        if kind == "unsendable" and type(value) is str:
            raise AssertionError(
                f"The answer can't be checked, because {value[:200]}. Give plain numbers, arrays, tables or Keras models."
            )
        if kind == "error" and question[0] != "name":
            raise self.error(value)
        raise self.abort(Outcome.SUSPICIOUS, "an answer of a kind that does not exist")

    def own(self, value: Any) -> Any:
        """Return the node of an object of the submission that goes back to it."""
        if isinstance(value, Remote):
            return ["object", value._number]
        if isinstance(value, Path):
            return str(value)
        raise NotData(f"something of type {type(value).__name__}")

    def object(self, node: list[Any]) -> Any:
        kind, *rest = node
        if kind != "object" or len(rest) != 3:
            raise NotData("an unknown kind of part")
        return remote(self, *rest)

    def call(self, number: int, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        return self.ask("call", number, list(args), options, files_for([*args, *options.values()]))

    def error(self, told: Any) -> BaseException:
        """Return an exception as the submission raised it: of the first kind of its family that Python has."""
        if (
            type(told) is not list
            or len(told) != 3
            or type(told[0]) is not list
            or type(told[1]) is not str
        ):
            return self.abort(Outcome.SUSPICIOUS, "an invalid error")
        for name in told[0]:
            kind = getattr(builtins, name, None) if type(name) is str else None
            if (
                isinstance(kind, type)
                and issubclass(kind, Exception)
                and not issubclass(kind, (StopIteration, StopAsyncIteration))
            ):
                break
        else:
            kind = RuntimeError
        if kind is NameError and type(told[2]) is str:
            return NameError(told[1][:MOST_SAID], name=told[2])
        try:
            return kind(told[1][:MOST_SAID])
        except Exception:  # UnicodeDecodeError and others want more
            return RuntimeError(told[1][:MOST_SAID])

    def name(self, word: str) -> Any:
        """Return what the submission bound to a name. Functions are fetched once per check."""
        if word not in self.known:
            value = self.ask("name", word)
            if not isinstance(value, Remote):
                return value
            self.known[word] = value
        return self.known[word]


def files_for(arguments: Iterable[Any]) -> dict[str, bytes]:
    """Return the files that a call is about: those beside a path of ours among its arguments."""
    found: dict[str, bytes] = {}
    ours = tempfile.gettempdir() + os.sep
    for value in arguments:
        if isinstance(value, (str, Path)) and str(value).startswith(ours):
            folder = Path(value).parent
            found[f"{folder}{os.sep}"] = b""  # the folder itself, if it is empty
            for path in folder.rglob("*") if folder.is_dir() and str(folder) != ours[:-1] else ():
                if path.is_file():
                    found[str(path)] = path.read_bytes()
    if sum(map(len, found.values())) > LARGEST_FILES:
        raise ValueError("The check passes files that are too large.")
    return found
