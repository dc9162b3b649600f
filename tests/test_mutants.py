"""The mutation score: what a mutation is, and what the stored results promise."""

import ast

import mutants
import pages

from tests.units import ROOT, is_answer, questions, read

SOURCE = '''
seed(1)
### BEGIN SOLUTION
model = build([10, 20], name="relu")
model.fit(X_train, y_train, epochs=5, verbose=0)
scores = {"auc": 1 - rank(y_val, model(X_val)).mean()}
good = scores["auc"] > 0.5 and not flat[-1]
code = """
import os
print(os.getpid() + 1)
"""
scores.round(3)
### END SOLUTION
'''
EXPECTED = {
    ("element", 'model = build([20], name="relu")'),
    ("argument", "model = build([10, 20])"),
    ("order", "model.fit(y_train, X_train, epochs=5, verbose=0)"),
    ("constant", 'model = build([11, 20], name="relu")'),
    ("constant", "model = build([10, 20], name='tanh')"),
    ("data", "model.fit(X_val, y_val, epochs=5, verbose=0)"),
    ("argument", "model.fit(X_train, y_train, verbose=0)"),
    ("statement", "pass"),
    ("key", "scores = {'auc_': 1 - rank(y_val, model(X_val)).mean()}"),
    ("arithmetic", 'scores = {"auc": 1 + rank(y_val, model(X_val)).mean()}'),
    ("data", 'scores = {"auc": 1 - rank(y_train, model(X_train)).mean()}'),
    ("step", 'scores = {"auc": 1 - rank(y_val, model(X_val))}'),
    ("comparison", "good = scores['auc'] <= 0.5 and not flat[-1]"),
    ("constant", 'good = scores["auc"] > 5 and not flat[-1]'),
    ("constant", 'good = scores["auc"] > 0.05 and not flat[-1]'),
    ("logic", "good = scores['auc'] > 0.5 or not flat[-1]"),
    ("logic", 'good = scores["auc"] > 0.5 and flat[-1]'),
    ("index", 'good = scores["auc"] > 0.5 and not flat[-2]'),
    ("index", 'good = scores["auc"] > 0.5 and not flat[1]'),
    ("arithmetic", "print(os.getpid() - 1)"),
}


def test_each_kind_of_mutation():
    found = mutants.mutants(SOURCE)
    assert {(mutant.kind, mutant.after) for mutant in found} >= EXPECTED
    forms = [ast.dump(ast.parse(mutant.source)) for mutant in found]
    assert len({*forms, ast.dump(ast.parse(SOURCE))}) == len(found) + 1, (
        "two mutants are the same, or one is no mutant"
    )


COMPILED = """
### BEGIN SOLUTION
model.compile("adam", loss="mse", metrics=["mse"])
other.compile(keras.optimizers.RMSprop(0.1), "binary_crossentropy")
done = True
### END SOLUTION
"""


def test_another_optimiser_and_another_loss_in_every_form():
    found = {(mutant.kind, mutant.after) for mutant in mutants.mutants(COMPILED)}
    assert {one for one in found if one[0] in ("optimiser", "loss")} == {
        ("optimiser", """model.compile('rmsprop', loss="mse", metrics=["mse"])"""),
        ("optimiser", """model.compile('sgd', loss="mse", metrics=["mse"])"""),
        ("optimiser", """model.compile(keras.optimizers.RMSprop(), loss="mse", metrics=["mse"])"""),
        ("optimiser", 'other.compile(keras.optimizers.Adam(0.1), "binary_crossentropy")'),
        ("optimiser", 'other.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")'),
        ("loss", """model.compile("adam", loss='mae', metrics=["mse"])"""),
        ("loss", 'model.compile("adam", loss=keras.losses.Huber(0.1), metrics=["mse"])'),
        ("loss", "other.compile(keras.optimizers.RMSprop(0.1), 'mse')"),
        (
            "loss",
            "other.compile(keras.optimizers.RMSprop(0.1), keras.losses.BinaryCrossentropy(label_smoothing=0.2))",
        ),
    }
    assert ("constant", """model.compile("adam", loss="mse", metrics=['mae'])""") in found


FUNCTION = """
def ranked(values, rate, seed):
    ### BEGIN SOLUTION
    values = values * rate
    order = np.random.default_rng(seed).permutation(len(values))
    return np.sort(values.copy())[order]
    ### END SOLUTION
"""


def test_arguments_are_changed_in_place():
    found = {mutant.after for mutant in mutants.mutants(FUNCTION) if mutant.kind == "in place"}
    assert found == {
        "values *= rate",
        "values[:] = values[::-1]; values = values * rate",
        "found = np.sort(values.copy())[order]; values[:] = values[::-1]; return found",
        "return np.sort(values)[order]",
    }


def test_what_is_never_changed():
    """Lines outside of the solution, what only shows a result, and how much `fit` prints."""
    for mutant in mutants.mutants(SOURCE):
        assert (
            "seed(1)" in mutant.source
            and "scores.round(3)" in mutant.source
            and "verbose=0" in mutant.source
        ) or (mutant.before.startswith("model.fit") and mutant.after == "pass")


def test_a_function_keeps_its_head():
    source = "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION\n"
    assert {mutant.after for mutant in mutants.mutants(source)} == {
        "return x * 2",
        "return x / 3",
        "return None",
    }


def test_a_sample_is_spread_and_repeatable():
    found = mutants.mutants(SOURCE)
    chosen = mutants.sample(found, 12, "seed")
    assert chosen == mutants.sample(found, 12, "seed") != mutants.sample(found, 12, "other")
    assert len(chosen) == 12 and {mutant.kind for mutant in chosen} == {
        mutant.kind for mutant in found
    }


def test_every_graded_question_is_scored():
    for folder in (ROOT / "solutions").iterdir():
        if (folder / "activity.ipynb").exists() and questions(folder.name):
            assert {row["question"] for row in mutants.stored(folder.name[:2])} == questions(
                folder.name
            )


def test_the_stored_mutants_are_those_of_the_solutions():
    """Data swaps aside, which depend on the names that other cells define."""
    for unit in mutants.units():
        (path,) = ROOT.glob(f"solutions/{unit}-*/activity.ipynb")
        answers = {
            cell.id: cell.source
            for cell in read(path).cells
            if is_answer(cell) and cell.cell_type == "code"
        }
        made = {
            (name, one.before, one.after)
            for name, text in answers.items()
            for one in mutants.mutants(text)
        }
        for row in mutants.stored(unit):
            assert row["kind"] == "data" or mutants.place(row) in made, row


def test_checks_notice_mistakes():
    *rows, (*_, found, same, killed) = mutants.scores()
    assert killed >= 0.95 * (found - same)
    for unit, question, found, same, killed in rows:
        assert killed >= 0.85 * (found - same), f"unit {unit}, question {question}"


def test_every_explanation_belongs_to_a_survivor():
    known = {
        (unit, row["question"], row["before"], row["after"]) for unit, row in mutants.survivors()[0]
    }
    for unit in mutants.units():
        for row in mutants.stored(unit, "equivalent"):
            assert (unit, *mutants.place(row)) in known and row["why"].endswith("."), (unit, row)


def test_the_page_shows_what_is_stored():
    text = (ROOT / "docs" / "mutation.md").read_text(encoding="utf-8")
    assert mutants.table() in text and pages.written(text) == text, "run `make pages`"
