"""Pages that show a submission, in Formgrader and in feedback: nothing of it runs, nothing is fetched, all is to be read."""

import base64
import hashlib
import json
import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import handlers

from grading import bounded, pages, steps
from grading.pages import clean, cleaned, page
from grading.runner import Executed
from tests.test_grading import RIGHT, UNIT, cell_named, course, grade, released, sheet, submit  # noqa: F401  (fixtures)
from tests.test_intake import PNG, graded
from tests.units import api, config

pytestmark = pytest.mark.runs

GO = "window.PWNED=document.domain"
ALLOWED = re.compile(
    r"https?://|mailto:|data:image/(png|jpeg|gif|webp);base64,|#|[\w /-]+\.(png|jpg)$"
)


def live(markup: str) -> list:
    """Return what a browser would run or fetch of markup, with its own eyes: tags, attributes, addresses."""
    found = []
    for tag in BeautifulSoup(markup, "html.parser").find_all(True):
        if tag.name in {
            "script",
            "iframe",
            "object",
            "embed",
            "svg",
            "math",
            "link",
            "meta",
            "base",
            "form",
            "input",
            "style",
            "button",
        }:
            found.append(tag.name)
        for name, value in tag.attrs.items():
            if (
                (name == "style" and not value.startswith("text-align"))
                or name.startswith("on")
                or name in ("srcset", "srcdoc", "formaction", "id", "name")
            ):
                found.append(f"{tag.name} {name}")
            if name in ("href", "src") and not ALLOWED.match(value):
                found.append(f"{name}={value}")
            if name == "src" and re.match(r"https?:", value):
                found.append(f"{name}={value}")
    return found


MARKUP = [
    f"<script>{GO}</script>",
    f"<b onclick='{GO}'>b</b>",
    f"<img src=x onerror={GO}>",
    f'<img src="x.png" onerror="{GO}">',
    f"<svg onload={GO}><circle/></svg>",
    f"<svg/onload={GO}>",
    f"<iframe srcdoc='<script>{GO}</script>'></iframe>",
    f'<a href="javascript:{GO}">a</a>',
    f'<a href=" &#106;ava\tscript:{GO}">a</a>',
    f'<a href="JaVaScRiPt&colon;{GO}">a</a>',
    f'<a href="data:text/html,<script>{GO}</script>">a</a>',
    f'<a href="vbscript:{GO}">a</a>',
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={GO}&gt;'>",
    f"<details open ontoggle={GO}>",
    "<style>*{background:url(//x)}</style>",
    '<img src="https://example.org/track.png">',
    '<img src="/logout">',
    '<img src="//example.org/a.png">',
    '<img src="../../../a.png">',
    '<a href="/formgrader?path=/tmp">a</a>',
    '<a href="http://localhost:8888/formgrader?path=/tmp">a</a>',
    '<div id="written" class="score btn mark-graded" style="position:fixed" data-link="x">a</div>',
    f"<form action=/api><input onfocus={GO} autofocus></form>",
    "<base href=//example.org/>",
    f"<meta http-equiv=refresh content='0;url=javascript:{GO}'>",
    f"<a href='x' title='\"><img src=x onerror={GO}>'>a</a>",
    f"<scr<script>ipt>{GO}</scr</script>ipt>",
    f"<img src='x' alt='`onerror={GO}'>",
    '<img src="data:image/svg+xml;base64,AAAA">',
]
MARKDOWN = [
    f"[x](javascript:{GO})",
    f"[x](<javascript:{GO}>)",
    f"[x]( JAVA&Tab;SCRIPT:{GO} )",
    f"[x](&#x6A;avascript:{GO})",
    f"[x][1]\n\n[1]: javascript:{GO}",
    "[x]\n\n[x]: <data:text/html;base64,PHNjcmlwdD4=>",
    f"<javascript:{GO}>",
    f"![x](javascript:{GO})",
    "![x](https://example.org/a.png)",
    "![x](/logout)",
    f'![x"onerror="{GO}](a.png)',
    f'![x](a.png "\\"onerror={GO}")',
    f"[x](vbscript:{GO})",
    "[x](data:text/html,hi)",
    "[x](/formgrader?path=/tmp)",
    "[x](evil.html)",
    f'[x](https://example.org/"onclick="{GO})',
    f"$<img src=x onerror={GO}>$",
    f"\\begin{{a}}<img src=x onerror={GO}>\\end{{a}}",
    f"```html\n</code></pre><img src=x onerror={GO}>\n```",
    f"```mermaid\n<img src=x onerror={GO}>\n```",
    f'```"><img src=x onerror={GO}>\nx\n```',
    f"|a|\n|-|\n|<img src=x onerror={GO}>|",
    f"# <img src=x onerror={GO}>",
    f"- [ ] <img src=x onerror={GO}>",
]


