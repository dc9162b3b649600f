"""Values on their way between a submission's kernel and the judge: plain data, in a container that needs no trust.

A message is the length of a JSON text (8 bytes), the text, and raw buffers that it points into.
Reading one runs nothing, parses neither pickles nor archives, and is bounded in size, depth and
number of parts. The source of this module is also sent to the submission's kernel, so it imports
nothing of the course.
"""

import json
import math
import re
import struct
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

LARGEST, LONGEST_TEXT = 64_000_000, 8_000_000  # bytes of a message, and of the JSON text in it
DEEPEST, MOST_PARTS = 40, 200_000
ITEM_SIZES = {
    "b": {1},
    "i": {1, 2, 4, 8},
    "u": {1, 2, 4, 8},
    "f": {2, 4, 8},
    "c": {8, 16},
    "m": {8},
    "M": {8},
}
DTYPE = re.compile(r"[<|](?:[biufc]\d{1,2}|[mM]8\[\d*[a-zA-Z]{1,2}\]|[SU]\d{1,6})")


class NotData(Exception):
    """A value that can't be sent, or a message that is not what it should be."""


class Writer:
    """Writes one message.

    Parameters
    ----------
    other : function of an object, optional
        Returns what stands for an object that is not data: ``[kind, ...]`` of plain JSON values.
    """

    def __init__(self, other: Callable[[Any], Any] | None = None) -> None:
        self.other, self.parts, self.size = other, 0, 0
        self.buffers: list[bytes] = []

    def message(self, value: Any) -> bytes:
        """Return ``value`` as a message.

        Raises
        ------
        NotData
            If it holds what can't be sent, or too much.
        """
        text = json.dumps([self.node(value, 0), [len(buffer) for buffer in self.buffers]]).encode()
        if len(text) > LONGEST_TEXT:
            raise NotData("it is too large")
        return b"".join([struct.pack("<q", len(text)), text, *self.buffers])

    def node(self, value: Any, depth: int) -> Any:
        self.parts += 1
        if self.parts > MOST_PARTS or depth > DEEPEST:
            raise NotData("it holds too many parts, or is nested too deeply")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, np.generic):
            if value.dtype.kind in "biufcSUmM" and value.dtype.itemsize:
                _, dtype, _, place = self.array(np.asarray(value), depth)
                return ["scalar", dtype, place]
        elif isinstance(value, str):
            return str.__str__(value)
        elif isinstance(value, int):
            return int(value) if abs(value) < 2**53 else ["int", f"{int(value):x}"]
        elif isinstance(value, float):
            return (
                float.__float__(value)
                if math.isfinite(value)
                else ["float", str(float.__float__(value))]
            )
        elif isinstance(value, complex):
            return ["complex", self.node(value.real, depth + 1), self.node(value.imag, depth + 1)]
        elif isinstance(value, (bytes, bytearray)):
            return ["bytes", self.buffer(bytes(value))]
        elif isinstance(value, (list, tuple, set, frozenset)):
            kind: Any = next(one for one in (list, tuple, set, frozenset) if isinstance(value, one))
            return [kind.__name__, [self.node(item, depth + 1) for item in kind.__iter__(value)]]
        elif isinstance(value, dict):
            pairs = dict.items(value)
            return ["dict", [[self.node(k, depth + 1), self.node(v, depth + 1)] for k, v in pairs]]
        elif isinstance(value, (slice, range)):
            return [
                type(value).__name__,
                [self.node(x, depth + 1) for x in (value.start, value.stop, value.step)],
            ]
        elif isinstance(value, np.ndarray):
            return self.array(np.asarray(value), depth)
        else:
            found = self.rich(value, depth)
            if found is not None:
                return found
        if self.other is None:
            raise NotData(f"it holds something of type {type(value).__name__}")
        return self.other(value)

    def buffer(self, data: bytes | np.ndarray) -> int:
        data = data if isinstance(data, bytes) else np.ascontiguousarray(data).tobytes()
        self.size += len(data)
        if self.size > LARGEST - LONGEST_TEXT:
            raise NotData("it is too large")
        self.buffers.append(data)
        return len(self.buffers) - 1

    def array(self, value: np.ndarray, depth: int) -> list[Any]:
        kind, size = value.dtype.kind, value.dtype.itemsize
        if kind in "fc" and size not in ITEM_SIZES[kind]:  # long doubles
            return self.array(value.astype("f8" if kind == "f" else "c16"), depth)
        if kind in "biufcSUmM" and size:
            value = value.astype(value.dtype.newbyteorder("<"), copy=False)
            if not DTYPE.fullmatch(value.dtype.str):  # dates without a unit, very long texts
                raise NotData(f"it holds an array of {value.dtype}")
            return ["array", value.dtype.str, list(value.shape), self.buffer(value)]
        if kind == "O":
            return [
                "objects",
                list(value.shape),
                [self.node(item, depth + 1) for item in value.ravel().tolist()],
            ]
        raise NotData(f"it holds an array of {value.dtype}")

    def rich(self, value: Any, depth: int) -> Any:
        """Return the node of a pandas or Keras object, or None for any other."""
        import keras
        import pandas as pd

        def column(values: Any) -> list[Any]:
            plain = values.to_numpy()
            return self.array(
                plain if plain.dtype.kind in "biufcmM" else plain.astype(object), depth + 1
            )

        if isinstance(value, pd.DataFrame):
            columns = [column(value.iloc[:, place]) for place in range(value.shape[1])]
            return [
                "frame",
                self.rich(value.index, depth + 1),
                self.rich(value.columns, depth + 1),
                columns,
            ]
        if isinstance(value, pd.Series):
            return [
                "series",
                self.node(value.name, depth + 1),
                self.rich(value.index, depth + 1),
                column(value),
            ]
        if isinstance(value, pd.MultiIndex):
            levels = [column(value.get_level_values(place)) for place in range(value.nlevels)]
            return ["levels", self.node(list(value.names), depth + 1), levels]
        if isinstance(value, pd.Index):
            return ["index", self.node(value.name, depth + 1), column(value)]
        if isinstance(value, keras.Model):
            config, frozen, weights, state = model_parts(value)
            return [
                "model",
                config,
                frozen,
                *([self.array(a, depth + 1) for a in arrays] for arrays in (weights, state)),
            ]
        if isinstance(value, keras.callbacks.History):
            return ["history", self.node([value.history, value.epoch], depth + 1)]
        if keras.ops.is_tensor(value) or isinstance(value, keras.Variable):
            return self.array(keras.ops.convert_to_numpy(value), depth)
        return None


