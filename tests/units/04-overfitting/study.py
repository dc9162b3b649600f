"""Unit 04: what its thresholds and its findings rest on (see ``thresholds.py`` and ``findings.py``)."""

import keras
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, log_loss
from sklearn.preprocessing import StandardScaler

from helpers.data import load_biopsies
from helpers.training import hidden_kernels

SEEDS = {"embedded": range(20)}
LIMITS = [
    "at_least(right, 0.98",
    "at_least(rise, 0.2",
    "at_most(loss, 0.3",
    "at_most(by_heart, 0.99",
    "at_least(accuracy, 0.88",
]
LAST = dict(epochs=100)

# name: (network, training). A plain network has two hidden layers of 128 units and trains for 100 epochs.
ANSWERS = {
    "plain": (dict(), LAST),
    "plain, 256-256": (dict(units=(256, 256)), LAST),
    "no hidden layer": (dict(units=()), LAST),
    "16 units": (dict(units=(16,)), LAST),
    "plain, 10 epochs": (dict(), dict(epochs=10)),
    "dropout 0.5": (dict(dropout=0.5), LAST),
    "dropout 0.4": (dict(dropout=0.4), LAST),
    "dropout 0.2": (dict(dropout=0.2), LAST),
    "dropout 0.1": (dict(dropout=0.1), LAST),
    "dropout 0.98": (dict(dropout=0.98), LAST),
    "L2 0.03": (dict(l2=0.03), LAST),
    "L2 0.01": (dict(l2=0.01), LAST),
    "L2 0.003": (dict(l2=0.003), LAST),
    "L2 0.0003": (dict(l2=0.0003), LAST),
    "L2 1": (dict(l2=1.0), LAST),
    "stop, patience 10": (
        dict(),
        dict(epochs=100, stop=dict(patience=10, restore_best_weights=True)),
    ),
    "stop, not restored": (dict(), dict(epochs=100, stop=dict(patience=10))),
    "stop on training loss": (
        dict(),
        dict(epochs=100, stop=dict(monitor="loss", patience=10, restore_best_weights=True)),
    ),
}


def build(units=(128, 128), dropout=0.0, l2=0.0):
    """Return a compiled binary classifier of 30 inputs."""
    model = keras.Sequential([keras.Input((30,))])
    for width in units:
        penalty = keras.regularizers.L2(l2) if l2 else None
        model.add(keras.layers.Dense(width, activation="relu", kernel_regularizer=penalty))
        if dropout:
            model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def run(name: str, seed: int) -> dict:
    """Train the answer ``name`` with ``seed`` and measure what the checks look at."""
    X_train, y_train = load_biopsies(subset="train", typing_errors=True, return_X_y=True)
    X_val, y_val = load_biopsies(subset="validation", return_X_y=True)
    scaler = StandardScaler().fit(X_train)
    X_train, X_val = scaler.transform(X_train), scaler.transform(X_val)

    network, training = ANSWERS[name]
    model = build(**network)
    stop = training.get("stop")
    validate = dict(validation_data=(X_val, y_val), validation_batch_size=len(X_val))
    history = model.fit(
        X_train,
        y_train,
        batch_size=32,
        epochs=training["epochs"],
        verbose=0,
        callbacks=[keras.callbacks.EarlyStopping(**stop)] if stop else None,
        **(validate if stop or name == "plain" else {}),
    ).history
    p_train, p_val = (model.predict(X, verbose=0, batch_size=400).ravel() for X in (X_train, X_val))
    return {
        "train_loss": log_loss(y_train, p_train),
        "val_loss": log_loss(y_val, p_val),
        "train_accuracy": accuracy_score(y_train, p_train > 0.5),
        "val_accuracy": accuracy_score(y_val, p_val > 0.5),
        "lowest_val_loss": min(history["val_loss"]) if "val_loss" in history else None,
        "epochs": len(history["loss"]),
    }


def measures(runs: pd.DataFrame) -> pd.DataFrame:
    """Return what the checks look at: a row a run."""
    return pd.DataFrame(
        {
            "train_accuracy": runs.train_accuracy,
            "gap": runs.val_loss - runs.train_loss,
            "val_loss": runs.val_loss,
            "val_accuracy": runs.val_accuracy,
            "above_lowest": runs.val_loss - runs.lowest_val_loss,
            "epochs": runs.epochs,
        }
    )


def verdicts(runs: pd.DataFrame) -> list:
    """Return (mask of the runs that pass, names that must pass, names that must fail) of each question."""
    overfits = (runs.train_accuracy >= 0.98) & (runs.val_loss - runs.train_loss >= 0.2)
    cures = (runs.val_loss <= 0.3) & (runs.train_accuracy <= 0.99) & (runs.val_accuracy >= 0.88)
    restored = runs.val_loss < runs.lowest_val_loss + 0.002
    return [
        (
            overfits,
            ["plain", "plain, 256-256"],
            ["no hidden layer", "16 units", "plain, 10 epochs", "dropout 0.5", "L2 0.03"],
        ),
        (
            cures,
            ["dropout 0.5", "dropout 0.4", "L2 0.03", "L2 0.01", "stop, patience 10"],
            ["plain", "dropout 0.1", "dropout 0.98", "L2 0.0003", "L2 1", "stop on training loss"],
        ),
        (cures & restored, ["stop, patience 10"], ["stop, not restored", "stop on training loss"]),
    ]


def findings(space: dict) -> dict:
    """Return what the lesson says in words, as numbers."""
    scores, frame = space["classification_scores"], space["history_frame"]
    X_new, y_new = space["X_new"], space["y_new"]
    heart = frame(space["heart"])
    row = {
        "random labels: training accuracy": heart["accuracy"].iloc[-1],
        "random labels: validation accuracy": heart["val_accuracy"].iloc[-1],
    }
    for name, key in [
        ("underfit", "straight"),
        ("good fit", "fitting"),
        ("overfit", "large"),
        ("dropout", "dropped"),
        ("L2", "penalised"),
        ("stopped", "stopped"),
    ]:
        new = scores(space[key], X_new, y_new)
        row[f"moons, {name}: new loss"] = new["loss"]
        row[f"moons, {name}: new accuracy"] = new["accuracy"]
    loss = frame(space["large_history"])["val_loss"]
    row["moons, overfit: best epoch"] = np.argmin(loss) + 1
    for name, key in [("good fit", "fitting"), ("overfit", "large")]:
        p = space[key].predict(X_new, verbose=0, batch_size=2000).ravel()
        row[f"moons, {name}: probability of its wrong answers"] = np.maximum(p, 1 - p)[
            (p > 0.5) != y_new
        ].mean()
    for name, key in [("overfit", "large"), ("L2", "penalised")]:
        sizes = [np.abs(kernel).ravel() for kernel in hidden_kernels(space[key])]
        row[f"moons, {name}: median of hidden |w|"] = np.median(np.concatenate(sizes))
    curves = {**space["capacity"], "128-128, dropout": space["with_dropout"]}
    for name, history in curves.items():
        loss = frame(history)["val_loss"]
        row[f"biopsies, {name}: lowest"] = loss.min()
        row[f"biopsies, {name}: best epoch"] = np.argmin(loss) + 1
        row[f"biopsies, {name}: last"] = loss.iloc[-1]
    return row
