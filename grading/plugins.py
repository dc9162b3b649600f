"""Plugins of nbgrader, named in nbgrader_config.py: collect what a learning platform exports, and export grades."""

import csv
import os
import re
import shutil
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar, Self

from nbgrader.api import MissingEntry
from nbgrader.plugins import ExportPlugin, ExtractorPlugin, FileNameCollectorPlugin

from .names import fault, plain, printable

MOST_MEMBERS, LARGEST = (
    2_000,
    200_000_000,
)  # of an archive within the platform's: files, and their bytes together
# Jupyter runs these where it finds them, and can be led to a folder by an address.
MOODLE = re.compile(
    r"(.+?)(?:_LATE)?_\d+_assignsubmission_file_?"
)  # the folder of an upload, as the platform names it
CANVAS = re.compile(r"(.+?)(?:_LATE)?_\d+_\d+_.*")  # and the name of a file
UNIT = re.compile(r"\d\d-[a-z0-9-]+")
SETTINGS = re.compile(r"(nbgrader|jupyter\w*)_config.*", re.IGNORECASE)

Member = tuple[str, int, Callable[[], Any]]  # of an archive: its name, its size, and what opens it


class Collector(FileNameCollectorPlugin):
    """nbgrader's, which believes what the platform, not a student's file name, says about who handed in.

    It makes paths only from what can be a student's name, takes one file of each, and skips what macOS adds to archives.
    """

    def collect(self, submitted_file: str) -> dict[str, Any] | None:
        path = Path(submitted_file)
        if "__MACOSX" in path.parts or path.name.startswith("._"):
            return None
        found = super().collect(submitted_file)
        if not found:
            return None
        # Composed letters, as keyboards write them, also from macOS; no brackets, which nbgrader takes for a pattern.
        student = (
            unicodedata.normalize("NFC", self.owner(path, found["student_id"]))
            .strip()
            .translate(str.maketrans("[]", "()"))
        )
        if why := fault(student) or ("it is a unit's name" if UNIT.fullmatch(student) else ""):
            self.log.error(
                "Skipped %s: %s can't be a student's name, because %s.",
                submitted_file,
                printable(repr(student)),
                why,
            )
            return None
        self.taken = getattr(self, "taken", {})
        if (
            first := self.taken.setdefault((student, found["file_id"]), submitted_file)
        ) != submitted_file:
            self.log.error(
                "Skipped %s: %s is of the same student. Remove or rename the one that should not count.",
                submitted_file,
                first,
            )
            return None
        return found | {"student_id": student}

    def owner(self, path: Path, named: str) -> str:
        """Return who handed a file in: the outermost of the platform's marks in its path counts, as others may be the student's own."""
        below = (
            path.parts[path.parts.index("extracted") + 1 :]
            if "extracted" in path.parts
            else path.parts
        )
        for part in below[:-1]:
            if upload := MOODLE.fullmatch(part):
                return upload[1]
        upload = CANVAS.fullmatch(named)
        return upload[1] if upload else named


