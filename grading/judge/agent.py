"""Runs in the submission's kernel: answers what the judge asks for. Nobody trusts what it says.

``runner.py`` sends the source of codec.py and this one there before the first cell.
"""

import itertools
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # in the kernel the source of codec.py stands above
    from grading.judge.codec import NotData, Reader, Writer

MOST_ITEMS = 50_000  # of an iterator

objects: list[Any] = []  # what the judge may name by its number: everything that is not data


def keep(value: Any) -> list[Any]:
    """Return the node of an object that stays here."""
    number = next((place for place, known in enumerate(objects) if known is value), len(objects))
    if number == len(objects):
        objects.append(value)
    return ["object", number, type(value).__name__, callable(value)]


def fetched(node: list[Any]) -> Any:
    """Return an object of ours that comes back as an argument."""
    kind, number = node
    if kind != "object":
        raise NotData("an unknown kind of part")
    return objects[number]


def answered(question: list[Any], names: dict[str, Any]) -> tuple[str, Any]:
    """Return the answer to a question, and how it came about: ("value", ...) or ("error", ...)."""
    kind, *rest = question
    if kind == "name":
        return ("value", names[rest[0]]) if rest[0] in names else ("missing", rest[0])
    target = objects[rest[0]]
    try:
        if kind == "call":
            _, args, options, files = rest
            for path, content in files.items():
                os.makedirs(os.path.dirname(path), exist_ok=True)
                if not path.endswith(os.sep):
                    with open(path, "wb") as file:
                        file.write(content)
            return "value", target(*args, **options)
        if kind == "attribute":
            return "value", getattr(target, rest[1])
        if kind == "item":
            return "value", target[rest[1]]
        if kind == "length":
            return "value", len(target)
        if kind == "items":
            return "value", list(itertools.islice(iter(target), MOST_ITEMS))
    except BaseException as error:  # an interrupt, too: whoever sent it knows
        kinds = [one.__name__ for one in type(error).__mro__]
        return "error", [
            kinds,
            str(error)[:2000],
            getattr(error, "name", None) if isinstance(error, NameError) else None,
        ]
    raise ValueError(f"no such question: {kind}")


def install(shell: Any) -> None:
    """Let a kernel answer the judge's questions, a kind of message of their own beside requests to run a cell."""
    kernel = shell.kernel

    def answer(stream: Any, identities: Any, parent: dict[str, Any]) -> None:
        number, question = Reader(fetched).value(bytes(parent["buffers"][0]))
        found = answered(question, shell.user_ns)
        try:
            message = Writer(keep).message([number, list(found)])
        except NotData as reason:
            message = Writer().message([number, ["unsendable", str(reason)]])
        kernel.session.send(
            stream, "good_fit_answer", {}, parent, ident=identities, buffers=[message]
        )

    kernel.shell_handlers["good_fit_question"] = answer
