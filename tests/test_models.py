"""Every part of Keras travels to the judge, or is refused with a sentence that names it: the tests walk Keras's public modules.

A class or function that a later Keras adds is tried as all others are. Where that fails, tell the tests how to make one
(``LAYERS``, ``CALLS``), or tell students what to use instead (``CARRIED`` and ``NOT_AGAIN`` in ``helpers/checks.py``).
"""

import functools
import inspect
import json
import re
from types import FunctionType, ModuleType

import keras
import numpy as np
import pytest
from keras import layers, optimizers

from grading.judge import models
from grading.judge.codec import NotData, Reader, Writer, model_parts
from grading.judge.models import Unknown, allowed_model
from helpers import checks

pytestmark = pytest.mark.runs

RNG = np.random.default_rng(0)
REFUSED = {
    "Lambda": "code of its own",
    "JaxLayer": "code of its own",
    "FlaxLayer": "code of its own",
    "TorchModuleWrapper": "code of its own",
    "TFSMLayer": "a file",
    "StringLookup": "a vocabulary",
    "IntegerLookup": "a vocabulary",
    "TextVectorization": "a vocabulary",
    "GPTQConfig": "code of its own",
    "AWQConfig": "code of its own",
    "Float8QuantizationConfig": "can't load again",
    "Map": "code of its own",
    "Scan": "code of its own",
    "AssociativeScan": "code of its own",
    "Cond": "code of its own",
    "Switch": "code of its own",
    "WhileLoop": "code of its own",
    "ForiLoop": "code of its own",
    "VectorizedMap": "code of its own",
    "AdaptiveAveragePool": "can't load again",
    "AdaptiveMaxPool": "can't load again",
    "ElasticTransform": "draws lots",
}
# They do nothing by themselves: others are made from them. InputSpec describes what a layer takes.
BASES = {
    "Layer",
    "Wrapper",
    "InputSpec",
    "Loss",
    "Metric",
    "Optimizer",
    "LearningRateSchedule",
    "Regularizer",
    "Initializer",
    "Constraint",
}

# Keras itself refuses them in a functional model.
KERAS_REFUSES = {"Equalization", "hard_silu", "mish", "sparsemax", "rearrange", "conv_transpose"}


def sent(model):
    """Return a model as the judge has it."""
    found = Reader(model=allowed_model).value(Writer().message(model))
    assert type(found) is not Unknown, object.__getattribute__(found, "reason")
    return found


def why_not(model):
    """Return why the judge does not have a model."""
    found = Reader(model=allowed_model).value(Writer().message(model))
    assert type(found) is Unknown
    return object.__getattribute__(found, "reason")


def alike(a, b):
    a, b = (
        [keras.ops.convert_to_numpy(part) for part in keras.tree.flatten(found)] for found in (a, b)
    )
    return len(a) == len(b) and all(
        p.shape == q.shape and np.allclose(p, q, rtol=1e-3, atol=1e-5, equal_nan=True)
        for p, q in zip(a, b)
    )


def description(part):
    return json.dumps(keras.saving.serialize_keras_object(part), sort_keys=True)


def public(module, kind=type):
    """Return the public classes (or functions) of a module, each once, by name."""
    found = {}
    for name, one in vars(module).items():
        if (
            isinstance(one, kind)
            and one not in found.values()
            and name not in {"get", "serialize", "deserialize", *BASES}
        ):
            found[name] = one
    return found


def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def made(kind, **known):
    """Return an object of a class, with arguments where it has no defaults."""
    asked = list(inspect.signature(kind.__init__).parameters.values())[1:]
    return kind(
        **{
            one.name: known[one.name]
            for one in asked
            if one.default is one.empty and one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)
        }
    )


def dense(**options):
    return keras.Sequential([keras.Input((4,)), layers.Dense(3, **options), layers.Dense(2)])


# what is refused, and with which words


def test_every_refused_part_is_named_and_no_other():
    refused = {name: why for (_, name), why in models.known().items() if why}
    assert refused.keys() == REFUSED.keys()
    assert all(REFUSED[name] in why and ": " in why for name, why in refused.items()), refused


def test_every_public_class_is_known():
    for place in models.PLACES:
        names = public(functools.reduce(getattr, place.split("."), keras))
        assert {(f"keras.{place}", name) for name in names} <= models.known().keys(), place


def test_only_classes_of_keras_are_known():
    assert all(place == "keras" or place.startswith("keras.") for place, _ in models.known())
    assert not {"get_file", "load_model", "deserialize_keras_object", "Lambda"} & {
        name for (_, name), why in models.known().items() if not why
    }


# layers

