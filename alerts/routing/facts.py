"""The facts of a message: how many wait, how many of how many it should be, who of us it is about.

Numbers come with the line that is told (`standards/judge/numbers.py`), or from what the standard carries. Who of us it
is about stands only in messages to people who may see it, and never in what a machine is told.
Read next: `sentences.py`, which puts them beside the promise's clock.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from alerts.words.words import phrase, several
from standards.calendar.duration import MINUTE
from standards.judge.shapes import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from alerts.policy.reader import Reader
    from alerts.words.words import Words
    from standards.judge.ledger import Line, Plain
    from standards.judge.numbers import Numbers
    from standards.judge.standard import Standard

COUNTED: Final[Mapping[str, tuple[tuple[str, str], tuple[str, str]]]] = {
    "waiting": (
        several("{count} person waiting since {since}.", "{count} people waiting since {since}."),
        several("{count} person waiting at {at}.", "{count} people waiting at {at}."),
    )
}
"""What is said of a number, by its field: of what opened the promise, and of what came later."""
UNKNOWN: Final[Mapping[str, str]] = {
    "came-too-late": phrase("heard of too late"), "evidence-lost": phrase("events were lost"),
}  # fmt: skip
"""Why nobody can say how a promise went, by the judge's reason, where no feed was silent."""
EACH: Final[Mapping[str, tuple[tuple[str, str], tuple[str, str]]]] = {
    "waiting": (
        several("{count} person waiting at each of these ({at}).", "{count} people waiting at each of these ({at})."),
        several(
            "{least} to {count} people waiting at each of these ({at}).",
            "{least} to {count} people waiting at each of these ({at}).",
        ),
    )
}
"""What is said of a number that there is at several places: the same, or one between two."""
AS_IT_STANDS: Final = MINUTE
"""For how long after a line was known its number is told as what is so now, in microseconds."""
PERSONS: Final = frozenset({"agent", "from_agent", "to_agent", "passed_on_by"})
"""The fields of Kept's own event types that name one of us."""
NAMING: Final = phrase("Agent: {name}."), phrase("Passed on by {by} to {to}.")
"""The sentences that name one of us."""
_BOUND: Final = re.compile(r"\s*(?:measure\s*)?(>=|<=|>|<)\s*([0-9]+(?:\.[0-9]+)?)\s*(%?)\s*")
_SIGNS: Final = {">=": "", "<=": "≤ ", ">": "> ", "<": "< "}
_OF_SHARE: Final = phrase("{good} of {count}, needs {bound}.")
_OF_COUNT: Final = phrase("{count} counted, needs {bound}.")
_OF_MEASURE: Final = phrase("{value} over {count} counted, needs {bound}.")


class Counted(NamedTuple):
    """How many there were in a line's promise, by the field that is counted; `at` is when, in microseconds UTC."""

    field: str
    number: int
    at: int


def counted(line: Line) -> Counted | None:
    """Find what a line counts: by the newest event of its promise or, without it, by what the standard carries."""
    for field in COUNTED:
        if line.numbers is not None and (count := _whole(line.numbers.asked.get(field))) is not None:
            return Counted(field, count, line.numbers.at)
        if (count := _whole(line.fields.get(field))) is not None:
            return Counted(field, count, line.opened)
    return None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def how_many(found: Counted, line: Line, reader: Reader, now: int) -> str:
    """Say how many there were and when; told later than the line, as what it was then: there may be more by now."""
    since, later = COUNTED[found.field]
    at = reader.clock_beside(found.at, now)
    stands = found.at <= line.opened and now - line.known <= AS_IT_STANDS
    return reader.words.how_many(found.number, *(since if stands else later), at=at, since=at)


def number_words(line: Line, standard: Standard, reader: Reader, now: int) -> str:
    """Say the number of a line without what else is said of it: how many there were, or how what is measured stands."""
    if line.verdict == "unknown":
        return _why_unknown(line, reader, now)
    found = counted(line)
    said = ("" if found is None else how_many(found, line, reader, now), measured(line, standard, reader.words))
    return " ".join(filter(None, said))


