"""Print what a student reads for every wrong answer: ``python -m tests.units 04``."""

import sys
import tempfile
import warnings
from pathlib import Path

from tests.units import cases, grade, make_course

warnings.simplefilter("ignore")  # nbgrader's own, about its data base
with tempfile.TemporaryDirectory() as folder:
    for unit in sys.argv[1:]:
        wrong = [case for case in cases(unit) if case.loses]
        course = make_course(Path(folder) / unit, unit) if wrong else None
        for case in wrong:
            print(f"\n{unit} / {case.name}: {case.about}", flush=True)
            for question, verdict in grade(course, unit, case.name, case.answers).items():
                if verdict.message:
                    print(
                        f"  {question} ({verdict.score:g} of {verdict.points:g}): {verdict.message}",
                        flush=True,
                    )
