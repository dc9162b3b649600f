"""Unit 06: what its thresholds and its findings rest on (see ``thresholds.py`` and ``findings.py``)."""

import keras
import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

from helpers.data import load_traffic

SEEDS = {"simulated": range(10), "real": range(5)}
LIMITS = [
    "at_most(train_mse, 0.03",
    "at_least(test_mse - train_mse, 0.1",
    "at_most(test_mse, 0.16",
    "test_mse - train_mse >= 0.03",
    "small_mse <= 0.25",
]
EPOCHS = 60

# name: (encoding of the calendar, hidden units, dropout rates after them, epochs).
ANSWERS = {
    "no dropout": ("one-hot", (32, 32), (0, 0), EPOCHS),
    "no dropout, 64 and 64": ("one-hot", (64, 64), (0, 0), EPOCHS),
    "no dropout, 10 epochs": ("one-hot", (32, 32), (0, 0), 10),
    "no hidden layer": ("one-hot", (), (), EPOCHS),
    "two layers of 4": ("one-hot", (4, 4), (0, 0), EPOCHS),
    "0.1 first": ("one-hot", (32, 32), (0.1, 0), EPOCHS),
    "0.1 and 0.1": ("one-hot", (32, 32), (0.1, 0.1), EPOCHS),
    "0.2 and 0.1": ("one-hot", (32, 32), (0.2, 0.1), EPOCHS),
    "0.1 and 0.1, 5 epochs": ("one-hot", (32, 32), (0.1, 0.1), 5),
    "0.5 and 0.5": ("one-hot", (32, 32), (0.5, 0.5), EPOCHS),
    "small": ("cyclic", (10, 10), (0, 0), EPOCHS),
    "small, 5 epochs": ("cyclic", (10, 10), (0, 0), 5),
    "small, 0.2 and 0.1": ("cyclic", (10, 10), (0.2, 0.1), EPOCHS),
    "small, 0.2 and 0.1, 5 epochs": ("cyclic", (10, 10), (0.2, 0.1), 5),
}


def data(encoding: str) -> tuple:
    """Return X_train, y_train, X_test, y_test as the activity makes them."""
    train, test = (load_traffic(subset=subset, encoding=encoding) for subset in ("train", "test"))
    rng = np.random.default_rng(0)
    rows, test_rows = (
        rng.permutation(len(train.target))[:512],
        rng.permutation(len(test.target))[:3000],
    )
    scaler = StandardScaler().fit(train.data[rows])
    mean, std = train.target[rows].mean(), train.target[rows].std()
    return (
        np.clip(scaler.transform(train.data[rows]), -8, 8),
        (train.target[rows] - mean) / std,
        np.clip(scaler.transform(test.data[test_rows]), -8, 8),
        (test.target[test_rows] - mean) / std,
    )


def run(name: str, seed: int) -> dict:
    """Train the answer ``name`` with ``seed`` and measure what the checks look at.

    All epochs are one long one here, with the rows shuffled anew for each: the same steps of
    training for less than half the time.
    """
    encoding, units, rates, epochs = ANSWERS[name]
    X_train, y_train, X_test, y_test = data(encoding)
    model = keras.Sequential([keras.Input((X_train.shape[1],))])
    for width, rate in zip(units, rates):
        model.add(keras.layers.Dense(width, activation="relu"))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1))
    model.compile(optimizer="rmsprop", loss="mse", steps_per_execution=16)
    rng = np.random.default_rng(seed)
    order = np.concatenate([rng.permutation(len(y_train)) for _ in range(epochs)])
    model.fit(X_train[order], y_train[order], batch_size=32, shuffle=False, verbose=0)
    train_mse, test_mse = (
        np.mean((model.predict(X, batch_size=3000, verbose=0).ravel() - y) ** 2)
        for X, y in [(X_train, y_train), (X_test, y_test)]
    )
    return {"train_mse": train_mse, "test_mse": test_mse}


def measures(runs: pd.DataFrame) -> pd.DataFrame:
    """Return what the checks look at: a row a run."""
    return pd.DataFrame(
        {
            "train_mse": runs.train_mse,
            "test_mse": runs.test_mse,
            "gap": runs.test_mse - runs.train_mse,
        }
    )


def verdicts(runs: pd.DataFrame) -> list:
    """Return (mask of the runs that pass, names that must pass, names that must fail) of each question."""
    gap = runs.test_mse - runs.train_mse
    dropped = runs.answer.map(lambda name: any(ANSWERS[name][2]))
    overfits = (runs.train_mse <= 0.03) & (gap >= 0.1) & ~dropped
    cures = (runs.test_mse <= 0.16) & (gap >= 0.03) & dropped
    trained = runs.test_mse <= 0.25
    return [
        (
            overfits,
            ["no dropout", "no dropout, 64 and 64"],
            [
                "no dropout, 10 epochs",
                "no hidden layer",
                "two layers of 4",
                "0.1 first",
                "0.5 and 0.5",
            ],
        ),
        (
            cures,
            ["0.1 first", "0.1 and 0.1", "0.2 and 0.1"],
            ["no dropout", "0.1 and 0.1, 5 epochs", "0.5 and 0.5"],
        ),
        (
            trained,
            ["small", "small, 0.2 and 0.1"],
            ["small, 5 epochs", "small, 0.2 and 0.1, 5 epochs"],
        ),
    ]


def findings(space: dict) -> dict:
    """Return what the lesson says in words, as numbers. Its trees are simulated, whatever the source."""
    frame = space["history_frame"]
    row = {}
    for name, scores in space["results"].items():
        row[f"1,000 trees, {name}: training loss"] = scores["training loss"]
        row[f"1,000 trees, {name}: new loss"] = scores["new loss"]
        row[f"1,000 trees, {name}: new accuracy"] = scores["new accuracy"]
    curve = frame(space["plain_history"])["val_loss"]
    row["1,000 trees, no dropout: lowest new loss"] = curve.min()
    row["1,000 trees, no dropout: best epoch"] = curve.idxmin()
    row["0.1 after all: training loss in the history"] = space["reported"]
    for name in ("narrow, 0.5", "wide, no dropout", "wide, 0.5"):
        row[f"{name}: new loss"] = space["rate_results"][name]["loss"]
        row[f"{name}: new accuracy"] = space["rate_results"][name]["accuracy"]
    for name, loss in space["more_loss"].items():
        row[f"7,000 trees, {name}: new loss"] = loss
    return row
