"""Plain words for a line of the ledger: what was kept or missed, and by how much.

Read next: `folding.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from alerts.words.words import ENGLISH, Words, phrase
from standards.judge.promise import CHANGED_DAY
from standards.judge.shapes import Bounded, Level, Precedence, Recurrence, Response, Universality
from standards.judge.standard import Clause
from streams.live.conditions import bound_words, condition_words, measure_words
from streams.live.event_names import event_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.judge.ledger import Line
    from standards.judge.promise import Kind
    from standards.judge.standard import Standard

WORDS: Final[dict[Kind, str]] = {
    "opened": phrase("opened"), "warned": phrase("warned"), "paused": phrase("paused"), "resumed": phrase("resumed"),
    "moved": phrase("moved"), "kept": phrase("kept"), "broken": phrase("broken"), "voided": phrase("void"),
    "excused": phrase("excused"), "lost": phrase("unknown"), "fulfilled_late": phrase("done late"),
    "ended": phrase("ended"), "given_up": phrase("given up"), "undone": phrase("owed again"),
    "corrected": phrase("corrected"), "withdrawn": phrase("withdrawn"),
}  # fmt: skip
"""The word for each kind of line on a screen: for a verdict, the verdict's own."""
VERDICTS: Final = {
    "": phrase("open"), "kept": phrase("kept"), "broken": phrase("broken"), "void": phrase("void"),
    "excused": phrase("excused"), "unknown": phrase("unknown"), "withdrawn": phrase("withdrawn"),
}  # fmt: skip
"""The word for each verdict, and for none."""


def printable(text: str) -> str:
    """Give a text that came with events as one harmless row: what cannot be printed becomes `?`."""
    return "".join(char if char.isprintable() else "?" for char in text)


def words(line: Line, standard: Standard, said: Words = ENGLISH) -> str:
    """Say what a line means, to follow its word: `kept`, "with 12 s to spare". Empty where the word says it all."""
    return _SAYS[line.kind](line, standard, said)


def _opened(line: Line, _: Standard, words: Words) -> str:
    return words.say("{span} to go", span=words.length(line.due - line.at)) if line.due > line.at else ""


def _warned(line: Line, standard: Standard, words: Words) -> str:
    if line.due <= line.at:
        return standard.what
    return words.say("{span} left. {what}", span=words.length(line.due - line.at), what=standard.what)


def _moved(line: Line, _: Standard, words: Words) -> str:
    changed = words.say(_CHANGED) if line.reason == CHANGED_DAY else ""
    if line.due <= line.at:
        return changed
    span = words.length(line.due - line.at)
    if changed:
        return words.say("{span} to go now, since a day of its calendar was changed", span=span)
    return words.say("{span} to go now", span=span)


def _counted(line: Line, _: Standard, words: Words) -> str:
    return words.say("{span} counted so far", span=words.length(line.elapsed))


def _corrected(line: Line, _: Standard, words: Words) -> str:
    was, now = (words.say(VERDICTS[verdict or ""]) for verdict in (line.was, line.verdict))
    if line.verdict == "excused":
        return words.say("from {was} to {now}, an exception was granted", was=was, now=now)
    return words.say("from {was} to {now}, on late evidence", was=was, now=now)


def _voided(line: Line, standard: Standard, words: Words) -> str:
    shape = standard.shape
    if line.reason == CHANGED_DAY:
        return words.say(_CHANGED)
    if isinstance(shape, Level):
        return words.say("fewer than {count} to judge by", count=words.number(shape.at_least))
    return words.say(_GONE)


def _kept(line: Line, standard: Standard, words: Words) -> str:
    match standard.shape:
        case Response() | Recurrence():
            return words.say("with {span} to spare", span=words.length(line.due - line.at))
        case Precedence() as shape:
            return words.say("{event} before", event=_happened(shape.expect, words))
        case Universality() as shape:
            return condition_words(shape.must.source, words)
        case Bounded() as shape:
            event, most = _happened(shape.when, words), words.number(shape.at_most)
            return words.say("no more than {count} {event}", count=most, event=event)
        case Level() as shape:
            return _level(shape, words)
        case _:
            assert_never(standard.shape)


