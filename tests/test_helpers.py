"""The small library that notebooks import: what it returns, draws and refuses."""

import json
import re
import subprocess
import sys
import zipfile

import matplotlib
import numpy as np
import pandas as pd
import pytest
from jupyter_client.manager import run_kernel

from helpers import checks, plots, training

matplotlib.use("agg")
import matplotlib.pyplot as plt


@pytest.fixture(scope="module")
def trained_once():
    """Return a small classifier of two inputs, its history and the data."""
    import keras

    keras.utils.set_random_seed(0)
    X = np.random.default_rng(0).normal(size=(60, 2))
    y = (X[:, 0] > 0).astype(int)
    model = keras.Sequential([keras.layers.Dense(4, "relu"), keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(X, y, epochs=20, validation_data=(X[:20], y[:20]), verbose=0)
    return model, history, X, y


@pytest.fixture
def trained(trained_once):
    """Return the same; the weights are put back after a test that trains on."""
    model, *_ = trained_once
    weights = model.get_weights()
    yield trained_once
    model.set_weights(weights)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_importing_the_loaders_does_not_import_keras():
    code = "import sys, helpers.data; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_tensorflow_is_silent():
    code = (
        "import helpers, keras, numpy as np\n"
        "for n in range(8):\n"
        "    m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
        "    m.predict(np.zeros((n + 1, 2)), verbose=0)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout + run.stderr == ""


# training


def test_device_report_names_the_backend_and_the_device():
    import keras

    lines = dict(line.split(None, 1) for line in training.device_report().splitlines())
    assert lines["Keras"] == keras.version()
    assert lines["backend"].startswith(keras.backend.backend())
    assert lines["device"].startswith(("CPU (", "GPU ("))


def test_history_frame_counts_epochs_from_one(trained):
    frame = training.history_frame(trained[1])
    assert list(frame.index) == list(range(1, 21))
    assert set(frame) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert frame.equals(training.history_frame(trained[1].history))


def test_history_frame_puts_validation_values_where_they_were_measured(trained):
    model, _, X, y = trained
    fit = {"epochs": 9, "validation_data": (X, y), "verbose": 0}
    history = model.fit(X, y, validation_freq=2, **fit)
    frame = training.history_frame(history)
    assert list(frame.index[frame["val_loss"].notna()]) == [2, 4, 6, 8] and len(frame) == 9
    assert (
        list(frame["val_loss"].dropna()) == history.history["val_loss"]
        and frame["loss"].notna().all()
    )
    frame = training.history_frame(model.fit(X, y, validation_freq=2, initial_epoch=1, **fit))
    assert list(frame.index[frame["val_loss"].notna()]) == [1, 3, 5, 7], (
        "epochs 2, 4, 6 and 8 of Keras are these of the frame"
    )
    assert "val_loss" not in training.history_frame(model.fit(X, y, validation_freq=10, **fit))
    drawn = plots.learning_curves(history).get_lines()[1]
    assert list(drawn.get_xdata()) == [2, 4, 6, 8], "a line through NaN would be drawn nowhere"
    assert list(plots.validation_curves({"net": history}).get_lines()[0].get_xdata()) == [
        2,
        4,
        6,
        8,
    ]


@pytest.mark.parametrize("freq", [5, [1, 10], [3, 4, 5, 6]])
def test_history_frame_does_not_guess_which_epochs_were_validated(trained, freq):
    model, _, X, y = trained
    history = model.fit(X, y, epochs=10, validation_data=(X, y), validation_freq=freq, verbose=0)
    with pytest.raises(
        ValueError,
        match=r"does not say which epochs they belong to. Train with `validation_freq=1`",
    ):
        training.history_frame(history)


def test_history_frame_has_a_column_for_each_class(trained):
    record = {
        "loss": [2.0, 1.0],
        "f1_score": [np.array([0.1, 0.5]), np.array([0.2, 0.4])],
        "auc": [np.array([0.3])] * 2,
    }
    frame = training.history_frame(record)
    assert list(frame) == ["loss", "f1_score[0]", "f1_score[1]", "auc"] and list(
        frame["f1_score[1]"]
    ) == [0.5, 0.4]
    assert list(training.history_frame({"loss": np.array([2.0, 1.0])})["loss"]) == [2, 1]
    assert list(training.history_frame({"loss": 1.5})["loss"]) == [1.5], (
        "what `evaluate` returns is one epoch"
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("model", "is a model, but the record of its training is expected"),
        (None, "should be what `fit` returned, but it is of type NoneType"),
        ({}, "holds no epoch"),
        ({"loss": []}, "holds no epoch"),
    ],
)
def test_history_frame_refuses_what_is_no_history(trained, wrong, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        training.history_frame(trained[0] if wrong == "model" else wrong)


def test_history_in_place_of_a_model_is_explained(trained):
    _, history, X, y = trained
    for call in (training.classification_scores, plots.decision_boundary):
        with pytest.raises(
            TypeError, match="is a History, the record that `fit` returns, but a model is expected"
        ):
            call(history, X, y)


def test_classification_scores_leave_penalties_out(trained):
    import keras

    _, _, X, y = trained
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(1, "sigmoid", kernel_regularizer="l2")]
    )
    model.compile("adam", "binary_crossentropy")
    p = model.predict(X, verbose=0).ravel()
    by_hand = -np.mean(np.log(np.where(y == 1, p, 1 - p)))
    scores = training.classification_scores(model, X, y)
    assert scores["loss"] == pytest.approx(by_hand, abs=1e-6)
    assert scores["loss"] < model.evaluate(X, y, verbose=0)
    assert scores["accuracy"] == np.mean((p > 0.5) == y)


def test_columns_of_labels_are_labels(trained):
    model, _, X, y = trained
    column, p = y[:, None], model.predict(X, verbose=0)
    assert training.classification_scores(model, X, column) == training.classification_scores(
        model, X, y
    )
    assert training.classification_scores(model, X[y == 1], y[y == 1])["accuracy"] > 0.5, (
        "rows of one class"
    )
    for labels in (column, y.astype(bool), pd.Series(y, index=range(7, 67)), y.tolist()):
        points = plots.scatter_classes(X, labels).collections
        assert [len(p.get_offsets()) for p in points] == [np.sum(y == 0), np.sum(y == 1)]
        counts = [
            [text.get_text() for text in plots.confusion_matrix(part, p).texts]
            for part in (labels, y)
        ]
        assert counts[0] == counts[1]
        curves = [
            plots.roc_curves({"all": (part, p)}).get_legend_handles_labels()[1][0]
            for part in (labels, y)
        ]
        assert curves[0] == curves[1]
    points = [
        c
        for c in plots.decision_boundary(model, pd.DataFrame(X), column).collections
        if len(c.get_offsets()) > 1
    ]
    assert sum(len(p.get_offsets()) for p in points) == len(y)


def test_over_seeds_takes_every_kind_of_number():
    import keras

    frame = training.over_seeds(
        lambda: {"a": np.array([[2.0]]), "b": keras.ops.convert_to_tensor(3.0), "c": True},
        seeds=[0],
    )
    assert frame.dtypes.eq(float).all() and frame.loc[0].tolist() == [2, 3, 1]


def test_over_seeds_repeats_and_differs():
    runs = [training.over_seeds(lambda: {"draw": np.random.rand()}, seeds=[3, 4]) for _ in range(2)]
    assert runs[0].equals(runs[1]) and list(runs[0].index) == [3, 4]
    assert runs[0]["draw"][3] != runs[0]["draw"][4]


# plots


def test_learning_curves_show_training_validation_and_best_epoch(trained):
    history = trained[1].history
    ax = plots.learning_curves(trained[1])
    lines = {line.get_label(): line for line in ax.get_lines()}
    best = int(np.argmin(history["val_loss"])) + 1
    assert list(lines) == ["training", "validation", f"best epoch: {best}"]
    assert np.allclose(lines["validation"].get_ydata(), history["val_loss"])
    assert lines["training"].get_linestyle() != lines["validation"].get_linestyle()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")
    best = int(np.argmax(history["val_accuracy"])) + 1
    assert (
        f"best epoch: {best}"
        in plots.learning_curves(trained[1], "accuracy").get_legend_handles_labels()[1]
    )


def marked(history, metric):
    """Return the epoch that a figure marks as the best, or None."""
    labels = plots.learning_curves(history, metric).get_legend_handles_labels()[1]
    plt.close()
    return next((int(label.split(": ")[1]) for label in labels if label.startswith("best")), None)


def test_the_best_epoch_is_that_of_the_metric_under_every_name():
    """Keras tells it of a model's metrics, whatever their names; of a record alone the name must do."""
    import keras

    rates = {
        "PrecisionAtRecall": "recall",
        "RecallAtPrecision": "precision",
        "SensitivityAtSpecificity": "specificity",
        "SpecificityAtSensitivity": "sensitivity",
    }
    counts = {
        "TruePositives",
        "TrueNegatives",
        "FalsePositives",
        "FalseNegatives",
        "Mean",
        "Sum",
        "Metric",
        "MeanMetricWrapper",
    }
    kinds = [
        kind
        for kind in dir(keras.metrics)
        if isinstance(getattr(keras.metrics, kind), type) and kind not in counts
    ]
    falling = [
        kind
        for kind in kinds
        if kind.endswith(("Error", "Crossentropy", "Hinge", "Divergence", "Poisson"))
    ]
    assert len(kinds) > 30 and len(falling) > 10

    def metric(kind, **name):
        arguments = {rates[kind]: 0.5} if kind in rates else {}
        arguments |= (
            {"num_classes": 2} if kind in ("IoU", "OneHotIoU", "MeanIoU", "OneHotMeanIoU") else {}
        )
        arguments |= {"target_class_ids": [0]} if kind in ("IoU", "OneHotIoU") else {}
        return getattr(keras.metrics, kind)(**arguments, **name)

    for sparse in (True, False):
        own = [kind for kind in kinds if kind.startswith("Sparse") == sparse]
        parts = [
            (kind, metric(kind, **name))
            for kind in own
            for name in ({}, {"name": f"loss_of_{kind}"}, {"name": f"{kind}_7"})
        ]
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "softmax")])
        model.compile("sgd", "mse", metrics=[part for _, part in parts], run_eagerly=True)
        history = model.fit(
            np.ones((4, 2)),
            np.array([[0], [1], [0], [1]]) if sparse else np.eye(2)[[0, 1, 0, 1]],
            epochs=4,
            verbose=0,
        )
        assert {part.name for _, part in parts} <= set(history.history)
        curve = [0.2, 0.9, 0.1, 0.4]  # says which way is taken for better
        for kind, part in parts:
            best = 3 if kind in falling else 2
            history.history = {part.name: curve, f"val_{part.name}": curve}
            assert marked(history, part.name) == best, part.name
            if part.name != f"loss_of_{kind}":
                for name in (part.name, re.sub(r"_\d+$", "", part.name) + "_12"):
                    found = marked({name: curve, f"val_{name}": curve}, name)
                    assert found == (None if kind == "CosineSimilarity" else best), name


