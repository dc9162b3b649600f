"""Every notebook keeps the house rules, the release is fresh, and stored outputs are repeatable."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert.preprocessors import CoalesceStreamsPreprocessor

from tests.units import ROOT, api, is_answer, is_check, reach, read

SOLUTIONS = sorted(ROOT.glob("solutions/*/*.ipynb"))
RELEASED = sorted(ROOT.glob("notebooks/*/*.ipynb"))
LESSONS = [path for path in SOLUTIONS if path.stem == "lesson"]
REAL_SET = re.compile(r"load_(avila|traffic|housing|credit)\(")
ACTIVITIES = [path for path in SOLUTIONS if path.stem == "activity"]


def name(path):
    return "/".join(path.parts[-3:])


def every(paths):
    return pytest.mark.parametrize("path", paths, ids=name)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def test_there_is_something_to_test():
    assert len(LESSONS) >= 2 and len(ACTIVITIES) >= 1
    assert [p.relative_to(ROOT / "solutions") for p in SOLUTIONS] == [
        p.relative_to(ROOT / "notebooks") for p in RELEASED
    ]


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    """Return the release as nbgrader makes it now, in a copy of the course."""
    root = tmp_path_factory.mktemp("rebuilt")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "solutions", root / "solutions", ignore=shutil.ignore_patterns(".*"))
    (root / "classroom").mkdir()
    nbgrader = api(root)
    for unit in sorted(path.name for path in (root / "solutions").iterdir()):
        done = nbgrader.generate_assignment(unit)
        assert done["success"], done["log"]
    return root


@every(RELEASED)
def test_release_is_what_make_release_writes(rebuilt, path):
    fresh = rebuilt / path.relative_to(ROOT)
    assert path.read_bytes() == fresh.read_bytes(), "run `make release` and commit notebooks/"


@every(RELEASED)
def test_release_holds_no_answer_and_no_output(path):
    text = path.read_text(encoding="utf-8")
    assert "SOLUTION" not in text and "HIDDEN TESTS" not in text
    assert all(not cell.outputs and cell.execution_count is None for cell in code(read(path)))
    solution = read(ROOT / "solutions" / path.relative_to(ROOT / "notebooks"))
    for cell in filter(is_answer, solution.cells):
        lines = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL)
        released = next(c.source for c in read(path).cells if c.id == cell.id)
        assert not any(part.strip() and part.strip() in released for part in lines)


@every(LESSONS)
def test_released_lesson_has_the_cells_of_the_solution(path):
    """So it need not be run: the solution is."""
    released = read(ROOT / "notebooks" / path.relative_to(ROOT / "solutions"))
    assert [(c.id, c.source) for c in released.cells] == [
        (c.id, c.source) for c in read(path).cells
    ]


@every(SOLUTIONS)
def test_outputs_are_stored_and_clean(path):
    notebook = read(path)
    counts = [cell.execution_count for cell in code(notebook)]
    assert counts == list(range(1, len(counts) + 1)), "run `make execute`"
    for cell in code(notebook):
        for output in cell.outputs:
            text = output.get("text", "") + output.get("data", {}).get("text/plain", "")
            assert output.output_type != "error" and output.get("name") != "stderr", (cell.id, text)
            assert "object at 0x" not in text and str(ROOT) not in text, (cell.id, text)


@every(SOLUTIONS)
def test_figures_have_alt_texts_that_say_something(path):
    for cell in code(read(path)):
        for output in cell.outputs:
            data = output.get("data", {})
            assert "image/png" not in data, f"{cell.id}: end it with plots.show(..., alt=...)"
            for alt in re.findall(r'<img alt="([^"]*)"', data.get("text/html", "")):
                assert len(alt.split()) >= 6, (cell.id, alt)


@every(SOLUTIONS)
def test_headings_are_in_order_and_start_with_one_title(path):
    text = "\n".join(
        re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL) for cell in prose(read(path))
    )
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))


@every(LESSONS)
def test_lesson_has_its_parts_and_its_rhythm(path):
    notebook = read(path)
    text = "\n".join(cell.source for cell in prose(notebook))
    parts = [
        "What you will know",
        "**Time:**",
        "**You need:**",
        "**Predict before you run:**",
        "**What to see:**",
        "## Common mistakes",
        "## Recap",
        "**Further reading:**",
    ]
    positions = [text.find(part) for part in parts]
    assert min(positions) >= 0, parts[positions.index(min(positions))]
    assert 15 <= len(code(notebook)) - len(turns(notebook)) <= 40
    lengths = sorted(len(cell.source.splitlines()) for cell in code(notebook))
    assert lengths[len(lengths) // 2] <= 3 and lengths[-1] <= 15
    for before, cell in zip(notebook.cells, notebook.cells[1:]):
        assert not before.cell_type == cell.cell_type == "code", f"a sentence before {cell.id}"


def turns(notebook):
    """Return the cells that a reader of a lesson is asked to complete, each with the folded answer below it."""
    cells = notebook.cells
    found = [i for i, cell in enumerate(cells) if "your-turn" in cell.metadata.get("tags", [])]
    return [(cells[i], cells[i + 1].source) for i in found]


@every(LESSONS)
def test_predictions_are_choices_that_are_answered(path):
    text = "\n".join(cell.source for cell in prose(read(path)))
    _, *asked = text.split("**Predict before you run:**")
    right = []
    for part in asked:
        options = re.findall(r"^- \*\*([A-D])\.\*\* \S", part, re.MULTILINE)
        answers = re.findall(r"\*\*Answer: ([A-D])\.\*\*", part)
        assert options == list("ABCD"[: len(options)]) and len(options) >= 2, part[:200]
        assert len(answers) == 1 and answers[0] in options, part[:200]
        right += answers
    assert len(set(right)) > 1, "one letter is always right"


@every(LESSONS)
def test_a_lesson_has_turns_for_its_reader(path):
    """That the folded answers work is seen when the lesson is run: test_lesson_runs_and_concludes_as_stored."""
    notebook = read(path)
    assert 2 <= len(turns(notebook)) <= 4
    for cell, answer in turns(notebook):
        task = notebook.cells[notebook.cells.index(cell) - 1].source
        assert "**Your turn (" in task, cell.id
        assert "<details><summary>" in answer and "```python\n" in answer, cell.id


@every(LESSONS)
def test_a_lesson_ends_with_a_quiz(path):
    text = "\n\n".join(cell.source for cell in prose(read(path)))
    quiz = text[text.index("## Check yourself") : text.index("## Recap")]
    assert text.index("## Common mistakes") < text.index("## Check yourself")
    _, *questions = re.split(r"^\*\*\d\. ", quiz, flags=re.MULTILINE)
    assert len(questions) == 3
    right = []
    for question in questions:
        options = re.findall(
            r"<details><summary>([A-C])\. .+?</summary>\n\n(.+?)\n\n</details>", question, re.DOTALL
        )
        assert [letter for letter, _ in options] == ["A", "B", "C"], question[:200]
        assert all(len(why.split()) >= 6 for _, why in options), question[:200]
        right += [letter for letter, why in options if why.startswith("**Right.**")]
    assert len(right) == 3 and len(set(right)) > 1


@every(SOLUTIONS)
def test_code_uses_public_keras_and_nothing_of_this_machine(path):
    for cell in code(read(path)):
        for bad in (
            r"\btf\.",
            r"\btensorflow\b",
            r"keras\.src",
            r"(?<![\w.])/(home|work|Users|tmp)/",
            r"\burllib|requests\b",
            r"\bglobals\(\)",
            r"\beval\(",
            r"\binspect\b",
            r"^\s*[%!]",
        ):
            assert not re.search(bad, cell.source, re.MULTILINE), (cell.id, bad)


@every(LESSONS)
def test_a_lesson_with_a_stand_in_shows_the_real_data(path):
    notebook = read(path)
    if not REAL_SET.search("\n".join(cell.source for cell in code(notebook))):
        return
    assert "stand-in" in "\n".join(cell.source for cell in prose(notebook))
    (cell,) = [one for one in code(notebook) if "real-figure" in one.metadata.get("tags", [])]
    below = "\n".join(one.source for one in notebook.cells[notebook.cells.index(cell) + 1 :][:3])
    (alt,) = re.findall(r"!\[([^\]]+)\]\(real\.png\)", below)
    assert len(alt.split()) >= 6 and "Source:" in below
    released = ROOT / "notebooks" / path.parent.name / "real.png"
    assert released.read_bytes() == path.with_name("real.png").read_bytes()


@every(ACTIVITIES)
def test_points_in_the_prose_are_those_in_the_metadata(path):
    notebook = read(path)
    text = "\n".join(cell.source for cell in prose(notebook))
    graded = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    points = [cell.metadata.nbgrader.points for cell in graded]
    headings = re.findall(r"^## (\d+)\. (.+) \((\d+) points?\)$", text, re.MULTILINE)
    table = re.findall(r"^\| (\d+)\. (.+) \| (\d+) \|$", text, re.MULTILINE)
    assert headings == table
    assert [int(p) for _, _, p in headings] == points
    assert f"**Points:** {sum(points)}." in text
    written = [cell for cell in graded if is_answer(cell)]
    assert len(graded) - len(written) >= 8 and len(written) >= 1
    rubric = text[text.index(f"## {headings[-1][0]}.") :]
    assert (
        sum(map(int, re.findall(r"\| (\d+) \|$", rubric, re.MULTILINE)))
        == written[-1].metadata.nbgrader.points
    )


@every(ACTIVITIES)
def test_every_question_has_hints_an_answer_and_right_below_its_check(path):
    notebook = read(path)
    checks = [cell for cell in notebook.cells if is_check(cell)]
    for cell in checks:
        assert "### BEGIN HIDDEN TESTS" in cell.source, cell.id
        assert f"check-{notebook.cells[notebook.cells.index(cell) - 1].id}" == cell.id
        question = next(
            c
            for c in reversed(notebook.cells[: notebook.cells.index(cell)])
            if c.source.startswith("## ")
        )
        assert question.source.count("<details><summary>Hint") >= 2, cell.id
        number = re.match(r"## (\d+)\.", question.source)[1]
        assert cell.source.startswith(f"with checks.question({number}):"), cell.id
    names = [cell.id for cell in notebook.cells]
    assert len(set(names)) == len(names) and all(
        "nbgrader" not in c.metadata or c.metadata.nbgrader.grade_id == c.id for c in notebook.cells
    )


def test_the_course_map_leads_to_every_notebook():
    text = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    links = set(re.findall(r"\]\((\d\d-[^)]+)\)", text))
    assert links == {str(path.relative_to(ROOT / "notebooks")) for path in RELEASED}
    drawn = set(re.findall(r"U(\d\d)\[", text))
    assert drawn == {path.parent.name[:2] for path in RELEASED}
    for path in LESSONS:
        needs = re.search(
            r"\*\*You need:\*\* (.*)", read(path).cells[0].source + read(path).cells[1].source
        )[1]
        for number in re.findall(r"\b(\d\d)\b", needs):
            way = [(a, b) for a, b in re.findall(r"U(\d\d)(?:\[.*?\])? --> U(\d\d)", text)]
            before, known = {path.parent.name[:2]}, set()
            while before:
                known |= before
                before = {a for a, b in way if b in before} - known
            assert number in known, f"{path.parent.name} needs {number}, to which no arrow leads"


def test_tables_give_the_minutes_that_notebooks_give():
    """`make tidy` writes them."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    course = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    for path in SOLUTIONS:
        unit, kind = path.parent.name, path.stem
        minutes = re.search(r"\*\*Time:\*\* about (\d+) minutes", read(path).cells[0].source)[1]
        assert f"[{minutes} min]({unit}/{path.name})" in course, path
        row = re.search(rf"^\| \[{unit}\].*$", readme, re.MULTILINE)[0].split(" | ")
        assert f"({minutes} minutes" in row[2 if kind == "activity" else 1], path