RNN_CELLS = {
    name: lambda name=name: layers.RNN(getattr(layers, name)(3))
    for name in ("SimpleRNNCell", "GRUCell", "LSTMCell")
}
LAYERS = RNN_CELLS | {
    "Bidirectional": lambda: layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
    "RNN": lambda: layers.RNN(layers.GRUCell(2)),
    "StackedRNNCells": lambda: layers.RNN(
        layers.StackedRNNCells([layers.LSTMCell(2), layers.GRUCell(3)])
    ),
    "TimeDistributed": lambda: layers.TimeDistributed(layers.Dense(2)),
    "SpectralNormalization": lambda: layers.SpectralNormalization(layers.Dense(2)),
    "CategoryEncoding": lambda: layers.CategoryEncoding(num_tokens=5),
    "Discretization": lambda: layers.Discretization([0.5, 1.0]),
    "GroupNormalization": lambda: layers.GroupNormalization(2),
    "EinsumDense": lambda: layers.EinsumDense("ab,bc->ac", 2),
    "HashedCrossing": lambda: (lambda cross: lambda x: cross((x[:, :1], x[:, 1:2])))(
        layers.HashedCrossing(5)
    ),
    "Hashing": lambda: layers.Hashing(3),
    "MelSpectrogram": lambda: layers.MelSpectrogram(fft_length=8, sequence_stride=4),
    "STFTSpectrogram": lambda: layers.STFTSpectrogram("log", 4, 2, 8),
    "InputLayer": lambda: layers.Identity(),
    "RandomPosterization": lambda: layers.RandomPosterization(4),
    "Pipeline": lambda: layers.Pipeline([layers.Rescaling(0.1), layers.RandomFlip()]),
    "MaxNumBoundingBoxes": lambda: layers.MaxNumBoundingBoxes(3, bounding_box_format="xyxy"),
}
ARGUMENTS = dict(
    units=3,
    filters=2,
    kernel_size=2,
    pool_size=2,
    rate=0.25,
    n=2,
    dims=(2, 1),
    target_shape=(-1, 2),
    output_size=2,
    size=2,
    factor=0.2,
    height=4,
    width=4,
    input_dim=7,
    output_dim=3,
    scale=0.5,
    activation="tanh",
    height_factor=0.1,
    width_factor=0.1,
    stddev=0.1,
    axes=1,
    value_range=(0, 255),
    num_heads=2,
    key_dim=2,
    head_dim=2,
    num_query_heads=2,
    num_key_value_heads=1,
)
SHAPES = {
    "Hashing": [(4,)],
    "HashedCrossing": [(4,)],
    "MelSpectrogram": [(64,)],
    "STFTSpectrogram": [(16, 1)],
    "ConvLSTM3D": [(2, 4, 4, 4, 1)],
}
WHOLE = {
    "CategoryEncoding",
    "Embedding",
    "Hashing",
    "HashedCrossing",
    "ReversibleEmbedding",
}  # take whole numbers


def small_model(name):
    """Return a functional model around one layer, and rows for it: of the first shape and with as many inputs as the layer takes."""
    make, last = LAYERS.get(name, lambda: made(getattr(layers, name), **ARGUMENTS)), None
    for shape in SHAPES.get(name, [(8, 8, 3), (6, 4), (4,), (4, 8, 8, 3)]):
        for way in (
            lambda layer, x: layer(x),
            lambda layer, x: layer([x, x]),
            lambda layer, x: layer(x, x),
        ):
            x = keras.Input(shape, dtype="int32" if name in WHOLE else "float32")
            rows = (
                RNG.integers(0, 5, (3, *shape))
                if name in WHOLE
                else RNG.uniform(0, 3, (3, *shape)).astype("float32")
            )
            try:
                model = keras.Model(x, way(make(), x))
                return model, rows, model(rows, training=False)
            except Exception as error:
                last = error
    raise AssertionError(f"Tell LAYERS how to make {name}: {last}")


@pytest.mark.parametrize(
    "name", [name for name in public(layers) if name not in REFUSED.keys() | KERAS_REFUSES]
)
def test_every_layer_travels(name):
    model, rows, expected = small_model(name)
    back = sent(model)
    assert alike(expected, back(rows, training=False)) and alike(
        model.get_weights(), back.get_weights()
    )
    assert description(model) == description(back)


# functions


def functions():
    """Return the public functions of keras.ops and keras.activations, each once, by their full name."""
    modules = [
        keras.activations,
        keras.ops,
        *(one for one in vars(keras.ops).values() if isinstance(one, ModuleType)),
    ]
    named = {
        one: f"{module.__name__}.{name}"
        for module in reversed(modules)
        for name, one in public(module, FunctionType).items()
    }
    return {name: one for one, name in named.items()}