def test_nothing_is_marked_where_nobody_can_tell(trained):
    import keras

    def accuracy(y, p):  # a name of Keras's on a function that may be anything
        return keras.ops.mean(p)

    _, _, X, y = trained
    inputs = keras.Input((2,))
    outputs = [keras.layers.Dense(1, "sigmoid", name=name)(inputs) for name in ("paid", "late")]
    two = keras.Model(inputs, outputs)
    two.compile(
        "sgd",
        ["mse", "mse"],
        metrics=[
            ["acc"],
            [accuracy, keras.losses.Huber(), keras.metrics.FalsePositives(name="fp")],
        ],
    )
    history = two.fit(X, [y, y], validation_data=(X, [y, y]), epochs=4, verbose=0)
    for values in history.history.values():
        values[:] = [0.2, 0.9, 0.1, 0.4]
    one = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    one.compile(
        "sgd",
        "mse",
        metrics=[accuracy, keras.losses.Huber(), keras.losses.CosineSimilarity(), "acc", "MSE"],
    )
    own = one.fit(X, y, validation_data=(X, y), epochs=4, verbose=0)
    for values in own.history.values():
        values[:] = [0.2, 0.9, 0.1, 0.4]
    assert [
        marked(own, name)
        for name in (
            "accuracy",
            "huber_loss",
            "cosine_similarity",
            "acc",
            "MSE",
            "loss",
            "val_loss",
        )
    ] == [None, 3, 3, 2, 3, 3, 3]
    assert [marked(history, name) for name in ("loss", "paid_loss", "paid_acc", "late_fp")] == [
        3,
        3,
        2,
        None,
    ]
    for name in ("true_positives", "gain", "cosine_similarity", "negative_accuracy"):
        assert marked({name: [1.0, 2.0], f"val_{name}": [1.0, 2.0]}, name) is None
    diverged = {"loss": [1.0, np.nan], "val_loss": [np.nan, np.nan]}
    assert (
        marked(diverged, "loss") is None
        and marked({"loss": [1.0], "val_loss": [np.inf]}, "loss") == 1
    )


