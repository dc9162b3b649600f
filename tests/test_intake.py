"""Taking in and recording: whatever a submission holds, it is told, nothing is lost, and the others are graded."""

import csv
import io
import json
import logging
import os
import shutil
import signal
import subprocess
import tarfile
import threading
import zipfile
from types import SimpleNamespace

import nbformat
import pytest

from grading import batch, bounded, intake
from grading.batch import Batch
from grading.intake import Ungradable, mark, survey
from grading.judge.court import ScriptError
from grading.names import fault, plain, printable, printable_lines
from grading.runner import Executed
from tests.test_grading import RIGHT, UNIT, cell_named, course, grade, released, sheet, submit  # noqa: F401  (fixtures)
from tests.units import api

pytestmark = pytest.mark.runs

ESCAPE = "\x1b[2J\x1b[31mowned"


def unrun(notebook, files, limits, unsafe, script):
    """Stand for a kernel in which every check passes; what is tested here happens before and after."""
    return Executed(notebook, "finished", 0.1, 0.1)


def graded(course, student):
    return nbformat.read(
        course.root / "classroom" / "autograded" / student / UNIT / "activity.ipynb", as_version=4
    )


def folder_of(course, student):
    return course.root / "classroom" / "submitted" / student / UNIT


# odd submissions


def not_utf8(folder):
    (folder / os.fsdecode(b"caf\xe9.txt")).touch()


def folder_not_utf8(folder):
    (folder / os.fsdecode(b"donn\xe9es")).mkdir()


def sparse(folder):
    with open(folder / "data.bin", "wb") as file:
        file.truncate(60_000_000_000)


def sparse_notebook(folder):
    with open(folder / "activity.ipynb", "wb") as file:
        file.truncate(60_000_000_000)


def large(folder):
    for number in range(4):
        (folder / f"{number}.bin").write_bytes(bytes(10_000_000))


def pipe(folder):
    os.mkfifo(folder / "pipe")


def device(folder):
    os.mknod(folder / "zero", 0o666 | 0o020000, os.makedev(1, 5))


def pipe_as_notebook(folder):
    (folder / "activity.ipynb").unlink()
    os.mkfifo(folder / "activity.ipynb")


def many_files(folder):
    for number in range(2_500):
        (folder / f"{number}").touch()


