"""The course's figures: labelled, readable on a projector, never by colour alone.

Every function draws on ``ax`` (by default a new one) and returns the Axes.
Show the result with :func:`show`, which stores a description for screen readers.
"""

import html
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap
from numpy.typing import ArrayLike

from helpers.training import history_frame, require_model

# Okabe and Ito's palette for all kinds of colour vision (https://jfly.uni-koeln.de/color/).
BLUE, ORANGE, GREEN, RED, PURPLE, SKY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
)
CLASSES = LinearSegmentedColormap.from_list("classes", [BLUE, "white", ORANGE])
HEIGHTS = LinearSegmentedColormap.from_list("heights", ["white", "0.72"])
LINES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2))]
MARKERS = ["o", "^", "s", "D", "v", "P"]
# Which way is better, for a record without its model: names as Keras gives them, without _ and capitals.
RISING = set(
    """
    acc accuracy binaryaccuracy categoricalaccuracy sparsecategoricalaccuracy
    topkcategoricalaccuracy sparsetopkcategoricalaccuracy auc precision recall precisionatrecall
    recallatprecision sensitivityatspecificity specificityatsensitivity f1score fbetascore iou
    binaryiou meaniou onehotiou onehotmeaniou r2 r2score pearsoncorrelation
    concordancecorrelation
    """.split()
)
FALLING = set(
    """
    loss mse mae mape msle bce meansquarederror rootmeansquarederror meanabsoluteerror
    meanabsolutepercentageerror meansquaredlogarithmicerror logcosh logcosherror kldivergence
    poisson hinge squaredhinge categoricalhinge huber binarycrossentropy categoricalcrossentropy
    sparsecategoricalcrossentropy binaryfocalcrossentropy categoricalfocalcrossentropy
    """.split()
)


def set_theme() -> None:
    """Use the course's fonts, sizes and colours for all figures that follow."""
    from cycler import cycler

    plt.rcParams.update(
        {
            "figure.figsize": (8, 4.5),
            "figure.dpi": 100,
            "figure.constrained_layout.use": True,
            "font.size": 14,
            "axes.titlesize": 15,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.alpha": 0.3,
            "lines.linewidth": 2.2,
            "legend.frameon": False,
            "axes.prop_cycle": cycler(color=[BLUE, RED, GREEN, ORANGE, PURPLE, SKY])
            + cycler(linestyle=LINES),
        }
    )


def show(figure: Any, alt: str) -> None:
    """Display a figure once, with a text for those who can't see it.

    Parameters
    ----------
    figure : Figure, Axes or array of Axes
    alt : str
        What the figure shows, in a sentence or two. Screen readers read it, and text stands for the figure.
    """
    from IPython.core.pylabtools import print_figure
    from IPython.display import display

    if not alt.strip():
        raise ValueError("A figure needs an alt text: say in a sentence what it shows.")
    if isinstance(figure, np.ndarray):
        figure = figure.flat[0]
    figure = getattr(figure, "figure", figure)
    display(_Described(print_figure(figure, bbox_inches="tight", base64=True), alt))
    plt.close(figure)


class _Described:
    """A picture with its alt text: as HTML, because JupyterLab and nbconvert give a plain picture none."""

    def __init__(self, picture: str, alt: str) -> None:
        self.picture, self.alt = picture, alt

    def _repr_html_(self) -> str:
        return f'<img alt="{html.escape(self.alt)}" src="data:image/png;base64,{self.picture}">'

    def __repr__(self) -> str:
        return self.alt


def _axes(ax: Axes | None) -> Axes:
    return plt.subplots()[1] if ax is None else ax


def _rises(history: Any, metric: str) -> bool | None:
    """Return True if higher values of a metric are better, False if lower ones are, None if there is no telling.

    Keras knows this for the metrics in a model, whatever they are called, and reveals it through the callback that
    watches for improvement. For a record without its model, and for several outputs, there are only the names.
    """
    model = getattr(history, "model", None)
    metric = metric.split("[")[0]
    if model is not None:
        watch = keras.callbacks.EarlyStopping(f"val_{metric}", patience=2)
        watch.set_model(model)
        watch.on_train_begin()
        try:
            for epoch, value in enumerate((0.0, 1.0)):
                watch.on_epoch_end(epoch, {watch.monitor: value})
            return float(watch.best) == 1
        except ValueError:  # a function of the student's own, or one of several outputs
            outputs = getattr(model, "output_names", None) or []
            output = next(
                (name for name in outputs if len(outputs) > 1 and metric.startswith(f"{name}_")),
                None,
            )
            if output is None:
                return None
            metric = metric.removeprefix(f"{output}_")
    name = re.sub(r"_\d+$", "", metric).replace("_", "").lower()
    return True if name in RISING else False if name in FALLING else None


