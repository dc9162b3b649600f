"""The whole way of an activity, with nbgrader's own commands, and Validate as students press it."""

import csv
import getpass
import os
import re
import shutil
import subprocess
import zipfile

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.validator import Validator

from tests.units import ROOT, answer_sheet, config, is_check, make_course, questions, read

pytestmark = pytest.mark.runs

UNIT = "04-overfitting"
QUICK = ("lazy", "best-epoch", "share")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return an empty course with one unit's source, as in a fresh clone."""
    root = tmp_path_factory.mktemp("cycle")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "classroom").mkdir()
    source = root / "solutions" / UNIT
    source.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / UNIT / "activity.ipynb", source)
    shutil.copy(ROOT / "solutions" / UNIT / "lesson.ipynb", source)
    return root


def nbgrader(root, *arguments):
    run = subprocess.run(
        ["nbgrader", *arguments], cwd=root, capture_output=True, text=True, timeout=600
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout + run.stderr


def quick_answers(root):
    """Answer the three questions that need no training, and leave the others as they came."""
    sheet = answer_sheet(root, UNIT, {})
    untouched = {cell.id: cell.source for cell in answer_sheet(root, UNIT, None).cells}
    for cell in sheet.cells:
        if cell.id not in QUICK:
            cell.source = untouched[cell.id]
        if cell.id == "written":
            cell.source = "I would ship the one that was stopped in time."
    return sheet


def test_from_source_to_exported_grades(course):
    # The instructor generates and releases; a student on the same server fetches.
    nbgrader(course, "generate_assignment", UNIT)
    nbgrader(course, "release_assignment", UNIT)
    nbgrader(course, "fetch_assignment", UNIT)
    fetched = course / "good-fit" / UNIT
    assert {path.name for path in fetched.glob("*.ipynb")} == {"lesson.ipynb", "activity.ipynb"}

    # The student answers three questions and one in words, and submits.
    nbformat.write(quick_answers(course), fetched / "activity.ipynb")
    nbgrader(course, "submit", UNIT)
    nbgrader(course, "collect", UNIT)
    here = getpass.getuser()
    assert (course / "classroom" / "submitted" / here / UNIT / "activity.ipynb").is_file()

    # Another handed the untouched file in on a learning platform, which exports a zip.
    downloaded = course / "classroom" / "downloaded" / UNIT / "archive"
    downloaded.mkdir(parents=True)
    with zipfile.ZipFile(downloaded / "export.zip", "w") as export:
        export.write(
            course / "notebooks" / UNIT / "activity.ipynb", f"Course X/{UNIT}_s1234_activity.ipynb"
        )
        export.writestr(f"Course X/{UNIT}_s1234_notes.txt", "see notebook")
    log = nbgrader(course, "zip_collect", UNIT, "--force")
    assert (course / "classroom" / "submitted" / "s1234" / UNIT / "activity.ipynb").is_file(), log

    # Autograding, then the written answer by hand.
    nbgrader(course, "autograde", UNIT)
    url = config(course).CourseDirectory.db_url
    with Gradebook(url, "good-fit") as gradebook:
        scores = {s.student_id: s.score for s in gradebook.assignment_submissions(UNIT)}
        assert scores == {here: 3, "s1234": 0}
        written = gradebook.find_grade("written", "activity", UNIT, here)
        assert written.needs_manual_grade
        assert not gradebook.find_grade("written", "activity", UNIT, "s1234").needs_manual_grade
        written.manual_score, written.needs_manual_grade = 2, False
        gradebook.find_comment(
            "written", "activity", UNIT, here
        ).manual_comment = "Which numbers say so?"
        gradebook.db.commit()

    # Feedback: the messages and the comment, but no hidden test, no way into the grader.
    nbgrader(course, "generate_feedback", UNIT)
    nbgrader(course, "release_feedback", UNIT, f"--student={here}")
    nbgrader(course, "fetch_feedback", UNIT)
    page = (course / "classroom" / "feedback" / here / UNIT / "activity.html").read_text(
        encoding="utf-8"
    )
    assert "Which numbers say so?" in page
    assert "`plain` is not defined. Answer the question" in page.replace("&#96;", "`").replace(
        "&#39;", "'"
    )
    for secret in (
        "HIDDEN",
        "default_rng(41)",
        "Traceback (most",
        str(course),
        str(ROOT),
        "site-packages",
    ):
        assert secret not in page, secret
    assert list((course / "good-fit" / UNIT / "feedback").rglob("activity.html"))

    # The exported grades.
    nbgrader(course, "export", "--to", "classroom/grades.csv")
    with open(course / "classroom" / "grades.csv", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {student: float(row["score"]) for student, row in rows.items()} == {here: 5, "s1234": 0}
    assert {float(row["max_score"]) for row in rows.values()} == {17}
    assert {path.name for path in course.iterdir()} == {
        "nbgrader_config.py",
        "solutions",
        "notebooks",
        "classroom",
        "good-fit",
    }


def test_warnings_and_noise_cost_nothing(tmp_path):
    """nbgrader alone gives 0 to a right answer whose check writes to the error stream."""
    from tests.units import grade

    root = make_course(tmp_path / "course", UNIT)
    noisy = (
        "import sys, warnings, logging\n"
        "def best_epoch(val_losses):\n"
        "    warnings.warn('slow'); logging.error('noise'); print('noise', file=sys.stderr)\n"
        "    import os; os.write(2, b'noise')\n"
        "    return int(np.argmin(val_losses)) + 1\n"
    )
    cheap = {cell.id: cell.source for cell in quick_answers(root).cells}
    verdicts = grade(root, UNIT, "noisy", {**cheap, "best-epoch": noisy})
    assert verdicts["best-epoch"].score == 1


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Return the folder in which a student works: the released notebooks, outside the course."""
    folder = tmp_path_factory.mktemp("student")
    shutil.copy(ROOT / "notebooks" / UNIT / "activity.ipynb", folder)
    return folder


def validate(path):
    """Return the messages of the checks that fail when a student presses Validate, which names their questions."""
    validator = Validator(config=config(ROOT))
    result = validator.validate(str(path))
    assert not result.keys() - {"failed"}, result.keys()
    named = [cell["source"] for cell in result.get("failed", []) if "✗" in cell["raw_error"]]
    assert all(re.fullmatch(r"Question \d+", source) for source in named), named
    return [re.sub(r"\x1b\[[0-9;]*m", "", cell["raw_error"]) for cell in result.get("failed", [])]


def test_validate_on_the_untouched_activity_fails_every_question(released):
    errors = validate(released / "activity.ipynb")
    assert (
        len(errors) == len(questions(UNIT)) + 1
        and errors.pop() == "You did not provide a response."
    )
    for error in errors:
        assert re.match(r"✗ Question \d+: not yet\. \n", error)
        assert all(len(line) <= 80 for line in error.splitlines()), "Validate cuts long lines off"
        error = " ".join(error.split())
        assert (
            "is not defined. Answer the question" in error
            or "This question is not answered yet" in error
        )


def test_validate_on_the_solution_passes(tmp_path):
    unit = "01-forward-propagation"  # which trains next to nothing
    sheet = answer_sheet(ROOT, unit, {})
    nbformat.write(sheet, tmp_path / "activity.ipynb")
    assert validate(tmp_path / "activity.ipynb") == []


@pytest.mark.parametrize("source", ["pass", "with checks.question(1):\n    assert False"])
def test_validate_notices_a_changed_check(released, source):
    sheet = read(released / "activity.ipynb")
    next(filter(is_check, sheet.cells)).source = source
    nbformat.write(sheet, released / "changed.ipynb")
    assert "changed" in Validator(config=config(ROOT)).validate(str(released / "changed.ipynb"))


def test_checks_run_out_of_order_say_what_to_do(released):
    """A student who runs only the set-up and the check of question 9."""
    sheet = read(released / "activity.ipynb")
    wanted = {"setup", "imports", "data", "scaling", "check-table", "check-share"}
    sheet.cells = [cell for cell in sheet.cells if cell.id in wanted]
    nbformat.write(sheet, released / "order.ipynb")
    errors = validate(released / "order.ipynb")
    assert len(errors) == 2
    for error in errors:
        assert re.search(
            r"`(comparison|share_undone)` is not defined. Answer the question and run all cells above",
            error,
        )


def test_environment_is_found_without_activation(tmp_path):
    """nbgrader calls alembic by name when it makes a gradebook; the config adds it to PATH."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / "classroom").mkdir()
    shutil.copytree(
        ROOT / "solutions" / UNIT,
        tmp_path / "solutions" / UNIT,
        ignore=shutil.ignore_patterns(".*"),
    )
    command = [shutil.which("nbgrader"), "generate_assignment", UNIT]
    env = {**os.environ, "PATH": "/usr/bin:/bin"}
    run = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "classroom" / "gradebook.db").is_file()


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("Anna Muster_1234_assignsubmission_file_/activity.ipynb", "Anna Muster"),
        ("Anna Muster_1234_assignsubmission_file/activity.ipynb", "Anna Muster"),
        ("musteranna_1234_5678_activity.ipynb", "musteranna"),
        ("musteranna_LATE_1234_5678_activity-1.ipynb", "musteranna"),
        ("04-overfitting_s1234_activity.ipynb", "s1234"),
        ("04-overfitting_anna_muster_activity (1).ipynb", "anna_muster"),
        ("12-validation-and-tuning_s1_activity.ipynb", "s1"),
        ("activity.ipynb", None),
        ("musteranna_1234_5678_lesson.ipynb", None),
        ("musteranna_1234_5678_activity.pdf", None),
    ],
)
def test_names_of_learning_platforms_tell_the_student(name, student):
    pattern = config(ROOT).FileNameCollectorPlugin.named_regexp
    found = re.match(
        pattern, f"/srv/25-ml_group_a/classroom/downloaded/{UNIT}/extracted/export/{name}"
    )
    assert (found and found["student_id"]) == student
    assert found is None or found["file_id"] == "activity"


def test_own_hidden_test_marks_do_not_stop_the_feedback():
    """A student may write nbgrader's marks into an answer."""
    from grading.steps import StudentView

    sheet = read(ROOT / "solutions" / UNIT / "activity.ipynb")
    answer = next(cell for cell in sheet.cells if cell.id == "share")
    answer.source += "\n### BEGIN HIDDEN TESTS\npass\n"
    view, _ = StudentView().preprocess(sheet, {})
    assert all("HIDDEN" not in cell.source for cell in filter(is_check, view.cells))
