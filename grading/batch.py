"""Grade a class: every submission of a unit, in parallel, each once, with what became of it on record.

nbgrader does the grading, one submission at a time, since its parts are quick; meanwhile the
notebooks of other submissions run. What is finished is written to a journal under
``classroom/graded``, so that an interrupted run goes on where it stopped.
"""

import csv
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_grade
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config.loader import Config, PyFileConfigLoader

from . import steps
from .intake import NOTEBOOK, Ungradable, fingerprint, mark, marked, prepare
from .judge.court import ScriptError
from .kernels import sandbox
from .names import fault, plain, printable
from .outcomes import Outcome
from .runner import Executed, run_notebook, stop_all

LEAST_FREE = 20_000_000  # bytes on the disk of the course


class Problem(Exception):
    """Something that the instructor must put right before grading can begin."""


class Again(Exception):
    """A submission that took too long while the machine was overloaded."""


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
    questions: list[list[Any]] = field(default_factory=list)  # [name, score, points, message]
    waiting: list[list[Any]] = field(default_factory=list)  # [name, points], for a person


class Course:
    """Where a course keeps its parts, as its nbgrader_config.py says."""

    def __init__(self, root: Path):
        if not (root / "nbgrader_config.py").is_file():
            raise Problem(
                f"There is no nbgrader_config.py in {root}. Run this in the course's folder."
            )
        if set(str(root)) & set("[]*?"):
            raise Problem(
                f"nbgrader can't work in {root}: it takes [, ], * and ? for a pattern. Give the folder another name."
            )
        self.root = root

    @cached_property
    def config(self) -> Config:
        return PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()

    def folder(self, which: str) -> Path:
        return self.root / self.config.CourseDirectory[f"{which}_directory"]

    @property
    def journals(self) -> Path:
        return self.root / "classroom" / "graded"

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        with Gradebook(
            self.config.CourseDirectory.db_url, self.config.CourseDirectory.course_id
        ) as gradebook:
            yield gradebook

    @property
    def megabytes(self) -> int:
        """What the files of a submission may take."""
        return sandbox.Limits(**dict(self.config.ExecuteGraded.get("limits", {}))).disk

    def api(self, submitted: Path, unsafe: bool) -> NbGraderAPI:
        config = deepcopy(self.config)
        config.CourseDirectory.submitted_directory = str(submitted)
        config.ExecuteGraded.unsafe = unsafe
        config.NbGraderAPI.log_level = "ERROR"
        return NbGraderAPI(CourseDirectory(config=config), config=config)


class Journal:
    """Results on disk, one line each, as they come; a torn last line is a result that never came."""

    def __init__(self, path: Path):
        self.path = path
        self.entries: dict[str, dict[str, Any]] = {}
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
def only_one(path: Path) -> Iterator[None]:
    """Keep a second grader away from the same unit."""
    import fcntl  # not on Windows

    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem(
                "Somebody is grading this unit right now. Wait until that run has ended."
            ) from None
        yield