ROW, SQUARE, PICTURE, SIGNAL = (4,), (4, 4), (8, 8, 3), (16,)
GENERAL = [  # ways to call most of them
    (ROW, lambda f, x: f(x)),
    (ROW, lambda f, x: f(x, x)),
    (ROW, lambda f, x: f(x, 2)),
    (SQUARE, lambda f, x: f(x)),
    (SQUARE, lambda f, x: f(x, x)),
    (PICTURE, lambda f, x: f(x)),
    (PICTURE, lambda f, x: f(x, (4, 4))),
    (ROW, lambda f, x: f((x, x))),
    (ROW, lambda f, x: f(x, (-1, 2))),
    (ROW, lambda f, x: f(x, x, x)),
    (ROW, lambda f, x: f(x, "float16")),
    (ROW, lambda f, x: f(x, 0, 1)),
    ((8, 3), lambda f, x: f(x, 2)),
    (ROW, lambda f, x: f(keras.ops.cast(x, "int32"))),
    (ROW, lambda f, x: f(keras.ops.cast(x, "int32"), keras.ops.cast(x, "int32"))),
    (ROW, lambda f, x: f(x, [0.2, 0.5])),
    (ROW, lambda f, x: f(x[0])),
    (ROW, lambda f, x: f(x[0], x[0])),
    (ROW, lambda f, x: f([x > 0.5], [x])),
]
CALLS = {
    "scatter": (ROW, lambda f, x: f(keras.ops.cast(x[:, :1] > 9, "int32"), x[:, 0], (4,))),
    "scatter_update": (ROW, lambda f, x: f(x, [[0, 0]], [9.0])),
    "slice": (ROW, lambda f, x: f(x, (0, 1), (2, 2))),
    "slice_update": (ROW, lambda f, x: f(x, (0, 1), x[:2, :2])),
    "unstack": (ROW, lambda f, x: f(x, axis=1)),
    "in_top_k": (ROW, lambda f, x: f(keras.ops.cast(x[:, 0] * 2, "int32"), x, 2)),
    "istft": (ROW, lambda f, x: f(keras.ops.stft(keras.ops.reshape(x, (-1, 4)), 4, 2, 4), 4, 2, 4)),
    "stft": (SIGNAL, lambda f, x: f(x, 4, 2, 4)),
    "conv": (PICTURE, lambda f, x: f(x, np.ones((2, 2, 3, 1), "float32"))),
    "depthwise_conv": (PICTURE, lambda f, x: f(x, np.ones((2, 2, 3, 1), "float32"))),
    "separable_conv": (
        PICTURE,
        lambda f, x: f(x, np.ones((2, 2, 3, 1), "float32"), np.ones((1, 1, 3, 2), "float32")),
    ),
    "batch_normalization": (
        ROW,
        lambda f, x: f(x, np.zeros(4, "float32"), np.ones(4, "float32"), -1),
    ),
    "dot_product_attention": ((2, 3, 4), lambda f, x: f(x, x, x)),
    "depth_to_space": ((4, 4, 4), lambda f, x: f(x, 2)),
    "space_to_depth": ((4, 4, 4), lambda f, x: f(x, 2)),
    "cholesky": (
        SQUARE,
        lambda f, x: f(x @ keras.ops.transpose(x, (0, 2, 1)) + 9 * np.eye(4, dtype="float32")),
    ),
    "psnr": (ROW, lambda f, x: f(x, x * 0.5, 1.0)),
    "broadcast_to": (ROW, lambda f, x: f(x, (3, 4))),
    "cross": ((3,), lambda f, x: f(x, x[:, ::-1])),
    "digitize": (ROW, lambda f, x: f(x, np.array([0.2, 0.5]))),
    "einsum": (SQUARE, lambda f, x: f("bij,bjk->bik", x, x)),
    "pad": (ROW, lambda f, x: f(x, ((0, 0), (1, 1)))),
    "split": (ROW, lambda f, x: f(x, 2, axis=1)),
    "take_along_axis": (ROW, lambda f, x: f(x, keras.ops.cast(x[:, :2] * 3, "int32"), axis=1)),
    "searchsorted": (ROW, lambda f, x: f(np.array([0.2, 0.5], "float32"), x[0])),
    "vsplit": ((3,), lambda f, x: f(keras.ops.transpose(x), 3)),
    "sparse_categorical_crossentropy": (
        ROW,
        lambda f, x: f(keras.ops.cast(x[:, 0] * 3, "int32"), keras.ops.softmax(x)),
    ),
    **{
        f"segment_{name}": (ROW, lambda f, x: f(x[:, 0], keras.ops.cast(x[:, 1] * 0, "int32"), 1))
        for name in ("max", "min", "sum", "prod")
    },
    "affine_transform": (
        PICTURE,
        lambda f, x: f(x, np.array([[1, 0, 1, 0, 1, 0, 0, 0]], "float32")),
    ),
    "ssim": ((16, 16, 1), lambda f, x: f(x, x, 1.0)),
    "perspective_transform": (
        PICTURE,
        lambda f, x: f(
            x,
            np.array([[[0, 0], [0, 7], [7, 0], [7, 7]]], "float32"),
            np.array([[[0, 1], [0, 7], [7, 0], [7, 7]]], "float32"),
        ),
    ),
    "crop_images": (PICTURE, lambda f, x: f(x, 1, 1, target_height=4, target_width=4)),
    "pad_images": (PICTURE, lambda f, x: f(x, 1, 1, target_height=12, target_width=12)),
}
# Their operations are known, but they take no batches, or more than a small test gives them.
SPECIAL = {
    "correlate",
    "ctc_decode",
    "ctc_loss",
    "fft2",
    "ifft2",
    "fold",
    "histogram",
    "jvp",
    "lu_factor",
    "map_coordinates",
    "multi_hot",
    "scale_and_translate",
    "select",
    "vander",
    "view_as_complex",
}
# They give no tensor of a model: they make constants, look at one, or take functions (which are code of one's own).
NO_PART = {
    "arange",
    "associative_scan",
    "bartlett",
    "blackman",
    "cond",
    "convert_to_numpy",
    "custom_gradient",
    "dtype",
    "empty",
    "eye",
    "fori_loop",
    "full",
    "hamming",
    "hanning",
    "identity",
    "is_tensor",
    "kaiser",
    "map",
    "ones",
    "scan",
    "shape",
    "switch",
    "tri",
    "vectorize",
    "vectorized_map",
    "while_loop",
    "zeros",
    "adaptive_average_pool",
    "adaptive_max_pool",
    "elastic_transform",
}


