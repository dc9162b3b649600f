"""Grades can't be forged: the judge, what travels to it, what it refuses, and the attacks on it."""

import json
import math
import os
import random
import socket
import struct
import threading
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import keras
import nbformat
import numpy as np
import pandas as pd
import pytest
import zmq

from grading.batch import Batch, Course
from grading.judge import remote
from grading.judge.codec import DEEPEST, NotData, Reader, Writer, model_parts
from grading.judge.court import Court, ScriptError
from grading.judge.models import Unknown, allowed_model
from grading.judge.remote import Abort, Line, RemoteFunction
from grading.judge.rules import complaints, names, plan
from grading.kernels import sandbox
from grading.kernels.client import ReadyClient
from grading.kernels.sandbox import Limits
from grading.outcomes import STOPPED
from grading.steps import hidden_seed, kind
from helpers import data
from tests.test_grading import marked, needs_sandbox, unsafe
from tests.units import MARK, ROOT, api, read

pytestmark = pytest.mark.runs

FORGING = ROOT / "tests" / "hostile" / "forging"
UNIT = "98-forged"
QUESTIONS = ["total", "double", "ordered", "table", "refuses", "network"]
RIGHT = {
    "total": "total = sum(range(10))",
    "double": "def double(x):\n    return 2 * x + 3",
    "ordered": "import numpy as np\n\n\ndef ordered(values):\n    return np.sort(values)",
    "table": "import pandas as pd\n\ntable = pd.DataFrame({'n': [1, 2, 3], 'square': [1, 4, 9]})",
    "refuses": "def root(x):\n    if x < 0:\n        raise ValueError('no root')\n    return x**0.5",
    "network": "import keras\n\nnetwork = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])\n"
    "network.set_weights([np.arange(1.0, 5.0)[:, None], np.zeros(1)])",
}
WRONG = {
    "total": "total = 44",
    "double": "def double(x):\n    return 0",
    "ordered": "def ordered(values):\n    return list(values)[::-1]",
    "table": "import pandas as pd\n\ntable = pd.DataFrame({'n': [1, 2, 3], 'square': [1, 1, 1]})",
    "refuses": "def root(x):\n    return 0",
    "network": "import keras\n\nnetwork = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])",
}
CHECKS = {
    "total": "assert checks.number(total, 'total') == 45, 'Add the numbers from 0 to 9.'",
    "double": "for _ in range(5):\n    x = int(secrets.integers(1, 1000))\n    expected = secret_rule(x)\n"
    "    assert checks.number(double(x), 'double(x)') == expected, 'Double it and add three.'",
    "ordered": "values = secrets.normal(size=6)\nexpected = np.sort(values)\n"
    "found = checks.array(ordered(values.copy()), 'ordered(values)', (6,))\nassert abs(found - expected).max() < 1e-9, 'Not in order.'",
    "table": "assert isinstance(table, pd.DataFrame) and {'n', 'square'} <= set(table.columns), 'A table with two columns.'\n"
    "found = checks.array(table['square'], 'square', (3,))\nassert abs(found - [1, 4, 9]).max() < 1e-9, 'Not the squares.'",
    "refuses": "x = float(secrets.uniform(1, 9))\nassert abs(checks.number(root(x), 'root(x)') ** 2 - x) < 1e-6, 'Not the root.'\nrefused = False\n"
    "try:\n    root(-x)\nexcept ValueError:\n    refused = True\nassert refused, 'Refuse numbers below zero.'",
    "network": "X = secrets.normal(size=(50, 4))\nexpected = X @ np.arange(1.0, 5.0)\n"
    "p = checks.predictions(checks.model(network, 'network', inputs=4), X, 'network')\nassert abs(p - expected).max() < 1e-3, 'Not the weights.'",
}


def source():
    """Return a unit with a question of each kind that an answer can be."""
    code = nbformat.v4.new_code_cell
    cells = [nbformat.v4.new_markdown_cell("# Forged", id="title")]
    set_up = "from helpers import checks\nimport numpy as np\nimport pandas as pd"
    cells.append(marked(code(set_up), "set-up"))
    for number, name in enumerate(QUESTIONS, 1):
        check = (
            "def secret_rule(x):\n    return 2 * x + 3\n\n\nsecrets = np.random.default_rng(77)\n"
            + CHECKS[name]
        )
        indented = f"with checks.question({number}):\n    " + check.replace("\n", "\n    ")
        cells.append(
            marked(
                code(f"### BEGIN SOLUTION\n{RIGHT[name]}\n### END SOLUTION"), name, solution=True
            )
        )
        cells.append(marked(code(indented), f"check-{name}", points=1))
    cells.append(marked(nbformat.v4.new_markdown_cell("Why?"), "written", points=1, solution=True))
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


