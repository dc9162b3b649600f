"""Grade a class: every submission of a unit, in parallel, each once, with what became of it on record.

nbgrader does the grading, one submission at a time, since its parts are quick; meanwhile the
notebooks of other submissions run. What is finished is written to a journal under
``classroom/graded``, so that an interrupted run goes on where it stopped.
"""

import csv
import hashlib
import json
import os
import shutil
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_grade, is_solution
from traitlets.config import PyFileConfigLoader

from . import steps
from .run import STOPPED, encoded, run_notebook, stop_all

NOTEBOOK = "activity.ipynb"
LARGEST = 200_000_000  # bytes of a submitted notebook; honest ones have less than one million
OUTCOMES = ("full", "partial", "not attempted", *STOPPED, "ungradable")
LOOK_AT = (*STOPPED, "ungradable")


class Problem(Exception):
    """Something that the instructor must put right before grading can begin."""


class Ungradable(Exception):
    """A submission that can't be graded, and why."""


@dataclass
class Result:
    """What became of a submission: outcome, reason, points, cost in seconds, and every question."""

    student: str
    outcome: str
    reason: str = ""
    score: float = 0.0
    points: float = 0.0
    seconds: float = 0.0
    cpu: float = 0.0
    questions: list = field(default_factory=list)  # [name, score, points, message]


class Course:
    """Where a course keeps its parts, as its nbgrader_config.py says."""

    def __init__(self, root: Path):
        if not (root / "nbgrader_config.py").is_file():
            raise Problem(f"There is no nbgrader_config.py in {root}. Run this in the course's folder.")
        self.root = root

    @cached_property
    def config(self):
        return PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()

    def folder(self, which: str) -> Path:
        return self.root / self.config.CourseDirectory[f"{which}_directory"]

    @property
    def journals(self) -> Path:
        return self.root / "classroom" / "graded"

    @contextmanager
    def gradebook(self):
        with Gradebook(self.config.CourseDirectory.db_url, self.config.CourseDirectory.course_id) as gradebook:
            yield gradebook

    def api(self, submitted: Path, unsafe: bool) -> NbGraderAPI:
        config = deepcopy(self.config)
        config.CourseDirectory.submitted_directory = str(submitted)
        config.ExecuteGraded.unsafe = unsafe
        config.NbGraderAPI.log_level = "ERROR"
        return NbGraderAPI(CourseDirectory(config=config), config=config)