@pytest.mark.parametrize(
    "name",
    [name for name in functions() if name.split(".")[-1] not in NO_PART | SPECIAL | KERAS_REFUSES],
)
def test_every_function_travels_in_a_functional_model(name):
    function, last = functions()[name], "it gives no tensor of a model"
    for shape, call in [CALLS[name.split(".")[-1]]] if name.split(".")[-1] in CALLS else GENERAL:
        x, rows = keras.Input(shape), RNG.uniform(0.1, 0.9, (3, *shape)).astype("float32")
        try:
            outputs = keras.tree.flatten(call(function, x))
            model = keras.Model(x, outputs)
            expected = model(rows)
        except Exception as error:
            last = error
        else:
            assert alike(expected, sent(model)(rows))
            return
    raise AssertionError(f"Tell CALLS how to call {name}: {last}")


def test_operators_and_slices_travel():
    x = keras.Input((4,))
    parts = [
        x + 1,
        1 - x,
        x * x,
        x / 2,
        2 / x,
        x**2,
        -x,
        abs(x),
        x @ np.ones((4, 2), "float32"),
        x[:, :3],
        x[..., 1:],
        x[:, None],
        x > 0.5,
        x <= x,
        x // 2,
        x % 2,
    ]
    rows = RNG.uniform(0.1, 0.9, (3, 4)).astype("float32")
    model = keras.Model(x, parts)
    assert alike(model(rows), sent(model)(rows))


@pytest.mark.parametrize(
    "name",
    [
        *sorted(public(keras.activations, FunctionType).keys() - {"threshold"}),
        "swish",
        "hard_swish",
    ],
)
def test_every_activation_travels_in_every_form(name):
    function, rows = getattr(keras.activations, name), RNG.normal(size=(3, 4)).astype("float32")
    x = keras.Input((4,))
    middle = layers.Activation(function)(
        layers.Activation(name)(
            layers.Dense(8, name)(layers.Dense(8, activation=function)(x)) if name != "glu" else x
        )
    )
    model = keras.Model(x, middle)
    back = sent(model)
    assert alike(model(rows), back(rows)) and description(model) == description(back)


# losses and metrics

P, ONE_HOT, WHOLE_LABELS = (
    RNG.dirichlet(np.ones(3), 6).astype("float32"),
    np.eye(3, dtype="float32")[[0, 1, 2, 0, 1, 2]],
    np.array([0, 1, 2, 0, 1, 2]),
)
NEEDS = dict(
    num_classes=3,
    target_class_ids=[0],
    specificity=0.5,
    recall=0.5,
    precision=0.5,
    sensitivity=0.5,
    value=0.5,
    fn=keras.metrics.binary_accuracy,
)
OTHER_NAMES = {
    "losses": [
        "bce",
        "BCE",
        "mse",
        "MSE",
        "mae",
        "MAE",
        "mape",
        "MAPE",
        "msle",
        "MSLE",
        "kld",
        "KLD",
        "crossentropy",
        "ce",
    ],
    "metrics": [
        "acc",
        "ACC",
        "accuracy",
        "bce",
        "BCE",
        "mse",
        "MSE",
        "mae",
        "MAE",
        "mape",
        "MAPE",
        "msle",
        "MSLE",
    ],
}
# They measure values without labels, or need a third argument: `compile` can't use them.
NOT_FOR_COMPILE = {"Mean", "Sum", "categorical_generalized_cross_entropy"}


