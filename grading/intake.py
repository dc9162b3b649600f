"""Take in a submission: look at its files within limits, read its notebook, and repair it.

A folder that a stranger filled is looked at before anything of it is read: how many files, how
large, how deep. The notebook is read in a process with limits (:mod:`grading.bounded`).
"""

import ast
import hashlib
import json
import os
import re
import shutil
import stat
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from . import bounded
from .names import printable

NOTEBOOK = "activity.ipynb"
LARGEST = 100_000_000  # bytes of a submitted notebook; honest ones have less than one million
MOST_FILES, DEEPEST = 2_000, 20  # files and folders; depth of nested folders
MOST_CELLS, MOST_IN_CELL, MOST_IN_ALL = 1_000, 200_000, 1_000_000  # cells, characters of source
MOST_PICTURES = 10_000_000  # characters of base64, all pictures in the texts of a notebook
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
STEERING = {"skip-execution", "raises-exception"}  # tags that tell Jupyter how to run a cell


class Ungradable(Exception):
    """A submission that can't be graded, and why."""


def survey(folder: Path, megabytes: int) -> list[Path]:
    """Return all files of a submission, after a look at what kinds they are, how many and how large. None is opened.

    Parameters
    ----------
    folder : Path
    megabytes : int
        What all files but the notebook may take together.

    Raises
    ------
    Ungradable
        If there is a link, a special file, a name that is no UTF-8, or too much.
    """
    files, size, count, folders = [], 0, 0, [(folder, 0)]
    try:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            raise Ungradable(
                f"{printable(folder.name)} is a link or a file, but should be a folder."
            )
        while folders:
            here, depth = folders.pop()
            with os.scandir(here) as entries:
                for entry in entries:
                    count += 1
                    if count > MOST_FILES:
                        raise Ungradable(f"It holds more than {MOST_FILES} files and folders.")
                    if entry.name.encode("utf-8", "surrogateescape") != entry.name.encode(
                        "utf-8", "replace"
                    ):
                        raise Ungradable(
                            f"The name of a file or folder is not UTF-8: {printable(entry.name)}."
                        )
                    if entry.is_dir(follow_symlinks=False):
                        if depth == DEEPEST:
                            raise Ungradable(f"It holds folders nested more than {DEEPEST} deep.")
                        folders.append((here / entry.name, depth + 1))
                    elif entry.is_file(follow_symlinks=False):
                        files.append(here / entry.name)
                        size += (
                            0
                            if files[-1] == folder / NOTEBOOK
                            else entry.stat(follow_symlinks=False).st_size
                        )
                    else:
                        raise Ungradable(
                            f"{printable(entry.name)} is a link or a special file, which a submission must not hold."
                        )
    except OSError as error:
        raise unreadable(error) from None
    if size > megabytes * 1_000_000:
        raise Ungradable(f"Its files take {size / 1e6:,.0f} MB; at most {megabytes} MB.")
    if folder / NOTEBOOK in files and (size := (folder / NOTEBOOK).lstat().st_size) > LARGEST:
        raise Ungradable(
            f"The notebook has {size / 1e6:,.0f} MB; at most {LARGEST // 1_000_000} MB."
        )
    return sorted(files)


def unreadable(error: OSError) -> Ungradable:
    """Return what an error of the file system says about a submission."""
    name = Path(os.fsdecode(error.filename)).name if error.filename else "a file"
    return Ungradable(f"{printable(name)} can't be read ({error.strerror or error}).")


