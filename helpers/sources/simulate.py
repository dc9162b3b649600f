"""Simulate the data sets: four stand-ins for real data, and two synthetic sets.

A stand-in is drawn from the summaries in ``datasets/<name>/statistics.json``, never from rows.
``python -m helpers.sources simulate`` writes all of them again, byte for byte. Most columns are drawn
with a Gaussian copula: normal deviates with the measured correlation become ranks, and ranks
become values of the measured distribution.
"""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from scipy.optimize import brentq
from scipy.special import expit, ndtr
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from .measure import FINE, HOUSING_INPUTS, PROBABILITIES, credit_terms, housing_terms, signed_log
from .real import AVILA_FEATURES, CREDIT_COLUMNS, FOLDER


def statistics(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / name / "statistics.json").read_text(encoding="utf-8"))


def ranks(rng: Generator, correlation: list[list[float]], n: int) -> np.ndarray:
    """Draw ``n`` rows of ranks between 0 and 1 whose normal deviates have this correlation."""
    return ndtr(rng.standard_normal((n, len(correlation))) @ np.linalg.cholesky(correlation).T)


AVILA_SEED = 6  # of eight tried, the one closest to the real data: 757 pages leave much to chance


def simulate_avila(seed: int = AVILA_SEED) -> pd.DataFrame:
    """Draw pages first, then the rows of each page, as the real patterns come from pages."""
    rng = np.random.default_rng(seed)
    found = statistics("avila")
    lower = np.linalg.cholesky(found["row_covariance"])
    parts = []
    for copyist, its in found["copyists"].items():
        u = ranks(rng, its.get("correlation", found["page_correlation"]), its["pages"])
        if "quantiles" in its:
            pages = np.column_stack(
                [np.interp(u[:, k], PROBABILITIES, q) for k, q in enumerate(its["quantiles"])]
            )
        else:
            z = rng.standard_normal((its["pages"], 10))
            pages = np.array(its["mean"]) + 0.5 * np.array(found["page_std"]) * z
        share = np.clip(rng.normal(27.6, 5.4, its["pages"]), 1, None)
        sizes = 1 + rng.multinomial(its["rows"] - its["pages"], share / share.sum())
        rows = np.repeat(pages, sizes, axis=0)
        rows[:, 5:] += rng.standard_normal((its["rows"], 5)) @ lower.T
        parts.append(
            pd.DataFrame(rows.round(3), columns=AVILA_FEATURES).assign(
                copyist=copyist,
                page=[f"{copyist}{page}" for page in np.repeat(np.arange(its["pages"]), sizes)],
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    number = rng.permutation(frame["page"].nunique())
    frame["page"] = number[pd.factorize(frame["page"])[0]]
    frame["part"] = rng.permutation(np.resize(["test", "train"], len(frame)))
    return frame.sort_values("page", kind="stable").reset_index(drop=True)


TRAFFIC_TAILS = 4  # degrees of freedom: real residuals have heavy tails
TRAFFIC_NOISE = 0.93  # the rest of the residual's spread comes from months and weather


def simulate_traffic() -> pd.DataFrame:
    """Draw the weather, then traffic as a weekly profile with noise that lasts for hours."""
    rng = np.random.default_rng(2012)
    found = statistics("traffic")
    time = pd.Series(pd.date_range("2012-10-02 09:00", "2018-09-30 23:00", freq="h"))
    n, hour, month = len(time), time.dt.hour.to_numpy(), time.dt.month.to_numpy() - 1
    holiday = time.dt.strftime("%Y-%m-%d").isin(found["holidays"]).to_numpy()

    year, day = 2 * np.pi * time.dt.day_of_year.to_numpy() / 365.25, 2 * np.pi * hour / 24
    waves = np.column_stack([np.ones(n), np.cos(year), np.sin(year), np.cos(day), np.sin(day)])
    warmth = _lasting(rng.standard_normal(n), found["warmth_correlation"])
    temperature = waves @ found["climate"] + found["warmth_std"] * warmth

    wet = _spells(rng, np.array(found["rain_share"])[month], found["rain_stays"])
    rain = np.where(wet, np.interp(rng.random(n), PROBABILITIES, found["rain"]), 0)
    snows = (rng.random(n) < found["snow_share"] / np.mean(temperature < 0)) & (temperature < 0)
    snow = np.where(snows, np.interp(rng.random(n), PROBABILITIES, found["snow"]), 0)
    shares = np.array(list(found["clouds"].values()))
    sky = rng.choice([int(c) for c in found["clouds"]], n, p=shares / shares.sum())
    # A new sky is drawn now and then; it may be the same again.
    fresh = rng.random(n) < (1 - found["clouds_stay"]) / (1 - np.sum((shares / shares.sum()) ** 2))
    clouds = pd.Series(sky).where(fresh | (np.arange(n) == 0)).ffill().astype(int)

    weekday = time.dt.day_of_week.to_numpy()
    mean = np.where(
        holiday, np.array(found["holiday_mean"])[hour], np.array(found["mean"])[weekday, hour]
    )
    std = np.where(
        holiday, np.array(found["holiday_std"])[hour], np.array(found["std"])[weekday, hour]
    )
    shocks = rng.standard_t(TRAFFIC_TAILS, n) / np.sqrt(TRAFFIC_TAILS / (TRAFFIC_TAILS - 2))
    noise = np.array(found["month"])[month] + TRAFFIC_NOISE * _lasting(
        shocks, found["noise_correlation"]
    )
    volume = np.clip(mean + std * noise, 0, found["most"]).round().astype(int)

    gap = time.between("2014-08-08", "2015-06-11")
    kept = np.sort(rng.choice(np.flatnonzero(~gap), found["hours"], replace=False))
    return (
        pd.DataFrame(
            {
                "time": time,
                "holiday": holiday.astype(int),
                "temperature": temperature.round(1),
                "rain": rain.round(2),
                "snow": snow.round(2),
                "clouds": clouds,
                "volume": volume,
            }
        )
        .iloc[kept]
        .reset_index(drop=True)
    )


def _lasting(shocks: np.ndarray, correlation: float) -> np.ndarray:
    """Return a series of unit variance in which each value resembles the one before (AR(1))."""
    series = shocks.copy()
    for t in range(1, len(series)):
        series[t] = correlation * series[t - 1] + np.sqrt(1 - correlation**2) * shocks[t]
    return series


def _spells(rng: Generator, share: np.ndarray, stays: float) -> np.ndarray:
    """Return a state that is on for a given share of the time and, once on, stays with a chance."""
    u, on = rng.random(len(share)), np.zeros(len(share), bool)
    for t in range(1, len(share)):
        begins = share[t] * (1 - stays) / (1 - share[t])
        on[t] = u[t] < (stays if on[t - 1] else begins)
    return on


# A copula loses some of what ties price to inputs; with less noise, models reach what they reach on real data.
HOUSING_NOISE = {"south": 0.82, "bay": 0.84}


def simulate_housing(seed: int = 1990) -> pd.DataFrame:
    """Draw block groups of two markets, then prices by a polynomial of the logarithms."""
    rng = np.random.default_rng(seed)
    found = statistics("housing")
    markets = []
    for market, its in found["markets"].items():
        u = ranks(rng, its["correlation"], its["rows"])
        logs = pd.DataFrame(
            {
                column: np.interp(u[:, k], PROBABILITIES, its["quantiles"][k])
                for k, column in enumerate(HOUSING_INPUTS)
            }
        )
        terms = housing_terms(logs, found["mean"], found["std"])
        price = (
            its["price"][0]
            + terms @ its["price"][1:]
            + HOUSING_NOISE[market] * its["price_std"] * rng.standard_normal(len(logs))
        )
        frame = logs.copy()
        frame[HOUSING_INPUTS[2:]] = np.exp(logs[HOUSING_INPUTS[2:]])
        frame["house_age"] = frame["house_age"].round()
        frame["households"] = frame["households"].round().clip(1)
        frame["population"] = (frame["households"] * frame["people_per_household"]).round().clip(3)
        frame["bedrooms_per_room"] = frame["bedrooms_per_room"].clip(0.1, 1)

        def values(shift: float, price: np.ndarray = price) -> np.ndarray:
            return np.exp(price + shift).clip(0.14999, 5.00001)

        frame["value"] = _with_mean(values, its["mean"])
        markets.append(frame.assign(market=market))
    columns = [
        "median_income",
        "house_age",
        "rooms_per_household",
        "bedrooms_per_room",
        "people_per_household",
        "population",
        "households",
        "value",
        "market",
    ]
    frame = pd.concat(markets, ignore_index=True)[columns].round(
        dict.fromkeys(columns[:5], 3) | {"value": 5}
    )
    return frame.astype({"house_age": int, "population": int, "households": int})


# For the same reason, chances are spread a little more than measured.
CREDIT_SHARPNESS = 1.18


def simulate_credit(seed: int = 2005) -> pd.DataFrame:
    """Draw clients by one copula, then whether they default by a logistic chance."""
    rng = np.random.default_rng(seed)
    found = statistics("credit")
    inputs = CREDIT_COLUMNS[:-1]
    u = ranks(rng, found["correlation"], found["rows"])
    frame = pd.DataFrame(index=range(found["rows"]))
    for k, column in enumerate(inputs):
        if column in found["shares"]:
            codes = np.array([int(code) for code in found["shares"][column]])
            edges = np.cumsum(list(found["shares"][column].values()))[:-1]
            frame[column] = codes[np.searchsorted(edges, u[:, k])]
        else:
            grid = found["quantiles"][column]
            drawn = np.interp(u[:, k], FINE, signed_log(np.array(grid)))
            frame[column] = np.sign(drawn) * np.expm1(np.abs(drawn))
    frame["limit"] = frame["limit"].round(-4)
    frame["age"] = frame["age"].round()
    for column in inputs:
        if column.startswith(("bill", "paid")):
            frame[column] = three_digits(frame[column])
    chance = found["chance"][0] + credit_terms(frame).to_numpy() @ found["chance"][1:]
    chance = _with_mean(lambda shift: expit(CREDIT_SHARPNESS * (chance + shift)), found["defaults"])
    frame["default"] = rng.random(len(frame)) < chance
    return frame.astype(int)


def _with_mean(values: Callable[[float], Any], mean: float) -> np.ndarray:
    """Return ``values(shift)`` for the shift that gives it this mean."""
    return values(brentq(lambda shift: values(shift).mean() - mean, -2, 2))


def three_digits(amounts: pd.Series) -> pd.Series:
    """Round to three leading digits."""
    scale = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(amounts.abs(), 1))) - 2, 0)
    return (amounts / scale).round() * scale


