"""What the checks of the activities share: sentences instead of tracebacks.

A check starts with ``with checks.question(1):`` and fetches the answer through :func:`model`, :func:`entry`,
:func:`history`, :func:`predictions`, :func:`probability`, :func:`scores`, :func:`array`, :func:`number`, :func:`truth` or :func:`table`.
It compares with limits through :func:`at_least` and :func:`at_most`, looks into a network through :func:`kernels`,
:func:`layers`, :func:`penalty`, :func:`dropped` and their like, and goes on with plain ``assert``.
Files and networks to try an answer on come from :func:`save_unloadable` and :func:`raw_network`.
"""

import contextlib
import inspect
import io
import json
import os
import textwrap
import warnings
import zipfile
from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import Any, Self

import keras
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers import training
from helpers.training import kernels


class NotYet(AssertionError):
    """A check that failed. Notebooks show its message alone, without a traceback."""

    question: int | None = None

    def _render_traceback_(self) -> list[str]:  # IPython calls it to show the error
        head, text = f"✗ Question {self.question}: not yet.", str(self)
        if os.environ.get("NBGRADER_EXECUTION") == "validate":  # which cuts long lines off
            text = "\n".join(textwrap.fill(line, 80) for line in ["", *text.splitlines()])
        return [f"\x1b[1m{head}\x1b[0m {text}"]  # no colour suits all themes


seen: dict[int, bool] = {}  # whether the check of each question that ran last was content


class question:
    """Context of one check: every mishap in an answer becomes a sentence, and noise is dropped.

    Warnings and text on the error stream are not part of a grade, so they are not shown.

    Parameters
    ----------
    number : int
        The question's number, as in its heading.

    Raises
    ------
    NotYet
        In place of any exception, with a message for the student.
    """

    def __init__(self, number: int) -> None:
        self.number = number

    def __enter__(self) -> Self:
        self.stack = contextlib.ExitStack()
        self.stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
        self.stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        return self

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        self.stack.close()
        if kind is None or isinstance(error, Exception):
            seen[self.number] = kind is None
        if kind is None:
            more = "" if graded() else " so far. The graded check looks more closely"
            print(f"✓ Question {self.number}: right{more}.")
        if isinstance(error, Exception):
            failure = NotYet(sentence(error))
            failure.question = self.number
            raise failure from None


STATES = {True: "✓ right so far", False: "✗ not yet", None: "· not run"}


class board:
    """The state of all questions, as a table that a notebook shows at its end.

    Parameters
    ----------
    questions : dict
        Points by question, in order, such as ``{"1. The accuracy to beat": 1}``.
    by_hand : iterable of int
        Numbers of the questions that a person reads.
    """

    def __init__(self, questions: dict[str, float], by_hand: Iterable[int] = ()) -> None:
        self.rows = []
        for question, points in questions.items():
            number = int(question.partition(".")[0])
            state = "a person reads it" if number in by_hand else STATES[seen.get(number)]
            self.rows.append((question, points, state))

    def next_step(self) -> str:
        """Return what to do next, in a sentence."""
        left = [row[0] for state in (False, None) for row in self.rows if row[2] == STATES[state]]
        if left:
            return f"Next: question {left[0]}. Change your answer, and run its check again."
        return (
            "All checks pass. Restart the kernel and run all cells, save, press Validate, "
            "and hand in."
        )

    def __repr__(self) -> str:
        if graded():  # checks run elsewhere then
            return "Each verdict stands below its answer."
        lines = [f"{state:18} {question} ({points:g})" for question, points, state in self.rows]
        return "\n".join([*lines, "", self.next_step()])

    def _repr_markdown_(self) -> str:
        if graded():
            return repr(self)
        rows = [
            f"| {question.replace('|', chr(92) + '|')} | {points:g} | {state} |"
            for question, points, state in self.rows
        ]
        return "\n".join(
            ["| question | points | state |", "|---|---|---|", *rows, "", self.next_step()]
        )


