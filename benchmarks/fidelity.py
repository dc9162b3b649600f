"""How faithful are the stand-ins? The same models on simulated and on real data.

    COURSE_DATA_DIR=... python benchmarks/fidelity.py          # all, about four minutes on 2 cores
    COURSE_DATA_DIR=... python benchmarks/fidelity.py credit   # one set, printed only

Writes benchmarks/fidelity.csv, the tables of docs/datasets.md and its figures, docs/data/*.png.
Needs the real files; `make data` fetches them.
"""

import os
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from scipy.stats import ks_2samp
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, r2_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

matplotlib.use("agg")
import matplotlib.pyplot as plt

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from helpers import data  # noqa: E402
from helpers.sources.measure import signed_log  # noqa: E402

RESULTS = ROOT / "benchmarks" / "fidelity.csv"


def housing_inputs(X):
    """Return logarithms of ratios and counts, as unit 11 uses them."""
    X = X.copy()
    logs = ["rooms_per_household", "people_per_household", "population", "households"]
    X[logs] = np.log(X[logs])
    return X


def credit_inputs(X):
    """Return amounts as signed logarithms, as unit 09 uses them."""
    money = [c for c in X if c.startswith(("limit", "bill", "paid"))]
    X = X.copy()
    X[money] = signed_log(X[money])
    return X


def same(X):
    return X


def pair(loader, inputs=same, test=None, **options):
    """Return train and test data of a loader; ``test`` replaces options for the test data."""
    X, y = loader(subset="train", as_frame=True, return_X_y=True, **options)
    X_test, y_test = loader(subset="test", as_frame=True, return_X_y=True, **options | (test or {}))
    return inputs(X), y, inputs(X_test), y_test


# name: (data set, what is measured, its data, how far simulated and real may differ)
TASKS = {
    "avila, new pages": ("avila", "accuracy", lambda: pair(data.load_avila, copyist="A"), 0.06),
    "avila, official split": (
        "avila",
        "accuracy",
        lambda: pair(data.load_avila, copyist="A", split="official"),
        0.03,
    ),
    "traffic, cyclic": ("traffic", "R2", lambda: pair(data.load_traffic), 0.02),
    "traffic, one-hot": (
        "traffic",
        "R2",
        lambda: pair(data.load_traffic, encoding="one-hot"),
        0.02,
    ),
    "traffic, ordinal": (
        "traffic",
        "R2",
        lambda: pair(data.load_traffic, encoding="ordinal"),
        0.02,
    ),
    "housing, south": (
        "housing",
        "R2",
        lambda: pair(data.load_housing, housing_inputs, market="south"),
        0.06,
    ),
    "housing, bay": (
        "housing",
        "R2",
        lambda: pair(data.load_housing, housing_inputs, market="bay"),
        0.06,
    ),
    "housing, south to bay": (
        "housing",
        "R2",
        lambda: pair(data.load_housing, housing_inputs, market="south", test={"market": "bay"}),
        0.06,
    ),
    "credit": ("credit", "AUC", lambda: pair(data.load_credit, credit_inputs), 0.03),
}
# Where a large network is trained on few rows, to see its validation loss rise.
OVERFITTING = ["avila, new pages", "credit", "housing, south", "traffic, one-hot"]
LOWEST_BOUND, LAST_BOUND = 1.25, 1.8  # factors between the losses on simulated and on real data
WHOLE = {
    "avila": lambda: data.load_avila(subset="all", as_frame=True, copyist="A"),
    "traffic": lambda: data.load_traffic(subset="all", as_frame=True, encoding="ordinal"),
    "housing": lambda: data.load_housing(subset="all", as_frame=True, market="south"),
    "credit": lambda: data.load_credit(subset="all", as_frame=True, protected=True),
}
# Avila's rows scatter with heavier tails about their page than the normal ones of the stand-in.
KS_BOUND = {"avila": 0.25, "traffic": 0.1, "housing": 0.1, "credit": 0.1}
CORRELATION_BOUND = 0.3


def within(task, figure, real, simulated):
    """Tell whether a figure of the stand-in is near enough to that of the real data."""
    if figure.endswith("lowest"):
        return 1 / LOWEST_BOUND <= simulated / real <= LOWEST_BOUND
    if figure.endswith("last"):
        return 1 / LAST_BOUND <= simulated / real <= LAST_BOUND
    return abs(simulated - real) <= TASKS[task][3]


def prepared(task):
    """Return scaled arrays of a task, clipped at 8 standard deviations, and whether it classifies."""
    X, y, X_test, y_test = TASKS[task][2]()
    scaler = StandardScaler().fit(X)
    X, X_test = (np.clip(scaler.transform(part), -8, 8) for part in (X, X_test))
    classify = TASKS[task][1] != "R2"
    if not classify:
        mean, std = y.mean(), y.std()
        y, y_test = (y - mean) / std, (y_test - mean) / std
    return X, y.to_numpy(), X_test, y_test.to_numpy(), classify