class Journal:
    """Results on disk, a line each, as they come; a torn last line is a result that never came."""

    def __init__(self, path: Path):
        self.path, self.entries = path, {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    entry = json.loads(line)
                    self.entries[entry["result"]["student"]] = entry
                except (ValueError, KeyError):
                    continue

    def add(self, result: Result, submission: str, source: str) -> None:
        entry = {"submission": submission, "source": source, "result": asdict(result)}
        self.entries[result.student] = entry
        with open(self.path, "a+b") as file:
            file.seek(0, os.SEEK_END)
            torn = file.tell() > 0 and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n"
            file.write((b"\n" if torn else b"") + json.dumps(entry).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def result(self, student: str, submission: str) -> Result | None:
        entry = self.entries.get(student)
        return Result(**entry["result"]) if entry and entry["submission"] == submission else None


@contextmanager
def only_one(path: Path):
    """Keep a second grader away from the same unit."""
    import fcntl  # not on Windows

    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem("Somebody is grading this unit right now. Wait until that run has ended.") from None
        yield


def fingerprint(folder: Path) -> str:
    """Return a checksum of names and contents of a folder's files; links are not followed."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            content = os.readlink(path).encode() if path.is_symlink() else b""
        else:
            content = path.read_bytes()
        digest.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def prepare(submission: Path, release, staged: Path) -> bool:
    """Copy a submission to ``staged``, mended as far as possible; return whether anything was attempted.

    Links are refused. Outputs go. Checks and locked cells that were deleted come back, changed
    types and marks are set right; of a duplicated cell the last counts, as nbgrader has it.

    Raises
    ------
    Ungradable
        If there is no notebook, or what is there can't be read as one.
    """
    for path in [submission, *submission.rglob("*")]:
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise Ungradable(f"{path.name} is a link or a special file, which a submission must not hold.")
    notebook = submission / NOTEBOOK
    if not notebook.is_file():
        there = ", ".join(sorted(path.name for path in submission.iterdir())) or "nothing"
        raise Ungradable(f"There is no {NOTEBOOK}; there is: {there}.")
    if notebook.stat().st_size > LARGEST:
        raise Ungradable(f"The notebook has {notebook.stat().st_size / 1e6:.0f} MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what is mended right here
            nb = mended(nbformat.reads(notebook.read_text(encoding="utf-8"), as_version=4), release)
        nbformat.validate(nb)
        content = encoded(nb)
    except Exception as error:
        words = " ".join(str(error).split())[:150]
        raise Ungradable(f"{NOTEBOOK} is not a notebook, or it is damaged ({type(error).__name__}: {words}).") from None
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(submission, staged, ignore=shutil.ignore_patterns("*.ipynb", ".ipynb_checkpoints"))
    (staged / NOTEBOOK).write_bytes(content)
    given = {cell.metadata.nbgrader.grade_id: cell.source.strip() for cell in release.cells if _marked(cell) and is_solution(cell)}
    return any(
        cell.source.strip() != given.get(cell.metadata.nbgrader.grade_id)
        for cell in nb.cells if _marked(cell) and is_solution(cell)
    )  # fmt: skip


def _marked(cell) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("grade_id"))


def _claimed(cell) -> str | None:
    """Return the name that a submitted cell gives itself; nothing in it need be as it should."""
    marks = cell.metadata.get("nbgrader")
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return name if isinstance(name, str) else None


def mended(nb, release):
    """Return a submitted notebook with plain cells, all marked cells of the release, and its marks."""
    original = {cell.metadata.nbgrader.grade_id: cell for cell in release.cells if _marked(cell)}
    claimed = [_claimed(cell) for cell in nb.cells]
    cells = []
    for number, cell in enumerate(nb.cells):
        last = claimed[number] not in claimed[number + 1 :]
        known = original.get(claimed[number]) if last else None
        kind = known.cell_type if known else cell.cell_type
        make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}.get(kind, nbformat.v4.new_raw_cell)
        fresh = make(cell.source)
        if known:
            fresh.metadata["nbgrader"] = dict(known.metadata.nbgrader)
        cells.append(fresh)
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]
    before = None
    for name, cell in original.items():
        if name not in names:
            at = len(names) - names[::-1].index(before) if before else 0
            cells.insert(at, nbformat.from_dict(cell))
            names.insert(at, name)
        before = name
    mended = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": release.metadata.get("kernelspec", {})})
    for number, cell in enumerate(mended.cells):
        cell["id"] = f"cell-{number}"
    return mended


class Batch:
    """One run over the submissions of a unit."""

    def __init__(self, course: Course, unit: str, *, workers=None, regrade=False, unsafe=False, run=run_notebook, stop=stop_all):
        self.course, self.unit, self.unsafe, self.run, self.stop = course, unit, unsafe, run, stop
        self.workers = workers or os.cpu_count() or 1
        self.lock, self.stopping = threading.Lock(), threading.Event()
        source, release = course.folder("source") / unit, course.folder("release") / unit / NOTEBOOK
        if not (source / NOTEBOOK).is_file():
            units = ", ".join(sorted(path.parent.name for path in course.folder("source").glob(f"*/{NOTEBOOK}")))
            raise Problem(f"There is no graded unit {unit!r}. There are: {units or 'none'}.")
        if not release.is_file() or not self._released():
            raise Problem(f"The gradebook does not know {unit}. Run `make release UNIT={unit}` first.")
        self.release = nbformat.read(release, as_version=4)
        self.source = fingerprint(source)
        self.journal = Journal(course.journals / f"{unit}.jsonl")
        self.staging = course.root / "classroom" / "staging"
        found = sorted(path for path in course.folder("submitted").glob(f"*/{unit}") if path.parent.name[0] != ".")
        self.submissions = {path.parent.name: path for path in found}
        self.marks = {student: _mark(path) for student, path in self.submissions.items()}
        done = {student: self.journal.result(student, self.marks[student]) for student in self.submissions}
        self.done = {} if regrade else {student: result for student, result in done.items() if result}
        self.todo = [student for student in self.submissions if student not in self.done]
        self.outdated = [s for s in self.done if self.journal.entries[s]["source"] != self.source]

    def _released(self) -> bool:
        if not (self.course.root / "classroom" / "gradebook.db").exists():
            return False
        with self.course.gradebook() as gradebook:
            try:
                return bool(gradebook.find_assignment(self.unit).notebooks)
            except MissingEntry:
                return False

    def results(self):
        """Grade what is to do; yield each Result as it comes."""
        with only_one(self.course.journals / f"{self.unit}.lock"), ThreadPoolExecutor(self.workers) as pool:
            try:
                waiting = [pool.submit(self.grade, student) for student in self.todo]
                for future in as_completed(waiting):
                    if future.result():
                        yield future.result()
            except BaseException:
                self.stopping.set()
                self.stop()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            finally:
                shutil.rmtree(self.staging / "", ignore_errors=True)

    def grade(self, student: str) -> Result | None:
        """Grade one submission; None if the run was stopped meanwhile."""
        if self.stopping.is_set():
            return None
        start, staged = time.monotonic(), self.staging / student / self.unit
        executed, fault = [], []

        def run(*order):
            if self.stopping.is_set():  # while nbgrader made it ready: it would not be ended any more
                raise RuntimeError("stopped")
            self.lock.release()  # nbgrader waits for us: others may use it
            try:
                executed.append(self.run(*order))
            except Exception as error:  # of ours or the cluster's, not the submission's
                fault.append(error)
                raise
            finally:
                self.lock.acquire()
                # nbgrader sets this while it grades; the end of another submission has unset it.
                os.environ["NBGRADER_EXECUTION"] = "autograde"
            if self.stopping.is_set():
                raise RuntimeError("stopped")
            return executed[0]

        result = Result(student, "ungradable")
        with self.lock:
            steps.RUN.set(run)
            try:
                attempted = prepare(self.submissions[student], self.release, staged)
                done = self.course.api(self.staging, self.unsafe).autograde(self.unit, student)
                if fault and not self.stopping.is_set():
                    raise fault[0]
                if self.stopping.is_set():
                    return None
                if not done["success"]:
                    raise Ungradable(f"nbgrader refused it: {_last_line(done)}")
                self.read_scores(result)
                result.outcome = _outcome(result, attempted, executed[0].outcome if executed else "finished")
                result.reason = executed[0].reason if executed else ""
            except Ungradable as error:
                result.reason = str(error) + self._kept(student)
            finally:
                shutil.rmtree(staged.parent, ignore_errors=True)
            if executed:
                result.cpu = executed[0].cpu
            result.seconds = time.monotonic() - start
            self.journal.add(result, self.marks[student], self.source)
        return result

    def read_scores(self, result: Result) -> None:
        """Fill in points and messages from the gradebook and the graded notebook."""
        graded = nbformat.read(self.course.folder("autograded") / result.student / self.unit / NOTEBOOK, as_version=4)
        messages = {
            cell.metadata.nbgrader.grade_id: " ".join(output.get("evalue", "").split())
            for cell in graded.cells if _marked(cell) and is_grade(cell)
            for output in cell.get("outputs", []) if output.output_type == "error"
        }  # fmt: skip
        with self.course.gradebook() as gradebook:
            for grade in gradebook.find_submission_notebook("activity", self.unit, result.student).grades:
                if grade.cell.cell_type == "code":
                    score = grade.auto_score or 0.0
                    result.questions.append([grade.name, score, grade.max_score, messages.get(grade.name, "")])
        result.score = sum(score for _, score, _, _ in result.questions)
        result.points = sum(points for _, _, points, _ in result.questions)

    def _kept(self, student: str) -> str:
        """Say so if the gradebook still shows the score of an earlier run."""
        with self.course.gradebook() as gradebook:
            try:
                score = gradebook.find_submission(self.unit, student).score
            except MissingEntry:
                return ""
        return f" The gradebook keeps the score of an earlier run: {score:g}." if score else ""

    def write_table(self) -> Path:
        """Write all results, old and new, a row a student and question, and return the file."""
        path = self.course.journals / f"{self.unit}.csv"
        temporary = path.with_suffix(".tmp")
        with open(temporary, "w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(["student", "outcome", "question", "score", "points", "message"])
            for student in sorted(self.submissions):
                result = self.journal.result(student, self.marks[student])
                if result:
                    for question in result.questions or [["", "", "", result.reason]]:
                        table.writerow([student, result.outcome, *map(_harmless, question)])
        os.replace(temporary, path)
        return path


def _mark(submission: Path) -> str:
    return fingerprint(submission) if submission.is_dir() and not submission.is_symlink() else "no folder"


def _harmless(value):
    """Keep a spreadsheet from taking a student's words for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def _outcome(result: Result, attempted: bool, ran: str) -> str:
    if ran != "finished":
        return ran
    if result.score == result.points:
        return "full"
    return "partial" if attempted else "not attempted"


def _last_line(done: dict) -> str:
    """Return the line of nbgrader's log that says what went wrong."""
    lines = [line.strip() for line in (done.get("log") or done.get("error") or "").splitlines()]
    lines = [line for line in lines if line and not line.startswith(("[", "File ", "~", "^"))]
    return lines[-1][:200] if lines else "no reason given"