def fingerprint(folder: Path) -> str:
    """Return a checksum of names and contents of a folder's files; links are not followed."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        plain = path.is_file() and not path.is_symlink()
        content = os.fsencode(os.readlink(path)) if path.is_symlink() else b""
        digest.update(
            os.fsencode(path.relative_to(folder))
            + f"\0{path.stat().st_size if plain else len(content)}\0".encode()
            + content
        )
        if plain:
            with open(path, "rb") as file:
                while part := file.read(1 << 20):
                    digest.update(part)
    return digest.hexdigest()


def mark(folder: Path, megabytes: int) -> str:
    """Return what tells a submission from an earlier one: its fingerprint, or why it was refused."""
    try:
        survey(folder, megabytes)
        return fingerprint(folder)
    except Ungradable as why:
        return f"refused: {why}"
    except OSError as error:
        return f"refused: {unreadable(error)}"


def prepare(submission: Path, release: NotebookNode, staged: Path, megabytes: int) -> bool:
    """Copy a submission to ``staged``, repaired as far as possible; return whether anything was attempted.

    Links are refused. Outputs are removed. Checks and locked cells that were deleted come back, and
    changed types and marks are set right; of a duplicated cell the last counts, as in nbgrader.

    Parameters
    ----------
    submission, staged : Path
    release : NotebookNode
        The notebook as it was handed out.
    megabytes : int
        What its files may take.

    Raises
    ------
    Ungradable
        If there is no notebook, what is there can't be read as one, or there is too much of it.
    """
    files = survey(submission, megabytes)
    if submission / NOTEBOOK not in files:
        there = (
            ", ".join(sorted(printable(name, 60) for name in os.listdir(submission))[:20])
            or "nothing"
        )
        kind = (
            f"{NOTEBOOK} is a folder"
            if (submission / NOTEBOOK).is_dir()
            else f"There is no {NOTEBOOK}"
        )
        raise Ungradable(f"{kind}; there is: {there}.")
    check_timestamp(submission / "timestamp.txt")
    try:
        content, attempted = bounded.child.call(
            read, str(submission / NOTEBOOK), json.dumps(release)
        )
    except (bounded.TooMuch, bounded.Refused) as why:
        raise Ungradable(
            f"{NOTEBOOK} is not a notebook, or it is damaged or too large ({printable(why, 200)})."
        ) from None
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    try:
        for path in files:
            parts = path.relative_to(submission).parts
            if path.suffix != ".ipynb" and ".ipynb_checkpoints" not in parts:
                (staged / Path(*parts)).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, staged / Path(*parts), follow_symlinks=False)
    except PermissionError as error:
        raise unreadable(error) from None
    (staged / NOTEBOOK).write_bytes(
        content.encode("utf-8", "replace")
    )  # half of a pair becomes a question mark
    return attempted


def check_timestamp(path: Path) -> None:
    """Make sure that nbgrader can read when a submission was handed in, if it says so.

    Raises
    ------
    Ungradable
    """
    from nbgrader.utils import parse_utc

    if not os.path.lexists(path):
        return
    said = ""
    try:
        if path.lstat().st_size <= 100:
            said = path.read_text(encoding="ascii").strip()
            if said:
                parse_utc(said)
            return
        said = f"{path.lstat().st_size} bytes"
    except Exception:  # dateutil raises many kinds
        pass
    raise Ungradable(
        f"timestamp.txt does not say when it was handed in ({printable(said, 100) or 'no text'}). "
        "Write a time into it, such as 2026-11-26 17:20:00 UTC, or remove it."
    )


# In the process with limits


def read(path: str, release: str) -> tuple[str, bool]:
    """Return a submitted notebook, read and repaired, and whether anything in it was attempted.

    Raises
    ------
    bounded.Refused
    """
    try:
        data = json.loads(Path(path).read_bytes().decode("utf-8-sig"))
    except RecursionError:
        raise bounded.Refused("it is nested too deeply") from None
    original = nbformat.from_dict(json.loads(release))
    nb = mended(plain(data), original)
    nbformat.validate(nb)
    given = {source_of(cell) for cell in original.cells}
    return json.dumps(nb, ensure_ascii=False), any(
        content_of(cell) and source_of(cell) not in given for cell in nb.cells
    )


def source_of(cell: NotebookNode) -> tuple[str | None, str]:
    """Return what shows whether a cell is as it was given: its name and its text."""
    return marked(cell), cell.source.strip()


def content_of(cell: NotebookNode) -> bool:
    return bool(cell.source.strip() or cell.get("attachments"))


def plain(data: Any) -> NotebookNode:
    """Return a notebook of format 4 from what its JSON holds, without outputs, after a look at its size.

    Raises
    ------
    bounded.Refused
    """
    if not isinstance(data, dict):
        raise bounded.Refused("it holds no cells")
    sheets = [data] if "cells" in data else data.get("worksheets")
    if not isinstance(sheets, list) or not all(
        isinstance(sheet, dict) and isinstance(sheet.get("cells"), list) for sheet in sheets
    ):
        raise bounded.Refused("it holds no cells")
    if "cells" in data:
        data.setdefault("nbformat", 4)
    for what in ("nbformat", "nbformat_minor"):
        if type(data.get(what, 0)) is not int or not 0 <= data.get(what, 0) < 100:
            raise bounded.Refused(
                f"its `{what}` is {json.dumps(data[what])[:40]}, but should be a small number"
            )
    cells = [cell for sheet in sheets for cell in sheet["cells"]]
    if len(cells) > MOST_CELLS:
        raise bounded.Refused(f"it has {len(cells):,} cells; at most {MOST_CELLS:,}")
    length = 0
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict):
            raise bounded.Refused(f"cell {number} is not a cell")
        key = "input" if "input" in cell and "source" not in cell else "source"  # of format 3
        lines = cell.get(key, "")
        if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
            cell[key] = "".join(lines)
        elif not isinstance(lines, str):
            raise bounded.Refused(f"the source of cell {number} is not a text")
        if len(cell.get(key, "")) > MOST_IN_CELL + MOST_PICTURES:
            raise bounded.Refused(
                f"cell {number} has {len(cell[key]):,} characters; at most {MOST_IN_CELL:,}"
            )
        length += len(cell.get(key, ""))
        if length > MOST_IN_ALL + MOST_PICTURES:
            raise bounded.Refused(f"its cells have more than {MOST_IN_ALL:,} characters")
        if not isinstance(cell.get("metadata", {}), dict):
            cell["metadata"] = {}
        if not isinstance(cell.get("attachments", {}), dict) or not all(
            isinstance(one, dict) for one in cell.get("attachments", {}).values()
        ):
            del cell["attachments"]
        if cell.get("cell_type") == "code":
            cell["outputs"] = []
            cell.pop("prompt_number", None)
            cell["execution_count"] = None
    data["metadata"] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about what is repaired right here
        return nbformat.reads(json.dumps(data), as_version=4)


def marked(cell: NotebookNode) -> str | None:
    """Return the name that a cell has in nbgrader's marks; nothing in a submitted one need be as it should be."""
    marks = cell.metadata.get("nbgrader")
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return name if isinstance(name, str) and name else None