def forms(module, name):
    """Return the forms in which Keras may take a part: its names, the function, the class, an object."""
    found = getattr(module, name, name)
    if isinstance(found, type):
        thing = made(found, **NEEDS)
        return [
            name,
            snake(name),
            found,
            thing,
            module.serialize(thing),
            {"class_name": name, "config": thing.get_config()},
        ]
    return [name, found]


def measured(model, name, what):
    """Return what a compiled model measures for given predictions."""
    if name.lower() == "ctc":
        y, p = np.array([[1, 2], [2, 1]]), RNG.dirichlet(np.ones(4), (2, 5)).astype("float32")
    else:
        y, p = (
            WHOLE_LABELS if "parse" in name or "ircle" in name or "eneralized" in name else ONE_HOT,
            P,
        )
    y, p = keras.ops.convert_to_tensor(y), keras.ops.convert_to_tensor(p)
    if what == "losses":
        return model.compute_loss(None, y, p)
    return {
        key: value
        for key, value in model.compute_metrics(None, y, p, None).items()
        if key != "loss"
    }


@pytest.mark.parametrize(
    ("what", "name"),
    [
        (what, name)
        for what in OTHER_NAMES
        for kind in (type, FunctionType)
        for name in public(getattr(keras, what), kind)
    ]
    + [(w, n) for w, names in OTHER_NAMES.items() for n in names],
)
def test_every_loss_and_metric_travels_in_every_form(what, name):
    if name in NOT_FOR_COMPILE:
        return
    taken = 0
    for form in forms(getattr(keras, what), name):
        model = keras.Sequential([keras.Input((4,)), layers.Dense(3, "softmax")])
        try:
            model.compile(
                "sgd",
                **({"loss": form} if what == "losses" else {"loss": "mse", "metrics": [form]}),
            )
            state = RNG.bit_generator.state
            mine = measured(model, name, what)
        except Exception:  # not a form that Keras takes
            continue
        taken += 1
        back, RNG.bit_generator.state = sent(model), state
        its = measured(back, name, what)
        assert alike(mine, its), form
        if isinstance(mine, dict) and not isinstance(form, type):
            assert mine.keys() == its.keys(), form
    assert taken, f"Tell the tests what {name} measures."


# optimisers

SCHEDULE = dict(
    initial_learning_rate=0.1,
    decay_steps=3,
    decay_rate=0.9,
    first_decay_steps=3,
    boundaries=[2, 4],
    values=[0.1, 0.2, 0.3],
)
SCHEDULES = {name: made(kind, **SCHEDULE) for name, kind in public(optimizers.schedules).items()}
OPTIMIZERS = {
    "LossScaleOptimizer": lambda: [optimizers.LossScaleOptimizer(optimizers.Adam(0.1))],
    "MultiOptimizer": lambda: [
        optimizers.MultiOptimizer(
            optimizers.OptimizerMap(optimizers.SGD(0.1), {".*bias": optimizers.Adam(0.1)})
        )
    ],
    "OptimizerMap": lambda: OPTIMIZERS["MultiOptimizer"](),
    "average": lambda: [
        optimizers.Adam(0.1, use_ema=True, ema_momentum=0.9, weight_decay=0.01, clipnorm=1.0)
    ],
    "clipped": lambda: [
        optimizers.AdamW(0.1, global_clipnorm=0.5),
        optimizers.RMSprop(0.1, clipvalue=0.5, momentum=0.9, centered=True),
    ],
    "gathered": lambda: [
        optimizers.SGD(
            0.1, momentum=0.9, nesterov=True, gradient_accumulation_steps=2, loss_scale_factor=2.0
        )
    ],
    **{
        name: lambda one=one: [
            optimizers.Adam(one),
            optimizers.Nadam(one),
            optimizers.SGD(one, momentum=0.9),
            {"class_name": "SGD", "config": {"learning_rate": optimizers.schedules.serialize(one)}},
        ]
        for name, one in SCHEDULES.items()
    },
}


