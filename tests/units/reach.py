"""Judge an answer sheet without running again what its answers can't reach.

Most of what a sheet takes is the training of networks that are the solution's own. The solution runs
once; what its slow cells make is kept, and put back into each sheet where neither the cell nor anything
that it reads was changed. Checks that no change can reach are left out: they say what they say of the solution.

``pytest tests --whole`` grades each sheet with nbgrader, from the first cell to the last, too, and compares.
"""

import fcntl
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from nbgrader import utils

from grading import steps
from grading.judge import rules
from grading.kernels import sandbox
from grading.runner import encoded, run_notebook

from . import HIDDEN, ROOT, Case, Verdict, answer_sheet, is_check, read

SLOW = 0.5  # seconds; what takes less runs again
START = "import time, cloudpickle\nstarted = time.monotonic()"
KEEP = """
if time.monotonic() - started > {slow}:
    with open("{name}.kept", "wb") as file:
        cloudpickle.dump({{name: globals()[name] for name in {names} if name in globals()}}, file)
"""
PUT_BACK = "import cloudpickle\nwith open('{name}.kept', 'rb') as file:\n    globals().update(cloudpickle.load(file))"


def sources(unit: str) -> list:
    """Return the cells of a unit's solution that the judge knows, as (kind, name, source), in order."""
    cells = read(ROOT / "solutions" / unit / "activity.ipynb").cells
    return [
        (steps.kind(cell), cell.id, cell.source) for cell in cells if steps.kind(cell) != "free"
    ]


def executed(unit: str, folder: Path) -> Path:
    """Run a unit's solution from top to bottom, unless another process has; return the notebook with its outputs.

    What its slow cells make lies beside it, pickled: see :func:`kept`.
    """
    folder.mkdir(exist_ok=True)
    path = folder / "executed.ipynb"
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            notebook = read(ROOT / "solutions" / unit / "activity.ipynb")
            cells = []
            for cell in notebook.cells:
                cells.append(cell)
                if steps.kind(cell) in ("answer", "locked"):
                    keep = KEEP.format(
                        slow=SLOW, name=cell.id, names=sorted(rules.names(cell.source)[0])
                    )
                    cells[-1:] = [
                        nbformat.v4.new_code_cell(START),
                        cell,
                        nbformat.v4.new_code_cell(keep),
                    ]
            copy = nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata)
            NotebookClient(
                copy, timeout=600, resources={"metadata": {"path": str(folder)}}
            ).execute()
            notebook, _ = CoalesceStreamsPreprocessor().preprocess(
                notebook, {}
            )  # a kernel may send one text in pieces
            nbformat.write(notebook, folder / "part.ipynb")
            (folder / "part.ipynb").rename(path)
    return path


def kept(unit: str, folder: Path) -> dict:
    """Return what the slow cells of a unit's solution make, pickled, by cell."""
    return {path.stem: path.read_bytes() for path in executed(unit, folder).parent.glob("*.kept")}


def in_reach(cells: list, case: Case) -> tuple[set, set]:
    """Return the cells that an answer sheet changes or whose work it may change, and all that must run to see it.

    An answer reaches what reads a name that it binds, and so on. What is reached needs the cells that bind
    the names that it reads; a locked cell that nothing needs is left out.
    """
    names = {}
    for kind, name, source in cells:
        bound, taken = rules.names(source)
        if name in case.answers:
            try:
                bound, taken = (
                    bound | rules.names(case.answers[name])[0],
                    rules.names(case.answers[name])[1],
                )
            except SyntaxError:
                taken = set()
        names[name] = (set() if kind == "check" else bound), taken
    touched, reached = set(), set()
    for name, (bound, taken) in names.items():
        question = name.removeprefix("check-")
        if question in case.answers or question in case.loses or taken & touched:
            reached.add(name)
            if name in case.answers or taken & touched:
                touched |= bound
    locked = {name for kind, name, _ in cells if kind == "locked"}
    runs = reached - locked
    needs = set().union(*(names[name][1] for name in runs))
    while more := {name for name, (bound, _) in names.items() if bound & needs} - runs:
        runs |= more
        needs |= set().union(*(names[name][1] for name in more))
    return reached, runs | set(rules.plan(cells).locked)


def grade(case: Case, course: Path, made: dict, all_checks: bool = False) -> dict:
    """Return the verdicts of the judge on those checks that a case's answers reach, or on all.

    Parameters
    ----------
    course : Path
        The unit, released, as :func:`tests.units.make_course` makes it.
    made : dict
        What slow cells of the solution make, as :func:`kept` returns it.
    """
    cells = sources(case.unit)
    reached, runs = in_reach(cells, case)
    if all_checks:
        runs = {name for _, name, _ in cells}
    sheet = answer_sheet(course, case.unit, case.answers)
    sheet.cells = [cell for cell in sheet.cells if cell.id in runs]
    files = {}
    for cell in sheet.cells:
        if cell.id in made and cell.id not in reached:
            cell.source = PUT_BACK.format(name=cell.id)
            files[f"{cell.id}.kept"] = made[cell.id]
    plan = rules.plan(
        [(kind, name, source) for kind, name, source in cells if kind != "check" or name in runs]
    )
    told = {"locked": plan.locked, "checks": plan.checks, "hidden": HIDDEN}
    ran = run_notebook(encoded(sheet), files, sandbox.Limits(), bool(sandbox.why_not()), told)
    verdicts = {}
    for cell in filter(is_check, nbformat.reads(ran.notebook.decode(), as_version=4).cells):
        score, points = utils.determine_grade(cell)
        message = next(
            (output.evalue for output in cell.outputs if output.output_type == "error"), ""
        )
        verdicts[cell.id.removeprefix("check-")] = Verdict(
            points if score is None else score, points, message
        )
    return verdicts
