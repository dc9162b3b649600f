"""Do the checks notice a mistake? Changes each solution by one small step at a time and runs its check.

    python benchmarks/mutants.py 05                     # all questions of unit 05, stored beside its tests
    python benchmarks/mutants.py 05 --question build    # one question or some; the others stay as they are stored
    python benchmarks/mutants.py 05 --again             # only mutants not stored yet, and survivors that nobody explained
    python benchmarks/mutants.py --table                # the table of docs/mutation.md, from what is stored

A mutant is killed if its check fails, and survives if it passes. A survivor that does not change what the
question asks for stands in ``equivalent.csv`` beside them, with the reason; it counts neither way.
"""

import argparse
import ast
import builtins
import contextlib
import copy
import csv
import difflib
import io
import os
import random
import signal
import sys
from collections import namedtuple
from itertools import chain, zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.units import UNITS, folder  # noqa: E402

SECONDS = 180  # a mutant that takes longer counts as killed
FEW, MANY = 12, 30  # mutants of an answer that trains networks, and of any other
COLUMNS = ["question", "kind", "before", "after", "result", "message"]

Mutant = namedtuple("Mutant", "kind before after source")

COMPARED = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
COMPUTED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
WORDS = {
    "relu": "tanh",
    "sigmoid": "linear",
    "binary_crossentropy": "mse",
    "mse": "mae",
    "mean": "sum",
    "min": "max",
    "max": "min",
    "index": "columns",
}
OPTIMIZERS = {
    "adam": ["'rmsprop'", "'sgd'", "keras.optimizers.RMSprop()"],
    "rmsprop": ["'adam'", "'sgd'", "keras.optimizers.Adam()"],
    "sgd": ["'adam'", "keras.optimizers.RMSprop()"],
}
LOSSES = {
    "binary_crossentropy": ["'mse'", "keras.losses.BinaryCrossentropy(label_smoothing=0.2)"],
    "mse": ["'mae'", "keras.losses.Huber(0.1)"],
}  # others that fit the task
CLASSES = {"Adam": ["RMSprop", "SGD"], "RMSprop": ["Adam", "SGD"], "SGD": ["Adam"]}
SETS = ["train", "val", "validation", "test", "few", "pool", "new", "south", "bay"]
SILENT = {"verbose"}  # arguments that change only what is shown


def mutants(source: str, names=()) -> list:
    """Return all mutants of an answer cell: one small change each, between the marks of the solution.

    Parameters
    ----------
    names : iterable of str
        Names that the cell could read, to know which data it could take by mistake.
    """
    tree, lines = ast.parse(source), source.splitlines(keepends=True)
    starts = [sum(map(len, lines[:k])) for k in range(len(lines) + 1)]
    inside = set(solution_lines(lines))
    known = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | set(names)

    def span(node):
        return starts[node.lineno - 1] + node.col_offset, starts[
            node.end_lineno - 1
        ] + node.end_col_offset

    found, seen = [], {ast.dump(tree)}
    heads = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    ways = [
        chain(changes(node, span, source), swaps(node, span, known), by_the_way(node, span))
        for node in nodes(tree, inside)
    ]
    for way in [*ways, *(in_place(head, span, inside) for head in heads)]:
        for kind, edits in way:
            text = source
            for start, end, new in sorted(edits, reverse=True):
                text = text[:start] + new + text[end:]
            try:
                form = ast.dump(ast.parse(text))
            except SyntaxError:
                continue
            if form not in seen:
                seen.add(form)
                found.append(Mutant(kind, *difference(source, text), text))
    return found


def solution_lines(lines: list):
    """Yield the numbers of the lines between ``### BEGIN SOLUTION`` and ``### END SOLUTION``, counted from 1."""
    within = False
    for number, line in enumerate(lines, 1):
        within = (within or "### BEGIN SOLUTION" in line) and "### END SOLUTION" not in line
        if within:
            yield number