class Extractor(ExtractorPlugin):
    """nbgrader's, with bounds: what is wrong with one archive or file is reported, and the others are unpacked."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        for root, folders, names in os.walk(archive_path):
            folders.sort()
            folder = Path(extracted_path, os.path.relpath(root, archive_path))
            for name in sorted(names):
                source = Path(root, name)
                if source.suffix in self.zip_ext:
                    self.unpack(
                        source,
                        folder / stem(name),
                        shutil.disk_usage(extracted_path).free // 2,
                        1_000_000,
                        nested=True,
                    )
                else:
                    folder.mkdir(parents=True, exist_ok=True)
                    shutil.copy(source, folder / name)

    def unpack(self, source: Path, folder: Path, room: int, most: int, nested: bool) -> None:
        """Unpack an archive into a folder, and with ``nested`` the archives in it, each within the bounds of a submission."""
        try:
            with Archive(source) as archive:
                found: list[Member] = []
                size = 0
                for name, bytes_, opened in archive.files():
                    size += bytes_
                    if size > room or len(found) == most:
                        self.log.error(
                            "Skipped %s: it holds more than %d files or %.0f MB.",
                            source,
                            most,
                            room / 1e6,
                        )
                        return
                    if self.wanted(name, source):
                        found.append((name, bytes_, opened))
                for name, size, opened in found:
                    self.write(folder / name, size, opened, source)
        except Exception as error:  # zipfile and tarfile raise many kinds
            self.log.error(
                "Skipped the rest of %s, which can't be unpacked (%s: %s).",
                source,
                type(error).__name__,
                error,
            )
        for inner in sorted(folder.rglob("*")) if nested and folder.is_dir() else ():
            if inner.suffix in self.zip_ext and inner.is_file():
                self.unpack(
                    inner, inner.parent / stem(inner.name), LARGEST, MOST_MEMBERS, nested=False
                )

    def wanted(self, name: str, source: Path) -> bool:
        """Tell whether a member should be written; report one that would be written elsewhere."""
        parts = PurePosixPath(name).parts
        if "__MACOSX" in parts or (parts[-1:] and SETTINGS.fullmatch(parts[-1])):
            return False
        if not parts or name.startswith("/") or ".." in parts or "\\" in name or "\0" in name:
            self.log.error("Skipped %s in %s: it would be written elsewhere.", name, source)
            return False
        return True

    def write(self, path: Path, size: int, opened: Callable[[], Any], source: Path) -> None:
        """Write a member, but no more of it than its stated size."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with opened() as content, open(path, "wb") as file:
                while size > 0 and (part := content.read(min(size, 1 << 20))):
                    size -= len(part)
                    file.write(part)
        except (
            OSError,
            RuntimeError,
            zipfile.BadZipFile,
            ValueError,
        ) as error:  # a password, a name too long, a damaged part
            self.log.error("Skipped %s in %s (%s).", path.name, source, error)


class Archive:
    """An archive that is open: its plain files, as name, size, and what opens them."""

    def __init__(self, source: Path):
        self.archive = tarfile.open(source) if source.suffix != ".zip" else zipfile.ZipFile(source)

    def files(self) -> Iterator[Member]:
        if isinstance(self.archive, zipfile.ZipFile):
            return (
                (one.filename, one.file_size, partial(self.archive.open, one))
                for one in self.archive.infolist()
                if not one.is_dir()
            )
        return (
            (one.name, one.size, partial(self.archive.extractfile, one))
            for one in self.archive
            if one.isreg()
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()


def stem(name: str) -> str:
    """Return the name of the folder for an archive: without ``.zip``, ``.gz`` or ``.tar.gz``."""
    return re.sub(r"(\.tar)?\.[^.]+$", "", name) or name


class Export(ExportPlugin):
    """All grades as CSV, with the columns of nbgrader's own, quoted, and without formulas."""

    columns: ClassVar = [
        "assignment",
        "duedate",
        "timestamp",
        "student_id",
        "last_name",
        "first_name",
        "email",
        "raw_score",
        "late_submission_penalty",
        "score",
        "max_score",
    ]

    def export(self, gradebook: Any) -> None:
        with open(self.to or "grades.csv", "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, self.columns)
            table.writeheader()
            for assignment in gradebook.assignments:
                for student in gradebook.students:
                    if (not self.assignment or assignment.name in map(str, self.assignment)) and (
                        not self.student or student.id in map(str, self.student)
                    ):
                        table.writerow(
                            {
                                name: plain(value)
                                for name, value in self.row(gradebook, assignment, student).items()
                            }
                        )

    def row(self, gradebook: Any, assignment: Any, student: Any) -> dict[str, Any]:
        """Return what the table says about a student and a unit; nothing handed in counts as 0."""
        row = {
            "assignment": assignment.name,
            "duedate": assignment.duedate,
            "student_id": student.id,
            "last_name": student.last_name,
            "first_name": student.first_name,
            "email": student.email,
            "max_score": assignment.max_score,
        }
        try:
            found = gradebook.find_submission(assignment.name, student.id)
        except MissingEntry:
            return row | {"raw_score": 0.0, "late_submission_penalty": 0.0, "score": 0.0}
        penalty = found.late_submission_penalty
        return row | {
            "timestamp": found.timestamp,
            "raw_score": found.score,
            "late_submission_penalty": penalty,
            "score": max(0.0, found.score - penalty),
        }
