"""Run notebooks on a Dask cluster: they travel as bytes, and only the head writes the gradebook."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from .batch import Problem
from .intake import Ungradable
from .runner import Executed, run_notebook, stop_all

if TYPE_CHECKING:
    from rich.console import Console

PATIENCE = 30  # seconds between two looks at whether there are workers


@contextmanager
def connect(
    address: str, workers: int | None, console: "Console"
) -> Iterator[tuple[Callable[..., Executed], Callable[[], None], int]]:
    """Give, for a ``with``: a function that runs a notebook on the cluster, one that ends all of ours, and how many at once.

    Each worker process of the cluster starts a warm server of its own at its first notebook,
    and shuts notebooks into its own sandbox. A notebook whose worker is lost runs on another.
    """
    try:
        from distributed import CancelledError, Client, KilledWorker
    except ImportError:
        raise Problem(
            "Grading on a cluster needs dask.distributed: uv pip install distributed."
        ) from None
    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise Problem(f"There is no Dask scheduler at {address} ({error}).") from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise Problem(
                f"The Dask scheduler at {address} has no workers yet. Start some: dask worker {address}"
            )
        try:
            client.run(exec, "import grading.runner")
        except ImportError as error:
            raise Problem(
                f"A worker at {address} can't import the course ({error}). Install it there as you did here."
            ) from None
        console.print(
            f"{len(client.nthreads())} workers, {threads} notebooks at once, at {address}"
        )
        running: set[Any] = set()

        def run(*order: Any) -> Executed:
            future = client.submit(run_notebook, *order, pure=False, retries=3)
            running.add(future)
            try:
                return result(future)
            finally:
                running.discard(future)

        def result(future: Any) -> Any:
            alone = 0
            while True:
                try:
                    return future.result(PATIENCE)
                except TimeoutError:  # it takes its time; or is nobody there?
                    if future.done():
                        raise
                    alone = 0 if client.nthreads() else alone + 1
                    if alone > 1:
                        raise Problem(
                            f"All workers at {address} are gone. Start some; the same command then goes on."
                        ) from None
                except KilledWorker:
                    raise Ungradable(
                        "Each worker of the cluster that ran this notebook was lost."
                    ) from None
                except (CancelledError, OSError):
                    if client.status == "running":
                        raise
                    raise Problem(
                        f"The Dask scheduler at {address} is gone. Start it; the same command then goes on."
                    ) from None

        def stop() -> None:
            with suppress(Exception):  # a cluster that is gone runs nothing
                client.cancel(list(running))
                client.run(stop_all)

        yield run, stop, workers or threads