def graded() -> bool:
    """Tell whether nbgrader runs this notebook to give it points."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


def sentence(error: Exception) -> str:
    """Return what to tell a student about an exception that their answer caused."""
    if isinstance(error, AssertionError):
        return str(error) or "An `assert` of your own failed, without a message."
    if isinstance(error, NameError) and error.name:
        return (
            f"`{error.name}` is not defined. Answer the question and run all cells above in order; "
            "if you did, check the spelling of the name."
        )
    if isinstance(error, NotImplementedError):
        return "This question is not answered yet: replace the line with NotImplementedError."
    text = str(error).strip().split("\n")[0][:200] or "no message"
    return (
        f"Your answer stopped with {type(error).__name__}: {text}. "
        "Try it in a cell of your own with a small example."
    )


CODE = "carries code of its own: use layers of Keras, and functions of keras.ops, instead"
CARRIED = {  # what some of Keras's classes take besides numbers, so that they are not rebuilt where work is graded
    **dict.fromkeys(
        [
            "function",
            "call_fn",
            "module",
            "body",
            "body_fun",
            "f",
            "true_fn",
            "branches",
            "tokenizer",
        ],
        CODE,
    ),
    "filepath": "takes what it does from a file: use the layers themselves instead",
    "vocabulary": "keeps a vocabulary beside its weights: turn words into numbers before they reach the model",
}
NOT_AGAIN = {  # what Keras itself can't load again, or computes differently each time
    "AdaptiveAveragePool": "Keras can't load again: use its layer AdaptiveAveragePooling1D, 2D or 3D instead",
    "AdaptiveMaxPool": "Keras can't load again: use its layer AdaptiveMaxPooling1D, 2D or 3D instead",
    "Float8QuantizationConfig": "Keras can't load again: hand in the network as it was before `quantize`",
    "ElasticTransform": "draws lots at each prediction: use the layer RandomElasticTransform instead",
}


def carries(kind: Any) -> str | None:
    """Return why a class of Keras is not rebuilt where work is graded, and what to use instead; None if it is."""
    arguments = [
        *inspect.signature(kind.__init__).parameters,
        *inspect.signature(getattr(kind, "call", kind.__init__)).parameters,
    ]
    return NOT_AGAIN.get(kind.__name__) or next(
        (CARRIED[argument] for argument in arguments if argument in CARRIED), None
    )


def model(value: Any, name: str, inputs: int, outputs: int = 1) -> keras.Model:
    """Return ``value`` if it is a model of so many features and outputs. One without an Input is built here.

    Raises
    ------
    AssertionError
        With a sentence that says what is wrong with it.
    """
    try:
        training.require_model(value, name)
    except TypeError as error:
        raise AssertionError(f"{error}{forgotten(value)}") from None
    assert type(value).__module__.startswith("keras."), (
        f"`{name}` should be a keras.Sequential or a keras.Model(inputs, outputs), not a class of your own."
    )
    for part in parts(value):
        own = None if type(part).__module__.startswith("keras.") else CODE
        why = own or carries(type(part))
        assert not why, f"`{name}` holds a layer of the kind {type(part).__name__}, which {why}."
    if not value.built:
        with contextlib.suppress(Exception):
            value.build((None, inputs))
    assert getattr(value, "inputs", None), (
        f"`{name}` is not built, and can't be built for {inputs} numbers for each row. "
        f"Begin it with `keras.Input(({inputs},))`, or, if it should be trained, call its `fit`."
    )
    shapes = [tuple(x.shape[1:]) for x in value.inputs], [tuple(y.shape[1:]) for y in value.outputs]
    assert shapes[0] == [(inputs,)], (
        f"`{name}` should take {inputs} numbers for each row, but it takes {shapes[0]}."
    )
    wanted = "one number" if outputs == 1 else f"{outputs} numbers"
    assert shapes[1] == [(outputs,)], (
        f"`{name}` should give {wanted} for each row, but its output has shape {shapes[1]}. "
        "Look at the number of units in the last layer."
    )
    return value


def entry(models: Any, key: Any, name: str, inputs: int, weights: int = 0) -> Any:
    """Return the model that a dictionary holds for ``key``, as :func:`model` does.

    Parameters
    ----------
    weights : int
        How many weights it should have at least.

    Raises
    ------
    AssertionError
        With a sentence that says that it is missing, or what is wrong with it.
    """
    try:
        found = models[key]
    except (KeyError, IndexError, TypeError):
        raise AssertionError(
            f"`{name}` should be a dictionary that holds a model for {key!r}."
        ) from None
    found = model(found, f"{name}[{key!r}]", inputs)
    assert found.count_params() >= weights, (
        f"`{name}[{key!r}]` has {found.count_params():,} weights: a smaller network than the question asks for."
    )
    return found


def parts(model: Any) -> list[Any]:
    """Return all layers of a model, including those of models and wrappers within it."""
    held = [
        *getattr(model, "layers", []),
        *(getattr(model, name) for name in ("layer", "cell") if hasattr(model, name)),
    ]
    return [part for layer in held for part in [layer, *parts(layer)]]


def history(
    value: Any, name: str, epochs: int | None = None, validated: bool = False
) -> pd.DataFrame:
    """Return what ``fit`` recorded as a frame: a row per epoch (from 1), a column per metric.

    Parameters
    ----------
    epochs : int, optional
        How many epochs the question asks for.
    validated : bool
        Whether it should hold a validation loss.

    Raises
    ------
    AssertionError
        With a sentence that says what is wrong with it.
    """
    try:
        record = training.history_frame(value, name)
    except (TypeError, ValueError) as error:
        raise AssertionError(str(error)) from None
    assert epochs in (None, len(record)), (
        f"`{name}` has {len(record)} epochs; the question asks for {epochs}."
    )
    assert not validated or "val_loss" in record, (
        f"`{name}` has no validation loss: the training should look at the validation data after its epochs."
    )
    return record


def predictions(value: keras.Model, X: ArrayLike, name: str) -> np.ndarray:
    """Return the predictions of the model ``value`` for ``X`` as an array of shape (n,).

    Raises
    ------
    AssertionError
        If they are not finite.
    """
    p = np.ravel(value.predict(X, batch_size=4096, verbose=0))
    assert np.isfinite(p).all(), (
        f"`{name}` predicts NaN or infinity: was it trained on scaled data?"
    )
    return p


def probability(value: keras.Model, X: ArrayLike, name: str) -> np.ndarray:
    """Return the predictions of the model ``value`` for ``X`` as an array of shape (n,).

    Raises
    ------
    AssertionError
        If they are not numbers between 0 and 1.
    """
    p = predictions(value, X, name)
    assert p.min() >= 0 and p.max() <= 1, (
        f"`{name}` should predict probabilities, but its predictions go from {p.min():.1f} to "
        f"{p.max():.1f}. Which activation keeps the last layer between 0 and 1?"
    )
    return p


def scores(model: keras.Model, X: ArrayLike, y: ArrayLike, name: str) -> tuple[float, float]:
    """Return the cross-entropy of a binary classifier's predictions, and the share of rows that it gets right.

    Returns
    -------
    loss, accuracy : float

    Raises
    ------
    AssertionError
        If it predicts something else than probabilities.
    """
    from sklearn.metrics import accuracy_score, log_loss

    p = probability(model, X, name)
    return float(log_loss(y, p, labels=[0, 1])), float(accuracy_score(y, p > 0.5))


def losses(model: keras.Model, X: ArrayLike, y: ArrayLike, name: str) -> list[float]:
    """Return the cross-entropy of a binary classifier, in each exact way to compute it.

    A network that is sure of a mistake predicts a probability so close to 0 or 1 that it
    matters how it is rounded: Keras keeps it 1e-7 away, scikit-learn the smallest step of
    single or double precision, people some power of ten, and ``evaluate`` looks at the number
    before the sigmoid. Penalties are not part of it, and it does not matter which loss the
    model was compiled with.

    Returns
    -------
    list of float
        In the same order for any rows; for a single loss, :func:`outside` takes what lies between them for right, too.
    """
    p = probability(model, X, name)
    right = np.where(np.asarray(y) == 1, p, 1 - p).astype(float)
    smallest = [np.finfo("float32").eps, np.finfo("float64").eps, *10.0 ** -np.arange(7, 17)]
    found = [-np.mean(np.log(np.clip(right, epsilon, 1))) for epsilon in smallest]
    labels = np.asarray(y, "float32")[:, None]
    found.append(
        float(np.mean(keras.losses.binary_crossentropy(labels, model(X))))
    )  # looks before a layer's sigmoid
    if not hasattr(
        model.layers[-1], "activation"
    ):  # before a sigmoid that is no layer, only `evaluate` looks
        twin = keras.Model(model.inputs, model.outputs)
        twin.compile(loss="binary_crossentropy")
        reported = twin.evaluate(X, labels, batch_size=4096, verbose=0)
        found.append(reported - sum(float(penalty) for penalty in twin.losses))
    return found


def outside(value: float, found: Sequence[float]) -> float:
    """Return how far a value lies outside of the range of these; within it, 0."""
    return max(min(found) - value, value - max(found), 0.0)


def early_stopping(
    values: Sequence[float],
    patience: int,
    min_delta: float = 0.0,
    mode: str = "min",
    start_from_epoch: int = 0,
) -> tuple[int, int]:
    """Let Keras's own early stopping look at a curve.

    Returns
    -------
    pair of int
        The epoch that it keeps, and the one after which training ends, both counted from 1.
    """
    rule = keras.callbacks.EarlyStopping(
        "value",
        min_delta,
        patience,
        mode=mode,
        restore_best_weights=True,
        start_from_epoch=start_from_epoch,
    )
    rule.set_model(SimpleNamespace(stop_training=False, get_weights=list, set_weights=len))
    rule.on_train_begin()
    epoch = 0
    for epoch, value in enumerate(values):
        rule.on_epoch_end(epoch, {"value": value})
        if rule.model.stop_training:
            break
    return rule.best_epoch + 1, epoch + 1


def scripted_fit(callback: Any, losses: Sequence[float]) -> list[int] | None:
    """Let a network train with a callback, while its validation losses are given.

    Returns
    -------
    list of two int
        The number of epochs trained, and the epoch whose weights the network has at the end, counted from 1.
        None if the callback is an early stopping of Keras's own, or holds one.
    """
    stopping = keras.callbacks.EarlyStopping
    if any(isinstance(part, stopping) for part in (callback, *vars(callback).values())):
        return None
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    trained: list[int] = []

    class Script(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.model.set_weights([np.array([[epoch + 1.0]])])

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            trained.append(epoch + 1)
            logs["val_loss"] = losses[epoch]

    nothing = np.zeros((2, 1))
    model.fit(nothing, nothing, epochs=len(losses), verbose=0, callbacks=[Script(), callback])
    return [len(trained), round(float(model.get_weights()[0][0, 0]))]


def compiled(
    model: keras.Model, name: str, optimizer: str | None = None, loss: str | None = None
) -> keras.Model:
    """Return a model if it was compiled with this optimiser and this loss, in any of the forms that Keras accepts.

    An optimiser counts by its class: ``"adam"``, ``"Adam"`` and ``keras.optimizers.Adam(0.01)`` are the same. A loss
    counts by what it computes: ``"bce"``, a function, an object, a list of one or a dictionary by output are the
    same; with other labels (``label_smoothing``) it is a different loss.

    Parameters
    ----------
    model : keras.Model with one output
    optimizer, loss : str, optional
        Names that Keras knows, such as ``"adam"`` and ``"mse"``.

    Raises
    ------
    AssertionError
        If it was compiled with others, with the student's own code, or not at all.
    """
    given = getattr(model, "optimizer", None)
    assert given is not None, (
        f"`{name}` is not compiled: call its `compile` with an optimiser and a loss of Keras's own."
    )
    if optimizer:
        kind = type(getattr(given, "inner_optimizer", given)).__name__
        asked = type(keras.optimizers.get(optimizer)).__name__
        assert kind == asked, (
            f"`{name}` was compiled with the optimiser {kind}; the question asks for {asked}."
        )
    if loss:
        assert minimises(model, loss), (
            f"`{name}` was compiled with another loss than the question asks for, with other settings of it, or with one of "
            "your own. Look at `loss=` in `compile`."
        )
    return model


def minimises(model: keras.Model, loss: str) -> bool:
    """Tell whether the loss that a model was compiled with computes what one of Keras's own, ``loss``, computes."""
    given = model.loss
    while isinstance(given, (list, tuple, dict)) and len(given) == 1:
        (given,) = given.values() if isinstance(given, dict) else given
    if not getattr(given, "__module__", "keras").startswith("keras"):
        return False  # the student's own code, which the judge does not have
    rng = np.random.default_rng(0)
    X = rng.normal(size=(64, *model.inputs[0].shape[1:])).astype("float32")
    y = rng.uniform(size=(64, 1)).astype("float32")
    try:
        values = [float(np.mean(keras.losses.get(one)(y, model(X)))) for one in (given, loss)]
    except (TypeError, ValueError):  # none, or of a shape that does not fit
        return False
    return abs(values[0] - values[1]) <= 1e-5 * max(1, abs(values[1]))