def deep_folders(folder):
    here = os.open(folder, os.O_RDONLY)
    for _ in range(200):
        os.mkdir("nested", dir_fd=here)
        inner = os.open("nested", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


def notebook_folder(folder):
    (folder / "activity.ipynb").unlink()
    (folder / "activity.ipynb").mkdir()


def written(text):
    def damage(folder):
        (folder / "activity.ipynb").write_bytes(text if isinstance(text, bytes) else text.encode())

    return damage


def changed(change):
    def damage(folder):
        nb = json.loads((folder / "activity.ipynb").read_text())
        change(nb)
        (folder / "activity.ipynb").write_text(json.dumps(nb))

    return damage


def timestamp(content):
    def damage(folder):
        (folder / "timestamp.txt").write_bytes(content)

    return damage


ODD = {
    "a file's name": (not_utf8, r"not UTF-8: caf\udce9.txt"),
    "a folder's name": (folder_not_utf8, r"not UTF-8: donn\udce9es"),
    "a sparse file": (sparse, "Its files take 60,000 MB; at most 30 MB."),
    "a sparse notebook": (sparse_notebook, "The notebook has 60,000 MB; at most 100 MB."),
    "large files": (large, "Its files take 40 MB; at most 30 MB."),
    "a pipe": (pipe, "pipe is a link or a special file"),
    "a pipe as notebook": (pipe_as_notebook, "activity.ipynb is a link or a special file"),
    "many files": (many_files, "It holds more than 2000 files and folders."),
    "deep folders": (deep_folders, "folders nested more than 20 deep"),
    "a folder as notebook": (notebook_folder, "activity.ipynb is a folder"),
    "nested JSON": (written("[" * 100_000), "nested too deeply"),
    "nested objects": (written('{"cells": ' + '{"a":' * 100_000), "nested too deeply"),
    "odd version": (
        written(json.dumps({"nbformat": ESCAPE, "nbformat_minor": 0, "metadata": {}, "cells": []})),
        r"its `nbformat` is",
    ),
    "version as list": (
        changed(lambda nb: nb.update(nbformat=[4])),
        "its `nbformat` is [4], but should be a small number",
    ),
    "minor version as text": (
        changed(lambda nb: nb.update(nbformat_minor="5")),
        "its `nbformat_minor` is",
    ),
    "source as number": (
        changed(lambda nb: nb["cells"][2].update(source=5)),
        "the source of cell 3 is not a text",
    ),
    "source as numbers": (
        changed(lambda nb: nb["cells"][2].update(source=[5])),
        "the source of cell 3 is not a text",
    ),
    "a cell that is a text": (
        changed(lambda nb: nb["cells"].append("cell")),
        "cell 8 is not a cell",
    ),
    "many cells": (
        changed(
            lambda nb: nb.update(
                cells=[{"cell_type": "markdown", "source": "", "metadata": {}}] * 400_000
            )
        ),
        "it has 400,000 cells; at most 1,000",
    ),
    "a long cell": (
        changed(lambda nb: nb["cells"][2].update(source="x" * 3_000_000)),
        "cell 3 has 3,000,000 characters; at most 200,000",
    ),
    "long cells": (
        changed(
            lambda nb: nb.update(
                cells=[{"cell_type": "markdown", "source": "x" * 150_000, "metadata": {}}] * 8
            )
        ),
        "more than 1,000,000 characters",
    ),
    "a malformed time stamp": (
        timestamp(b"yesterday, " + ESCAPE.encode()),
        r"timestamp.txt does not say when it was handed in (yesterday, \x1b[2J\x1b[31mowned)",
    ),
    "a huge time stamp": (
        timestamp(b"2026-11-26 " * 1_000_000),
        "timestamp.txt does not say when it was handed in (11000000 bytes)",
    ),
    "a time stamp of other characters": (
        timestamp(b"\xff\xfe2026"),
        "timestamp.txt does not say when",
    ),
    "a time stamp out of bounds": (
        timestamp(b"99999999999999999999-01-01"),
        "timestamp.txt does not say when",
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_one_odd_submission_is_told_and_the_others_are_graded(course, name):
    damage, reason = ODD[name]
    submit(course, "anna", RIGHT)
    damage(submit(course, "mallory", RIGHT))
    submit(course, "zoe", RIGHT)
    found = grade(course, run=unrun)
    assert [found[student].outcome for student in ("anna", "mallory", "zoe")] == [
        "full",
        "ungradable",
        "full",
    ]
    assert reason in found["mallory"].reason and found["mallory"].reason.isprintable(), found[
        "mallory"
    ].reason
    assert grade(course, run=unrun) == {}, "it is not tried again before it has changed"
    with course.gradebook() as gradebook:
        assert [student.id for student in gradebook.students] == ["anna", "zoe"]


def test_what_is_odd_and_harmless_is_mended(course):
    def odd(nb):
        nb["metadata"] = []
        nb["cells"][0]["metadata"] = ["list"]
        nb["cells"][2] |= {
            "source": RIGHT["double"].splitlines(True),
            "outputs": 7,
            "execution_count": "one",
            "attachments": 3,
        }
        nb["cells"][5]["metadata"]["nbgrader"] = "text"
        del nb["nbformat"], nb["nbformat_minor"]

    changed(odd)(submit(course, "anna", RIGHT))
    (folder_of(course, "anna") / f"data{ESCAPE}.txt").touch()
    (folder_of(course, "anna") / "timestamp.txt").write_text("2026-11-26 17:20:00 UTC")
    result = grade(course, run=unrun)["anna"]
    assert (result.outcome, result.score) == ("full", 5), result


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("anna [1]", "it holds [ ]"),
        ("anna*", "it holds *"),
        (" anna", "it begins or ends with a space"),
        ("anna ", "it begins or ends with a space"),
        (".anna", "it begins with a dot"),
        (ESCAPE, "characters that can't be printed"),
        (os.fsdecode(b"zo\xe9"), "it is not UTF-8"),
        ("<script>window.PWNED=1<\u2044script>", "it holds < >"),
        ('a"onclick="b', 'it holds "'),
        ("x" * 200, "it has 200 bytes; at most 120"),
        ("an\u202ena", "characters that can't be printed"),
        ("{anna}", "it holds { }"),
    ],
)
def test_a_folder_whose_name_can_not_be_a_students_is_told(
    course, student, reason, capsys, monkeypatch
):
    from grading.__main__ import grade as show

    submit(course, student, RIGHT)
    submit(course, "anna", RIGHT)
    submit(course, "Anna", RIGHT | {"total": "total = 1"})
    from rich.console import Console

    job = Batch(course, UNIT, unsafe=True, run=unrun)
    assert show(job, None, Console(width=200)) == 3
    told = " ".join(capsys.readouterr().out.split())
    assert (
        "can't be a student's: " in told
        and reason in told
        and "\x1b[2J" not in told
        and "\u202e" not in told
    )
    rows = list(csv.DictReader(open(course.journals / f"{UNIT}.csv", encoding="utf-8")))
    assert {row["outcome"] for row in rows if row["student"].lower() == "anna"} == {"full"}
    assert (
        all(row["student"].isprintable() for row in rows)
        and len({row["student"] for row in rows}) == 3
    )
    with course.gradebook() as gradebook:
        assert sorted(one.id for one in gradebook.students) == ["Anna", "anna"]


@pytest.mark.parametrize(
    "name",
    [
        "Anna Muster",
        "Seán O'Brien",
        "musteranna",
        "李雷",
        "anna_muster-2",
        "a.b@c.ch",
        "Muster, Anna (2)",
        "R&D",
    ],
)
def test_names_of_people_are_names(name):
    assert fault(name) == ""


def test_a_reason_an_error_and_a_table_hold_nothing_that_steers_a_terminal_or_a_spreadsheet(course):
    assert (
        printable(f"a\n{ESCAPE}\x07\udce9 b") == r"a \x1b[2J\x1b[31mowned\x07\udce9 b"
        and len(printable("x" * 10_000)) == 500
    )
    assert printable_lines(f"one\n  {ESCAPE}") == "one\n  \\x1b[2J\\x1b[31mowned"
    assert [plain(text) for text in ("=1+1", "+1", "-1", "@a", "\t=1", "＝1", "a=1", 5, None)] == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@a",
        "' =1",
        "'＝1",
        "a=1",
        5,
        None,
    ]

    def failed(notebook, *_):
        nb = nbformat.reads(notebook.decode(), as_version=4)
        cell_named(nb, "check-total").outputs = [
            nbformat.v4.new_output("error", ename="E", evalue=f"=1 {ESCAPE}", traceback=[])
        ]
        return Executed(nbformat.writes(nb).encode(), "suspicious", 0, 0, f"an answer {ESCAPE}")

    submit(course, "=1+1", RIGHT)
    job = Batch(course, UNIT, unsafe=True, run=failed)
    (result,) = job.results()
    assert (
        result.reason == r"an answer \x1b[2J\x1b[31mowned"
        and result.questions[1][3] == r"=1 \x1b[2J\x1b[31mowned"
    )
    row = list(csv.DictReader(open(job.write_table())))[1]
    assert (row["student"], row["message"]) == ("'=1+1", r"'=1 \x1b[2J\x1b[31mowned")


