"""What single units promise beyond their checks."""

import joblib
import numpy as np
import pytest
from distributed import Client, LocalCluster

from tests.units import ROOT, read

pytestmark = pytest.mark.runs


def space(unit, *names):
    """Return the names that these code cells of a lesson define."""
    cells = {
        cell.id: cell.source for cell in read(ROOT / "solutions" / unit / "lesson.ipynb").cells
    }
    found = {"__name__": "__main__"}
    for name in names:
        exec(cells[name], found)
    return found


def test_lesson_12_searches_networks_on_a_cluster():
    """Two lines round the search, as in the lesson, on a cluster of two other processes."""
    lesson = space(
        "12-validation-and-tuning", "setup", "imports", "avila", "avila-rows", "build", "wrap"
    )
    X, y = lesson["X"][:300], lesson["y"][:300]
    search = lesson["model_selection"].GridSearchCV(
        lesson["pipeline"].set_params(network__epochs=2),
        {"network__model__l2": [0.0, 0.001]},
        cv=2,
        refit=False,
    )
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        with joblib.parallel_config(backend="dask"):
            search.fit(X, y)
        trained_there = client.run(lambda: "keras" in __import__("sys").modules)
    assert any(trained_there.values()), "the networks were trained here, not on the workers"
    scores = search.cv_results_["mean_test_score"]
    assert scores.shape == (2,) and np.isfinite(scores).all() and (scores > 0.3).all()
