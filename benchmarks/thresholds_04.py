"""Where the thresholds of unit 04's checks come from: every kind of answer, over 20 seeds.

    python benchmarks/thresholds_04.py            # repeat the study (about 30 minutes, 2 cores)
    python benchmarks/thresholds_04.py --table    # the table of docs/thresholds.md, from the stored runs
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

# One thread a run: two runs at once otherwise fight over the cores. Results are the same.
os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1")

import helpers  # noqa: F401  (quiets TensorFlow)
import pandas as pd

RUNS = Path(__file__).with_name("thresholds_04.csv")
SEEDS = range(20)
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
    "stop, patience 10": (dict(), dict(epochs=100, stop=dict(patience=10, restore_best_weights=True))),
    "stop, not restored": (dict(), dict(epochs=100, stop=dict(patience=10))),
    "stop on training loss": (
        dict(),
        dict(epochs=100, stop=dict(monitor="loss", patience=10, restore_best_weights=True)),
    ),
}


def build(units=(128, 128), dropout=0.0, l2=0.0):
    """Return a compiled binary classifier of 30 inputs."""
    import keras

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
    import keras
    from helpers.data import load_biopsies
    from sklearn.metrics import accuracy_score, log_loss
    from sklearn.preprocessing import StandardScaler

    X_train, y_train = load_biopsies(subset="train", typing_errors=True, return_X_y=True)
    X_val, y_val = load_biopsies(subset="validation", return_X_y=True)
    scaler = StandardScaler().fit(X_train)
    X_train, X_val = scaler.transform(X_train), scaler.transform(X_val)

    network, training = ANSWERS[name]
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    model = build(**network)
    stop = training.get("stop")
    validate = dict(validation_data=(X_val, y_val), validation_batch_size=len(X_val))
    history = model.fit(
        X_train, y_train, batch_size=32, epochs=training["epochs"], verbose=0,
        callbacks=[keras.callbacks.EarlyStopping(**stop)] if stop else None,
        **(validate if stop or name == "plain" else {}),
    ).history
    p_train, p_val = (model.predict(X, verbose=0, batch_size=400).ravel() for X in (X_train, X_val))
    return {
        "answer": name,
        "seed": seed,
        "train_loss": log_loss(y_train, p_train),
        "val_loss": log_loss(y_val, p_val),
        "train_accuracy": accuracy_score(y_train, p_train > 0.5),
        "val_accuracy": accuracy_score(y_val, p_val > 0.5),
        "lowest_val_loss": min(history["val_loss"]) if "val_loss" in history else None,
        "epochs": len(history["loss"]),
    }


def summary(runs: pd.DataFrame) -> pd.DataFrame:
    """Return a row an answer: mean and extremes over the seeds."""
    runs = runs.assign(
        gap=runs.val_loss - runs.train_loss,
        above_lowest=runs.val_loss - runs.lowest_val_loss,
    )
    measures = ["train_accuracy", "gap", "val_loss", "val_accuracy", "above_lowest", "epochs"]
    table = runs.groupby("answer", sort=False)[measures].agg(["mean", "min", "max"])
    return table.loc[[name for name in ANSWERS if name in table.index]]


def markdown(table: pd.DataFrame) -> str:
    """Return the summary as a Markdown table: mean (lowest to highest)."""
    head = list(table.columns.get_level_values(0).unique())
    lines = ["| answer | " + " | ".join(h.replace("_", " ") for h in head) + " |"]
    lines.append("|---" * (len(head) + 1) + "|")
    for name, row in table.iterrows():
        cells = []
        for measure in head:
            mean, low, high = row[measure]
            digits = 0 if measure == "epochs" else 3
            text = f"{mean:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
            cells.append("" if pd.isna(mean) else text)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", action="store_true", help="only print the table of the stored runs")
    if not parser.parse_args().table:
        jobs = [(name, seed) for seed in SEEDS for name in ANSWERS]
        with ProcessPoolExecutor(2) as pool:
            rows = []
            for row in pool.map(run, *zip(*jobs)):
                rows.append(row)
                print(f"\r{len(rows)} of {len(jobs)} runs", end="", file=sys.stderr)
        runs = pd.DataFrame(rows)
        runs.round(5).to_csv(RUNS, index=False)
    print(markdown(summary(pd.read_csv(RUNS))))


if __name__ == "__main__":
    main()
