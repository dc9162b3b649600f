"""What a class did not understand: ``python -m grading.report UNIT`` (or ``make report UNIT=...``).

Writes ``classroom/reports/UNIT``: a page that needs neither a network nor a script, and its numbers as CSV.
Without a unit the page shows how far each student has come in the course. It reads the gradebook, the
notebooks as they were graded, and the journal of ``make grade``; it changes none of them.
"""

import argparse
import base64
import io
import os
import random
import re
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2
import nbformat
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from nbgrader import utils
from nbgrader.api import MissingEntry

from .batch import Course, Journal, Problem
from .intake import NOTEBOOK, marked
from .names import plain, printable, printable_lines
from .outcomes import LOOK_AT, Outcome
from .steps import TITLE

STATES = ("full", "partial", "none", "not answered", "to be graded")
COLOURS = dict(zip(STATES, ("#0072b2", "#56b4e9", "#e69f00", "#d9d9d9", "#ffffff")))
HATCHES = dict(zip(STATES, ("", "//", "xx", "..", "")))
MESSAGES = 3  # of each question on the page; the table has all
# What differs between two students who made the same mistake: their own numbers and words, but not names in back quotes.
OWN = re.compile(r"(`[^`]*`)|'[^']*'|\"[^\"]*\"|-?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?")


