"""Grading a class: hostile submissions, damaged ones, interruptions, outcomes, a cluster."""

import csv
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest

from grading import batch
from grading.batch import Batch, Course, fingerprint
from grading.kernels import sandbox
from grading.kernels.server import WarmServer
from grading.outcomes import STOPPED
from grading.runner import run_notebook
from tests.units import ROOT, api

pytestmark = pytest.mark.runs

UNIT = "99-tiny"
HOSTILE = ROOT / "tests" / "hostile"
# Small, so that bombs burst soon; a cell may still take its time on a busy machine.
LIMITS = {"cell": 10, "notebook": 60, "memory": 1500, "disk": 30, "output": 2}
needs_sandbox = pytest.mark.skipif(
    bool(sandbox.why_not()), reason=f"no sandbox: {sandbox.why_not()}"
)
unsafe = bool(sandbox.why_not())


def marked(cell, name, *, points=0, solution=False):
    cell.metadata["nbgrader"] = {
        "grade_id": name,
        "grade": bool(points),
        "solution": solution,
        "locked": not solution,
        "task": False,
        "schema_version": 3,
        "cell_type": cell.cell_type,
        **({"points": points} if points else {}),
    }
    cell["id"] = name
    return cell


def tiny_source():
    """Return a unit of two questions and a written one, quick to run."""
    code, text = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
    answer = "### BEGIN SOLUTION\n{}\n### END SOLUTION"
    return nbformat.v4.new_notebook(
        cells=[
            text("# Tiny", id="title"),
            marked(code("from helpers import checks", id="set-up"), "set-up"),
            marked(
                code(answer.format("def double(x):\n    return 2 * x")), "double", solution=True
            ),
            marked(
                code(
                    "with checks.question(1):\n    assert double(4) == 8, 'Four doubled should be eight.'\n"
                    "    ### BEGIN HIDDEN TESTS\n    assert double(-1) == -2, 'Negative numbers, too.'\n    ### END HIDDEN TESTS"
                ),
                "check-double",
                points=2,
            ),
            marked(code(answer.format("total = sum(range(10))")), "total", solution=True),
            marked(
                code(
                    "with checks.question(2):\n    assert total == 45, 'Add the numbers from 0 to 9.'"
                ),
                "check-total",
                points=3,
            ),
            marked(text(answer.format("Because.")), "written", points=1, solution=True),
        ],
        metadata={
            "kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}
        },
    )


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """Return the folder of a course with the tiny unit, released."""
    return release(tmp_path_factory.mktemp("released"), tiny_source())


def release(root, source):
    """Make a course of one unit in a folder, release it, and return the folder."""
    (root / "classroom").mkdir()
    settings = (ROOT / "nbgrader_config.py").read_text() + f"\nc.ExecuteGraded.limits = {LIMITS}\n"
    (root / "nbgrader_config.py").write_text(settings)
    (root / "solutions" / UNIT).mkdir(parents=True)
    nbformat.write(source, root / "solutions" / UNIT / "activity.ipynb")
    done = api(root).generate_assignment(UNIT)
    assert done["success"], done["log"]
    return root


@pytest.fixture
def course(released, tmp_path):
    """Return a copy of that course, without submissions."""
    return Course(shutil.copytree(released, tmp_path / "course"))


RIGHT = {"double": "def double(x):\n    return x + x", "total": "total = 45"}


def sheet(course, answers):
    """Return the released notebook with answers."""
    nb = nbformat.read(course.root / "notebooks" / UNIT / "activity.ipynb", as_version=4)
    for cell in nb.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    return nb


def submit(course, student, content):
    """Hand in answers, a notebook, text, or bytes."""
    folder = course.root / "classroom" / "submitted" / student / UNIT
    folder.mkdir(parents=True, exist_ok=True)
    content = (
        sheet(course, content) if isinstance(content, dict) and "cells" not in content else content
    )
    if isinstance(content, (str, bytes)):
        (folder / "activity.ipynb").write_bytes(
            content.encode() if isinstance(content, str) else content
        )
    else:
        (folder / "activity.ipynb").write_text(json.dumps(content))
    return folder


def grade(course, **options):
    """Grade all, and return results by student."""
    job = Batch(course, UNIT, **{"unsafe": unsafe} | options)
    return {result.student: result for result in job.results()}


def scores(course):
    """Return what the gradebook says: points by student and question."""
    with course.gradebook() as gradebook:
        return {
            (notebook.student.id, grade.name): grade.auto_score
            for notebook in gradebook.notebook_submissions("activity", UNIT)
            for grade in notebook.grades
        }


