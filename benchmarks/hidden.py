"""How much does luck decide on the rows that only the judge draws? Measures each solution on twenty draws.

    python benchmarks/hidden.py          # the table of docs/grades.md: some minutes
    python benchmarks/hidden.py 11 12    # these units

The solution of an activity is run once, on the simulated data; what its checks measure on hidden rows
stands in ``hidden`` in the units' studies.
"""

import contextlib
import io
import os
import sys

import numpy as np
from findings import executed
from thresholds import load

UNITS, DRAWS = ["03", "09", "10", "11", "12"], range(1, 21)


def main() -> None:
    os.environ["COURSE_DATA"] = "simulated"
    print("| unit | on hidden rows | asked | mean | lowest to highest |\n|---|---|---|---|---|")
    for unit in sys.argv[1:] or UNITS:
        study, found = load(unit), {}
        with contextlib.redirect_stdout(io.StringIO()):  # what the notebook prints
            space = executed(unit, "activity")
        for seed in DRAWS:
            os.environ["GOOD_FIT_HIDDEN"] = str(seed)
            for (name, asked), value in study.hidden(space).items():
                found.setdefault((name, asked), []).append(value)
        del os.environ["GOOD_FIT_HIDDEN"]
        for (name, asked), values in found.items():
            print(
                f"| {unit} | {name} | {asked} | {np.mean(values):.3f} | {min(values):.3f} to {max(values):.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
