"""Unit 11: what its thresholds and its findings rest on (see ``thresholds.py`` and ``findings.py``)."""

import os
from functools import lru_cache

import keras
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from helpers.data import load_housing

SEEDS = {"simulated": range(10), "real": range(5)}
LIMITS = [
    "off < 78",
    "shift > 1",
    "off < 75",
    "off < before + 1.5",
    "at_least(fell, 0.02",
    ".mean() + 1.5",
]

# name: (way, settings, numbers of rows to train on). On 50 rows all are measured on the validation rows and on new ones.
ANSWERS = {
    "as it is": ("as it is", {}, [50]),
    "as it is, own scaler": ("own scaler", {}, [50]),
    "guess": ("guess", {}, [50]),
    "ridge": ("ridge", {}, [50]),
    "scratch": ("scratch", {}, [50]),
    "scratch, 30 epochs": ("scratch", dict(epochs=30), [50]),
    "scratch, 1 epoch": ("scratch", dict(epochs=1), [50]),
    "scratch, rate 0.00001": ("scratch", dict(rate=0.00001), [50]),
    "new head, rate 0.01": ("head", dict(rate=0.01, epochs=30), [50]),
    "new head, rate 0.0001": ("head", dict(rate=0.0001, epochs=30), [50]),
    "tuned, rate 0.0001": ("tuned", dict(rate=0.0001), [50, 400, 1000]),
    "tuned, rate 0.0003": ("tuned", dict(rate=0.0003), [50, 400]),
    "tuned, rate 0.01": ("tuned", dict(rate=0.01), [50]),
    "tuned, rate 0.000001": ("tuned", dict(rate=0.000001), [50, 400]),
}


def take_logs(X):
    """Return the features with all amounts as logarithms."""
    X = np.array(X, dtype=float)
    amounts = [0, 2, 3, 4, 5, 6]
    X[:, amounts] = np.log(X[:, amounts])
    return X


