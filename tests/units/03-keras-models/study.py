"""Unit 03: what its thresholds and its findings rest on (see ``thresholds.py`` and ``findings.py``)."""

import keras
import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

from helpers.data import load_bank

SEEDS = {"simulated": range(10)}
LIMITS = ["at_most(error, 0.445", "linear - 0.3", "at_most(loss, 0.96", "losses[1] - 0.03"]
LAST = slice(5600, 8000)  # the rows that validate
SPREAD = 8.03036  # of the transactions of the training rows: their standard deviation
GROUPED = ["loss_val", "loss_new", "logistic_new", "right_val", "right_new"]
CUTS = [10, 15, 20]  # between the four groups of the classifier

# A network has hidden layers of 32 and 16 units, and trains for 15 epochs in batches of 200, unless said otherwise.
ANSWERS = {
    "32-16": dict(),
    "32-16, 8 epochs of batches of 100": dict(epochs=8, batch_size=100),
    "32-16, 30 epochs of batches of 500": dict(epochs=30, batch_size=500),
    "32-16, MSE": dict(loss="mse"),
    "64-64, Adam's own rate": dict(units=(64, 64), rate=0.001, epochs=20, batch_size=100),
    "median": dict(kind="median"),
    "linear regression": dict(kind="linear"),
    "no hidden layer": dict(units=()),
    "no activation": dict(activation=None),
    "one epoch of batches of 2,000": dict(epochs=1, batch_size=2000),
    "target not scaled, 3 epochs": dict(scaled=(True, False), epochs=3),
    "nothing scaled, 3 epochs": dict(scaled=(False, False), epochs=3),
    "predicts raw rows": dict(forgets=True),
    "groups: network": dict(kind="classes"),
    "groups: network, 8 epochs of batches of 100": dict(kind="classes", epochs=8, batch_size=100),
    "groups: 64-64": dict(kind="classes", units=(64, 64)),
    "groups: shares": dict(kind="largest"),
    "groups: logistic regression": dict(kind="logistic"),
    "groups: network without hidden layer": dict(kind="classes", units=()),
    "groups: one epoch of batches of 2,000": dict(kind="classes", epochs=1, batch_size=2000),
}


def build(units, activation, rate, loss, last):
    """Return a compiled network of 8 inputs."""
    model = keras.Sequential([keras.Input((8,))])
    for width in units:
        model.add(keras.layers.Dense(width, activation=activation))
    model.add(last)
    model.compile(keras.optimizers.Adam(rate), loss, steps_per_execution=14)  # only faster
    return model


def run(name: str, seed: int) -> dict:
    """Train the answer ``name`` with ``seed`` and measure what the checks look at."""
    X, y = load_bank(return_X_y=True)
    X_new, y_new = load_bank(subset="hidden", return_X_y=True)
    scaler = StandardScaler().fit(X[:5600])
    settings = dict(units=(32, 16), activation="relu", rate=0.005, loss="mae", epochs=15)
    settings |= dict(batch_size=200, kind="network", scaled=(True, True), forgets=False)
    settings |= ANSWERS[name]
    found = dict.fromkeys(["val_mae", "linear_val", "new_mae", "linear_new", *GROUPED])
    if name.startswith("groups"):
        rows = [scaler.transform(one) for one in (X, X[LAST], X_new)]
        groups = [np.digitize(one, CUTS) for one in (y, y[LAST], y_new)]
        return found | sorted_out(settings, *rows, *groups)
    linear = LinearRegression().fit(X[:5600], y[:5600])
    if settings["kind"] == "median":
        answers = [np.full(2400, np.median(y[:5600])), np.full(2000, np.median(y[:5600]))]
    elif settings["kind"] == "linear":
        answers = [linear.predict(X[LAST]), linear.predict(X_new)]
    else:
        answers = predictions(settings, scaler, X, y, [X[LAST], X_new])
    for kind, rows, truth, answer in zip(
        ["val", "new"], [X[LAST], X_new], [y[LAST], y_new], answers
    ):
        found[f"{kind}_mae"] = np.abs(answer - truth).mean()
        found[f"linear_{kind}"] = np.abs(linear.predict(rows) - truth).mean()
    return found


def predictions(settings: dict, scaler, X, y, new: list) -> list:
    """Return what a network, trained on all rows but the last, predicts for each of several tables."""
    inputs, target = settings["scaled"]
    centre, spread = (y[:5600].mean(), y[:5600].std()) if target else (0, 1)
    parts = [settings[key] for key in ("units", "activation", "rate", "loss")]
    model = build(*parts, keras.layers.Dense(1))
    learnt = scaler.transform(X) if inputs else X
    model.fit(learnt[:5600], (y[:5600] - centre) / spread, verbose=0, **pace(settings))
    ready = [scaler.transform(one) if inputs and not settings["forgets"] else one for one in new]
    return [centre + spread * np.ravel(model(one)) for one in ready]