def collect(course: Course, unit: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what the gradebook knows of a unit: a row for each answer, and a row for each student.

    Returns
    -------
    answers : DataFrame
        ``student``, ``question``, ``title``, ``score``, ``points``, ``state`` (one of ``STATES``) and ``message``.
    students : DataFrame, indexed by student
        ``outcome``, ``score``, ``points``, ``late``, ``minutes`` and ``cpu`` in seconds; the last two are missing
        where plain nbgrader graded. Who handed in nothing has no outcome.

    Raises
    ------
    Problem
        If the gradebook does not know the unit, or nothing of it was graded.
    """
    if not (course.root / "classroom" / "gradebook.db").exists() and _sqlite(course):
        raise Problem("There is no gradebook yet. `make release` makes it.")
    journal = Journal(course.journals / f"{unit}.jsonl").entries
    answers: list[dict[str, Any]] = []
    students: dict[str, dict[str, Any]] = {}
    with course.gradebook() as gradebook:
        try:
            notebook = gradebook.find_notebook("activity", unit)
        except MissingEntry:
            known = ", ".join(sorted(one.name for one in gradebook.assignments)) or "none"
            raise Problem(
                f"The gradebook knows no graded unit {unit!r}. It knows: {known}."
            ) from None
        released = {
            cell.name: cell.checksum for cell in notebook.source_cells if cell.checksum is not None
        }
        source = nbformat.read(course.folder("release") / unit / NOTEBOOK, as_version=4)
        questions = _questions(source)
        for student in gradebook.students:
            students[student.id] = {"score": np.nan, "points": notebook.max_score}
        for submission in gradebook.assignment_submissions(unit):
            name = submission.student_id
            result = journal.get(name, {}).get("result", {})
            students[name] |= {
                "outcome": result.get("outcome", "graded"),
                "score": submission.score,
                "late": submission.total_seconds_late > 0,
                "minutes": result.get("seconds", np.nan) / 60,
                "cpu": result.get("cpu", np.nan),
            }
            messages, changed = _graded(
                course.folder("autograded") / name / unit / NOTEBOOK, released
            )
            for grade in submission.notebooks[0].grades if submission.notebooks else ():
                title, answer = questions.get(grade.name, (grade.name, grade.name))
                answers.append(
                    {
                        "student": name,
                        "question": grade.name.removeprefix("check-"),
                        "title": title,
                        "score": grade.score,
                        "points": grade.max_score,
                        "state": _state(grade, changed.get(answer, True)),
                        "message": messages.get(grade.name, ""),
                    }
                )
        for name, entry in journal.items():  # what could not be graded is in no gradebook
            if entry["result"]["outcome"] == Outcome.UNGRADABLE:
                students.setdefault(name, {"points": notebook.max_score})
                students[name]["outcome"] = Outcome.UNGRADABLE
    if not answers:
        raise Problem(f"Nothing of {unit} is graded yet. Run `make grade UNIT={unit}` first.")
    columns = ["outcome", "score", "points", "late", "minutes", "cpu"]
    table = pd.DataFrame.from_dict(students, orient="index", columns=columns)
    table.index = table.index.astype(str)
    return pd.DataFrame(answers), table.rename_axis("student").sort_index()


def _sqlite(course: Course) -> bool:
    return str(course.config.CourseDirectory.db_url).startswith("sqlite")


def _questions(source: nbformat.NotebookNode) -> dict[str, tuple[str, str]]:
    """Return of each graded cell the title of its question, and the name of the answer that it judges."""
    found, title, answer = {}, "", ""
    for cell in source.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if cell.cell_type == "markdown" and not marked(cell):
            if heading := TITLE.search(cell.source):
                title = heading[1]
        elif utils.is_solution(cell) or utils.is_task(cell):
            answer = name
            title = title or name
        if utils.is_grade(cell) or utils.is_task(cell):
            found[name] = title or name, answer or name
    return found


def _graded(path: Path, released: dict[str, str]) -> tuple[dict[str, str], dict[str, bool]]:
    """Return the messages of a graded notebook's checks, and of each answer whether its student changed it."""
    if not path.is_file():
        return {}, {}
    messages, changed = {}, {}
    for cell in filter(marked, nbformat.read(path, as_version=4).cells):
        name = cell.metadata.nbgrader.grade_id
        if utils.is_solution(cell):
            changed[name] = utils.compute_checksum(cell) != released.get(name)
        for output in cell.get("outputs", []):
            if output.output_type == "error" and utils.is_grade(cell):
                messages[name] = printable(output.get("evalue", ""), 1000)
    return messages, changed


def _state(grade: Any, changed: bool) -> str:
    if grade.needs_manual_grade:
        return "to be graded"
    if not changed and not grade.score:
        return "not answered"
    return "full" if grade.score >= grade.max_score else "partial" if grade.score > 0 else "none"


def statistics(answers: pd.DataFrame) -> pd.DataFrame:
    """Return what each question tells about those who answered any question of the unit.

    The *difficulty* of a question is the mean share of its points, its *discrimination* the correlation of its
    points with those of all other questions (the corrected item-total correlation), with the interval that holds
    it with 95 % by Fisher's z transform [1]_.

    Returns
    -------
    DataFrame, indexed by question in the order of the unit
        ``title``, ``points``, a share for each of ``STATES``, ``answered`` (a number), ``difficulty``,
        ``discrimination``, ``low``, ``high``, and in ``fault`` what looks wrong with the question.

    References
    ----------
    .. [1] R. A. Fisher (1921), On the "probable error" of a coefficient of correlation deduced from a small sample,
       Metron 1, 3-32.
    """
    took_part = answers.groupby("student")["state"].transform(
        lambda states: (states != "not answered").any()
    )
    answers = answers[took_part]
    order = answers["question"].drop_duplicates()
    about = answers.groupby("question")[["title", "points"]].first().loc[order]
    shares = pd.crosstab(answers["question"], answers["state"], normalize="index")
    table = about.join(shares.reindex(columns=list(STATES), fill_value=0.0))
    waiting = answers["state"] == "to be graded"
    score = answers["score"].mask(waiting)
    scores = answers.assign(score=score).pivot(index="student", columns="question", values="score")
    graded = scores[[name for name in order if scores[name].notna().all()]]
    rows = {}
    for name in order:
        own, rest = scores[name], graded.drop(columns=name, errors="ignore").sum(axis=1)
        low, r, high = correlation(own, rest)
        its = answers[answers["question"] == name]
        answered = int((~its["state"].isin(["not answered", "to be graded"])).sum())
        rows[name] = {
            "answered": answered,
            "difficulty": own.mean() / about["points"][name] if about["points"][name] else np.nan,
            "discrimination": r,
            "low": low,
            "high": high,
            "fault": _fault(answered, table["full"][name], high),
        }
    return table.join(pd.DataFrame.from_dict(rows, orient="index"))


def correlation(one: pd.Series, other: pd.Series) -> tuple[float, float, float]:
    """Return the correlation of two columns between the ends of its 95 % interval; NaN where too few or equal values say nothing."""
    there = one.notna() & other.notna()
    one, other = one[there], other[there]
    if len(one) < 4 or one.nunique() < 2 or other.nunique() < 2:
        return np.nan, np.nan, np.nan
    r = float(np.corrcoef(one, other)[0, 1])
    z, width = np.arctanh(np.clip(r, -1 + 1e-9, 1 - 1e-9)), 1.96 / np.sqrt(len(one) - 3)
    return float(np.tanh(z - width)), r, float(np.tanh(z + width))


def _fault(answered: int, full: float, high: float) -> str:
    if answered >= 5 and full == 0:
        return "nobody is right"
    if high < 0:
        return "who does well elsewhere gets this wrong"
    return ""


def common_messages(answers: pd.DataFrame) -> pd.DataFrame:
    """Return the messages of failed checks, those that differ in a student's own numbers and words as one.

    Returns
    -------
    DataFrame
        ``question``, ``message`` (with … for what differs, if anything does) and ``students``, the most frequent first.
    """
    told = answers[(answers["message"] != "") & (answers["state"] != "not answered")]
    told = told.assign(kind=told["message"].map(alike))
    rows = []
    for (question, kind), group in told.groupby(["question", "kind"], sort=False):
        same = group["message"].nunique() == 1
        rows.append((question, group["message"].iloc[0] if same else kind, len(group)))
    table = pd.DataFrame(rows, columns=["question", "message", "students"])
    return table.sort_values("students", ascending=False, kind="stable", ignore_index=True)


def alike(message: str) -> str:
    """Return a message with … for what is a student's own."""
    return OWN.sub(lambda found: found[1] or "…", message)


def progress(course: Course) -> pd.DataFrame:
    """Return the share of points that each student has in each unit: students by units; NaN where nothing was handed in.

    Raises
    ------
    Problem
        If nothing is graded yet.
    """
    if not (course.root / "classroom" / "gradebook.db").exists() and _sqlite(course):
        raise Problem("There is no gradebook yet. `make release` makes it.")
    with course.gradebook() as gradebook:
        found = {
            (submission.student_id, assignment.name): submission.score / assignment.max_score
            for assignment in gradebook.assignments
            for submission in assignment.submissions
            if assignment.max_score
        }
        everybody = sorted(student.id for student in gradebook.students)
    if not found:
        raise Problem("Nothing is graded yet. Run `make grade UNIT=...` first.")
    table = pd.Series(found).unstack().reindex(everybody)
    return table.rename_axis(index="student", columns="unit")


def anonymous(names: Sequence[str]) -> dict[str, str]:
    """Return for each name another, drawn anew each time, so that neither the order nor an older page tells who it is."""
    numbers = list(range(1, len(names) + 1))
    random.SystemRandom().shuffle(numbers)
    width = len(str(len(numbers)))
    return {name: f"student {number:0{width}}" for name, number in zip(names, numbers)}


# the pages


def drawn(figure: Figure) -> str:
    """Return a figure as an address that holds it."""
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(file.getvalue()).decode()


def points_figure(students: pd.DataFrame) -> tuple[str, str]:
    """Return the distribution of points as a figure, and what it shows in words."""
    scores, most = students["score"].dropna(), students["points"].max()
    step = max(1, np.ceil(most / 20))
    figure = Figure(figsize=(8, 3), layout="constrained")
    axes = figure.add_subplot(xlabel="points", ylabel="submissions")
    bins = np.arange(-step / 2, most + step, step)
    axes.hist(scores, list(bins), color=COLOURS["full"], edgecolor="white")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
    axes.axvline(scores.median(), color="black", linestyle="--", label="median")
    axes.legend()
    low, middle, high = scores.quantile([0.25, 0.5, 0.75])
    return drawn(figure), (
        f"The median is {middle:g} of {most:g} points; a quarter of the submissions have {low:g} or fewer, "
        f"a quarter {high:g} or more."
    )


def questions_figure(questions: pd.DataFrame) -> tuple[str, str]:
    """Return how each question was answered as a figure, and what it shows in words."""
    figure = Figure(figsize=(8, 1.2 + 0.42 * len(questions)), layout="constrained")
    axes = figure.add_subplot(xlabel="share of those who answered anything (%)", xlim=(0, 100))
    left = np.zeros(len(questions))
    for state in STATES:
        if (width := 100 * questions[state].to_numpy()).any():
            axes.barh(
                questions["title"],
                width,
                left=left,
                label=state,
                color=COLOURS[state],
                hatch=HATCHES[state],
                edgecolor="black",
                linewidth=0.5,
            )
            left += width
    axes.invert_yaxis()
    figure.legend(loc="outside upper center", ncols=len(STATES), frameon=False)
    worst = questions["difficulty"].idxmin()
    return drawn(figure), (
        f"The fewest points, {100 * questions['difficulty'][worst]:.0f} %, were earned in “{questions['title'][worst]}”."
    )


def write(folder: Path, template: str, tables: dict[str, pd.DataFrame], **content: Any) -> Path:
    """Write a page and its tables into a folder, all at once or not at all, and return the page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template(template).render(
        now=datetime.now().strftime("%Y-%m-%d %H:%M"), tables=sorted(tables), **content
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        made = Path(place, "made")
        made.mkdir()
        (made / "index.html").write_text(page, encoding="utf-8")
        for name, table in tables.items():
            table.map(plain).rename(index=plain).to_csv(made / f"{name}.csv", encoding="utf-8")
        if folder.exists():
            folder.rename(Path(place, "old"))
        made.rename(folder)
    return folder / "index.html"


def report(course: Course, unit: str, hide: bool = False) -> Path:
    """Write the report on a unit; with ``hide`` nothing in it says who a student is."""
    answers, students = collect(course, unit)
    links = {name: _links(course, unit, name) for name in students.index}
    if hide:
        names = anonymous(list(students.index))
        answers = answers.assign(student=answers["student"].map(names))
        students, links = students.rename(index=names).sort_index(), {}
    questions, messages = statistics(answers), common_messages(answers)
    handed_in = students[students["outcome"].notna()]
    look = handed_in[handed_in["outcome"].isin(LOOK_AT)]
    waiting = answers.loc[answers["state"] == "to be graded", "student"]
    each = answers.pivot(index="student", columns="question", values="score")[questions.index]
    return write(
        course.root / "classroom" / "reports" / unit,
        "unit.html.j2",
        {
            "students": students.join(each),
            "questions": questions,
            "messages": messages.set_index("question"),
        },
        unit=unit,
        students=students,
        handed_in=handed_in,
        outcomes=handed_in["outcome"].value_counts(),
        questions=questions,
        states=[state for state in STATES if questions[state].any()],
        messages={name: group.head(MESSAGES) for name, group in messages.groupby("question")},
        figures=[points_figure(handed_in), questions_figure(questions)],
        look=look,
        waiting=sorted(set(waiting)),
        missing=sorted(students.index[students["outcome"].isna()]),
        links=links,
        hide=hide,
    )


def _links(course: Course, unit: str, student: str) -> list[tuple[str, str]]:
    """Return what of a student's work can be opened from the page: pairs of a word and an address."""
    here = course.root / "classroom" / "reports" / unit
    found = [
        ("notebook", course.folder("autograded") / student / unit / NOTEBOOK),
        ("feedback", course.folder("feedback") / student / unit / "activity.html"),
    ]
    return [
        (word, Path(os.path.relpath(path, here)).as_posix())
        for word, path in found
        if path.is_file()
    ]


def course_report(course: Course, hide: bool = False) -> Path:
    """Write the report on all units: how far each student has come."""
    table = progress(course)
    if hide:
        table = table.rename(index=anonymous(list(table.index))).sort_index()
    return write(
        course.root / "classroom" / "reports" / "course",
        "course.html.j2",
        {"progress": table},
        table=table,
        hide=hide,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m grading.report", description="Write what a class did not understand."
    )
    parser.add_argument("unit", metavar="UNIT", nargs="?", help="for example 04-overfitting")
    parser.add_argument(
        "--anonymous", action="store_true", help="say of nobody who it is, in page and tables"
    )
    options = parser.parse_args(arguments)
    try:
        course = Course(Path.cwd())
        page = (
            report(course, options.unit, options.anonymous)
            if options.unit
            else course_report(course, options.anonymous)
        )
    except (Problem, OSError) as problem:
        print(f"No report. {printable_lines(problem)}", file=sys.stderr)
        return 1
    print(f"The report: {page.relative_to(course.root)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
