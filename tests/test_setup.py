"""Set-up: the files that name dependencies agree, and `make` says what to do when something is off."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement

from tests.units import ROOT, UNITS, config

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT, TOOLS = SETTINGS["project"], SETTINGS["dependency-groups"]["tools"]
WORKFLOWS = ROOT / ".github" / "workflows"
EXTRAS = PROJECT["optional-dependencies"]


def lock(extra):
    """Return {package: (version, number of hashes)} of a lock; fails if a package is there twice."""
    found = {}
    for entry in re.split(
        r"\n(?=\S)", (ROOT / "requirements" / f"{extra}.txt").read_text().strip()
    ):
        head = re.match(r"([a-z0-9._-]+)(\[[a-z-]+\])?==([^ ;]+)", entry)
        assert head, entry
        assert head[1] not in found, f"{head[1]} is locked twice"
        found[head[1]] = head[3], entry.count("--hash=sha256:")
    return found


@pytest.mark.parametrize("extra", ["cpu", "gpu"])
def test_lock_holds_every_dependency_at_one_version_with_hashes(extra):
    locked = lock(extra)
    for text in PROJECT["dependencies"] + EXTRAS[extra]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(locked[wanted.name][0]), text
    assert all(hashes for _, hashes in locked.values())
    assert not locked.keys() & {"pytest", "ruff", "uv", "distributed"}, "tools are not for students"


def test_lock_of_the_tools_holds_each_with_hashes_and_uv_has_its_own():
    locked = lock("tools")
    for text in TOOLS:
        wanted = Requirement(text)
        assert wanted.specifier.contains(locked[wanted.name][0]), text
    assert all(hashes for _, hashes in locked.values())
    assert lock("uv") == {"uv": locked["uv"]}


def test_all_locks_agree_and_are_what_is_installed():
    cpu, gpu, tools = lock("cpu"), lock("gpu"), lock("tools")
    for student in (cpu, gpu):
        assert tools.items() >= {p: v for p, v in student.items() if p in tools}.items()
    assert {p: v for p, v in cpu.items() if p in gpu} == {p: v for p, v in gpu.items() if p in cpu}
    for package in (
        "keras",
        "nbgrader",
        "nbval",
        "jupyterlab",
        "pandas",
        "scikit-learn",
        "matplotlib",
    ):
        assert version(package) == (cpu | tools)[package][0]


def test_conda_devcontainer_and_workflows_follow_the_lock():
    conda = (ROOT / "environment.yml").read_text()
    assert "- -r requirements/cpu.txt" in conda and "- -r requirements/tools.txt" in conda
    python = re.search(r"- python=([\d.]+)", conda)[1]
    devcontainer = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    assert devcontainer["image"].endswith(f"python:{python}") and devcontainer[
        "postCreateCommand"
    ].endswith("&& make tools")
    allowed = Requirement(f"python{PROJECT['requires-python']}").specifier
    workflows = [path.read_text() for path in WORKFLOWS.glob("*.yml")]
    for each in [python, *re.findall(r'python(?:-version)?: "([\d.]+)"', "".join(workflows))]:
        assert allowed.contains(each), each
    assert all("bash .ci/run" in workflow for workflow in workflows)
    assert "make test" in (ROOT / ".ci" / "run").read_text()


def test_the_groups_of_the_workflow_are_all_tests_that_run_notebooks():
    """Each part of the last group's ``not`` is another group's."""
    text = (WORKFLOWS / "cpu.yml").read_text()
    names = re.findall(r"^  ([A-Z]+): ", text, re.MULTILINE)
    assert names and f"not ({' or '.join(f'${name}' for name in names)})" in text
    groups = re.search(r"group: \[(.+)\]", text)[1].split(", ")
    assert all(f"matrix.group == '{group}'" in text for group in groups)
    units = {path.name[:3] for path in UNITS.glob("[0-9]*")}
    assert units == set(re.findall(r"\b\d\d-", text))


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_committed_file_names_a_package_index():
    for path in tracked():
        text = path.read_bytes().decode("utf-8", "ignore")
        for index in (
            "pypi" + ".org",
            "pythonhosted" + ".org",
            "--index" + "-url ",
            "extra-index" + "-url",
        ):
            assert index not in text, (path, index)


def test_actions_are_pinned_by_hash():
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        for action in re.findall(r"uses: (\S+)", path.read_text()):
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), (path.name, action)


def make(*arguments, **settings):
    """Run make in the course's folder; return the exit status and all it printed."""
    run = subprocess.run(
        ["make", *arguments],
        cwd=settings.pop("cwd", ROOT),
        capture_output=True,
        text=True,
        env={**os.environ, **settings},
        timeout=120,
    )
    return run.returncode, run.stdout + run.stderr


