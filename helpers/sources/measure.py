"""Measure the statistics of the real data from which the stand-ins are drawn.

``python -m helpers.sources measure`` writes ``datasets/<name>/statistics.json``; it needs the real files.
Only summaries leave this module: quantiles, correlations, means and fitted coefficients,
of groups of rows that are large enough to say nothing about a single row.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import PolynomialFeatures

from . import real

# Where a column's distribution is sampled: dense in the tails, where outliers live.
PROBABILITIES = [0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1]
# Amounts of money need more: most are small and a few are huge.
FINE = [0, 0.001, 0.005, *np.arange(0.01, 0.995, 0.01).round(2).tolist(), 0.995, 0.999, 1]
# Copyists with fewer pages are described by mean and spread only.
FEW_PAGES = 15
# Those with at least this many have correlations of their own among the ten features.
MANY_PAGES = 50


def quantiles(column: pd.Series) -> list[float]:
    return np.quantile(column, PROBABILITIES).tolist()


def normal_scores(frame: pd.DataFrame) -> pd.DataFrame:
    """Return each column's ranks as the normal deviates that have these ranks."""
    return frame.rank().sub(0.5).div(len(frame)).apply(ndtri)


def measure_avila() -> dict[str, Any]:
    frame = real.read_avila()
    features = real.AVILA_FEATURES
    by_page = frame.groupby(["copyist", "page"])
    pages = by_page[features].mean().assign(rows=by_page.size()).reset_index(level="copyist")
    # A few pages have rows of a second copyist: they count for the first.
    pages = pages.sort_values("rows").groupby("page").tail(1).sort_index()
    copyists, scores = {}, []
    for copyist, rows in frame.groupby("copyist"):
        its = pages.loc[pages["copyist"] == copyist, features]
        summary = {"pages": len(its), "rows": len(rows), "mean": its.mean().tolist()}
        if len(its) >= FEW_PAGES:
            summary["quantiles"] = [quantiles(its[feature]) for feature in features]
            scores.append(normal_scores(its))
        if len(its) >= MANY_PAGES:
            summary["correlation"] = scores[-1].corr().to_numpy().tolist()
        copyists[copyist] = summary
    within = frame[features[5:]] - by_page[features[5:]].transform("mean")
    return {
        "copyists": copyists,
        "page_std": pages[features].std().tolist(),
        "page_correlation": pd.concat(scores).corr().to_numpy().tolist(),
        "row_covariance": (within.T @ within / (len(frame) - len(pages))).to_numpy().tolist(),
    }


def measure_traffic() -> dict[str, Any]:
    frame = real.read_traffic()
    hour, weekday, month = frame.time.dt.hour, frame.time.dt.day_of_week, frame.time.dt.month
    plain = frame.holiday == 0
    cell = frame.volume.groupby([frame.holiday, frame.time.dt.day_of_week.where(plain, 0), hour])
    mean, std = cell.transform("mean"), cell.transform("std")
    noise = (frame.volume - mean) / std
    follows = frame.time.diff() == pd.Timedelta(hours=1)
    year = 2 * np.pi * frame.time.dt.day_of_year / 365.25
    waves = pd.DataFrame(
        {
            "cos_year": np.cos(year),
            "sin_year": np.sin(year),
            "cos_day": np.cos(2 * np.pi * hour / 24),
            "sin_day": np.sin(2 * np.pi * hour / 24),
        }
    )
    climate = LinearRegression().fit(waves, frame.temperature)
    warmth = frame.temperature - climate.predict(waves)

    def next_to(series: pd.Series) -> float:  # correlation of an hour with the one before
        return float(np.corrcoef(series[follows], series.shift()[follows])[0, 1])

    table = frame.volume.groupby([weekday, hour])
    wet = frame.rain > 0
    return {
        "hours": len(frame),
        "holidays": sorted(frame.time[frame.holiday == 1].dt.strftime("%Y-%m-%d").unique()),
        "mean": frame.volume[plain]
        .groupby([weekday[plain], hour[plain]])
        .mean()
        .unstack()
        .to_numpy()
        .tolist(),
        "std": frame.volume[plain]
        .groupby([weekday[plain], hour[plain]])
        .std()
        .unstack()
        .to_numpy()
        .tolist(),
        "holiday_mean": frame.volume[~plain].groupby(hour[~plain]).mean().tolist(),
        "holiday_std": frame.volume[~plain].groupby(hour[~plain]).std().tolist(),
        "noise_correlation": next_to(noise),
        "noise_kurtosis": float(noise.kurt()),
        "month": noise.groupby(month).mean().tolist(),
        "most": int(table.max().max()),
        "climate": [float(climate.intercept_), *climate.coef_.tolist()],
        "warmth_std": float(warmth.std()),
        "warmth_correlation": next_to(warmth),
        "rain_share": wet.groupby(month).mean().tolist(),
        "rain": quantiles(frame.rain[wet]),
        "rain_stays": float(wet[follows & wet.shift(fill_value=False)].mean()),
        "snow_share": float((frame.snow > 0).mean()),
        "snow": quantiles(frame.snow[frame.snow > 0]),
        "clouds": {
            str(k): float(v) for k, v in frame.clouds.value_counts(normalize=True).head(12).items()
        },
        "clouds_stay": float((frame.clouds == frame.clouds.shift())[follows].mean()),
    }