@pytest.mark.parametrize("text", MARKUP + MARKDOWN)
def test_nothing_lives_in_a_text(text):
    assert live(page(text)) == [] and live(clean(text)) == []
    assert live(page(pages.text(text))) == []


def test_what_honest_texts_hold_stays():
    text = (
        "# Why\n\nI find `x < 3`, a < b & c, *this*, **that** and $\\hat y = a<b$.\n\n| a | b |\n|:-|-:|\n| 1 | 2 |\n\n> quoted\n\n1. one\n   - two\n\n"
        "```python\nprint(1 < 2)\n```\n\n<b>bold</b> <sub>2</sub><br>[a link](https://keras.io/api/ 'Keras'), <a@b.ch>\n\n![mine](figures/my%20sketch.png)"
    )
    assert pages.text(text) == text
    found = page(text)
    for part in (
        "<h1>Why</h1>",
        "<code>x &lt; 3</code>",
        "a &lt; b &amp; c",
        "<em>this</em>",
        "$\\hat y = a&lt;b$",
        '<td style="text-align:left"',
        "<blockquote>",
        "<li>two</li>",
        '<span class="mi">1</span>',
        "<b>bold</b> <sub>2</sub><br>",
        '<a href="https://keras.io/api/"',
        'href="mailto:a@b.ch"',
        'src="figures/my%20sketch.png"',
    ):
        assert part in found, part
    table = "<table class='dataframe' border='1'><thead><tr><th>a</th></tr></thead><tbody><tr><td colspan=2>1</td></tr></tbody></table>"
    assert clean(table).startswith(
        '<table class="dataframe"><thead><tr><th>a</th>'
    ) and 'colspan="2"' in clean(table)


def outputs(*given, kind="display_data"):
    """Return the outputs that a page shows of these."""
    nb = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {
                "cell_type": "code",
                "id": "a",
                "source": "",
                "metadata": {},
                "execution_count": 1,
                "outputs": [{"output_type": kind} | one for one in given],
            }
        ],
    }
    return json.loads(cleaned(json.dumps(nb)))["cells"][0]["outputs"]


def test_of_a_pictures_metadata_sizes_and_words_stay():
    """The size is written into the page as an attribute without quotes."""
    evil = {
        "width": f"1 onerror={GO}",
        "height": "5;",
        "alt": 'a "b"\n',
        "filenames": {"image/png": "https://x"},
        "isolated": True,
        "class": "x",
    }
    for metadata in (evil, {"image/png": evil}):
        (found,) = outputs({"data": {"image/png": PNG}, "metadata": metadata})
        assert found["data"] == {"image/png": PNG} and json.dumps(found["metadata"]) in (
            '{"alt": "a \\"b\\""}',
            '{"image/png": {"alt": "a \\"b\\""}}',
        )
    (found,) = outputs(
        {"data": {"image/jpeg": PNG}, "metadata": {"image/jpeg": {"width": 40, "height": "50%"}}}
    )
    assert found["metadata"] == {"image/jpeg": {"width": 40, "height": "50%"}}
    (found,) = outputs({"data": {"image/png": f'" onerror="{GO}'}, "metadata": ["x"]})
    assert "not shown: image/png" in found["data"]["text/plain"] and found["metadata"] == {}