def learning_curves(
    history: keras.callbacks.History | dict[str, Any],
    metric: str = "loss",
    *,
    ax: Axes | None = None,
    mark_best: bool = True,
) -> Axes:
    """Draw a metric of training (dashed) and of validation (solid) against the epoch.

    Parameters
    ----------
    history : keras.callbacks.History or dict of lists
    metric : str
        ``"loss"`` or a metric that the model was compiled with.
    mark_best : bool
        Mark the epoch with the best validation value: the highest of an accuracy, an AUC and others that
        should rise, the lowest of a loss or an error. Where there is no telling which is better, as with a
        function of your own, nothing is marked.

    Raises
    ------
    ValueError
        If the metric was not recorded; the message lists those that were.
    """
    metric = metric.removeprefix("val_")
    frame = history_frame(history)
    if metric not in frame:
        recorded = ", ".join(c for c in frame if not c.startswith("val_"))
        raise ValueError(f"The history has no {metric!r}. It has: {recorded}.")
    ax = _axes(ax)
    ax.plot(frame.index, frame[metric], color=BLUE, linestyle="--", label="training")
    if f"val_{metric}" in frame:
        validation = frame[f"val_{metric}"].dropna()  # NaN where nothing was validated
        ax.plot(validation.index, validation, color=RED, linestyle="-", label="validation")
        rises = _rises(history, metric)
        if mark_best and len(validation) and rises is not None:
            best = validation.idxmax() if rises else validation.idxmin()
            ax.plot(
                best,
                validation[best],
                "o",
                color="black",
                markersize=9,
                zorder=5,
                label=f"best epoch: {best}",
            )
    ax.set(xlabel="epoch", ylabel=metric.replace("_", " "))
    ax.legend()
    return ax


def validation_curves(
    histories: dict[str, Any], metric: str = "loss", *, ax: Axes | None = None
) -> Axes:
    """Draw the validation curve of several models, named in the legend.

    Parameters
    ----------
    histories : dict of name to History
        Each trained with ``validation_data``.

    Raises
    ------
    ValueError
        If one was trained without, or has no such metric; the message says which.
    """
    metric = metric.removeprefix("val_")
    ax = _axes(ax)
    for (name, history), line in zip(histories.items(), LINES * len(histories)):
        frame = history_frame(history, name)
        if f"val_{metric}" not in frame:
            recorded = ", ".join(c.removeprefix("val_") for c in frame if c.startswith("val_"))
            raise ValueError(
                f"{name!r} has no validation values of {metric!r}. It has those of: {recorded}."
                if recorded
                else f"{name!r} was trained without validation_data: no curve to draw."
            )
        validation = frame[f"val_{metric}"].dropna()
        ax.plot(validation.index, validation, linestyle=line, label=name)
    ax.set(xlabel="epoch", ylabel=f"validation {metric.replace('_', ' ')}")
    ax.legend()
    return ax


