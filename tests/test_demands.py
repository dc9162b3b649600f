"""The table of demands: every question has rows, and every demand an answer sheet that breaks it and loses."""

import pytest

from tests.units import ROOT, cases, folder, questions

UNITS = sorted(
    path.parent.name
    for path in ROOT.glob("solutions/*/activity.ipynb")
    if questions(path.parent.name)
)


def rows(unit):
    """Return the rows of a unit's table as lists of four texts."""
    page = (folder(unit) / "demands.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith("|")]
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


def test_the_page_leads_to_every_unit():
    text = (ROOT / "docs" / "demands.md").read_text(encoding="utf-8")
    assert all(f"(../tests/units/{unit}/demands.md)" in text for unit in UNITS)
