"""Unit 10: what its thresholds and its findings rest on (see ``thresholds.py`` and ``findings.py``)."""

import tempfile

import keras
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from helpers.data import load_credit

SEEDS = {"simulated": range(10), "real": range(5)}
LIMITS = ["at_least(auc, 0.72", "auc_hidden >= 0.7", "distance < 0.0001"]

# name: settings of a network (question 1), or how training goes on (question 4).
ANSWERS = {
    "16-8, 15 epochs": dict(units=(16, 8), epochs=15, rate=0.003),
    "32-16, 8 epochs": dict(units=(32, 16), epochs=8, rate=0.003),
    "64-64, 8 epochs": dict(units=(64, 64), epochs=8),
    "64-64, 20 epochs": dict(units=(64, 64), epochs=20),
    "no hidden layer, 10 epochs": dict(units=(), epochs=10),
    "not trained": dict(units=(32, 16), epochs=0),
    "trained on raw numbers": dict(units=(32, 16), epochs=8, rows="raw"),
    "labels mixed up": dict(units=(32, 16), epochs=8, labels="mixed"),
    "labels turned round": dict(units=(32, 16), epochs=8, labels="turned"),
    "resumed": dict(resume="resumed"),
    "resumed, compiled anew": dict(resume="compiled"),
    "resumed, weights only": dict(resume="weights"),
    "resumed, one epoch more": dict(resume="more"),
}


def build(units, rate=0.001, inputs=19, activation="relu"):
    """Return a compiled binary classifier."""
    layers = [keras.layers.Dense(width, activation=activation) for width in units]
    model = keras.Sequential(
        [keras.Input((inputs,)), *layers, keras.layers.Dense(1, activation="sigmoid")]
    )
    model.compile(keras.optimizers.Adam(rate), loss="binary_crossentropy")
    return model


def run(name: str, seed: int) -> dict:
    """Train the answer ``name`` with ``seed`` and measure what the checks look at."""
    settings = ANSWERS[name]
    return {"auc": None, "auc_hidden": None, "distance": None} | (
        {"distance": resume(settings["resume"], seed)}
        if "resume" in settings
        else network(seed, **settings)
    )


def network(seed, units, epochs, rate=0.001, rows="scaled", labels="right"):
    """Return the AUC of a network on the clients that the student sees and on those only the check sees."""
    raw, y = load_credit(subset="train", return_X_y=True)
    raw_hidden, y_hidden = load_credit(subset="test", return_X_y=True)
    scaler = StandardScaler().fit(raw[:4000])
    X, X_hidden = scaler.transform(raw), scaler.transform(raw_hidden)
    taught = {
        "right": y[:4000],
        "mixed": np.random.default_rng(seed).permutation(y[:4000]),
        "turned": 1 - y[:4000],
    }[labels]
    model = build(units, rate)
    if epochs:
        model.fit(
            (raw if rows == "raw" else X)[:4000], taught, batch_size=64, epochs=epochs, verbose=0
        )
    seen, hidden = (
        model.predict(part, batch_size=6000, verbose=0).ravel() for part in (X[4000:7000], X_hidden)
    )
    return {"auc": roc_auc_score(y[4000:7000], seen), "auc_hidden": roc_auc_score(y_hidden, hidden)}


def resume(kind, seed):
    """Return how far the weights end from those of a training that never stopped, as question 4 measures it."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(120, 19))
    y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype(int)
    again = dict(batch_size=40, shuffle=False, verbose=0)
    model = build((12,), 0.01, activation="tanh")
    model.fit(X, y, epochs=5, **again)
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/half.keras")
        other = keras.models.load_model(f"{folder}/half.keras")
    if kind == "compiled":
        other.compile(keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    if kind == "weights":
        other = build((12,), activation="tanh")
        other.set_weights(model.get_weights())
    model.fit(X, y, epochs=4, **again)
    other.fit(X, y, epochs=5 if kind == "more" else 4, **again)
    return max(np.abs(a - b).max() for a, b in zip(model.get_weights(), other.get_weights()))


def measures(runs: pd.DataFrame) -> pd.DataFrame:
    """Return what the checks look at: a row a run."""
    return runs[["auc", "auc_hidden", "distance"]]


def verdicts(runs: pd.DataFrame) -> list:
    """Return (mask of the runs that pass, names that must pass, names that must fail) of each question."""
    learnt = (runs.auc >= 0.72) & (runs.auc_hidden >= 0.7)
    return [
        (
            learnt,
            ["16-8, 15 epochs", "32-16, 8 epochs", "64-64, 8 epochs", "64-64, 20 epochs"],
            [
                "no hidden layer, 10 epochs",
                "not trained",
                "trained on raw numbers",
                "labels mixed up",
                "labels turned round",
            ],
        ),
        (
            runs.distance < 0.0001,
            ["resumed"],
            ["resumed, compiled anew", "resumed, weights only", "resumed, one epoch more"],
        ),
    ]


def hidden(space: dict) -> dict:
    """Return what a check measures on hidden rows, from a solved activity: (name, what is asked) to a number."""
    X, y = load_credit(subset="hidden", return_X_y=True)
    p = space["network"].predict(space["scaler"].transform(X), batch_size=4096, verbose=0).ravel()
    return {("AUC of `network`", "at least 0.70"): roc_auc_score(y, p)}


def findings(space: dict) -> dict:
    """Return what the lesson says in words, as numbers."""
    y_new, first, curves, lows = space["y_new"], space["first"], space["curves"], space["lows"]
    sure = (space["p_unscaled"] < 0.05) | (space["p_unscaled"] > 0.95)
    return {
        "AUC on new clients": roc_auc_score(y_new, space["p_new"]),
        "AUC, not scaled": roc_auc_score(y_new, space["p_unscaled"]),
        "share of probabilities at the ends, not scaled": sure.mean(),
        "loss before saving": first[-1],
        "highest of the next ten, loaded": max(curves["loaded"][:10]),
        "highest of the next ten, compiled anew": max(curves["loaded and compiled anew"][:10]),
        "30 steps later, loaded": curves["loaded"][-1],
        "30 steps later, compiled anew": curves["loaded and compiled anew"][-1],
        "checkpoint: best epoch": np.argmin(lows) + 1,
        "checkpoint: lowest": min(lows),
        "checkpoint: last": lows[-1],
    }
