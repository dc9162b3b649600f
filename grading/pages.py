"""What may stand on a page that shows a submission, in Formgrader and in feedback. All rules are here.

A page must run nothing and fetch nothing that a student put there, and what is not harmless markup
is shown as text. Cleaning happens three times: when a submission is graded (:func:`cleaned`, in a
process with limits), when a page is made of Markdown (:func:`markdown2html`, on what the browser
will see), and by the browser, which is told what it may run (:func:`policy`).
"""

import base64
import hashlib
import html
import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

try:
    import nh3
except ImportError:
    raise ImportError("What grades is not installed yet: run `make tools`.") from None
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode

MOST_TEXT, MOST_HTML, SHOWN = (
    50_000,
    500_000,
    20_000,
)  # characters that are read as markup; that are shown of a longer text
DEEPEST = 250  # tags that are open at a time: nh3 takes the square of it
TAGS = {
    "a",
    "abbr",
    "acronym",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
}
CELL = {"colspan", "rowspan", "align", "scope", "style"}
ATTRIBUTES = {
    "*": {"class", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": CELL,
    "th": CELL,
    "ol": {"start", "type"},
    "details": {"open"},
}
CLASS = re.compile(
    r"dataframe|highlight|err|[a-z]{1,2}\d?"
)  # pandas' and Pygments' own; Formgrader's scripts know others
# To the domain of another machine: not to this one, which may run JupyterLab, under any of its names, nor to numbers.
LINK = re.compile(
    r"https?://(?!(?:[a-z0-9-]+\.)*local(?:host|domain)?\.?(?:[:/?#]|$))(?:[a-z0-9-]+\.)+[a-z]{2,}\.?(?::\d+)?(?:[/?#]|$)|mailto:",
    re.IGNORECASE,
)
FILE = re.compile(
    r"(?!/)(?:[\w -]+/)*[\w -]+\.(?:png|jpe?g|gif|webp)", re.IGNORECASE
)  # a picture beside the notebook
DATA = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")
ALIGNED = re.compile(r"text-align: ?(?:left|right|center);?")  # a column of a table in Markdown
SIZE = re.compile(r"\d{1,4}%?")
# What no honest text holds; a text that holds it is shown as it was typed.
ACTIVE = re.compile(
    r"<\s*/?\s*(?:script|style|iframe|frame|object|embed|applet|svg|math|link|meta|base|form|input|button|textarea|select|"
    r"template|noscript|audio|video|source|portal)\b|<[^<>]*[\s\"'/]on[a-z]+\s*=",
    re.IGNORECASE,
)
SCHEME = re.compile(
    r"(?:java|vb|live)script:|data:(?!image/(?:png|jpeg|gif|webp);base64,)[a-z]+/[a-z0-9.+-]+[;,]",
    re.IGNORECASE,
)
AS_TEXT = re.compile(r"<pre>[^<]*</pre>")
VOID = {
    "br",
    "hr",
    "img",
    "col",
    "wbr",
    "area",
    "base",
    "embed",
    "input",
    "link",
    "meta",
    "source",
    "track",
}


def as_text(source: str, what: str = "This") -> str:
    """Return the markup that shows a text as it was typed; of one that is too long, only the beginning and a note."""
    if AS_TEXT.fullmatch(source):
        return source
    told = ""
    if len(source) > SHOWN:
        told = f"[{what} has {len(source) / 1000:,.0f} kB; at most {SHOWN // 1000} kB are shown here. The full text is in the submitted notebook.]\n\n"
        source = source[:SHOWN]
    return f"<pre>{html.escape(told + source)}</pre>"


def tangled(markup: str) -> bool:
    """Tell whether markup holds so many open tags that reading it takes the square of its length."""
    open_tags: dict[str, int] = {}
    for found in re.finditer(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)", markup):
        name = found[2].lower()
        if name not in VOID:
            open_tags[name] = max(open_tags.get(name, 0) + (-1 if found[1] else 1), 0)
            if open_tags[name] > DEEPEST:
                return True
    return sum(open_tags.values()) > DEEPEST


def clean(markup: str, attachments: dict[str, Any] | None = None) -> str:
    """Return HTML with harmless tags and attributes only; attached pictures are put into it as base64."""
    pictures = attachments or {}

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return value if LINK.match(value) else None
        if name == "src":
            if value.startswith("attachment:"):
                value = picture(pictures.get(unquote(value[11:])) or pictures.get(value[11:]))
            return value if DATA.fullmatch(value) or FILE.fullmatch(unquote(value)) else None
        if name == "class":
            return " ".join(word for word in value.split() if CLASS.fullmatch(word)) or None
        if name == "style":
            return value if ALIGNED.fullmatch(value) else None
        if name in ("width", "height", "colspan", "rowspan", "start"):
            return value if SIZE.fullmatch(value) else None
        return value

    if tangled(markup):
        return as_text(markup)
    found = nh3.clean(
        markup,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "data", "attachment"},
        link_rel="noopener noreferrer nofollow",
    )
    return (
        found
        if len(found) < 10 * len(markup) + 10_000 + sum(map(len, map(picture, pictures.values())))
        else as_text(markup)
    )


