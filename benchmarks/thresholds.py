"""Where the limits of the checks come from: every kind of answer to a unit, over many seeds.

    python benchmarks/thresholds.py 05            # repeat the study of unit 05 and store its runs
    python benchmarks/thresholds.py 05 --table    # the table of docs/thresholds, from the stored runs

What is trained and measured stands in ``tests/units/05-weight-regularization/study.py``, and so do the limits.
"""

import argparse
import importlib.util
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

# One thread a run: two runs at once otherwise fight over the cores. Results are the same.
os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1")

import pandas as pd

import helpers  # noqa: F401  (quiets TensorFlow)

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.units import folder


def load(unit: str):
    """Return the study of a unit, such as ``"05"``: a module with

    - ``ANSWERS``: dict of the names of all kinds of answer, right, lazy and wrong, to their settings;
    - ``SEEDS``: dict of source of the data (``"simulated"``, ``"real"`` or ``"embedded"``) to its seeds;
    - ``run(name, seed)``: trains one answer and returns a dict of numbers;
    - ``measures(runs)``: a frame with the columns of the table, from the frame of all runs;
    - ``verdicts(runs)``: list of (mask of the runs that pass, names that must pass, names that must fail);
    - ``LIMITS``: the limits as they stand in the activity's checks;
    - ``findings(space)``: what the lesson claims, as a dict of numbers (see ``findings.py``).
    """
    path = folder(unit) / "study.py"
    spec = importlib.util.spec_from_file_location(f"study_of_{path.parent.name[:2]}", path)
    study = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(study)
    return study


def stored(unit: str) -> pd.DataFrame:
    """Return the stored runs of a unit's study."""
    return pd.read_csv(folder(unit) / "study.csv")


def run(unit: str, source: str, seed: int, name: str) -> dict:
    """Train one answer on one source of the data."""
    import keras

    if source != "embedded":
        os.environ["COURSE_DATA"] = source
    os.environ["GOOD_FIT_HIDDEN"] = str(seed + 1)  # hidden rows: other ones for each seed
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    return {"source": source, "answer": name, "seed": seed, **load(unit).run(name, seed)}


def repeat(unit: str) -> pd.DataFrame:
    """Train all answers of a study, two at a time, and return a row a training."""
    study = load(unit)
    jobs = [
        (unit, source, seed, name)
        for source, seeds in study.SEEDS.items()
        for seed in seeds
        for name in study.ANSWERS
    ]
    rows = []
    with ProcessPoolExecutor(2) as pool:
        for row in pool.map(run, *zip(*jobs)):
            rows.append(row)
            print(f"\r{len(rows)} of {len(jobs)} runs", end="", file=sys.stderr)
    return pd.DataFrame(rows)


def summary(rows: pd.DataFrame, keys: list, order: list) -> str:
    """Return a Markdown table: for each key in this order, mean (lowest to highest) of each column."""
    columns = [column for column in rows if column not in [*keys, "seed"]]
    keys = [key for key in keys if rows[key].nunique() > 1]
    lines = ["| " + " | ".join([*keys, *(c.replace("_", " ") for c in columns)]) + " |"]
    lines.append("|---" * (len(keys) + len(columns)) + "|")
    for _, group in sorted(rows.groupby(keys, sort=False), key=lambda item: order.index(item[0])):
        cells = [group[key].iloc[0] for key in keys]
        for column in columns:
            values = group[column].dropna()
            digits = 0 if column == "epochs" else 3
            text = f"{values.mean():.{digits}f} ({values.min():.{digits}f} to {values.max():.{digits}f})"
            cells.append(text if len(values) else "")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def table(unit: str, runs: pd.DataFrame) -> str:
    """Return the table of a study as it stands in docs/thresholds."""
    study = load(unit)
    shown = pd.concat([runs[["source", "answer"]], study.measures(runs)], axis=1)
    order = [(source, name) for name in study.ANSWERS for source in study.SEEDS]
    if len(study.SEEDS) == 1:
        order = [(name,) for name in study.ANSWERS]
    return summary(shown, ["source", "answer"], order)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("unit", help="number of the unit, such as 05")
    parser.add_argument(
        "--table", action="store_true", help="only print the table of the stored runs"
    )
    arguments = parser.parse_args()
    if not arguments.table:
        repeat(arguments.unit).round(5).to_csv(folder(arguments.unit) / "study.csv", index=False)
    print(table(arguments.unit, stored(arguments.unit)))


if __name__ == "__main__":
    main()
