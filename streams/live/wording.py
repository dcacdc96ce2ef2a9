"""Plain words for a line of the ledger: what was kept or missed, and by how much.

Read next: `folding.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from standards.calendar.duration import spoken
from standards.judge.promise import CHANGED_DAY
from standards.judge.shapes import Bounded, Level, Precedence, Recurrence, Response, Universality
from standards.judge.standard import Clause

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.judge.ledger import Line
    from standards.judge.promise import Kind
    from standards.judge.shapes import Shape
    from standards.judge.standard import Standard

WORDS: Final[dict[Kind, str]] = {
    "opened": "opened", "warned": "warned", "paused": "paused", "resumed": "resumed", "moved": "moved", "kept": "kept",
    "broken": "broken", "voided": "void", "excused": "excused", "lost": "unknown", "fulfilled_late": "done late",
    "ended": "ended", "given_up": "given up", "undone": "owed again", "corrected": "corrected",
    "withdrawn": "withdrawn",
}  # fmt: skip
"""The word for each kind of line on a screen: for a verdict, the verdict's own."""


def printable(text: str) -> str:
    """Give a text that came with events as one harmless row: what cannot be printed becomes `?`."""
    return "".join(char if char.isprintable() else "?" for char in text)


def words(line: Line, standard: Standard) -> str:
    """Say what a line means, to follow its word: `kept`, "with 12 s to spare". Empty where the word says it all."""
    return _SAYS[line.kind](line, standard)


def _left(line: Line, after: str) -> str:
    return f"{spoken(line.due - line.at)}{after}" if line.due > line.at else ""


def _counted(line: Line, _: Standard) -> str:
    return f"{spoken(line.elapsed)} counted so far"


def _corrected(line: Line, _: Standard) -> str:
    why = _GRANTED if line.verdict == "excused" else "on late evidence"
    return f"from {line.was or 'open'} to {line.verdict or 'open'}, {why}"


def _void(shape: Shape) -> str:
    return f"fewer than {shape.at_least} to judge by" if isinstance(shape, Level) else "the need went away"


def _kept(line: Line, shape: Shape) -> str:
    match shape:
        case Response() | Recurrence():
            return f"with {spoken(line.due - line.at)} to spare"
        case Precedence():
            return f"{_happened(shape.expect)} before"
        case Universality():
            return shape.must.source
        case Bounded():
            return f"no more than {shape.at_most} {_happened(shape.when)}"
        case Level():
            return f"{shape.measure.source} was {shape.must.source}{_each_time(shape)}"
        case _:
            assert_never(shape)


def _broken(shape: Shape) -> str:
    match shape:
        case Response():
            in_time = "in time" if shape.within is None else f"within {spoken(shape.within)}"
            return f"no {_happened(shape.expect)} {in_time}"
        case Recurrence():
            span = f"this {shape.every}" if isinstance(shape.every, str) else f"for {spoken(shape.every)}"
            return f"no {_happened(shape.expect)} {span}"
        case Precedence():
            return f"no {_happened(shape.expect)} in the {spoken(shape.within_last)} before"
        case Universality():
            return f"not {shape.must.source}"
        case Bounded():
            return f"more than {shape.at_most} {_happened(shape.when)}"
        case Level():
            window = f" in the last {spoken(shape.over)}" if shape.step else ""
            return f"{shape.measure.source} was not {shape.must.source}{window}"
        case _:
            assert_never(shape)


def _each_time(shape: Level) -> str:
    """Say of a window that rolls that it was looked at more than once."""
    return f" in each {spoken(shape.over)}, every {spoken(shape.step)}" if shape.step else ""


def _happened(clause: Clause) -> str:
    """Say what a clause waits for: `register opened`, `queue length with waiting <= 3`."""
    said = [
        each.event.replace(".", " ")
        if each.where is None
        else f"{each.event.replace('.', ' ')} with {each.where.source}"
        for each in clause.all
    ]
    return " or ".join(dict.fromkeys(said))


_LOST: Final = {
    "evidence-lost": "events were lost",
    "came-too-late": "it came too late to be judged",
}
_CHANGED: Final = "a day of its calendar was changed"
_GRANTED: Final = "an exception was granted"
_SAYS: Final[dict[Kind, Callable[[Line, Standard], str]]] = {
    "opened": lambda line, _: _left(line, " to go"),
    "warned": lambda line, standard: _left(line, " left. ") + standard.what,
    "paused": _counted,
    "resumed": _counted,
    "moved": lambda line, _: _left(line, " to go now") + (f", since {_CHANGED}" if line.reason == CHANGED_DAY else ""),
    "kept": lambda line, standard: _kept(line, standard.shape),
    "broken": lambda _, standard: _broken(standard.shape),
    "voided": lambda line, standard: _CHANGED if line.reason == CHANGED_DAY else _void(standard.shape),
    "excused": lambda *_: _GRANTED,
    "lost": lambda line, standard: _LOST.get(line.reason, f"nothing was heard of {' and '.join(standard.feeds)}"),
    "fulfilled_late": lambda line, _: f"done {spoken(line.at - line.due)} after the time",
    "ended": lambda *_: "the need went away",
    "given_up": lambda line, _: f"not done {spoken(line.at - line.due)} after the time",
    "undone": lambda *_: "it was not done after all",
    "corrected": _corrected,
    "withdrawn": lambda *_: "it was never owed, as was learned afterwards",
}
