"""Fetch the real data sets, once, into ``datasets/real`` or ``COURSE_DATA_DIR``."""

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pooch
import requests
from tqdm import tqdm

from .real import REGISTRY, content, data_folder, find, pick, unpack

TIMEOUT = 30  # seconds without a byte


class ResumingDownloader:
    """Download to ``partial`` first, and resume from there after a broken connection.

    Pooch calls it with the address, the file to write and itself.
    """

    def __init__(self, partial: Path):
        self.partial = partial

    def __call__(self, url: str, output_file: str, _: Any) -> None:
        have = self.partial.stat().st_size if self.partial.is_file() else 0
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        with requests.get(url, stream=True, timeout=TIMEOUT, headers=headers) as reply:
            if reply.status_code == 416:  # nothing beyond what we have
                shutil.move(self.partial, output_file)
                return
            reply.raise_for_status()
            resumed = reply.status_code == 206
            size = int(reply.headers.get("Content-Length", 0)) + have * resumed
            with (
                open(self.partial, "ab" if resumed else "wb") as file,
                tqdm(
                    initial=have * resumed,
                    total=size or None,
                    unit="B",
                    unit_scale=True,
                    leave=False,
                ) as bar,
            ):
                for chunk in reply.iter_content(8192):
                    file.write(chunk)
                    bar.update(len(chunk))
            if size and self.partial.stat().st_size < size:
                raise requests.ConnectionError("the connection ended early")
        shutil.move(self.partial, output_file)


def fetch(names: Sequence[str] = ()) -> int:
    """Fetch data sets that are not there yet; return 0 if all are there in the end, else 1.

    Each is unpacked as its source packs it, and identified by the SHA-256 of its content. It is
    moved into place when all is well; otherwise nothing is left except, after a broken
    connection, a part to resume from.

    Raises
    ------
    ValueError
        For a name that is not in the registry.
    OSError
        If the folder cannot be made or written.
    """
    unknown = [name for name in names if name not in REGISTRY]
    if unknown:
        raise ValueError(
            f"There is no data set {', '.join(unknown)} to fetch. There are: {', '.join(REGISTRY)}."
        )
    chosen = os.environ.get("COURSE_DATA_DIR")
    folder = Path(chosen) if chosen else data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise OSError(
            f"Cannot write to {folder} ({error.strerror}). Set COURSE_DATA_DIR to a folder of your own."
        ) from error
    print(f"Real data go to {folder}")
    failed = [name for name in names or REGISTRY if not _fetch_one(name, folder)]
    if failed:
        print(
            f"\nNot fetched: {', '.join(failed)}. The simulated stand-ins work as before.",
            file=sys.stderr,
        )
        return 1
    print(
        "All there. The loaders use them from now on; COURSE_DATA=simulated brings the stand-ins back."
    )
    return 0


def _fetch_one(name: str, folder: Path) -> bool:
    entry = REGISTRY[name]
    if all(_is_there(name, table) for table in entry["tables"]):
        print(f"{name}: already there")
        return True
    print(
        f"{name}: {entry['title']}, {entry['megabytes']} MB, licence {entry['licence']}\n  {entry['source']}\n  {entry['url']}"
    )
    partial = folder / f".{name}.part"
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=f".{name}-") as scratch:
            pooch.get_logger().setLevel("ERROR")
            archive = pooch.retrieve(
                entry["url"],
                known_hash=None,
                fname="download",
                path=scratch,
                downloader=ResumingDownloader(partial),
            )
            files = unpack(Path(archive).read_bytes(), "download")
            tables = [found for table in entry["tables"] if (found := pick(files, table))]
            if len(tables) < len(entry["tables"]):
                raise ValueError(
                    "what came is not what was published (another SHA-256): "
                    f"{', '.join(f'{len(c)} bytes as {n}' for n, c in files.items())}."
                )
            for file, data in tables:
                (Path(scratch) / file).write_bytes(data)
            for file, _ in tables:
                os.replace(Path(scratch) / file, folder / file)
    except requests.RequestException as error:
        kept = partial.stat().st_size if partial.is_file() else 0
        advice = "Check your connection, then run the command again" + (
            f"; it goes on from the {kept / 1e6:.2f} MB that are here." if kept else "."
        )
        print(f"  failed: {_in_words(error)}. {advice}", file=sys.stderr)
        return False
    except ValueError as error:
        print(
            f"  failed: {error} Nothing was kept. Try again later; if it keeps failing, the source has changed: "
            f"put the published files into {folder} by hand, or use the stand-ins.",
            file=sys.stderr,
        )
        return False
    except OSError as error:
        partial.unlink(missing_ok=True)
        print(
            f"  failed: cannot write to {folder} ({error.strerror}). Make room, or set COURSE_DATA_DIR.",
            file=sys.stderr,
        )
        return False
    print(f"  done: {', '.join(file for file, _ in tables)}")
    return True


def _is_there(name: str, table: dict[str, str]) -> bool:
    try:
        return find(name, table) is not None and bool(content(name, table))
    except ValueError:  # damaged: fetch it again
        return False


def _in_words(error: requests.RequestException) -> str:
    if error.response is not None:
        return f"the server answered {error.response.status_code} {error.response.reason}"
    return (
        "the server did not answer in time"
        if isinstance(error, requests.Timeout)
        else "no connection, or it was cut off"
    )