def test_files_that_can_not_be_read_are_told(course, monkeypatch):
    """As an ordinary user; root reads everything."""
    folder, real = submit(course, "mallory", RIGHT), os.scandir

    def scandir(path):
        if str(path) == str(folder):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(Ungradable, match=f"{UNIT} can't be read \\(Permission denied\\)"):
        survey(folder, 30)
    assert mark(folder, 30).startswith("refused: ")


def test_a_fault_of_ours_costs_one_submission_only(course):
    """Nobody's mistake in the grader may keep a class waiting."""

    def stumbles(notebook, files, limits, unsafe, script):
        if b"stumble" in notebook:
            raise KeyError(f"no such {ESCAPE}")
        return unrun(notebook, files, limits, unsafe, script)

    submit(course, "anna", RIGHT)
    submit(course, "mallory", RIGHT | {"total": "'stumble'"})
    found = grade(course, run=stumbles)
    assert found["anna"].outcome == "full" and found["mallory"].outcome == "ungradable"
    assert (
        "Grading it failed (KeyError" in found["mallory"].reason
        and found["mallory"].reason.isprintable()
    )


@pytest.mark.parametrize("trouble", ["disk", "gradebook", "gone", "script"])
def test_what_concerns_all_ends_the_run_with_a_sentence(course, trouble, monkeypatch):
    submit(course, "anna", RIGHT)
    job = Batch(course, UNIT, unsafe=True, workers=1, run=unrun)
    expected, sentence = batch.Problem, "The disk is full."
    if trouble == "disk":
        job.run = lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
        monkeypatch.setattr(batch, "LEAST_FREE", 1 << 60)
    if trouble == "gradebook":
        import sqlite3

        other = sqlite3.connect(course.root / "classroom" / "gradebook.db")
        other.execute("BEGIN EXCLUSIVE")
        sentence = "The gradebook can't be written .*database is locked"
    if trouble == "gone":
        sentence = "The gradebook (does not know|can't be)"
        (course.root / "classroom" / "gradebook.db").unlink()
        (course.root / "classroom" / "gradebook.db").mkdir()
    if trouble == "script":
        expected, sentence = ScriptError, "locked cells"
        job.run = lambda *_: (_ for _ in ()).throw(
            ScriptError("The judge can't run the locked cells.")
        )
    with pytest.raises(expected, match=sentence):
        list(job.results())
    assert not job.journal.entries


