"""Write the measured tables into the pages that show them: ``make pages``.

A table stands between ``<!-- table: ... -->`` and ``<!-- end -->``; the first names what prints it. Tests
compare, so a page whose measurements have changed since is noticed.
"""

import re
from pathlib import Path

import mutants
import thresholds

ROOT = Path(__file__).resolve().parents[1]
PLACE = re.compile(r"(<!-- table: (.+?) -->\n).*?(\n<!-- end -->)", re.DOTALL)


def table(command: str) -> str:
    """Return the table that a command prints, from what is stored."""
    program, *words = command.split()
    if program == "mutants":
        return mutants.table()
    return thresholds.table(words[0], thresholds.stored(words[0]))


def written(text: str) -> str:
    """Return a page with its tables as they are now."""
    return PLACE.sub(lambda place: place[1] + table(place[2]) + place[3], text)


if __name__ == "__main__":
    for path in [*ROOT.glob("docs/*.md"), *sorted(ROOT.glob("tests/units/*/*.md"))]:
        text = path.read_text(encoding="utf-8")
        if PLACE.search(text) and written(text) != text:
            path.write_text(written(text), encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