def model_parts(model: Any) -> tuple[str, list[bool], list[Any], list[Any]]:
    """Return a Keras model's configuration as JSON text, which parts are frozen, its weights, and its optimiser's state.

    Raises
    ------
    NotData
        If Keras can't describe it: a model or a layer of the student's own class without ``get_config``.
    """
    import keras

    compiled = [part for part in parts_of(model) if getattr(part, "compiled", False)]
    try:
        try:
            for part in (
                compiled
            ):  # Keras would describe how it was compiled, and fail if one part can't be
                part.compiled = False
            config = keras.saving.serialize_keras_object(model)
        finally:
            for part in compiled:
                part.compiled = True
        if (
            model in compiled
        ):  # the optimiser as it is: Keras wraps one where half precision needs it
            config["compile_config"] = described(
                vars(model)["_compile_config"].config | {"optimizer": model.optimizer}
            )
        optimizer = getattr(model, "optimizer", None)
        state = optimizer.variables if optimizer is not None and model in compiled else []
        weights, kept = (
            [keras.ops.convert_to_numpy(v) for v in variables]
            for variables in (model.weights, state)
        )
        return json.dumps(config), [not part.trainable for part in parts_of(model)], weights, kept
    except Exception as error:
        own = [
            type(part).__name__
            for part in parts_of(model)
            if not type(part).__module__.startswith("keras.")
        ]
        which = f"with a `{own[0]}` of your own" if own else "that can't be described"
        raise NotData(f"it holds a Keras model {which} ({type(error).__name__})") from None


def described(part: Any) -> Any:
    """Return Keras's description of how a model was compiled; what has none is named."""
    import keras

    if isinstance(part, (list, tuple)):
        return [described(one) for one in part]
    if isinstance(part, dict):
        return {key: described(one) for key, one in part.items()}
    if isinstance(part, type):  # Keras takes a class of its own for an object of it
        return {"class_name": part.__name__, "config": {}} | (
            {} if part.__module__.startswith("keras.") else {"module": part.__module__}
        )
    try:
        return keras.saving.serialize_keras_object(part)
    except Exception:
        return {"class_name": type(part).__name__, "module": type(part).__module__}


