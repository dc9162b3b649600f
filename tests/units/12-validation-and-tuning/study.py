"""Unit 12: what its thresholds and its findings rest on (see ``thresholds.py`` and ``findings.py``)."""

import keras
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import StandardScaler

from helpers.data import load_avila

SEEDS = {"simulated": range(10), "real": range(5)}
UNTUNED = dict(widths=(10, 6, 4), learning_rate=0.001)

ANSWERS = {
    "untuned": UNTUNED,
    "10-6-4, rate 0.01, L2 0.05": dict(UNTUNED, learning_rate=0.01, l2=0.05),
    "10-6-4, rate 0.01, L2 0.1": dict(UNTUNED, learning_rate=0.01, l2=0.1),
    "10-6-4, rate 0.01": dict(UNTUNED, learning_rate=0.01),
    "32, rate 0.003": dict(widths=(32,), learning_rate=0.003),
    "32, rate 0.01": dict(widths=(32,), learning_rate=0.01),
    "32, rate 0.0001": dict(widths=(32,), learning_rate=0.0001),
}


def data():
    """Return the 1,800 rows of the activity with their pages."""
    avila = load_avila(copyist="A")
    rows = np.random.default_rng(0).permutation(len(avila.target))[:1800]
    return avila.data[rows], avila.target[rows], avila.groups[rows]


def build(widths, learning_rate, l2=0.0):
    """Return a compiled binary classifier of 10 inputs."""
    model = keras.Sequential([keras.Input((10,))])
    for width in widths:
        penalty = keras.regularizers.L2(l2) if l2 else None
        model.add(keras.layers.Dense(width, activation="relu", kernel_regularizer=penalty))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.Adam(learning_rate), "binary_crossentropy")
    return model


def trained(settings, X, y):
    """Train on some rows, scaled by themselves, and return a function that gives rows their probability."""
    scaler = StandardScaler().fit(X)
    model = build(**settings)
    model.fit(scaler.transform(X), y, batch_size=64, epochs=8, verbose=0)
    return lambda rows: model.predict(scaler.transform(rows), batch_size=8192, verbose=0).ravel()


def scores(settings, X_train, y_train, X_test, y_test) -> tuple:
    """Train on some rows and return AUC and accuracy on others."""
    p = trained(settings, X_train, y_train)(X_test)
    return roc_auc_score(y_test, p), np.mean((p > 0.5) == y_test)


def on_hidden_pages(predict, X, y) -> tuple:
    """Return the AUC on hidden rows, and that of a logistic regression trained on X, y."""
    unseen, scaler = load_avila(copyist="A", subset="hidden"), StandardScaler().fit(X)
    rows, labels = unseen.data[3::7], unseen.target[3::7]
    linear = LogisticRegression().fit(scaler.transform(X), y)
    return roc_auc_score(labels, predict(rows)), roc_auc_score(
        labels, linear.predict_proba(scaler.transform(rows))[:, 1]
    )


def run(name: str, seed: int) -> dict:
    """Cross-validate an answer, train it on all rows, and measure what the checks look at."""
    X, y, pages = data()
    folds = list(StratifiedGroupKFold(3, shuffle=True, random_state=0).split(X, y, pages))
    settings = ANSWERS[name]
    if "l2" in settings:  # question 6 uses the first fold only
        (train, validation), *_ = folds
        _, accuracy = scores(settings, X[train], y[train], X[validation], y[validation])
        return {"first_fold_accuracy": accuracy}
    auc, accuracy = zip(*[scores(settings, X[a], y[a], X[b], y[b]) for a, b in folds])
    predict, new = trained(settings, X, y), load_avila(copyist="A", subset="test")
    hidden_auc, rival = on_hidden_pages(predict, X, y)
    return {
        "auc": np.mean(auc),
        "first_fold_accuracy": accuracy[0],
        "auc_on_new_pages": roc_auc_score(new.target, predict(new.data)),
        "hidden_pages: above linear": hidden_auc - rival,
    }


def measures(runs: pd.DataFrame) -> pd.DataFrame:
    """Return what the checks look at: a row a run."""
    return runs[["auc", "auc_on_new_pages", "hidden_pages: above linear", "first_fold_accuracy"]]


def hidden(space: dict) -> dict:
    """Return what a check measures on hidden rows, from a solved activity: (name, what is asked) to a number."""
    auc, rival = on_hidden_pages(
        lambda rows: space["tuned"].predict_proba(rows)[:, 1], space["X"], space["y"]
    )
    return {
        ("AUC of `tuned`", "no limit"): auc,
        ("AUC of a logistic regression", "no limit"): rival,
        ("AUC of `tuned` above a logistic regression", "at least -0.08"): auc - rival,
    }


def findings(space: dict) -> dict:
    """Return what the lesson says in words, as numbers."""
    rates = space["results"](space["coarse"]).groupby("learning_rate")["mean"].mean()
    return {
        "biopsies: lowest accuracy of 40 splits": space["opinions"].min(),
        "biopsies: highest accuracy of 40 splits": space["opinions"].max(),
        "coins: columns chosen before cross-validation": np.mean(space["leaky"]),
        "coins: columns chosen inside the pipeline": np.mean(space["honest"]),
        "Avila, nearest neighbour: rows mixed": np.mean(space["rows_mixed"]),
        "Avila, nearest neighbour: pages kept whole": np.mean(space["pages_whole"]),
        "Avila, untuned: AUC": space["untuned"].mean(),
        "Avila, learning rate 0.001: mean AUC": rates[0.001],
        "Avila, learning rate 0.01: mean AUC": rates[0.01],
        "Avila, best of the coarse grid: AUC": space["coarse"].best_score_,
        "Avila, gain of the second round": space["fine"].best_score_ - space["coarse"].best_score_,
        "Avila, tuned, new pages: AUC": space["new"],
    }


# Accuracy of the lazy model on the first fold's validation rows.
LAZY = {"simulated": 0.588, "real": 0.592}
LIMITS = ["at_least(np.mean(own), 0.7", "at_least(score, 0.7", "rival - 0.08", "lazy_there) < 0.04"]


def verdicts(runs: pd.DataFrame) -> list:
    """Return (mask of the runs that pass, names that must pass, names that must fail) of each question."""
    tuned, untuned = ["32, rate 0.003", "32, rate 0.01"], ["untuned", "32, rate 0.0001"]
    collapsed = (runs.first_fold_accuracy - runs.source.map(LAZY)).abs() < 0.04
    return [
        (runs.auc >= 0.7, tuned, untuned),
        (
            (runs.auc_on_new_pages >= 0.7) & (runs["hidden_pages: above linear"] >= -0.08),
            tuned,
            ["32, rate 0.0001"],
        ),
        (collapsed, ["10-6-4, rate 0.01, L2 0.05", "10-6-4, rate 0.01, L2 0.1"], ["32, rate 0.01"]),
    ]
