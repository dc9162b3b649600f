"""Write the generated data files again: ``python -m datasets``."""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split


def make_biopsies() -> pd.DataFrame:
    """Return which biopsy belongs to which subset, and the label as it was typed.

    The 200 training rows are a stratified draw; 20 of them get the other label.
    Columns: ``row`` (0 to 568, in scikit-learn's breast cancer data), ``subset``
    (``train`` or ``validation``), ``typed`` (0 malignant, 1 benign).
    """
    truth = load_breast_cancer().target
    train, validation = train_test_split(
        np.arange(truth.size), train_size=200, stratify=truth, random_state=0
    )
    typed = truth.copy()
    mistyped = train[np.random.default_rng(0).permutation(train.size)[:20]]
    typed[mistyped] = 1 - typed[mistyped]
    row = np.concatenate([train, validation])
    subset = ["train"] * train.size + ["validation"] * validation.size
    return pd.DataFrame({"row": row, "subset": subset, "typed": typed[row]})


def main(folder: Path = Path(__file__).parent) -> None:
    """Write every generated file under ``folder``."""
    path = folder / "biopsies" / "labels.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    make_biopsies().to_csv(path, index=False, lineterminator="\n")
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
