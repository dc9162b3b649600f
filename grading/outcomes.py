"""What may become of a submission, and the sentence that its author reads where it was stopped."""

import enum
from typing import Self


class Outcome(enum.StrEnum):
    """An outcome, in the words of the table; ``sentence`` is empty unless something stopped the notebook."""

    def __new__(cls, word: str, sentence: str = "") -> Self:
        self = str.__new__(cls, word)
        self._value_, self.sentence = word, sentence
        return self

    sentence: str

    FULL = "full"
    PARTIAL = "partial"
    TO_BE_GRADED = "to be graded"  #: by a person: the unit has no checks
    NOT_ATTEMPTED = "not attempted"
    CRASHED = (
        "crashed",
        "Your notebook ended its own Python process, so this could not be checked. Look for what ends it: "
        "`exit`, a signal, or a library that crashes.",
    )
    TIMED_OUT = (
        "timed out",
        "Your notebook took too long and was stopped, so this could not be checked. Look for a loop that "
        "does not end, or training that takes too long.",
    )
    OUT_OF_MEMORY = (
        "out of memory",
        "Your notebook used too much memory and was stopped, so this could not be checked. Look for "
        "data that grow without end.",
    )
    OUTPUT_FLOOD = (
        "output flood",
        "Your notebook printed too much and was stopped, so this could not be checked. Look for a "
        "`print` in a long loop.",
    )
    TOO_MANY_PROCESSES = (
        "too many processes",
        "Your notebook started too many processes and was stopped, so this could not be checked.",
    )
    SUSPICIOUS = (
        "suspicious",
        "Your notebook did not answer this check as Python objects do, so it earns no points until a person has "
        "looked at it. Look for cells that change Python, Jupyter or a library.",
    )
    UNGRADABLE = "ungradable"
    FINISHED = "finished"  #: of a run: it reached its end, and its points say more


STOPPED = tuple(outcome for outcome in Outcome if outcome.sentence)
LOOK_AT = (*STOPPED, Outcome.UNGRADABLE)  # what a person should look at
IN_THE_TABLE = tuple(outcome for outcome in Outcome if outcome is not Outcome.FINISHED)
