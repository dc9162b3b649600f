"""Training tools: the device in use, seeds, histories and honest scores."""

import os
import platform
import time
from collections.abc import Callable, Iterable
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

if keras.backend.backend() == "tensorflow":
    import tensorflow

    # Keras makes four data iterators per epoch, and TensorFlow optimises the graph of each anew, which gains
    # nothing with tables as small as the course's: without it, a lesson trains in up to a third less time.
    tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


def device_report() -> str:
    """Return which Keras, backend and device the notebook runs on, one line each."""
    backend = keras.backend.backend()
    engine = __import__(backend)
    devices = keras.distribution.list_devices()
    kind = "GPU" if any("gpu" in device.lower() for device in devices) else "CPU"
    return (
        f"Python   {platform.python_version()}\n"
        f"Keras    {keras.version()}\n"
        f"backend  {backend} {engine.__version__}\n"
        f"device   {kind} ({', '.join(devices)})"
    )


class Progress(keras.callbacks.Callback):  # type: ignore[misc]
    """Show the epoch, the loss and the time left below a cell that trains for long.

    ``model.fit(X, y, epochs=500, verbose=0, callbacks=[Progress()])``

    A line appears after a second, changes twice per second, and is gone when the training ends. It is shown only
    where somebody looks on: in a notebook that a Jupyter server has opened, not where notebooks are run by a command.
    """

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        self.watched = "JPY_SESSION_NAME" in os.environ  # Jupyter's server sets it
        self.line: Any = None
        self.done = 0
        self.began = self.shown = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        now = time.monotonic()
        if not self.done:
            self.first = now  # the first epoch says nothing of the others: Keras prepares in it
        self.done += 1
        if not self.watched or now - self.began < 1 or now - self.shown < 0.5 or self.done < 2:
            return
        from IPython.display import display

        self.shown, epochs = now, self.params["epochs"]
        left = (now - self.first) / (self.done - 1) * (epochs - epoch - 1)
        text = f"epoch {epoch + 1:,} of {epochs:,} · about {left:.0f} s left"
        text += "".join(f" · {name} {value:.4g}" for name, value in (logs or {}).items())
        if self.line is None:
            self.line = display({"text/plain": text}, raw=True, display_id=True)
        else:
            self.line.update({"text/plain": text}, raw=True)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        if self.line is not None:
            self.line.update({}, raw=True)


def require_model(model: Any, name: str = "model") -> keras.Model:
    """Return ``model`` if it is a Keras model, or say what was given instead.

    Raises
    ------
    TypeError
        If ``model`` is anything else, with a hint where it is a ``History``.
    """
    if isinstance(model, keras.Model):
        return model
    if isinstance(model, keras.callbacks.History):
        raise TypeError(
            f"`{name}` is a History, the record that `fit` returns, but a model is expected. "
            "Keep the two apart: `history = model.fit(...)`, then pass the model."
        )
    raise TypeError(f"`{name}` should be a Keras model, but it is of type {type(model).__name__}.")