@pytest.fixture(scope="session")
def courses(tmp_path_factory):
    """Return two courses with that unit: one with a judge, one without."""
    found = {}
    for with_judge in (True, False):
        root = tmp_path_factory.mktemp("judged" if with_judge else "believed")
        limits = {"cell": 10, "notebook": 60, "memory": 2000, "disk": 30, "output": 2}
        settings = f"\nc.ExecuteGraded.limits = {limits}\nc.ExecuteGraded.judge = {with_judge}\n"
        (root / "nbgrader_config.py").write_text(
            (ROOT / "nbgrader_config.py").read_text() + settings
        )
        (root / "classroom").mkdir()
        (root / "solutions" / UNIT).mkdir(parents=True)
        nbformat.write(source(), root / "solutions" / UNIT / "activity.ipynb")
        done = api(root).generate_assignment(UNIT)
        assert done["success"], done["log"]
        found[with_judge] = Course(root)
    return found


def graded(course, student, answers, change=lambda nb: None):
    """Hand in answers, and return what became of them."""
    nb = read(course.root / "notebooks" / UNIT / "activity.ipynb")
    for cell in nb.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    change(nb)
    folder = course.root / "classroom" / "submitted" / student / UNIT
    folder.mkdir(parents=True)
    nbformat.write(nb, folder / "activity.ipynb")
    job = Batch(course, UNIT, unsafe=unsafe, workers=1)
    job.todo = [student]
    (result,) = job.results()
    return result


@pytest.mark.parametrize("with_judge", [True, False])
def test_right_answers_earn_all_and_wrong_ones_nothing(courses, with_judge):
    result = graded(courses[with_judge], "right", RIGHT)
    assert (result.outcome, result.score) == ("full", 6), result.questions
    result = graded(courses[with_judge], "wrong", WRONG)
    assert (result.outcome, result.score) == ("partial", 0), result.questions


def forgery(name):
    """Return what an attack says about itself, and its answers: wrong ones, but for what it is about."""
    text = (
        (FORGING / f"{name}.py")
        .read_text()
        .replace("# {AGENT}", (FORGING / "tools" / "agent.py").read_text().split('"""')[2])
    )
    about = text.split('"""')[1]
    parts = MARK.split(text.split('"""', 2)[2])
    answers = WRONG | dict(zip(parts[1::2], (part.strip() for part in parts[2::2])))
    answers["total"] = parts[0].strip() + "\n\n\n" + answers["total"]
    return about, answers


@needs_sandbox
@pytest.mark.parametrize("name", sorted(path.stem for path in FORGING.glob("*.py")))
def test_forgery_earns_nothing(courses, name):
    about, answers = forgery(name)
    result = graded(courses[True], name, answers)
    assert [score for _, score, _, _ in result.questions] == [0] * 6, result.questions
    assert result.outcome in about.split("Outcome: ")[1].strip().split(" or "), (
        result.outcome,
        result.reason,
    )
    assert (result.outcome == "suspicious") == bool(result.reason)
    assert not Path("/tmp/forged").exists()
    if "judge: all" in about or "judge: some" in about:
        earned = graded(courses[False], name, answers).score
        assert earned == 6 if "judge: all" in about else earned > 0, "the attack has gone blunt"


def skipping(nb):
    for cell in nb.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception"]


def checks_first(nb):
    nb.cells.sort(key=lambda cell: not cell.id.startswith("check"))


def checks_without_their_marks(nb):
    nb.cells = [cell for cell in nb.cells if not cell.id.startswith("check")]


def checks_emptied(nb):
    for cell in nb.cells:
        if cell.id.startswith(("check", "set-up")):
            cell.source = "pass"


def checks_as_answers(nb):
    for cell in nb.cells:
        if cell.id.startswith("check"):
            cell.metadata["nbgrader"] |= {"solution": True, "locked": False}


@pytest.mark.parametrize(
    "change",
    [skipping, checks_first, checks_without_their_marks, checks_emptied, checks_as_answers],
)
def test_changing_the_notebook_earns_nothing(courses, change):
    result = graded(courses[True], change.__name__, WRONG, change)
    assert result.score == 0 and result.outcome != "full", result


@needs_sandbox
@pytest.mark.parametrize("where", ["error", "source", "output"])
def test_half_a_character_stops_nobody(courses, where):
    answers = (
        RIGHT
        | {
            "error": {"double": "def double(x):\n    raise ValueError('a \\ud800 b')"},
            "source": {"double": "def double(x):\n    return 2 * x + 3  # \ud800"},
            "output": {
                "total": "import json\n\nget_ipython().kernel.session.pack = lambda o: json.dumps(o, default=str).encode()\n"
                "print('\\ud800')\ntotal = 45"
            },
        }[where]
    )
    course, name = courses[True], f"half-{where}"
    folder = course.root / "classroom" / "submitted" / name / UNIT
    folder.mkdir(parents=True)
    nb = read(course.root / "notebooks" / UNIT / "activity.ipynb")
    for cell in nb.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    (folder / "activity.ipynb").write_text(json.dumps(nb))
    job = Batch(course, UNIT, unsafe=unsafe, workers=1)
    job.todo = [name]
    (result,) = job.results()
    assert result.score == (5 if where == "error" else 6), result
    assert job.write_table().is_file()