def test_make_alone_lists_the_targets_and_each_exists():
    status, text = make()
    rules = (ROOT / "Makefile").read_text()
    listed = re.findall(r"^make (\w+)", text, re.MULTILINE)
    assert status == 0 and {"lab", "test", "release", "execute", "handout", "messages"} <= set(
        listed
    )
    assert all(re.search(rf"^{target}:", rules, re.MULTILINE) for target in listed)


@pytest.mark.parametrize("target", ["release", "execute", "messages"])
def test_unknown_unit_is_named_and_the_units_are_listed(target):
    status, text = make(target, "UNIT=99-nothing")
    units = " ".join(sorted(path.name for path in (ROOT / "solutions").iterdir()))
    assert status and f'There is no unit "99-nothing". The units are: {units}' in text


def test_python_too_old_says_which_is_needed(tmp_path):
    old = tmp_path / "python3.9"
    old.write_text(
        f'#!/bin/sh\nexec {sys.executable} -c "import sys; sys.version_info = (3, 9, 2); exec(sys.argv[1])" "$2"\n'
    )
    old.chmod(0o755)
    for part in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / part, tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    for python in (str(old), "no-such-python"):
        status, text = make("env", f"PYTHON={python}", cwd=tmp_path)
        assert (
            status
            and "needs Python 3.11, 3.12 or 3.13" in text
            and "make lab PYTHON=python3.12" in text
        )
    assert not (tmp_path / ".venv").exists()


def test_port_in_use_says_what_to_do():
    with socket.socket() as other:
        other.bind(("localhost", 0))
        other.listen()
        port = other.getsockname()[1]
        status, text = make("lab", f"PORT={port}", "ARGS=--no-browser")
    assert status and f"Port {port} is in use" in text and f"make lab PORT={port + 1}" in text


def test_handout_holds_the_course_but_no_solution_and_no_test(tmp_path):
    status, text = make("handout")
    assert status == 0, text
    with zipfile.ZipFile(ROOT / "dist" / "good-fit.zip") as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
    files = {name.removeprefix("good-fit/") for name in names if not name.endswith("/")}
    assert {
        "Makefile",
        "pyproject.toml",
        "requirements/cpu.txt",
        "environment.yml",
        "helpers/plots.py",
        "datasets/biopsies/labels.csv",
        "notebooks/04-overfitting/activity.ipynb",
        "grading/kernels/server.py",
    } <= files
    forbidden = ("solutions", "tests", "benchmarks", "classroom", "grading/judge", ".ci")
    assert not [f for f in files if f.startswith(forbidden)]
    assert {f for f in files if f.startswith("grading") and "/kernels/" not in f} == {
        "grading/__init__.py"
    }
    for name in files:
        content = (tmp_path / "good-fit" / name).read_bytes()
        assert b"BEGIN SOLUTION" not in content and b"BEGIN HIDDEN TESTS" not in content, name