def step(model):
    """Let a model's optimiser take one step, along gradients that are made up."""
    variables = model.trainable_variables
    model.optimizer.apply(
        [keras.ops.ones_like(one) * (0.5 + place) for place, one in enumerate(variables)], variables
    )


@pytest.mark.parametrize(
    "name", [*public(optimizers), *sorted(OPTIMIZERS.keys() - public(optimizers).keys())]
)
def test_every_optimiser_travels_with_its_state_in_every_form(name):
    taken = 0
    for form in (
        OPTIMIZERS[name]() if name in OPTIMIZERS else [*forms(optimizers, name), name.lower()]
    ):
        model = dense()
        try:
            model.compile(form, "mse")
        except Exception:  # not a form that Keras takes
            continue
        taken += 1
        step(model)
        step(model)
        back = sent(model)
        assert type(back.optimizer) is type(model.optimizer) and description(
            back.optimizer
        ) == description(model.optimizer)
        assert alike(model.optimizer.variables, back.optimizer.variables)
        step(model)
        step(back)
        assert alike(model.get_weights(), back.get_weights())
    assert taken


# what stands within a layer

WITHIN = {
    "regularizers": "kernel_regularizer",
    "initializers": "kernel_initializer",
    "constraints": "kernel_constraint",
}


@pytest.mark.parametrize(
    ("what", "name"), [(what, name) for what in WITHIN for name in public(getattr(keras, what))]
)
def test_everything_within_a_layer_travels_in_every_form(what, name):
    module, taken = getattr(keras, what), 0
    for form in forms(module, name):
        stft = name.startswith("STFT")
        try:
            layer = (
                layers.Conv1D(6, 8, **{WITHIN[what]: form})
                if stft
                else layers.Dense(3, **{WITHIN[what]: form})
            )
            model = keras.Sequential([keras.Input((16, 1) if stft else (4,)), layer])
        except Exception:  # not a form that Keras takes
            continue
        taken += 1
        back = sent(model)
        assert (
            description(model) == description(back)
            and alike(model.losses, back.losses)
            and alike(model.get_weights(), back.get_weights())
        )
    assert taken


# whole models

X = RNG.normal(size=(40, 4)).astype("float32")
Y = (X[:, :1] > 0).astype("float32")


def columns():
    """Functional, with an adapted layer, functions of Keras, a sum, a constraint, and names for what goes out."""
    scale = layers.Normalization(axis=-1)
    scale.adapt(X)
    inputs = layers.Input(shape=(4,), name="client")
    x = scale(inputs)
    hidden = keras.activations.relu(
        layers.Dense(
            8, kernel_initializer="he_uniform", kernel_constraint=keras.constraints.MaxNorm(3)
        )(x)
    )
    hidden = layers.concatenate([x, hidden + layers.ReLU()(layers.Dense(8)(hidden))])
    model = keras.models.Model(
        inputs=inputs,
        outputs=layers.Dense(1, activation="sigmoid", name="default")(hidden),
        name="columns",
    )
    model.compile(
        loss={"default": "bce"},
        optimizer=optimizers.SGD(0.05, momentum=0.9),
        metrics={"default": ["accuracy", keras.metrics.AUC(name="auc")]},
    )
    return model


def rare():
    """As in TensorFlow's tutorial on rare classes: ten metrics, a bias to begin with."""
    kinds = [
        keras.metrics.BinaryCrossentropy,
        keras.metrics.MeanSquaredError,
        keras.metrics.TruePositives,
        keras.metrics.FalsePositives,
        keras.metrics.TrueNegatives,
        keras.metrics.FalseNegatives,
        keras.metrics.BinaryAccuracy,
        keras.metrics.Precision,
        keras.metrics.Recall,
    ]
    metrics = [kind(name=f"number {place}") for place, kind in enumerate(kinds)] + [
        keras.metrics.AUC(name="prc", curve="PR")
    ]
    bias = keras.initializers.Constant(np.log([0.2]))
    model = keras.Sequential(
        [
            layers.Dense(16, activation="relu", input_shape=(4,)),
            layers.Dropout(0.5),
            layers.Dense(1, "sigmoid", bias_initializer=bias),
        ]
    )
    model.compile(
        optimizer=optimizers.Adam(1e-3), loss=keras.losses.BinaryCrossentropy(), metrics=metrics
    )
    return model


def nested():
    inner = keras.Sequential(
        [layers.Normalization(mean=[0.0] * 4, variance=[2.0] * 4), layers.Dense(3)]
    )
    inner.compile(
        "adam", lambda y, p: keras.ops.mean(p)
    )  # how a model within the model was compiled is nobody's business
    x = keras.Input((4,))
    model = keras.Model(
        x, layers.Dense(1, "sigmoid")(keras.Sequential([inner, layers.BatchNormalization()])(x))
    )
    model.compile("rmsprop", "binary_crossentropy")
    return model