def left_in_boxes(server):
    """Return the processes in a process namespace below ours that come from a server, or from nobody who lives.

    Those of tests and programs that run beside this one come from somebody else.
    """
    parents, boxed = {}, set()
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            about = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:
            continue
        process = int(status.parent.name)
        parents[process] = int(about["PPid"])
        if len(about.get("NSpid", "").split()) > 1 or about["Name"].strip() == "bwrap":
            boxed.add(process)

    def makers(process):
        while process in parents:
            process = parents[process]
            if process not in boxed:
                yield process

    lines = {process: list(makers(process)) for process in boxed}
    return {process for process, line in lines.items() if server in line or line[0] in (0, 1)}


# hostile submissions


@pytest.fixture
def listener():
    """Return the port of a server that counts its visitors."""
    server, abstract = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)
    port = server.getsockname()[1]
    abstract.bind(f"\0good-fit-{port}")
    abstract.listen()
    yield port
    server.setblocking(False)
    with pytest.raises(BlockingIOError):
        server.accept()
    server.close()
    abstract.close()


@pytest.fixture(scope="module")
def own_server():
    """Return a server whose kernels are of this worker's tests alone."""
    with WarmServer() as server:
        yield server


@needs_sandbox
@pytest.mark.parametrize("name", sorted(path.stem for path in HOSTILE.glob("*.py")))
def test_hostile_submission_harms_nobody(
    name, course, listener, own_server, tmp_path_factory, monkeypatch
):
    """The attack gets no loot, honest students get their marks, nothing outside changes, nothing is left running."""
    secrets = tmp_path_factory.mktemp("secrets")
    (secrets / "token").write_text("secret")
    monkeypatch.setenv("SECRET_TOKEN", "secret")
    attack = (HOSTILE / f"{name}.py").read_text()
    outcomes = attack.split("Outcome: ")[1].split('"""')[0].strip().split(" or ")
    for word, value in {
        "COURSE": course.root,
        "ROOT": ROOT,
        "HOME": Path.home(),
        "SECRETS": secrets,
        "PORT": listener,
        "PACKAGES": Path(nbformat.__file__).parent.parent,
    }.items():
        attack = attack.replace(f"{{{word}}}", str(value))
    submit(course, "anna", RIGHT)
    submit(course, "mallory", RIGHT | {"double": attack + "\n\n" + RIGHT["double"]})
    submit(course, "zoe", RIGHT | {"total": "total = 44"})
    watched = [course.root / folder for folder in ("solutions", "notebooks", "classroom/submitted")]
    watched += [ROOT / "helpers", ROOT / "solutions", secrets]
    before = [fingerprint(folder) for folder in watched]
    running = left_in_boxes(own_server.process.pid)

    found = grade(course, workers=1)
    assert found["mallory"].outcome in outcomes, found["mallory"]
    assert [found[s].outcome for s in ("anna", "zoe")] == ["full", "partial"]
    assert (found["anna"].score, found["zoe"].score) == (5, 2)
    assert scores(course)["anna", "check-double"] == 2 and scores(course)["zoe", "check-total"] == 0
    assert before == [fingerprint(folder) for folder in watched]
    assert (
        not list(ROOT.glob("hostile"))
        and not Path("/tmp/hostile").exists()
        and not Path("/dev/shm/hostile").exists()
    )
    deadline = time.monotonic() + 60
    while left := left_in_boxes(own_server.process.pid) - running:
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
    graded = nbformat.read(
        course.root / "classroom" / "autograded" / "mallory" / UNIT / "activity.ipynb", as_version=4
    )
    printed = "".join(
        output.get("text", "") for cell in graded.cells for output in cell.get("outputs", [])
    )
    if "LOOT:" in attack and found["mallory"].outcome == "full":
        assert "LOOT: []" in printed, printed
    if found["mallory"].outcome != "full":
        assert (
            found["mallory"].questions[0][1] == 0 and found["mallory"].score <= 3
        )  # the other answer is right
        told = json.dumps(graded.cells)
        assert any(
            words in told
            for words in (
                "was stopped",
                "ended its own",
                "took longer than 10 seconds",
                "did not answer this check",
            )
        )


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="only root gives each submission a user id of its own",
)
def test_no_two_submissions_share_a_user_id():
    """Not even those of two servers: the kernel counts processes by user, and would stop one for what the other does."""
    first = sandbox.free_uid()
    other = subprocess.Popen(["sleep", "60"], user=first)
    try:
        assert first != sandbox.free_uid() and first in range(
            sandbox.FIRST_UID, sandbox.FIRST_UID + sandbox.UIDS
        )
    finally:
        other.kill()
        other.wait()
    assert sandbox.free_uid() == first


def test_every_outcome_of_a_stopped_run_is_in_the_corpus():
    told = " ".join(path.read_text() for path in HOSTILE.glob("**/*.py"))
    assert all(outcome in told for outcome in STOPPED)


@needs_sandbox
def test_an_attack_in_a_check_that_was_passed_keeps_its_points(course):
    """What was checked before the crash counts; what was not earns nothing."""
    submit(course, "ben", RIGHT | {"total": "import os\nos._exit(0)"})
    result = grade(course)["ben"]
    assert (result.outcome, result.score) == ("crashed", 2)
    assert [score for _, score, _, _ in result.questions] == [2, 0]