def test_learning_curves_name_what_was_recorded(trained):
    with pytest.raises(ValueError, match="no 'auc'. It has: .*accuracy"):
        plots.learning_curves(trained[1], "auc")


def test_validation_curves_draw_a_line_a_model_without_colour_alone(trained):
    ax = plots.validation_curves({"a": trained[1], "b": trained[1]})
    assert len({line.get_linestyle() for line in ax.get_lines()}) == 2
    with pytest.raises(ValueError, match="'c' was trained without validation_data"):
        plots.validation_curves({"c": {"loss": [1.0]}})
    with pytest.raises(
        ValueError, match="'a' has no validation values of 'auc'. It has those of: accuracy, loss"
    ):
        plots.validation_curves({"a": trained[1]}, "auc")
    names = [
        line.get_label()
        for line in plots.validation_curves({"a": trained[1]}, "val_accuracy").get_lines()
    ]
    assert names == ["a"]


def test_decision_boundary_marks_classes_by_shape_too(trained):
    model, _, X, y = trained
    ax = plt.subplots()[1]
    assert plots.decision_boundary(model, X, y, ax=ax, title="here") is ax
    points = [c for c in ax.collections if isinstance(c, matplotlib.collections.PathCollection)]
    assert [len(p.get_offsets()) for p in points] == [np.sum(y == 0), np.sum(y == 1)]
    assert len(points[0].get_paths()[0].vertices) != len(points[1].get_paths()[0].vertices)
    with pytest.raises(ValueError, match="needs two features"):
        plots.decision_boundary(model, np.zeros((5, 3)), np.zeros(5))
    import keras

    with pytest.raises(ValueError, match="needs a model with one output; this one has 3"):
        plots.decision_boundary(keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]), X, y)


def test_confusion_matrix_counts_at_the_threshold():
    y, p = [0, 0, 1, 1, 1], [0.1, 0.6, 0.4, 0.7, 0.9]
    for threshold, counts in [(0.5, ["1", "1", "1", "2"]), (0.05, ["0", "2", "0", "3"])]:
        ax = plots.confusion_matrix(y, p, threshold=threshold, labels=["no", "yes"])
        assert [text.get_text() for text in ax.texts] == counts


def test_roc_curves_carry_the_auc():
    y, p = [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]
    labels = plots.roc_curves({"test": (y, p)}).get_legend_handles_labels()[1]
    assert labels == ["test (AUC = 0.75)", "guessing (AUC = 0.50)"]


def test_weight_histogram_counts_hidden_kernels_and_leaves_none_out(trained):
    ax = plots.weight_histogram({"net": trained[0]}, bins=10)
    assert ax.get_legend_handles_labels()[1] == ["net"] and "hidden" in ax.get_xlabel()
    kernel = trained[0].get_weights()[0]  # of the one hidden layer; no bias, not the last layer
    assert kernel.size == 2 * 4
    limit = np.abs(kernel).max()
    counts = np.histogram(kernel, np.linspace(-limit, limit, 10))[0]
    drawn = ax.patches[0].get_path().vertices[:, 1]
    assert list(drawn[1:-1:2]) == list(counts) and sum(counts) == kernel.size


def test_weight_histogram_of_zeros_and_of_nothing():
    import keras

    dense = keras.layers.Dense
    model = keras.Sequential([keras.Input((2,)), dense(4, kernel_initializer="zeros"), dense(1)])
    assert plots.weight_histogram({"all zero": model}, bins=11).get_xlim()[1] > 0.5
    with pytest.raises(ValueError, match="'empty' has no weights yet"):
        plots.weight_histogram({"empty": keras.Sequential([dense(4)])})
    with pytest.raises(ValueError, match="'flat' has no hidden layer"):
        plots.weight_histogram({"flat": keras.Sequential([keras.Input((2,)), dense(1)])})


def test_comparison_table_has_a_row_a_model():
    table = plots.comparison_table({"a": {"loss": 0.12345}, "b": {"loss": 0.2}})
    assert table.loc["a", "loss"] == 0.123 and list(table.index) == ["a", "b"]


def test_show_insists_on_an_alt_text_and_closes_the_figure(trained, capsys):
    """That the text is stored with the picture is seen in every notebook: test_figures_have_alt_texts."""
    with pytest.raises(ValueError, match="needs an alt text"):
        plots.show(plt.figure(), alt=" ")
    plt.close("all")
    for draw in (
        plt.figure,
        lambda: plots.learning_curves(trained[1]),
        lambda: plt.subplots(1, 2)[1],
    ):
        plots.show(draw(), alt="a curve")
        assert not plt.get_fignums() and capsys.readouterr().out == "a curve\n"


TRAINING = """
import time
import keras, numpy as np
from helpers.training import Progress

class Slow(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        time.sleep(0.3)

model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(np.ones((8, 1)), np.ones(8), epochs=10, verbose=0, callbacks=[Slow(), Progress()])
print("done")
"""