# bounds


def endless():
    while True:
        pass


def hungry():
    return len(bytearray(bounded.MEMORY))


def deep():
    return deep()


def double(number):
    return 2 * number


def test_the_child_is_bounded_and_made_anew():
    child = bounded.Child()
    try:
        with pytest.raises(bounded.TooMuch, match="longer than 1 seconds"):
            child.call(endless, seconds=1)
        assert child.call(double, 4) == 8
        first = child.process.pid
        with pytest.raises(bounded.TooMuch, match="too much memory"):
            child.call(hungry)
        with pytest.raises(bounded.Refused, match="nested too deeply"):
            child.call(deep)
        assert child.call(double, 5) == 10 and child.process.pid == first
        child.process.kill()
        child.process.wait()
        assert child.call(double, 6) == 12
    finally:
        child.close()


def test_a_notebook_that_takes_too_long_to_read_is_told(course, monkeypatch):
    monkeypatch.setattr(intake, "read", endless_read)
    monkeypatch.setattr(bounded.Child.call, "__kwdefaults__", {"seconds": 1})
    submit(course, "mallory", RIGHT)
    assert "takes longer than 1 seconds" in grade(course, run=unrun)["mallory"].reason


def endless_read(*_):
    endless()


# a second try


@pytest.mark.parametrize("second", ["finished", "timed out"])
def test_a_time_out_on_a_busy_machine_is_tried_once_more_alone_and_last(course, second):
    order = []

    def run(notebook, files, limits, unsafe, script):
        late = b"late" in notebook
        order.append("late" if late else "other")
        outcome = ("timed out" if order.count("late") == 1 else second) if late else "finished"
        return SimpleNamespace(
            notebook=notebook, outcome=outcome, cpu=0, reason="", overloaded=True
        )

    submit(course, "adam", RIGHT | {"total": "total = 45  # late"})
    for student in ("ben", "carla"):
        submit(course, student, RIGHT)
    found = grade(course, run=run, workers=1)
    assert order == ["late", "other", "other", "late"]
    assert (
        found["adam"].outcome == ("full" if second == "finished" else "timed out")
        and len(found) == 3
    )