def test_an_interrupted_cell_costs_its_question_only(course):
    submit(course, "ben", RIGHT | {"double": "while True:\n    pass"})
    result = grade(course)["ben"]
    assert (result.outcome, result.score) == ("timed out", 3)


@pytest.mark.parametrize("way", ["output", "text", "answer"])
def test_scripts_do_not_reach_the_instructors_browser(course, way):
    script = "<script>fetch('/api/contents')</script><b onclick='go()'>bold</b>"
    answers = RIGHT | {"written": f"I find a < b and `x < 3`. {script if way == 'answer' else ''}"}
    nb = sheet(course, answers)
    if way == "text":
        nb.cells.append(nbformat.v4.new_markdown_cell(script))
    if way == "output":
        nb.cells.append(
            nbformat.v4.new_code_cell(
                f"from IPython.display import HTML, Javascript, SVG, display\nimport pandas as pd\ndisplay(HTML({script!r}), "
                "Javascript('go()'), SVG('<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"go()\"/>'), pd.DataFrame({'a': [1]}))"
            )
        )
    submit(course, "mallory", nb)
    assert grade(course)["mallory"].score == 5
    graded = nbformat.read(
        course.root / "classroom" / "autograded" / "mallory" / UNIT / "activity.ipynb", as_version=4
    )
    graded = json.dumps(
        [cell.source if cell.cell_type != "code" else cell.outputs for cell in graded.cells]
    )
    assert "<script" not in graded and "onload" not in graded and "<b onclick" not in graded
    assert "application/javascript" not in graded
    assert ("I find a < b and `x < 3`." in graded) == (way != "answer")
    assert way != "output" or "<table" in graded
    with course.gradebook() as gradebook:
        assert gradebook.find_submission(UNIT, "mallory").needs_manual_grade


# damaged submissions


def without(nb, *names):
    nb.cells = [
        cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") not in names
    ]
    return nb


def cell_named(nb, name):
    return next(
        cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name
    )


def deleted_check(nb):
    return without(nb, "check-double")


def deleted_everything_locked(nb):
    return without(nb, "set-up", "check-double", "check-total")


def deleted_answer(nb):
    return without(nb, "double")


def duplicated(nb):
    nb.cells.insert(3, nbformat.from_dict(cell_named(nb, "check-double")))
    nb.cells.insert(2, nbformat.from_dict(cell_named(nb, "double")))
    return nb


def split(nb):
    """Split a cell as JupyterLab does: both halves keep the marks."""
    answer = cell_named(nb, "double")
    half = nbformat.from_dict(answer)
    half.source, answer.source = (
        "def helper(x):\n    return x + x",
        "def double(x):\n    return helper(x)",
    )
    nb.cells.insert(nb.cells.index(answer), half)
    return nb


def without_ids(nb):
    for cell in nb.cells:
        del cell["id"]
    return nb | {"nbformat_minor": 4}


def same_ids(nb):
    for cell in nb.cells:
        cell["id"] = "same"
    return nb


def heavy(nb):
    cell_named(nb, "double").outputs = [nbformat.v4.new_output("stream", text="x" * 50_000_000)]
    return nb


def foreign_kernel(nb):
    nb.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    return nb


def reordered(nb):
    nb.cells = [
        *nb.cells[:2],
        cell_named(nb, "total"),
        cell_named(nb, "double"),
        cell_named(nb, "check-total"),
        cell_named(nb, "check-double"),
        cell_named(nb, "written"),
    ]
    return nb


def checks_as_text(nb):
    for name in ("check-double", "check-total"):
        cell = cell_named(nb, name)
        cell["cell_type"] = "markdown"
        del cell["outputs"], cell["execution_count"]
    return nb


def skipped(nb):
    for cell in nb.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception"]
    return nb


def forged_marks(nb):
    cell_named(nb, "check-total").metadata["nbgrader"] |= {
        "solution": True,
        "locked": False,
        "points": 100,
    }
    cell_named(nb, "check-total").source = "total = 45"
    cell_named(nb, "set-up").source = "class checks: pass"
    return nb


def with_widgets(nb):
    nb.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    return nb


@pytest.mark.parametrize(
    "damage",
    [
        deleted_check,
        deleted_everything_locked,
        duplicated,
        split,
        without_ids,
        same_ids,
        heavy,
        foreign_kernel,
        reordered,
        with_widgets,
    ],
)
def test_a_damaged_notebook_is_graded_as_if_whole(course, damage):
    submit(course, "carla", damage(sheet(course, RIGHT)))
    result = grade(course)["carla"]
    assert (result.outcome, result.score, result.points) == ("full", 5, 5), result