def test_only_outputs_that_a_page_shows_stay():
    given = {
        "application/javascript": GO,
        "image/svg+xml": f"<svg onload='{GO}'/>",
        "application/json": {"a": 1},
        "text/vnd.mermaid": "x",
        f"<b>{GO}": "x",
        "application/vnd.jupyter.widget-view+json": {"model_id": "x"},
    }
    (found,) = outputs({"data": given | {"text/plain": ["a", "b"]}, "metadata": {}})
    assert found["data"] == {"text/plain": "ab"}
    (found,) = outputs({"data": given, "metadata": {}})
    assert found["data"]["text/plain"].startswith("[An output of a kind that is not shown: <b>")
    (found,) = outputs(
        {
            "data": {
                "text/html": MARKUP[0] + "<i>x</i>",
                "text/markdown": MARKDOWN[0],
                "text/latex": "$a<b$",
            },
            "metadata": {},
            "execution_count": f"<{GO}",
        },
        kind="execute_result",
    )
    assert (
        live(found["data"]["text/html"]) == []
        and "<i>x</i>" in found["data"]["text/html"]
        and live(page(found["data"]["text/markdown"])) == []
    )
    assert found["execution_count"] is None and found["data"]["text/latex"] == "$a<b$"
    (stream,) = outputs(
        {
            "name": f'x" onclick="{GO}',
            "text": ["\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[2J"],
            "more": 1,
        },
        kind="stream",
    )
    assert stream == {
        "output_type": "stream",
        "name": "stdout",
        "text": "\x1b[31mred\x1b[0m \\x1b]0;title\\x07 \\x1b[2J",
    }
    (error,) = outputs({"ename": 5, "evalue": "\x1b[2J", "traceback": "x"}, kind="error")
    assert error == {"output_type": "error", "ename": "", "evalue": "\\x1b[2J", "traceback": []}
    assert outputs({"data": {}}, kind="invented") == []


SLOW = [
    "<b><p>" * 40_000,
    "<b title=1>" * 4_000,
    "".join(f"<b title={n}><p>" for n in range(3_000)),
    "<div>" * 9_000,
    "<a " * 16_000,
    "<" * 50_000,
    "<ul><li>" * 5_000,
    "".join(f"<b title={n}><table><td></b></td></table>" for n in range(1_000)),
    "*a **b " * 3_000 + "b** a* " * 3_000,
    "\\\\[" * 16_000,
    "\\\\(" * 16_000,
    "[" * 50_000,
    ">" * 50_000,
    "`" * 50_000,
    "- " * 25_000,
    "|a" * 12_000 + "|\n" + "|-" * 12_000 + "|\n",
    "\\begin{a}" * 5_500,
    "<!--" * 12_000,
    "a\n" * 25_000,
    "x" * 240_000,
    "<a href=" * 6_000,
    "!" + "[](" * 15_000,
    "<a b='" * 8_000,
    "&#106;" * 8_000,
]


@pytest.mark.parametrize(
    ("way", "text"),
    [
        *(("answer", text) for text in SLOW),
        *(("html", text) for text in SLOW if text[:1] == "<"),
        ("markdown", "*a **b " * 3_000 + "b** a* " * 3_000),
    ],
    ids=lambda value: f"{value[:12]!r}{len(value)}",
)
def test_slow_markup_is_shown_as_text_within_the_limit(way, text, monkeypatch):
    """In the process that may be lost first; what it then gives can be shown at once, and again."""
    from grading.steps import HarmlessPage

    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    if way != "answer":
        output = nbformat.v4.new_output("display_data", {f"text/{way}": text})
        nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=[output])])
    found, _ = HarmlessPage().preprocess(nb, {})
    shown = (
        found.cells[0].source if way == "answer" else found.cells[0].outputs[0].data[f"text/{way}"]
    )
    monkeypatch.setattr(steps, "SECONDS", 60)  # what just kept the limit may miss it the next time
    assert way == "html" or HarmlessPage().preprocess(found, {})[0] == found, (
        "to clean it twice changes nothing"
    )
    html = shown if way == "html" else page(shown)
    assert live(html) == []
    if len(text) > 200_000 and way == "answer":
        assert "has 240 kB; at most 20 kB are shown here" in shown


