"""Loaders for the course's data sets, in scikit-learn's conventions.

Each returns a Bunch, or ``(data, target)`` with ``return_X_y=True``; arrays, or a DataFrame and
a Series with ``as_frame=True``. Without the real files (``make data``) the loaders of real data
give simulated stand-ins; ``bunch.source`` says which. ``COURSE_DATA=simulated`` or ``real``
forces one, ``COURSE_DATA_DIR`` names the folder with the real files.
"""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.utils import Bunch

from helpers.sources import real

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


def _choice(name: str, value: str, choices: Collection[str]) -> None:
    """Refuse a value that is not among the choices."""
    if value not in choices:
        *others, last = [repr(choice) for choice in choices]
        raise ValueError(f"{name} must be {', '.join(others)} or {last}, not {value!r}.")


def _table(name: str, subset: str = "all") -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the rows of a data set, real or simulated, and where they are from.

    For ``subset="hidden"`` a simulated set is drawn anew, with a seed that exists only when an
    answer is graded. Elsewhere, and with the real data, there are no such rows, and nothing is drawn.
    """
    if name in real.REGISTRY and real.wanted(name):
        about: dict[str, Any] = {
            "source": f"real data: {real.REGISTRY[name]['source']}",
            "filename": real.filenames(name),
        }
        return getattr(real, f"read_{name}")(), about
    path = _data_file(name, "simulated.csv.gz")
    stand_in = (
        f"simulated stand-in for {real.REGISTRY[name]['title']}"
        if name in real.REGISTRY
        else "simulated"
    )
    about = {"source": stand_in, "filename": str(path)}
    if subset == "hidden" and "GOOD_FIT_HIDDEN" in os.environ:
        from helpers.sources import simulate

        return simulate.ALL[name](int(os.environ["GOOD_FIT_HIDDEN"])), about
    try:
        frame = pd.read_csv(path)
    except (OSError, EOFError, ValueError) as error:
        raise ValueError(
            f"The data file datasets/{name}/simulated.csv.gz is damaged ({error}). "
            "Unpack the course again, or run `git checkout datasets` in its folder."
        ) from error
    return frame, about


def _simulated(name: str, subset: str, *more: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return a subset of a synthetic set: 8,000 rows to train on, the rest to test, or one of ``more``."""
    _choice("subset", subset, ["train", "test", "all", *more])
    frame, about = _table(name, subset)
    rows = {"train": slice(8000), "all": slice(None)}
    return frame.iloc[rows.get(subset, slice(8000, None))], about


def _bunch(
    name: str,
    frame: pd.DataFrame,
    target: pd.Series,
    about: dict[str, Any],
    target_names: Collection[str] | None = None,
    *,
    return_X_y: bool,
    as_frame: bool,
    **more: Any,
) -> Bunch | tuple[Any, Any]:
    """Return data and target in the form that was asked for."""
    data, target = frame.reset_index(drop=True), target.reset_index(drop=True).rename("target")
    feature_names = list(data.columns)
    whole = data.assign(target=target) if as_frame else None
    if not as_frame:
        data, target = data.to_numpy(float), target.to_numpy()
    if return_X_y:
        return data, target
    names = {} if target_names is None else {"target_names": list(target_names)}
    card = _data_file(name, "README.md").read_text(encoding="utf-8")
    return Bunch(
        data=data,
        target=target,
        frame=whole,
        feature_names=feature_names,
        DESCR=card,
        **names,
        **about,
        **more,
    )