@pytest.mark.runs
@pytest.mark.parametrize("watched", [True, False])
def test_progress_is_seen_while_it_lasts_and_leaves_nothing(watched, monkeypatch):
    """A server that opens a notebook says so in the kernel's environment; a command that runs one does not."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    if watched:
        monkeypatch.setenv("JPY_SESSION_NAME", "lesson.ipynb")
    lines, printed = [], []

    def listen(message):
        if "data" in message["content"]:
            lines.append((message["msg_type"], message["content"]["data"]))
        printed.append(message["content"].get("text"))

    with run_kernel(kernel_name="python3") as client:
        client.execute_interactive(TRAINING, timeout=100, output_hook=listen)
    assert "done\n" in printed
    if not watched:
        assert lines == []
        return
    kinds = [kind for kind, _ in lines]
    assert kinds == ["display_data"] + ["update_display_data"] * (len(lines) - 1) and len(lines) > 2
    assert re.fullmatch(
        r"epoch \d+ of 10 · about \d+ s left · loss [\d.e-]+", lines[0][1]["text/plain"]
    )
    assert lines[-1][1] == {}


def test_palette_is_told_apart_by_lightness_or_line():
    plots.set_theme()
    styles = [(s["color"], s["linestyle"]) for s in plt.rcParams["axes.prop_cycle"]]
    assert len({line for _, line in ((s[0], str(s[1])) for s in styles)}) == len(styles) == 6


# checks


def ask(answer):
    """Return the sentence that a student reads when a check runs ``answer``."""
    with pytest.raises(AssertionError) as caught, checks.question(3):
        answer()
    return str(caught.value)


def test_mishaps_become_sentences():
    assert "`missing` is not defined. Answer the question and run all cells above in order" in ask(
        lambda: missing  # noqa: F821
    )
    assert "not answered yet" in ask(lambda: (_ for _ in ()).throw(NotImplementedError()))
    assert "Your answer stopped with ZeroDivisionError: division by zero." in ask(lambda: 1 / 0)
    assert "Your answer stopped with UnboundLocalError" in ask(
        lambda: (_ for _ in ()).throw(UnboundLocalError("x"))
    )
    assert "An `assert` of your own failed" in ask(lambda: (_ for _ in ()).throw(AssertionError()))


def test_a_failed_check_shows_its_question_and_message_without_traceback():
    with pytest.raises(checks.NotYet) as caught, checks.question(3):
        raise AssertionError("look at the sign")
    shown = "".join(caught.value._render_traceback_())
    assert shown == "\x1b[1m✗ Question 3: not yet.\x1b[0m look at the sign"


def test_noise_is_dropped_and_assertions_pass_through(capsys):
    import warnings

    with pytest.raises(AssertionError, match="^look here$"), checks.question(3):
        print("noise", file=sys.stderr)
        warnings.warn("noise")
        raise AssertionError("look here")
    assert capsys.readouterr().err == ""


def test_model_check_explains_what_is_wrong(trained):
    import keras

    model, history, _, _ = trained
    assert checks.model(model, "net", inputs=2) is model
    assert "is a History" in ask(lambda: checks.model(history, "net", inputs=2))
    assert "`net` should be a Keras model, but it is of type float" in ask(
        lambda: checks.model(0.5, "net", inputs=2)
    )
    assert "should take 30 numbers" in ask(lambda: checks.model(model, "net", inputs=30))
    assert len(checks.history(history, "record", epochs=len(history.epoch))) == len(history.epoch)
    assert "`record` is a model, but the record" in ask(lambda: checks.history(model, "record"))
    assert "the question asks for 9" in ask(
        lambda: checks.history({"loss": [1.0]}, "record", epochs=9)
    )
    assert checks.predictions(model, np.zeros((3, 2)), "net").shape == (3,)
    assert "NaN or infinity" in ask(
        lambda: checks.predictions(model, np.full((1, 2), np.nan), "net")
    )
    assert "Begin it with `keras.Input((2,))`" in ask(
        lambda: checks.model(keras.Sequential(), "net", inputs=2)
    )
    assert checks.model(keras.Sequential([keras.layers.Dense(1)]), "net", inputs=2).input_shape == (
        None,
        2,
    )
    wide = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    assert "one number for each row" in ask(lambda: checks.model(wide, "net", inputs=2))


def test_model_check_refuses_layers_with_code_of_their_own_at_any_depth():
    import keras

    class Mine(keras.layers.Layer):
        def call(self, x):
            return x

    for layer, kind in [(keras.layers.Lambda(lambda x: x), "Lambda"), (Mine(), "Mine")]:
        inner = keras.Sequential([keras.Input((2,)), layer])
        for model in (
            keras.Sequential([keras.Input((2,)), layer, keras.layers.Dense(1)]),
            keras.Sequential([keras.Input((2,)), inner, keras.layers.Dense(1)]),
        ):
            assert f"of the kind {kind}, which carries code" in ask(
                lambda: checks.model(model, "net", inputs=2)
            )
    nested = keras.Sequential(
        [
            keras.Input((2,)),
            keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]),
            keras.layers.Dense(1),
        ]
    )
    assert checks.model(nested, "net", inputs=2) is nested


def test_probability_check_refuses_other_numbers():
    import keras

    X = np.array([[1.0], [-1.0]])
    for weight, sentence in [(3.0, "should predict probabilities"), (np.nan, "predicts NaN")]:
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.set_weights([np.array([[weight]]), np.zeros(1)])
        assert sentence in ask(lambda: checks.probability(model, X, "net"))


def test_scores_are_those_of_the_predictions():
    import keras

    from helpers.training import classification_scores

    X, y = np.array([[2.0], [-1.0], [0.5]]), np.array([1, 0, 0])
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="sigmoid")])
    model.set_weights([np.ones((1, 1)), np.zeros(1)])
    measured = classification_scores(model, X, y)
    assert checks.scores(model, X, y, "net") == (measured["loss"], measured["accuracy"])
    assert measured["accuracy"] == pytest.approx(2 / 3)


def test_losses_hold_every_exact_way_to_compute_them_and_no_penalty():
    import keras
    from sklearn.metrics import log_loss

    X, y = np.array([[30.0], [-1.0]]), np.array([0, 0])  # sure of a mistake in the first row
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(1, "sigmoid", kernel_regularizer="l2")]
    )
    model.set_weights([np.ones((1, 1)), np.zeros(1)])
    model.compile("adam", "binary_crossentropy")
    p = model.predict(X, verbose=0).ravel()
    with_penalty = model.evaluate(X, y, verbose=0)
    found = checks.losses(model, X, y, "net")
    assert with_penalty == pytest.approx((30 + np.log1p(np.exp(-1))) / 2 + 0.01, abs=1e-4)
    assert checks.outside(with_penalty - 0.01, found) < 1e-4
    for precision in (np.float32, np.float64):
        way = log_loss([0, 0], p.astype(precision), labels=[0, 1])
        assert checks.outside(way, found) < 1e-3, (way, found)
    by_hand = -np.mean(np.log(np.clip(1 - p.astype(float), 1e-12, 1)))
    assert min(abs(by_hand - loss) for loss in found) < 1e-6 and checks.outside(by_hand, found) == 0
    assert checks.outside(min(found) - 0.5, found) == checks.outside(max(found) + 0.5, found) == 0.5
    assert not checks.outside(np.nan, found) < 1
    for other in ("mse", lambda y, p: p - y, None):
        model.compile("adam", other)
        assert checks.losses(model, X, y, "net") == pytest.approx(found, abs=1e-4)
    inputs = keras.Input((1,))
    bare = keras.Model(inputs, keras.ops.sigmoid(keras.layers.Dense(1)(inputs)))
    bare.set_weights(model.get_weights())
    assert checks.outside(with_penalty - 0.01, checks.losses(bare, X, y, "net")) < 1e-4


def test_every_public_form_of_an_optimiser_and_of_a_loss_counts_as_the_same():
    import keras

    def net(**compiled):
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid", name="out")])
        if compiled:
            model.compile(**compiled)
        return model

    losses = keras.losses
    same = [
        "bce",
        "binary_crossentropy",
        "BinaryCrossentropy",
        losses.binary_crossentropy,
        losses.BinaryCrossentropy(),
    ]
    same += [[loss] for loss in same] + [
        {"out": losses.BinaryCrossentropy(name="mine")},
        losses.BinaryCrossentropy(reduction="mean"),
    ]
    for loss in same:
        checks.compiled(net(loss=loss), "net", loss="bce")
    others = [
        "mse",
        losses.BinaryCrossentropy(label_smoothing=0.1),
        losses.BinaryFocalCrossentropy(),
        [losses.Poisson()],
        None,
    ]
    for loss in [*others, lambda y, p: losses.binary_crossentropy(y, p)]:
        with pytest.raises(AssertionError, match="`net` was compiled with another loss"):
            checks.compiled(net(optimizer="adam", loss=loss), "net", loss="bce")
    for optimizer in [
        "adam",
        "Adam",
        keras.optimizers.Adam(0.3),
        {"class_name": "Adam", "config": {}},
    ]:
        checks.compiled(net(optimizer=optimizer), "net", optimizer="adam")
    for optimizer in ["rmsprop", "adamw", keras.optimizers.Nadam(), keras.optimizers.SGD(0.1)]:
        with pytest.raises(AssertionError, match="asks for Adam"):
            checks.compiled(net(optimizer=optimizer), "net", optimizer="adam")
    with pytest.raises(AssertionError, match="not compiled"):
        checks.compiled(net(), "net", loss="bce")


def test_training_is_measured_in_steps():
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.zeros((10, 2)), np.zeros(10), epochs=3, batch_size=4, verbose=0)
    assert checks.trained(model, "net", epochs=3, batches=3) is model
    with pytest.raises(AssertionError, match="in 9 steps; 4 epochs of 3 batches make 12"):
        checks.trained(model, "net", epochs=4, batches=3)


@pytest.mark.parametrize("value", [3, 3.0, np.float32(3), np.array(3), np.array([[3.0]])])
def test_number_check_accepts_every_kind_of_number(value):
    assert checks.number(value, "n") == 3


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (None, "not NoneType. Did you forget `return`?"),
        ("3", "not str"),
        (True, "not bool"),
        ([1, 2], "it holds 2"),
        (float("nan"), "should be a finite number"),
        (len, "not builtin_function"),
        ({}, "not dict"),
    ],
)
def test_number_check_refuses_what_is_no_number(value, sentence):
    assert sentence in ask(lambda: checks.number(value, "n"))


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ([1, 2], "should have shape (3,), but it has (2,)"),
        ("abc", "array of numbers, not str"),
        ([1, 2, np.inf], "holds NaN or infinity"),
        ([[1], [2, 3]], "array of numbers, not list"),
    ],
)
def test_array_check(value, sentence):
    for right in (
        pd.Series([1, 2, 3]),
        (1, 2, 3),
        {"a": 1, "b": 2, "c": 3}.values(),
        map(float, "123"),
        range(1, 4),
    ):
        assert checks.array(right, "a", (3,)).tolist() == [1, 2, 3]
    assert sentence in ask(lambda: checks.array(value, "a", (3,)))


@pytest.mark.parametrize(
    ("found", "asked", "form", "text"),
    [
        (0.68, 0.7, ".3f", "0.680"),
        (0.71996, 0.72, ".3f", "0.71996"),
        (0.300004, 0.3, ".3f", "0.300004"),
        (0.97, 0.98, ".0%", "97%"),
        (0.9796, 0.98, ".0%", "97.96%"),
        (0.5, 0.5, ".3f", "0.500"),
        (float("nan"), 0.5, ".2f", "nan"),
    ],
)
def test_a_number_is_shown_with_the_digits_that_tell_it_from_its_limit(found, asked, form, text):
    assert checks.shown(found, asked, form) == text


def test_limits_say_what_was_measured_and_what_is_asked():
    checks.at_least(0.7, 0.7, "The AUC", "Look.")
    checks.at_most(0.3, 0.3, "The loss", "Look.")
    for call, sentence in [
        (
            lambda: checks.at_least(0.69996, 0.7, "The AUC", "Look."),
            "The AUC is 0.69996; the question asks for at least 0.7. Look.",
        ),
        (
            lambda: checks.at_most(0.42, 0.3, "The loss", "Look."),
            "The loss is 0.420; the question asks for at most 0.3. Look.",
        ),
        (
            lambda: checks.at_least(0.97, 0.98, "The share", "Look.", ".0%"),
            "The share is 97%; the question asks for at least 98%. Look.",
        ),
        (
            lambda: checks.at_most(0.3, 0.225, "The share", "Look.", ".0%"),
            "The share is 30%; the question asks for at most 22.5%. Look.",
        ),
        (
            lambda: checks.at_least(4225, 15_000, "The size", "Look.", ",.0f"),
            "The size is 4,225; the question asks for at least 15,000. Look.",
        ),
    ]:
        assert ask(call) == sentence
    for limit in (checks.at_least, checks.at_most):
        assert "The loss is nan" in ask(lambda: limit(float("nan"), 0.3, "The loss", "Look."))


def test_truth_takes_true_and_false_and_nothing_else():
    assert checks.truth(np.bool_(True), "f()") is True and checks.truth(False, "f()") is False
    assert "Did you forget `return`?" in ask(lambda: checks.truth(None, "f()"))
    for value in (1, 0.0, "True", [True], np.array([True])):
        assert "`f()` should be True or False, not" in ask(lambda: checks.truth(value, "f()"))


def test_table_names_the_label_that_is_missing():
    frame = pd.DataFrame({"loss": [1.0, 2.0], "auc": [0.5, 0.6]}, index=["plain", "both"])
    assert checks.table(frame, "t", rows=["both", "plain"], columns=["auc"]) is frame
    assert "no row called 'first' in its index" in ask(lambda: checks.table(frame, "t", ["first"]))
    assert "no column called 'gap'" in ask(lambda: checks.table(frame, "t", columns=["gap"]))
    for value in (frame.to_dict(), frame["loss"], [1]):
        assert "should be a data frame of pandas." in ask(lambda: checks.table(value, "t"))
    assert "Did you forget `return`?" in ask(lambda: checks.table(None, "spread(...)"))


def test_refusal_wants_a_value_error_and_returns_its_text():
    def refuse(error):
        raise error

    assert checks.refusal(lambda: refuse(ValueError("two classes")), "auc", "one") == "two classes"
    assert ask(lambda: checks.refusal(lambda: 0.5, "auc", "one class")) == (
        "Given one class, `auc` returns an answer. It should raise a ValueError."
    )
    assert "Given one class, `auc` stops with IndexError." in ask(
        lambda: checks.refusal(lambda: refuse(IndexError("3")), "auc", "one class")
    )


def test_entry_fetches_a_model_from_a_dictionary(trained):
    model, *_ = trained
    assert checks.entry({0.1: model}, 0.1, "models", inputs=2) is model
    for models in ({}, [], None, 3):
        assert "`models` should be a dictionary that holds a model for 0.1." in ask(
            lambda: checks.entry(models, 0.1, "models", inputs=2)
        )
    assert "`models[0.1]` should be a Keras model" in ask(
        lambda: checks.entry({0.1: 1}, 0.1, "models", inputs=2)
    )
    assert "a smaller network than the question asks for" in ask(
        lambda: checks.entry({0.1: model}, 0.1, "models", inputs=2, weights=1000)
    )


def test_a_record_that_should_be_validated_holds_a_validation_loss(trained):
    assert "val_loss" in checks.history(trained[1], "record", validated=True)
    assert "`record` has no validation loss" in ask(
        lambda: checks.history({"loss": [1.0]}, "record", validated=True)
    )


def test_distance_of_weights():
    some = [np.zeros((2, 3)), np.ones(3)]
    assert checks.distance(some, [w.copy() for w in some]) == 0 == checks.distance([], [])
    assert checks.distance(some, [np.zeros((2, 3)), np.array([1, 0.5, 1.25])]) == 0.5
    assert checks.distance(some, some[:1]) == np.inf
    assert checks.distance(some, [np.zeros((3, 2)), np.ones(3)]) == np.inf
    assert np.isnan(checks.distance(some, [np.zeros((2, 3)), np.array([1, np.nan, 1])]))


def test_files_to_look_into_can_be_read_but_not_loaded(tmp_path):
    import keras
    from keras import layers

    for part in (layers.Dense(2, "relu"), layers.Lambda(lambda x: 2 * x)):
        model = stack(layers.Dense(4), part)
        checks.save_unloadable(model, f"{tmp_path}/sent.keras")
        with zipfile.ZipFile(tmp_path / "sent.keras") as archive:
            config = json.loads(archive.read("config.json"))
        kinds = [layer["class_name"] for layer in config["config"]["layers"]]
        assert kinds == ["InputLayer", "Dense", type(part).__name__]
        with pytest.raises((TypeError, ValueError)):
            keras.models.load_model(tmp_path / "sent.keras", safe_mode=False)
        with pytest.raises((TypeError, ValueError)):
            keras.saving.deserialize_keras_object(config, safe_mode=False)


def test_a_network_for_raw_numbers_answers_a_table_of_one_column():
    model = checks.raw_network(7)
    assert checks.model(model, "net", inputs=7) is model
    assert model.predict(np.ones((4, 1)), verbose=0).shape == (4, 1)


def test_average_error_takes_columns_and_lists():
    assert checks.average_error([1.0, 2.0, 4.0], [2.0, 2.0, 2.0]) == 1
    assert checks.average_error(np.array([[1.0], [5.0]]), [2.0, 2.0]) == 2  # no table of 2 x 2


def stack(*parts, inputs=3):
    """Return a network of these layers, with biases that are not 0."""
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((inputs,)), *parts])
    model.set_weights([w if w.ndim == 2 else w + 0.3 for w in model.get_weights()])
    return model


def test_what_a_network_is_made_of():
    from keras import layers

    model = stack(
        layers.Dense(5, "relu"), layers.BatchNormalization(), layers.Dense(4), layers.Dense(1)
    )
    assert [w.shape for w in checks.kernels(model)] == [(3, 5), (5, 4), (4, 1)]
    assert [w.shape for w in training.hidden_kernels(model)] == [(3, 5), (5, 4)]
    assert checks.layers(model, "net", [5, 4, 1]) is model
    assert ask(lambda: checks.layers(model, "net", [32, 1])) == (
        "`net` should have dense layers of 32 and 1 units, but it has layers of 5, 4 and 1."
    )


def test_penalties_of_a_network():
    from keras import layers, regularizers

    price = regularizers.L1L2(l1=0.01, l2=0.1)
    both = stack(*(layers.Dense(4, kernel_regularizer=price) for _ in range(2)), layers.Dense(1))
    by_hand = sum(0.01 * abs(k).sum() + 0.1 * (k**2).sum() for k in checks.kernels(both)[:2])
    assert checks.penalty(both) == pytest.approx(by_hand, rel=1e-4)
    assert checks.has_penalty(both, l1=0.01, l2=0.1)
    assert not checks.has_penalty(both, l1=0.01) and not checks.has_penalty(both)
    free = stack(layers.Dense(4), layers.Dense(1))
    assert checks.penalty(free) == 0 and checks.has_penalty(free)
    for wrong in (
        stack(layers.Dense(4, kernel_regularizer=price), layers.Dense(4), layers.Dense(1)),
        stack(layers.Dense(4, bias_regularizer=price), layers.Dense(1)),
        stack(layers.Dense(4, kernel_regularizer=price), layers.Dense(1, kernel_regularizer=price)),
    ):
        assert not checks.has_penalty(wrong, l1=0.01, l2=0.1)


def test_a_price_that_a_network_pays():
    from keras import layers, regularizers

    price = regularizers.L1L2(l1=0.01, l2=0.1)
    model = stack(layers.Dense(4, kernel_regularizer=price), layers.Dense(1))
    assert checks.pays(model, "net", l1=0.01, l2=0.1) is model
    assert ask(lambda: checks.pays(model, "net", l2=0.1)).startswith(
        f"`net` pays {checks.penalty(model):.4g}, and that is not the price of its hidden kernels with L2 0.1."
    )
    free = stack(layers.Dense(4), layers.Dense(1))
    assert "`net` adds no penalty" in ask(lambda: checks.pays(free, "net", l1=0.1))


def test_shares_that_unit_05_counts():
    from keras import layers

    model = stack(layers.Dense(2), layers.Dense(1), inputs=2)
    kernels = [np.array([[0.001, -0.5], [0.2, -0.002]]), np.zeros((2, 1))]
    model.set_weights([kernels[0], np.zeros(2), kernels[1], np.zeros(1)])
    assert checks.near_zero(model, 0.01) == 0.5 and checks.near_zero(model, 0.3) == 0.75
    assert checks.dummy_accuracy([0, 0, 1], [0, 1, 1, 1]) == 0.25
    assert checks.dummy_accuracy([1, 0, 1], [[0], [1], [1], [1]]) == 0.75


def test_a_record_belongs_to_its_model(trained):
    model, history, X, y = trained
    record = checks.history(history, "record", validated=True)
    assert checks.own_record(record, "record", model, "net", X[:20], y[:20]) is None
    assert ask(lambda: checks.own_record(record + 0.1, "record", model, "net", X[:20], y[:20])) == (
        "`record` does not end where `net` does: is it what the training of this network returned?"
    )


def test_measures_of_a_network_in_a_table(trained):
    model, _, X, y = trained
    train, val = (X[20:], y[20:]), (X[:20], y[:20])
    row = {
        name: training.classification_scores(model, *rows) for name, rows in zip("tv", (train, val))
    }
    right = {
        "train_loss": row["t"]["loss"],
        "val_loss": row["v"]["loss"],
        "val_accuracy": row["v"]["accuracy"],
        "near_zero": checks.near_zero(model, 0.01),
    }

    def judge(column, value, share=lambda kernels, limit: 5.0):
        table = pd.DataFrame({"net": right | {column: value}}).T
        checks.measured(table, "net", model, train, val, share)

    judge("val_loss", right["val_loss"] + 0.0004)
    judge("near_zero", 5.0)  # as the student's own function says
    for column in right:
        message = ask(lambda: judge(column, right[column] + 0.01))
        assert message.startswith(f"`{column}` of `net` is off: the question asks for")
        assert "`" + column in ask(lambda: judge(column, np.nan))


def test_relu_layers_are_computed_from_the_weights():
    from keras import layers

    X = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")
    for last in ("linear", "sigmoid"):
        right = stack(
            layers.Dense(6, "relu"), layers.Dense(6), layers.ReLU(), layers.Dense(1, last)
        )
        assert checks.relu_layers(right, "net", X, last).shape == (20,)
        for wrong in (
            stack(layers.Dense(6, "tanh"), layers.Dense(1, last)),
            stack(layers.Dense(6, "relu"), layers.Rescaling(2.0), layers.Dense(1, last)),
            stack(layers.Dense(6, "relu"), layers.Dense(1, "tanh")),
        ):
            assert "`net` does not compute what hidden layers of ReLU units" in ask(
                lambda: checks.relu_layers(wrong, "net", X, last)
            )


def test_dropped_units_are_counted_from_outside():
    from keras import layers

    X = np.ones((50, 6))
    for last in ("linear", "sigmoid"):
        calm = stack(
            layers.Dense(16, "relu"), layers.Dense(16, "relu"), layers.Dense(1, last), inputs=6
        )
        assert checks.dropped(calm) == [0, 0, 0, 0] and not checks.varies(calm, X)
        net = stack(
            layers.Dropout(0.3),
            layers.Dense(16, "relu"),
            layers.Dropout(0.1),
            layers.Dense(16, "relu"),
            layers.Dropout(0.5),
            layers.Dense(1, last),
            inputs=6,
        )
        assert checks.varies(net, X)
        assert checks.dropped(net) == pytest.approx([0.3, 0.1, 0.5, 0], abs=0.03)
    late = stack(
        layers.Dense(16, "relu"), layers.Dense(16, "relu"), layers.Dense(1), layers.Dropout(0.2)
    )
    assert checks.drops(late, "net", [0, 0, 0, 0.2]) is late
    assert "`net` drops 0% of the inputs, 0% and 0% of the units of the hidden layers, and " in ask(
        lambda: checks.drops(late, "net", [0, 0.1, 0, 0])
    )


def test_slider_redraws_when_moved_and_is_a_plain_figure_where_nobody_can_move_it(monkeypatch):
    drawn, shown = [], []
    monkeypatch.setattr("IPython.display.display", lambda *objects: shown.extend(objects))
    plots.slider(drawn.append, name="threshold", start=0.5)
    assert drawn == [0.5] and not shown
    for answers, widgets in [(False, 0), (True, 3)]:
        shell = type(
            "Shell", (), {"get_parent": lambda self: {"content": {"allow_stdin": answers}}}
        )()
        monkeypatch.setattr("IPython.get_ipython", lambda: shell)
        plots.slider(drawn.append, name="threshold", start=0.5)
        assert len(shown) == widgets and drawn[-1] == 0.5
    shown[0].value = 0.7
    assert drawn[-1] == 0.7 and shown[0].description == "threshold"
    assert "aria-label" in shown[2].data  # that it arrives is seen in a browser only
    plots.slider(drawn.append, name="epoch", start=20, low=1, high=60, step=1)
    assert [shown[at].readout_format for at in (0, 3)] == [".2f", ".0f"]


def test_several_controls_redraw_together(monkeypatch):
    drawn, shown = [], []
    monkeypatch.setattr("IPython.display.display", lambda *objects: shown.extend(objects))
    settings = {"the_bias": (0.5, -1, 1, 0.1), "activation": ["ReLU", "tanh"]}
    plots.controls(lambda **values: drawn.append(values), **settings)
    assert drawn == [{"the_bias": 0.5, "activation": "ReLU"}] and not shown
    shell = type("Shell", (), {"get_parent": lambda self: {"content": {"allow_stdin": True}}})()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    plots.controls(lambda **values: drawn.append(values), **settings)
    box, _, handles = shown
    assert "aria-label" in handles.data
    assert [control.description for control in box.children] == ["the bias", "activation"]
    box.children[0].value = -0.3
    box.children[1].value = "tanh"
    assert drawn[-1] == {"the_bias": -0.3, "activation": "tanh"}


# the state of an activity


@pytest.fixture
def fresh(monkeypatch):
    monkeypatch.setattr(checks, "seen", {})
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def test_a_passed_check_says_so_in_words(fresh, capsys, monkeypatch):
    with checks.question(3):
        print("something of its own")
    told = capsys.readouterr().out
    assert (
        told
        == "something of its own\n✓ Question 3: right so far. The graded check looks more closely.\n"
    )
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with checks.question(3):
        pass
    assert capsys.readouterr().out == "✓ Question 3: right.\n"


def test_what_a_check_says_is_never_counted_as_points(fresh):
    """nbgrader takes a value that a cell returns for partial credit, and a printed text for nothing."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    run = shell.run_cell("from helpers import checks\nwith checks.question(1):\n    assert True")
    assert run.success and run.result is None


