"""The grading is right: untouched, right, alternative and wrong answers earn what they should."""

import pytest

from tests.units import ROOT, Case, cases, config, grade, load_case, make_course, questions, reach

UNITS = sorted(path.parent.name for path in ROOT.glob("solutions/*/activity.ipynb"))
CASES = [case for unit in UNITS for case in cases(unit)]


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """Return a function that gives the released course of a unit, made once a worker."""
    made = {}

    def get(unit):
        if unit not in made:
            made[unit] = make_course(tmp_path_factory.mktemp("course") / unit, unit)
        return made[unit]

    return get


@pytest.fixture(scope="session")
def kept(once):
    """Return a function that gives what the slow cells of a unit's solution make."""
    return lambda unit: reach.kept(unit, once / unit)


@pytest.mark.runs
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.unit}/{case.name}")
def test_case_loses_exactly_what_its_file_says(course, kept, case, request):
    verdicts = reach.grade(case, course(case.unit), kept(case.unit))
    lost = {name for name, verdict in verdicts.items() if verdict.score < verdict.points}
    assert lost == case.loses, {name: verdicts[name].message for name in lost}
    for name in case.loses:
        assert verdicts[name].score == 0
        assert_helps(verdicts[name].message)
    if request.config.getoption("--whole"):
        whole = grade(course(case.unit), case.unit, case.name, case.answers)
        assert whole.keys() >= questions(case.unit)
        assert {
            name for name in questions(case.unit) if whole[name].score < whole[name].points
        } == lost
        assert all(whole[name].score == verdict.score for name, verdict in verdicts.items())


def assert_helps(message):
    """A message is sentences: no bare exception, no traceback, nothing from the machine."""
    assert len(message.split()) >= 6 and message.rstrip()[-1] in ".?", message
    assert len(message) <= 400, message
    for leak in (
        "Traceback",
        "NotImplementedError:",
        "<class",
        "object at 0x",
        str(ROOT),
        "HIDDEN",
        "SOLUTION",
    ):
        assert leak not in message, message


@pytest.mark.runs
@pytest.mark.parametrize("unit", UNITS)
def test_solution_earns_full_marks(course, kept, unit, request):
    solution = Case(unit, "solution", "", frozenset(), {})
    found = [reach.grade(solution, course(unit), kept(unit), all_checks=True)]
    if unit == UNITS[0] or request.config.getoption("--whole"):
        found.append(grade(course(unit), unit, "solution", {}))
    for verdicts in found:
        graded = {name: verdict for name, verdict in verdicts.items() if name in questions(unit)}
        assert graded.keys() == questions(unit)
        assert all(v.score == v.points for v in graded.values()), graded


@pytest.mark.runs
@pytest.mark.parametrize("unit", UNITS)
def test_untouched_activity_earns_nothing_on_any_question(course, unit):
    verdicts = grade(course(unit), unit, "untouched", None)
    assert verdicts.keys() > questions(unit), "the written question is counted too"
    assert {name: v.score for name, v in verdicts.items()} == dict.fromkeys(verdicts, 0)
    for name in questions(unit):
        assert_helps(verdicts[name].message)


@pytest.mark.parametrize("unit", UNITS)
def test_every_question_has_an_alternative_and_three_wrong_answers(unit):
    for question in questions(unit):
        answering = [case for case in cases(unit) if question in case.answers]
        right = [case.name for case in answering if question not in case.loses]
        wrong = [case.name for case in answering if question in case.loses]
        assert len(right) >= 1 and len(wrong) >= 3, (question, right, wrong)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('"""Says nothing."""\n# %% plain\nplain = 1', "end the docstring with"),
        ('"""Loses: plane"""\n# %% plain\nplain = 1', "no such question: plane"),
        ('"""Loses: nothing"""\n# %% plane\nplain = 1', "no such question: plane"),
        ('"""Loses: nothing"""\nplain = 1', "none named"),
    ],
)
def test_case_file_with_a_slip_is_refused(tmp_path, text, complaint):
    path = tmp_path / "slip.py"
    path.write_text(text)
    with pytest.raises(ValueError, match=complaint):
        load_case(path, {"plain", "gap"})


def test_students_work_stays_under_classroom():
    settings = config(ROOT).CourseDirectory
    for key in ("submitted_directory", "autograded_directory", "feedback_directory"):
        assert settings[key].startswith("classroom/")
    assert settings.db_url == f"sqlite:///{ROOT}/classroom/gradebook.db"
