"""Does what a lesson says hold for other seeds, and on the real data? Runs its own cells and prints a table.

    python benchmarks/findings.py 05              # ten minutes or so: five seeds, each source of the data
    python benchmarks/findings.py 05 --seeds 2

What a lesson's findings are, as numbers, stands in ``tests/units/05-weight-regularization/study.py``.
"""

import argparse
import os
import sys
from pathlib import Path

os.environ["MPLBACKEND"] = "agg"

import nbformat
import pandas as pd
from thresholds import folder, load

import helpers  # noqa: F401  (quiets TensorFlow)
from helpers import plots

SOLUTIONS = Path(__file__).parent.parent / "solutions"


def executed(unit: str, notebook: str, seed=0) -> dict:
    """Run the code of a lesson or an activity, without checks and figures, and return what it binds."""
    import matplotlib.pyplot as plt

    plots.show = lambda *a, **k: plt.close("all")
    path = SOLUTIONS / folder(unit).name / f"{notebook}.ipynb"
    space = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and not cell.id.startswith("check-"):
            exec(cell.source.replace("set_random_seed(0)", f"set_random_seed({seed})"), space)
    return space


def findings(unit: str, source: str, seed: int) -> dict:
    """Run the code of a lesson with another seed and return its findings."""
    import keras

    if source != "embedded":
        os.environ["COURSE_DATA"] = source
    found = load(unit).findings(executed(unit, "lesson", seed))
    keras.backend.clear_session()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("unit", help="number of the unit, such as 05")
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    print("| finding | source | mean (lowest to highest) |\n|---|---|---|")
    for source in load(arguments.unit).SEEDS:
        runs = pd.DataFrame(
            [findings(arguments.unit, source, seed) for seed in range(arguments.seeds)]
        )
        for name in runs:
            low, mean, high = runs[name].min(), runs[name].mean(), runs[name].max()
            digits = (
                0 if pd.api.types.is_integer_dtype(runs[name]) else 3
            )  # whole numbers, such as that of an epoch
            print(
                f"| {name} | {source} | {mean:.{digits}f} ({low:.{digits}f} to {high:.{digits}f}) |"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
