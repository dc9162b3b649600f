"""How fast is grading? Plain ``nbgrader autograde`` against ours, on the same submissions, in one run.

    python benchmarks/speed.py full 1 12          # what students hand in: every question, up to four trainings
    python benchmarks/speed.py quick 1 12 60      # the three questions that need no training
    python benchmarks/speed.py growth 1 4 12 30 60    # quick ones, 1 to 4 workers: docs/grading.png
    python benchmarks/speed.py judge quick 12     # with the judge and without, in turn; also `judge full 2`
    python benchmarks/speed.py memory

Submissions are of unit 04: for `full` the answer sheets of that unit, in turn, with the solution
and the untouched one. Scores must be identical. CPU counts every process, ours and the kernels'.
"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
import nbformat  # noqa: E402
from nbgrader.api import Gradebook  # noqa: E402

from tests.units import answer_sheet, cases, config, make_course  # noqa: E402

UNIT = "04-overfitting"


QUICK = {"lazy", "best-epoch", "share"}


def make(root: Path, kind: str, count: int) -> Path:
    """Make a course with ``count`` submissions, ``full`` or ``quick`` ones."""
    make_course(root, UNIT)
    if kind == "full":
        sheets = [
            answer_sheet(root, UNIT, answers)
            for answers in [{}, None, *(case.answers for case in cases(UNIT))]
        ]
    else:
        sheets, untouched = [answer_sheet(root, UNIT, {})], answer_sheet(root, UNIT, None)
        for cell, empty in zip(sheets[0].cells, untouched.cells):
            cell.source = cell.source if cell.id in QUICK else empty.source
    for number in range(count):
        folder = root / "classroom" / "submitted" / f"student{number:03d}" / UNIT
        folder.mkdir(parents=True)
        nbformat.write(sheets[number % len(sheets)], folder / "activity.ipynb")
    return root


def scores(root: Path) -> dict:
    with Gradebook(config(root).CourseDirectory.db_url, "good-fit") as gradebook:
        return {
            (notebook.student.id, grade.name): grade.auto_score
            for notebook in gradebook.notebook_submissions("activity", UNIT)
            for grade in notebook.grades
        }


def timed(command, root, **environment):
    """Run a command in a course; return seconds of wall time and of CPU, with all children's."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    run = subprocess.run(
        command, cwd=root, env=os.environ | environment, capture_output=True, text=True
    )
    if run.returncode not in (0, 3):
        raise RuntimeError(run.stdout + run.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, cpu


def plain(root):
    """nbgrader's own steps: its Execute, a cold kernel each, no sandbox."""
    settings = root / "nbgrader_config.py"
    settings.write_text(
        settings.read_text().replace(
            "grading.steps.ExecuteGraded", "nbgrader.preprocessors.Execute"
        )
    )
    return timed(["nbgrader", "autograde", UNIT, "--force", "--log-level=ERROR"], root)


def ours(root, workers):
    wall, cpu = timed([sys.executable, "-m", "grading", UNIT, "--workers", str(workers)], root)
    entries = [
        json.loads(line)["result"]
        for line in (root / "classroom" / "graded" / f"{UNIT}.jsonl").open()
    ]
    return wall, cpu, sum(entry["cpu"] for entry in entries)


def judged(kind, counts, times=3):
    """Grade the same submissions with the judge and without, in turn, and print what it costs."""
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            found = {True: [], False: []}
            for turn in range(times):
                marks = []
                for judge in (True, False):
                    root = make(Path(folder, f"{turn}-{judge}"), kind, count)
                    with open(root / "nbgrader_config.py", "a") as settings:
                        settings.write(f"\nc.ExecuteGraded.judge = {judge}\n")
                    found[judge].append(ours(root, 2)[:2])
                    marks.append(scores(root))
                same = marks[0] == marks[1]
                print(
                    f"{count} {kind} submissions, with and without: same scores {'yes' if same else 'NO'}",
                    flush=True,
                )
            for place, what in enumerate(["wall time", "CPU"]):
                mine, without = (
                    min(pair[place] for pair in found[judge]) for judge in (True, False)
                )
                print(
                    f"    {what}: {mine:.1f} s with the judge, {without:.1f} s without: {mine / without:.2f} times (best of {times})",
                    flush=True,
                )


def compare(kind, counts):
    print(
        f"{'submissions':>12}{'plain':>10}{'ours':>10}{'times as fast':>16}{'same scores':>14}{'CPU of a further one, to its own':>36}"
    )
    first = None
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            one = make(Path(folder, "plain"), kind, count)
            two = shutil.copytree(one, Path(folder, "ours"))
            fast, cpu, own = ours(two, 2)
            slow, _ = plain(one)
            same = scores(one) == scores(two)
            first = first or (count, cpu, own)
            extra = (cpu - first[1]) / (own - first[2]) if count > first[0] else float("nan")
            print(
                f"{count:>12}{slow:>9.0f}s{fast:>9.0f}s{slow / fast:>15.1f}x{'yes' if same else 'NO':>14}{extra:>36.2f}",
                flush=True,
            )


def grow(counts, workers=(1, 2, 4)):
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    ax, styles = plt.subplots(figsize=(7, 4.5), layout="constrained")[1], ["-o", "--s", ":^"]
    for count_workers, style in zip(workers, styles):
        times = []
        for count in counts:
            with tempfile.TemporaryDirectory() as folder:
                times.append(ours(make(Path(folder, "ours"), "quick", count), count_workers)[0])
            print(f"{count:>4} submissions, {count_workers} workers: {times[-1]:.0f} s", flush=True)
        ax.plot(counts, times, style, label=f"{count_workers} worker{'s' * (count_workers > 1)}")
    ax.set(
        xlabel="submissions (three questions answered)",
        ylabel="seconds, start included",
        xlim=(0, None),
        ylim=(0, None),
        title=f"Grading unit 04 on {os.cpu_count()} cores",
    )
    ax.legend()
    ax.grid(alpha=0.3)
    ax.figure.savefig(ROOT / "docs" / "grading.png", dpi=100)


def memory():
    """Print the memory of a cold kernel with its imports, and of a warm one that has trained."""
    from grading.kernels import sandbox
    from grading.kernels.server import WarmServer

    code = "import keras, pandas, sklearn, matplotlib.pyplot, os; print(open('/proc/self/smaps_rollup').read())"
    cold = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    with WarmServer():
        from grading.runner import run_notebook

        nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        warm = run_notebook(nbformat.writes(nb).encode(), {}, sandbox.Limits()).notebook.decode()

    def megabytes(text):  # what is this process's alone
        return sum(int(n) for n in re.findall(r"Private_\w+:\s+(\d+) kB", text)) / 1000

    print(
        f"memory of its own: a cold kernel {megabytes(cold):.0f} MB, a warm one {megabytes(warm):.0f} MB"
    )


if __name__ == "__main__":
    os.environ["COURSE_DATA"] = "simulated"
    what, counts = (
        [word for word in sys.argv[1:] if word.isalpha()],
        [int(word) for word in sys.argv[1:] if word.isdigit()],
    )
    if what == ["memory"]:
        memory()
    elif what == ["growth"]:
        grow(counts or [1, 4, 12, 30, 60])
    elif what in (["judge", "full"], ["judge", "quick"]):
        judged(what[1], counts or [12])
    elif what in (["full"], ["quick"]):
        compare(what[0], counts or [1, 12])
    else:
        print(__doc__)