def build():
    """Return a new network, not compiled."""
    return keras.Sequential(
        [
            keras.Input((7,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(2)),
        ]
    )


@lru_cache(maxsize=1)
def base(source, seed):
    """Return the weights of the network of the south: the same for all answers of a seed."""
    south = load_housing(market="south")
    model = build()
    model.compile("adam", "mse")
    X = StandardScaler().fit_transform(take_logs(south.data))
    model.fit(X, south.target, batch_size=256, epochs=20, verbose=0)
    return model.get_weights()


def values(way, weights, X, y, X_new, rate=0.001, epochs=15):
    """Return what ``way``, trained on X and y, predicts for X_new."""
    if way == "guess":
        return np.full(len(X_new), y.mean())
    if way == "ridge":
        return Ridge(alpha=1.0).fit(X, y).predict(X_new)
    model = build()
    if way != "scratch":
        model.set_weights(weights)
    if way == "head":
        layers = keras.layers
        model = keras.Sequential([keras.Input((7,)), *model.layers[:-1], layers.Dense(1)])
        for layer in model.layers[:-1]:
            layer.trainable = False
    if way not in ("as it is", "own scaler"):
        model.compile(keras.optimizers.Adam(rate), "mse")
        model.fit(X, y, batch_size=max(8, len(X) // 40), epochs=epochs, verbose=0)
    return np.ravel(model.predict(X_new, batch_size=4096, verbose=0))


def run(name: str, seed: int) -> dict:
    """Train the answer ``name`` with ``seed`` and measure what the checks look at."""
    weights = base(os.environ["COURSE_DATA"], seed)
    keras.utils.set_random_seed(seed)  # the same for a base that was trained now or before
    south, bay = load_housing(market="south"), load_housing(market="bay")
    new = load_housing(market="bay", subset="hidden")
    scaler = StandardScaler().fit(take_logs(south.data))
    way, settings, sizes = ANSWERS[name]
    to_learn, to_use = (
        scaler,
        StandardScaler().fit(take_logs(bay.data)) if way == "own scaler" else scaler,
    )
    X, y = to_learn.transform(take_logs(bay.data)), bay.target
    rows = take_logs(np.concatenate([bay.data[1000:], new.data, bay.data[:400]]))
    truth = np.concatenate([y[1000:], new.target, y[:400]])
    cuts = [len(y) - 1000, len(truth) - 400]

    def off(predicted):  # on the validation rows, on new districts and on the first 400 rows
        return [part.mean() for part in np.split(100 * np.abs(predicted - truth), cuts)]

    kinds = ["val", "new", "known"]
    row = dict(
        zip(
            [f"{kind}_0" for kind in kinds],
            off(values("as it is", weights, X, y, scaler.transform(rows))),
        )
    )
    judged = to_use.transform(rows)
    for n in (50, 400, 1000):
        errors = (
            off(values(way, weights, X[:n], y[:n], judged, **settings))
            if n in sizes
            else [None] * 3
        )
        row |= dict(zip([f"{kind}_{n}" for kind in kinds], errors))
    higher = way == "scratch"  # on rows whose values are all 200,000 USD higher
    dear = (
        values(way, weights, X[50:100], y[50:100] + 2, judged[: cuts[0]], **settings)
        if higher
        else None
    )
    row["shift"] = dear.mean() - y[50:100].mean() if higher else None
    return row


def measures(runs: pd.DataFrame) -> pd.DataFrame:
    """Return what the checks look at: a row a run. Errors in 1,000 USD."""
    return pd.DataFrame(
        {
            "error, 50 rows": runs.val_50,
            "above as it is": runs.val_50 - runs.val_0,
            "shift": runs["shift"],
            "fell, 400 rows": 1 - runs.known_400 / runs.known_0,
            "new districts: above as it is": runs.new_50 - runs.new_0,
            "the same, 1,000 rows": runs.new_1000 - runs.new_0,
        }
    )


def verdicts(runs: pd.DataFrame) -> list:
    """Return (mask of the runs that pass, names that must pass, names that must fail) of each question."""
    tuned = (runs.val_50 < runs.val_0 + 1.5) & (1 - runs.known_400 / runs.known_0 > 0.02)
    predicted = runs[["new_50", "new_1000"]].min(axis=1) < runs.new_0 + 1.5
    return [
        (
            (runs.val_50 < 78) & (runs["shift"] > 1),
            ["scratch", "scratch, 30 epochs"],
            ["scratch, 1 epoch", "scratch, rate 0.00001"],
        ),
        (runs.val_50 < 75, ["new head, rate 0.01"], ["new head, rate 0.0001", "guess"]),
        (
            tuned,
            ["tuned, rate 0.0001"],
            ["tuned, rate 0.01", "tuned, rate 0.000001", "as it is", "scratch", "ridge"],
        ),
        (
            predicted,
            ["as it is", "tuned, rate 0.0001"],
            ["as it is, own scaler", "scratch", "ridge", "guess", "tuned, rate 0.01"],
        ),
    ]


def hidden(space: dict) -> dict:
    """Return what a check measures on hidden rows, from a solved activity: (name, what is asked) to a number."""
    X, y = load_housing(market="bay", subset="hidden", return_X_y=True)
    ready = space["scaler"].transform(space["take_logs"](X))
    as_is = space["load_south"]().predict(ready, batch_size=2000, verbose=0).ravel()
    return {
        ("error of `values_of` above the network as it is (1,000 USD)", "at most 1.5"): 100
        * (np.abs(space["values_of"](X) - y).mean() - np.abs(as_is - y).mean())
    }


def findings(space: dict) -> dict:
    """Return what the lesson says in words, as numbers: mean errors in 1,000 USD."""
    row = {
        "as it is, at home": space["at_home"],
        "as it is": space["as_is"],
        "as it is, own scaler": space["own"],
        "guess": space["guess"],
        "ridge on the learnt features, 100 rows": space["learnt"],
        "ridge on the original features, 100 rows": space["original"],
    }
    for name, means in space["few"].groupby("way", sort=False)[["error", "home"]].mean().iterrows():
        row |= {f"25 rows, {name}": means["error"], f"25 rows, {name}: in the south": means["home"]}
    for n, means in space["table"].iterrows():
        row |= {f"sweep, {n} rows, {name}": value for name, value in means.dropna().items()}
    X_test, y_test = space["X_bay_test"], space["bay_test"].target
    row["gentle, 1,000 rows, test rows"] = space["error"](space["final"], X_test, y_test)
    row["as it is, test rows"] = space["error"](space["base"], X_test, y_test)
    return row