class Batch:
    """One run over the submissions of a unit."""

    def __init__(
        self,
        course: Course,
        unit: str,
        *,
        workers: int | None = None,
        regrade: bool = False,
        unsafe: bool = False,
        run: Callable[..., Executed] = run_notebook,
        stop: Callable[[], None] = stop_all,
    ) -> None:
        self.course, self.unit, self.unsafe, self.run, self.stop = course, unit, unsafe, run, stop
        self.workers = workers or os.cpu_count() or 1
        self.lock, self.stopping = threading.Lock(), threading.Event()
        self.overdue: list[str] = []
        source, release = course.folder("source") / unit, course.folder("release") / unit / NOTEBOOK
        if not (source / NOTEBOOK).is_file():
            units = ", ".join(
                sorted(path.parent.name for path in course.folder("source").glob(f"*/{NOTEBOOK}"))
            )
            raise Problem(f"There is no graded unit {unit!r}. There are: {units or 'none'}.")
        if not release.is_file() or not self._released():
            raise Problem(
                f"The gradebook does not know {unit}. Run `make release UNIT={unit}` first."
            )
        self.release = nbformat.read(release, as_version=4)
        self.source = fingerprint(source)
        self.journal = Journal(course.journals / f"{unit}.jsonl")
        self.staging = course.root / "classroom" / "staging"
        self.submissions = {path.parent.name: path for path in self._submissions()}
        self.marks = {
            student: mark(path, course.megabytes) for student, path in self.submissions.items()
        }
        done = {
            student: self.journal.result(student, self.marks[student])
            for student in self.submissions
        }
        self.done = (
            {} if regrade else {student: result for student, result in done.items() if result}
        )
        self.todo = [student for student in self.submissions if student not in self.done]
        self.outdated = [s for s in self.done if self.journal.entries[s]["source"] != self.source]

    def _submissions(self) -> list[Path]:
        """Return the folders of all submissions; anything odd about one is reported when its turn comes."""
        submitted = self.course.folder("submitted")
        found = (
            [submitted / name / self.unit for name in sorted(os.listdir(submitted))]
            if submitted.is_dir()
            else []
        )
        return [path for path in found if _there(path)]

    def _released(self) -> bool:
        if not (self.course.root / "classroom" / "gradebook.db").exists():
            return False
        with self.course.gradebook() as gradebook:
            try:
                return bool(gradebook.find_assignment(self.unit).notebooks)
            except MissingEntry:
                return False

    def results(self) -> Iterator[Result]:
        """Grade what is left to do; yield each Result as it comes. Those late on a busy machine come last, one at a time."""
        with (
            only_one(self.course.journals / f"{self.unit}.lock"),
            ThreadPoolExecutor(self.workers) as pool,
        ):
            try:
                waiting = [pool.submit(self.grade, student) for student in self.todo]
                for future in as_completed(waiting):
                    if result := future.result():
                        yield result
                for student in sorted(self.overdue):
                    if result := pool.submit(self.grade, student, alone=True).result():
                        yield result
            except BaseException as error:
                self.stopping.set()
                self.stop()
                pool.shutdown(wait=False, cancel_futures=True)
                if isinstance(error, OSError):
                    raise Problem(
                        f"{self.trouble() or f'{printable(error)}.'} What is finished is kept; the same command goes on from there."
                    ) from error
                raise
            finally:
                shutil.rmtree(self.staging / "", ignore_errors=True)

    def grade(self, student: str, alone: bool = False) -> Result | None:
        """Grade one submission; None if the run was stopped meanwhile, or if it is to be tried once more, alone.

        Raises
        ------
        Problem, ScriptError
            If no submission can be graded. Whatever else goes wrong makes this one ungradable.
        """
        if self.stopping.is_set():
            return None
        start, staged = time.monotonic(), self.staging / student / self.unit
        executed: list[Executed] = []
        fatal: list[Exception] = []

        def run(*order: Any) -> Executed:
            if (
                self.stopping.is_set()
            ):  # while nbgrader made it ready: it would not be ended any more
                raise RuntimeError("stopped")
            self.lock.release()  # nbgrader waits for us: others may use it
            try:
                executed.append(self.run(*order))
            except Exception as error:  # of ours or the cluster's, not the submission's
                fatal.append(error)
                raise
            finally:
                self.lock.acquire()
                # nbgrader sets this while it grades; the end of another submission has unset it.
                os.environ["NBGRADER_EXECUTION"] = "autograde"
            if self.stopping.is_set():
                raise RuntimeError("stopped")
            if (
                executed[0].outcome == Outcome.TIMED_OUT
                and getattr(executed[0], "overloaded", False)
                and not alone
            ):
                fatal.append(Again())
                raise fatal[0]
            return executed[0]

        result = Result(student, Outcome.UNGRADABLE)
        try:
            if why := fault(student):
                raise Ungradable(f"The folder's name can't be a student's: {why}. Rename it.")
            attempted = prepare(
                self.submissions[student], self.release, staged, self.course.megabytes
            )
            with self.lock:
                steps.RUN.set(run)
                done = self.course.api(self.staging, self.unsafe).autograde(self.unit, student)
                if self.stopping.is_set():
                    return None
                if fatal:
                    raise fatal[0]
                if not done["success"]:
                    raise Ungradable(f"nbgrader refused it: {_last_line(done)}.")
                self.read_scores(result)
            result.outcome = _outcome(
                result, attempted, executed[0].outcome if executed else Outcome.FINISHED
            )
            result.reason = printable(executed[0].reason, 2000) if executed else ""
        except Again:
            self.overdue.append(student)
            return None
        except (Problem, ScriptError):
            raise
        except Ungradable as why:
            result = self.ungradable(student, str(why))
        except Exception as error:
            result = self.ungradable(
                student, f"Grading it failed ({type(error).__name__}: {printable(error, 200)})."
            )
        finally:
            shutil.rmtree(staged.parent, ignore_errors=True)
        if executed:
            result.cpu = executed[0].cpu
        result.seconds = time.monotonic() - start
        with self.lock:
            self.journal.add(result, self.marks[student], self.source)
        return result

    def ungradable(self, student: str, reason: str) -> Result:
        """Return the result of a submission that could not be graded.

        Raises
        ------
        Problem
            If that is not its fault.
        """
        with self.lock:
            if trouble := self.trouble():
                raise Problem(
                    f"{trouble} What is finished is kept; the same command goes on from there."
                )
            return Result(
                student, Outcome.UNGRADABLE, printable(reason, 1000) + self._kept(student)
            )

    def trouble(self) -> str:
        """Return what keeps any submission from being graded, or an empty text."""
        if shutil.disk_usage(self.course.root).free < LEAST_FREE:
            return "The disk is full."
        try:
            with self.course.gradebook() as gradebook:
                gradebook.find_assignment(self.unit)
                if gradebook.engine.dialect.name == "sqlite":
                    gradebook.db.execute(
                        text("BEGIN IMMEDIATE")
                    )  # whoever writes has it to himself
                    gradebook.db.rollback()
        except MissingEntry:
            return f"The gradebook does not know {self.unit} any more."
        except (SQLAlchemyError, OSError) as error:
            return f"The gradebook can't be written ({printable(getattr(error, 'orig', None) or error, 200)}). Is it open elsewhere?"
        return "" if self.unsafe or self.run is not run_notebook else sandbox.why_not()

    def read_scores(self, result: Result) -> None:
        """Fill in points and messages from the gradebook and the graded notebook."""
        graded = nbformat.read(
            self.course.folder("autograded") / result.student / self.unit / NOTEBOOK, as_version=4
        )
        messages = {
            cell.metadata.nbgrader.grade_id: printable(output.get("evalue", ""), 5000)
            for cell in graded.cells
            if marked(cell) and is_grade(cell)
            for output in cell.get("outputs", [])
            if output.output_type == "error"
        }
        with self.course.gradebook() as gradebook:
            found = gradebook.find_submission_notebook("activity", self.unit, result.student)
            unit = found.notebook
            by_person = {cell.name for cell in (*unit.solution_cells, *unit.task_cells)}
            for grade in found.grades:
                if grade.name not in by_person:
                    score = grade.auto_score or 0.0
                    result.questions.append(
                        [grade.name, score, grade.max_score, messages.get(grade.name, "")]
                    )
                elif grade.needs_manual_grade:
                    result.waiting.append([grade.name, grade.max_score])
        result.score = sum(score for _, score, _, _ in result.questions)
        result.points = sum(points for _, _, points, _ in result.questions)

    def _kept(self, student: str) -> str:
        """Say so if the gradebook still shows the score of an earlier run."""
        if fault(student):
            return ""
        with self.course.gradebook() as gradebook:
            try:
                score = gradebook.find_submission(self.unit, student).score
            except MissingEntry:
                return ""
        return f" The gradebook keeps the score of an earlier run: {score:g}." if score else ""

    def write_table(self) -> Path:
        """Write all results, old and new, one row per student and question, and return the file."""
        path = self.course.journals / f"{self.unit}.csv"
        temporary = path.with_suffix(".tmp")
        with open(temporary, "w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(["student", "outcome", "question", "score", "points", "message"])
            for student in sorted(self.submissions):
                result = self.journal.result(student, self.marks[student])
                if result:
                    questions = [
                        *result.questions,
                        *([name, "", points, "to be graded"] for name, points in result.waiting),
                    ]
                    for question in questions or [["", "", "", result.reason]]:
                        table.writerow([plain(student), result.outcome, *map(plain, question)])
        os.replace(temporary, path)
        return path


def _there(path: Path) -> bool:
    """Tell whether there is something by a name, even if we may not look at it."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return path.parent.name[0] != "."
    return True


def _outcome(result: Result, attempted: bool, ran: str) -> str:
    if ran != Outcome.FINISHED:
        return ran
    if not result.points:  # a person grades all of it
        return Outcome.TO_BE_GRADED if attempted else Outcome.NOT_ATTEMPTED
    if result.score == result.points:
        return Outcome.FULL
    return Outcome.PARTIAL if attempted else Outcome.NOT_ATTEMPTED


def _last_line(done: dict[str, Any]) -> str:
    """Return the line of nbgrader's log that says what went wrong."""
    lines = [line.strip() for line in (done.get("log") or done.get("error") or "").splitlines()]
    lines = [line for line in lines if line and not line.startswith(("[", "File ", "~", "^"))]
    return printable(lines[-1].rstrip("."), 200) if lines else "no reason given"
