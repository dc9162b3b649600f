"""Run notebooks on a Dask cluster: they travel as bytes, and only the head writes the gradebook."""

from contextlib import contextmanager

from .batch import Problem
from .run import run_notebook


@contextmanager
def connect(address: str, workers: int | None, console):
    """Give, for a ``with``, a function that runs a notebook on the cluster, and how many at once.

    Each worker process of the cluster starts a warm server of its own at its first notebook,
    and shuts notebooks into its own sandbox. A notebook whose worker is lost runs on another.
    """
    try:
        from distributed import Client
    except ImportError:
        raise Problem("Grading on a cluster needs dask.distributed: uv pip install distributed.") from None
    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise Problem(f"There is no Dask scheduler at {address} ({error}).") from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise Problem(f"The Dask scheduler at {address} has no workers yet. Start some: dask worker {address}")
        console.print(f"{len(client.nthreads())} workers, {threads} notebooks at once, at {address}")

        def run(*order):
            return client.submit(run_notebook, *order, pure=False, retries=3).result()

        yield run, workers or threads
