"""How much does luck decide on the rows that only the judge draws? Measures each solution on twenty draws.

    python benchmarks/hidden.py          # the table of docs/grades.md: some minutes
    python benchmarks/hidden.py 11 12    # these units

The solution of an activity is run once, on the simulated data; what its checks measure on hidden rows
stands in ``hidden`` in ``benchmarks/studies``.
"""

import contextlib
import io
import os
import sys
from pathlib import Path

os.environ |= {"MPLBACKEND": "agg", "COURSE_DATA": "simulated"}

import helpers  # noqa: F401  (quiets TensorFlow)
import matplotlib.pyplot as plt
import nbformat
import numpy as np
from helpers import plots
from thresholds import load

SOLUTIONS = Path(__file__).parent.parent / "solutions"
UNITS, DRAWS = ["09", "10", "11", "12"], range(1, 21)


def solved(unit: str) -> dict:
    """Run an activity's solution without its checks and return what its cells bind."""
    plots.show = lambda *a, **k: plt.close("all")
    (activity,) = SOLUTIONS.glob(f"{unit}-*/activity.ipynb")
    space = {}
    for cell in nbformat.read(activity, as_version=4).cells:
        if cell.cell_type == "code" and not cell.id.startswith("check-"):
            with contextlib.redirect_stdout(io.StringIO()):
                exec(cell.source, space)  # noqa: S102  (our own)
    return space


def main() -> None:
    print("| unit | on hidden rows | asked | mean | lowest to highest |\n|---|---|---|---|---|")
    for unit in sys.argv[1:] or UNITS:
        study, space, found = load(unit), solved(unit), {}
        for seed in DRAWS:
            os.environ["GOOD_FIT_HIDDEN"] = str(seed)
            for (name, asked), value in study.hidden(space).items():
                found.setdefault((name, asked), []).append(value)
        del os.environ["GOOD_FIT_HIDDEN"]
        for (name, asked), values in found.items():
            print(f"| {unit} | {name} | {asked} | {np.mean(values):.3f} | {min(values):.3f} to {max(values):.3f} |", flush=True)


if __name__ == "__main__":
    main()
