"""Which parts of a model the judge rebuilds: Keras's own, without code of a student's; and what becomes of all others."""

import contextlib
import functools
import operator
import sys
from types import FunctionType, ModuleType
from typing import Any, NoReturn

from .codec import rebuilt_model

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
def known() -> dict[tuple[str | None, str], str | None]:
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
def is_name(word: str, places: tuple[str, ...]) -> bool:
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


def function(word: Any) -> dict[str, Any]:
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


def cleaned(node: Any, places: tuple[str, ...] = ()) -> Any:
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


def home(node: dict[str, Any], places: tuple[str, ...]) -> str | None:
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

    def __init__(self, part: Any, why: str | None = NOT_KERAS) -> None:
        super().__init__(part, why)
        self.reason = f"it holds `{plain(part, 60)}`, which {why}"


def plain(text: object, most: int) -> str:
    """Return a text on one line, without anything that a terminal or a page would not show as it is, and cut short."""
    line = "".join(sign if sign.isprintable() else " " for sign in str(text)[: 10 * most])
    return " ".join(line.split())[:most]


def compiled(config: dict[str, Any]) -> dict[str, Any] | None:
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


def known_metrics(node: Any) -> Any:
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


def allowed_model(config: Any, frozen: list[bool], weights: list[Any], state: list[Any]) -> Any:
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

    def __init__(self, reason: str) -> None:
        object.__setattr__(self, "reason", reason)

    def __getattribute__(self, name: str) -> NoReturn:
        raise AssertionError(
            f"This model can't be checked, because {object.__getattribute__(self, 'reason').rstrip('.')}."
        )