@pytest.mark.parametrize(
    ("damage", "score"), [(deleted_answer, 3), (checks_as_text, 0), (skipped, 0), (forged_marks, 0)]
)
def test_what_is_missing_or_wrong_earns_nothing(course, damage, score):
    """Not even with checks made into text, told to be skipped, or given other marks."""
    answers = (
        RIGHT
        if damage is deleted_answer
        else {"double": "def double(x):\n    return x", "total": "total = 0"}
    )
    submit(course, "dora", damage(sheet(course, answers)))
    result = grade(course)["dora"]
    assert (result.outcome, result.score, result.points) == ("partial", score, 5), result


def test_an_older_format_is_read(course):
    nb = sheet(course, RIGHT)
    old = nbformat.convert(nbformat.from_dict(nb), 3)
    for sheet_ in old.worksheets:
        for cell in sheet_.cells:
            cell.pop("id", None)
    submit(course, "emil", nbformat.writes(old, version=3))
    assert grade(course)["emil"].score == 5


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is not a notebook"),
        ("<html>log in</html>", "is not a notebook"),
        ("[1, 2]", "is not a notebook"),
        (b"\xff\xfe\x00", "is not a notebook"),
        ("{}", "is not a notebook"),
        ('{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "is not a notebook"),
    ],
)
def test_what_is_no_notebook_is_reported_and_never_a_silent_zero(course, content, reason):
    submit(course, "frida", content)
    submit(course, "anna", RIGHT)
    found = grade(course)
    assert found["frida"].outcome == "ungradable" and reason in found["frida"].reason
    assert found["anna"].outcome == "full"
    with course.gradebook() as gradebook:
        assert "frida" not in [student.id for student in gradebook.students]


def test_links_and_missing_notebooks_are_refused(course, tmp_path):
    folder = submit(course, "gina", RIGHT)
    shutil.move(folder / "activity.ipynb", tmp_path / "elsewhere.ipynb")
    (folder / "activity.ipynb").symlink_to(tmp_path / "elsewhere.ipynb")
    (submit(course, "hugo", RIGHT) / "data.csv").symlink_to(
        course.root / "classroom" / "gradebook.db"
    )
    shutil.move(
        submit(course, "ida", RIGHT) / "activity.ipynb",
        course.root / "classroom" / "submitted" / "ida" / UNIT / "mine.ipynb",
    )
    os.mkfifo(submit(course, "jan", RIGHT) / "pipe")
    found = grade(course)
    assert {found[s].outcome for s in ("gina", "hugo", "ida", "jan")} == {"ungradable"}
    assert (
        "activity.ipynb is a link" in found["gina"].reason
        and "data.csv is a link" in found["hugo"].reason
    )
    assert "There is no activity.ipynb; there is: mine.ipynb" in found["ida"].reason
    assert "pipe is a link or a special file" in found["jan"].reason


def test_a_worse_resubmission_does_not_keep_the_old_score_in_silence(course):
    submit(course, "kim", RIGHT)
    assert grade(course)["kim"].score == 5
    submit(course, "kim", "no notebook")
    result = grade(course)["kim"]
    assert (
        result.outcome == "ungradable"
        and "The gradebook keeps the score of an earlier run: 5." in result.reason
    )


# the run


def test_outcomes_table_and_exit_status(course, capsys, monkeypatch):
    from grading.__main__ import main

    monkeypatch.chdir(course.root)
    flags = ["--unsafe"] if unsafe else []
    submit(course, "anna", RIGHT)
    submit(course, "ben", RIGHT | {"total": "total = '=1+1'"})
    submit(course, "carla", {})
    assert main([UNIT, *flags]) == 0
    shown = capsys.readouterr().out
    assert (
        "3/3" in shown
        and "per minute" in shown
        and all(word in shown for word in ("full", "partial", "not attempted"))
    )
    rows = list(csv.DictReader(open(course.journals / f"{UNIT}.csv")))
    assert len(rows) == 6 and list(rows[0]) == [
        "student",
        "outcome",
        "question",
        "score",
        "points",
        "message",
    ]
    assert [row["score"] for row in rows if row["student"] == "ben"] == ["2.0", "0.0"]
    assert "Add the numbers" in next(
        row["message"]
        for row in rows
        if (row["student"], row["question"]) == ("ben", "check-total")
    )

    submit(course, "dora", "broken")
    assert main([UNIT, *flags]) == 3
    shown = " ".join(capsys.readouterr().out.split())
    assert (
        "3 of 4 are already graded" in shown
        and "1 to look at: dora" in shown
        and "is not a notebook" in shown
    )
    assert {row["student"] for row in csv.DictReader(open(course.journals / f"{UNIT}.csv"))} == {
        "anna",
        "ben",
        "carla",
        "dora",
    }