HOUSING_INPUTS = [
    "median_income",
    "house_age",
    "rooms_per_household",
    "people_per_household",
    "bedrooms_per_room",
    "households",
]


def housing_inputs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the six inputs that are drawn, with ratios and counts as logarithms."""
    logs = frame[HOUSING_INPUTS].copy()
    logs[HOUSING_INPUTS[2:]] = np.log(logs[HOUSING_INPUTS[2:]])
    return logs


def housing_terms(logs: pd.DataFrame, mean: list[float], std: list[float]) -> np.ndarray:
    """Return the terms of the price: all products up to the third degree of scaled inputs."""
    z = ((logs - mean) / std).clip(-3, 3).to_numpy()
    return PolynomialFeatures(3, include_bias=False).fit_transform(z)


def measure_housing() -> dict[str, Any]:
    frame = real.read_housing()
    inputs = housing_inputs(frame)
    south = inputs[frame.market == "south"]
    found = {"mean": south.mean().tolist(), "std": south.std().tolist(), "markets": {}}
    for market in ("south", "bay"):
        rows = frame.market == market
        terms = housing_terms(inputs[rows], found["mean"], found["std"])
        price = np.log(frame.value[rows])
        free = frame.value[rows] < 5  # prices at the cap say only "more than this"
        model = LinearRegression().fit(terms[free], price[free])
        found["markets"][market] = {
            "rows": int(rows.sum()),
            "quantiles": [quantiles(inputs.loc[rows, column]) for column in HOUSING_INPUTS],
            "correlation": normal_scores(inputs[rows]).corr().to_numpy().tolist(),
            "price": [float(model.intercept_), *model.coef_.tolist()],
            "price_std": float(np.std(price[free] - model.predict(terms[free]))),
            "mean": float(frame.value[rows].mean()),
        }
    return found


def credit_terms(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what the chance of default is made of: delays, limits, payments and their products."""
    late = frame.status_1 >= 2
    used = (frame.bill_1 / frame.limit).clip(-0.5, 1.5)
    limit = np.log(frame.limit) - 11.7
    lates = sum(frame[f"status_{month}"] >= 2 for month in range(2, 7))
    terms = {
        "unused": frame.status_1 == -2,
        "duly": frame.status_1 == -1,
        "one": frame.status_1 == 1,
        "late": late,
        "very_late": frame.status_1 >= 3,
        "late_2": frame.status_2 >= 2,
        "late_3": frame.status_3 >= 2,
        "lates": lates,
        "often": lates >= 3,
        "limit": limit,
        "limit_squared": limit**2,
        "used": used,
        "used_squared": used**2,
        "late_used": late * used,
        "late_limit": late * limit,
        "late_lates": late * lates,
        "one_used": (frame.status_1 == 1) * used,
        "lates_used": lates * used,
        "owing": frame.bill_1 > 0,
        "education": frame.education.isin([1]),
        "other_education": ~frame.education.isin([1, 2, 3]),
        "male": frame.sex == 1,
        "married": frame.marriage == 1,
        "age": (frame.age - 35) / 10,
        "age_squared": ((frame.age - 35) / 10) ** 2,
    }
    for month in range(1, 7):
        terms[f"paid_{month}"] = np.log1p(frame[f"paid_{month}"]) / 10
        terms[f"paid_nothing_{month}"] = frame[f"paid_{month}"] == 0
    return pd.DataFrame(terms).astype(float)


def signed_log(amounts: Any) -> Any:
    """Return ``sign(x) log(1 + |x|)``, a logarithm that takes zero and debts."""
    return np.sign(amounts) * np.log1p(np.abs(amounts))


def measure_credit() -> dict[str, Any]:
    frame = real.read_credit()
    inputs = frame.drop(columns="default")
    amounts = [c for c in inputs if c in ("limit", "age") or c.startswith(("bill", "paid"))]
    model = LogisticRegression(C=1.0, max_iter=5000).fit(credit_terms(frame), frame.default)
    return {
        "rows": len(frame),
        "defaults": float(frame.default.mean()),
        "quantiles": {c: np.quantile(inputs[c], FINE).tolist() for c in amounts},
        "shares": {
            c: {
                str(k): float(v)
                for k, v in inputs[c].value_counts(normalize=True).sort_index().items()
            }
            for c in inputs
            if c not in amounts
        },
        "correlation": normal_scores(inputs).corr().to_numpy().tolist(),
        "chance": [float(model.intercept_[0]), *model.coef_[0].tolist()],
    }


def six_digits(value: Any) -> Any:
    """Round every number in nested lists and dictionaries to six digits."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: six_digits(each) for key, each in value.items()}
    return [six_digits(each) for each in value] if isinstance(value, list) else value


def rounded(summarise: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """Return a function that gives what another one measures, to six digits."""
    return lambda: six_digits(summarise())


ALL = {
    name: rounded(summarise)
    for name, summarise in [
        ("avila", measure_avila),
        ("traffic", measure_traffic),
        ("housing", measure_housing),
        ("credit", measure_credit),
    ]
}