def sorted_out(settings: dict, Z, Z_val, Z_new, group, group_val, group_new) -> dict:
    """Return cross-entropy and accuracy of a classifier on the validation rows and on new customers."""
    logistic = LogisticRegression(max_iter=1000).fit(Z[:5600], group[:5600])
    if settings["kind"] == "largest":  # always the shares of the training rows
        shares = np.bincount(group[:5600]) / 5600
        answers = [np.tile(shares, (len(rows), 1)) for rows in (Z_val, Z_new)]
    elif settings["kind"] == "logistic":
        answers = [logistic.predict_proba(rows) for rows in (Z_val, Z_new)]
    else:
        last, loss = keras.layers.Dense(4, activation="softmax"), "sparse_categorical_crossentropy"
        model = build(settings["units"], "relu", settings["rate"], loss, last)
        model.fit(Z[:5600], group[:5600], verbose=0, **pace(settings))
        answers = [np.asarray(model(rows), float) for rows in (Z_val, Z_new)]
    answers.append(logistic.predict_proba(Z_new))
    truths = [group_val, group_new, group_new]
    losses = [
        log_loss(truth, p / p.sum(axis=1, keepdims=True)) for truth, p in zip(truths, answers)
    ]
    right = [np.mean(p.argmax(axis=1) == truth) for truth, p in zip(truths[:2], answers)]
    return dict(zip(GROUPED, [*losses, *right]))


def pace(settings: dict) -> dict:
    return {key: settings[key] for key in ("epochs", "batch_size")}


def measures(runs: pd.DataFrame) -> pd.DataFrame:
    """Return what the checks look at: a row a run. Errors in transactions."""
    return pd.DataFrame(
        {
            "MAE": runs.val_mae,
            "below linear": runs.linear_val - runs.val_mae,
            "new customers: MAE": runs.new_mae,
            "new customers: below linear": runs.linear_new - runs.new_mae,
            "groups: cross-entropy": runs.loss_val,
            "new customers: below logistic": runs.logistic_new - runs.loss_new,
            "groups right": runs.right_val,
        }
    )


RIGHT = list(ANSWERS)[:5]
WRONG = list(ANSWERS)[5:12]
GROUPS = list(ANSWERS)[13:]


def verdicts(runs: pd.DataFrame) -> list:
    """Return (mask of the runs that pass, names that must pass, names that must fail) of each question."""
    return [
        (runs.val_mae <= 0.445 * SPREAD, RIGHT, WRONG),
        (runs.new_mae <= runs.linear_new - 0.3, RIGHT, [*WRONG, "predicts raw rows"]),
        (
            (runs.loss_val <= 0.96) & (runs.loss_new <= runs.logistic_new - 0.03),
            GROUPS[:3],
            GROUPS[3:],
        ),
    ]


def hidden(space: dict) -> dict:
    """Return what the checks measure on hidden rows, from a solved activity: (name, what is asked) to a number."""
    X, y = load_bank(subset="hidden", return_X_y=True)
    linear = LinearRegression().fit(space["X_train"], space["y_train"])
    gain = np.abs(linear.predict(X) - y).mean() - np.abs(space["transactions"](X) - y).mean()
    ready, group = space["input_scaler"].transform(X), np.digitize(y, CUTS)
    logistic = LogisticRegression(max_iter=1000).fit(space["Z"][:5600], space["group"][:5600])
    p = space["classifier"].predict(ready, batch_size=4096, verbose=0).astype(float)
    below = log_loss(group, logistic.predict_proba(ready)) - log_loss(
        group, p / p.sum(axis=1)[:, None]
    )
    return {
        ("error of `transactions` below a linear regression's", "at least 0.3"): gain,
        ("cross-entropy of `classifier` below a logistic regression's", "at least 0.03"): below,
    }


def findings(space: dict) -> dict:
    """Return what the lesson says in words, as numbers: mean errors in transactions."""
    spread, frame = space["spread"], space["history_frame"]
    row = {"linear": space["linear_mae"], "32-32": spread * space["frame"]["val_mae"].iloc[-1]}
    row["32-32, sorted by accounts"] = spread * frame(space["trap"])["val_mae"].iloc[-1]
    row |= {f"rate 0.001, {name}": values.iloc[-1] for name, values in space["maes"].items()}
    for (rate, size), record in space["grid"].items():
        row[f"rate {rate}, batch {size}"] = spread * frame(record)["val_mae"].iloc[-1]
    row |= {f"size {name}": errors["val_mae"] for name, errors in space["table"].items()}
    row["classes: accuracy"] = np.mean(space["answers"] == space["group"][space["last"]])
    return row