def test_what_an_attacker_says_is_cut_short():
    line = Line(Far(objects(0), says("error", [["AssertionError"], "x" * 100_000, None])).near)
    with pytest.raises(AssertionError) as caught:
        line.name("f")()
    assert len(str(caught.value)) == remote.MOST_SAID


def test_the_seed_of_the_hidden_rows_is_drawn_once_and_nobodys_business(tmp_path):
    seed = hidden_seed(tmp_path)
    assert hidden_seed(tmp_path) == seed != hidden_seed(tmp_path / "other") and seed > 0
    assert (tmp_path / "classroom" / "hidden-seed").stat().st_mode & 0o777 == 0o600


def test_messages_of_a_kernel_are_bounded():
    client = ReadyClient()
    with client.context.socket(zmq.SUB) as sock:
        assert 64_000_000 < sock.MAXMSGSIZE < 100_000_000 and sock.RCVHWM == 100


def test_a_check_runs_on_what_the_set_up_makes_not_on_what_the_submission_made_of_it(courses):
    spoiled = RIGHT | {
        "network": RIGHT["network"]
        + "\nnp.arange = np.zeros = None\npd.DataFrame = dict\nchecks.number = None"
    }
    result = graded(courses[True], "spoiled", spoiled)
    assert result.score == 6, result.questions


def test_plain_nbgrader_autograde_uses_the_judge_too(courses):
    root = courses[True].root
    folder = root / "classroom" / "submitted" / "plain" / UNIT
    folder.mkdir(parents=True)
    nb = read(root / "notebooks" / UNIT / "activity.ipynb")
    answers = forgery("ast_transformer")[1]
    for cell in nb.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        cell.metadata["tags"] = ["skip-execution"]
    nbformat.write(nb, folder / "activity.ipynb")
    done = api(root).autograde(UNIT, "plain")
    assert done["success"], done["log"]
    with courses[True].gradebook() as gradebook:
        assert gradebook.find_submission_notebook("activity", UNIT, "plain").score == 0


# what travels


def there_and_back(value, **options):
    return Reader(**options).value(Writer().message(value))


def alike(a, b):
    if isinstance(a, np.ndarray):
        return (
            isinstance(b, np.ndarray)
            and a.dtype == b.dtype
            and a.shape == b.shape
            and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        )
    if isinstance(a, dict):
        return list(a) == list(b) and all(alike(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(alike, a, b))
    return type(a) is type(b) and (a == b or a != a)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -(2**53),
        2**200,
        0.1,
        -0.0,
        1e-320,
        math.inf,
        -math.inf,
        math.nan,
        1 + 2j,
        "",
        "ä\ud800\0",
        b"\0\xff",
        [],
        [1, [2, (3,)]],
        {"a": 1, 2: [3.5], (1, 2): None},
        {1, 2},
        frozenset("a"),
        frozenset({1, 2.5}),
        slice(1, None, 2),
        range(3, 9, 2),
        np.float32(0.1),
        np.int64(7),
        np.bool_(True),
        np.str_("x"),
        np.datetime64("2020-01-01"),
        np.arange(6).reshape(2, 3),
        np.zeros((0, 4)),
        np.array(3.0),
        np.array([True, False]),
        np.array(["ab", "c"]),
        np.array([b"x"]),
        np.ones(3, ">f4").astype("<f4"),
        np.array([1 + 1j]),
        np.array(["2020"], "M8[D]"),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.float16(1.5),
    ],
    ids=repr,
)
def test_plain_values_come_back_as_they_went(value):
    assert alike(value, there_and_back(value))


def test_subclasses_arrive_as_what_they_are_made_from():
    class Number(float):
        def __float__(self):
            return 0.0

        def __eq__(self, other):
            return True

        __hash__ = float.__hash__

    class Text(str):
        def __str__(self):
            return "lie"

    class Table(dict):
        def items(self):
            return []

    found = there_and_back([Number(2.5), Text("x"), Table(a=1), np.arange(3).view(np.matrix)])
    assert [type(one) for one in found] == [float, str, dict, np.ndarray]
    assert found[:3] == [2.5, "x", {"a": 1}]


def test_long_doubles_arrive_as_doubles():
    assert (
        alike(there_and_back(np.longdouble(1.5)), np.float64(1.5))
        and there_and_back(np.ones(2, np.longdouble)).dtype == float
    )


def test_objects_inside_arrays_travel_one_by_one():
    array = np.array([1, "a", None, [2]], dtype=object)
    assert alike(array.tolist(), there_and_back(array).tolist())


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": [1, 2], "b": [0.5, np.nan], "c": ["x", None]}),
        pd.DataFrame({"a": [1, 2]}, index=pd.Index(["u", "v"], name="who")),
        pd.DataFrame({"a": [1, 2, 3], "g": [1, 1, 2]}).groupby("g").agg(["mean", "max"]),
        pd.DataFrame(
            {
                "a": [True, False],
                "t": pd.to_datetime(["2020-01-01", "2021-01-01"]),
                "k": pd.Categorical(["x", "y"]),
            }
        ),
        pd.DataFrame(np.ones((2, 2)), columns=["same", "same"]),
        pd.DataFrame(),
    ],
)
def test_tables_come_back(frame):
    back = there_and_back(frame)
    pd.testing.assert_frame_equal(
        frame,
        back,
        check_dtype=False,
        check_index_type=False,
        check_column_type=False,
        check_categorical=False,
    )
    for column in range(frame.shape[1]):
        pd.testing.assert_series_equal(
            frame.iloc[:, column],
            there_and_back(frame.iloc[:, column]),
            check_dtype=False,
            check_index_type=False,
            check_categorical=False,
        )