TREES_SEED = 1  # of 40 tried: a linear model errs in one tree of six, a network in one of twenty


def simulate_trees() -> pd.DataFrame:
    """Draw trees of two kinds, each a mixture of two groups, and the exact chance of each kind.

    The design is that of ``sklearn.datasets.make_classification`` (Guyon, 2003, "Design of
    experiments of the NIPS 2003 variable selection benchmark"): seven informative measurements,
    two that are sums of them, one of pure noise. Drawn here because the mixture gives the exact
    posterior, and so the noise floor.
    """
    rng = np.random.default_rng(TREES_SEED)
    n, flipped = 10_000, 0.01
    corners = rng.permutation(2**7)[:4]
    centres = 2.0 * ((corners[:, None] >> np.arange(7)) & 1) - 1
    spreads = rng.uniform(-1, 1, (4, 7, 7))
    shares = np.array([0.35, 0.35, 0.15, 0.15])  # the last two groups are deciduous
    group = rng.choice(4, n, p=shares)
    z = rng.standard_normal((n, 7))
    x = centres[group] + np.einsum("ni,nij->nj", z, spreads[group])
    density = np.stack(
        [share * _normal_density(x, c, a) for share, c, a in zip(shares, centres, spreads)]
    )
    deciduous = density[2:].sum(axis=0) / density.sum(axis=0)
    chance = flipped / 2 + (1 - flipped) * deciduous
    kind = np.where(rng.random(n) < flipped, rng.integers(0, 2, n), group >= 2)
    sums = x @ rng.uniform(-1, 1, (7, 2))
    measurements = np.column_stack([x, sums, rng.standard_normal(n)])[:, rng.permutation(10)]
    frame = pd.DataFrame(measurements.round(3), columns=[f"measurement_{k}" for k in range(1, 11)])
    return frame.assign(kind=kind, chance=chance.round(4))