def trained(model: keras.Model, name: str, epochs: int, batches: int) -> keras.Model:
    """Return a model if its optimiser has taken the steps of this many epochs of this many batches.

    Raises
    ------
    AssertionError
        If it has taken fewer or more, or was never compiled.
    """
    steps = int(compiled(model, name).optimizer.iterations)
    assert steps == epochs * batches, (
        f"`{name}` was trained in {steps:,} steps; {epochs} epochs of {batches} batches make {epochs * batches:,}. "
        "Look at the epochs and at the size of the batches, and train each new network once. Compiling it again forgets the steps."
    )
    return model


def layers(model: Any, name: str, units: Iterable[int]) -> Any:
    """Return a model if its dense layers have these numbers of units, the last layer included.

    Parameters
    ----------
    units : list of int

    Raises
    ------
    AssertionError
        If they have others.
    """
    found = [kernel.shape[1] for kernel in kernels(model)]
    assert found == [*units], (
        f"`{name}` should have dense layers of {words(units)} units, but it has layers of {words(found)}."
    )
    return model


def words(parts: Iterable[Any]) -> str:
    """Return a list as text: ``"32, 32 and 1"``."""
    *first, last = map(str, parts or ["no"])
    return f"{', '.join(first)} and {last}" if first else last


def relu_layers(model: Any, name: str, X: np.ndarray, last: str = "linear") -> np.ndarray:
    """Return the predictions of a model for ``X`` if they are those of hidden layers of ReLU units and one last layer.

    Nothing else may stand between the layers: the predictions are computed from the weights, in their order.

    Parameters
    ----------
    last : str
        The activation of the last layer, ``"linear"`` or ``"sigmoid"``.

    Returns
    -------
    array of shape (n,)

    Raises
    ------
    AssertionError
        If the model predicts something else.
    """
    found, values = predictions(model, X, name), X
    for place, weight in enumerate(model.get_weights()):
        if weight.ndim == 2:
            values = (np.maximum(values, 0) if place else values) @ weight
        else:
            values = values + weight
    expected = 1 / (1 + np.exp(-values)) if last == "sigmoid" else values
    kind = "a sigmoid unit" if last == "sigmoid" else "a unit without activation"
    assert np.abs(found - np.ravel(expected)).max() < 1e-3, (
        f"`{name}` does not compute what hidden layers of ReLU units and {kind} at the end would. "
        "Look at the activations, and at whether anything else stands between the layers."
    )
    return found