@pytest.fixture
def attacked(course):
    """Return a course with a submission that tries all of the above, graded."""

    def run(notebook, files, limits, unsafe, script):
        nb = nbformat.reads(notebook.decode(), as_version=4)
        evil = {"width": f"1 onerror={GO}"}
        cell_named(nb, "double").outputs = [
            nbformat.v4.new_output(
                "display_data", {"image/png": PNG}, metadata={"image/png": evil}
            ),
            nbformat.v4.new_output("display_data", {"text/html": "".join(MARKUP)}),
            nbformat.v4.new_output(
                "stream", name="stdout", text=f"<img src=x onerror={GO}>\x1b[31m"
            ),
            nbformat.v4.new_output(
                "error",
                ename="<b>",
                evalue=f"<img src=x onerror={GO}>",
                traceback=[f"<img src=x onerror={GO}>"],
            ),
            *(nbformat.v4.new_output("display_data", {"text/markdown": text}) for text in MARKDOWN),
            nbformat.v4.new_output(
                "display_data",
                {"application/javascript": GO, "text/latex": f"<img src=x onerror={GO}>"},
            ),
        ]
        nb.metadata["title"] = nb.metadata["widgets"] = f"</title><script>{GO}</script>"
        return Executed(json.dumps(nb).encode(), "finished", 0, 0)

    nb = sheet(course, RIGHT | {"written": "Because.\n\n" + "\n\n".join(MARKDOWN)})
    cell_named(nb, "written")["attachments"] = {
        f'"onerror="{GO}': {"image/png": PNG},
        "b.png": {f'image/png"onerror="{GO}': PNG},
        "c.png": {"image/png": f'"onerror="{GO}'},
    }
    nb.cells += [nbformat.v4.new_markdown_cell(text) for text in [*MARKUP, "".join(MARKUP)]]
    nb.cells += [
        nbformat.v4.new_raw_cell(
            text, metadata={"raw_mimetype": "text/html", "format": "text/html"}
        )
        for text in MARKUP
    ]
    nb.cells.append(
        nbformat.v4.new_code_cell(
            f"'</pre><script>{GO}</script>'", metadata={"tags": [f'"onclick="{GO}']}
        )
    )
    submit(course, "mallory", nb)
    assert grade(course, run=run)["mallory"].outcome == "full"
    return course


def formgrader_page(course, student="mallory"):
    """Return the page on which Formgrader shows a submission, made as it makes it."""
    settings = config(course.root)
    settings.HTMLExporter.template_name = "formgrade"
    settings.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    about = {
        "submission_id": "abc",
        "base_url": "",
        "student": student,
        "index": 0,
        "total": 1,
        "notebook_id": "activity",
        "assignment_id": UNIT,
        "last_name": None,
        "first_name": None,
        "notebook_path": "x",
    }
    path = course.root / "classroom" / "autograded" / student / UNIT / "activity.ipynb"
    return HTMLExporter(config=settings).from_filename(str(path), resources=about)[0]


def submission_part(html):
    """Return what a page shows of the notebook, without what nbgrader writes round it."""
    page = BeautifulSoup(html, "html.parser")
    box = page.find(id="notebook-container") or page.main
    for own in box.select(".panel-heading, .panel-footer, main > h1, main > h2, main > table"):
        own.extract()
    for own in [box, *box.find_all("div", id=re.compile("^cell-id=")), *box.select("a[name]")]:
        own.attrs = {}
    for own in box.select("#notebook, #notebook-container"):
        del own["id"]
    return str(box)


def test_formgraders_page_runs_nothing_of_a_submission(attacked):
    html = formgrader_page(attacked)
    assert live(submission_part(html)) == []
    rule = BeautifulSoup(html, "html.parser").find(
        "meta", {"http-equiv": "Content-Security-Policy"}
    )["content"]
    rules = dict(one.split(" ", 1) for one in rule.split("; "))
    assert (
        "'unsafe-inline'" not in rules["script-src"]
        and "'self'" not in rules["script-src"]
        and rules["default-src"] == "'none'"
    )
    head, _, body = html.partition("<body")
    parts = BeautifulSoup(f"<body{body}", "html.parser").find_all(True)
    own = [part.string for part in parts if part.name == "script"] + [
        code for part in parts for name, code in part.attrs.items() if name.startswith("on")
    ]
    assert len(own) == 3
    for code in own:
        assert (
            base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() in rules["script-src"]
        ), code
    assert head.rindex('formgrade.js"') < head.index("Content-Security-Policy"), (
        "nbgrader's own scripts stand before"
    )


