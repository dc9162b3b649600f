"""Loaders for the course's data sets, in scikit-learn's conventions."""

from pathlib import Path

import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.utils import Bunch

FOLDER = Path(__file__).resolve().parent.parent / "datasets"


def _data_file(*parts: str) -> Path:
    """Return the path of a file under ``datasets/``, or say how to get it back."""
    path = FOLDER.joinpath(*parts)
    if not path.is_file():
        raise FileNotFoundError(
            f"The data file datasets/{'/'.join(parts)} is missing. It comes with the course: "
            "unpack the course again, or run `git checkout datasets` in its folder."
        )
    return path


def load_biopsies(
    *, subset="train", typing_errors=False, return_X_y=False, as_frame=False
):
    """Load biopsies of breast tumours: benign or malignant?

    The measurements are scikit-learn's breast cancer data (real; Wolberg, Mangasarian,
    Street and Street, 1993, https://doi.org/10.24432/C5DW2B), in a fixed split that
    is stratified by class: 200 rows to train on and 369 to validate with.

    Parameters
    ----------
    subset : {"train", "validation"}
    typing_errors : bool
        Give the training labels as a tired clerk typed them: 20 of the 200 are wrong.
        Validation labels are always right.
    return_X_y : bool
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool
        Return a DataFrame and a Series instead of arrays.

    Returns
    -------
    Bunch
        ``data`` of shape (n, 30), lengths in micrometres and shape measures without a
        unit; ``target`` of shape (n,), 0 malignant and 1 benign; ``feature_names``,
        ``target_names``, ``DESCR``, ``filename`` and ``source``.

    Raises
    ------
    ValueError
        For another subset than the two.
    FileNotFoundError
        If the file with the split is missing.
    """
    if subset not in ("train", "validation"):
        raise ValueError(f"subset must be 'train' or 'validation', not {subset!r}.")
    path = _data_file("biopsies", "labels.csv")
    split = pd.read_csv(path).query("subset == @subset")
    everything = load_breast_cancer(as_frame=True)
    data = everything.data.iloc[split["row"]].reset_index(drop=True)
    target = everything.target.iloc[split["row"]].reset_index(drop=True)
    if typing_errors and subset == "train":
        target = split["typed"].reset_index(drop=True).rename("target")
    if not as_frame:
        data, target = data.to_numpy(), target.to_numpy()
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        feature_names=list(everything.feature_names),
        target_names=list(everything.target_names),
        DESCR=_data_file("biopsies", "README.md").read_text(encoding="utf-8"),
        filename=str(path),
        source="real measurements, from scikit-learn"
        + (", with simulated typing errors" if typing_errors and subset == "train" else ""),
    )
