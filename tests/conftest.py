"""Where the tests find commands, and the warm server that runs their notebooks."""

import os
import sys
from pathlib import Path

import pytest

from grading.kernels import sandbox
from grading.kernels.server import WarmServer

# Commands of the environment (nbgrader, jupyter, alembic) are found by name, as after `make`.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
# Two workers on two cores: one thread each is fastest, and the numbers are the same.
os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1", OMP_NUM_THREADS="1")
# Tests run on the simulated data; those on the real files ask for them.
os.environ["COURSE_DATA"] = "simulated"
REAL = Path(
    os.environ.get("COURSE_DATA_DIR") or Path(__file__).resolve().parents[2] / "shared" / "datasets"
)


@pytest.fixture
def real_data(monkeypatch):
    """Make the loaders read the real files, and return their folder."""
    if not REAL.is_dir():
        pytest.skip(
            "the real data are not here: run `make data`, then set COURSE_DATA_DIR=datasets/real"
        )
    monkeypatch.setenv("COURSE_DATA", "real")
    monkeypatch.setenv("COURSE_DATA_DIR", str(REAL.resolve()))
    return REAL


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Return the folder of what is made once for all workers."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder


def pytest_addoption(parser):
    about = "Everything from its first cell to its last: grade each answer sheet with nbgrader, too, and compare; compare all outputs of notebooks."
    parser.addoption("--whole", action="store_true", help=about)


def pytest_collection_modifyitems(config, items):
    """Leave out what only --whole runs; tests that run no notebook come first."""
    if not config.getoption("--whole"):
        items[:] = [item for item in items if not item.get_closest_marker("whole")]
    items.sort(key=lambda item: item.get_closest_marker("runs") is not None)


def pytest_configure(config):
    """Give all kernels of this run one warm server; the workers find it in the environment."""
    if hasattr(config, "workerinput"):
        return
    reason = sandbox.why_not()
    if reason and os.environ.get("GOOD_FIT_NEEDS_SANDBOX"):
        pytest.exit(f"The sandbox is needed here, and can't be made. {reason}", returncode=1)
    cold = os.environ.get("GOOD_FIT_COLD") or config.option.markexpr == "not runs"
    if sys.platform == "linux" and not cold:
        config.add_cleanup(WarmServer(all_kernels=True).__enter__().close)


def pytest_terminal_summary(terminalreporter):
    if reason := sandbox.why_not():
        terminalreporter.write_line(f"THE SANDBOX WAS NOT TESTED. {reason}", red=True, bold=True)