def lazy():
    model = keras.Sequential(
        [
            layers.Dense(3, activation=layers.LeakyReLU(0.2)),
            layers.SpectralNormalization(layers.Dense(2)),
            layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile("adam", "bce", metrics=[keras.metrics.AUC])
    return model


def halved():
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(8, dtype="mixed_float16"),
            layers.Dense(1, "sigmoid", dtype="float32"),
        ]
    )
    model.compile(optimizers.LossScaleOptimizer(optimizers.Adam(0.01)), "bce")
    return model


@pytest.mark.parametrize("make", [columns, rare, nested, lazy, halved])
def test_models_as_students_build_them_travel_with_what_they_learnt(make):
    keras.utils.set_random_seed(0)
    model = make()
    model.fit(X, Y, epochs=1, verbose=0)
    back = sent(model)
    assert (
        alike(model(X), back(X))
        and alike(model.get_weights(), back.get_weights())
        and alike(model.optimizer.variables, back.optimizer.variables)
    )
    assert alike(model.evaluate(X, Y, verbose=0), back.evaluate(X, Y, verbose=0))


def test_a_fit_that_stopped_half_way_leaves_a_model_all_the_same():
    model = rare()
    with pytest.raises(ValueError, match="same rank"):
        model.fit(
            X, Y.ravel(), epochs=1, verbose=0
        )  # its mean squared error wants labels of shape (n, 1)
    back = sent(model)
    assert alike(model(X), back(X)) and int(back.optimizer.iterations) == 0


def test_several_outputs_keep_their_losses():
    x = keras.Input((4,))
    outputs = [layers.Dense(1, name="size")(x), layers.Dense(1, "sigmoid", name="kind")(x)]
    for losses, metrics in [
        (["mse", "bce"], [["mae"], ["accuracy", keras.metrics.AUC()]]),
        ({"size": keras.losses.Huber(), "kind": "bce"}, {"kind": "acc"}),
    ]:
        model = keras.Model(x, outputs)
        model.compile(
            "sgd",
            losses,
            metrics=metrics,
            loss_weights=[0.3, 0.7] if isinstance(losses, list) else {"size": 0.3, "kind": 0.7},
        )
        assert alike(
            model.evaluate(X, [Y, Y], verbose=0), sent(model).evaluate(X, [Y, Y], verbose=0)
        )


def test_adapted_layers_travel_wherever_they_stand():
    bins, scale = layers.Discretization(num_bins=3, epsilon=0.05), layers.Normalization()
    bins.adapt(X)
    scale.adapt(X)
    x, steps = keras.Input((4,)), keras.Input((2, 4))
    models = [
        (keras.Model(x, layers.Dense(1)(layers.CategoryEncoding(num_tokens=4)(bins(x)))), X),
        (keras.Model(steps, layers.TimeDistributed(scale)(steps)), X.reshape(20, 2, 4)),
    ]
    for model, rows in models:
        assert alike(model(rows), sent(model)(rows))


def test_one_metric_of_ones_own_costs_no_other():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1, "sigmoid")])

    def mine(y, p):
        return keras.ops.mean(p)

    model.compile(
        "adam",
        functools.partial(keras.losses.binary_crossentropy, label_smoothing=0.1),
        metrics=["accuracy", mine, "binary_crossentropy"],
    )
    back = sent(model)
    assert back.loss is None and type(back.optimizer) is optimizers.Adam
    assert sorted(back.compute_metrics(None, Y, back(X), None)) == [
        "accuracy",
        "binary_crossentropy",
        "loss",
    ]


class Mine(layers.Layer):
    def call(self, x):
        return x


class Odd(layers.Layer):
    def __init__(self, what, **options):
        super().__init__(**options)
        self.what = what

    def call(self, x):
        return x


def own(x):
    return x * 2


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (
            layers.Lambda(own),
            "`Lambda`, which carries code of its own: use layers of Keras, and functions of keras.ops, instead",
        ),
        (layers.Dense(2, activation=own), "`own`, which is not a part of Keras"),
        (
            layers.Dense(2, activation=lambda x: x),
            "`a function of your own`, which is not a part of Keras",
        ),
        (Mine(), "`Mine`, which is not a part of Keras"),
        (layers.Dense(2, kernel_regularizer=own), "`own`, which is not"),
        (
            layers.IntegerLookup(vocabulary=[1, 2]),
            "`IntegerLookup`, which keeps a vocabulary beside its weights: turn words into numbers",
        ),
        (lambda x: keras.ops.map(own, x), "`Map`, which carries code"),
        (
            lambda x: keras.ops.image.elastic_transform(keras.ops.reshape(x, (-1, 2, 2, 1))),
            "`ElasticTransform`, which draws lots",
        ),
        (
            lambda x: keras.ops.adaptive_max_pool(keras.ops.reshape(x, (-1, 2, 2, 1)), (1, 1)),
            "use its layer AdaptiveMaxPooling1D",
        ),
    ],
)
def test_a_refused_part_is_named_and_told_what_to_use(part, says):
    x = keras.Input((4,))
    assert says in why_not(keras.Model(x, part(x)))


