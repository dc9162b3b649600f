"""Steps in nbgrader's pipelines, named in nbgrader_config.py."""

import json
import os
import re
import secrets
import tempfile
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests, Execute
from traitlets import Bool, Dict, Int

from . import bounded, pages
from .intake import survey
from .judge import rules
from .kernels.sandbox import Limits
from .runner import Executed, encoded, run_notebook

SECONDS = 3  # of CPU, to clean a page; an honest one takes a tenth
# A question's heading, as `make tidy` writes it: its points stand in the table.
TITLE = re.compile(r"^## (.+?)(?: \(\d+(?:\.\d+)? points?\))?$", re.MULTILINE)
# Where notebooks run: here, unless whoever grades says otherwise (a pool, a cluster).
RUN: ContextVar[Callable[..., Executed]] = ContextVar("RUN", default=run_notebook)
# What a step takes and gives: a notebook, and what is known about it.
Both = tuple[NotebookNode, dict[str, Any]]


def kind(cell: NotebookNode) -> str:
    """Return what a cell is to the judge: a check, an answer, locked, or free."""
    marks = cell.metadata.get("nbgrader", {})
    if cell.cell_type != "code" or not marks.get("grade_id"):
        return "free"
    if utils.is_grade(cell) and not utils.is_solution(cell):
        return "check"
    return "answer" if utils.is_solution(cell) else "locked"