def trained(optimizer="adam"):
    keras.utils.set_random_seed(0)
    inner = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(2, "relu", kernel_regularizer=keras.regularizers.L2(0.1)),
        ]
    )
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 1.0, 4.0]),
            inner,
            keras.layers.Dropout(0.5),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC()])
    X = np.random.default_rng(0).normal(size=(40, 3))
    model.fit(X, X[:, 0] > 0, epochs=2, verbose=0)
    return model, X


@pytest.mark.parametrize(
    "optimizer",
    ["adam", "rmsprop", keras.optimizers.SGD(0.1, momentum=0.9)],
    ids=["adam", "rmsprop", "momentum"],
)
def test_models_are_rebuilt_with_their_optimisers(optimizer):
    model, X = trained(optimizer)
    back = there_and_back(model, model=allowed_model)
    assert np.array_equal(model.predict(X, verbose=0), back.predict(X, verbose=0))
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), back.get_weights()))
    assert sum(map(float, back.losses)) == pytest.approx(sum(map(float, model.losses)))
    mine, its = ([np.array(v) for v in m.optimizer.variables] for m in (model, back))
    assert type(back.optimizer) is type(model.optimizer) and all(
        np.array_equal(a, b) for a, b in zip(mine, its)
    )


def test_frozen_layers_stay_frozen():
    model, _ = trained()
    model.layers[1].trainable = False
    back = there_and_back(model, model=allowed_model)
    assert [layer.trainable for layer in back.layers] == [layer.trainable for layer in model.layers]
    assert len(back.trainable_weights) == len(model.trainable_weights) == 4


def test_models_of_the_functional_way_and_with_arithmetic_are_rebuilt():
    inputs = keras.Input((3,))
    hidden = keras.layers.Dense(4, activation=keras.activations.tanh)(
        (inputs - np.float32(1)) / np.float32(2)
    )
    model = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Concatenate()([inputs, hidden])))
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.01, 10, 0.9)),
        keras.losses.Huber(),
    )
    X = np.random.default_rng(0).normal(size=(5, 3))
    back = there_and_back(model, model=allowed_model)
    assert np.allclose(model.predict(X, verbose=0), back.predict(X, verbose=0)) and back.compiled


def test_what_was_frozen_after_training_keeps_steps_and_rate():
    model, _ = trained()
    model.layers[1].trainable = False
    back = there_and_back(model, model=allowed_model)
    assert int(back.optimizer.iterations) == int(model.optimizer.iterations) > 0


def test_a_loss_of_ones_own_leaves_network_and_optimiser():
    model, X = trained()
    model.compile("adam", lambda y, p: keras.ops.mean((y - p) ** 2))
    back = there_and_back(model, model=allowed_model)
    assert np.array_equal(model.predict(X, verbose=0), back.predict(X, verbose=0))
    assert int(back.optimizer.iterations) == int(model.optimizer.iterations) and back.loss is None
    model.compile("adam", "mse", metrics=["true_positives", lambda y, p: keras.ops.mean(y - p)])
    assert there_and_back(model, model=allowed_model).loss == "mse"


def test_histories_come_back():
    model, X = trained()
    record = model.fit(X, X[:, 0] > 0, epochs=3, verbose=0)
    back = there_and_back(record)
    assert (
        isinstance(back, keras.callbacks.History)
        and back.history == record.history
        and back.epoch == [0, 1, 2]
    )


def deep(levels):
    value = 0
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        object(),
        print,
        deep(DEEPEST + 1),
        [0] * 300_000,
        np.zeros(10_000_000),
        {"a": iter([])},
        np.zeros(2, [("a", int)]),
        np.datetime64("NaT"),
        np.timedelta64(5),
        np.str_("x" * 10**6),
    ],
    ids=lambda v: type(v).__name__,
)
def test_what_is_not_data_or_too_much_is_not_sent(value):
    with pytest.raises(NotData):
        Writer().message(value)


def message(node, *buffers):
    text = (
        json.dumps([node, [len(one) for one in buffers]]).encode()
        if not isinstance(node, bytes)
        else node
    )
    return struct.pack("<q", len(text)) + text + b"".join(buffers)