def test_what_students_see_of_a_check_is_short():
    """CONTRIBUTING says how long: what is longer belongs into helpers/checks.py."""
    lengths = {
        (path.parent.name, cell.id): len(cell.source.strip().splitlines())
        for path in RELEASED
        if path.stem == "activity"
        for cell in filter(is_check, read(path).cells)
    }
    assert sorted(lengths.values())[len(lengths) // 2] <= 8
    assert max(lengths.values()) <= 20, max(lengths, key=lengths.get)


def test_links_and_files_named_in_the_prose_exist():
    for path in RELEASED:
        for cell in prose(read(path)):
            for target in re.findall(r"\]\(([^)#:]+)\)", cell.source):
                assert (path.parent / target).exists(), (path, target)


def copied(tmp_path, unit):
    """Copy a unit's solutions, with what `make` needs, to where it may be run anew; return their folder."""
    for part in ("Makefile", "pyproject.toml"):
        shutil.copy2(ROOT / part, tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return shutil.copytree(
        ROOT / "solutions" / unit,
        tmp_path / "solutions" / unit,
        ignore=shutil.ignore_patterns(".*"),
    )


def make_execute(folder):
    """Run `make execute` there, and compare what it must not change with what is stored here."""
    make = [
        "make",
        "--old-file=.venv/ready-cpu",
        "--old-file=.venv/course-cpu",
        "EXTRA=cpu",
        "ARGS=",
    ]  # it must not make the linked environment anew
    alone = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }  # of `make test`
    subprocess.run(
        [*make, "execute", f"UNIT={folder.name}"],
        cwd=folder.parents[1],
        env=alone,
        check=True,
        capture_output=True,
    )
    for path in (ROOT / "solutions" / folder.name).glob("*.ipynb"):
        stored, fresh = read(path), read(folder / path.name)
        assert json.loads(path.read_text(encoding="utf-8")).keys() == fresh.keys()
        assert [cell.source for cell in fresh.cells] == [cell.source for cell in stored.cells]
        assert [(cell.id, cell.metadata) for cell in fresh.cells] == [
            (cell.id, cell.metadata) for cell in stored.cells
        ]
        for before, after in zip(stored.cells, fresh.cells):
            if "nbval-check-output" in before.metadata.get("tags", []):
                assert after.outputs == before.outputs, before.id


@pytest.mark.runs
def test_make_execute_changes_outputs_only(tmp_path):
    make_execute(copied(tmp_path, "00-welcome"))


def nbval(notebooks, option):
    """Let nbval run notebooks anew and compare outputs with the stored ones: those of tagged cells, or (--nbval) all."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        option,
        "--nbval-cell-timeout=300",
        "-o",
        "addopts=",
        "-q",
        str(notebooks),
    ]
    return subprocess.run(command, cwd=notebooks.parent, capture_output=True, text=True)


@pytest.mark.runs
@every(LESSONS)
def test_lesson_runs_and_concludes_as_stored(tmp_path, path):
    """The answers that are folded below a reader's turns run, too: at the end, with the names of their place."""
    copy = copied(tmp_path, path.parent.name) / path.name
    notebook = read(copy)
    for number, (cell, answer) in enumerate(turns(notebook)):
        at = notebook.cells.index(cell) + 1
        notebook.cells.insert(at, nbformat.v4.new_code_cell(f"turn_{number} = dict(globals())"))
        for source in re.findall(r"```python\n(.*?)```", answer, re.DOTALL):
            exercise = f"exec(compile({source!r}, 'turn', 'exec'), turn_{number})"
            notebook.cells.append(nbformat.v4.new_code_cell(exercise))
    nbformat.write(notebook, copy)
    run = nbval(copy, "--nbval-lax")
    assert run.returncode == 0, run.stdout[-3000:]


@pytest.mark.whole
@pytest.mark.parametrize("unit", sorted({path.parent.name for path in SOLUTIONS}))
def test_every_notebook_gives_its_outputs_again(tmp_path, unit):
    """The stored outputs are what a run gives, to the byte, figures too.

    Another processor than the author's may round otherwise. There `make execute` runs all anew, conclusions
    (tagged cells) are the stored ones, and a further run gives the same bytes as this one.
    """
    folder = copied(tmp_path, unit)
    if nbval(folder, "--nbval").returncode == 0:
        return
    make_execute(folder)
    again = nbval(folder, "--nbval")
    assert again.returncode == 0, again.stdout[-3000:]


@pytest.mark.runs
@every(ACTIVITIES)
def test_activity_runs_to_its_end_with_the_outputs_of_the_stored_one(once, path):
    """Each cell gives outputs of the same kinds, and no check has anything to say."""
    stored, fresh = read(path), read(reach.executed(path.parent.name, once / path.parent.name))
    for before, after in zip(code(stored), code(fresh), strict=True):
        kinds = [
            [(o.output_type, o.get("name"), *sorted(o.get("data", ""))) for o in cell.outputs]
            for cell in (before, after)
        ]
        assert kinds[0] == kinds[1], after.id


@pytest.mark.runs
@pytest.mark.parametrize(
    "path", [path for path in SOLUTIONS if REAL_SET.search(path.read_text())], ids=name
)
def test_conclusions_are_the_same_on_the_real_data(path, real_data):
    """Each cell tagged nbval-check-output prints on the real data what it prints on the simulated ones."""
    stored = read(path)
    fresh = read(path)
    NotebookClient(fresh, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    fresh, _ = CoalesceStreamsPreprocessor().preprocess(
        fresh, {}
    )  # a kernel may send one text in pieces
    tagged = [
        cell.id for cell in code(stored) if "nbval-check-output" in cell.metadata.get("tags", [])
    ]
    assert tagged or path.stem == "activity"
    for before, after in zip(stored.cells, fresh.cells):
        if before.id in tagged:
            assert [o.text for o in after.outputs] == [o.text for o in before.outputs], before.id