def picture(contents: Any) -> str:
    """Return the address that holds an attached picture; an empty one if there is none that a page may show."""
    for mime, content in contents.items() if isinstance(contents, dict) else ():
        address = f"data:{mime};base64,{content}"
        if DATA.fullmatch(address):
            return address
    return ""


def page(source: str, attachments: dict[str, Any] | None = None) -> str:
    """Return the HTML of a text in Markdown, cleaned."""
    if len(source) > MOST_TEXT and not AS_TEXT.fullmatch(source):
        source = as_text(source)
    if AS_TEXT.fullmatch(source):
        return source
    return clean(
        MarkdownWithMath(renderer=Renderer(escape=False, exclude_anchor_links=True)).render(source),
        attachments,
    )


class Renderer(IPythonRenderer):
    """nbconvert's, but for attachments: :func:`clean` puts them in, and one that is missing is no error."""

    def _embed_image_or_attachment(self, src: str) -> str:
        return src


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """Be nbconvert's filter of this name, with a clean result. Named in nbgrader_config.py."""
    return page(source, context.get("cell", {}).get("attachments"))


# A notebook


def cleaned(notebook: str, as_typed: bool = False) -> str:
    """Return a notebook, as JSON, that holds nothing but what a page may show.

    Parameters
    ----------
    notebook : str
        A notebook of format 4.
    as_typed : bool
        Show all texts as they were typed: reading their markup took too long.
    """
    nb = json.loads(notebook)
    kernel = nb.get("metadata", {}).get("kernelspec")
    nb["metadata"] = (
        {"kernelspec": kernel}
        if isinstance(kernel, dict) and all(isinstance(one, str) for one in kernel.values())
        else {}
    )
    nb["cells"] = [cleaned_cell(cell, as_typed) for cell in nb["cells"]]
    return json.dumps(nb)


def cleaned_cell(cell: dict[str, Any], as_typed: bool) -> dict[str, Any]:
    """Return a cell that a page may show. Code stays as it is: it is shown as text."""
    fresh: dict[str, Any] = {key: cell[key] for key in ("id", "cell_type", "source") if key in cell}
    fresh["metadata"] = (
        {"nbgrader": cell["metadata"]["nbgrader"]} if "nbgrader" in cell.get("metadata", {}) else {}
    )
    if cell["cell_type"] == "code":
        fresh["execution_count"] = number(cell.get("execution_count"))
        fresh["outputs"] = [
            one for output in cell.get("outputs", []) if (one := cleaned_output(output, as_typed))
        ]
        return fresh
    pictures = {name: one for name, one in cell.get("attachments", {}).items() if picture(one)}
    if pictures:
        fresh["attachments"] = pictures
    if cell["cell_type"] == "raw":  # pages show it as HTML, or not at all
        fresh |= {"cell_type": "markdown", "source": as_text(cell["source"], "This cell")}
    elif not marked_by_us(cell):
        fresh["source"] = text(
            cell["source"],
            as_typed,
            pictures,
            "The written answer" if fresh["metadata"] else "This text",
        )
    return fresh


def marked_by_us(cell: dict[str, Any]) -> bool:
    """Tell whether a text is the unit's own: locked, so that nbgrader has put it back as it was."""
    marks = cell.get("metadata", {}).get("nbgrader", {})
    return bool(marks.get("locked")) and not marks.get("solution")


def text(
    source: str,
    as_typed: bool = False,
    attachments: dict[str, Any] | None = None,
    what: str = "This text",
) -> str:
    """Return a text in Markdown as it is or, if it is not harmless or takes long to read, in a form that shows it as typed."""
    if AS_TEXT.fullmatch(source):
        return source
    squeezed = re.sub(r"[\x00-\x20]+", "", html.unescape(source))
    if (
        as_typed
        or len(source) > MOST_TEXT
        or ACTIVE.search(source)
        or SCHEME.search(squeezed)
        or tangled(source)
    ):
        return as_text(source, what)
    page(source, attachments)  # if this takes too long, we are asked again
    return source