def test_the_board_shows_every_question_and_what_to_do_next(fresh, capsys):
    questions = {"1. One": 1, "2. Two": 2, "3. Three | four": 1.5, "4. Why?": 3}
    assert "Next: question 1. One." in repr(checks.board(questions, by_hand=[4]))
    with checks.question(1):
        pass
    for number in (2, 3):
        with pytest.raises(checks.NotYet), checks.question(number):
            assert number == 0
    with checks.question(3):
        pass
    board = checks.board(questions, by_hand=[4])
    assert [state for *_, state in board.rows] == [
        "✓ right so far",
        "✗ not yet",
        "✓ right so far",
        "a person reads it",
    ]
    assert "✗ not yet" in repr(board) and "Next: question 2. Two." in repr(board)
    assert "| 2. Two | 2 | ✗ not yet |" in board._repr_markdown_()
    with checks.question(2):
        pass
    assert "hand in" in repr(checks.board(questions, by_hand=[4]))


def test_the_board_leaves_verdicts_to_the_checks_when_work_is_graded(fresh, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    board = checks.board({"1. One": 1})
    assert repr(board) == board._repr_markdown_() == "Each verdict stands below its answer."
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert "not run" in repr(board)


# diagrams


def drawn(ax):
    """Return the circles, lines and texts of a diagram."""
    circles = [one for one in ax.collections if one.get_sizes()[0] == 900]
    return len(circles), len(ax.lines), [text.get_text() for text in ax.texts]


def test_a_network_is_drawn_from_sizes_and_from_a_model(trained):
    circles, lines, texts = drawn(plots.network([2, 3, 1]))
    assert (circles, lines) == (6, 9) and texts == ["2 inputs", "3 units", "1 output"]
    model, *_ = trained
    ax = plots.network(model)
    assert drawn(ax)[:2] == (7, 12)
    kernel = model.get_weights()[0]
    styles = [line.get_linestyle() for line in ax.lines[:8]]
    assert styles == ["-" if weight > 0 else "--" for weight in kernel.ravel()]
    widths = np.array([line.get_linewidth() for line in ax.lines[:8]])
    assert (np.argsort(widths) == np.argsort(np.abs(kernel.ravel()))).all()


def test_weights_stand_on_the_lines_of_a_diagram():
    ax = plots.network([2, 1], values=[[2, 3], [1]], weights=[[[1.5], [-0.25]]])
    circles, lines, texts = drawn(ax)
    assert (circles, lines) == (3, 2) and {"1.5", "-0.25"} <= set(texts)
    assert [line.get_linestyle() for line in ax.lines] == ["-", "--"]
    assert "0" in drawn(plots.network([1, 1], weights=[[[0]]]))[2], "weights that are all zero"


def test_what_a_diagram_marks(trained):
    values = [[1.0, -0.5], [0.25, 2, 3], [0.125]]
    ax = plots.network([2, 3, 1], values=values, dropped={1: [0]}, frozen=[2], names=list("abc"))
    circles, lines, texts = drawn(ax)
    assert (circles, lines) == (6, 6), "a dropped unit loses its lines"
    assert texts == ["1", "-0.5", "a", "2", "3", "b", "0.12", "c\nfrozen"]
    circles, lines, texts = drawn(plots.network([10, 64, 1], most=5))
    assert (circles, lines) == (11, 30) and texts.count("⋮") == 2 and "64 units" in texts


def test_what_can_not_be_drawn_is_explained(trained):
    import keras

    with pytest.raises(TypeError, match="History"):
        plots.network(trained[1])
    picture = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(1, 2)])
    with pytest.raises(ValueError, match="Only networks of Dense layers"):
        plots.network(picture)


