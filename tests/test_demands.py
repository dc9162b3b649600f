"""The table of demands: every question has rows, and every demand an answer sheet that breaks it and loses."""

import re

import pytest

from tests.units import ROOT, cases, questions

PAGE = (ROOT / "docs" / "demands.md").read_text(encoding="utf-8")
UNITS = sorted(
    path.parent.name
    for path in ROOT.glob("solutions/*/activity.ipynb")
    if questions(path.parent.name)
)


def rows(unit):
    """Return the rows of a unit's table as lists of four texts."""
    section = re.search(rf"^## {unit}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert section, f"docs/demands.md has no section {unit}"
    lines = [line for line in section[1].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("unit", UNITS)
def test_every_question_says_what_it_demands(unit):
    assert {question for question, *_ in rows(unit)} == questions(unit)
    for row in rows(unit):
        assert len(row) == 4 and all(row), row


@pytest.mark.parametrize("unit", UNITS)
def test_every_demand_has_a_wrong_answer_that_loses_the_question(unit):
    sheets = {case.name: case for case in cases(unit)}
    for question, demand, _, named in rows(unit):
        for name in named.split(", "):
            assert name in sheets, f"{unit}, {question}, {demand}: there is no answer sheet {name}"
            assert question in sheets[name].answers and question in sheets[name].loses, (
                unit,
                question,
                demand,
                name,
            )