MALFORMED = {
    "nothing": b"",
    "short": b"\0" * 7,
    "no text": struct.pack("<q", 0),
    "length below zero": struct.pack("<q", -1) + b"[]",
    "length beyond": struct.pack("<q", 100) + b"[]",
    "no json": message(b"{"),
    "not utf-8": message(b"\xff\xfe"),
    "no pair": message(b"[1]"),
    "bytes left over": message(1) + b"x",
    "buffer too long": message(b"[1, [5]]"),
    "buffer below zero": message(b"[1, [-1]]"),
    "nan": message(b"[NaN, []]"),
    "infinity": message(b"[Infinity, []]"),
    "mapping": message({"a": 1}),
    "empty node": message([]),
    "unknown kind": message(["pickle", 0]),
    "unhashable key": message(["dict", [[["list", []], 1]]]),
    "no pairs": message(["dict", [[1]]]),
    "digits": message(["int", "f" * 200_000]),
    "wrong digits": message(["int", "xyz"]),
    "wrong float": message(["float", "1"]),
    "no buffer": message(["bytes", 0]),
    "buffer by the end": message(["bytes", -1], b"x"),
    "buffer by truth": message(["bytes", True], b"x"),
    "objects": message(["array", "|O8", [1], 0], b"12345678"),
    "void": message(["array", "|V8", [1], 0], b"12345678"),
    "fields": message(["array", "<f8,<f8", [1], 0], b"1" * 16),
    "long double": message(["array", "<f16", [1], 0], b"1" * 16),
    "empty items": message(["array", "<U0", [10**9], 0], b""),
    "too small": message(["array", "<f8", [2], 0], b"12345678"),
    "shape below zero": message(["array", "<f8", [-1, -1], 0], b"12345678"),
    "shape of floats": message(["array", "<f8", [1.0], 0], b"12345678"),
    "many dimensions": message(["array", "<f8", [1] * 40, 0], b"12345678"),
    "wrong character": message(["array", "<U1", [1], 0], b"\xff\xff\xff\x7f"),
    "overflow": message(["array", "<f8", [2**31 - 1] * 8, 0], b""),
    "object count": message(["objects", [3], [1]]),
    "deep": struct.pack("<q", 200_000) + b"[" * 100_000 + b"]" * 100_000,
    "column of what": message(["series", None, ["index", None, 1], 1]),
    "index of what": message(["frame", 1, 2, []]),
    "columns missing": message(
        [
            "frame",
            ["index", None, ["objects", [0], []]],
            ["index", None, ["objects", [1], ["a"]]],
            [],
        ]
    ),
    "history of what": message(["history", ["list", [1, 2]]]),
    "model of what": message(["model", "{", [], []]),
    "range by zero": message(["range", [0, 1, 0]]),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_messages_are_refused(name):
    with pytest.raises(NotData):
        Reader(model=allowed_model).value(MALFORMED[name])


def test_no_damage_to_a_message_does_anything_but_be_refused_or_be_plain():
    rng, whole = (
        random.Random(5),
        Writer().message(
            {"a": np.arange(5.0), "b": ["x", None, (1.5, 2)], "c": pd.DataFrame({"n": [1, 2]})}
        ),
    )
    for _ in range(3000):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        try:
            Reader(model=allowed_model).value(bytes(damaged))
        except NotData:
            pass


def with_layer(**layer):
    first = {
        "module": "keras.layers",
        "class_name": "InputLayer",
        "config": {"batch_shape": [None, 4]},
        "registered_name": None,
    }
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "s", "layers": [first, {"registered_name": None} | layer]},
        "registered_name": None,
    }


def function(name, module="builtins"):
    return {
        "module": module,
        "class_name": "function",
        "config": name,
        "registered_name": "function",
    }


MALICIOUS = {
    "lambda": with_layer(
        module="keras.layers",
        class_name="Lambda",
        config={"function": {"class_name": "__lambda__", "config": {"code": "AAAA"}}},
    ),
    "lambda in a config": with_layer(
        module="keras.layers",
        class_name="Dense",
        config={"units": 1, "activation": {"class_name": "__lambda__", "config": {"code": "AAAA"}}},
    ),
    "os.system": with_layer(module="os", class_name="system", config="touch /tmp/forged"),
    "eval by name": with_layer(
        module="keras.layers", class_name="Dense", config={"units": 1, "activation": "eval"}
    ),
    "eval": with_layer(
        module="keras.layers",
        class_name="Dense",
        config={"units": 1, "activation": function("eval")},
    ),
    "file": with_layer(
        module="keras.utils", class_name="get_file", config={"origin": "http://localhost"}
    ),
    "saved model": with_layer(
        module="keras.layers", class_name="TFSMLayer", config={"filepath": "/tmp"}
    ),
    "vocabulary": with_layer(
        module="keras.layers", class_name="StringLookup", config={"vocabulary": "/etc/passwd"}
    ),
    "own class": with_layer(
        module="builtins", class_name="Own", config={}, registered_name="pkg>Own"
    ),
    "registered under another name": with_layer(
        module="keras.layers", class_name="Dense", config={"units": 1}, registered_name="pkg>Own"
    ),
    "too large": with_layer(module="keras.layers", class_name="Dense", config={"units": 10**12}),
    "wrapper": with_layer(
        module="keras.layers",
        class_name="Dense",
        config={"units": 1, "kernel_regularizer": function("system", "os")},
    ),
    "no model": {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {"units": 1},
        "registered_name": None,
    },
    "model of text": "Sequential",
    "nothing": {},
    "no layers": {"class_name": "Sequential", "module": "keras", "config": {}},
}


