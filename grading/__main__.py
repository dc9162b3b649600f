"""Grade a class: ``python -m grading UNIT`` (or ``make grade UNIT=...``).

Exit status: 0 all graded; 1 nothing could be graded; 3 a person must look at some; 130 interrupted.
"""

import argparse
import contextlib
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from .names import printable, printable_lines
from .outcomes import IN_THE_TABLE, LOOK_AT

if TYPE_CHECKING:
    from .batch import Batch


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m grading", description="Grade all submissions of a unit."
    )
    parser.add_argument("unit", metavar="UNIT", help="for example 04-overfitting")
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="submissions at once; by default as many as there are cores",
    )
    parser.add_argument("--regrade", action="store_true", help="grade again what is already graded")
    parser.add_argument(
        "--unsafe", action="store_true", help="without a sandbox: submissions run with your rights"
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="run the notebooks on a Dask cluster, such as tcp://host:8786",
    )
    options = parser.parse_args(arguments)
    console, error = Console(), Console(stderr=True)
    if options.workers is not None and options.workers < 1:
        parser.error("--workers should be 1 or more")
    # jsonschema's, for a kind of address that no notebook holds: seconds to import.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    # Parallel by submissions, not within one.
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = "1"

    from .kernels import sandbox  # after the environment is set
    from .kernels.server import WarmServer

    reason = "" if options.unsafe or options.scheduler else sandbox.why_not()
    server = WarmServer() if sys.platform == "linux" and not (reason or options.scheduler) else None
    try:
        from . import batch, cluster, runner
        from .judge.court import ScriptError  # meanwhile: nbgrader takes seconds to import

        if reason:
            raise batch.Problem(
                f"{reason}\nSubmissions are programs by strangers. If you trust these, add --unsafe."
            )
        with contextlib.ExitStack() as stack:
            run, stop, workers = runner.run_notebook, runner.stop_all, options.workers
            if options.scheduler:
                run, stop, workers = stack.enter_context(
                    cluster.connect(options.scheduler, workers, console)
                )
            job = batch.Batch(
                batch.Course(Path.cwd()),
                options.unit,
                workers=workers,
                regrade=options.regrade,
                unsafe=options.unsafe,
                run=run,
                stop=stop,
            )
            if server:
                with console.status("Importing what the notebooks import ..."):
                    stack.enter_context(server)
            return grade(job, options, console)
    except (batch.Problem, ScriptError) as problem:
        error.print(f"[bold red]Not graded.[/] {escape(printable_lines(problem))}", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        error.print("\nStopped. What is finished is kept; the same command goes on from there.")
        return 130
    finally:
        if server:
            server.close()


def grade(job: "Batch", options: argparse.Namespace, console: Console) -> int:
    from . import batch

    if job.done:
        console.print(
            f"{len(job.done)} of {len(job.submissions)} are already graded (--regrade grades them again)."
        )
    if job.outdated:
        console.print(
            f"[yellow]{len(job.outdated)} of these with an earlier version of the unit.[/]"
        )
    if not job.submissions:
        raise batch.Problem(
            f"There is nothing under {job.course.folder('submitted')}/*/{job.unit}."
        )
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    results = list(job.done.values())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(job.unit, total=len(job.todo), rate="")
        for result in job.results():
            results.append(result)
            progress.advance(task)
            elapsed = progress.tasks[0].elapsed or 1
            progress.update(
                task, rate=f"{60 * progress.tasks[0].completed / elapsed:.0f} per minute"
            )
            if result.outcome in LOOK_AT:
                progress.print(
                    f"[yellow]{escape(printable(result.student))}: {result.outcome}[/] {escape(result.reason)}",
                    soft_wrap=True,
                )
    table = Table(
        "outcome", "submissions", "points, mean", title=f"{job.unit}: {len(results)} submissions"
    )
    for outcome in IN_THE_TABLE:
        its = [result for result in results if result.outcome == outcome]
        if its:
            mean = sum(result.score for result in its) / len(its)
            table.add_row(
                outcome, str(len(its)), f"{mean:.1f} of {its[0].points:g}" if its[0].points else ""
            )
    console.print(table)
    console.print(
        f"Every question: {job.write_table().relative_to(job.course.root)}", soft_wrap=True
    )
    waiting = Counter(name for result in results for name, _ in result.waiting)
    if waiting:
        names = ", ".join(f"{printable(name)} {count}" for name, count in waiting.items())
        console.print(f"To be graded by a person: {escape(names)}", soft_wrap=True)
    look = [result for result in results if result.outcome in LOOK_AT]
    if look:
        console.print(
            f"[bold yellow]{len(look)} to look at:[/] {escape(', '.join(printable(name) for name in sorted(r.student for r in look)))}",
            soft_wrap=True,
        )
    return 3 if look else 0


if __name__ == "__main__":
    sys.exit(main())