class ExecuteGraded(Execute):
    """Run a submission in a sandbox, and its checks where it can't reach them; leave lessons alone.

    nbgrader runs what is handed in with the instructor's rights, believes what the submission's own
    kernel says about the checks, runs lessons too, and takes a point away for every warning: it
    counts any text on the error stream of a check as a failure.
    """

    unsafe = Bool(False, help="Run submissions without a sandbox, with your own rights.").tag(
        config=True
    )
    judge = Bool(
        True, help="Run the checks in a process of their own, as docs/grades.md explains."
    ).tag(config=True)
    hidden = Int(
        0,
        help="Seed of the rows that only the judge draws; 0: a random one, kept in classroom/hidden-seed.",
    ).tag(config=True)
    limits = Dict(
        {}, help="What a submission may use, as grading.kernels.sandbox.Limits names it."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any], km: Any = None) -> Both:
        if not any(utils.is_grade(cell) for cell in nb.cells):
            return nb, resources
        folder = Path(resources["metadata"]["path"])
        limits = Limits(**{"cell": self.timeout} | self.limits)
        files = {
            str(path.relative_to(folder)): path.read_bytes()
            for path in survey(folder, limits.disk)
            if path.suffix != ".ipynb"
        }
        plan = self.plan(resources["nbgrader"]) if self.judge else None
        executed = RUN.get()(encoded(nb), files, limits, self.unsafe, plan)
        nb = nbformat.reads(executed.notebook.decode(), as_version=4)
        for cell in filter(utils.is_grade, nb.cells):
            if cell.cell_type == "code":
                cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
        return nb, resources

    def plan(self, about: dict[str, Any]) -> dict[str, Any]:
        """Return what the judge runs: the sources that the gradebook keeps, in the order of the unit's source."""
        course = self.config.CourseDirectory
        unit, name = about["assignment"], about["notebook"]
        path = Path(course.root) / course.source_directory / unit / f"{name}.ipynb"
        order = [
            cell.metadata.nbgrader.grade_id
            for cell in nbformat.read(path, as_version=4).cells
            if kind(cell) != "free"
        ]
        with Gradebook(about["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(name, unit)
            answers, graded = (
                {cell.name for cell in cells}
                for cells in (notebook.solution_cells, notebook.grade_cells)
            )
            sources = {
                cell.name: cell.source for cell in notebook.source_cells if cell.cell_type == "code"
            }
        kinds = {
            name: "answer" if name in answers else "check" if name in graded else "locked"
            for name in sources
        }
        plan = rules.plan([(kinds[name], name, sources[name]) for name in order if name in sources])
        return {
            "locked": plan.locked,
            "checks": plan.checks,
            "hidden": self.hidden or hidden_seed(Path(course.root)),
        }


def hidden_seed(root: Path) -> int:
    """Return the seed of a course's hidden rows, drawn once; nobody but the instructor can read it."""
    path = root / "classroom" / "hidden-seed"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, delete=False
        ) as file:  # only its owner can read it
            file.write(
                str(secrets.randbits(128))
            )  # too many to try: a student may come to see hidden rows, not their labels
        os.replace(file.name, path)
    return int(path.read_text())


class JudgeableChecks(Preprocessor):
    """Refuse to release a unit with a check that the judge could not run."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Both:
        cells = [
            (kind(cell), cell.metadata.nbgrader.grade_id, cell.source)
            for cell in nb.cells
            if kind(cell) != "free"
        ]
        wrong = rules.complaints(cells)
        if wrong:
            raise ValueError(
                "The judge could not run these checks (docs/grades.md says why):\n- "
                + "\n- ".join(wrong)
            )
        return nb, resources


class HarmlessPage(Preprocessor):
    """Leave in a notebook only what a page may show (:mod:`grading.pages`): it is read in the instructor's browser."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Both:
        notebook = json.dumps(nb)
        try:
            found = bounded.child.call(pages.cleaned, notebook, seconds=SECONDS)
        except (bounded.TooMuch, bounded.Refused):
            found = bounded.child.call(pages.cleaned, notebook, True)
        return nbformat.from_dict(json.loads(found)), resources


class StudentView(Preprocessor):
    """Take out of feedback what students must not see.

    Hidden tests go, and of every error only its message stays: a traceback shows
    hidden tests and the grader's folders.
    """

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Both:
        for index, cell in enumerate(nb.cells):
            if utils.is_grade(cell):
                ClearHiddenTests().preprocess_cell(cell, resources, index)
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    check = output.ename == "NotYet" and utils.is_grade(cell)
                    output.traceback = [
                        f"Not yet. {output.evalue}" if check else f"{output.ename}: {output.evalue}"
                    ]
        return nb, resources


class Overview(Preprocessor):
    """Tell the page of feedback what its questions are called, what became of them, and what to fold.

    A question is called as the last heading above its answer says; it has a row in
    ``resources["feedback"]["rows"]``. Each cell gets what the template wants to know of it.
    """

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Both:
        rows: list[dict[str, Any]] = []
        heading: NotebookNode | None = None
        answer: NotebookNode | None = None
        for cell in nb.cells:
            marks = cell.metadata.get("nbgrader", {})
            own = utils.is_solution(cell) or utils.is_task(cell)
            cell.metadata["feedback"] = NotebookNode(
                {
                    "check": utils.is_grade(cell) and not own,
                    "written": own and cell.cell_type == "markdown",
                    "comment": marks.get("comment"),
                    "fold": "",
                    "close": False,
                }
            )
            if cell.cell_type == "markdown" and not own and TITLE.search(cell.source):
                heading = cell
            if own:
                answer = cell
            if utils.is_grade(cell) or utils.is_task(cell):
                first = heading or answer or cell
                rows.append(self.row(cell, first, resources))
                first.metadata.feedback["row"] = rows[-1]
                heading = answer = None
        fold(nb)
        waiting = any(row["score"] is None for row in rows)
        resources["feedback"] = {"rows": rows, "waiting": waiting}
        return nb, resources

    def row(
        self, cell: NotebookNode, heading: NotebookNode, resources: dict[str, Any]
    ) -> dict[str, Any]:
        """Return what the table says about a question."""
        marks, about = cell.metadata.nbgrader, resources["nbgrader"]
        names = marks.grade_id, about["notebook"], about["assignment"], about["student"]
        with Gradebook(about["db_url"]) as gradebook:
            waiting = gradebook.find_grade(*names).needs_manual_grade
        score, points = marks.score, marks.points
        by_check = utils.is_grade(cell) and not utils.is_solution(cell)
        found = TITLE.search(heading.source)
        errors = [o.evalue for o in cell.get("outputs", []) if o.output_type == "error"]
        state = (
            "right"
            if score >= points and not errors
            else "partly right"
            if score > 0
            else "not yet"
        )
        return {
            "id": f"question-{marks.grade_id}",
            "title": found[1] if found else marks.grade_id,
            "score": None if waiting else score,
            "points": points,
            "state": "to be graded" if waiting else state if by_check else "graded by a person",
            "message": errors[0] if by_check and errors else "",
        }


def fold(nb: NotebookNode) -> None:
    """Mark where runs of cells begin and end that are neither a student's answer nor its check."""
    before: NotebookNode | None = None
    for cell in nb.cells:
        part = cell.metadata.feedback
        graded = part.check or part.written or utils.is_solution(cell)
        if graded:
            before = None
            continue
        if before is None or "row" in part:
            part["fold"] = "The question" if "row" in part else "Other cells"
        else:
            before["close"] = False
        part["close"] = True
        before = part