def test_layers_that_keras_cannot_describe_are_named():
    with pytest.raises(NotData, match="with a `Odd` of your own"):
        Writer().message(keras.Sequential([keras.Input((4,)), Odd(object())]))


def test_what_keras_says_of_a_model_is_told_short_and_plain():
    config, *rest = model_parts(dense())
    config = json.loads(config)
    config["config"]["layers"][1]["config"] |= {"units": -1, "name": "\x1b[31m<b>" + "x" * 3000}
    reason = object.__getattribute__(allowed_model(config, *rest), "reason")
    assert (
        "parts don't fit together. Keras says: " in reason
        and "positive integer" in reason
        and len(reason) < 300
        and reason.isprintable()
    )


@pytest.mark.parametrize(
    "word",
    [
        "eval",
        "os.system",
        "__import__",
        "get",
        "deserialize",
        "get_file",
        "keras.utils.get_file",
        "load_model",
        "relu.__globals__",
        "",
        "x" * 200,
    ],
)
@pytest.mark.parametrize(
    "key", ["activation", "kernel_initializer", "kernel_regularizer", "kernel_constraint"]
)
def test_a_text_names_nothing_but_parts_of_keras(key, word):
    config, *rest = model_parts(dense())
    for value in (
        word,
        {
            "module": "builtins",
            "class_name": "function",
            "config": word,
            "registered_name": "function",
        },
        {"class_name": word, "config": {}},
        {"module": "keras.utils", "class_name": word, "config": {}},
        {"module": "os", "class_name": word, "config": {}},
        [word],
    ):
        changed = json.loads(config)
        changed["config"]["layers"][1]["config"][key] = value
        assert type(allowed_model(changed, *rest)) is Unknown


# models without an Input


def no_input(last=1):
    return keras.Sequential([layers.Dense(3, "relu"), layers.Dense(last, "sigmoid")])


def test_a_model_without_input_travels_and_is_built_by_the_check():
    model = no_input()
    model.compile(optimizers.Adam(0.005), "binary_crossentropy")
    back = sent(model)
    assert not back.built and float(back.optimizer.learning_rate) == pytest.approx(0.005)
    assert (
        checks.model(back, "net", inputs=4) is back
        and back.input_shape == (None, 4)
        and len(back.get_weights()) == 4
    )
    assert checks.model(model, "net", inputs=4).output_shape == (None, 1)
    model.fit(X, Y, epochs=1, verbose=0)
    assert alike(model(X), sent(model)(X))


def test_layers_that_have_weights_keep_them_in_a_model_without_input():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(1, "sigmoid")])
    for model in (
        keras.Sequential([layers.Normalization(mean=[1.0] * 4, variance=[4.0] * 4), inner]),
        keras.Sequential([inner.layers[0]]),
    ):
        back = checks.model(sent(model), "net", inputs=4)
        assert alike(checks.model(model, "net", inputs=4)(X), back(X))


def test_a_model_that_can_not_be_built_is_told_both_reasons():
    for model in (keras.Sequential(), keras.Sequential([layers.Conv1D(2, 2)])):
        with pytest.raises(
            AssertionError,
            match=r"Begin it with `keras.Input\(\(4,\)\)`, or, if it should be trained, call its `fit`",
        ):
            checks.model(model, "net", inputs=4)
    with pytest.raises(AssertionError, match="one number for each row"):
        checks.model(no_input(2), "net", inputs=4)


def test_classes_of_ones_own_are_refused_in_jupyterlab_too():
    class Net(keras.Sequential):
        pass

    class Free(keras.Model):
        def call(self, x):
            return x

    for model in (Net([keras.Input((4,)), layers.Dense(1)]), Free()):
        with pytest.raises(AssertionError, match="not a class of your own"):
            checks.model(model, "net", inputs=4)
    for part, kind in [
        (layers.TimeDistributed(Mine()), "Mine"),
        (layers.IntegerLookup(vocabulary=[1, 2]), "IntegerLookup"),
    ]:
        with pytest.raises(AssertionError, match=f"of the kind {kind}, which"):
            checks.model(keras.Sequential([keras.Input((4, 1)), part]), "net", inputs=4)
