"""`make tidy` keeps a unit's books, and finds those of the course in order."""

import shutil

import nbformat
import pytest

from tests.units import ROOT, is_check, read, tidy

ACTIVITIES = sorted(ROOT.glob("solutions/*/activity.ipynb"))


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("solutions/*/*.ipynb")), ids=lambda path: "/".join(path.parts[-2:])
)
def test_the_units_are_tidy(path):
    notebook = read(path)
    if path.stem == "activity":
        notebook, _ = tidy.tidy(notebook)
    tidy.link(notebook, path.parent.name, path.stem)
    assert nbformat.writes(notebook) == nbformat.writes(read(path)), "run `make tidy`"


def test_questions_that_were_moved_are_numbered_and_named_anew():
    notebook = read(ACTIVITIES[0])
    places = [n for n, cell in enumerate(notebook.cells) if cell.source.startswith("## 2.")]
    there = next(n for n, cell in enumerate(notebook.cells) if cell.source.startswith("## 3."))
    last = next(n for n, cell in enumerate(notebook.cells) if cell.source.startswith("## 5."))
    moved = notebook.cells[places[0] : there]
    notebook.cells = [
        *notebook.cells[: places[0]],
        *notebook.cells[there:last],
        *moved,
        *notebook.cells[last:],
    ]
    answer, check = (
        moved[-1 - [is_check(c) for c in reversed(moved)].index(True) - 1],
        next(cell for cell in moved if is_check(cell)),
    )
    answer.metadata.nbgrader.grade_id = "mine"
    check.metadata.nbgrader.points += 2
    title = moved[0].source.splitlines()[0].removeprefix("## 2. ").rpartition(" (")[0]
    done, total = tidy.tidy(notebook)
    worth = check.metadata.nbgrader.points
    assert (answer.id, check.id) == ("mine", "check-mine")
    assert moved[0].source.startswith(f"## 4. {title} ({worth:g} points)\n")
    assert check.source.startswith("with checks.question(4):")
    assert f"| 4. {title} | {worth:g} |" in done.cells[0].source
    assert f"**Points:** {total:g}" in done.cells[0].source
    again, _ = tidy.tidy(nbformat.from_dict(done))
    assert nbformat.writes(again) == nbformat.writes(done)


@pytest.mark.parametrize("fault", ["two cells of one name", "no answer", "no heading"])
def test_what_can_not_be_mended_is_told(fault):
    notebook = read(ACTIVITIES[0])
    marked = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    if fault == "two cells of one name":
        marked[1].metadata.nbgrader.grade_id = marked[0].metadata.nbgrader.grade_id
    elif fault == "no answer":
        notebook.cells = [cell for cell in marked if is_check(cell)]
    else:
        notebook.cells = marked
    told = {"two": "More than one cell has the name", "no answer": "has no answer above it"}
    with pytest.raises(ValueError, match=told.get(fault, told.get(fault[:3], "no heading"))):
        tidy.tidy(notebook)


def test_the_readme_learns_the_points_and_new_units(tmp_path, monkeypatch):
    shutil.copy(ROOT / "README.md", tmp_path)
    monkeypatch.setattr(tidy, "ROOT", tmp_path)
    before = (tmp_path / "README.md").read_text()
    tidy.tell_readme("05-weight-regularization", 1)
    tidy.tell_readme("07-mine", 12)
    text = (tmp_path / "README.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| [")]
    assert "(35 minutes, 1 point) |" in next(row for row in rows if row.startswith("| [05"))
    assert [row[3:5] for row in rows] == sorted(row[3:5] for row in rows)
    assert "(minutes, 12 points) |" in next(row for row in rows if "07-mine" in row)
    assert len(text.splitlines()) == len(before.splitlines()) + 1