def mended(nb: NotebookNode, release: NotebookNode) -> NotebookNode:
    """Return a submitted notebook with all marked cells of the release and its marks, and all that the student wrote.

    If a written answer is in new cells beside the answer's own cell, and that cell is untouched, the text
    moves into it: nbgrader shows a person only answers that were changed.

    Raises
    ------
    bounded.Refused
        If there is too much text.
    """
    original = {marked(cell): cell for cell in release.cells if marked(cell)}
    claimed = [marked(cell) for cell in nb.cells]
    cells: list[NotebookNode] = []
    room = [MOST_PICTURES]
    for number, cell in enumerate(nb.cells):
        last = claimed[number] not in claimed[number + 1 :]
        known = original.get(claimed[number]) if last else None
        kind = known.cell_type if known else cell.cell_type
        make: Callable[[str], NotebookNode] = {
            "code": nbformat.v4.new_code_cell,
            "markdown": nbformat.v4.new_markdown_cell,
        }.get(kind, nbformat.v4.new_raw_cell)
        fresh = make(cell.source)
        if tags := harmless_tags(cell.metadata.get("tags")):
            fresh.metadata["tags"] = tags
        if known:
            fresh.metadata["nbgrader"] = dict(known.metadata.nbgrader)
        if kind != "code":
            keep_pictures(fresh, cell.get("attachments"), room)
        if len(fresh.source) > MOST_IN_CELL:
            raise bounded.Refused(
                f"cell {number + 1} has {len(fresh.source):,} characters; at most {MOST_IN_CELL:,}"
            )
        cells.append(fresh)
        if (
            known
            and not known.metadata.nbgrader.get("solution")
            and cell.source.strip() not in ("", known.source.strip())
        ):
            cells.append(quoted(cell))  # nbgrader puts the original back
    if sum(len(cell.source) for cell in cells) > MOST_IN_ALL:
        raise bounded.Refused(f"its cells have more than {MOST_IN_ALL:,} characters")
    names = [marked(cell) for cell in cells]
    before = None
    for name, cell in original.items():
        if name not in names:
            at = len(names) - names[::-1].index(before) if before else 0
            cells.insert(at, nbformat.from_dict(cell))
            names.insert(at, name)
        before = name
    gather(cells, release)
    mended = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": release.metadata.get("kernelspec", {})}
    )
    for number, cell in enumerate(mended.cells):
        cell["id"] = f"cell-{number}"
    return mended


QUOTED = "*(Written into the cell above, which came with the notebook:)*\n\n"


def quoted(cell: NotebookNode) -> NotebookNode:
    """Return a text cell that holds what somebody wrote into a cell that is not theirs, for a person to read; code does not run."""
    source = cell.source
    if cell.cell_type == "code":
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", source)), default=0))
        source = f"{fence}python\n{source}\n{fence}"
    return nbformat.v4.new_markdown_cell(f"{QUOTED}{source}")


def harmless_tags(tags: Any) -> list[str]:
    """Return those of a cell's tags that are words and don't tell Jupyter how to run the cell."""
    words = [tag for tag in tags[:20] if isinstance(tag, str)] if isinstance(tags, list) else []
    return [word for word in words if re.fullmatch(r"[\w-]{1,40}", word) and word not in STEERING]