@pytest.mark.parametrize("name", MALICIOUS)
def test_models_that_are_not_made_of_keras_alone_are_not_built(name, monkeypatch):
    monkeypatch.setattr(os, "system", lambda command: pytest.fail("it ran"))
    found = allowed_model(MALICIOUS[name], [], [], [])
    assert type(found) is Unknown
    with pytest.raises(AssertionError, match="can't be checked"):
        isinstance(found, keras.Model)


def test_a_compile_config_with_code_is_left_out():
    model, _ = trained()
    config, *rest = model_parts(model)
    config = json.loads(config)
    config["compile_config"]["loss"] = function("eval")
    assert allowed_model(config, *rest).loss is None


def test_weights_that_do_not_fit_make_no_model():
    config, frozen, weights, state = model_parts(trained()[0])
    assert type(allowed_model(json.loads(config), frozen, weights[::-1], state)) is Unknown


# the judge's line


class Far:
    """The other end of a line: answers each question with the next of some messages, as the grader would pass them on."""

    def __init__(self, *answers):
        here, there = socket.socketpair()
        self.near, self.far = Connection(here.detach()), Connection(there.detach())
        self.questions = []

        def serve():
            for answer in answers:
                try:
                    number, question = Reader(lambda node: node).value(self.far.recv_bytes()[1:])
                except EOFError:
                    return
                self.questions.append(question)
                self.far.send_bytes(answer(number) if callable(answer) else answer)
            self.far.close()

        threading.Thread(target=serve, daemon=True).start()


def says(kind, value):
    return lambda number: b"A" + Writer(lambda v: v).message([number, [kind, value]])


def objects(number, name="thing", can_be_called=True):
    return lambda count: (
        b"A"
        + message(["list", [count, ["list", ["value", ["object", number, name, can_be_called]]]]])
    )


def test_names_are_fetched_once_if_they_are_functions_and_anew_if_they_are_data():
    far = Far(objects(3, "function"), says("value", 45), says("value", 46))
    line = Line(far.near)
    assert isinstance(line.name("f"), RemoteFunction) and line.name("f") is line.name("f")
    assert (line.name("n"), line.name("n")) == (45, 46)
    assert far.questions == [["name", "f"], ["name", "n"], ["name", "n"]]


def test_an_object_can_be_looked_at_and_decides_nothing():
    far = Far(
        objects(0),
        says("value", 5),
        says("value", 2),
        says("value", [1, 2]),
        says("value", 2),
        says("value", 7),
        says("value", "called"),
    )
    thing = Line(far.near).name("thing")
    assert (thing.size, len(thing), list(thing), thing["k"], thing(1, b=2)) == (
        5,
        2,
        [1, 2],
        7,
        "called",
    )
    assert far.questions[-1] == ["call", 0, [1], {"b": 2}, {}]
    assert type(thing).__name__ == "thing"
    for use in (
        bool,
        int,
        float,
        abs,
        np.asarray,
        lambda x: x == 1,
        lambda x: x != 1,
        lambda x: x < 1,
        lambda x: x + 1,
        lambda x: 1 - x,
        lambda x: 1 in x,
        lambda x: x @ x,
        lambda x: [1, 2][x],
        lambda x: setattr(x, "a", 1),
    ):
        with pytest.raises(TypeError, match="of type thing"):
            use(thing)
    with pytest.raises(AttributeError):
        thing._private  # noqa: B018


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            ["ZeroDivisionError", "ArithmeticError", "Exception", "BaseException", "object"],
            ZeroDivisionError,
        ),
        (["Own", "ValueError", "Exception", "BaseException", "object"], ValueError),
        (["Own", "Exception"], Exception),
        (["StopIteration", "Exception"], Exception),
        (["SystemExit", "BaseException"], RuntimeError),
        (["KeyboardInterrupt"], RuntimeError),
        (["print", "KeyError"], KeyError),
        (["UnicodeDecodeError", "ValueError"], RuntimeError),
        ([], RuntimeError),
        (["__import__"], RuntimeError),
    ],
)
def test_errors_arrive_as_the_first_of_their_kinds_that_python_has(told, expected):
    line = Line(Far(objects(0), says("error", [told, "words", None])).near)
    with pytest.raises(BaseException) as caught:
        line.name("f")()
    assert type(caught.value) is expected and "words" in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        b"A",
        b"Anonsense",
        says("value", None)(99),
        says("other", 1),
        says("missing", "another"),
        lambda n: b"A" + Writer().message([n]),
        lambda n: b"A" + Writer().message([str(n), ["value", 1]]),
        lambda n: b"A" + Writer().message([n, ["value", 1, 2]]),
        says("error", ["ValueError"]),
        b'X["suspicious", "two answers"]',
        objects(-1),
        objects(0, 5),
        objects(0, "x", "yes"),
    ],
)
def test_an_answer_that_is_none_ends_the_check_whatever_the_check_does(answer):
    line = Line(Far(answer).near)
    with pytest.raises(Abort):
        try:
            line.name("x")
        except Exception:  # a check that swallows every error
            pass
    assert line.aborted[0] == "suspicious"
    with pytest.raises(Abort):
        line.name("y")
    line.new_check()
    assert line.aborted is None