def decision_boundary(
    model: keras.Model, X: ArrayLike, y: ArrayLike, *, ax: Axes | None = None, title: str = ""
) -> Axes:
    """Draw what a model of two inputs predicts everywhere, with the data on top.

    Parameters
    ----------
    model : keras.Model with two inputs and one sigmoid output
    X : array of shape (n, 2)
    y : array of shape (n,) or (n, 1), of 0 and 1
    """
    if np.shape(X)[1:] != (2,):
        raise ValueError(f"A decision boundary needs two features; X has shape {np.shape(X)}.")
    ax = _axes(ax)
    low, high = np.min(X, axis=0) - 0.5, np.max(X, axis=0) + 0.5
    x1, x2 = np.meshgrid(np.linspace(low[0], high[0], 200), np.linspace(low[1], high[1], 200))
    grid = np.column_stack([x1.ravel(), x2.ravel()])
    probability = require_model(model).predict(grid, batch_size=len(grid), verbose=0)
    if probability.size != x1.size:
        raise ValueError(
            f"A decision boundary needs a model with one output; this one has {probability.shape[-1]}."
        )
    probability = probability.reshape(x1.shape)
    ax.contourf(x1, x2, probability, levels=np.linspace(0, 1, 11), cmap=CLASSES, alpha=0.6)
    ax.contour(x1, x2, probability, levels=[0.5], colors="black", linewidths=2)
    scatter_classes(X, y, ax=ax)
    ax.set(title=title, xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    ax.label_outer()
    ax.grid(False)
    return ax


def network(
    model: keras.Model | list[int],
    *,
    values: list[ArrayLike] | None = None,
    dropped: dict[int, list[int]] | None = None,
    frozen: Iterable[int] = (),
    names: list[str] | None = None,
    most: int = 8,
    ax: Axes | None = None,
) -> Axes:
    """Draw a small network: a circle for each unit, a line for each weight.

    Solid blue lines are positive weights, dashed orange ones negative; the larger, the thicker.

    Parameters
    ----------
    model : keras.Model of Dense layers, or list of int
        Numbers of units, from the inputs to the outputs, draw a network without weights.
    values : list of arrays, optional
        A number for each unit, layer by layer, such as those of a forward pass; they are written into the circles.
    dropped : dict, optional
        Units that are dropped, by layer (0: the inputs), such as ``{1: [0, 3]}``. They are crossed out, with their lines.
    frozen : iterable of int
        Layers whose weights are frozen (1: the first after the inputs): hatched, and marked so.
    names : list of str, optional
        What stands below each layer, in place of its number of units.
    most : int
        Of a layer with more units only so many are drawn, with dots for the rest.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a model has layers other than Dense and those without weights, one after the other.
    """
    sizes, kernels = _sizes(model)
    shown = [list(range(size)) if size <= most else [*range(most - 1), size - 1] for size in sizes]
    places = [_places(units, size) for units, size in zip(shown, sizes)]
    out = [set((dropped or {}).get(layer, ())) for layer in range(len(sizes))]
    tallest, frozen = max(map(len, shown)), set(frozen)
    if ax is None:
        size = max(5, 2.1 * len(sizes)), max(3, 0.62 * tallest + 1.2)
        ax = plt.subplots(figsize=size)[1]
    for layer, kernel in enumerate(kernels):
        largest = 1 if kernel is None else np.abs(kernel).max()
        for start, y in zip(shown[layer], places[layer]):
            for end, z in zip(shown[layer + 1], places[layer + 1]):
                if start not in out[layer] and end not in out[layer + 1]:
                    weight = 0 if kernel is None else kernel[start, end] / largest
                    ax.plot([layer, layer + 1], [y, z], zorder=1, **_line(weight))
    for layer, (units, heights) in enumerate(zip(shown, places)):
        cold: dict[str, Any] = (
            {"facecolor": "0.88", "hatch": "////"} if layer in frozen else {"facecolor": "white"}
        )
        for unit, y in zip(units, heights):
            gone: dict[str, Any] = (
                {"edgecolor": "0.6", "linestyle": "--"} if unit in out[layer] else {}
            )
            look: dict[str, Any] = {"s": 900, "linewidth": 1.8, "edgecolor": "black", "zorder": 2}
            ax.scatter(layer, y, **look | cold | gone)
            if gone:
                ax.scatter(layer, y, s=420, marker="x", color=RED, zorder=3, linewidth=2.5)
            elif values is not None:
                text = f"{np.ravel(values[layer])[unit]:.2g}"
                ax.text(layer, y, text, ha="center", va="center", fontsize=11, zorder=4)
        if len(units) < sizes[layer]:
            ax.text(
                layer, (heights[-2] + heights[-1]) / 2, "⋮", ha="center", va="center", fontsize=20
            )
        kind = "input" if layer == 0 else "unit" if layer < len(sizes) - 1 else "output"
        text = names[layer] if names else f"{sizes[layer]} {kind}{'s' * (sizes[layer] != 1)}"
        text += "\nfrozen" if layer in frozen else ""
        ax.text(layer, -0.9 - tallest / 2, text, ha="center", va="top")
    ax.set(xlim=(-0.5, len(sizes) - 0.5), ylim=(-2.2 - tallest / 2, 0.5 + tallest / 2))
    ax.axis("off")
    return ax


def passes(
    model: keras.Model | list[int], values: list[ArrayLike], slopes: list[ArrayLike]
) -> np.ndarray:
    """Draw a small network twice: with the values of a forward pass, and with the slopes of the backward pass.

    Parameters
    ----------
    model : keras.Model of Dense layers, or list of int
        As for :func:`network`.
    values, slopes : list of arrays
        A number for each unit, layer by layer, from the inputs to the outputs.

    Returns
    -------
    array of two Axes
    """
    sizes = _sizes(model)[0]
    size = max(10, 4.2 * len(sizes)), max(3.5, 0.62 * max(sizes) + 1.8)
    axes = plt.subplots(1, 2, figsize=size)[1]
    titles = [
        "forward: values \N{RIGHTWARDS ARROW}",
        "\N{LEFTWARDS ARROW} backward: slopes of the loss",
    ]
    for ax, numbers, title in zip(axes, (values, slopes), titles):
        shown = [np.add(part, 0.0) for part in numbers]  # which makes 0 of -0.0
        network(model, values=shown, ax=ax).set_title(title)
    return axes


def _sizes(model: keras.Model | list[int]) -> tuple[list[int], list[np.ndarray | None]]:
    """Return the numbers of units of a network, and its kernels (None where there are no weights)."""
    if isinstance(model, (list, tuple)):
        return list(model), [None] * (len(model) - 1)
    require_model(model, "model")
    kernels = [layer.get_weights()[0] for layer in model.layers if layer.get_weights()]
    sizes = [kernel.shape[0] for kernel in kernels[:1]] + [kernel.shape[-1] for kernel in kernels]
    if not kernels or any(k.ndim != 2 or k.shape[0] != n for k, n in zip(kernels, sizes)):
        raise ValueError("Only networks of Dense layers, one after the other, can be drawn.")
    return sizes, kernels


def _places(units: list[int], size: int) -> np.ndarray:
    """Return the heights at which the units of a layer stand, from top to bottom, with room for dots."""
    heights = np.arange(len(units), dtype=float)
    heights[-1] += 0.6 if len(units) < size else 0
    return heights.max() / 2 - heights


def _line(weight: float) -> dict[str, Any]:
    """Return how a weight is drawn, from -1 to 1; 0 stands for one that nobody knows."""
    if not weight:
        return {"color": "0.6", "linewidth": 1, "linestyle": "-"}
    color, style = (BLUE, "-") if weight > 0 else (ORANGE, "--")
    return {"color": color, "linewidth": 0.4 + 3.6 * abs(weight), "linestyle": style}


def descent(
    loss: Callable[[float, float], float],
    paths: dict[str, ArrayLike],
    *,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    ax: Axes | None = None,
) -> Axes:
    """Draw paths over the surface of a loss of two weights: dark is high, light is low.

    Parameters
    ----------
    loss : function of two floats
        The loss for these two weights.
    paths : dict of name to array of shape (steps + 1, 2)
        The weights before the first step and after each. A black cross marks where a path starts, a large symbol
        where it ends; small ones mark its steps if there are no more than 100.
    xlim, ylim : tuple of two float
        Which part of the surface is drawn; what lies outside is cut off.
    ax : Axes, optional
    """
    ax = _axes(ax)
    first, second = np.meshgrid(np.linspace(*xlim, 80), np.linspace(*ylim, 80))
    height = np.vectorize(loss)(first, second)
    levels = np.unique(np.quantile(height, np.linspace(0, 1, 14)))  # lines close to the bottom, too
    ax.contourf(first, second, height, levels=levels, norm=BoundaryNorm(levels, 256), cmap=HEIGHTS)
    ax.contour(first, second, height, levels=levels, colors="0.6", linewidths=0.6)
    colors = [BLUE, RED, GREEN, ORANGE, PURPLE, SKY]
    looks = zip(colors * len(paths), LINES * len(paths), MARKERS * len(paths))
    for (name, path), (color, line, marker) in zip(paths.items(), looks):
        x, y = np.asarray(path, dtype=float).T
        small: dict[str, Any] = {"marker": marker, "markersize": 4} if len(x) <= 101 else {}
        ax.plot(x, y, color=color, linestyle=line, linewidth=1.8, **small)
        ax.plot(x[:1], y[:1], "x", color="black", markersize=11, markeredgewidth=2.5, zorder=4)
        end: dict[str, Any] = {"marker": marker, "markersize": 12, "markeredgecolor": "black"}
        ax.plot(x[-1:], y[-1:], color=color, linestyle="none", **end, zorder=5, label=name)
    ax.set(xlim=xlim, ylim=ylim)
    ax.grid(False)
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)  # beside the surface
    return ax