def by_hand(*, checks):
    """Return the tiny unit with a code answer and a task that a person grades, and with its checks or without."""
    source = tiny_source()
    code = "### BEGIN SOLUTION\nprint(sum(x**2 for x in range(9)))\n### END SOLUTION"
    plot = marked(nbformat.v4.new_code_cell(code, id="plot"), "plot", points=2, solution=True)
    task = marked(nbformat.v4.new_markdown_cell("Draw it.", id="drawing"), "drawing", points=4)
    task.metadata.nbgrader |= {"grade": False, "task": True, "locked": True}
    if not checks:
        source.cells = [cell for cell in source.cells if not cell.id.startswith("check")]
    source.cells += [plot, task]
    return source


@pytest.mark.parametrize("checks", [True, False])
def test_what_a_person_grades_is_to_be_graded(tmp_path, capsys, monkeypatch, checks):
    """It is neither lost points nor part of an outcome, in code, in words and as a task."""
    from grading.__main__ import main

    course = Course(release(tmp_path, by_hand(checks=checks)))
    answers = RIGHT | {"plot": "print(204)", "written": "Because it is."}
    submit(course, "anna", answers)
    submit(course, "ben", answers | {"total": "total = 44"})
    submit(course, "carla", {})
    monkeypatch.chdir(course.root)
    assert main([UNIT, "--unsafe"] if unsafe else [UNIT]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    found = {
        result["student"]: (result["outcome"], result["score"], result["points"])
        for result in (entry["result"] for entry in entries(course).values())
    }
    if checks:
        assert found["anna"] == ("full", 5, 5) and found["ben"] == ("partial", 2, 5)
    else:
        assert found["anna"] == found["ben"] == ("to be graded", 0, 0)
        assert "of 0" not in shown
    assert found["carla"][0] == "not attempted"
    assert "To be graded by a person: " in shown and "plot 2" in shown and "written 2" in shown
    rows = list(csv.DictReader(open(course.journals / f"{UNIT}.csv")))
    waiting = {(row["student"], row["question"]) for row in rows if row["score"] == ""}
    assert {("anna", "plot"), ("anna", "written"), ("ben", "plot")} <= waiting
    with course.gradebook() as gradebook:
        for name in ("plot", "written", "drawing"):
            grade = gradebook.find_grade(name, "activity", UNIT, "anna")
            assert grade.needs_manual_grade == (("anna", name) in waiting), name


def entries(course):
    return batch.Journal(course.journals / f"{UNIT}.jsonl").entries


def test_only_what_is_new_is_graded_again(course):
    for student in ("anna", "ben"):
        submit(course, student, RIGHT)
    assert set(grade(course)) == {"anna", "ben"} and grade(course) == {}
    submit(course, "ben", RIGHT | {"total": "total = 1"})
    assert {s: r.score for s, r in grade(course).items()} == {"ben": 2}
    nb = tiny_source()
    cell_named(
        nb, "check-total"
    ).source = "with checks.question(2):\n    assert total == 1, 'It should be one now.'"
    nbformat.write(nb, course.root / "solutions" / UNIT / "activity.ipynb")
    assert api(course.root).generate_assignment(UNIT)["success"]
    job = Batch(course, UNIT, unsafe=unsafe)
    assert job.todo == [] and job.outdated == ["anna", "ben"]
    assert {s: r.score for s, r in grade(course, regrade=True).items()} == {"anna": 2, "ben": 5}


def test_marks_by_hand_survive_regrading(course):
    submit(course, "anna", RIGHT | {"written": "Because it is."})
    grade(course)
    with course.gradebook() as gradebook:
        written = next(
            g
            for g in gradebook.find_submission_notebook("activity", UNIT, "anna").grades
            if g.name == "written"
        )
        written.manual_score = 1
        gradebook.db.commit()
    grade(course, regrade=True)
    with course.gradebook() as gradebook:
        assert gradebook.find_submission(UNIT, "anna").score == 6


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["98-other"], "There is no graded unit '98-other'. There are: 99-tiny."),
        ([UNIT], "There is nothing under"),
    ],
)
def test_wrong_orders_are_explained(course, arguments, sentence, capsys, monkeypatch):
    from grading.__main__ import main

    monkeypatch.chdir(course.root)
    assert main([*arguments, *(["--unsafe"] if unsafe else [])]) == 1
    assert sentence in " ".join(capsys.readouterr().err.split())