def distance(weights: list[Any], others: list[Any]) -> float:
    """Return the largest difference between two lists of arrays, such as the weights of two models.

    Returns
    -------
    float
        0 if they are equal, and infinity if they differ in their number or in a shape.
    """
    pairs = [(np.asarray(a), np.asarray(b)) for a, b in zip(weights, others)]
    if len(weights) != len(others) or any(a.shape != b.shape for a, b in pairs):
        return np.inf
    return float(np.max([np.abs(a - b).max(initial=0) for a, b in pairs], initial=0))


def save_unloadable(model: keras.Model, path: str) -> None:
    """Save a model as a file to look into, as another program or a later Keras might write it.

    It holds ``config.json`` alone, without the spaces that Keras writes, and each dense layer has a setting that no
    Keras knows: to load the file, or to build a model from its configuration, ends in an error.

    Parameters
    ----------
    model : keras.Model
    path : str
        Ends in ``.keras``.
    """
    text = json.dumps(keras.saving.serialize_keras_object(model), separators=(",", ":"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", text.replace('"units":', '"later":true,"units":'))


def raw_network(inputs: int) -> keras.Model:
    """Return a network with random weights that scales its inputs first, and so answers a table of one column, too."""
    rng = np.random.default_rng()
    scaling = keras.layers.Normalization(
        mean=rng.normal(size=inputs), variance=rng.uniform(1, 3, inputs)
    )
    hidden = keras.layers.Dense(8, activation="tanh")
    return keras.Sequential(
        [keras.Input((inputs,)), scaling, hidden, keras.layers.Dense(1, activation="sigmoid")]
    )


def average_error(values: ArrayLike, expected: ArrayLike) -> float:
    """Return by how much numbers are off on average, too high or too low (the mean absolute error).

    Parameters
    ----------
    values, expected : array of shape (n,) or (n, 1)
    """
    return float(np.abs(np.ravel(values) - np.ravel(expected)).mean())


def penalty(model: Any) -> float:
    """Return what the penalties of a model add to its loss."""
    return sum(float(loss) for loss in model.losses)


def has_penalty(model: Any, l1: float = 0.0, l2: float = 0.0) -> bool:
    """Tell whether a model pays ``L1L2(l1, l2)`` for the kernels of its hidden layers, and for nothing else."""
    price = keras.regularizers.L1L2(l1=l1, l2=l2)
    expected = sum(float(price(kernel)) for kernel in training.hidden_kernels(model))
    return abs(penalty(model) - expected) <= 1e-3 * expected


def pays(model: Any, name: str, l1: float = 0.0, l2: float = 0.0) -> Any:
    """Return a model if it pays ``L1L2(l1, l2)`` for the kernels of its hidden layers, and for nothing else.

    Raises
    ------
    AssertionError
        If it pays nothing, or something else.
    """
    assert penalty(model) > 0, (
        f"`{name}` adds no penalty to its loss: which parameter of a layer does that?"
    )
    kinds = [f"{kind} {strength:g}" for kind, strength in (("L1", l1), ("L2", l2)) if strength]
    assert has_penalty(model, l1=l1, l2=l2), (
        f"`{name}` pays {penalty(model):.4g}, and that is not the price of its hidden kernels with {words(kinds)}. "
        "Look at where the penalty lies (kernels or biases, which layers), at its kind and at its strength."
    )
    return model


def near_zero(model: Any, limit: float) -> float:
    """Return the share of the weights of a model's hidden layers that are nearer to zero than ``limit``."""
    sizes = np.abs(np.concatenate([kernel.ravel() for kernel in training.hidden_kernels(model)]))
    return float(np.mean(sizes < limit))


def dummy_accuracy(known: ArrayLike, new: ArrayLike) -> float:
    """Return how often the most frequent of the labels ``known`` is the right one in ``new``."""
    labels, counts = np.unique(known, return_counts=True)
    return float(np.mean(np.asarray(new) == labels[counts.argmax()]))


def own_record(
    record: pd.DataFrame,
    record_name: str,
    model: Any,
    name: str,
    X: ArrayLike,
    y: ArrayLike,
    within: float = 0.02,
) -> None:
    """Check that the record of a training ends where a binary classifier does.

    Parameters
    ----------
    record : DataFrame
        As from :func:`history`, with the loss on the validation rows ``X`` and ``y``, penalties included.
    within : float
        How far the last loss may be from the model's own.

    Raises
    ------
    AssertionError
        If it ends elsewhere.
    """
    end = record["val_loss"].iloc[-1] - penalty(model)
    assert outside(end, losses(model, X, y, name)) < within, (
        f"`{record_name}` does not end where `{name}` does: is it what the training of this network returned?"
    )


MEASURES = {
    "train_loss": "the loss of the trained model's predictions, without the penalty, on the training rows",
    "val_loss": "the loss of the trained model's predictions, without the penalty, on the validation rows",
    "val_accuracy": "the share of validation rows that it gets right, from 0 to 1",
    "near_zero": "the share of its hidden weights within 0.01 of zero, from 0 to 1",
}


def measured(
    table: pd.DataFrame,
    label: str,
    model: Any,
    train: tuple[np.ndarray, np.ndarray],
    val: tuple[np.ndarray, np.ndarray],
    share: Callable[[Any, float], Any],
) -> None:
    """Check a row of a table of the measures of a binary classifier: see ``MEASURES``.

    Parameters
    ----------
    table : DataFrame
        With the row and the columns.
    train, val : pair of arrays
        Rows and labels.
    share : function of kernels and a limit
        The student's own for ``near_zero``; what it gives is right, too.

    Raises
    ------
    AssertionError
        If a number is not right to three decimals.
    """
    (X, y), (X_val, y_val) = train, val
    p_val = probability(model, X_val, label)
    right = {
        "train_loss": losses(model, X, y, label),
        "val_loss": losses(model, X_val, y_val, label),
        "val_accuracy": [float(np.mean((p_val > 0.5) == (np.asarray(y_val) == 1)))],
        "near_zero": [near_zero(model, 0.01)],
    }
    for column, what in MEASURES.items():
        entry = number(table.loc[label, column], f"{column} of {label}")
        off = outside(entry, right[column])
        if column == "near_zero" and not off < 0.0006:
            own = np.ravel(share(training.hidden_kernels(model), 0.01))[0]
            off = abs(entry - own)
        assert off < 0.0006, (
            f"`{column}` of `{label}` is off: the question asks for {what}, to three decimals or more."
        )


def varies(model: Any, X: ArrayLike) -> bool:
    """Tell whether two passes of a model, as in training, give different answers: it drops units or adds noise."""
    first, second = (np.ravel(model(X, training=True)) for _ in range(2))
    return bool(np.abs(first - second).max() > 0)


def dropped(model: Any) -> list[float]:
    """Return how often a model drops numbers in training, measured from outside.

    With weights of 1, but all paths through one unit, the output is that of an input of zeros just when the
    unit is dropped. So no layer's name or kind matters.

    Returns
    -------
    list of float
        Shares of its inputs, of the units of each hidden layer, and of its outputs.
    """
    twin, weights = keras.models.clone_model(model), model.get_weights()
    places = [place for place, weight in enumerate(weights) if weight.ndim == 2]
    twin.set_weights([np.zeros(weight.shape) for weight in weights])
    nothing = float(np.ravel(twin(np.zeros((1, model.input_shape[1]))))[0])
    kept = []
    for narrow in [*places, None]:
        ones = [np.full(weight.shape, float(weight.ndim == 2)) for weight in weights]
        if narrow is not None:
            ones[narrow][1:] = 0
        twin.set_weights(ones)
        answers = np.ravel(twin(np.ones((6000, model.input_shape[1])), training=True))
        kept.append(np.mean(answers != nothing))
    return [max(0, 1 - share / max(kept[-1], 1e-9)) for share in kept[:-1]] + [1 - kept[-1]]


def drops(model: Any, name: str, rates: list[float]) -> Any:
    """Return a model of two hidden layers if it drops these shares of its inputs, of each layer's units and of its outputs.

    Parameters
    ----------
    rates : list of four float
        A share that differs by 0.03 or more counts as another: see :func:`dropped`.

    Raises
    ------
    AssertionError
        If it drops other shares.
    """
    shares = dropped(model)
    assert len(shares) == len(rates) and np.abs(np.subtract(shares, rates)).max() < 0.03, (
        f"`{name}` drops {shares[0]:.0%} of the inputs, {' and '.join(f'{share:.0%}' for share in shares[1:-1])} of the units "
        f"of the hidden layers, and {shares[-1]:.0%} of the outputs. Compare that with what the question asks for."
    )
    return model


def at_least(found: float, asked: float, what: str, advice: str, form: str = ".3f") -> None:
    """Check that a measured number is at least what the question asks for.

    Parameters
    ----------
    found, asked : float
    what : str
        What was measured, with a capital: ``"The AUC of `network`"``.
    advice : str
        Where to look if it is too low, as a sentence.
    form : str
        How to write the numbers, such as ``".3f"`` or ``".0%"``: see :func:`shown`.

    Raises
    ------
    AssertionError
        If it is lower, or NaN.
    """
    assert found >= asked, missed(found, asked, "at least", what, advice, form)


def at_most(found: float, asked: float, what: str, advice: str, form: str = ".3f") -> None:
    """Check that a measured number is at most what the question asks for: see :func:`at_least`."""
    assert found <= asked, missed(found, asked, "at most", what, advice, form)


def missed(found: float, asked: float, side: str, what: str, advice: str, form: str) -> str:
    """Return the sentence that says which limit was missed."""
    limit = f"{asked:.3%}".rstrip("0%").rstrip(".") + "%" if form[-1] == "%" else f"{asked:,g}"
    return f"{what} is {shown(found, asked, form)}; the question asks for {side} {limit}. {advice}"


def shown(found: float, asked: float, form: str = ".3f") -> str:
    """Return ``found`` as text, with enough digits that it does not read as the limit that it missed.

    Parameters
    ----------
    found, asked : float
        What was measured, and the limit that the question names.
    form : str
        How to write both as long as they differ, such as ``".3f"``, ``".0%"`` or ``",.0f"``.

    Examples
    --------
    >>> shown(0.68, 0.7), shown(0.6998, 0.7), shown(0.9796, 0.98, ".0%")
    ('0.680', '0.6998', '97.96%')
    """
    (comma, digits), kind = form[:-1].split("."), form[-1]
    texts = (
        [f"{number:{comma}.{more}{kind}}" for number in (found, asked)]
        for more in range(int(digits), int(digits) + 12)
    )
    return next((one for one, other in texts if one != other), f"{found:{form}}")


def array(value: Any, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return ``value`` as an array of floats with the given shape. Anything that yields numbers in order counts as an array.

    Raises
    ------
    AssertionError
        If it is not an array of numbers, has another shape or holds NaN or infinity.
    """
    assert value is not None, (
        f"`{name}` should be an array of numbers, not NoneType.{forgotten(value)}"
    )
    ordered = (
        isinstance(value, Iterable)
        and not isinstance(value, (str, bytes, dict, set, frozenset))
        and not hasattr(value, "shape")
    )
    try:
        values = np.asarray(list(value) if ordered else value)
        values = np.asarray(values, dtype=None if np.iscomplexobj(values) else float)
    except (TypeError, ValueError):
        raise AssertionError(
            f"`{name}` should be an array of numbers, not {type(value).__name__}."
        ) from None
    assert not np.iscomplexobj(values), f"`{name}` holds complex numbers; they should be real."
    assert values.shape == shape, f"`{name}` should have shape {shape}, but it has {values.shape}."
    assert np.isfinite(values).all(), (
        f"`{name}` holds NaN or infinity; all its numbers should be finite."
    )
    return values


def number(value: Any, name: str) -> float:
    """Return ``value`` as a finite float; an array of one number counts as that number.

    Raises
    ------
    AssertionError
        If it is not a single finite number.
    """
    if callable(value) or value is None or isinstance(value, (str, bytes, bool)):
        raise AssertionError(
            f"`{name}` should be a number, not {type(value).__name__}.{forgotten(value)}"
        )
    try:
        values = np.asarray(value)
        values = np.asarray(values, dtype=None if np.iscomplexobj(values) else float)
    except (TypeError, ValueError):
        raise AssertionError(f"`{name}` should be a number, not {type(value).__name__}.") from None
    assert not np.iscomplexobj(values), f"`{name}` is complex; it should be a real number."
    assert values.size == 1, f"`{name}` should be one number, but it holds {values.size}."
    assert np.isfinite(values).all(), f"`{name}` is {values.item()}: it should be a finite number."
    return values.item()


def forgotten(value: Any) -> str:
    """Return the hint that a value which is None calls for."""
    return " Did you forget `return`?" if value is None else ""


def truth(value: Any, name: str) -> bool:
    """Return ``value`` as a bool.

    Raises
    ------
    AssertionError
        If it is not True or False, of Python or NumPy.
    """
    assert isinstance(value, (bool, np.bool_)), (
        f"`{name}` should be True or False, not {type(value).__name__}.{forgotten(value)}"
    )
    return bool(value)


def table(
    value: Any, name: str, rows: Iterable[Any] = (), columns: Iterable[Any] = ()
) -> pd.DataFrame:
    """Return ``value`` if it is a data frame with these rows and columns, in any order and beside any others.

    Parameters
    ----------
    rows, columns : list of str
        Labels in its index and among its columns.

    Raises
    ------
    AssertionError
        If it is something else, or one of them is missing.
    """
    assert isinstance(value, pd.DataFrame), (
        f"`{name}` should be a data frame of pandas.{forgotten(value)}"
    )
    for label in rows:
        assert label in value.index, f"`{name}` has no row called {label!r} in its index."
    for label in columns:
        assert label in value.columns, f"`{name}` has no column called {label!r}."
    return value


def refusal(call: Callable[[], Any], name: str, case: str) -> str:
    """Return the text of the ValueError with which the student's function refuses what it is given.

    Parameters
    ----------
    call : function without arguments
        Calls it: ``lambda: auc(labels, scores)``.
    name : str
        The student's function.
    case : str
        What it is given, such as ``"clients of one class only"``.

    Raises
    ------
    AssertionError
        If it returns an answer, or stops with another error.
    """
    try:
        call()
    except ValueError as error:
        return str(error)
    except Exception as error:
        raise AssertionError(
            f"Given {case}, `{name}` stops with {type(error).__name__}. Look at what it is given first, and raise a "
            "ValueError of your own."
        ) from None
    raise AssertionError(f"Given {case}, `{name}` returns an answer. It should raise a ValueError.")
