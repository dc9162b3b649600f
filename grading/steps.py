"""Steps in nbgrader's pipelines, named in nbgrader_config.py."""

import json
import os
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


class ReadablePages(Preprocessor):
    """Make nbgrader's pages readable on a phone too: code wraps, figures fit and have no red frame."""

    enabled = Bool(True).tag(config=True)

    css = """
    img { border: none !important; max-width: 100%; height: auto; }
    pre { white-space: pre-wrap !important; word-break: normal !important; overflow-wrap: anywhere; }
    .output_error pre { border-left: 5px solid #D55E00 !important; background: #FFF4EC !important; padding-left: 0.8em; }
    summary { display: list-item !important; cursor: pointer; }
    div.prompt { min-width: 0 !important; padding-top: 0.8em; }
    div.nbgrader_cell .panel-heading { height: auto !important; overflow: auto; }
    .rendered_html table { margin: 1em 0; }
    .rendered_html th, .rendered_html td { padding: 0.2em 0.8em 0.2em 0 !important; }
    .panel-heading code { background: white; color: #333; }
    @media (max-width: 600px) {
        .container, #notebook-container, div.cell { padding: 4px !important; width: 100% !important; }
        .panel-body { padding: 4px !important; }
        h1 { font-size: 1.6em !important; } h2 { font-size: 1.3em !important; }
    }
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Both:
        resources.setdefault("inlining", {}).setdefault("css", []).append(self.css)
        return nb, resources