def test_only_the_files_beside_a_path_of_the_judge_go_with_a_call(tmp_path, monkeypatch):
    monkeypatch.setattr(remote.tempfile, "gettempdir", lambda: str(tmp_path))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "model.keras").write_bytes(b"1")
    (tmp_path / "other").write_bytes(b"2")
    found = remote.files_for(
        [str(tmp_path / "a" / "model.keras"), 5, str(tmp_path / "other"), "/etc/passwd"]
    )
    assert found == {f"{tmp_path}/a/": b"", f"{tmp_path}/a/model.keras": b"1", f"{tmp_path}/": b""}


SCRIPT = {
    "locked": {"set-up": "import os, numpy as np\nstart = 5"},
    "checks": {
        "good": "print('seen', start)",
        "bad": "assert start == 6, 'Not six.'",
        "dies": "os._exit(1)",
        "sleeps": "import time; time.sleep(60)",
        "spoils": "start = 7",
        "grows": "found = np.ones(100_000_000)",
        "asks": "assert answer == 45",
    },
}


@pytest.fixture
def court():
    found = Court(SCRIPT, Limits(cell=3, notebook=60, memory=2000), unsafe)
    yield found
    found.close()


def test_checks_run_in_fresh_copies_and_the_judge_comes_back_after_its_death(court):
    def ask(*_):
        raise AssertionError("nobody was asked for anything")

    assert court.verdict("good", ask) == {"outcome": "passed", "printed": "seen 5\n"}
    told = court.verdict("bad", ask)
    assert (told["outcome"], told["ename"], told["evalue"]) == (
        "failed",
        "AssertionError",
        "Not six.",
    )
    assert court.verdict("spoils", ask)["outcome"] == "passed"
    assert court.verdict("good", ask)["printed"] == "seen 5\n"
    assert court.verdict("dies", ask) == {
        "outcome": "suspicious",
        "reason": "an answer brought the judge down",
    }
    assert court.verdict("good", ask)["outcome"] == "passed"
    assert court.verdict("sleeps", ask) == {"outcome": "timed out"}
    assert court.verdict("good", ask)["outcome"] == "passed"


@pytest.mark.skipif(unsafe, reason="without a sandbox nothing is limited")
def test_an_answer_that_is_too_large_for_the_judge_is_not_suspicious():
    """It is a mistake, such as a model with layers that are far too wide, and no forgery."""
    court = Court(SCRIPT, Limits(cell=60, notebook=60, memory=500), unsafe)
    assert court.verdict("grows", None) == {"outcome": "out of memory"}
    assert court.verdict("good", None)["outcome"] == "passed"
    court.close()


def test_questions_go_to_whoever_answers(court):
    async def ask(question, deadline):
        number, asked = Reader().value(question)
        assert asked == ["name", "answer"]
        return Writer().message([number, ["value", 45]])

    assert court.verdict("asks", ask)["outcome"] == "passed"


def test_a_unit_whose_locked_cells_fail_is_the_instructors_to_mend():
    court = Court(
        {"locked": {"set-up": "import no_such_module"}, "checks": {"good": "pass"}},
        Limits(),
        unsafe,
    )
    with pytest.raises(ScriptError, match="no_such_module"):
        court.verdict("good", None)
    court.close()


def test_binding_anew_what_the_checks_use_is_told(court):
    assert court.verdict("good", None)["outcome"] == "passed"
    assert court.rebound(
        ["x = 1", "import numpy as np", "def start(): pass", "%magic", "os = 5\nnp: int = 3"]
    ) == ["np", "os"]
    assert court.rebound(["(" * 100_000]) in (
        [],
        {"outcome": "suspicious", "reason": "an answer brought the judge down"},
    )
    assert court.verdict("good", None)["outcome"] == "passed"


@pytest.mark.parametrize(
    ("name", "options", "near"),
    [
        ("avila", {"copyist": "A"}, 0.15),
        ("credit", {}, 0.03),
        ("housing", {"market": "bay"}, 0.15),
        ("bank", {}, 0.8),
    ],
)
def test_hidden_rows_are_drawn_with_a_seed_that_only_the_judge_has(
    court, monkeypatch, name, options, near
):
    """They come from the same distribution, and are nowhere in the course; without the judge they are those of the test."""
    load = partial(getattr(data, f"load_{name}"), **options)
    see = (
        f"import helpers.data as d\nprint(*d.load_{name}(subset='hidden', **{options}).data[:5, 0])"
    )
    found = []
    for seed in (2026, 2**127):
        other = Court(SCRIPT | {"checks": {"see": see}, "hidden": seed}, Limits(), unsafe)
        found.append(other.verdict("see", None)["printed"])
        other.close()
    test = load(subset="test")
    assert len({*found, " ".join(map(str, test.data[:5, 0])) + "\n"}) == 3
    assert np.array_equal(load(subset="hidden").data, test.data)
    monkeypatch.setenv("GOOD_FIT_HIDDEN", str(2**127))
    drawn = load(subset="hidden")
    assert found[1] == " ".join(map(str, drawn.data[:5, 0])) + "\n"
    assert (
        drawn.data.shape[1] == test.data.shape[1] and 0.8 < len(drawn.data) / len(test.data) < 1.25
    )
    assert abs(drawn.target.mean() - test.target.mean()) < near
    (low, middle, high), its = (
        np.quantile(rows.data, [0.25, 0.5, 0.75], axis=0) for rows in (test, drawn)
    )
    assert (np.abs(its - [low, middle, high]) <= high - low).all()
    assert not {*map(tuple, drawn.data)} & {*map(tuple, load(subset="all").data)}


