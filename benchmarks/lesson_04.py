"""Do the findings of lesson 04 hold for other seeds? Repeats its trainings and prints mean (lowest to highest).

    python benchmarks/lesson_04.py        # five seeds, about five minutes
"""

from pathlib import Path

import helpers  # noqa: F401  (quiets TensorFlow)
import keras
import nbformat
import numpy as np
import pandas as pd

LESSON = Path(__file__).parent.parent / "solutions" / "04-overfitting" / "lesson.ipynb"
CELLS = {cell.id: cell.source for cell in nbformat.read(LESSON, as_version=4).cells if cell.cell_type == "code"}
# The lesson's own cells that make data and networks, in its order; figures are left out.
RUN = ["setup", "imports", "moons", "builder", "coins", "heart", "three", "three-fit", "biopsies", "biopsies-scale",
       "capacity-fit", "remedies", "remedies-fit", "stop-fit", "honest"]  # fmt: skip


def findings(seed: int) -> dict:
    """Return what the lesson says in words, as numbers, for one seed."""
    space = {}
    for name in RUN:
        source = CELLS[name].replace("set_random_seed(0)", f"set_random_seed({seed})")
        exec(source, space)  # noqa: S102  (our own lesson)
    scores, frame = space["classification_scores"], space["history_frame"]
    X_new, y_new = space["X_new"], space["y_new"]
    heart = frame(space["heart"])
    row = {
        "random labels: training accuracy": heart["accuracy"].iloc[-1],
        "random labels: validation accuracy": heart["val_accuracy"].iloc[-1],
    }
    for name, key in [("underfit", "straight"), ("good fit", "fitting"), ("overfit", "large"),
                      ("dropout", "dropped"), ("L2", "penalised"), ("stopped", "stopped")]:  # fmt: skip
        new = scores(space[key], X_new, y_new)
        row[f"moons, {name}: new loss"] = new["loss"]
        row[f"moons, {name}: new accuracy"] = new["accuracy"]
    curves = {**space["capacity"], "128-128, dropout": space["with_dropout"]}
    for name, history in curves.items():
        loss = frame(history)["val_loss"]
        row[f"biopsies, {name}: lowest"] = loss.min()
        row[f"biopsies, {name}: best epoch"] = np.argmin(loss) + 1
        row[f"biopsies, {name}: last"] = loss.iloc[-1]
    keras.backend.clear_session()
    return row


if __name__ == "__main__":
    runs = pd.DataFrame([findings(seed) for seed in range(5)])
    print("| finding | mean (lowest to highest) |\n|---|---|")
    for name in runs:
        low, mean, high = runs[name].min(), runs[name].mean(), runs[name].max()
        digits = 0 if "epoch" in name else 3
        print(f"| {name} | {mean:.{digits}f} ({low:.{digits}f} to {high:.{digits}f}) |")