def number(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 1_000_000 else None


def words(value: Any) -> str:
    """Return a text of an output; what would steer a terminal is written out, except for colours."""
    value = (
        "".join(map(str, value))
        if isinstance(value, list)
        else value
        if isinstance(value, str)
        else ""
    )
    return re.sub(
        r"\x1b(?!\[[\d;]*m)|[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]",
        lambda found: ascii(found[0])[1:-1],
        value,
    )


def cleaned_output(output: dict[str, Any], as_typed: bool) -> dict[str, Any] | None:
    """Return an output that a page may show; None if there is nothing of it to show."""
    kind = output.get("output_type")
    if kind == "stream":
        return {
            "output_type": kind,
            "name": "stderr" if output.get("name") == "stderr" else "stdout",
            "text": words(output.get("text")),
        }
    if kind == "error":
        lines = output.get("traceback")
        lines = [words(line) for line in lines] if isinstance(lines, list) else []
        return {
            "output_type": kind,
            "ename": words(output.get("ename")),
            "evalue": words(output.get("evalue")),
            "traceback": lines,
        }
    if kind not in ("display_data", "execute_result"):
        return None
    data, given = {}, output.get("data", {})
    for mime, content in given.items():
        if mime in ("text/plain", "text/latex"):
            data[mime] = words(content)
        elif mime in ("text/html", "text/markdown"):
            content = words(content)
            long = len(content) > (MOST_HTML if mime == "text/html" else MOST_TEXT)
            if as_typed or long:
                data[mime] = as_text(content, "This output")
            else:
                data[mime] = clean(content) if mime == "text/html" else text(content)
        elif mime in ("image/png", "image/jpeg"):
            content = "".join(words(content).split())
            if DATA.fullmatch(f"data:{mime};base64,{content}"):
                data[mime] = content
    if given and not data:
        data["text/plain"] = (
            f"[An output of a kind that is not shown: {', '.join(sorted(words(mime)[:60] for mime in given))}]"[
                :500
            ]
        )
    fresh = {
        "output_type": kind,
        "data": data,
        "metadata": picture_metadata(output.get("metadata")),
    }
    return fresh | (
        {"execution_count": number(output.get("execution_count"))}
        if kind == "execute_result"
        else {}
    )


def picture_metadata(given: Any) -> dict[str, Any]:
    """Return what an output may say about its picture: the size, without which it is a wall, and what it shows."""
    given = given if isinstance(given, dict) else {}
    fresh: dict[str, Any] = {}
    for where, of in [
        (fresh, given),
        *((fresh.setdefault(mime, {}), given.get(mime)) for mime in ("image/png", "image/jpeg")),
    ]:
        of = of if isinstance(of, dict) else {}
        for side in ("width", "height"):
            value = of.get(side)
            if (type(value) is int and 0 <= value < 10_000) or (
                isinstance(value, str) and SIZE.fullmatch(value)
            ):
                where[side] = value
        if isinstance(of.get("alt"), str):
            where["alt"] = " ".join(of["alt"].split())[:2000]
    return {key: value for key, value in fresh.items() if value != {}}


# What the browser may do


def policy(**rules: str) -> str:
    """Return the tag that tells a browser what the rest of a page may run and fetch: nothing, but for these rules."""
    rules = {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    } | {name.replace("_", "-"): value for name, value in rules.items()}
    content = "; ".join(f"{name} {value}" for name, value in rules.items())
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(content, quote=False)}">'
    )


class FeedbackPage(HTMLExporter):
    """nbgrader's feedback without any script. Formulas stay as they were typed, because MathJax is a script, and comes from elsewhere."""

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        page, resources = super().from_notebook_node(nb, resources, **options)
        # All scripts of the page are the template's: those of the submission have become text before.
        page = re.sub(r"<script\b.*?</script\s*>", "", page, flags=re.DOTALL | re.IGNORECASE)
        return page.replace("<head>", f"<head>{policy()}", 1), resources


MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"


@cache
def formgrader_scripts() -> str:
    """Return what the scripts in the body of nbgrader's own page are called in a policy: their checksums."""
    import nbgrader

    template = (
        Path(nbgrader.__file__).parent
        / "server_extensions"
        / "formgrader"
        / "templates"
        / "formgrade"
        / "formgrade_macros.html.j2"
    )
    body = template.read_text(encoding="utf-8").partition("{% macro nav")[2]
    inline = re.findall(r"<script[^>]*>(.*?)</script>", body, re.DOTALL) + re.findall(
        r' on\w+="([^"]*)"', body
    )
    return " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"
        for code in inline
    )


class GuardedPage(CSSHTMLHeaderPreprocessor):
    """Be nbconvert's step that gives a page its style sheets, and forbid scripts on Formgrader's page of a submission.

    nbgrader takes no template of ours there. What it does take are style sheets, which it writes into
    the head after its own scripts: a policy counts from where it stands.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        nb, resources = super().preprocess(nb, resources)  # type: ignore[no-untyped-call]
        if "submission_id" in resources:
            own = policy(
                script_src=f"{formgrader_scripts()} 'unsafe-hashes' 'unsafe-eval' {MATHJAX}",
                connect_src="'self'",
                style_src=f"'self' 'unsafe-inline' {MATHJAX}",
                font_src=f"'self' data: {MATHJAX}",
                img_src=f"'self' data: {MATHJAX}",
            )
            resources["inlining"]["css"].append(f"</style>{own}<style>")
        return nb, resources