@pytest.fixture
def ctrl_c():
    """Return a function that does what Ctrl-C does, whatever nbclient, in a test before, has made of the signal."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    signal.signal(signal.SIGINT, before)


def test_stopped_before_the_second_try_it_keeps_what_is_finished(course, ctrl_c):
    def run(notebook, files, limits, unsafe, script):
        if b"late" in notebook and len(job.journal.entries) == 1:
            ctrl_c()
            job.stopping.wait(60)
        late = b"late" in notebook
        return SimpleNamespace(
            notebook=notebook,
            outcome="timed out" if late else "finished",
            cpu=0,
            reason="",
            overloaded=late,
        )

    submit(course, "adam", RIGHT | {"total": "total = 45  # late"})
    submit(course, "ben", RIGHT)
    job = Batch(course, UNIT, unsafe=True, run=run, workers=1)
    with pytest.raises(KeyboardInterrupt):
        list(job.results())
    again = Batch(course, UNIT, unsafe=True, run=unrun)
    assert list(again.done) == ["ben"] and again.todo == ["adam"]
    assert [result.outcome for result in again.results()] == ["full"]


# nothing that a student wrote is lost

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def needs_person(course, student):
    """Return whether Formgrader says that a person must look at the written answer."""
    with course.gradebook() as gradebook:
        (found,) = [
            one
            for one in gradebook.find_submission_notebook("activity", UNIT, student).grades
            if one.name == "written"
        ]
        return found.needs_manual_grade


def shown(course, student):
    """Return the written answer as it stands on the page of whoever grades by hand."""
    from grading.pages import page

    cell = cell_named(graded(course, student), "written")
    return page(cell.source, cell.get("attachments"))


@pytest.mark.parametrize("way", ["attachment", "two attachments", "img", "markdown"])
def test_a_picture_in_a_written_answer_reaches_the_person_and_the_feedback(course, way):
    nb = sheet(course, {})
    cell, data = cell_named(nb, "written"), f"data:image/png;base64,{PNG}"
    cell.source = {
        "img": f'See <img src="{data}" width="40">',
        "markdown": f"See ![sketch]({data})",
    }.get(way, "See ![a](attachment:my%20sketch.png)")
    if "attachment" in way:
        cell["attachments"] = {"my sketch.png": {"image/png": PNG}}
    if way == "two attachments":
        cell["attachments"]["second.jpg"] = {"image/jpeg": PNG}
    submit(course, "anna", nb)
    assert grade(course, run=unrun)["anna"].outcome in ("full", "partial")
    assert needs_person(course, "anna") and f'src="{data}"' in shown(course, "anna")
    assert len(cell_named(graded(course, "anna"), "written").attachments) == 1 + (
        way == "two attachments"
    )
    assert api(course.root).generate_feedback(UNIT, "anna")["success"]
    assert (
        data
        in (course.root / "classroom" / "feedback" / "anna" / UNIT / "activity.html").read_text()
    )


def test_a_picture_that_is_missing_or_none_stops_no_feedback(course):
    nb = sheet(
        course,
        {
            "written": "See ![a](attachment:lost.png) and ![b](attachment:page.svg) and ![c](attachment:large.png)."
        },
    )
    cell_named(nb, "written")["attachments"] = {
        "page.svg": {"image/svg+xml": "<svg onload='go()'/>"},
        "large.png": {"image/png": "A" * 12_000_000},
    }
    submit(course, "anna", nb)
    assert grade(course, run=unrun)["anna"].score == 5 and needs_person(course, "anna")
    page = shown(course, "anna")
    assert (
        "page.svg (not a picture that a page shows); large.png (9.0 MB" in page
        and "<svg" not in page
    )
    assert api(course.root).generate_feedback(UNIT, "anna")["success"]


def test_answers_in_new_cells_are_attempts(course):
    nb = sheet(course, {})
    nb.cells.insert(4, nbformat.v4.new_code_cell(RIGHT["double"]))
    submit(course, "anna", nb)
    submit(course, "ben", sheet(course, {}))
    empty = sheet(course, {})
    empty.cells.append(nbformat.v4.new_code_cell("  \n"))
    submit(course, "carla", empty)

    def fails(notebook, *_):
        nb = nbformat.reads(notebook.decode(), as_version=4)
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code":
                cell.outputs = [
                    nbformat.v4.new_output("error", ename="E", evalue="no", traceback=[])
                ]
        return Executed(nbformat.writes(nb).encode(), "finished", 0, 0)

    assert {s: r.outcome for s, r in grade(course, run=fails).items()} == {
        "anna": "partial",
        "ben": "not attempted",
        "carla": "not attempted",
    }


@pytest.mark.parametrize(
    "way", ["below", "above", "two", "raw", "instead", "with a picture", "below a changed one"]
)
def test_a_written_answer_in_a_new_cell_reaches_the_person(course, way):
    text, nb = "I say why.", sheet(course, {})
    cell = nbformat.v4.new_markdown_cell(text)
    at = nb.cells.index(cell_named(nb, "written"))
    if way == "instead":
        nb.cells[at] = cell
    elif way == "raw":
        nb.cells.append(nbformat.v4.new_raw_cell(text))
    else:
        nb.cells.insert(at if way == "above" else at + 1, cell)
    if way == "two":
        nb.cells.append(nbformat.v4.new_markdown_cell("And more."))
    if way == "with a picture":
        cell.source, cell["attachments"] = (
            f"{text} ![](attachment:a.png)",
            {"a.png": {"image/png": PNG}},
        )
    if way == "below a changed one":
        nb.cells[at].source = "Because."
    submit(course, "anna", nb)
    submit(course, "ben", sheet(course, {}))
    grade(course, run=unrun)
    assert needs_person(course, "anna") and not needs_person(course, "ben")
    answer = cell_named(graded(course, "anna"), "written").source
    assert text in " ".join(cell.source for cell in graded(course, "anna").cells)
    assert (text in answer and "From a new cell" in answer) == (way != "below a changed one")
    assert ("And more." in answer) == (way == "two")
    assert way != "with a picture" or PNG in shown(course, "anna")


WORDS = "I would choose the second one because its loss is lower by 0.2."


@pytest.mark.parametrize(
    ("way", "asked"),
    [
        ("a new text at the top", True),
        ("in a given text", True),
        ("a string in an answer of code", True),
        ("no Python in an answer of code", True),
        ("a print in a check", False),
        ("a comment", False),
        ("a docstring", False),
        ("a short string", False),
    ],
)
def test_words_far_from_an_untouched_answer_are_seen_by_a_person(course, way, asked):
    """nbgrader gives an answer that is as it came 0, and asks nobody."""
    nb = sheet(course, {})
    code = next(
        cell
        for cell in nb.cells
        if intake.marked(cell)
        and cell.metadata.nbgrader.get("solution")
        and cell.cell_type == "code"
    )
    given = next(
        cell
        for cell in nb.cells
        if (cell.cell_type == "markdown" and not intake.marked(cell))
        or cell.metadata.get("nbgrader", {}).get("locked")
    )
    check = next(
        cell
        for cell in nb.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    )
    if way == "a new text at the top":
        nb.cells.insert(0, nbformat.v4.new_markdown_cell(WORDS))
    elif way == "in a given text":
        given.source += f"\n\n{WORDS}" if given.cell_type == "markdown" else f'\n"""{WORDS}"""'
    elif way == "a print in a check":
        check.source += "\nprint('this is how it looks on my machine, and it is good')"
    else:
        code.source = {
            "string": f'"""{WORDS}"""\nx = 1',
            "Python": WORDS,
            "comment": f"# {WORDS}\nx = 1",
            "docstring": f'def f():\n    """{WORDS}"""',
            "short": '"""Because."""',
        }[
            next(
                word
                for word in ("docstring", "short", "string", "Python", "comment")
                if word in way
            )
        ]
    submit(course, "anna", nb)
    grade(course, run=unrun)
    assert needs_person(course, "anna") == asked
    assert ("words elsewhere" in cell_named(graded(course, "anna"), "written").source) == asked


def test_harmless_tags_and_raw_cells_stay(course):
    nb = sheet(course, RIGHT)
    nb.cells.insert(1, nbformat.v4.new_raw_cell("a < b"))
    nb.cells[1].metadata["tags"] = ["mine", "skip-execution", "a b", 5]
    kept = intake.mended(
        nb, nbformat.read(course.root / "notebooks" / UNIT / "activity.ipynb", as_version=4)
    ).cells[1]
    assert kept.cell_type == "raw" and kept.source == "a < b" and kept.metadata.tags == ["mine"]


# from a platform


def run_command(course, *words):
    """Run one of nbgrader's commands, and return what it logs."""
    run = subprocess.run(["nbgrader", *words], cwd=course.root, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stderr


def collect(course, members, name="export.zip"):
    """Put a zip with these members where nbgrader looks for it, collect, and return the log and who arrived."""
    archive = course.root / "classroom" / "downloaded" / UNIT / "archive"
    archive.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive / name, "w", zipfile.ZIP_DEFLATED) as export:
        for member, content in members.items():
            export.writestr(member, content)
    log = run_command(course, "zip_collect", UNIT, "--force")
    submitted = course.root / "classroom" / "submitted"
    return log, sorted(path.name for path in submitted.iterdir()) if submitted.is_dir() else []


