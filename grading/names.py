"""Strangers' words where they could do harm: as a student's name, on a terminal, in a spreadsheet."""

import logging
from typing import Any

LONGEST = 120  # bytes of a student's name: it becomes a folder's


def printable(text: object, most: int = 500) -> str:
    r"""Return a text in one line in which whatever steers a terminal is written out, such as ``\x1b``.

    Parameters
    ----------
    text : object
        Anything that ``str`` turns into a text. File names that are not UTF-8 are fine.
    most : int
        Characters; of a longer text the beginning is returned.
    """
    shown = "".join(
        " " if c.isspace() else c if c.isprintable() else ascii(c)[1:-1]
        for c in str(text)[: 2 * most]
    )
    return shown if len(shown) <= most else shown[: most - 4] + " ..."


def printable_lines(text: object) -> str:
    """Return a text of some lines, each of them printable."""
    return "\n".join(printable(line, 5000) for line in str(text).split("\n"))


class PrintableRecord(logging.LogRecord):
    """What Python logs, in which no file's and no student's name steers the terminal."""

    def getMessage(self) -> str:
        return printable_lines(super().getMessage())


def plain(value: Any) -> Any:
    """Return a value for a CSV file: a text that a spreadsheet would take for a formula begins with an apostrophe."""
    if not isinstance(value, str):
        return value
    value = printable(value, 5000)
    return f"'{value}" if value.lstrip()[:1] in tuple("=+-@＝＋－＠") else value


def fault(student: str) -> str:
    """Return why a name can't be a student's, or an empty text if it can.

    nbgrader makes paths, patterns for paths, addresses and pages from it.
    """
    try:
        size = len(student.encode())
    except UnicodeEncodeError:
        return "it is not UTF-8"
    if not student.strip():
        return "it is empty"
    if student != student.strip():
        return "it begins or ends with a space"
    if student[0] == ".":
        return "it begins with a dot"
    if size > LONGEST:
        return f"it has {size} bytes; at most {LONGEST}"
    if not student.isprintable():
        return "it holds characters that can't be printed"
    wrong = [c for c in '/\\[]*?<>"`{}' if c in student]
    return f"it holds {' '.join(wrong)}" if wrong else ""