def rebuilt_model(
    config: dict[str, Any], frozen: list[bool], weights: list[Any], state: list[Any]
) -> Any:
    """Return the model that :func:`model_parts` described."""
    import keras

    model = keras.saving.deserialize_keras_object(config, safe_mode=True)
    model.set_weights(weights)
    for part, still in zip(parts_of(model), frozen):
        part.trainable = not still
        if part.weights and hasattr(
            part, "finalize_state"
        ):  # Normalization computes something from its weights
            part.finalize_state()
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None and state:
        if not optimizer.built and len(state) > len(optimizer.variables):
            optimizer.build(model.trainable_variables)
        shapes = [[tuple(one.shape) for one in part] for part in (optimizer.variables, state)]
        same = shapes[0] == shapes[1]
        for variable, value in zip(
            optimizer.variables, state if same else state[:2]
        ):  # else steps and rate alone
            if tuple(variable.shape) == value.shape:
                variable.assign(value)
    return model


def parts_of(layer: Any) -> list[Any]:
    """Return a model and all layers in it, each container (a model, a wrapper, a recurrent layer) before what it holds."""
    held = [*getattr(layer, "layers", []), *getattr(layer, "cells", [])]
    held += [
        getattr(layer, name)
        for name in ("layer", "forward_layer", "backward_layer", "cell")
        if hasattr(layer, name)
    ]
    return [layer, *(part for inner in held for part in parts_of(inner))]


