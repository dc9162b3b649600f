"""The judge: runs the checks of a unit in a process of its own, where no submission's code runs.

The names that a check uses come from the unit's locked cells, which the judge has run itself, from
Python, or from the submission's kernel: data as a copy, everything else as a :class:`Remote`, which
can be called and looked at, and decides nothing. Models are rebuilt from classes of Keras alone.
The judge talks to ``run.py`` over one line, and is forked from the warm server into its own sandbox.
"""

import ast
import builtins
import contextlib
import functools
import io
import json
import operator
import os
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path
from types import FunctionType, ModuleType

from . import script
from .transport import NotData, Reader, Writer, rebuilt_model

LARGEST_FILES = 20_000_000  # bytes of the files that go with a call
MOST_PRINTED, MOST_SAID = 20_000, 2_000  # characters of what a check prints, and of an error


class Abort(BaseException):
    """The check can't go on. Not an Exception, so that no check takes it for an error of the answer."""


class Remote:
    """An object in the submission's kernel: it can be read, indexed and iterated, and that is all."""

    def __init__(self, line, number):
        object.__setattr__(self, "_line", line)
        object.__setattr__(self, "_number", number)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self._line.ask("attribute", self._number, name)

    def __getitem__(self, key):
        return self._line.ask("item", self._number, key)

    def __len__(self):
        length = self._line.ask("length", self._number)
        if type(length) is not int:
            raise self._line.abort("suspicious", "the length of an object is not a number")
        return length

    def __iter__(self):
        items = self._line.ask("items", self._number)
        if type(items) is not list:
            raise self._line.abort("suspicious", "the items of an object are not a list")
        return iter(items)

    def _refuse(self, *_):
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

    def __call__(self, *args, **options):
        return self._line.call(self._number, args, options)


def remote(line, number, name, can_be_called):
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
    """The judge's end of the line: asks the submission's kernel through run.py, and reads the answers."""

    def __init__(self, connection):
        self.connection, self.count, self.aborted, self.known = connection, 0, None, {}

    def new_check(self):
        self.aborted, self.known = None, {}

    def abort(self, outcome, reason):
        """Note, for good, why this check can't be decided; return what to raise."""
        self.aborted = self.aborted or (outcome, reason)
        return Abort(reason)

    def ask(self, *question):
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
            raise self.abort("suspicious", f"an invalid answer: {error}") from None
        except (MemoryError, RecursionError):
            raise self.abort("suspicious", "an answer too large to be read") from None
        if type(number) is not int or number != self.count:
            raise self.abort("suspicious", "an answer to another question")
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
        raise self.abort("suspicious", "an answer of a kind that does not exist")

    def own(self, value):
        """Return the node of an object of the submission that goes back to it."""
        if isinstance(value, Remote):
            return ["object", value._number]
        if isinstance(value, Path):
            return str(value)
        raise NotData(f"something of type {type(value).__name__}")

    def object(self, node):
        kind, *rest = node
        if kind != "object" or len(rest) != 3:
            raise NotData("an unknown kind of part")
        return remote(self, *rest)

    def call(self, number, args, options):
        return self.ask("call", number, list(args), options, files_for([*args, *options.values()]))

    def error(self, told):
        """Return an exception as the submission raised it: of the first kind of its family that Python has."""
        if (
            type(told) is not list
            or len(told) != 3
            or type(told[0]) is not list
            or type(told[1]) is not str
        ):
            return self.abort("suspicious", "an invalid error")
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

    def name(self, word):
        """Return what the submission bound to a name. Functions are fetched once per check."""
        if word not in self.known:
            value = self.ask("name", word)
            if not isinstance(value, Remote):
                return value
            self.known[word] = value
        return self.known[word]


def files_for(arguments) -> dict:
    """Return the files that a call is about: those beside a path of ours among its arguments."""
    found, ours = {}, tempfile.gettempdir() + os.sep
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


class Builtins(dict):
    """What a name that a check does not bind itself means: Python's own, then the submission's."""

    def __init__(self, line):
        super().__init__(vars(builtins))
        self.line = line

    def __missing__(self, word):
        if word.startswith("__"):
            raise NameError(f"name '{word}' is not defined", name=word)
        return self.line.name(word)


# models