def nodes(tree, inside: set):
    """Yield the nodes on these lines, without text shown to people and without what only shows a result."""
    for parent in ast.walk(tree):
        silent = isinstance(parent, ast.keyword) and parent.arg in SILENT
        shown = (
            parent is tree.body[-1]
            and isinstance(parent, ast.Expr)
            and "print(" not in ast.unparse(parent)
        )
        if silent or shown:
            parent.skipped = True
        if silent or shown or isinstance(parent, ast.JoinedStr):
            for child in list(ast.walk(parent))[1:]:
                child.skipped = True
        if isinstance(parent, ast.Subscript):
            for child in ast.walk(parent.slice):
                child.in_index = True
        if isinstance(parent, ast.Dict):
            for key in filter(None, parent.keys):
                key.is_key = True
        if isinstance(parent, ast.Call):
            given = {one.arg: one.value for one in parent.keywords}
            if isinstance(parent.func, ast.Attribute) and parent.func.attr == "compile":
                given = dict(zip(("optimizer", "loss"), parent.args)) | given
            for role in given.keys() & {"optimizer", "loss"}:
                given[role].role = role
    for node in ast.walk(tree):
        if getattr(node, "lineno", None) in inside and not getattr(node, "skipped", False):
            yield node


def changes(node, span, source: str):
    """Yield (kind, edits) of the mutations at one node; an edit is (start, end, new text)."""

    def replaced(**fields):
        new = copy.copy(node)
        vars(new).update(fields)
        return [(*span(node), ast.unparse(new))]

    def without(items, spans):
        """Yield the edits that leave out each item of a list."""
        for k, (start, end) in enumerate(spans):
            if k + 1 < len(spans):
                end = spans[k + 1][0]
            elif k:
                start = spans[k - 1][1]
            elif source[end:].lstrip().startswith(","):
                end = source.index(",", end) + 1
            if not (isinstance(items[k], ast.keyword) and items[k].arg in SILENT):
                yield [(start, end, "")]

    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            operators = list(node.ops)
            operators[place] = COMPARED[type(operator)]()
            yield "comparison", replaced(ops=operators)
    elif isinstance(node, ast.BinOp) and type(node.op) in COMPUTED:
        yield "arithmetic", replaced(op=COMPUTED[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        yield "logic", replaced(op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.UnaryOp):
        kind = (
            "index"
            if hasattr(node, "in_index")
            else "logic"
            if isinstance(node.op, ast.Not)
            else "arithmetic"
        )
        yield kind, [(*span(node), ast.unparse(node.operand))]
    elif isinstance(node, ast.Constant):
        role = getattr(node, "role", None)
        for new in {"optimizer": OPTIMIZERS, "loss": LOSSES}.get(role, {}).get(node.value, []):
            yield role.replace("z", "s"), [(*span(node), new)]
        kind = (
            "index"
            if hasattr(node, "in_index")
            else "key"
            if hasattr(node, "is_key")
            else "constant"
        )
        for new in (
            constants(node.value) if not (role == "optimizer" and node.value in OPTIMIZERS) else ()
        ):
            yield kind, [(*span(node), new)]
        if isinstance(node.value, str) and "\n" in node.value:  # a program in a string
            for inner in mutants(f"### BEGIN SOLUTION{node.value}### END SOLUTION"):
                yield inner.kind, [(*span(node), f'"""{inner.source[18:-16]}"""')]
    elif isinstance(node, ast.Attribute) and node.attr in CLASSES:
        for new in CLASSES[node.attr]:
            yield "optimiser", replaced(attr=new)
    elif isinstance(node, ast.JoinedStr):
        yield "constant", [(*span(node), '""')]
    elif isinstance(node, ast.Call):
        for edit in without(node.keywords, [span(one) for one in node.keywords]):
            if node.args and len(node.keywords) == 1:
                edit = [(span(node.args[-1])[1], edit[0][1], "")]
            yield "argument", edit
        if len(node.args) > 1:
            first, second = node.args[:2]
            texts = [ast.get_source_segment(source, one) for one in (second, first)]
            yield "order", [(*span(first), texts[0]), (*span(second), texts[1])]
        if len(node.args) == 1 and not node.keywords:
            yield "step", [(*span(node), ast.get_source_segment(source, node.args[0]))]
        if not node.args and not node.keywords and isinstance(node.func, ast.Attribute):
            yield (
                "in place" if node.func.attr == "copy" else "step",
                [(*span(node), ast.get_source_segment(source, node.func.value))],
            )
    elif (
        isinstance(node, (ast.List, ast.Tuple))
        and isinstance(node.ctx, ast.Load)
        and not hasattr(node, "in_index")
    ):
        if len(node.elts) > 1:
            for edit in without(node.elts, [span(one) for one in node.elts]):
                yield "element", edit
    elif isinstance(node, ast.Dict):
        pairs = [
            (span(key or value)[0] - 2 * (key is None), span(value)[1])
            for key, value in zip(node.keys, node.values)
        ]
        for edit in without(node.values, pairs):
            yield "element", edit
    elif isinstance(node, ast.Return):
        yield "return", [(*span(node), "return None")]
    elif isinstance(node, ast.stmt):
        yield "statement", [(*span(node), "pass")]


def by_the_way(node, span):
    """Yield (kind, edits) that compute a new value in the place of the old one: ``x = x * 2`` as ``x *= 2``."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
        target, old = node.targets[0], node.value
        if ast.unparse(target) == ast.unparse(old.left):
            yield "in place", [(*span(node), ast.unparse(ast.AugAssign(target, old.op, old.right)))]


def in_place(head, span, inside: set):
    """Yield (kind, edits) that reverse an argument of a function, where it begins or before it returns."""
    body = [one for one in head.body if one.lineno in inside]
    for name in [one.arg for one in head.args.args if body and one.arg in arrays(head)]:
        turned = f"{name}[:] = {name}[::-1]"
        between = "\n" + " " * body[0].col_offset if hasattr(body[0], "body") else "; "
        yield "in place", [(span(body[0])[0], span(body[0])[0], turned + between)]
        if isinstance(body[-1], ast.Return) and body[-1].value:
            yield (
                "in place",
                [
                    (
                        *span(body[-1]),
                        f"found = {ast.unparse(body[-1].value)}; {turned}; return found",
                    )
                ],
            )


def arrays(head) -> set:
    """Return the names that a function (its ``def``) uses as arrays or lists: indexed, looped over, compared, or given to NumPy."""
    tests = [one.test for one in ast.walk(head) if isinstance(one, (ast.If, ast.IfExp, ast.While))]
    found = []
    for node in ast.walk(head):
        if isinstance(node, ast.Subscript):
            found.append(node.value)
        elif isinstance(node, (ast.For, ast.comprehension)):
            found.append(node.iter)
        elif isinstance(node, ast.Compare) and node not in tests:
            found.append(node.left)
        elif isinstance(node, ast.Call) and node.args:
            function = ast.unparse(node.func)
            if (
                function.startswith(("np.", "pd.", "len", "min", "max", "sum", "sorted"))
                and ".random." not in function
            ):
                found.append(node.args[0])
    return {one.id for one in found if isinstance(one, ast.Name)}


def constants(value):
    """Yield the source of other constants in the place of one."""
    if isinstance(value, bool):
        yield repr(not value)
    elif isinstance(value, int):
        yield repr(value + 1)
    elif isinstance(value, float):
        yield from (f"{10 * value:.6g}", f"{value / 10:.6g}") if value else ["0.1"]
    elif isinstance(value, str) and "\n" not in value:
        yield repr(WORDS.get(value, "" if " " in value else value + "_"))


def swaps(node, span, known: set):
    """Yield (kind, edits) that let one statement take its rows from another data set."""
    if not isinstance(node, (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)):
        return
    read = [n for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    for old in SETS:
        edits = []
        for name in (n for n in read if old in n.id.split("_")):
            others = (
                "_".join(new if part == old else part for part in name.id.split("_"))
                for new in SETS
                if new != old
            )
            edits += [(*span(name), other) for other in others if other in known][:1]
        if edits:
            yield "data", edits


def difference(old: str, new: str) -> tuple:
    """Return the lines of two sources that differ, each as one line."""
    before, after = ([line.strip() for line in text.splitlines()] for text in (old, new))
    parts = [
        part
        for part in difflib.SequenceMatcher(None, before, after, False).get_opcodes()
        if part[0] != "equal"
    ]
    first, last = parts[0], parts[-1]
    return " ".join(before[first[1] : last[2]])[:120], " ".join(after[first[3] : last[4]])[:120]


def sample(found: list, most: int, seed: str) -> list:
    """Return at most so many mutants, spread over the kinds of mutation."""
    chance, kinds = random.Random(seed), {}
    for mutant in found:
        kinds.setdefault(mutant.kind, []).append(mutant)
    groups = [chance.sample(group, len(group)) for group in kinds.values()]
    turns = [mutant for turn in zip_longest(*groups) for mutant in turn if mutant]
    return [mutant for mutant in found if mutant in turns[:most]]


class TooLong(BaseException):
    """The time of a mutant is over."""


def stop(*_):
    raise TooLong


def attempt(answer: str, check: str, space: dict) -> tuple:
    """Run an answer cell and its check and return ("killed", "survived" or "time", message)."""
    import keras

    keras.utils.set_random_seed(0)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            with contextlib.suppress(Exception):
                exec(answer, space)
            exec(check, dict(space))
    except TooLong:
        return "time", f"more than {SECONDS} seconds"
    except Exception as error:
        return "killed", " ".join(str(error).split())[:80]
    finally:
        signal.alarm(0)
    return "survived", ""


class State:
    """What the names of a notebook hold, to go back to: its data, and the weights and optimisers of its models."""

    def __init__(self, space: dict):
        import keras
        import numpy as np
        import pandas as pd

        self.kinds = (np.ndarray, pd.DataFrame, dict, list)
        self.names = self.copies(
            {name: value for name, value in space.items() if name != "__builtins__"}
        )
        nested = chain.from_iterable(v.values() for v in self.names.values() if isinstance(v, dict))
        models = [
            v for v in chain(self.names.values(), nested) if isinstance(v, keras.Model) and v.built
        ]
        self.weights = [(model, model.get_weights()) for model in models]
        self.steps = [
            (variable, keras.ops.convert_to_numpy(variable))
            for model in models
            if model.compiled and model.optimizer
            for variable in model.optimizer.variables
        ]

    def copies(self, names: dict) -> dict:
        return {
            name: copy.copy(value) if isinstance(value, self.kinds) else value
            for name, value in names.items()
        }

    def restore(self, space: dict) -> None:
        for model, weights in self.weights:
            model.set_weights(weights)
        for variable, value in self.steps:
            variable.assign(value)
        space.clear()
        space.update(self.copies(self.names), __builtins__=builtins)


def trains(source: str) -> bool:
    """Tell whether an answer trains networks or starts processes, so that each mutant takes seconds."""
    return any(
        word in source
        for word in (".fit(", "train(", "fine_tuned(", "run_elsewhere(", "cross_val_score(")
    )


def judge(path: Path, only: list, most: int | None, known: dict) -> list:
    """Run an activity and return a row for each mutant of each question, or of only some.

    Parameters
    ----------
    known : dict of lists
        Rows that are known already, by question, line before and line after: these mutants are not run.
    """
    os.environ["MPLBACKEND"] = "agg"
    import matplotlib.pyplot as plt

    from helpers import plots
    from tests.units import is_answer, is_check, questions, read

    plots.show = lambda *a, **k: plt.close("all")
    unit, todo = path.parent.name[:2], set(only) or questions(path.parent.name)
    space, rows, before = {"__name__": "__main__"}, [], None
    for cell in read(path).cells:
        if cell.cell_type != "code":
            continue
        if is_answer(cell):
            answer, before = cell, State(space) if cell.id in todo else None
        with contextlib.redirect_stdout(io.StringIO()):
            exec(cell.source, dict(space) if is_check(cell) else space)
        if not is_check(cell) or not before:
            continue
        after = State(space)
        limit = most or (FEW if trains(answer.source) else MANY)
        for mutant in sample(mutants(answer.source, before.names), limit, f"{unit} {answer.id}"):
            if known.get((answer.id, mutant.before, mutant.after)):
                rows.append(
                    known[answer.id, mutant.before, mutant.after].pop(0) | {"kind": mutant.kind}
                )
                continue
            before.restore(space)
            result, message = attempt(mutant.source, cell.source, space)
            rows.append(dict(zip(COLUMNS, [answer.id, *mutant[:3], result, message])))
            print(
                f"{answer.id:12} {result:9} {mutant.kind:11} {mutant.before} -> {mutant.after}",
                flush=True,
            )
        after.restore(space)
        todo.remove(answer.id)
        if not todo:
            break
    return rows


def stored(unit: str, name: str = "mutants") -> list:
    """Return the rows of a unit's table of mutants, or of its ``"equivalent"`` ones, as dictionaries."""
    with (folder(unit) / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def place(row: dict) -> tuple:
    """Return what tells a mutant from the others of its unit."""
    return row["question"], row["before"], row["after"]


def store(path: Path, rows: list) -> None:
    """Write new rows in the place of a unit's old ones, in the order of its questions."""
    from tests.units import is_answer, read

    unit, new = path.parent.name[:2], {row["question"] for row in rows}
    if unit in units():
        rows = rows + [row for row in stored(unit) if row["question"] not in new]
    order = [cell.id for cell in read(path).cells if is_answer(cell)]
    rows.sort(key=lambda row: order.index(row["question"]))
    with (folder(unit) / "mutants.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def survivors() -> tuple:
    """Return the survivors as (unit, row), those that are explained as equivalent and the others."""
    groups = [], []
    for unit in units():
        same = {place(row) for row in stored(unit, "equivalent")}
        for row in stored(unit):
            if row["result"] == "survived":
                groups[place(row) not in same].append((unit, row))
    return groups


def units() -> list:
    """Return the numbers of the units whose mutants are stored."""
    return sorted(path.parent.name[:2] for path in UNITS.glob("*/mutants.csv"))


def scores() -> list:
    """Return (unit, question, mutants, equivalent, killed) of each question, and of all together."""
    counts = {}
    for unit in units():
        for row in stored(unit):
            count = counts.setdefault((unit, row["question"]), [0, 0, 0])
            count[0] += 1
            count[2] += row["result"] != "survived"
    for unit, row in survivors()[0]:
        counts[unit, row["question"]][1] += 1
    return [(*key, *count) for key, count in counts.items()] + [
        ("all", "", *map(sum, zip(*counts.values())))
    ]


def table() -> str:
    """Return the table of docs/mutation.md: the score is the share of killed among those that are not equivalent."""
    lines = [
        "| unit | question | mutants | equivalent | killed | score |",
        "|---|---|---|---|---|---|",
    ]
    for unit, question, found, same, killed in scores():
        lines.append(
            f"| {unit} | {question} | {found} | {same} | {killed} | {100 * killed / (found - same):.1f} % |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("unit", nargs="?", help="number of the unit, such as 05")
    parser.add_argument(
        "--question", nargs="+", default=[], help="mutate only the answers to these questions"
    )
    parser.add_argument(
        "--again",
        action="store_true",
        help="run only what is not stored, and survivors not explained",
    )
    parser.add_argument(
        "--most",
        type=int,
        help=f"mutants a question ({FEW} where networks are trained, else {MANY})",
    )
    parser.add_argument("--table", action="store_true", help="print the table of what is stored")
    arguments = parser.parse_args()
    if arguments.unit:
        arguments.unit = folder(arguments.unit).name[:2]
        path = ROOT / "solutions" / folder(arguments.unit).name / "activity.ipynb"
        known = {}
        if arguments.again and arguments.unit in units():
            left = [row for unit, row in survivors()[1] if unit == arguments.unit]
            for row in stored(arguments.unit):
                if row not in left:
                    known.setdefault(place(row), []).append(row)
        store(path, judge(path, arguments.question, arguments.most, known))
    if arguments.table:
        print(table())
        for unit, row in survivors()[1]:
            print(f"{unit} {row['question']}: {row['before']} -> {row['after']}")


if __name__ == "__main__":
    main()
