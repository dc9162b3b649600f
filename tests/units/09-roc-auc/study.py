"""Unit 09: what its thresholds and its findings rest on (see ``thresholds.py`` and ``findings.py``)."""

import keras
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from helpers.data import load_credit

SEEDS = {"simulated": range(20), "real": range(10)}
LIMITS = [
    "at_least(ranked, 0.7",
    "at_most(trained - ranked, 0.09",
    "at_least(by_heart - others, 0.09",
]

# name: (network, training). The ranker has hidden layers of 16 and 8 units, 20 epochs and batches of 64.
ANSWERS = {
    "16-8": (dict(), dict()),
    "16-8, class weights": (dict(), dict(weights={0: 1, 1: 3.5})),
    "32-32, dropout": (dict(units=(32, 32), dropout=0.2), dict(epochs=15)),
    "64-64, 3 epochs": (dict(units=(64, 64)), dict(epochs=3)),
    "64-64, L2": (dict(units=(64, 64), l2=0.003), dict()),
    "64-64, 10 epochs": (dict(units=(64, 64)), dict(epochs=10)),
    "no hidden layer": (dict(units=(), rate=0.01), dict(epochs=10)),
    "one epoch": (dict(), dict(epochs=1)),
    "not scaled": (dict(), dict(raw=True)),
    "labels swapped": (dict(), dict(swap=True)),
    "by heart": (dict(units=(64, 64), rate=0.003), dict(epochs=25)),
    "by heart, 128-128": (dict(units=(128, 128)), dict(epochs=40)),
}


def build(units=(16, 8), dropout=0.0, l2=0.0, rate=0.001):
    """Return a compiled binary classifier of 19 inputs."""
    model = keras.Sequential([keras.Input((19,))])
    for width in units:
        penalty = keras.regularizers.L2(l2) if l2 else None
        model.add(keras.layers.Dense(width, activation="relu", kernel_regularizer=penalty))
        if dropout:
            model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.Adam(rate), "binary_crossentropy")
    return model


def sets(raw=False):
    """Return name to (X, y) as in the activity; ``unseen`` are the clients of its hidden checks."""
    pool, unseen = load_credit(subset="train"), load_credit(subset="test")
    money = [
        k for k, name in enumerate(pool.feature_names) if name.startswith(("limit", "bill", "paid"))
    ]

    def logarithms(X):
        X = X.copy()
        X[:, money] = np.sign(X[:, money]) * np.log1p(np.abs(X[:, money]))
        return X

    scaler = StandardScaler().fit(logarithms(pool.data[:4000]))
    prepare = (lambda X: X) if raw else (lambda X: scaler.transform(logarithms(X)))
    parts = {"train": slice(0, 4000), "val": slice(4000, 7000), "test": slice(7000, 13000)}
    found = {name: (prepare(pool.data[rows]), pool.target[rows]) for name, rows in parts.items()}
    return {**found, "unseen": (prepare(unseen.data), unseen.target)}


def run(name: str, seed: int) -> dict:
    """Train the answer ``name`` with ``seed`` and measure what the checks look at."""
    network, training = ANSWERS[name]
    data = sets(training.get("raw", False))
    X, y = data["train"]
    model = build(**network)
    model.fit(
        X,
        1 - y if training.get("swap") else y,
        batch_size=64,
        epochs=training.get("epochs", 20),
        class_weight=training.get("weights"),
        verbose=0,
    )
    found = {}
    for part, (X, y) in data.items():
        p = model.predict(X, verbose=0, batch_size=4096).ravel()
        found[f"{part}_auc"] = roc_auc_score(y, p)
    return {**found, "accuracy": np.mean((p >= 0.5) == y)}


def measures(runs: pd.DataFrame) -> pd.DataFrame:
    """Return what the checks look at: a row a run."""
    names = {f"{part}_auc": f"{part} AUC" for part in ("train", "val", "test", "unseen")}
    gaps = {
        "train_-_val": runs.train_auc - runs.val_auc,
        "train_-_unseen": runs.train_auc - runs.unseen_auc,
    }
    return runs[[*names]].rename(columns=names).assign(**gaps, accuracy=runs.accuracy)


def verdicts(runs: pd.DataFrame) -> list:
    """Return (mask of the runs that pass, names that must pass, names that must fail) of each question."""
    ranks = True
    for part in ("val", "unseen"):
        auc = runs[f"{part}_auc"]
        ranks &= (auc >= 0.70) & (runs.train_auc <= auc + 0.09)
    parrots = (runs.train_auc - runs.val_auc >= 0.09) & (runs.train_auc - runs.unseen_auc >= 0.09)
    small = ["16-8", "16-8, class weights", "32-32, dropout", "64-64, 3 epochs", "64-64, L2"]
    large = ["by heart", "by heart, 128-128"]
    return [
        (ranks, small, ["not scaled", "labels swapped", *large]),
        (
            parrots,
            large,
            [
                *small,
                "64-64, 10 epochs",
                "no hidden layer",
                "one epoch",
                "not scaled",
                "labels swapped",
            ],
        ),
    ]


def hidden(space: dict) -> dict:
    """Return what a check measures on hidden rows, from a solved activity: (name, what is asked) to a number."""
    known, unseen = load_credit(subset="train"), load_credit(subset="hidden")
    scaler = StandardScaler().fit(space["logarithms"](known.data[:4000]))

    def auc(name, X, y):
        return roc_auc_score(
            y,
            space[name]
            .predict(scaler.transform(space["logarithms"](X)), batch_size=4096, verbose=0)
            .ravel(),
        )

    own, new = (
        {name: auc(name, X, y) for name in ("ranker", "parrot")}
        for X, y in [(known.data[:4000], known.target[:4000]), (unseen.data, unseen.target)]
    )
    return {
        ("AUC of `ranker`", "at least 0.70"): new["ranker"],
        ("AUC of `ranker`: training rows above hidden ones", "at most 0.09"): own["ranker"]
        - new["ranker"],
        ("AUC of `parrot`: training rows above hidden ones", "at least 0.09"): own["parrot"]
        - new["parrot"],
    }


def findings(space: dict) -> dict:
    """Return what the lesson says in words, as numbers."""
    fpr, tpr = space["rates"](space["y_val"], space["p_val"], 0.5)
    row = {
        "lazy accuracy": space["lazy"],
        "accuracy": space["accuracy"],
        "at 0.5: FPR": fpr,
        "at 0.5: TPR": tpr,
    }
    fpr, tpr = space["rates"](space["y_val"], space["p_val"], 0.1)
    row |= {"at 0.1: FPR": fpr, "at 0.1: TPR": tpr, "AUC with the letter": space["leaky_auc"]}
    row["at 0.3: share of alarms that are right"] = np.mean(space["y_val"][space["p_val"] >= 0.3])
    difference = space["again"] - space["again_large"]
    row["AUC of 3,000 rows, standard deviation"] = np.std(space["again"])
    row["small - large on the same rows: mean"] = np.mean(difference)
    row["small - large on the same rows: standard deviation"] = np.std(difference)
    row["share of draws in which small leads"] = np.mean(difference > 0)
    said, came = np.array(space["said"]), np.array(space["came"])
    row["honesty: mean distance of ten groups"] = np.mean(np.abs(said - came))
    for name, measured in space["results"].items():
        row |= {
            f"{name}: {key}": value
            for key, value in measured.items()
            if key != "validation accuracy"
        }
    return row