def test_handout_names_nothing_that_it_does_not_hold(tmp_path):
    """Its README is its own; its links, its commands and what `make` lists exist in it."""
    status, text = make("handout")
    assert status == 0, text
    with zipfile.ZipFile(ROOT / "dist" / "good-fit.zip") as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "good-fit"
    pages = [folder / "README.md", folder / "docs/install.md", folder / "notebooks/README.md"]
    for page in pages:
        words = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)\)", words):
            assert (page.parent / target).exists(), (page.name, target)
        assert set(re.findall(r"make (\w+)", words)) <= {"lab", "data"}
    status, text = make(cwd=folder)
    assert status == 0
    assert set(re.findall(r"^make (\w+)", text, re.MULTILINE)) == {"lab", "data", "clean"}


@pytest.mark.runs
def test_handout_gives_students_warm_kernels(tmp_path):
    """Of the grader it holds only what these need."""
    status, text = make("handout")
    assert status == 0, text
    with zipfile.ZipFile(ROOT / "dist" / "good-fit.zip") as archive:
        archive.extractall(tmp_path)
    run = subprocess.run(
        [sys.executable, "-m", "grading.kernels.server", "--", "echo", "kernels are ready"],
        cwd=tmp_path / "good-fit",
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout) == (0, "kernels are ready\n"), run.stderr


def test_port_that_is_no_number_is_refused():
    status, text = make("lab", "PORT=lab", "ARGS=--no-browser")
    assert status and 'PORT should be a number, such as 8888, not "lab"' in text


def test_code_and_text_have_a_licence():
    assert "MIT License" in (ROOT / "LICENSE").read_text()
    assert "Creative Commons Attribution 4.0" in (ROOT / "LICENSE-TEXT").read_text()
    assert all(PROJECT["license"].count(word) for word in ("MIT", "CC-BY-4.0"))


@pytest.mark.parametrize(
    "path", sorted(UNITS.glob("*/study.py")), ids=lambda path: path.parent.name
)
def test_thresholds_judge_no_stored_run_wrongly(path):
    """The limits of a unit's checks, on all runs of its study; docs/thresholds shows its table."""
    import thresholds

    unit = path.parent.name
    study, runs = thresholds.load(unit), thresholds.stored(unit)
    seeds = runs.groupby(["source", "answer"]).seed.nunique()
    assert set(seeds.index) == {(source, name) for source in study.SEEDS for name in study.ANSWERS}
    assert max(map(len, study.SEEDS.values())) >= 10 and seeds.min() >= 5
    activity = ROOT / "solutions" / unit / "activity.ipynb"
    page = path.with_name("thresholds.md")
    assert thresholds.table(unit, runs) in page.read_text()
    for limit in study.LIMITS:
        assert limit in activity.read_text(), limit
    for passes, right, wrong in study.verdicts(runs):
        assert set(right) and set(wrong) and {*right, *wrong} <= set(study.ANSWERS)
        for name in right:
            assert passes[runs.answer == name].all(), name
        for name in wrong:
            assert not passes[runs.answer == name].any(), name


def test_settings_create_nothing(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    for folder in ("solutions", "classroom"):
        (tmp_path / folder).mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert config(tmp_path).Exchange.root == str(tmp_path / "classroom" / "exchange")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.runs
def test_the_first_commands_of_contributing_work_as_they_stand(tmp_path):
    """A copied unit is a whole one: it is tidy, is released, and passes what `make check` looks at."""
    for path in tracked():
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    text = (ROOT / "CONTRIBUTING.md").read_text()
    commands = re.search(r"```sh\n(.*?)```", text, re.DOTALL)[1]
    assert "cp -r solutions/" in commands and "make check UNIT=13" in commands
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    alone = {name: value for name, value in alone.items() if "XDIST" not in name}
    run = subprocess.run(
        ["bash", "-euc", commands], cwd=tmp_path, env=alone, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-2000:]
    assert (tmp_path / "notebooks" / "13-mine" / "activity.ipynb").is_file()
    assert "| [13-mine](notebooks/13-mine) |" in (tmp_path / "README.md").read_text()