def test_only_names_of_students_become_folders(course):
    before = {path.name for path in (course.root / "classroom").iterdir()}
    log, arrived = collect(
        course,
        {
            "Course/.._1_assignsubmission_file_/activity.ipynb": "{}",
            "Course/._2_assignsubmission_file_/activity.ipynb": "{}",
            f"Course/{ESCAPE}_3_assignsubmission_file_/activity.ipynb": "{}",
            "Course/<b>x_4_assignsubmission_file_/activity.ipynb": "{}",
            f"Course/{'x' * 150}_5_assignsubmission_file_/activity.ipynb": "{}",
            "Course/Anna [E] Muster_6_assignsubmission_file_/activity.ipynb": "{}",
            "Course/Jose\u0301_7_assignsubmission_file_/activity.ipynb": "{}",
            f"Course/{ESCAPE}.txt": "",
            "../../../outside_8_9_activity.ipynb": "{}",
            "/tmp/outside_8_9_activity.ipynb": "{}",
        },
    )
    assert arrived == ["Anna (E) Muster", "José"], log
    assert (
        log.count("can't be a student's name, because") == 5
        and "it would be written elsewhere" in log
        and "\x1b[2J" not in log
    )
    assert {path.name for path in (course.root / "classroom").iterdir()} - before == {
        "downloaded",
        "submitted",
    }