def network(widths, inputs, classify, dropout=0.0):
    import keras

    layers = [keras.Input((inputs,))]
    for width in widths:
        layers.append(keras.layers.Dense(width, activation="relu"))
        layers += [keras.layers.Dropout(dropout)] if dropout else []
    layers.append(keras.layers.Dense(1, activation="sigmoid" if classify else None))
    model = keras.Sequential(layers)
    model.compile("adam", "binary_crossentropy" if classify else "mse")
    return model


def score(task, y, prediction):
    return {
        "accuracy": lambda: accuracy_score(y, prediction > 0.5),
        "AUC": lambda: roc_auc_score(y, prediction),
        "R2": lambda: r2_score(y, prediction),
    }[TASKS[task][1]]()


def baselines(task):
    """Return what a linear model, a 64-64 network and boosted trees reach on the test rows."""
    import keras

    X, y, X_test, y_test, classify = prepared(task)
    if classify:

        def predict(model):
            return model.fit(X, y).predict_proba(X_test)[:, 1]
    else:

        def predict(model):
            return model.fit(X, y).predict(X_test)

    keras.utils.set_random_seed(0)
    small = network([64, 64], X.shape[1], classify)
    small.fit(X, y, epochs=30, batch_size=256, verbose=0)
    predictions = {
        "linear": predict(LogisticRegression(max_iter=1000) if classify else LinearRegression()),
        "network": small.predict(X_test, batch_size=4096, verbose=0).ravel(),
        "boosted trees": predict(
            (HistGradientBoostingClassifier if classify else HistGradientBoostingRegressor)(
                random_state=0
            )
        ),
    }
    return {
        name: float(score(task, y_test, prediction)) for name, prediction in predictions.items()
    }


def overfitting(task, rows=1000, epochs=40):
    """Return the validation losses of a 256-256-256 network on 1,000 rows, plain and with dropout."""
    import keras

    X, y, X_val, y_val, classify = prepared(task)
    rng = np.random.default_rng(0)
    train, val = rng.permutation(len(X))[:rows], rng.permutation(len(X_val))[:2000]
    curves = {}
    for name, dropout in [("plain", 0.0), ("dropout 0.5", 0.5)]:
        keras.utils.set_random_seed(0)
        model = network([256, 256, 256], X.shape[1], classify, dropout)
        history = model.fit(
            X[train],
            y[train],
            epochs=epochs,
            batch_size=32,
            verbose=0,
            validation_data=(X_val[val], y_val[val]),
            validation_batch_size=2000,
        )
        curves[name] = history.history["val_loss"]
    return curves


def using(source, function, *arguments):
    """Call a function while the loaders give ``simulated`` or ``real`` data."""
    before = os.environ.get("COURSE_DATA")
    os.environ["COURSE_DATA"] = source
    try:
        return function(*arguments)
    finally:
        os.environ.pop("COURSE_DATA")
        os.environ.update({} if before is None else {"COURSE_DATA": before})


def measure(task, source):
    """Return all figures of a task, on ``simulated`` or ``real`` data."""
    found = using(source, baselines, task)
    if task in OVERFITTING:
        for name, losses in using(source, overfitting, task).items():
            found |= {
                f"{name}: lowest": float(min(losses)),
                f"{name}: last": float(np.mean(losses[-5:])),
            }
    return found


def distances(name):
    """Return how far columns and correlations of a stand-in are from the real ones, at most and where."""
    real, simulated = (
        using(source, WHOLE[name]).frame.round(2) for source in ("real", "simulated")
    )
    ks = pd.Series({column: ks_2samp(real[column], simulated[column]).statistic for column in real})
    apart = (real.corr("spearman") - simulated.corr("spearman")).abs().stack()
    return {
        "rows": (len(real), len(simulated)),
        "target mean": (real.target.mean(), simulated.target.mean()),
        "columns": (ks.max(), ks.idxmax()),
        "correlations": (apart.max(), " and ".join(apart.idxmax())),
    }


