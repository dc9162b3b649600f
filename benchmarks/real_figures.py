"""Draw the figures that lessons show of the real data, beside those of the stand-ins.

    make data
    COURSE_DATA_DIR=datasets/real python benchmarks/real_figures.py 05    # or none: all lessons

Runs each lesson on the real files and writes the figure of the cell tagged ``real-figure`` to
``solutions/<unit>/real.png``. It takes as long as the lesson does.
"""

import base64
import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]


def real_figure(path: Path) -> bytes:
    """Return the tagged figure of a lesson, as it looks on the real data, as PNG."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": path.parent}}).execute()
    (cell,) = tagged(notebook)
    pages = [output.data["text/html"] for output in cell.outputs if "data" in output]
    (picture,) = re.findall(r'src="data:image/png;base64,([^"]+)"', "".join(pages))
    return base64.b64decode(picture)


def tagged(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if "real-figure" in cell.metadata.get("tags", [])]


if __name__ == "__main__":
    os.environ["COURSE_DATA"] = "real"
    for path in sorted(ROOT.glob("solutions/*/lesson.ipynb")):
        wanted = not sys.argv[1:] or path.parent.name.startswith(tuple(sys.argv[1:]))
        if wanted and tagged(nbformat.read(path, as_version=4)):
            path.with_name("real.png").write_bytes(real_figure(path))
            print(path.with_name("real.png").relative_to(ROOT))
