"""Keep a unit's books: ids, numbers, points and tables follow from the order of its questions and their marks.

    make tidy UNIT=05        # or: python -m tests.units.tidy 05-weight-regularization

In ``solutions/<unit>/activity.ipynb`` each cell gets the id that nbgrader knows it by, a check is called
after the answer above it, questions are numbered in their order, and the points that stand in headings, in
the table at the top and in README.md are those of the marks. Texts, answers and points are the author's.
"""

import json
import re
import sys

import nbformat

from . import ROOT, is_answer, is_check

HEADING = re.compile(r"^## (?:\d+\. )?(.+?)(?: \(\d+ points?\))?$", re.MULTILINE)
TABLE = re.compile(r"(\| question \| points \|\n\|---\|---\|\n)(?:\|.*\|\n?)*")


def points(number: float) -> str:
    return f"{number:g} point{'' if number == 1 else 's'}"


def tidy(notebook):
    """Put a notebook's ids, numbers and points in order, and return it with the sum of the points.

    Raises
    ------
    ValueError
        If a graded cell has no heading above it, or a check no answer.
    """
    name_cells(notebook)
    number, rows, by_hand, heading = 0, [], [], None
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            heading = cell
        if not cell.metadata.get("nbgrader", {}).get("grade"):
            continue
        if heading is None:
            raise ValueError(f"`{cell.id}` is graded, but no heading (## ...) stands above it.")
        number, worth = number + 1, cell.metadata.nbgrader.points
        title = HEADING.match(heading.source)[1]
        head = f"## {number}. {title} ({points(worth)})"
        heading.source = HEADING.sub(lambda _, head=head: head, heading.source, count=1)
        rows.append((f"{number}. {title}", worth))
        by_hand += [] if is_check(cell) else [number]
        cell.source = re.sub(
            r"^with checks\.question\(\d*\)", f"with checks.question({number})", cell.source
        )
        heading = None
    total = sum(
        c.metadata.nbgrader.points
        for c in notebook.cells
        if c.metadata.get("nbgrader", {}).get("grade")
    )
    first = notebook.cells[0]
    first.source = TABLE.sub(
        lambda found: found[1] + "".join(f"| {title} | {worth:g} |\n" for title, worth in rows),
        first.source,
    ).rstrip("\n")
    first.source = re.sub(r"\*\*Points:\*\* \d+(?:\.\d+)?", f"**Points:** {total:g}", first.source)
    board_of(notebook).source = board(rows, by_hand)
    return notebook, total


def board(rows: list, by_hand: list) -> str:
    """Return the cell at the end of an activity that shows the state of all questions."""
    entries = "".join(
        f"    {json.dumps(title, ensure_ascii=False)}: {worth:g},\n" for title, worth in rows
    )
    return f"checks.board({{\n{entries}}}, by_hand={by_hand})"


def board_of(notebook):
    """Return the cell of the board; a notebook without one gets it at its end."""
    found = [cell for cell in notebook.cells if cell.id == "board"]
    if not found:
        marks = {
            "grade": False,
            "grade_id": "board",
            "locked": True,
            "schema_version": 3,
            "solution": False,
            "task": False,
        }
        found = [nbformat.v4.new_code_cell(id="board", metadata={"nbgrader": marks})]
        notebook.cells += found
    return found[0]


def name_cells(notebook) -> None:
    """Call each check after the answer above it, and let ids be the names that nbgrader knows."""
    answer = None
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader")
        if not marks:
            continue
        if is_check(cell):
            if answer is None:
                raise ValueError(f"The check `{marks.grade_id}` has no answer above it.")
            marks.grade_id = f"check-{answer}"
        elif is_answer(cell):
            answer = marks.grade_id
        cell["id"] = marks.grade_id
    ids = [cell.id for cell in notebook.cells]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise ValueError(
            f"More than one cell has the name {', '.join(twice)}: give each its own in nbgrader's side bar."
        )


