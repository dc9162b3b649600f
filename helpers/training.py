"""Training tools: the device in use, seeds, histories and honest scores."""

import platform

import keras
import numpy as np
import pandas as pd

if keras.backend.backend() == "tensorflow":
    import tensorflow

    # Keras makes four data iterators an epoch, and TensorFlow optimises the graph of each anew, which gains
    # nothing with tables as small as the course's: without it a lesson trains in up to a third less time.
    tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


def device_report() -> str:
    """Return which Keras, backend and device the notebook runs on, a line each."""
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


def require_model(model, name="model"):
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


def history_frame(history, name="history") -> pd.DataFrame:
    """Return a training history as a frame: a row an epoch (from 1), a column a metric.

    Parameters
    ----------
    history : keras.callbacks.History or dict of lists
        What ``fit`` returned, or its ``history`` attribute.

    Raises
    ------
    TypeError
        If it is something else, with a hint where it is a model.
    ValueError
        If no epoch was recorded.
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
    frame = pd.DataFrame(record)
    if frame.empty:
        raise ValueError(f"`{name}` holds no epoch: train the model with `fit` first.")
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="epoch")
    return frame


def classification_scores(model, X, y) -> dict:
    """Return the loss and the accuracy of a binary classifier, measured on its predictions.

    The loss is the mean cross-entropy alone. A model's own ``evaluate`` would add its
    weight penalties to it, and its training history was measured with dropout switched on.

    Parameters
    ----------
    model : keras.Model with one sigmoid output
    X : array of shape (n, features)
    y : array of shape (n,), of 0 and 1

    Returns
    -------
    dict
        ``loss`` in nats and ``accuracy`` from 0 to 1.
    """
    from sklearn.metrics import accuracy_score, log_loss

    probability = require_model(model).predict(X, batch_size=4096, verbose=0).ravel()
    return {
        "loss": log_loss(y, probability),
        "accuracy": accuracy_score(y, probability > 0.5),
    }


def over_seeds(run, seeds=range(5)) -> pd.DataFrame:
    """Call ``run()`` once a seed and return its results, a row a seed.

    Parameters
    ----------
    run : function without arguments that returns a dict of numbers
        Keras, NumPy and Python are seeded before each call.
    seeds : iterable of int
    """
    rows = {}
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        rows[seed] = {key: np.float64(value) for key, value in run().items()}
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.index.name = "seed"
    return frame