def picture(name, task):
    """Draw real beside simulated data: columns, correlations, and how a network overfits them."""
    frames = {source: using(source, WHOLE[name]).frame for source in ("real", "simulated")}
    fig, axes = plt.subplots(2, 4, figsize=(15, 7), layout="constrained")
    for ax, (column, label) in zip(axes[0], SHOWN[name]):
        low, high = frames["real"][column].quantile([0.005, 0.995])
        bins = (
            np.linspace(low, high, 30)
            if frames["real"][column].nunique() > 24
            else np.arange(low, high + 2) - 0.5
        )
        ax.hist(frames["real"][column], bins, density=True, color="#bbbbbb", label="real")
        ax.hist(
            frames["simulated"][column],
            bins,
            density=True,
            histtype="step",
            linewidth=2,
            color="#0072b2",
            label="simulated",
        )
        ax.set(xlabel=label, ylabel="density")
        ax.xaxis.set_major_locator(plt.MaxNLocator(4))
    axes[0, 0].legend()
    for ax, (source, frame) in zip(axes[1], frames.items()):
        image = ax.imshow(frame.corr("spearman"), cmap="PuOr", vmin=-1, vmax=1)
        ax.set(
            title=f"rank correlations, {source}",
            xlabel="column (the last is the target)",
            ylabel="column",
        )
    fig.colorbar(image, ax=axes[1, 1], shrink=0.7)
    styles = {"plain": "-", "dropout 0.5": "--"}
    for ax, source in zip(axes[1, 2:], frames):
        for label, losses in using(source, overfitting, task).items():
            ax.plot(
                range(1, len(losses) + 1),
                losses,
                styles[label],
                label=label,
                color="#0072b2" if label == "plain" else "#d55e00",
            )
        ax.set(title=f"1,000 rows, {source}", xlabel="epoch", ylabel="validation loss")
        ax.legend()
    top = max(ax.get_ylim()[1] for ax in axes[1, 2:])
    [ax.set_ylim(0, top) for ax in axes[1, 2:]]
    fig.savefig(ROOT / "docs" / "data" / f"{name}.png", dpi=70)
    plt.close(fig)


SHOWN = {
    "avila": [
        ("lower_margin", "lower margin (standard deviations)"),
        ("modular_ratio", "modular ratio (standard deviations)"),
        ("peak_number", "peak number (standard deviations)"),
        ("target", "copyist A (1) or another (0)"),
    ],
    "traffic": [
        ("temperature", "temperature (degrees Celsius)"),
        ("clouds", "clouds (per cent)"),
        ("hour", "hour of the day"),
        ("target", "volume (vehicles an hour)"),
    ],
    "housing": [
        ("median_income", "median income (10,000 USD)"),
        ("rooms_per_household", "rooms per household"),
        ("people_per_household", "people per household"),
        ("target", "value (100,000 USD)"),
    ],
    "credit": [
        ("limit", "limit (NT$)"),
        ("bill_1", "bill in September (NT$)"),
        ("paid_1", "payment in September (NT$)"),
        ("status_1", "status in September (months of delay)"),
    ],
}


def tables(results):
    """Return the two tables of docs/datasets.md as Markdown, from the stored results."""
    lines = ["| data set, task | figure | real | simulated | bound |", "|---|---|---|---|---|"]
    for row in results[results.kind == "model"].itertuples():
        what = TASKS[row.task][1] if ":" not in row.figure else "loss"
        bound = (
            f"factor {LOWEST_BOUND if 'lowest' in row.figure else LAST_BOUND}"
            if what == "loss"
            else f"± {TASKS[row.task][3]}"
        )
        lines.append(
            f"| {row.task} | {row.figure}, {what} | {row.real:.3f} | {row.simulated:.3f} | {bound} |"
        )
    lines += [
        "",
        "| data set | rows, real and simulated | mean of the target | columns differ at most by | correlations at most by |",
        "|---|---|---|---|---|",
    ]
    for name, group in results[results.kind == "data"].groupby("task", sort=False):
        g = group.set_index("figure")
        lines.append(
            f"| {name} | {g.real['rows']:.0f}, {g.simulated['rows']:.0f} | {g.real['target mean']:.4g}, {g.simulated['target mean']:.4g} "
            f"| {g.real['columns']:.2f} ({g['where']['columns']}) | {g.real['correlations']:.2f} ({g['where']['correlations']}) |"
        )
    return "\n".join(lines)


def main():
    chosen = sys.argv[1:] or list(WHOLE)
    rows = []
    for task in TASKS:
        if TASKS[task][0] in chosen:
            real, simulated = measure(task, "real"), measure(task, "simulated")
            for figure in real:
                rows.append(("model", task, figure, real[figure], simulated[figure], ""))
                print(
                    f"{task:24}{figure:24}{real[figure]:8.3f}{simulated[figure]:8.3f}", flush=True
                )
    for name in chosen:
        for figure, (first, second) in distances(name).items():
            where = second if isinstance(second, str) else ""
            rows.append(("data", name, figure, first, np.nan if where else second, where))
            print(f"{name:24}{figure:24}{first} {second}")
        picture(name, next(task for task in OVERFITTING if TASKS[task][0] == name))
    if chosen == list(WHOLE):
        results = pd.DataFrame(
            rows, columns=["kind", "task", "figure", "real", "simulated", "where"]
        )
        results.to_csv(RESULTS, index=False, float_format="%.4f", lineterminator="\n")
        page = ROOT / "docs" / "datasets.md"
        before, rest = page.read_text().split("<!-- fidelity -->\n")
        after = rest.split("<!-- /fidelity -->")[1]
        page.write_text(
            f"{before}<!-- fidelity -->\n{tables(pd.read_csv(RESULTS))}\n<!-- /fidelity -->{after}"
        )


if __name__ == "__main__":
    main()
