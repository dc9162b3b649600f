"""The judge: runs the checks of a unit in a process of its own, where no submission's code runs.

The names that a check uses come from the unit's locked cells, which the judge has run itself, from
Python, or from the submission's kernel: data as a copy, everything else as a :class:`Remote`, which
can be called and looked at, and decides nothing. Models are rebuilt from classes of Keras alone.
The judge talks to ``run.py`` over one line, and is forked from the warm server into its own sandbox.
"""

import ast
import builtins
import contextlib
import io
import json
import os
import re
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType

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
            raise self._line.abort("suspicious", "the length of an object is no number")
        return length

    def __iter__(self):
        items = self._line.ask("items", self._number)
        if type(items) is not list:
            raise self._line.abort("suspicious", "the items of an object are no list")
        return iter(items)

    def _refuse(self, *_):
        raise TypeError(f"something of type {type(self).__name__} is not a number, a text or an array")

    __setattr__ = __delattr__ = __setitem__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = __rpow__ = _refuse
    __neg__ = __abs__ = __int__ = __float__ = __index__ = __contains__ = __array__ = __matmul__ = __rmatmul__ = _refuse
    __hash__ = object.__hash__


class RemoteFunction(Remote):
    """One that can be called, with plain arguments or Remotes."""

    def __call__(self, *args, **options):
        return self._line.call(self._number, args, options)


def remote(line, number, name, can_be_called):
    """Return a Remote whose type is called as the type of the object, for messages."""
    if type(number) is not int or number < 0 or type(name) is not str or type(can_be_called) is not bool:
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
            raise TypeError(f"The check passes what can't be sent to the student's kernel: {reason}.") from None
        self.connection.send_bytes(b"Q" + message)
        told = self.connection.recv_bytes()
        if told[:1] != b"A":
            raise self.abort(*json.loads(told[1:]))
        try:
            answer = Reader(self.object, allowed_model).value(told[1:])
            number, found = answer
            kind, value = found
        except (NotData, TypeError, ValueError) as error:
            raise self.abort("suspicious", f"an answer that is none: {error}") from None
        except (MemoryError, RecursionError):
            raise self.abort("suspicious", "an answer too large to be read") from None
        if type(number) is not int or number != self.count:
            raise self.abort("suspicious", "an answer to another question")
        if kind == "value":
            return value
        if kind == "missing" and question[0] == "name" and value == question[1]:
            raise NameError(f"name '{value}' is not defined", name=value)
        if kind == "unsendable" and type(value) is str:
            raise AssertionError(f"The answer can't be checked, because {value[:200]}. Give plain numbers, arrays, tables or Keras models.")
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
        if type(told) is not list or len(told) != 3 or type(told[0]) is not list or type(told[1]) is not str:
            return self.abort("suspicious", "an error that is none")
        for name in told[0]:
            kind = getattr(builtins, name, None) if type(name) is str else None
            if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, (StopIteration, StopAsyncIteration)):
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
        """Return what the submission bound to a name. Functions are fetched once a check."""
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
    """What a name means that a check does not bind itself: Python's own, then the submission's."""

    def __init__(self, line):
        super().__init__(vars(builtins))
        self.line = line

    def __missing__(self, word):
        if word.startswith("__"):
            raise NameError(f"name '{word}' is not defined", name=word)
        return self.line.name(word)


# models


def _classes(module, *without):
    """Return the public classes of a module of Keras: (where Keras says they are, name)."""
    found = {(module.__name__.replace("keras.api.", "keras."), name) for name, one in vars(module).items() if isinstance(one, type)}
    return {(place, name) for place, name in found if "Wrapper" not in name and name not in without}


LAYERS = """Activation ActivityRegularization Add AlphaDropout Average AveragePooling1D AveragePooling2D BatchNormalization
Bidirectional Concatenate Conv1D Conv2D Dense Dot Dropout ELU EinsumDense Embedding Flatten GRU GaussianDropout GaussianNoise
GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D GroupNormalization Identity InputLayer LSTM
LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D Maximum Minimum Multiply Normalization PReLU Permute
RMSNormalization ReLU RepeatVector Rescaling Reshape SeparableConv1D SimpleRNN Softmax SpatialDropout1D SpectralNormalization
Subtract UnitNormalization ZeroPadding1D""".split()
OPERATIONS = """Absolute Add Clip Concatenate Divide Exp GetItem Log Log1p Max Maximum Mean Min Minimum Multiply Negative Power
Reshape Sqrt Square Subtract Sum Tanh TrueDivide""".split()
NN_OPERATIONS = "Elu Gelu LeakyRelu Relu Relu6 Selu Sigmoid Silu Softmax Softplus".split()
ACTIVATIONS = """celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid
log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparsemax squareplus swish tanh tanh_shrink""".split()
SPECIAL = {"__keras_tensor__", "__tuple__", "__numpy__", "__slice__", "__ellipsis__"}
# Where a text is looked up by Keras, so that it must be one of its own names.
LOOKED_UP = ("activation", "initializer", "regularizer", "constraint", "loss", "metrics", "optimizer", "fn")


