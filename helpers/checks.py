"""What the checks of the activities share: sentences instead of tracebacks.

A check starts with ``with checks.question(1):``, fetches the answer through :func:`model`,
:func:`history`, :func:`predictions`, :func:`probability`, :func:`array` or :func:`number`, and goes on with plain ``assert``.
"""

import contextlib
import inspect
import io
import os
import warnings
from collections.abc import Iterable
from typing import Any, Self

import keras
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers import training


class NotYet(AssertionError):
    """A check that failed. Notebooks show its message alone, without a traceback."""

    question: int | None = None

    def _render_traceback_(self) -> list[str]:  # IPython calls it to show the error
        return [f"\x1b[1;31mQuestion {self.question}: not yet.\x1b[0m {self}"]


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
            "Every check is content. Restart the kernel and run all cells, save, press Validate, "
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


def model(value: Any, name: str, inputs: int) -> keras.Model:
    """Return ``value`` if it is a model of ``inputs`` features and one output. One without an Input is built here.

    Raises
    ------
    AssertionError
        With a sentence that says what is wrong with it.
    """
    try:
        training.require_model(value, name)
    except TypeError as error:
        raise AssertionError(str(error)) from None
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
    assert shapes[1] == [(1,)], (
        f"`{name}` should give one number for each row, but its output has shape {shapes[1]}. "
        "Look at the number of units in the last layer."
    )
    return value


def parts(model: Any) -> list[Any]:
    """Return all layers of a model, including those of models and wrappers within it."""
    held = [
        *getattr(model, "layers", []),
        *(getattr(model, name) for name in ("layer", "cell") if hasattr(model, name)),
    ]
    return [part for layer in held for part in [layer, *parts(layer)]]


def history(value: Any, name: str, epochs: int | None = None) -> pd.DataFrame:
    """Return what ``fit`` recorded as a frame: a row per epoch (from 1), a column per metric.

    Parameters
    ----------
    epochs : int, optional
        How many epochs the question asks for.

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


def losses(model: keras.Model, X: ArrayLike, y: ArrayLike, name: str) -> list[float]:
    """Return the cross-entropy of a binary classifier, in each exact way to compute it.

    A network that is sure of a mistake predicts a probability so close to 0 or 1 that it
    matters how it is rounded: Keras keeps it 1e-7 away, scikit-learn the smallest step of
    single or double precision, and ``evaluate`` looks at the number before the sigmoid.
    Penalties are not part of it, and it does not matter which loss the model was compiled with.

    Returns
    -------
    list of float
    """
    p = probability(model, X, name)
    right = np.where(np.asarray(y) == 1, p, 1 - p).astype(float)
    smallest = (1e-7, np.finfo("float32").eps, np.finfo("float64").eps)
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


def shown(found: float, asked: float, form: str = ".3f") -> str:
    """Return ``found`` as text, with enough digits that it does not read as the limit that it missed.

    Parameters
    ----------
    found, asked : float
        What was measured, and the limit that the question names.
    form : str
        How to write both as long as they differ, such as ``".3f"`` or ``".0%"``.

    Examples
    --------
    >>> shown(0.68, 0.7), shown(0.6998, 0.7), shown(0.9796, 0.98, ".0%")
    ('0.680', '0.6998', '97.96%')
    """
    digits, kind = int(form[1:-1]), form[-1]
    texts = (
        [f"{number:.{more}{kind}}" for number in (found, asked)]
        for more in range(digits, digits + 12)
    )
    return next((one for one, other in texts if one != other), f"{found:{form}}")


def array(value: Any, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return ``value`` as an array of floats with the given shape. Anything that yields numbers in order counts as an array.

    Raises
    ------
    AssertionError
        If it is not an array of numbers, has another shape or holds NaN or infinity.
    """
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
    assert np.isfinite(values).all(), f"`{name}` holds NaN or infinity."
    return values


def number(value: Any, name: str) -> float:
    """Return ``value`` as a finite float; an array of one number counts as that number.

    Raises
    ------
    AssertionError
        If it is not a single finite number.
    """
    if callable(value) or value is None or isinstance(value, (str, bytes, bool)):
        hint = " Did you forget `return`?" if value is None else ""
        raise AssertionError(f"`{name}` should be a number, not {type(value).__name__}.{hint}")
    try:
        values = np.asarray(value)
        values = np.asarray(values, dtype=None if np.iscomplexobj(values) else float)
    except (TypeError, ValueError):
        raise AssertionError(f"`{name}` should be a number, not {type(value).__name__}.") from None
    assert not np.iscomplexobj(values), f"`{name}` is complex; it should be a real number."
    assert values.size == 1, f"`{name}` should be one number, but it holds {values.size}."
    assert np.isfinite(values).all(), f"`{name}` is {values.item()}: it should be a finite number."
    return values.item()