def scatter_classes(X: ArrayLike, y: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Draw two-dimensional data: class 0 as blue circles, class 1 as orange triangles.

    Parameters
    ----------
    X : array of shape (n, 2)
    y : array of shape (n,) or (n, 1), of 0 and 1
    """
    ax = _axes(ax)
    for label, (colour, marker) in enumerate([(BLUE, "o"), (ORANGE, "^")]):
        x1, x2 = np.asarray(X)[np.ravel(y) == label].T
        ax.scatter(
            x1,
            x2,
            color=colour,
            marker=marker,
            s=45,
            edgecolor="black",
            linewidth=0.6,
            label=f"class {label}",
        )
    ax.set(xlabel="feature 1", ylabel="feature 2")
    return ax


def confusion_matrix(
    y: ArrayLike,
    probability: ArrayLike,
    *,
    threshold: float = 0.5,
    labels: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how many rows of each class were predicted as which, with the counts.

    Parameters
    ----------
    y, probability : array of shape (n,) or (n, 1)
        The labels 0 and 1, and the predicted probability of class 1; at least ``threshold`` counts as class 1.
    labels : sequence of two str, optional
        Names of the classes 0 and 1.
    """
    from sklearn.metrics import ConfusionMatrixDisplay

    predicted = np.ravel(probability) >= threshold
    display = ConfusionMatrixDisplay.from_predictions(
        np.ravel(y),
        predicted.astype(int),
        labels=[0, 1],
        display_labels=labels,
        ax=_axes(ax),
        cmap="Blues",
        colorbar=False,
    )
    display.ax_.set(xlabel="predicted class", ylabel="true class")
    display.ax_.grid(False)
    return display.ax_


def roc_curves(scores: dict[str, Any], *, ax: Axes | None = None) -> Axes:
    """Draw the ROC curve of each named set of rows, with its AUC and the line of guessing.

    Parameters
    ----------
    scores : dict of name to (y, probability)
        Each an array of shape (n,) or (n, 1).
    """
    from sklearn.metrics import RocCurveDisplay

    ax = _axes(ax)
    for (name, (y, probability)), line in zip(scores.items(), LINES * len(scores)):
        RocCurveDisplay.from_predictions(
            np.ravel(y), np.ravel(probability), name=name, ax=ax, curve_kwargs={"linestyle": line}
        )
    ax.plot([0, 1], [0, 1], color="grey", linestyle=":", label="guessing (AUC = 0.50)")
    ax.set(xlabel="false positive rate", ylabel="true positive rate", aspect="equal")
    ax.legend(loc="lower right")
    return ax


def weight_histogram(
    models: dict[str, keras.Model], *, ax: Axes | None = None, bins: int = 60
) -> Axes:
    """Draw the distribution of all kernel weights of each named model.

    Parameters
    ----------
    models : dict of name to keras.Model
        Biases and other one-dimensional weights are left out.
    """
    ax = _axes(ax)
    kernels = {}
    for name, model in models.items():
        weights = [w.ravel() for w in require_model(model, name).get_weights() if w.ndim > 1]
        if not weights:
            raise ValueError(
                f"The model {name!r} has no weights yet: train it, or build it with a `keras.Input`."
            )
        kernels[name] = np.concatenate(weights)
    limit = (
        max(np.quantile(np.abs(kernel), 0.995) for kernel in kernels.values()) or 1.0
    )  # all may be zero
    edges = np.linspace(-limit, limit, bins)
    for (name, kernel), line in zip(kernels.items(), LINES * len(kernels)):
        ax.hist(
            kernel, bins=edges.tolist(), histtype="step", linewidth=2.2, linestyle=line, label=name
        )
    ax.set(xlabel="weight", ylabel="number of weights")
    ax.legend()
    return ax


def comparison_table(results: dict[str, Any], digits: int = 3) -> pd.DataFrame:
    """Return the scores of several models as a frame for reading: one row per model.

    Parameters
    ----------
    results : dict of name to dict of numbers
        As from :func:`helpers.training.classification_scores`.
    """
    return pd.DataFrame.from_dict(results, orient="index").round(digits)


def slider(
    draw: Callable[[float], Any],
    *,
    name: str,
    start: float,
    low: float = 0.0,
    high: float = 1.0,
    step: float = 0.01,
) -> None:
    """Call ``draw(value)`` now, and in JupyterLab again whenever the slider above the figure is moved.

    Where nobody could move it (nbconvert, tests), there is only the figure for ``start``: a
    notebook that is run again then stores the same bytes, as it would not with a widget.

    Parameters
    ----------
    draw : function of one float
        Draws and shows a figure.
    name : str
        What the slider sets, written before it.
    start, low, high, step : float
    """
    from IPython import get_ipython
    from IPython.display import display

    request: dict[str, Any] = getattr(get_ipython(), "get_parent", dict)()
    if not request.get("content", {}).get("allow_stdin"):  # nobody is there to answer
        draw(start)
        return
    import ipywidgets

    control = ipywidgets.FloatSlider(
        start, min=low, max=high, step=step, description=name, layout={"width": "30em"}
    )
    display(control, ipywidgets.interactive_output(lambda value: draw(value), {"value": control}))