def test_paths_over_a_surface():
    paths = {"creeps": [[2.0, 1.0], [1.0, 1.0]], "leaps": np.array([[2.0, 1.0], [9.0, 9.0]])}
    bowl = {"loss": lambda w, v: w**2 + v**2, "xlim": (-3, 3), "ylim": (-2, 2)}
    ax = plots.descent(paths=paths, **bowl)
    assert ax.get_xlim() == (-3, 3) and ax.get_ylim() == (-2, 2), "what lies outside is cut off"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["creeps", "leaps"]
    creeps, start, end = ax.lines[:3]
    assert creeps.get_xydata().tolist() == paths["creeps"]
    assert start.get_xydata().tolist() == [[2.0, 1.0]] and start.get_marker() == "x"
    assert (
        end.get_xydata().tolist() == [[1.0, 1.0]] and end.get_marker() != ax.lines[5].get_marker()
    )
    assert creeps.get_color() != ax.lines[3].get_color()
    assert creeps.get_linestyle() != ax.lines[3].get_linestyle()
    assert creeps.get_marker() == end.get_marker()
    long = plots.descent(paths={"long": np.zeros((102, 2))}, **bowl, ax=plt.subplots()[1])
    assert long.lines[0].get_marker() == "None", "so many marks would hide the path"
    plt.close("all")


def test_a_forward_and_a_backward_pass_are_drawn_side_by_side():
    left, right = plots.passes([2, 1], [[1, 2], [3]], [[-0.0, 5], [-6]])
    assert drawn(left)[2] == ["1", "2", "2 inputs", "3", "1 output"]
    assert drawn(right)[2] == ["0", "5", "2 inputs", "-6", "1 output"]
    assert left.get_title() != right.get_title() and left.figure is right.figure