# Keras's modules of classes that models are made of. A class is rebuilt unless its constructor asks for code or files (`checks.CARRIED`).
PLACES = [
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "optimizers.schedules",
    "regularizers",
    "initializers",
    "constraints",
    "dtype_policies",
    "quantizers",
    "random",
]
MODELS = {
    ("keras", "Sequential"),
    ("keras", "Functional"),
    ("keras", "Model"),
    ("keras.models", "Sequential"),
    ("keras.models", "Model"),
    ("keras.src.models.functional", "Functional"),
}
SPECIAL = {"__keras_tensor__", "__tensor__", "__tuple__", "__numpy__", "__slice__", "__ellipsis__"}
# Where Keras looks a text up, and in which of its modules: there it must be one of that module's own names.
LOOKED_UP = {
    "activation": ["activations"],
    "initializer": ["initializers"],
    "regularizer": ["regularizers"],
    "constraint": ["constraints"],
    "loss": ["losses"],
    "metrics": ["metrics"],
    "optimizer": ["optimizers"],
    "fn": ["activations", "losses", "metrics"],
}
CHOSEN_BY_SHAPE = {
    "loss": {"crossentropy", "ce"},
    "metrics": {"accuracy", "acc"},
}  # names that are in none
NOT_KERAS = "is not a part of Keras: build the model of the layers and functions that Keras has"


@functools.cache
def known() -> dict:
    """Return Keras's own parts, by the module and the name that it describes them with, and why one is not rebuilt (else None).

    They are all classes that it makes public, and the operations that its public functions leave in a functional model.
    """
    import keras

    from helpers.checks import carries

    functions = [
        vars(keras.activations),
        vars(keras.ops),
        *(vars(one) for one in vars(keras.ops).values() if isinstance(one, ModuleType)),
    ]
    homes = {
        one.__module__
        for names in functions
        for one in names.values()
        if isinstance(one, FunctionType)
    }
    found = {
        (f"keras.{place}", name): one
        for place in PLACES
        for name, one in vars(operator.attrgetter(place)(keras)).items()
    }
    found |= {("keras", name): getattr(keras, name) for name in ("DTypePolicy", "FloatDTypePolicy")}
    found |= {
        (home, name): one
        for home in homes
        for name, one in vars(sys.modules[home]).items()
        if isinstance(one, type) and issubclass(one, keras.Operation) and one.__module__ == home
    }
    return {
        place: carries(one)
        for place, one in found.items()
        if isinstance(one, type)
        and hasattr(one, "from_config")
        and one.__module__.startswith("keras.src.")
    }


@functools.lru_cache(1000)
def is_name(word: str, places: tuple) -> bool:
    """Tell whether Keras has a part of its own for a name at such places: those are dictionaries, and nothing else is looked up."""
    import keras

    if not word.isidentifier() or len(word) > 100:
        return False
    for place in places:
        if word.lower() in CHOSEN_BY_SHAPE.get(place, ()):
            return True
        for module in LOOKED_UP[place]:
            with contextlib.suppress(Exception):
                if getattr(keras, module).get(word).__module__.startswith("keras.src."):
                    return True
    return False


def function(word):
    """Return the description of a function of Keras: an activation, a loss or a metric."""
    import keras

    names = (
        {}
        if word in ("get", "serialize", "deserialize")
        else vars(keras.activations) | vars(keras.losses) | vars(keras.metrics)
    )
    if not isinstance(word, str) or not isinstance(names.get(word), FunctionType):
        raise UnknownPart(word)
    return {"module": "builtins", "class_name": "function", "config": word, "registered_name": word}


def cleaned(node, places=()):
    """Return a configuration of Keras in which every class and every name is Keras's own.

    Parameters
    ----------
    places : tuple
        The keys of ``LOOKED_UP`` that the configuration stands below.

    Raises
    ------
    UnknownPart
        If one is not: a layer of the student's own, a Lambda, code in any form.
    """
    if isinstance(node, list):
        return [cleaned(one, places) for one in node]
    if isinstance(node, str) and places and not is_name(node, places):
        raise UnknownPart(
            node if node.isidentifier() and len(node) < 50 else "a function of your own"
        )
    if not isinstance(node, dict):
        return node
    if "class_name" in node:
        if node["class_name"] == "function":
            return function(node.get("config"))
        # How a model within the model was compiled makes no difference.
        node, places = (
            {key: value for key, value in node.items() if key != "compile_config"}
            | {"module": home(node, places)},
            (),
        )
    elif any(key.startswith("__") for key in node):
        raise UnknownPart(next(key for key in node if key.startswith("__")))
    kept = {}
    for key, value in node.items():
        below = (
            () if key == "name" else places + tuple(place for place in LOOKED_UP if place in key)
        )
        kept[key] = (
            value if key in ("class_name", "module", "registered_name") else cleaned(value, below)
        )
    return kept