def test_the_platform_says_whose_a_file_is_and_not_its_name(course):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("Ben_2_assignsubmission_file_/activity.ipynb", "{}")
    log, arrived = collect(
        course,
        {
            "C/Anna_1_assignsubmission_file_/Ben_activity.ipynb": "{}",
            "C/Carl_3_assignsubmission_file_/x.zip": inner.getvalue(),
            "C/dora_4_5_ben_activity.ipynb": "{}",
            "C/04-overfitting_activity.ipynb": "{}",
            "C/eve_LATE_6_7_activity-1.ipynb": "{}",
            "C/Fay_8_assignsubmission_file_/activity.ipynb": "{}",
            "C/Fay_8_assignsubmission_file_/my_activity.ipynb": "{}",
        },
    )
    assert arrived == ["Anna", "Carl", "Fay", "dora", "eve"], log
    assert "is of the same student" in log and "it is a unit's name" in log


def test_what_was_written_into_a_given_cell_or_its_copy_is_kept(course):
    nb = sheet(course, RIGHT)
    copy = nbformat.from_dict(cell_named(nb, "check-total"))
    copy.cell_type, copy.source, copy["id"] = "markdown", "My words in a copied check.", "copy"
    del copy["outputs"], copy["execution_count"]
    nb.cells.insert(nb.cells.index(cell_named(nb, "check-total")) + 1, copy)
    cell_named(nb, "set-up").source += "\n# My words in the set-up: `x`"
    submit(course, "anna", nb)
    assert grade(course, run=unrun)["anna"].outcome == "full"
    texts = "\n".join(
        cell.source for cell in graded(course, "anna").cells if cell.cell_type == "markdown"
    )
    assert "My words in a copied check." in texts and "# My words in the set-up: `x`" in texts