def _level(shape: Level, words: Words) -> str:
    """Say what was so; of a window that rolls, that it was looked at more than once."""
    measure, must = measure_words(shape.measure.source, words), bound_words(shape.must.source, words)
    values = {"measure": measure, "must": must, "span": words.length(shape.over)}
    if not shape.step:
        return words.say("{measure} was {must}", **values)
    return words.say("{measure} was {must} in each {span}, every {step}", **values, step=words.length(shape.step))


def breaks(standard: Standard, words: Words) -> str:
    """Say what a promise of a standard is broken by."""
    match standard.shape:
        case Response() | Recurrence() | Precedence() as shape:
            return _missing(shape, _happened(shape.expect, words), words)
        case Universality() as shape:
            return words.say("not {must}", must=condition_words(shape.must.source, words))
        case Bounded() as shape:
            event, most = _happened(shape.when, words), words.number(shape.at_most)
            return words.say("more than {count} {event}", count=most, event=event)
        case Level() as shape:
            measure, must = measure_words(shape.measure.source, words), bound_words(shape.must.source, words)
            values = {"measure": measure, "must": must, "span": words.length(shape.over)}
            if not shape.step:
                return words.say("{measure} was not {must}", **values)
            return words.say("{measure} was not {must} in the last {span}", **values)
        case _:
            assert_never(standard.shape)


def _missing(shape: Response | Recurrence | Precedence, event: str, words: Words) -> str:
    """Say what did not come."""
    match shape:
        case Precedence():
            return words.say("no {event} in the {span} before", event=event, span=words.length(shape.within_last))
        case Recurrence(every=str() as every):
            return words.say(_NONE_THIS[every], event=event)
        case Recurrence(every=int() as every):
            return words.say("no {event} for {span}", event=event, span=words.length(every))
        case Response(within=int() as within):
            return words.say("no {event} within {span}", event=event, span=words.length(within))
        case _:
            return words.say("no {event} in time", event=event)


def _happened(clause: Clause, words: Words) -> str:
    """Say what a clause waits for: `register opened`, `queue length with waiting <= 3`."""
    said = []
    for each in clause.all:
        event = event_name(each.event, words)
        where = None if each.where is None else condition_words(each.where.source, words)
        said.append(event if where is None else words.say("{event} with {where}", event=event, where=where))
    return words.either(list(dict.fromkeys(said)))


def _lost(line: Line, standard: Standard, words: Words) -> str:
    if line.reason in _LOST:
        return words.say(_LOST[line.reason])
    feeds = words.together(line.silent) if line.silent else words.either(standard.feeds)
    return words.say("nothing was heard of {feeds}", feeds=feeds)


def _late(line: Line, _: Standard, words: Words) -> str:
    return words.say("done {span} after the time", span=words.length(line.at - line.due))


def _given_up(line: Line, _: Standard, words: Words) -> str:
    return words.say("not done {span} after the time", span=words.length(line.at - line.due))


_LOST: Final = {
    "evidence-lost": phrase("events were lost"),
    "came-too-late": phrase("it came too late to be judged"),
}
_NONE_THIS: Final = {
    "day": phrase("no {event} this day"), "week": phrase("no {event} this week"),
    "month": phrase("no {event} this month"),
}  # fmt: skip
_CHANGED: Final = phrase("a day of its calendar was changed")
_GRANTED: Final = phrase("an exception was granted")
_GONE: Final = phrase("the need went away")
_UNDONE: Final = phrase("it was not done after all")
_NEVER: Final = phrase("it was never owed, as was learned afterwards")
_SAYS: Final[dict[Kind, Callable[[Line, Standard, Words], str]]] = {
    "opened": _opened,
    "warned": _warned,
    "paused": _counted,
    "resumed": _counted,
    "moved": _moved,
    "kept": _kept,
    "broken": lambda _, standard, words: breaks(standard, words),
    "voided": _voided,
    "excused": lambda _, __, words: words.say(_GRANTED),
    "lost": _lost,
    "fulfilled_late": _late,
    "ended": lambda _, __, words: words.say(_GONE),
    "given_up": _given_up,
    "undone": lambda _, __, words: words.say(_UNDONE),
    "corrected": _corrected,
    "withdrawn": lambda _, __, words: words.say(_NEVER),
}