def _why_unknown(line: Line, reader: Reader, now: int) -> str:
    """Say in short why nobody can say how a promise went; nothing of one whose line does not tell."""
    if line.reason in UNKNOWN:
        return reader.words.say(UNKNOWN[line.reason])
    return silent_words(line, reader, now) if line.silent else ""


def silent_words(line: Line, reader: Reader, now: int) -> str:
    """Name the feeds for whose silence nobody can say how a promise went, and since when each of them is silent."""
    since = {} if line.numbers is None else line.numbers.silent
    said = [_silence(feed, since.get(feed), reader, now) for feed in line.silent]
    return reader.words.together(said)


def _silence(feed: str, since: int | None, reader: Reader, now: int) -> str:
    if since is None:
        return feed
    if since < 0:
        return reader.words.say("{feed} (nothing has come from it, or not for a week)", feed=feed)
    return reader.words.say("{feed} (silent since {since})", feed=feed, since=reader.clock_beside(since, now))


def range_words(found: Sequence[Counted], words: Words, clock: Callable[[int], str]) -> str:
    """Say how few and how many there were of one thing at several places, and from when to when it was counted.

    `clock` tells an instant, in microseconds UTC.
    """
    field, numbers, times = found[0].field, {each.number for each in found}, sorted(each.at for each in found)
    at = clock(times[0])
    if times[0] != times[-1]:
        at = words.say("{first} to {last}", first=at, last=clock(times[-1]))
    alike, between = EACH[field]
    if len(numbers) == 1:
        return words.how_many(min(numbers), *alike, at=at)
    return words.how_many(max(numbers), *between, least=words.number(min(numbers)), at=at)


def measured(line: Line, standard: Standard, words: Words) -> str:
    """Say how what is measured stands beside what it needs to be; nothing of a line that has no measure."""
    shape, numbers = standard.shape, line.numbers
    if not isinstance(shape, Level) or numbers is None or numbers.value is None:
        return ""
    said = _measure(shape, numbers, words)
    return words.say("In the last {span}: {said}", span=words.length(shape.over), said=said) if shape.step else said


def _measure(shape: Level, numbers: Numbers, words: Words) -> str:
    bound, value, count = _bound(shape.must.source, words), numbers.value or 0.0, words.number(numbers.samples)
    match shape.measure.kind:
        case "share":
            return words.say(_OF_SHARE, good=words.number(round(value * numbers.samples)), count=count, bound=bound)
        case "count":
            return words.say(_OF_COUNT, count=count, bound=bound)
        case _:
            return words.say(_OF_MEASURE, value=words.number(round(value, 1)), count=count, bound=bound)


def _bound(source: str, words: Words) -> str:
    """Write a bound as people do: 80% where it is at least that, else with its sign; others as the author did."""
    found = _BOUND.fullmatch(source)
    if found is None:
        return source
    sign, number, percent = found.groups()
    return _SIGNS[sign] + (words.percent(float(number) / 100) if percent else words.number(float(number)))


def whom(line: Line, reader: Reader) -> str:
    """Say who of us it is about, to a reader who may see that."""
    return whom_by(line.fields, reader.words, reader.names) if reader.sees_persons else ""


def whom_by(fields: Mapping[str, Plain], words: Words, names: Mapping[str, str]) -> str:
    """Say who of us it is about, by the fields of a promise; `names` are those of the policy."""
    name, by, to = (_named(fields, field, names) for field in ("agent", "from_agent", "to_agent"))
    agent, passed = NAMING
    if name:
        return words.say(agent, name=name)
    return words.say(passed, by=by, to=to) if by and to else ""


def _named(fields: Mapping[str, Plain], field: str, names: Mapping[str, str]) -> str:
    found = " ".join(str(fields.get(field) or "").split())
    return names.get(found, found)