def allowed():
    """Return the classes that a model may be made of, and the names by which Keras may look up the rest."""
    if not _allowed:
        import keras

        classes = {("keras.layers", name) for name in LAYERS} | {("keras.src.ops.numpy", name) for name in OPERATIONS}
        classes |= {("keras.src.ops.nn", name) for name in NN_OPERATIONS} | {("keras.random", "SeedGenerator")}
        classes |= {("keras", "Sequential"), ("keras", "DTypePolicy"), ("keras.models", "Sequential"), ("keras", "Functional"),
                    ("keras.src.models.functional", "Functional"), ("keras", "Model"), ("keras.models", "Model")}  # fmt: skip
        parts = [keras.initializers, keras.regularizers, keras.constraints, keras.optimizers, keras.optimizers.schedules, keras.losses, keras.metrics]
        for part in parts:
            classes |= _classes(part, "LossScaleOptimizer")
        words = {*ACTIVATIONS, *(name for _, name in classes)}
        for part in parts:
            words |= {name for name, one in vars(part).items() if callable(one) and name[:1].islower() and name not in ("get", "serialize", "deserialize")}
        words |= {"accuracy", "acc", "crossentropy", "ce", "mse", "mae", "mape", "msle", "bce", "auto", *(word.lower() for word in words), *map(snake_case, words)}
        _allowed.extend([classes, words])
    return _allowed


_allowed = []


def snake_case(name: str) -> str:
    """Return a class's name as Keras also takes it: ``TruePositives`` as ``true_positives``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def cleaned(node, looked_up=False):
    """Return a configuration of Keras in which every class and every name is on the list.

    Raises
    ------
    UnknownPart
        If one is not: a layer of one's own, a Lambda, code in any form.
    """
    classes, words = allowed()
    if isinstance(node, list):
        return [cleaned(one, looked_up) for one in node]
    if isinstance(node, str) and looked_up and node not in words:
        raise UnknownPart(node)
    if not isinstance(node, dict):
        return node
    name = node.get("class_name")
    if name is not None:
        if name == "function":
            word = node.get("config")
            if not isinstance(word, str) or word not in words:
                raise UnknownPart(word)
            return word
        if name not in SPECIAL and (node.get("module"), name) not in classes:
            raise UnknownPart(name)
        if node.get("registered_name") not in (None, name):
            raise UnknownPart(node["registered_name"])
        looked_up = False
    elif any(isinstance(key, str) and key.startswith("__") for key in node):
        raise UnknownPart("__")
    return {
        key: cleaned(value, (looked_up or any(word in key for word in LOOKED_UP)) and key not in ("class_name", "module", "registered_name", "name"))
        for key, value in node.items()
    }


class UnknownPart(Exception):
    """A model holds a layer, a function or a class that is not Keras's own."""


def allowed_model(config, frozen, weights, state):
    """Return a model rebuilt from what a submission sent, or a stand-in that says why it can't be."""
    try:
        if not isinstance(config, dict) or config.get("class_name") not in ("Sequential", "Functional", "Model"):
            raise UnknownPart(config.get("class_name") if isinstance(config, dict) else "nothing")
        compiled = config.get("compile_config") or {}
        # A metric or a loss of one's own is left out; network, optimiser and its state are the answer.
        for without in [(), ("metrics", "weighted_metrics"), ("metrics", "weighted_metrics", "loss", "loss_weights"), tuple(compiled)]:
            kept = {key: None if key in without else value for key, value in compiled.items()} if without != tuple(compiled) else None
            try:
                return rebuilt_model(cleaned(config | {"compile_config": kept}), frozen, weights, state)
            except UnknownPart as part:
                unknown = part
        raise unknown
    except UnknownPart as part:
        return Unknown(f"it holds {str(part)[:60]!r}, which is not a layer or function of Keras's own that we know")
    except Exception as error:
        return Unknown(f"its parts don't fit together ({type(error).__name__})")


class Unknown:
    """Stands for a model that can't be rebuilt: whatever a check does with it fails, with the reason."""

    def __init__(self, reason):
        object.__setattr__(self, "reason", reason)

    def __getattribute__(self, name):
        raise AssertionError(f"This model can't be checked, because {object.__getattribute__(self, 'reason')}.")


# running


class Judge:
    """Runs checks, each in a fresh copy of what the locked cells bind."""

    def __init__(self, connection, given: dict):
        self.connection, self.checks = connection, given["checks"]
        os.environ["GOOD_FIT_HIDDEN"] = str(given.get("hidden", 0))  # helpers.data draws hidden rows with it
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
            found = self.verdict(told[1:].decode()) if told[:1] == b"T" else self.rebound(json.loads(told[1:]))
            self.connection.send_bytes(b"V" + json.dumps(found).encode())

    def rebound(self, cells: list) -> list:
        """Return the names of modules of the locked cells (checks, np, ...) that a submission's cells bind anew.

        Checks are not deceived by that, but hardly anybody does it by mistake. Importing them again is fine.
        """
        found = set()
        ours = {name for name, value in self.space.items() if isinstance(value, ModuleType)}
        for source in cells:
            with contextlib.suppress(Exception):  # whatever Python can't read it does not run either
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
                last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
                exec(compile(tree, name, "exec", dont_inherit=True), space)
                worth = last and eval(compile(ast.Expression(last.value), name, "eval", dont_inherit=True), space)
        except Abort:
            pass
        except BaseException as found:
            error = found
        if self.line.aborted:
            outcome, reason = self.line.aborted
            return {"outcome": outcome, "reason": reason}
        told = {"outcome": "failed" if error else "passed", "printed": printed.getvalue()[:MOST_PRINTED]}
        if not error and type(worth) in (int, float):
            told["worth"] = worth
        if error:
            show = getattr(error, "_render_traceback_", lambda: [f"{type(error).__name__}: {error}"])
            told |= {"ename": type(error).__name__, "evalue": str(error)[:MOST_SAID], "traceback": [line[:MOST_SAID] for line in show()]}
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
