"""Unit 05: what its thresholds and its findings rest on (see ``thresholds.py`` and ``findings.py``)."""

import keras
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, log_loss
from sklearn.preprocessing import StandardScaler

from helpers.data import load_avila

SEEDS = {"simulated": range(10), "real": range(5)}
LIMITS = [
    "at_least(right, 0.8",
    "at_least(rise, 0.4",
    "train_loss <= 0.4",
    "loss <= 0.65",
    "at_least(near, 0.7",
    "lean < 0.05",
]

DRAW = 2  # of the rows, as in the activity

# A network has two hidden layers of 64 units and trains for 30 epochs, unless said otherwise.
ANSWERS = {
    "plain": dict(),
    "plain, 5 epochs": dict(epochs=5),
    "plain, 10-6-4": dict(units=(10, 6, 4)),
    "L2 0.0001": dict(l2=0.0001),
    "L2 0.001": dict(l2=0.001),
    "L2 0.01": dict(l2=0.01),
    "L2 0.5": dict(l2=0.5),
    "L1 0.0001": dict(l1=0.0001),
    "L1 0.001": dict(l1=0.001),
    "L1 0.1": dict(l1=0.1),
    "L1 0.0005, L2 0.005": dict(l1=0.0005, l2=0.005),
    "L1 0.002, L2 0.002": dict(l1=0.002, l2=0.002),
}


def build(units=(64, 64), l1=0.0, l2=0.0):
    """Return a compiled binary classifier of 10 inputs."""
    model = keras.Sequential([keras.Input((10,))])
    for width in units:
        model.add(
            keras.layers.Dense(
                width, activation="relu", kernel_regularizer=keras.regularizers.L1L2(l1, l2)
            )
        )
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.Adam(0.005), "binary_crossentropy", metrics=["accuracy"])
    return model


def run(name: str, seed: int) -> dict:
    """Train the answer ``name`` with ``seed`` and measure what the checks look at."""
    X, y = load_avila(copyist="A", subset="train", return_X_y=True)
    X_val, y_val = load_avila(copyist="A", subset="test", return_X_y=True)
    rows = np.random.default_rng(DRAW).permutation(len(X))[:1000]
    val_rows = np.random.default_rng(DRAW).permutation(len(X_val))[:2000]
    scaler = StandardScaler().fit(X[rows])
    X_train, y_train = scaler.transform(X[rows]), y[rows]
    X_val, y_val = scaler.transform(X_val[val_rows]), y_val[val_rows]

    settings = dict(ANSWERS[name])
    epochs = settings.pop("epochs", 30)
    model = build(**settings)
    model.fit(X_train, y_train, batch_size=100, epochs=epochs, verbose=0)
    p_train, p_val = (
        model.predict(X, batch_size=4096, verbose=0).ravel() for X in (X_train, X_val)
    )
    kernels = [w for w in model.get_weights() if w.ndim == 2][:-1]
    return {
        "train_loss": log_loss(y_train, p_train),
        "val_loss": log_loss(y_val, p_val),
        "train_accuracy": accuracy_score(y_train, p_train > 0.5),
        "val_accuracy": accuracy_score(y_val, p_val > 0.5),
        "majority": np.mean(y_val == 0),
        "near_zero": np.mean(np.abs(np.concatenate([k.ravel() for k in kernels])) < 0.01),
        "largest": max(np.abs(k).max() for k in kernels),
        "lean": np.abs(p_val - np.mean(y_train)).max(),
        "same_answer": float(len(np.unique(p_val > 0.5)) == 1),
    }


def measures(runs: pd.DataFrame) -> pd.DataFrame:
    """Return what the checks look at: a row a run."""
    return pd.DataFrame(
        {
            "train_loss": runs.train_loss,
            "val_loss": runs.val_loss,
            "gap": runs.val_loss - runs.train_loss,
            "train_accuracy": runs.train_accuracy,
            "val_accuracy": runs.val_accuracy,
            "near_zero": runs.near_zero,
            "lean": runs.lean,
        }
    )


def verdicts(runs: pd.DataFrame) -> list:
    """Return (mask of the runs that pass, names that must pass, names that must fail) of each question."""
    overfits = (runs.train_accuracy >= 0.8) & (runs.val_loss - runs.train_loss >= 0.4)
    learns = runs.train_loss <= 0.4
    generalises = runs.val_loss <= 0.65
    sparse = runs.near_zero >= 0.7
    collapses = runs.lean < 0.05
    short = ["plain, 5 epochs", "plain, 10-6-4"]
    return [
        (overfits, ["plain", "L2 0.0001"], [*short, "L2 0.01", "L1 0.001", "L2 0.5", "L1 0.1"]),
        (learns, ["L2 0.001", "L1 0.0001"], ["plain, 5 epochs", "L2 0.5", "L1 0.1"]),
        (generalises, ["L2 0.01", "L1 0.001"], ["plain", "L2 0.0001", "L2 0.5", "L1 0.1"]),
        (sparse, ["L1 0.001"], ["plain", "L2 0.001", "L2 0.01", "L1 0.0001"]),
        (
            generalises & sparse,
            ["L1 0.0005, L2 0.005", "L1 0.002, L2 0.002"],
            ["plain", "L2 0.0001", "L2 0.001", "L2 0.01", "L1 0.0001", "L2 0.5", "L1 0.1"],
        ),
        (
            collapses,
            ["L2 0.5", "L1 0.1"],
            [*short, "plain", "L2 0.001", "L2 0.01", "L1 0.0001", "L1 0.001"],
        ),
    ]


def findings(space: dict) -> dict:
    """Return what the lesson says in words, as numbers."""
    frame, table, sparsity = space["history_frame"], space["table"], space["sparsity"]
    row = {}
    for name, model in space["small"].items():
        old = space["classification_scores"](model, space["X_half"], space["y_half"])
        new = space["classification_scores"](model, space["X_other"], space["y_other"])
        row[f"10-6-4-1, {name}: training loss"] = old["loss"]
        row[f"10-6-4-1, {name}: validation loss"] = new["loss"]
        row[f"10-6-4-1, {name}: accuracy"] = new["accuracy"]
    curve = frame(space["plain_history"])["val_loss"]
    row["64-64, no penalty: best epoch"] = curve.idxmin()
    row["64-64, no penalty: loss at the best epoch"] = curve.min()
    for name, scores in table.items():
        row[f"64-64, {name}: loss"] = scores["loss"]
        row[f"64-64, {name}: accuracy"] = scores["accuracy"]
    for name, counts in sparsity.items():
        row[f"64-64, {name}: near zero"] = counts["near zero"]
        row[f"64-64, {name}: above 0.2"] = counts["above 0.2"]
    row["64-64, L1 0.001: loss after pruning"] = space["scores"](space["pruned"])["loss"]
    for name, model in (("L1 0.001", space["l1_models"][0.001]), ("no penalty", space["plain"])):
        for limit in (0.05, 0.1, 0.2):
            cut = space["prune"](model, limit)
            row[f"64-64, {name}: zeros, pruned below {limit}"] = space["count"](cut)["exactly zero"]
            row[f"64-64, {name}: loss, pruned below {limit}"] = space["scores"](cut)["loss"]
    row["64-64, both: loss"] = space["scores"](space["mixed"])["loss"]
    row["64-64, both: near zero"] = space["count"](space["mixed"])["near zero"]
    return row