def test_a_unit_that_the_judge_can_not_set_up_is_told_and_nobody_marked(
    course, capsys, monkeypatch
):
    from grading.__main__ import main

    nb = tiny_source()
    cell_named(nb, "set-up").source += "\nimport no_such_module"
    nbformat.write(nb, course.root / "solutions" / UNIT / "activity.ipynb")
    assert api(course.root).generate_assignment(UNIT)["success"]
    submit(course, "anna", RIGHT)
    monkeypatch.chdir(course.root)
    assert main([UNIT, *(["--unsafe"] if unsafe else [])]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert (
        "Not graded. The judge can't run the locked cells of this unit" in told
        and "no_such_module" in told
    )
    assert Batch(course, UNIT).todo == ["anna"]


def test_wide_tables_are_shown_as_in_a_cold_kernel(course):
    wide = "import pandas as pd\ndisplay(pd.DataFrame([[1.5] * 12], columns=[f'a long name {n}' for n in range(12)]))\ntotal = 45"
    submit(course, "anna", RIGHT | {"total": wide})
    assert grade(course)["anna"].outcome == "full"
    graded = nbformat.read(
        course.root / "classroom" / "autograded" / "anna" / UNIT / "activity.ipynb", as_version=4
    )
    shown = cell_named(graded, "total").outputs[0].data
    assert all(
        f"a long name {n}" in shown[kind] for n in range(12) for kind in ("text/plain", "text/html")
    )


def test_a_check_may_give_some_of_its_points(course, capsys, monkeypatch):
    """nbgrader's partial credit: a number as the last expression."""
    from grading.__main__ import main

    nb = tiny_source()
    cell_named(
        nb, "check-total"
    ).source = "points = {45: 3, 44: 1.5, 43: 0}\nassert total in points, 'Far off.'\npoints[total]"
    nbformat.write(nb, course.root / "solutions" / UNIT / "activity.ipynb")
    assert api(course.root).generate_assignment(UNIT)["success"]
    for total in (45, 44, 43, 2):
        submit(course, f"s{total}", RIGHT | {"total": f"total = {total}"})
    assert {s: r.score for s, r in grade(course).items()} == {
        "s45": 5,
        "s44": 3.5,
        "s43": 2,
        "s2": 2,
    }
    cell_named(nb, "check-total").source = "assert total == 45\n30"
    nbformat.write(nb, course.root / "solutions" / UNIT / "activity.ipynb")
    assert api(course.root).generate_assignment(UNIT)["success"]
    monkeypatch.chdir(course.root)
    assert main([UNIT, "--regrade", *(["--unsafe"] if unsafe else [])]) == 1
    assert "The check `check-total` gives 30 points; it may give 0 to 3." in " ".join(
        capsys.readouterr().err.split()
    )


def test_problems_are_told_before_anything_runs(course, tmp_path):
    with pytest.raises(batch.Problem, match="no nbgrader_config.py"):
        Course(tmp_path / "nowhere")
    (course.root / "classroom" / "gradebook.db").rename(course.root / "classroom" / "moved.db")
    with pytest.raises(
        batch.Problem,
        match="The gradebook does not know 99-tiny. Run `make release UNIT=99-tiny` first",
    ):
        Batch(course, UNIT)
    assert not (course.root / "classroom" / "gradebook.db").exists()


def test_without_a_sandbox_nothing_runs_unless_told(course, monkeypatch, capsys):
    from grading.__main__ import main

    monkeypatch.chdir(course.root)
    monkeypatch.setenv("PATH", str(course.root))
    submit(course, "anna", RIGHT)
    assert main([UNIT]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert (
        "needs bubblewrap: apt install bubblewrap" in told
        and "If you trust these, add --unsafe." in told
    )
    assert not (course.root / "classroom" / "autograded").exists()


def test_plain_nbgrader_grades_in_the_sandbox_too(course):
    submit(course, "anna", RIGHT | {"double": "import os\nprint(os.getcwd())\n" + RIGHT["double"]})
    if unsafe:
        pytest.skip(sandbox.why_not())
    assert api(course.root).autograde(UNIT, "anna")["success"]
    graded = (
        course.root / "classroom" / "autograded" / "anna" / UNIT / "activity.ipynb"
    ).read_text()
    assert sandbox.WORK in graded and scores(course)["anna", "check-total"] == 3


def test_two_graders_do_not_meet(course):
    submit(course, "anna", RIGHT)
    with (
        batch.only_one(course.journals / f"{UNIT}.lock"),
        pytest.raises(batch.Problem, match="Somebody is grading this unit right now"),
    ):
        grade(course)
    assert grade(course)["anna"].score == 5


def test_a_torn_journal_is_read_up_to_the_tear(course):
    for student in ("anna", "ben"):
        submit(course, student, RIGHT)
    grade(course)
    journal = course.journals / f"{UNIT}.jsonl"
    journal.write_bytes(journal.read_bytes()[:-40])
    assert len(grade(course)) == 1 and len(Batch(course, UNIT).done) == 2


def test_killed_at_any_moment_it_resumes(course, tmp_path_factory):
    """Finished submissions are not repeated, and the marks are those of an undisturbed run."""
    rng = random.Random(0)
    students = [f"s{number:02d}" for number in range(12)]
    for number, student in enumerate(students):
        submit(
            course,
            student,
            RIGHT | {"total": f"import time\ntime.sleep(1)\ntotal = {45 if number % 3 else 0}"},
        )
    twin = shutil.copytree(course.root, tmp_path_factory.mktemp("twin") / "course")

    command = [sys.executable, "-m", "grading", UNIT, *(["--unsafe"] if unsafe else [])]
    journal, kills = course.journals / f"{UNIT}.jsonl", 0
    while kills < 3:
        had = len(journal.read_text().splitlines()) if journal.exists() else 0
        run = subprocess.Popen(
            command, cwd=course.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while run.poll() is None and not (
            journal.exists() and len(journal.read_text().splitlines()) > had
        ):
            time.sleep(0.01)
        time.sleep(rng.random() * 0.6)
        run.send_signal(signal.SIGKILL)
        run.wait()
        kills += 1
    assert 3 <= len(journal.read_text().splitlines()) < 12
    assert subprocess.run(command, cwd=course.root, stdout=subprocess.DEVNULL).returncode == 0
    graded = [json.loads(line)["result"]["student"] for line in journal.read_text().splitlines()]
    assert sorted(graded) == students, "each exactly once"
    grade(Course(twin))
    assert scores(course) == scores(Course(twin)) and len(scores(course)) == 36
    assert not (course.root / "classroom" / "staging").exists()


def test_stopped_by_hand_it_ends_at_once_and_says_how_to_go_on(course):
    settings = course.root / "nbgrader_config.py"
    settings.write_text(
        settings.read_text().replace('"cell": 10, "notebook": 60', '"cell": 600, "notebook": 600')
    )
    for number in range(4):
        submit(
            course,
            f"s{number}",
            RIGHT | {"total": f"import time\ntime.sleep({600 * (number == 2)})\ntotal = 45"},
        )
    command = [
        sys.executable,
        "-m",
        "grading",
        UNIT,
        "--workers",
        "1",
        *(["--unsafe"] if unsafe else []),
    ]
    run = subprocess.Popen(
        command, cwd=course.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    journal = course.journals / f"{UNIT}.jsonl"
    while run.poll() is None and not (
        journal.exists() and len(journal.read_text().splitlines()) == 2
    ):
        time.sleep(0.05)
    time.sleep(2)  # the endless one begins; if it has not yet, it never will
    run.send_signal(signal.SIGINT)
    told = " ".join(run.communicate(timeout=120)[0].split())
    assert run.returncode == 130 and "the same command goes on from there" in told, told
    assert [json.loads(line)["result"]["outcome"] for line in journal.read_text().splitlines()] == [
        "full",
        "full",
    ]
    marked = {student for (student, _), score in scores(course).items() if score is not None}
    assert marked == {"s0", "s1"}, "what was cut short has no marks"


def test_no_notebook_begins_after_the_stop(course, monkeypatch):
    """One that nbgrader was still making ready when Ctrl-C came would run to its end, as nobody would end it any more."""
    submit(course, "anna", RIGHT)
    began, stop = [], lambda *order: job.stopping.set() or prepare(*order)
    prepare = batch.prepare
    monkeypatch.setattr("grading.batch.prepare", stop)
    job = Batch(course, UNIT, unsafe=unsafe, run=lambda *order: began.append(order))
    assert list(job.results()) == [] and began == [] and not job.journal.entries


# a cluster


def test_a_cluster_gives_the_same_marks_though_a_worker_is_lost(course, monkeypatch, capsys):
    distributed = pytest.importorskip("distributed")
    from grading.__main__ import main

    for number in range(8):
        submit(
            course,
            f"s{number}",
            RIGHT | {"total": f"import time\ntime.sleep(1)\ntotal = {45 if number % 2 else 0}"},
        )
    monkeypatch.chdir(course.root)
    monkeypatch.delenv(
        "GOOD_FIT_WARM", raising=False
    )  # each worker makes its own server, as on another machine
    monkeypatch.delenv("JUPYTER_DEFAULT_PROVISIONER_NAME", raising=False)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        victim = cluster.workers[0].pid
        killed = []

        def kill_one(*_):
            if not killed and len(batch.Journal(course.journals / f"{UNIT}.jsonl").entries) >= 2:
                killed.append(victim)
                os.kill(victim, signal.SIGKILL)

        stop = threading.Event()
        watcher = threading.Thread(
            target=lambda: [kill_one() for _ in iter(lambda: stop.wait(0.1), True)]
        )
        watcher.start()
        try:
            assert (
                main(
                    [
                        UNIT,
                        "--scheduler",
                        cluster.scheduler_address,
                        *(["--unsafe"] if unsafe else []),
                    ]
                )
                == 0
            )
        finally:
            stop.set()
            watcher.join()
    assert killed, "the run was too short for the test"
    assert "2 workers, 2 notebooks at once" in " ".join(capsys.readouterr().out.split())
    assert {s: v for (s, q), v in scores(course).items() if q == "check-total"} == {
        f"s{n}": 3.0 * (n % 2) for n in range(8)
    }


def test_stopped_by_hand_it_ends_what_runs_on_a_cluster(course, tmp_path):
    distributed = pytest.importorskip("distributed")
    settings = course.root / "nbgrader_config.py"
    settings.write_text(
        settings.read_text().replace('"cell": 10, "notebook": 60', '"cell": 600, "notebook": 600')
    )
    for number in range(4):
        submit(
            course,
            f"s{number}",
            RIGHT | {"total": f"import time\ntime.sleep({600 * (number > 0)})\ntotal = 45"},
        )
    journal = course.journals / f"{UNIT}.jsonl"
    cold = {
        name: value
        for name, value in os.environ.items()
        if name not in ("GOOD_FIT_WARM", "JUPYTER_DEFAULT_PROVISIONER_NAME")
    }
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0") as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        worker = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            cluster.scheduler_address,
            "--no-dashboard",
            "--nthreads=1",
        ]
        worker = subprocess.Popen(worker, cwd=tmp_path, env=cold, stderr=subprocess.DEVNULL)
        client.wait_for_workers(1, timeout=60)
        command = [
            sys.executable,
            "-m",
            "grading",
            UNIT,
            "--workers",
            "2",
            "--scheduler",
            cluster.scheduler_address,
        ]
        run = subprocess.Popen(
            [*command, *(["--unsafe"] if unsafe else [])],
            cwd=course.root,
            env=cold,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        while run.poll() is None and not (
            journal.exists() and len(journal.read_text().splitlines()) == 1
        ):
            time.sleep(0.05)
        time.sleep(3)  # one of the endless ones begins, another waits for the worker
        run.send_signal(signal.SIGINT)
        told = " ".join(run.communicate(timeout=120)[0].split())
        assert run.returncode == 130 and "the same command goes on from there" in told, told
        deadline = time.monotonic() + 60
        while any(client.processing().values()) or client.run(
            lambda dask_worker: dask_worker.state.executing_count
        ) != dict.fromkeys(client.nthreads(), 0):
            assert time.monotonic() < deadline, "the worker is still busy"
            time.sleep(0.2)
        worker.terminate()
        worker.wait()
    assert [json.loads(line)["result"]["student"] for line in journal.read_text().splitlines()] == [
        "s0"
    ]
    assert {student for (student, _), score in scores(course).items() if score is not None} == {
        "s0"
    }


def test_a_cluster_that_can_not_grade_is_explained(course, monkeypatch, capsys, tmp_path):
    """Workers without the course, and workers that all go away: a sentence, not a wait for ever."""
    distributed = pytest.importorskip("distributed")
    from grading.__main__ import main

    submit(course, "anna", RIGHT | {"total": "import time\ntime.sleep(8)\ntotal = 45"})
    monkeypatch.chdir(course.root)
    monkeypatch.setattr("grading.cluster.PATIENCE", 1)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "grading.py").touch()  # another module of that name

    def told(folder, gone=False):
        """Grade with one worker, which runs in a folder, and goes away when it has been given something."""
        worker = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            cluster.scheduler_address,
            "--no-nanny",
            "--no-dashboard",
        ]
        process = subprocess.Popen(
            worker,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder)},
            stderr=subprocess.DEVNULL,
        )
        with distributed.Client(cluster, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=60)

            def end():
                while not any(client.processing().values()):
                    time.sleep(0.1)
                process.kill()

            thread = threading.Thread(target=end if gone else process.poll)
            thread.start()
            assert (
                main(
                    [
                        UNIT,
                        "--scheduler",
                        cluster.scheduler_address,
                        *(["--unsafe"] if unsafe else []),
                    ]
                )
                == 1
            )
            thread.join()
        process.kill()
        process.wait()
        return " ".join(capsys.readouterr().err.split())

    with distributed.LocalCluster(n_workers=0, dashboard_address=":0") as cluster:
        assert "can't import the course (No module named 'grading.runner'" in told(
            tmp_path / "other"
        )
        assert "are gone. Start some; the same command then goes on." in told(ROOT, gone=True)
    assert grade(course)["anna"].outcome == "full"


def test_a_scheduler_that_is_not_there_is_explained(course, monkeypatch, capsys):
    pytest.importorskip("distributed")
    from grading.__main__ import main

    monkeypatch.chdir(course.root)
    assert main([UNIT, "--scheduler", "tcp://127.0.0.1:9"]) == 1
    assert "There is no Dask scheduler at tcp://127.0.0.1:9" in " ".join(
        capsys.readouterr().err.split()
    )


def test_run_notebook_refuses_without_a_sandbox(monkeypatch):
    monkeypatch.setattr("grading.runner._no_sandbox", lambda: "The sandbox needs Linux.")
    with pytest.raises(RuntimeError, match="The sandbox needs Linux"):
        run_notebook(b"{}", {}, sandbox.Limits())