def history_frame(history: Any, name: str = "history") -> pd.DataFrame:
    """Return a training history as a frame: one row per epoch (from 1), one column per metric.

    A metric with a value for each class, such as ``F1Score``, has a column for each: ``f1_score[0]``,
    ``f1_score[1]``, ... (with a single class just ``f1_score``). After ``fit(..., validation_freq=5)`` the
    validation columns hold NaN in the epochs between, so take their last value with
    ``.dropna().iloc[-1]`` and their best with ``.min()`` or ``.idxmin()``, which pass over NaN.

    Parameters
    ----------
    history : keras.callbacks.History or dict of lists
        What ``fit`` returned, or its ``history`` attribute.

    Raises
    ------
    TypeError
        If it is something else, with a hint where it is a model.
    ValueError
        If no epoch was recorded, or if there is no telling which epochs were validated: a history holds only
        the values, so ``validation_freq`` must be the one number that fits how many there are.
    """
    if isinstance(history, keras.Model):
        raise TypeError(
            f"`{name}` is a model, but the record of its training is expected: "
            "what `fit` returned, as in `history = model.fit(...)`."
        )
    record = getattr(history, "history", history)
    if not isinstance(record, dict):
        raise TypeError(
            f"`{name}` should be what `fit` returned, but it is of type {type(history).__name__}."
        )
    record = {
        metric: np.atleast_1d(np.asarray(values, dtype=float)) for metric, values in record.items()
    }
    epochs = max((len(values) for values in record.values()), default=0)
    if not epochs:
        raise ValueError(f"`{name}` holds no epoch: train the model with `fit` first.")
    index = pd.RangeIndex(1, epochs + 1, name="epoch")
    columns = {}
    for metric, values in record.items():
        found = f"`{name}` has {len(values)} values of {metric!r} for {epochs} epochs"
        rows = index[list(_measured(history, epochs, len(values), found))]
        parts = values.reshape(len(values), -1 if values.size else 1).T
        for k, part in enumerate(parts):
            columns[metric if len(parts) == 1 else f"{metric}[{k}]"] = pd.Series(part, rows)
    return pd.DataFrame(columns, index)


def _measured(history: Any, epochs: int, values: int, found: str) -> Iterable[int]:
    """Return the positions of the epochs in which so many values were measured; ``found`` says it in words."""
    if values == epochs:
        return range(epochs)
    numbers = np.arange(1, epochs + 1)
    if (
        len(getattr(history, "epoch", ())) == epochs
    ):  # not from 1 on after fit(..., initial_epoch=...)
        numbers = np.array(history.epoch) + 1
    fitting = [np.flatnonzero(numbers % distance == 0) for distance in range(1, numbers[-1] + 1)]
    rows = {tuple(positions.tolist()) for positions in fitting if len(positions) == values}
    if len(rows) != 1:
        raise ValueError(
            f"{found} and does not say which epochs they belong to. "
            "Train with `validation_freq=1`, which is what `fit` does unless told otherwise."
        )
    return rows.pop()


def classification_scores(model: keras.Model, X: ArrayLike, y: ArrayLike) -> dict[str, float]:
    """Return the loss and the accuracy of a binary classifier, measured on its predictions.

    The loss is the mean cross-entropy alone. A model's own ``evaluate`` would add its
    weight penalties to it, and its training history was measured with dropout switched on.

    Parameters
    ----------
    model : keras.Model with one sigmoid output
    X : array of shape (n, features)
    y : array of shape (n,) or (n, 1), of 0 and 1

    Returns
    -------
    dict
        ``loss`` in nats and ``accuracy`` from 0 to 1.
    """
    from sklearn.metrics import accuracy_score, log_loss

    y = np.ravel(y)
    probability = require_model(model).predict(X, batch_size=4096, verbose=0).ravel()
    return {
        "loss": log_loss(y, probability, labels=[0, 1]),  # rows of one class alone have a loss, too
        "accuracy": accuracy_score(y, probability > 0.5),
    }


def kernels(model: Any) -> list[Any]:
    """Return the weights of a model's dense layers, without biases, as a list of arrays (inputs, units)."""
    return [weight for weight in model.get_weights() if weight.ndim == 2]


def hidden_kernels(model: Any) -> list[Any]:
    """Return the weights of a model's hidden dense layers, without biases, as a list of arrays (inputs, units)."""
    return kernels(model)[:-1]


def over_seeds(run: Callable[[], dict[str, Any]], seeds: Iterable[int] = range(5)) -> pd.DataFrame:
    """Call ``run()`` once per seed and return its results, one row per seed.

    Parameters
    ----------
    run : function without arguments that returns a dict of numbers
        Keras, NumPy and Python are seeded before each call.
    seeds : iterable of int
    """
    rows = {}
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        rows[seed] = {key: np.asarray(value, dtype=float).item() for key, value in run().items()}
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.index.name = "seed"
    return frame
