"""Right, alternative and wrong answers to every graded question, and what each should earn.

A case is a file ``tests/units/<unit>/answers/<name>.py``. Its docstring says what kind of student
wrote it and ends with ``Loses: nothing`` or ``Loses: plain, gap``; each ``# %% <question>``
starts an answer that replaces the solution's. All other questions keep the solution's answer.
"""

import ast
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from grading.kernels import sandbox

UNITS = Path(__file__).resolve().parent
ROOT = UNITS.parents[1]
HIDDEN = 2026  # seed of the hidden rows: the same in every run of the tests
MARK = re.compile(r"^# %% *(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """An answer sheet: which questions it answers in its own way, and which it should lose."""

    unit: str
    name: str
    about: str
    loses: frozenset
    answers: dict


@dataclass(frozen=True)
class Verdict:
    """What a question earned, and the message that the student reads where it failed."""

    score: float
    points: float
    message: str


def load_case(path: Path, questions: set) -> Case:
    """Read one case.

    Raises
    ------
    ValueError
        If the file doesn't say what it loses or answers a question that doesn't exist.
    """
    text = path.read_text(encoding="utf-8")
    about = ast.get_docstring(ast.parse(text)) or ""
    told, said, losses = about.rpartition("Loses:")
    if not said:
        raise ValueError(
            f"{path}: end the docstring with 'Loses: nothing' or 'Loses: <questions>'."
        )
    loses = {word.strip(" .") for word in losses.split(",")} - {"nothing"}
    parts = MARK.split(text)
    answers = dict(
        zip((name.strip() for name in parts[1::2]), (body.strip() for body in parts[2::2]))
    )
    unknown = (loses | set(answers)) - questions
    if unknown or not answers:
        raise ValueError(
            f"{path}: no such question: {', '.join(sorted(unknown)) or 'none named'}. "
            f"The questions are: {', '.join(sorted(questions))}."
        )
    return Case(
        path.parent.parent.name, path.stem, " ".join(told.split()), frozenset(loses), answers
    )


def cases(unit: str) -> list:
    """Return all cases of a unit, in alphabetical order."""
    folder = UNITS / unit / "answers"
    return [load_case(path, questions(unit)) for path in sorted(folder.glob("*.py"))]


def folder(unit: str) -> Path:
    """Return the folder of what tests a unit: its answer sheets, study and mutants.

    Parameters
    ----------
    unit : str
        Its whole name, or its number, such as ``"05"``.

    Raises
    ------
    ValueError
        If there is no such unit.
    """
    found = [
        path for path in UNITS.glob("[0-9]*") if unit in (path.name, path.name.partition("-")[0])
    ]
    if not found:
        names = ", ".join(sorted(path.name for path in UNITS.glob("[0-9]*")))
        raise ValueError(f"There is no unit {unit!r} with tests. The units are: {names}.")
    return found[0]


def questions(unit: str) -> set:
    """Return the names of a unit's autograded questions."""
    return {
        cell.metadata.nbgrader.grade_id.removeprefix("check-")
        for cell in read(ROOT / "solutions" / unit / "activity.ipynb").cells
        if is_check(cell)
    }


def read(path: Path):
    """Return a notebook."""
    return nbformat.read(path, as_version=4)


def is_check(cell) -> bool:
    """Tell whether a cell is an autograded check."""
    meta = cell.metadata.get("nbgrader", {})
    return bool(meta.get("grade")) and not meta.get("solution")


def is_answer(cell) -> bool:
    """Tell whether a cell is one that students fill."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def config(root: Path) -> Config:
    """Return the settings of the course under ``root``, as nbgrader itself reads them."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()


def api(root: Path) -> NbGraderAPI:
    """Return nbgrader's own interface to the course under ``root``."""
    settings = config(root)
    settings.NbGraderAPI.log_level = "WARN"
    settings.ExecuteGraded.unsafe = bool(sandbox.why_not())  # the answers here are our own
    settings.ExecuteGraded.hidden = HIDDEN
    return NbGraderAPI(CourseDirectory(config=settings), config=settings)


def make_course(root: Path, unit: str) -> Path:
    """Make a course of one unit under ``root``, released and ready to grade."""
    (root / "classroom").mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(
        ROOT / "solutions" / unit,
        root / "solutions" / unit,
        ignore=shutil.ignore_patterns("lesson.ipynb", ".*"),
    )
    done = api(root).generate_assignment(unit)
    if not done["success"]:
        raise RuntimeError(done["log"])
    return root


def answer_sheet(root: Path, unit: str, answers: dict | None):
    """Return the released activity with the solution's answers, or with ``answers`` in their place.

    ``answers=None`` leaves it untouched.
    """
    sheet = read(root / "notebooks" / unit / "activity.ipynb")
    solution = {
        cell.id: cell.source for cell in read(root / "solutions" / unit / "activity.ipynb").cells
    }
    if answers is not None:
        for cell in filter(is_answer, sheet.cells):
            cell.source = answers.get(
                cell.id, re.sub(r".*### (BEGIN|END) SOLUTION\n?", "", solution[cell.id])
            )
    return sheet


def grade(root: Path, unit: str, student: str, answers: dict | None) -> dict:
    """Autograde one answer sheet with nbgrader and return a Verdict a question.

    Parameters
    ----------
    root : Path
        A course from :func:`make_course`.
    """
    folder = root / "classroom" / "submitted" / student / unit
    folder.mkdir(parents=True)
    nbformat.write(answer_sheet(root, unit, answers), folder / "activity.ipynb")
    done = api(root).autograde(unit, student)
    if not done["success"]:
        raise RuntimeError(done["log"])
    graded = read(root / "classroom" / "autograded" / student / unit / "activity.ipynb")
    messages = {
        cell.metadata.nbgrader.grade_id: output.get("evalue", "")
        for cell in filter(is_check, graded.cells)
        for output in cell.outputs
        if output.output_type == "error"
    }
    with Gradebook(config(root).CourseDirectory.db_url, "good-fit") as gradebook:
        submission = gradebook.find_submission_notebook("activity", unit, student)
        return {
            grade.name.removeprefix("check-"): Verdict(
                grade.auto_score, grade.max_score, messages.get(grade.name, "")
            )
            for grade in submission.grades
            if grade.auto_score is not None
        }