def tell_readme(unit: str, total: float) -> None:
    """Write a unit's points into its row of README.md's table; a new unit gets a row to be completed."""
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    row = re.search(rf"^\| \[{unit}\].*$", text, re.MULTILINE)
    if row:
        new = re.sub(r"\d+ points?\) \|$", f"{points(total)}) |", row[0])
        text = text.replace(row[0], new)
    else:
        rows = re.findall(r"^\| \[\d\d-[^\n]*\n", text, re.MULTILINE)
        before = [one for one in rows if one[3:] < unit] or rows[:1]
        new = f"| [{unit}](notebooks/{unit}) | what its lesson teaches (minutes) | what its activity asks for (minutes, {points(total)}) |\n"
        text = text.replace(before[-1], before[-1] + new)
    path.write_text(text, encoding="utf-8")


def tell_minutes(unit: str, kind: str, notebook) -> None:
    """Write how long a notebook takes, which its first cell says, into README.md's table and the course map."""
    minutes = re.search(r"\*\*Time:\*\* about (\d+) minutes", notebook.cells[0].source)
    if not minutes:
        return
    path = ROOT / "README.md"
    rows = path.read_text(encoding="utf-8").split("\n")
    for at, row in enumerate(rows):
        if row.startswith(f"| [{unit}]"):
            parts = row.split(" | ")
            cell = 1 + (kind == "activity")
            parts[cell] = re.sub(r"\(\d+ minutes", f"({minutes[1]} minutes", parts[cell])
            rows[at] = " | ".join(parts)
    path.write_text("\n".join(rows), encoding="utf-8")
    path = ROOT / "notebooks" / "README.md"
    text = path.read_text(encoding="utf-8")
    target = rf"\({unit}/{kind}\.ipynb\)"
    text = re.sub(rf"\[\d+ min\]({target})", rf"[{minutes[1]} min]\1", text)
    path.write_text(text, encoding="utf-8")


def name_of(unit: str) -> str:
    """Return how links call a unit: its number and what its lesson's title says before the colon."""
    title = nbformat.read(ROOT / "solutions" / unit / "lesson.ipynb", as_version=4).cells[0].source
    return f"{unit[:2]} {title.splitlines()[0].removeprefix('# ').partition(':')[0]}"


def link(notebook, unit: str, kind: str) -> None:
    """Write the way to the course map, the units before and after and the unit's other notebook into a notebook."""
    units = sorted(path.parent.name for path in ROOT.glob("solutions/*/lesson.ipynb"))
    at = units.index(unit)
    before, after = units[:at][-1:], units[at + 1 :][:1]
    both = (ROOT / "solutions" / unit / "activity.ipynb").exists()
    way = ["[Course map](../README.md)"]
    way += [f"[← {name_of(one)}](../{one}/lesson.ipynb)" for one in before]
    if both:
        way += [
            f"**{one}**" if one == kind else f"[{one}]({one}.ipynb)"
            for one in ("lesson", "activity")
        ]
    way += [f"[{name_of(one)} →](../{one}/lesson.ipynb)" for one in after]
    title, _, rest = notebook.cells[0].source.partition("\n\n")
    if rest.startswith("[Course map]"):
        rest = rest.partition("\n\n")[2]
    notebook.cells[0].source = f"{title}\n\n{' · '.join(way)}\n\n{rest}"

    following = "[the activity of this unit](activity.ipynb)" if both and kind == "lesson" else ""
    following = following or "".join(f"[{name_of(one)}](../{one}/lesson.ipynb)" for one in after)
    end = [cell for cell in notebook.cells if cell.cell_type == "markdown"][-1]
    end.source = re.sub(r"\n\n\*\*Next:\*\* .*\Z", "", end.source)
    end.source += (
        f"\n\n**Next:** {following or '[the course map](../README.md): this is the last unit.'}"
    )


def main(units: list) -> None:
    for unit in units:
        path = ROOT / "solutions" / unit / "activity.ipynb"
        if path.exists():
            notebook, total = tidy(nbformat.read(path, as_version=4))
            link(notebook, unit, "activity")
            nbformat.write(notebook, path)
            tell_readme(unit, total)
            tell_minutes(unit, "activity", notebook)
        path = path.with_name("lesson.ipynb")
        notebook = nbformat.read(path, as_version=4)
        link(notebook, unit, "lesson")
        nbformat.write(notebook, path)
        tell_minutes(unit, "lesson", notebook)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ValueError as error:
        sys.exit(str(error))