def test_feedback_holds_no_script_and_forbids_all(attacked):
    assert api(attacked.root).generate_feedback(UNIT, "mallory")["success"]
    html = (
        attacked.root / "classroom" / "feedback" / "mallory" / UNIT / "activity.html"
    ).read_text(encoding="utf-8")
    assert "<script" not in html and html.index("Content-Security-Policy") < html.index("<title")
    rule = BeautifulSoup(html, "html.parser").find(
        "meta", {"http-equiv": "Content-Security-Policy"}
    )["content"]
    assert "default-src 'none'" in rule and "script" not in rule and "http" not in rule
    assert live(submission_part(html)) == []
    assert "img src=x onerror" in html, "as text, to be read"


def test_an_autograded_notebook_of_before_is_cleaned_when_it_is_shown(course):
    submit(course, "anna", RIGHT)
    grade(course, run=lambda notebook, *_: Executed(notebook, "finished", 0, 0))
    nb = graded(course, "anna")
    cell_named(nb, "double").outputs = [
        nbformat.v4.new_output(
            "display_data", {"image/png": PNG}, metadata={"image/png": {"width": f"1 onerror={GO}"}}
        )
    ]
    path = course.root / "classroom" / "autograded" / "anna" / UNIT / "activity.ipynb"
    path.chmod(0o644)
    nbformat.write(nb, path)
    assert PNG in formgrader_page(course, "anna") and "onerror" not in formgrader_page(
        course, "anna"
    )


def test_a_page_that_takes_too_long_to_clean_is_shown_as_typed(monkeypatch):
    from grading.steps import HarmlessPage

    monkeypatch.setattr("grading.steps.SECONDS", 0)
    monkeypatch.setattr(
        bounded.Child,
        "call",
        lambda self, function, notebook, *more, seconds=1: (
            (seconds and function(notebook, *more)) or fail()
        ),
    )
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("I *think* so.")])
    assert HarmlessPage().preprocess(nb, {})[0].cells[0].source == "<pre>I *think* so.</pre>"


def fail():
    raise bounded.TooMuch("too long")


def test_figures_reach_whoever_grades_and_the_feedback(course):
    nb = sheet(course, RIGHT)
    nb.cells.append(
        nbformat.v4.new_code_cell("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    )
    submit(course, "anna", nb)
    grade(course)
    autograded = course.root / "classroom" / "autograded" / "anna" / UNIT / "activity.ipynb"
    (output,) = nbformat.read(autograded, as_version=4).cells[-1].outputs
    assert len(output.data["image/png"]) > 1000


def test_feedback_begins_with_its_questions(course):
    """By their names, with points and what the check says; nothing is fetched, and what nobody graded yet is no 0."""
    nb = sheet(course, RIGHT)
    names = [cell.id for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    titles = {names[0]: "The <i>first</i> one"}
    for name, title in titles.items():
        at = nb.cells.index(cell_named(nb, name)) - 1
        nb.cells.insert(at, nbformat.v4.new_markdown_cell(f"## {title} (2 points)"))
    submit(course, "anna", nb)
    grade(course)
    done = api(course.root).generate_feedback(UNIT, "anna")
    assert done["success"], done
    path = course.root / "classroom" / "feedback" / "anna" / UNIT / "activity.html"
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    rows = [
        [part.get_text() for part in row.find_all(["th", "td"])] for row in page.select("tbody tr")
    ]
    assert len(rows) == len(names)
    assert page.html["lang"] == "en" and rows[0][0] == "The <i>first</i> one"
    for link in page.select("tbody a"):
        assert page.find(id=link["href"][1:]), "each leads to its question"
    states = {row[2].partition(":")[0] for row in rows}
    assert "right" in states and states <= {"right", "partly right", "not yet", "to be graded"}
