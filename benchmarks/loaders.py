"""How long does a loader take, and does it import Keras?

    python benchmarks/loaders.py

Each loader runs three times, each time in a fresh process, on the simulated data.
"""

import os
import subprocess
import sys

CODE = """
import sys, time
from helpers import data
start = time.perf_counter()
data.{call}
print(time.perf_counter() - start, "keras" in sys.modules)
"""
CALLS = [
    "load_avila()",
    "load_traffic()",
    "load_traffic(encoding='one-hot')",
    "load_housing(market='south')",
    "load_credit()",
    "load_trees()",
    "load_bank()",
    "load_biopsies()",
]


def main():
    print(f"{'loader':36}{'seconds, slowest of 3':>24}{'Keras imported':>18}")
    for call in CALLS:
        runs = [
            subprocess.run(
                [sys.executable, "-c", CODE.format(call=call)],
                env=os.environ | {"COURSE_DATA": "simulated"},
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split()
            for _ in range(3)
        ]
        slowest = max(float(seconds) for seconds, _ in runs)
        print(f"{call:36}{slowest:>24.2f}{'yes' if 'True' in {k for _, k in runs} else 'no':>18}")


if __name__ == "__main__":
    main()