class Reader:
    """Reads one message.

    Parameters
    ----------
    other : function of a list, optional
        Returns what a node of an unknown kind stands for; raises NotData.
    model : function of configuration, weights and state
        Returns a model, or raises NotData.
    """

    def __init__(
        self,
        other: Callable[[list[Any]], Any] | None = None,
        model: Callable[..., Any] = rebuilt_model,
    ) -> None:
        self.other, self.model, self.parts = other, model, 0
        self.buffers: list[bytes] = []

    def value(self, message: bytes) -> Any:
        """Return what the message holds.

        Raises
        ------
        NotData
            If the message is malformed in any way.
        """
        try:
            (length,) = struct.unpack_from("<q", message)
            if (
                not 0 < length <= LONGEST_TEXT
                or length + 8 > len(message)
                or len(message) > LARGEST + 8
            ):
                raise NotData("a wrong length")
            node, lengths = json.loads(
                bytes(message[8 : 8 + length]).decode("ascii"), parse_constant=_refuse
            )
            place, self.buffers = 8 + length, []
            for size in lengths:
                if type(size) is not int or size < 0 or place + size > len(message):
                    raise NotData("a wrong length")
                self.buffers.append(bytes(message[place : place + size]))
                place += size
            if place != len(message):
                raise NotData("a wrong length")
            return self.read(node, 0)
        except NotData:
            raise
        except Exception as error:  # whatever malformed parts lead to
            raise NotData(f"malformed ({type(error).__name__})") from None

    def read(self, node: Any, depth: int) -> Any:
        self.parts += 1
        if self.parts > MOST_PARTS or depth > DEEPEST + 5:
            raise NotData("too many parts")
        if node is None or type(node) in (bool, str, int, float):
            return node
        if type(node) is not list:
            raise NotData("an invalid part")
        kind, *rest = node
        if kind in ("list", "tuple", "set", "frozenset"):
            (items,) = rest
            return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind](
                self.many(items, depth)
            )
        if kind == "dict":
            (pairs,) = rest
            return {self.read(k, depth + 1): self.read(v, depth + 1) for k, v in pairs}
        if kind in ("slice", "range"):
            (three,) = rest
            return {"slice": slice, "range": range}[kind](*self.many(three, depth))
        if kind == "int":
            (text,) = rest
            if len(text) > 100_000:
                raise NotData("too many digits")
            return int(text, 16)
        if kind == "float":
            (text,) = rest
            return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[text]
        if kind == "complex":
            return complex(*map(float, self.many(rest, depth)))
        if kind == "bytes":
            return self.taken(*rest)
        if kind == "scalar":
            dtype, place = rest
            return self.array(dtype, [], place)[()]
        if kind == "array":
            return self.array(*rest)
        if kind == "objects":
            shape, items = rest
            return self.objects(shape, items, depth)
        if kind in ("frame", "series", "index", "levels"):
            return self.table(kind, rest, depth)
        if kind == "model":
            config, frozen, *arrays = rest
            return self.model(
                json.loads(config),
                frozen,
                *[[self.read(a, depth + 1) for a in part] for part in arrays],
            )
        if kind == "history":
            (record,) = rest
            return self.history(record, depth)
        if self.other is None:
            raise NotData("an unknown kind of part")
        return self.other(node)

    def many(self, items: Any, depth: int) -> list[Any]:
        if type(items) is not list:
            raise NotData("a part that is not a list")
        return [self.read(item, depth + 1) for item in items]

    def taken(self, place: Any) -> bytes:
        if type(place) is not int or place < 0:
            raise NotData("a wrong buffer")
        return self.buffers[place]

    def array(self, text: str, shape: Any, place: Any) -> np.ndarray:
        if not DTYPE.fullmatch(text):
            raise NotData("a wrong type of array")
        dtype, data = np.dtype(text), self.taken(place)
        if dtype.kind in ITEM_SIZES and dtype.itemsize not in ITEM_SIZES[dtype.kind]:
            raise NotData("a wrong type of array")
        self.check_shape(shape)
        if not dtype.itemsize or math.prod(shape) * dtype.itemsize != len(data):
            raise NotData("a wrong size of array")
        if dtype.kind == "U" and data and np.frombuffer(data, "<u4").max() > 0x10FFFF:
            raise NotData("a wrong character")
        array = np.frombuffer(data, "u1" if dtype.kind == "b" else dtype)
        return (array != 0 if dtype.kind == "b" else array.copy()).reshape(shape)

    def check_shape(self, shape: Any) -> None:
        if (
            type(shape) is not list
            or len(shape) > 32
            or not all(type(n) is int and 0 <= n < 2**31 for n in shape)
        ):
            raise NotData("a wrong shape")

    def objects(self, shape: Any, items: Any, depth: int) -> np.ndarray:
        self.check_shape(shape)
        items = self.many(items, depth)
        array = np.empty(len(items), dtype=object)
        for place, item in enumerate(items):
            array[place] = item
        return array.reshape(shape)

    def table(self, kind: str, rest: list[Any], depth: int) -> Any:
        import pandas as pd

        def column(node: Any) -> Any:
            values = self.read(node, depth + 1)
            if not isinstance(values, np.ndarray) or values.ndim != 1:
                raise NotData("a wrong column")
            return (
                values.tolist()
                if values.dtype.kind == "O" and all(type(v) is str for v in values)
                else values
            )

        if kind == "index":
            name, values = rest
            return pd.Index(column(values), name=self.read(name, depth + 1))
        if kind == "levels":
            names, levels = rest
            return pd.MultiIndex.from_arrays(
                [column(level) for level in levels], names=self.read(names, depth + 1)
            )
        if kind == "series":
            name, index, values = rest
            return pd.Series(
                column(values), self.index(index, depth), name=self.read(name, depth + 1)
            )
        index, columns, parts = rest
        index, columns = self.index(index, depth), self.index(columns, depth)
        if len(parts) != len(columns):
            raise NotData("a wrong number of columns")
        frame = pd.DataFrame(
            {place: pd.Series(column(part), index) for place, part in enumerate(parts)}, index
        )
        return frame.set_axis(columns, axis=1)

    def index(self, node: Any, depth: int) -> Any:
        if type(node) is not list or node[0] not in ("index", "levels"):
            raise NotData("a wrong index")
        return self.read(node, depth + 1)

    def history(self, node: Any, depth: int) -> Any:
        import keras

        record, epochs = self.read(node, depth + 1)
        if type(record) is not dict or type(epochs) is not list:
            raise NotData("a wrong record of a training")
        found = keras.callbacks.History()
        found.history, found.epoch = record, epochs
        return found


def _refuse(text: str) -> NoReturn:
    raise NotData("an invalid number")