def _normal_density(x: np.ndarray, centre: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Return the density of ``centre + z @ spread`` at x, up to a constant factor."""
    z = np.linalg.solve(spread.T, (x - centre).T)
    return np.exp(-0.5 * np.sum(z**2, axis=0)) / np.abs(np.linalg.det(spread))


def simulate_bank(seed: int = 1) -> pd.DataFrame:
    """Draw customers of a bank, and how many transactions each makes next year.

    The number of children and of accounts interact: in a family with many accounts, each child
    adds transactions; with a single account it does not. Age has a hump. A count is
    Poisson-distributed about its expected value, so the noise floor is known.
    """
    rng = np.random.default_rng(seed)
    n = 10_000
    age = rng.integers(18, 86, n)
    children = rng.binomial(5, np.where(age < 25, 0.06, np.where(age < 60, 0.36, 0.2)))
    accounts = 1 + rng.binomial(5, 0.35, n)
    retired = (age >= 65).astype(int)
    years = np.minimum(rng.gamma(2, 5, n), age - 16).round().astype(int)
    salary = np.where(retired, 0.6, 1.0) * rng.lognormal(1.0, 0.4, n)
    balance = rng.gamma(1.2, 6, n) + 0.4 * years
    online = (rng.random(n) < expit((50 - age) / 12)).astype(int)
    expected = (
        6
        + 1.2 * accounts
        + 2.4 * children * (accounts - 2.5)
        + 5 * np.exp(-(((age - 42) / 14) ** 2))
        + 1.5 * salary * (1 - 0.5 * retired)
        + 2 * online * (accounts > 2)
    )
    expected = np.log1p(np.exp(expected))  # a smooth way to stay above zero
    return pd.DataFrame(
        {
            "age": age,
            "children": children,
            "accounts": accounts,
            "years": years,
            "salary": salary.round(2),
            "balance": balance.round(1),
            "retired": retired,
            "online": online,
            "transactions": rng.poisson(expected),
            "expected": expected.round(3),
        }
    )


def make_biopsies() -> pd.DataFrame:
    """Return which biopsy belongs to which subset, and the label as it was typed.

    The 200 training rows are a stratified draw; 20 of them get the other label.
    Columns: ``row`` (0 to 568, in scikit-learn's breast cancer data), ``subset``
    (``train`` or ``validation``), ``typed`` (0 malignant, 1 benign).
    """
    truth = load_breast_cancer().target
    train, validation = train_test_split(
        np.arange(truth.size), train_size=200, stratify=truth, random_state=0
    )
    typed = truth.copy()
    mistyped = train[np.random.default_rng(0).permutation(train.size)[:20]]
    typed[mistyped] = 1 - typed[mistyped]
    row = np.concatenate([train, validation])
    subset = ["train"] * train.size + ["validation"] * validation.size
    return pd.DataFrame({"row": row, "subset": subset, "typed": typed[row]})


ALL: dict[str, Callable[..., pd.DataFrame]] = {
    "avila": simulate_avila,
    "traffic": simulate_traffic,
    "housing": simulate_housing,
    "credit": simulate_credit,
    "trees": simulate_trees,
    "bank": simulate_bank,
}