def load_avila(
    *,
    subset: str = "train",
    split: str = "pages",
    copyist: str | None = None,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[Any, Any]:
    """Load patterns from the Avila Bible (12th century): which copyist wrote them?

    The real data are z-normalised by their authors (De Stefano et al., 2018,
    https://doi.org/10.24432/C5K02X). Two rows that were never scaled are dropped.

    Parameters
    ----------
    subset : {"train", "test", "all", "hidden"}
        ``hidden`` are test rows of pages that are drawn when an answer is graded, and that nobody
        else has; elsewhere, and with the real data, they are those of ``test``.
    split : {"pages", "official"}
        How rows are divided. ``pages``: a page is wholly in one subset, 500 of 757 to
        train on. ``official``: the authors' halves, which share every page. A model that
        recognises pages looks good there and fails on a page it has not seen.
    copyist : str, optional
        A letter such as ``"A"``: the target is then 1 for this copyist, 0 for the rest.
    return_X_y, as_frame : bool

    Returns
    -------
    Bunch
        ``data`` of shape (n, 10), in standard deviations; ``target`` of shape (n,), the
        place of the copyist in ``target_names``, or 0 and 1; ``groups`` of shape (n,), the
        number of the page, for scikit-learn's grouped splits; ``feature_names``, ``DESCR``,
        ``filename``, ``source``.

    Raises
    ------
    ValueError
        For an unknown subset, split or copyist, a damaged file, or a wrong ``COURSE_DATA``.
    FileNotFoundError
        If the data, or real data that were asked for, are missing.
    """
    _choice("subset", subset, ["train", "test", "all", "hidden"])
    _choice("split", split, ["pages", "official"])
    frame, about = _table("avila", subset)
    letters = sorted(frame["copyist"].unique())
    if copyist is not None:
        _choice("copyist", copyist, letters)
    if split == "pages":
        pages = np.random.default_rng(0).permutation(frame["page"].nunique())
        part = np.where(frame["page"].isin(pages[:500]), "train", "test")
    else:
        part = frame["part"]
    if subset != "all":
        frame = frame[part == ("train" if subset == "train" else "test")]
    if copyist is None:
        target, names = (
            frame["copyist"].map({letter: k for k, letter in enumerate(letters)}),
            letters,
        )
    else:
        target, names = (
            (frame["copyist"] == copyist).astype(int),
            ["another copyist", f"copyist {copyist}"],
        )
    return _bunch(
        "avila",
        frame[real.AVILA_FEATURES],
        target,
        about,
        names,
        return_X_y=return_X_y,
        as_frame=as_frame,
        groups=frame["page"].to_numpy(),
    )


def load_traffic(
    *,
    subset: str = "train",
    encoding: str = "cyclic",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[Any, Any]:
    """Load the traffic on a motorway by the hour: how many vehicles pass?

    The real data are counts westbound on the I-94 between Minneapolis and St Paul, 2012 to 2018
    (Hogue, 2019, https://doi.org/10.24432/C5X60B). Repeated hours are dropped (they would
    be in both subsets), temperatures of 0 K and a rainfall of 9.8 m are interpolated.

    Parameters
    ----------
    subset : {"train", "test", "all"}
        Before 1 July 2017, from then on, or both.
    encoding : {"cyclic", "one-hot", "ordinal"}
        How the calendar becomes numbers. ``cyclic``: hour and month as sine and cosine,
        weekend as 0 or 1 (10 columns). ``one-hot``: a column for each hour, weekday and month
        (48 columns). ``ordinal``: hour, weekday (Monday is 0) and month as they are (8 columns).
    return_X_y, as_frame : bool

    Returns
    -------
    Bunch
        ``data`` of shape (n, 10), (n, 48) or (n, 8), with holiday (0 or 1), temperature in
        degrees Celsius, rain and snow in mm per hour, clouds in per cent; ``target`` of shape
        (n,) in vehicles per hour; ``time`` of shape (n,), the hour itself; ``feature_names``,
        ``DESCR``, ``filename``, ``source``.

    Raises
    ------
    ValueError
        For an unknown subset or encoding, a damaged file, or a wrong ``COURSE_DATA``.
    FileNotFoundError
        If the data, or real data that were asked for, are missing.
    """
    _choice("subset", subset, ["train", "test", "all"])
    _choice("encoding", encoding, ["cyclic", "one-hot", "ordinal"])
    frame, about = _table("traffic")
    frame["time"] = pd.to_datetime(frame["time"])
    if subset != "all":
        frame = frame[(frame["time"] < "2017-07-01") == (subset == "train")]
    hour, weekday, month = (
        frame["time"].dt.hour,
        frame["time"].dt.day_of_week,
        frame["time"].dt.month,
    )
    weather = frame[["holiday", "temperature", "rain", "snow", "clouds"]]
    if encoding == "ordinal":
        calendar = pd.DataFrame({"hour": hour, "weekday": weekday, "month": month})
    elif encoding == "one-hot":
        calendar = pd.DataFrame(
            {
                f"{name}_{value}": (column == value).astype(int)
                for name, column, values in [
                    ("hour", hour, range(24)),
                    ("weekday", weekday, range(7)),
                    ("month", month, range(1, 13)),
                ]
                for value in values
            }
        )
    else:
        day, year = 2 * np.pi * hour / 24, 2 * np.pi * (month - 1) / 12
        calendar = pd.DataFrame(
            {
                "hour_sin": np.sin(day),
                "hour_cos": np.cos(day),
                "weekend": (weekday >= 5).astype(int),
                "month_sin": np.sin(year),
                "month_cos": np.cos(year),
            }
        )
    return _bunch(
        "traffic",
        calendar.join(weather),
        frame["volume"],
        about,
        return_X_y=return_X_y,
        as_frame=as_frame,
        time=frame["time"].to_numpy(),
    )


def load_housing(
    *, market: str, subset: str = "train", return_X_y: bool = False, as_frame: bool = False
) -> Bunch | tuple[Any, Any]:
    """Load two housing markets in California, 1990: what is a typical house worth?

    A row is a census block group (Pace and Barry, 1997). Where it lies is left out: the
    course asks what knowledge of one market is worth in another.

    Parameters
    ----------
    market : {"south", "bay"}
        Southern California (11,292 rows) or the San Francisco Bay Area (4,101 rows).
    subset : {"train", "test", "all", "hidden"}
        2,000 rows of each market are set aside to test with, at random but always the same.
        ``hidden`` are 2,000 that are drawn when an answer is graded, and that nobody else has;
        elsewhere, and with the real data, they are those of ``test``.
    return_X_y, as_frame : bool

    Returns
    -------
    Bunch
        ``data`` of shape (n, 7): median income in 10,000 USD per year, age of the houses in
        years, rooms per household, bedrooms per room, people per household, people, households;
        ``target`` of shape (n,), the median value in 100,000 USD, capped at 5; ``feature_names``,
        ``DESCR``, ``filename``, ``source``.

    Raises
    ------
    ValueError
        For an unknown market or subset, a damaged file, or a wrong ``COURSE_DATA``.
    FileNotFoundError
        If the data, or real data that were asked for, are missing.
    """
    _choice("market", market, ["south", "bay"])
    _choice("subset", subset, ["train", "test", "all", "hidden"])
    frame, about = _table("housing", subset)
    frame = frame[frame["market"] == market].drop(columns="market").reset_index(drop=True)
    if subset != "all":
        order = np.random.default_rng(0).permutation(len(frame))
        frame = frame.iloc[order[2000:] if subset == "train" else order[:2000]]
    return _bunch(
        "housing",
        frame.drop(columns="value"),
        frame["value"],
        about,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def load_credit(
    *,
    subset: str = "train",
    protected: bool = False,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[Any, Any]:
    """Load credit card clients in Taiwan, 2005: who will default next month?

    The real data are those of Yeh and Lien (2009, https://doi.org/10.24432/C55S3H). 35 rows
    that repeat another are dropped, so that none is in both subsets.

    Parameters
    ----------
    subset : {"train", "test", "all", "hidden"}
        A fifth of the clients, with the same share of defaults, is set aside to test with.
        ``hidden`` are as many that are drawn when an answer is graded, and that nobody else has;
        elsewhere, and with the real data, they are those of ``test``.
    protected : bool
        Give sex, education, marriage and age as well. A decision about people must not rest
        on them; they are there to look for unequal treatment.
    return_X_y, as_frame : bool

    Returns
    -------
    Bunch
        ``data`` of shape (n, 19), or (n, 23): limit in NT$, status of repayment (months of
        delay; -1 paid duly, 0 and -2 not explained), bill and payment in NT$ for six months, of
        which 1 is the newest (September); ``target`` of shape (n,), 1 default and 0 none;
        ``feature_names``, ``target_names``, ``DESCR``, ``filename``, ``source``.

    Raises
    ------
    ValueError
        For an unknown subset, a damaged file, or a wrong ``COURSE_DATA``.
    FileNotFoundError
        If the data, or real data that were asked for, are missing.
    """
    _choice("subset", subset, ["train", "test", "all", "hidden"])
    frame, about = _table("credit", subset)
    if subset != "all":
        train, test = train_test_split(
            frame, test_size=0.2, stratify=frame["default"], random_state=0
        )
        frame = train if subset == "train" else test
    inputs = frame.drop(columns=["default"] if protected else ["default", *real.CREDIT_PROTECTED])
    return _bunch(
        "credit",
        inputs,
        frame["default"],
        about,
        ["pays", "defaults"],
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def load_trees(
    *, subset: str = "train", return_X_y: bool = False, as_frame: bool = False
) -> Bunch | tuple[Any, Any]:
    """Load measurements of synthetic trees: deciduous or coniferous?

    Parameters
    ----------
    subset : {"train", "test", "all"}
        8,000 trees, 2,000, or both.
    return_X_y, as_frame : bool

    Returns
    -------
    Bunch
        ``data`` of shape (n, 10), without a unit; ``target`` of shape (n,), 0 coniferous and 1
        deciduous; ``noise_floor``, a dict with the ``accuracy`` and the ``log_loss`` that
        knowing the true chances reaches on these rows: no model can be expected to do
        better; ``feature_names``, ``target_names``, ``DESCR``, ``filename``, ``source``.

    Raises
    ------
    ValueError
        For an unknown subset or a damaged file.
    FileNotFoundError
        If the file is missing.
    """
    frame, about = _simulated("trees", subset)
    kind, chance = frame["kind"], frame["chance"]
    floor = {
        "accuracy": float(np.mean((chance > 0.5) == kind)),
        "log_loss": float(-np.mean(np.log(np.where(kind == 1, chance, 1 - chance)))),
    }
    return _bunch(
        "trees",
        frame.drop(columns=["kind", "chance"]),
        kind,
        about,
        ["coniferous", "deciduous"],
        return_X_y=return_X_y,
        as_frame=as_frame,
        noise_floor=floor,
    )


def load_bank(
    *, subset: str = "train", return_X_y: bool = False, as_frame: bool = False
) -> Bunch | tuple[Any, Any]:
    """Load synthetic customers of a bank: how many transactions next year?

    Parameters
    ----------
    subset : {"train", "test", "all", "hidden"}
        8,000 customers, 2,000, or both. ``hidden`` are 2,000 that are drawn when an answer is
        graded, and that nobody else has; elsewhere they are those of ``test``.
    return_X_y, as_frame : bool

    Returns
    -------
    Bunch
        ``data`` of shape (n, 8): age in years, children, accounts, years as a customer, salary
        in 1,000 EUR per month, balance in 1,000 EUR, retired and online (0 or 1); ``target`` of
        shape (n,), transactions per year; ``noise_floor``, a dict with the ``mae`` and ``mse``
        of the true expected counts on these rows: no model can be expected to do better;
        ``feature_names``, ``DESCR``, ``filename``, ``source``.

    Raises
    ------
    ValueError
        For an unknown subset or a damaged file.
    FileNotFoundError
        If the file is missing.
    """
    frame, about = _simulated("bank", subset, "hidden")
    error = frame["transactions"] - frame["expected"]
    floor = {"mae": float(error.abs().mean()), "mse": float((error**2).mean())}
    return _bunch(
        "bank",
        frame.drop(columns=["transactions", "expected"]),
        frame["transactions"],
        about,
        return_X_y=return_X_y,
        as_frame=as_frame,
        noise_floor=floor,
    )


def load_biopsies(
    *,
    subset: str = "train",
    typing_errors: bool = False,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[Any, Any]:
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
    return_X_y, as_frame : bool

    Returns
    -------
    Bunch
        ``data`` of shape (n, 30), lengths in micrometres and shape measures without a
        unit; ``target`` of shape (n,), 0 malignant and 1 benign; ``feature_names``,
        ``target_names``, ``DESCR``, ``filename`` and ``source``.

    Raises
    ------
    ValueError
        For any other subset.
    FileNotFoundError
        If the file with the split is missing.
    """
    _choice("subset", subset, ["train", "validation"])
    path = _data_file("biopsies", "labels.csv")
    split = pd.read_csv(path).query("subset == @subset")
    everything = load_breast_cancer(as_frame=True)
    typed = typing_errors and subset == "train"
    target = (
        split["typed"].set_axis(split["row"]) if typed else everything.target.iloc[split["row"]]
    )
    about = {
        "source": "real measurements, from scikit-learn"
        + (", with simulated typing errors" if typed else ""),
        "filename": str(path),
    }
    return _bunch(
        "biopsies",
        everything.data.iloc[split["row"]],
        target,
        about,
        everything.target_names,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )
