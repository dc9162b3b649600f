"""The report on a class: numbers of a class made up with known properties, and a page that says them."""

import re
import shutil
from copy import deepcopy
from datetime import datetime
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbgrader.utils import is_grade
from scipy.stats import pearsonr

from grading import report
from grading.batch import Course, Journal, Problem, Result
from tests.test_grading import UNIT, tiny_source
from tests.units import ROOT, api

# Ten students, by the points of two checks (2 and 3 points) and of the written answer (1; None: not graded yet).
# The better a student is at the first question, the worse at the second.
CLASS = {
    "anna": (2, 0, None),
    "Björn Ng": (2, 0, 1),
    "carla": (2, 0, 1),
    "dilek": (2, 0, 0),
    "emil": (1, 3, 0),
    "fatma": (0, 3, 0),
    "gao": (0, 3, 0),
    "hana": (0, 3, 0),
    "ivo & co": (0, 3, 0),
    "=SUM(1)": (None, None, None),  # handed in untouched
}
MISSING = "zoe"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the folder of a course with the tiny unit, released, and a class whose grades are known."""
    root = tmp_path_factory.mktemp("class")
    (root / "classroom").mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "solutions" / UNIT).mkdir(parents=True)
    nbformat.write(tiny_source(), root / "solutions" / UNIT / "activity.ipynb")
    done = api(root).generate_assignment(UNIT)
    assert done["success"], done["log"]
    course = Course(root)
    released = nbformat.read(root / "notebooks" / UNIT / "activity.ipynb", as_version=4)
    journal = Journal(course.journals / f"{UNIT}.jsonl")
    with course.gradebook() as gradebook:
        gradebook.add_student(MISSING)
        for number, (student, points) in enumerate(CLASS.items()):
            gradebook.add_student(student)
            gradebook.add_submission(UNIT, student, timestamp=datetime(2026, 1, 2, number))
            sheet = deepcopy(released)
            for cell in sheet.cells:
                name = cell.metadata.get("nbgrader", {}).get("grade_id")
                index = {"double": 0, "total": 1, "written": 2}.get(name)
                if index is not None and points[0] is not None:
                    cell.source = f"answer = {number}"
                if is_grade(cell) and cell.cell_type == "code" and points[0] is not None:
                    which = ("check-double", "check-total").index(name)
                    if points[which] < (2, 3)[which]:
                        words = f"<b>`double(4)`</b> should be eight, but it is {number}."
                        error = nbformat.v4.new_output("error", ename="NotYet", evalue=words)
                        cell.outputs = [error]
            folder = root / "classroom" / "autograded" / student / UNIT
            folder.mkdir(parents=True)
            nbformat.write(sheet, folder / "activity.ipynb")
            for name, value in zip(("check-double", "check-total", "written"), points):
                grade = gradebook.find_grade(name, "activity", UNIT, student)
                if name == "written":
                    grade.manual_score = value
                    grade.needs_manual_grade = value is None and points[0] is not None
                else:
                    grade.auto_score = value or 0
                    grade.needs_manual_grade = False
            gradebook.db.commit()
            outcome = "not attempted" if points[0] is None else "partial"
            outcome = "timed out" if student == "hana" else outcome
            result = Result(student, outcome, seconds=60.0 * (number + 1), cpu=float(number))
            journal.add(result, "submission", "source")
    return root


@pytest.fixture
def course(made, tmp_path):
    """Return a copy of that course."""
    return Course(Path(shutil.copytree(made, tmp_path / "course")))


def written(page):
    """Return a page's text, and those of the tables beside it."""
    return page.read_text(encoding="utf-8"), {
        path.stem: path.read_text(encoding="utf-8") for path in page.parent.glob("*.csv")
    }


def test_numbers_are_those_of_the_class(course):
    answers, students = report.collect(course, UNIT)
    questions = report.statistics(answers)
    assert list(questions.index) == ["double", "total", "written"]
    double = questions.loc["double"]
    assert double["points"] == 2 and double["answered"] == 9
    assert double["difficulty"] == pytest.approx((4 * 2 + 1) / (9 * 2))
    shares = questions[list(report.STATES)]
    assert list(shares.loc["double"]) == pytest.approx([4 / 9, 1 / 9, 4 / 9, 0, 0])
    assert list(shares.loc["total"]) == pytest.approx([5 / 9, 0, 4 / 9, 0, 0])
    assert list(shares.loc["written"]) == pytest.approx([2 / 9, 0, 6 / 9, 0, 1 / 9])
    assert questions["difficulty"]["written"] == pytest.approx(2 / 8), "of those that are graded"
    assert students.loc["anna", "score"] == 2 and students.loc["emil", "score"] == 4
    assert students.loc["hana", "outcome"] == "timed out"
    assert students.loc["hana", ["minutes", "cpu"]].tolist() == [8, 7]
    assert pd.isna(students.loc[MISSING, "outcome"]) and len(students) == len(CLASS) + 1


def test_discrimination_is_the_correlation_with_the_other_questions():
    draw = np.random.default_rng(0)
    able = draw.normal(size=40)
    points = {name: (able + draw.normal(size=40) > 0) * 2.0 for name in "abcdef"}
    points["turned"] = (able + 0.3 * draw.normal(size=40) < 0) * 1.0
    points["hard"] = np.zeros(40)
    answers = pd.DataFrame(
        [
            (f"s{n}", name, name.upper(), value, 2.0, "full" if value else "none", "")
            for name, values in points.items()
            for n, value in enumerate(values)
        ],
        columns=["student", "question", "title", "score", "points", "state", "message"],
    )
    found = report.statistics(answers)
    for name in ("a", "turned"):
        rest = sum(values for other, values in points.items() if other != name)
        expected = pearsonr(points[name], rest)
        assert found["discrimination"][name] == pytest.approx(expected.statistic)
        low, high = expected.confidence_interval(0.95)
        assert (found["low"][name], found["high"][name]) == pytest.approx((low, high), abs=1e-3)
    assert found["discrimination"]["a"] > 0 and found["fault"]["a"] == ""
    assert found["fault"]["turned"] == "who does well elsewhere gets this wrong"
    assert found["fault"]["hard"] == "nobody is right" and np.isnan(found["discrimination"]["hard"])


@pytest.mark.parametrize(
    "columns", [([1, 0, 1], [0, 1, 0]), ([1, 1, 1, 1], [0, 1, 0, 1]), ([np.nan] * 9, range(9))]
)
def test_where_nothing_can_be_said_nothing_is(columns):
    assert np.isnan(report.correlation(*map(pd.Series, columns))).all()


def test_columns_that_agree_have_no_infinite_interval():
    low, r, high = report.correlation(pd.Series(range(9)), pd.Series(range(9)))
    assert low > 0.9 and r == pytest.approx(1) and high <= 1


def test_the_same_mistake_with_other_numbers_is_counted_as_one(course):
    told = report.common_messages(report.collect(course, UNIT)[0])
    assert told["students"].tolist() == [5, 4] and told["question"].tolist() == ["double", "total"]
    assert told["message"][0] == "<b>`double(4)`</b> should be eight, but it is …."
    one = pd.DataFrame(
        {"question": ["q", "q"], "message": ["It is 3.", "It is 3."], "state": ["none", "none"]}
    )
    assert report.common_messages(one).iloc[0].tolist() == ["q", "It is 3.", 2]


def test_the_page_says_what_a_teacher_wants_to_know(course):
    page, tables = written(report.report(course, UNIT))
    assert "10 submissions; 1 of 11 students handed in nothing" in page
    assert "hana: timed out" in page and "anna: an answer waits for a person" in page
    assert "Handed in nothing: zoe." in page
    assert "who does well elsewhere gets this wrong" in page
    assert "5 students: &lt;b&gt;`double(4)`&lt;/b&gt; should be eight" in page
    for address in re.findall(r'href="([^"]*)"', page):
        assert (course.root / "classroom" / "reports" / UNIT / address).is_file(), address
    assert "anna/99-tiny/activity.ipynb" in page
    assert set(tables) == {"students", "questions", "messages"}
    assert "'=SUM(1)" in tables["students"] and "\n=SUM" not in tables["students"]
    assert list((course.root / "classroom" / "reports").iterdir()) == [
        course.root / "classroom" / "reports" / UNIT
    ]


def test_the_page_needs_no_network_no_script_and_no_eyes(course):
    for made in (report.report(course, UNIT), report.course_report(course)):
        page, _ = written(made)
        assert not re.search(r"https?:|<script|<link|@import|url\(", page)
        images = re.findall(r"<img [^>]*>", page)
        assert all(re.search(r'alt="[^"]{20,}"', image) for image in images)
        assert page.count("<h1>") == 1 and 'lang="en"' in page and "<th scope=" in page


def test_an_anonymous_report_names_nobody(course):
    named = written(report.report(course, UNIT))[1]["students"]
    for page in (report.report(course, UNIT, hide=True), report.course_report(course, hide=True)):
        text, tables = written(page)
        for student in [*CLASS, MISSING]:
            for content in (text, *tables.values()):
                assert student not in content and student.replace("&", "&amp;") not in content
        assert "student 01" in text + "".join(tables.values())
        assert "autograded" not in text
    hidden = written(course.root / "classroom" / "reports" / UNIT / "index.html")[1]["students"]
    columns = [sorted(line.split(",", 1)[1] for line in t.splitlines()) for t in (named, hidden)]
    assert columns[0] == columns[1], "the same numbers"


def test_the_course_so_far(course):
    table = report.progress(course)
    assert table.loc["emil", UNIT] == pytest.approx(4 / 6) and np.isnan(table.loc[MISSING, UNIT])
    page, tables = written(report.course_report(course))
    assert "67 %" in page and tables["progress"].count("\n") == len(CLASS) + 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["98-other"], "The gradebook knows no graded unit '98-other'. It knows: 99-tiny."),
        ([UNIT], "Nothing of 99-tiny is graded yet. Run `make grade UNIT=99-tiny` first."),
        ([], "Nothing is graded yet."),
    ],
)
def test_what_can_not_be_reported_is_explained(course, monkeypatch, capsys, arguments, sentence):
    with course.gradebook() as gradebook:
        for student in CLASS:
            gradebook.remove_submission(UNIT, student)
    monkeypatch.chdir(course.root)
    assert report.main(arguments) == 1
    assert sentence in capsys.readouterr().err
    assert not (course.root / "classroom" / "reports").exists()


def test_a_course_without_a_gradebook_is_not_given_one(course, monkeypatch, capsys):
    (course.root / "classroom" / "gradebook.db").unlink()
    monkeypatch.chdir(course.root)
    for arguments in ([UNIT], []):
        assert report.main(arguments) == 1
        assert "There is no gradebook yet." in capsys.readouterr().err
    assert not (course.root / "classroom" / "gradebook.db").exists()


def test_an_old_report_stays_when_a_new_one_fails(course, monkeypatch):
    page = report.report(course, UNIT)
    before = written(page)
    monkeypatch.setattr(pd.DataFrame, "to_csv", lambda *_, **__: (_ for _ in ()).throw(OSError(28)))
    with pytest.raises(OSError):
        report.report(course, UNIT)
    assert written(page) == before
    assert [path.name for path in page.parent.parent.iterdir()] == [UNIT]


def test_a_submission_that_is_gone_or_that_plain_nbgrader_graded_is_reported(course):
    shutil.rmtree(course.root / "classroom" / "graded")
    shutil.rmtree(course.root / "classroom" / "autograded" / "emil")
    page, tables = written(report.report(course, UNIT))
    assert "graded</th>" in page and "Grading one took" not in page
    assert "emil,graded,4.0" in tables["students"]


def test_who_could_not_be_graded_is_looked_at(course):
    journal = Journal(course.journals / f"{UNIT}.jsonl")
    journal.add(Result("kim", "ungradable", "No notebook."), "submission", "source")
    page, _ = written(report.report(course, UNIT))
    assert "kim: ungradable" in page


def test_main_tells_where_the_report_is(course, monkeypatch, capsys):
    monkeypatch.chdir(course.root)
    assert report.main([UNIT, "--anonymous"]) == 0
    assert capsys.readouterr().out == f"The report: classroom/reports/{UNIT}/index.html\n"
    with pytest.raises(Problem):
        report.report(course, "")