def test_a_zip_packed_again_on_a_mac_is_collected(course):
    members = {
        f"Course/{name}_{n}_assignsubmission_file_/activity.ipynb": "{}"
        for n, name in enumerate(("Anna", "Ben"))
    }
    mac = {f"__MACOSX/{name.rpartition('/')[0]}/._activity.ipynb": "x" for name in members} | {
        f"Course/._s{n}_activity.ipynb": "x" for n in (1, 2)
    }
    log, arrived = collect(course, members | mac)
    assert arrived == ["Anna", "Ben"], log


def test_damaged_and_endless_archives_stop_nobody(course):
    bomb, inner = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(250_000_000))
    with tarfile.open(fileobj=bomb, mode="w:gz") as archive:
        link = tarfile.TarInfo("out")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(link)
    anna = "Course/Anna_1_assignsubmission_file_/"
    log, arrived = collect(
        course,
        {
            f"{anna}activity.ipynb": "{}",
            f"{anna}bomb.zip": inner.getvalue(),
            f"{anna}damaged.zip": "no zip",
            f"{anna}links.tar.gz": bomb.getvalue(),
            f"{anna}single.gz": b"\x1f\x8b no tar",
            f"{anna}nbgrader_config.py": "1/0",
            "Course/Ben_2_assignsubmission_file_/activity.ipynb": "{}",
        },
    )
    assert arrived == ["Anna", "Ben"], log
    assert "more than 2000 files or 200 MB" in log and "damaged.zip, which can't be unpacked" in log
    assert not [
        path
        for path in (course.root / "classroom").rglob("*")
        if path.is_symlink() or path.name in ("zeros", "nbgrader_config.py")
    ]


def test_the_export_is_quoted_and_holds_no_formula(course):
    with course.gradebook() as gradebook:
        gradebook.add_student("=1+1", first_name='An,na "x"', last_name="@SUM(A1)")
        gradebook.add_student("ben")
    run_command(course, "export", "--to", "grades.csv")
    rows = list(csv.DictReader(open(course.root / "grades.csv", newline="", encoding="utf-8")))
    assert sorted((row["student_id"], row["first_name"], row["last_name"]) for row in rows) == [
        ("'=1+1", 'An,na "x"', "'@SUM(A1)"),
        ("ben", "", ""),
    ]
    assert {(row["assignment"], row["score"], float(row["max_score"])) for row in rows} == {
        (UNIT, "0.0", 6)
    }


def test_what_nbgrader_logs_steers_no_terminal(course, caplog):
    from tests.units import config

    config(course.root)
    logging.getLogger("nbgrader").error("Skipped %s", ESCAPE)
    assert caplog.messages[-1] == r"Skipped \x1b[2J\x1b[31mowned"


def test_a_course_in_a_folder_that_nbgrader_takes_for_a_pattern_is_told(course):
    root = shutil.copytree(course.root, course.root.with_name("course [1]"))
    with pytest.raises(batch.Problem, match="takes \\[, \\], \\* and \\? for a pattern"):
        batch.Course(root)
    run = subprocess.run(
        ["nbgrader", "generate_assignment", UNIT], cwd=root, capture_output=True, text=True
    )
    assert run.returncode and "for a pattern. Give the folder another name." in run.stderr
