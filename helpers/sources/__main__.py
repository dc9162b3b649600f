"""Make the data files of the course: ``python -m helpers.sources simulate``, ``fetch`` or ``measure``."""

import argparse
import gzip
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from . import fetch, measure, real, simulate


def compressed(frame: pd.DataFrame) -> bytes:
    """Return a frame as a gzipped table, without time or name, so that equal data are equal bytes."""
    text = frame.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d %H:%M")
    return gzip.compress(text.encode(), 9, mtime=0)


def write_simulated(folder: Path = real.FOLDER) -> None:
    """Write every simulated file under ``folder``."""
    files = {f"{name}/simulated.csv.gz": compressed(make()) for name, make in simulate.ALL.items()}
    files["biopsies/labels.csv"] = (
        simulate.make_biopsies().to_csv(index=False, lineterminator="\n").encode()
    )
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        print(f"wrote {name}, {len(content) / 1000:.0f} kB")


def write_statistics(folder: Path = real.FOLDER) -> None:
    """Write the summaries of the real data from which the stand-ins are drawn."""
    for name, summarise in measure.ALL.items():
        path = folder / name / "statistics.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in summarise().items()]
        path.write_text("{" + ",\n ".join(lines) + "}\n", encoding="utf-8")
        print(f"wrote {name}/statistics.json")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.sources", description=__doc__.split(":")[0] + "."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("simulate", help="write the simulated files again, byte for byte")
    commands.add_parser("measure", help="measure the real data's statistics; needs the real files")
    fetching = commands.add_parser("fetch", help="fetch the real data")
    fetching.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"which of {', '.join(real.REGISTRY)}; by default all",
    )
    options = parser.parse_args(arguments)
    try:
        if options.command == "simulate":
            write_simulated()
        elif options.command == "measure":
            write_statistics()
        else:
            return fetch.fetch(options.names)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the command again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