@needs_sandbox
def test_the_judge_sees_neither_the_course_nor_the_submission():
    look = "import os\nprint([p for p in ('{0}/solutions', '{0}/tests', '{0}/classroom') if os.path.exists(p)], os.listdir('.'), os.getuid() != 0)"
    court = Court({"locked": {}, "checks": {"look": look.format(ROOT)}}, Limits(), False)
    assert court.verdict("look", None)["printed"] == "[] [] True\n"
    court.close()


# what may be released


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("solutions/*/activity.ipynb")), ids=lambda path: path.parent.name
)
def test_the_judge_can_run_every_check_of_the_course(path):
    cells = [
        (kind(cell), cell.metadata.nbgrader.grade_id, cell.source)
        for cell in read(path).cells
        if kind(cell) != "free"
    ]
    assert complaints(cells) == []
    assert plan(cells).checks.keys() == {name for what, name, _ in cells if what == "check"}


LOCKED, ANSWER = (
    ("locked", "set-up", "import numpy as np\nX = np.ones(3)"),
    ("answer", "mean", "mean = X.mean()"),
)


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        ([("check", "c", "%time mean")], "not plain Python"),
        ([("locked", "l", "!ls"), ("check", "c", "mean")], "not plain Python"),
        ([("check", "c", "assert maen")], "reads `maen`, which no cell binds"),
        ([("check", "c", "globals()['mean']")], "uses `globals`"),
        (
            [("locked", "l", "look = mean + 1"), ("check", "c", "assert look")],
            "of the cell `l`, which depends on answers",
        ),
        ([("answer", "a", "X = 3"), ("check", "c", "assert X")], "an answer needs a new name"),
        (
            [("check", "c", "half = mean / 2"), ("check", "d", "assert half")],
            "of the check `c`: each check runs by itself",
        ),
        (
            [("check", "c", "half = mean / 2"), ("locked", "l", "print(half)")],
            "which only the check `c` binds",
        ),
        ([("check", "c", "assert mean._value")], "private attribute `_value`"),
        ([("check", "c", "assert mean.real is X.real")], "compares with `is`"),
        (
            [("answer", "a", "class Net: pass"), ("check", "c", "assert isinstance(mean, Net)")],
            "the class `Net` of an answer",
        ),
        (
            [("locked", "p", "import matplotlib.pyplot as plt"), ("check", "c", "plt.gcf()")],
            "uses `gcf`",
        ),
    ],
)
def test_a_check_that_the_judge_could_not_run_is_not_released(cells, complaint):
    found = complaints([LOCKED, ANSWER, *cells])
    assert len(found) == 1 and complaint in found[0], found


def test_a_good_check_is_not_complained_about():
    check = "rng = np.random.default_rng(0)\n\ndef near(a, b):\n    return abs(a - b) < 1e-9\n\nassert mean is not None and near(mean, X.mean())"
    assert complaints([LOCKED, ANSWER, ("check", "c", check)]) == []


def test_releasing_a_unit_with_such_a_check_says_why(tmp_path):
    nb = source()
    next(cell for cell in nb.cells if cell.id == "check-total").source += "\n    assert totla"
    (tmp_path / "classroom").mkdir()
    (tmp_path / "solutions" / UNIT).mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").write_bytes((ROOT / "nbgrader_config.py").read_bytes())
    nbformat.write(nb, tmp_path / "solutions" / UNIT / "activity.ipynb")
    done = api(tmp_path).generate_assignment(UNIT)
    assert (
        not done["success"] and "`check-total` reads `totla`, which no cell binds." in done["log"]
    )
    assert not (tmp_path / "notebooks" / UNIT / "activity.ipynb").exists()


def test_names_of_a_cell():
    bound, read = names(
        "import a.b as c\nfrom d import e\ndef f(x):\n    global g\n    g = h + x\nk: int = [i for i in j]\nwith m as n:\n    pass"
    )
    assert bound == {"c", "e", "f", "g", "k", "n"} and read == {"h", "int", "j", "m"}


def test_every_outcome_has_its_sentence():
    assert {"suspicious", "timed out", "crashed", "out of memory"} <= set(
        STOPPED
    ) and sandbox.Limits().cell == 120