def home(node, places) -> str | None:
    """Return the module of the class that a configuration names. Where Keras looks a name up, it can do without."""
    name, module = node["class_name"], node.get("module")
    if not isinstance(name, str) or name == "__lambda__":
        raise UnknownPart("a function of your own" if name == "__lambda__" else name)
    if name in SPECIAL:
        return module
    if module is None:
        module = next(
            (
                f"keras.{one}"
                for place in places
                for one in LOOKED_UP[place]
                if (f"keras.{one}", name) in known()
            ),
            None,
        )
    if node.get("registered_name") not in (None, name) or (
        (module, name) not in MODELS and (module, name) not in known()
    ):
        raise UnknownPart(name)
    if known().get((module, name)):
        raise UnknownPart(name, known()[module, name])
    return module


class UnknownPart(Exception):
    """A model holds a layer, a function or a class that is not rebuilt, and why."""

    def __init__(self, part, why=NOT_KERAS):
        super().__init__(part, why)
        self.reason = f"it holds `{plain(part, 60)}`, which {why}"


def plain(text, most) -> str:
    """Return a text on one line, without anything that a terminal or a page would not show as it is, and cut short."""
    line = "".join(sign if sign.isprintable() else " " for sign in str(text)[: 10 * most])
    return " ".join(line.split())[:most]


def compiled(config: dict) -> dict | None:
    """Return how a model was compiled, without the student's own losses and metrics: network, optimiser and its state are the answer."""
    kept = {}
    for key, value in config.items():
        try:
            kept[key] = (
                known_metrics(value)
                if key in ("metrics", "weighted_metrics")
                else cleaned({key: value})[key]
            )
        except UnknownPart:
            if key == "optimizer":
                return None
            kept[key] = None
    return kept


def known_metrics(node):
    """Return a configuration of metrics without those that Keras does not have."""
    if isinstance(node, list):
        return [
            kept for one in node for kept in [known_metrics(one)] if kept is not None or one is None
        ]
    if isinstance(node, dict) and "class_name" not in node:
        return {
            key: kept
            for key, one in node.items()
            for kept in [known_metrics(one)]
            if kept is not None
        }
    try:
        return cleaned(node, ("metrics",))
    except UnknownPart:
        return None


def allowed_model(config, frozen, weights, state):
    """Return a model rebuilt from what a submission sent, or a stand-in that says why it can't be."""
    try:
        if (
            not isinstance(config, dict)
            or (config.get("module"), config.get("class_name")) not in MODELS
        ):
            raise UnknownPart(config.get("class_name") if isinstance(config, dict) else "nothing")
        how = config.get("compile_config")
        return rebuilt_model(
            cleaned(config) | ({"compile_config": compiled(how)} if how else {}),
            frozen,
            weights,
            state,
        )
    except UnknownPart as part:
        return Unknown(part.reason)
    except Exception as error:
        told = str(error).rsplit("Exception encountered:")[-1].strip() or "no reason given"
        return Unknown(f"its parts don't fit together. Keras says: {plain(told, 200)}")


class Unknown:
    """Stands for a model that can't be rebuilt: whatever a check does with it fails, with the reason."""

    def __init__(self, reason):
        object.__setattr__(self, "reason", reason)

    def __getattribute__(self, name):
        raise AssertionError(
            f"This model can't be checked, because {object.__getattribute__(self, 'reason').rstrip('.')}."
        )


# running


class Judge:
    """Runs checks, each in a fresh copy of what the locked cells bind."""

    def __init__(self, connection, given: dict):
        self.connection, self.checks = connection, given["checks"]
        os.environ["GOOD_FIT_HIDDEN"] = str(
            given.get("hidden", 0)
        )  # helpers.data draws hidden rows with it
        self.line = Line(connection)
        self.space = {"__name__": "__main__", "__builtins__": Builtins(self.line)}
        for name, source in given["locked"].items():
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(source, name, "exec", dont_inherit=True), self.space)

    def serve(self):
        """Run the checks that run.py names, until it hangs up."""
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

    def rebound(self, cells: list) -> list:
        """Return the names of modules of the locked cells (checks, np, ...) that a submission's cells rebind.

        Checks are not deceived by that, but hardly anyone does it by mistake. Importing them again is fine.
        """
        found = set()
        ours = {name for name, value in self.space.items() if isinstance(value, ModuleType)}
        for source in cells:
            with contextlib.suppress(Exception):  # what Python can't read, it doesn't run either
                bound, _ = script.names(source)
                found |= bound & ours - script.imported(source)
        return sorted(found)

    def verdict(self, name: str) -> dict:
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
        told = {
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
    """Serve run.py over an open socket until it hangs up."""
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