EMBEDDED = re.compile(r"data:(image/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/]+={0,2})")


def keep_pictures(cell: NotebookNode, attachments: Any, room: list[int]) -> None:
    """Give a text its pictures, those dropped into it and those written into it as base64, as attachments.

    Whatever is not a picture, or is too large, is named in the text.
    """
    kept: dict[str, dict[str, str]] = {}
    left: list[str] = []
    for name, contents in attachments.items() if isinstance(attachments, dict) else ():
        mime = next((one for one in PICTURES if isinstance(contents, dict) and one in contents), "")
        content = contents[mime] if mime else None
        content = (
            "".join(content)
            if isinstance(content, list) and all(isinstance(part, str) for part in content)
            else content
        )
        content = "".join(content.split()) if isinstance(content, str) else ""
        if len(name) > 200 or not re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", content):
            left.append(f"{printable(name, 60)} (not a picture that a page shows)")
        elif len(content) > room[0]:
            left.append(
                f"{printable(name, 60)} ({len(content) * 3 / 4e6:.1f} MB; all pictures together may have {MOST_PICTURES * 3 // 4_000_000} MB)"
            )
        else:
            room[0] -= len(content)
            kept[name] = {mime: content}

    def attach(found: re.Match[str]) -> str:
        mime, content = found.groups()
        if len(content) > room[0]:
            left.append(
                f"a picture ({len(content) * 3 / 4e6:.1f} MB; all together may have {MOST_PICTURES * 3 // 4_000_000} MB)"
            )
            return ""
        room[0] -= len(content)
        name = f"picture-{len(kept) + 1}.{mime.split('/')[1]}"
        while name in kept:
            name = f"a-{name}"
        kept[name] = {mime: content}
        return f"attachment:{name}"

    cell["source"] = EMBEDDED.sub(attach, cell.source)
    if left:
        cell["source"] += (
            "\n\n*(Left out here, but in the submitted notebook: "
            + "; ".join(map(_literal, left))
            + ".)*"
        )
    if kept:
        cell["attachments"] = kept


def _literal(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>()#+.!|~&$-])", r"\\\1", text)


SENTENCE = 8  # words
ELSEWHERE = (
    "\n\n*(Nothing was written here, but there are words elsewhere in this notebook that may be meant for this question. "
    "This line keeps nbgrader from giving 0 before a person has looked.)*"
)


def gather(cells: list[NotebookNode], release: NotebookNode) -> None:
    """Move texts in new cells beside an untouched written answer into that answer; say so if there are others far from it."""
    given = {source_of(cell) for cell in release.cells}
    for answer in [
        cell
        for cell in cells
        if marked(cell) and cell.cell_type == "markdown" and cell.metadata.nbgrader.get("solution")
    ]:
        if source_of(answer) not in given or answer.get("attachments"):
            continue

        def new(cell: NotebookNode) -> bool:
            return (
                not marked(cell)
                and cell.cell_type != "code"
                and content_of(cell)
                and source_of(cell) not in given
            )

        at = next(number for number, cell in enumerate(cells) if cell is answer)
        below = next((n for n in range(at + 1, len(cells)) if marked(cells[n])), len(cells))
        found = [cell for cell in cells[at + 1 : below] if new(cell)]
        if not found:  # above, where nothing else stands between
            first = at
            while first and new(cells[first - 1]):
                first -= 1
            found = cells[first:at]
        for cell in found:
            attachments = answer.setdefault("attachments", {})
            text = cell.source
            for name, picture in cell.get("attachments", {}).items():
                own = name
                while own in attachments:
                    own = f"a-{own}"
                attachments[own] = picture
                text = (
                    text if own == name else text.replace(f"attachment:{name}", f"attachment:{own}")
                )
            answer["source"] += f"\n\n*(From a new cell beside this one:)*\n\n{text}"
            if not attachments:
                del answer["attachments"]
        for cell in found:
            cells[:] = [other for other in cells if other is not cell]
        if not found and any(source_of(cell) not in given and prose(cell) for cell in cells):
            answer["source"] += ELSEWHERE


def prose(cell: NotebookNode) -> bool:
    """Tell whether a cell holds words to read: a text, a string of a sentence or more by itself, or code that is not Python."""
    if cell.cell_type != "code":
        return not marked(cell) and content_of(cell) and not cell.source.startswith(f"{QUOTED}```")
    try:
        body = ast.parse(cell.source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return len(cell.source.split()) >= SENTENCE
    strings = [
        node.value.value
        for node in body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    return any(isinstance(text, str) and len(text.split()) >= SENTENCE for text in strings)
