"""Which cells of a unit the judge runs, and the rules that its checks must keep.

The judge runs each check, and those locked cells that depend on no answer, so that what a check
compares with is never the submission's. :func:`complaints` says which checks would not work that
way; a unit that has one is not released.
"""

import ast
import builtins
import symtable
from collections.abc import Iterable
from dataclasses import dataclass, field

# What a check must not call: it would look into the wrong process, or run text.
FORBIDDEN = {
    "globals",
    "locals",
    "vars",
    "eval",
    "exec",
    "compile",
    "get_ipython",
    "input",
    "breakpoint",
    "inspect",
}
FIGURES = {
    "gcf",
    "gca",
}  # the current figure is in the submission's kernel: an answer must give its axes a name


@dataclass
class Script:
    """Cells by name, in the order of the unit's source."""

    locked: dict[str, str] = field(default_factory=dict)  #: what the judge runs before any check
    checks: dict[str, str] = field(default_factory=dict)  #: what it runs as checks
    trusted: set[str] = field(default_factory=set)  #: names that the locked cells bind


def names(source: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell binds, and those it takes from elsewhere.

    Raises
    ------
    SyntaxError
        If it is not plain Python.
    """
    bound: set[str] = set()
    read: set[str] = set()

    def walk(table: symtable.SymbolTable, top: bool) -> None:
        for symbol in table.get_symbols():
            name = symbol.get_name()
            if top or symbol.is_global():
                if symbol.is_assigned() or symbol.is_imported():
                    bound.add(name)
                if symbol.is_referenced():
                    read.add(name)
        for child in table.get_children():
            walk(child, False)

    walk(symtable.symtable(source, "cell", "exec"), True)
    return bound, read - bound


def imported(source: str) -> set[str]:
    """Return the names that a cell binds by an import."""
    found = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    return {(name.asname or name.name).split(".")[0] for node in found for name in node.names}


def plan(cells: Iterable[tuple[str, str, str]]) -> Script:
    """Return which of these cells of a unit the judge runs: names and sources, by their kind.

    Parameters
    ----------
    cells : list of (kind, name, source)
    """
    script, known = Script(), set(dir(builtins))
    for what, name, source in cells:
        if what == "check":
            script.checks[name] = source
        if what != "locked":
            continue
        try:
            bound, read = names(source)
        except SyntaxError:
            continue
        if read <= known | script.trusted:
            script.locked[name] = source
            script.trusted |= bound
    return script


def complaints(cells: list[tuple[str, str, str]]) -> list[str]:
    """Return what keeps the judge from running the checks of a unit: sentences, or nothing.

    Parameters
    ----------
    cells : list of (kind, name, source), with the solution's answers
    """
    found: list[str] = []
    script = plan(cells)
    answers: set[str] = set()
    of_locked: dict[str, str] = {}  # which cell binds a name
    of_checks: dict[str, str] = {}
    for what, name, source in cells:
        try:
            bound, read = names(source)
        except SyntaxError:
            if what in ("check", "locked"):
                found.append(
                    f"`{name}` is not plain Python: the judge runs it without IPython, so no magics (%, !, ?)."
                )
            continue
        if what == "answer":
            answers |= bound - imported(source)
        elif what == "locked" and name not in script.locked:
            of_locked |= dict.fromkeys(bound, name)
        if what in ("answer", "locked"):
            for word in sorted(read & set(of_checks) - answers - script.trusted):
                found.append(
                    f"`{name}` uses `{word}`, which only the check `{of_checks[word]}` binds: checks don't run there."
                )
        if what == "check":
            of_checks |= dict.fromkeys(bound, name)
    for name, source in script.checks.items():
        try:
            bound, read = names(source)
        except SyntaxError:
            continue
        for word in sorted(read - set(dir(builtins))):
            if word in script.trusted and word in answers:
                found.append(
                    f"`{name}` reads `{word}`, which a locked cell binds and an answer binds again: an answer needs a new name."
                )
            elif word in script.trusted or word in answers:
                continue
            elif word in of_locked:
                found.append(
                    f"`{name}` reads `{word}` of the cell `{of_locked[word]}`, which depends on answers: compute it in the check."
                )
            elif word in of_checks:
                found.append(
                    f"`{name}` reads `{word}` of the check `{of_checks[word]}`: each check runs by itself."
                )
            else:
                found.append(f"`{name}` reads `{word}`, which no cell binds.")
        for node in ast.walk(ast.parse(source)):
            used = (
                node.id
                if isinstance(node, ast.Name)
                else node.attr
                if isinstance(node, ast.Attribute)
                else None
            )
            if (
                used
                in (FORBIDDEN if isinstance(node, ast.Name) else FIGURES)
                - bound
                - answers
                - script.trusted
            ):
                found.append(
                    f"`{name}` uses `{used}`, which does not work where the student's objects are not."
                )
            if (
                isinstance(node, ast.Attribute)
                and node.attr.startswith("_")
                and not node.attr.startswith("__")
            ):
                found.append(
                    f"`{name}` reads the private attribute `{node.attr}`, which the judge does not fetch."
                )
            if isinstance(node, ast.Compare) and any(
                isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops
            ):
                sides = [node.left, *node.comparators]
                if not any(isinstance(side, ast.Constant) for side in sides) and not all(
                    isinstance(side, ast.Name) for side in sides
                ):
                    found.append(
                        f"`{name}` compares with `is`: what comes from the student is a copy, so compare values."
                    )
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "isinstance"
                and len(node.args) == 2
                and isinstance(node.args[1], ast.Name)
                and node.args[1].id in answers
            ):
                found.append(
                    f"`{name}` asks for the class `{node.args[1].id}` of an answer, which the judge does not have."
                )
    return list(dict.fromkeys(found))
