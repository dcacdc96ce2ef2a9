"""Variations of one standard: the same rule with another deadline, or another number that a field is compared with.

Read next: `streams/review/sweeping.py`, which judges history by each of them.
"""

from __future__ import annotations

import re
from copy import deepcopy
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from standards.calendar.duration import DAY, describe, parse
from standards.calendar.working_days import number_of
from standards.compiler.targets.choices import placed_texts
from standards.compiler.targets.target_keys import NONE
from standards.expressions.tokens import ExpressionError, Token, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WINDOWS: Final = ("over", "step")
LENGTHS: Final = ("within", "within_last", "every", *WINDOWS)
COUNTS: Final = ("at_most", "at_least")
_PARTS: Final = (("when", "for"), ("expect", "for"), ("unless", "for"), ("when", "apart"), ("undo", "within"))
"""Lengths that stand in a part of a standard."""
MOST: Final = 24
"""So many values at most."""
STEPS: Final = 8
"""How many lengths of time are tried, about, where an author names the first and the last."""
_ROUND: Final = tuple(
    number * unit
    for unit, numbers in (
        (1_000_000, (1, 2, 5, 10, 15, 20, 30, 45)), (60_000_000, (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45)),
        (3_600_000_000, (1, 2, 3, 4, 6, 8, 12, 16, 20)), (86_400_000_000, (1, 2, 3, 5, 7, 10, 14, 21, 28)),
    )
    for number in numbers
)  # fmt: skip
"""Lengths that people promise, in microseconds; half steps are added below a minute and a half."""
_CONDITIONS: Final = (
    ("when", "where"), ("expect", "where"), ("unless", "where"), ("follow", "where"), ("until", "where"), ("must",),
    ("measure",), ("pause", "when", "where"), ("pause", "until", "where"), ("while", "when", "where"),
    ("while", "until", "where"), ("undo", "when", "where"),
)  # fmt: skip
_EVENTS: Final = re.compile(r"[1-9][0-9]* events?", re.ASCII)
_PLAIN: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)
_SIGNS: Final = ("<", "<=", ">", ">=", "==", "!=")


def values_of(text: str) -> tuple[str, list[str]]:
    """Read `within=30s..5m`, `waiting=2..6` or `within=30s,60s,90s`: what varies, and its values, in their order.

    Raises ValueError, saying what was found and what would fix it.
    """
    knob, equals, values = text.partition("=")
    form = "write within=30s..5m, waiting=2..6, or the values themselves: within=30s,60s,90s"
    if not (knob.strip() and equals and values.strip()):
        raise ValueError(f"{text!r} says not what varies and how far; {form}")
    first, dots, last = (part.strip() for part in values.partition(".."))
    if not dots:
        found = [part.strip() for part in values.split(",")]
        for each in found if is_length(knob) else ():
            # a day, a week, a month by the calendar, a shift, or so many events
            if not each.isalpha() and number_of(each) is None and not _EVENTS.fullmatch(each):
                parse(each)
    elif is_length(knob):
        found = _lengths(parse(first), parse(last), of_windows=knob.strip() in WINDOWS)
    elif first.isdecimal() and last.isdecimal() and int(first) <= int(last):
        low, high = int(first), int(last)
        found = [str(number) for number in range(low, high + 1, max(1, -(-(high - low + 1) // MOST)))]
    else:
        raise ValueError(f"{values!r} does not go from one whole number up to another; {form}")
    if not all(found) or len(found) > MOST:
        raise ValueError(f"{text!r} has {len(found)} values, and {MOST} is the limit; {form}")
    return knob.strip(), found


def _lengths(first: int, last: int, *, of_windows: bool) -> list[str]:
    """Give round lengths from the first to the last; those of windows fit into a day, or are whole days."""
    if not 0 < first <= last:
        raise ValueError(f"{describe(first)} to {describe(last)} is not a valid range; write the shorter one first")
    between = sorted({each for each in (*_ROUND, 90_000_000, 150_000_000) if first < each < last})
    between = [each for each in between if not of_windows or not (DAY % each and each % DAY)]
    step = max(1, -(-len(between) // STEPS))
    return [describe(each) for each in dict.fromkeys((first, *between[step - 1 :: step], last))]


def is_length(knob: str) -> bool:
    """Say whether what varies is a length of time: `within`, or `within.urgent` in a choice by a field."""
    name = knob.strip()
    return name.partition(".")[0] in LENGTHS or tuple(name.split(".")) in _PARTS


def has_knob(standard: Mapping[str, Any], knob: str) -> bool:
    """Say whether a standard has a key of that name whose value can vary, or compares such a field with a number."""
    if knob in COUNTS:
        return knob in standard
    return knob in _ways(standard) or any(_numbers(standard, knob))


def knobs(standard: Mapping[str, Any]) -> list[str]:
    """Give all that can vary in a standard."""
    names = {token.text for part, key in _conditions(standard) for token in _tokens(part[key]) if token.is_word}
    fields = [name for name in sorted(names) if any(_numbers(standard, name))]
    return [*_ways(standard), *(key for key in COUNTS if key in standard), *fields]


def _ways(standard: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Give the lengths of a standard and where they stand: `within`, or `within.urgent` in a choice by a field."""
    found = {}
    for key in LENGTHS:
        for way, text in placed_texts(standard.get(key)):
            if text != NONE:
                found[".".join((key, *way))] = (key, *way)
    for part, key in _PARTS:
        if isinstance(standard.get(part), dict) and key in standard[part]:
            found[f"{part}.{key}"] = (part, key)
    return found


def _at(standard: Mapping[str, Any], way: tuple[str, ...]) -> Any:  # noqa: ANN401 - a part of a standard
    part: Any = standard
    for step in way:
        part = part[step]
    return part


def value_now(standard: Mapping[str, Any], knob: str) -> str:
    """Give the value that a standard has, of the first of the numbers where it has several."""
    if knob in COUNTS:
        return str(standard[knob])
    way = _ways(standard).get(knob)
    return next(_numbers(standard, knob)).text if way is None else str(_at(standard, way))


def varied(standard: Mapping[str, Any], knob: str, value: str) -> dict[str, Any]:
    """Give a standard with another value. Where a field has several numbers, they keep their distances.

    Raises ValueError where the value is not a number, or a number would be below zero.
    """
    made: dict[str, Any] = deepcopy(dict(standard))
    if (way := _ways(standard).get(knob)) is not None:
        _at(made, way[:-1])[way[-1]] = value
        return made
    if _PLAIN.fullmatch(value) is None or (knob in COUNTS and not value.isdecimal()):
        raise ValueError(f"{value!r} is not a number that {knob} can be; write {knob}=2..6")
    if knob in COUNTS:
        made[knob] = int(value)
        return made
    by = Decimal(value) - Decimal(value_now(standard, knob))
    for part, key in _conditions(made):
        part[key] = _shifted(part[key], knob, by)
    return made


def _shifted(text: str, knob: str, by: Decimal) -> str:
    for token in reversed(list(_compared(text, knob))):
        number = Decimal(token.text) + by
        if number < 0:
            raise ValueError(f"{token.text} in {text!r} would be below zero; begin with a larger number")
        text = f"{text[: token.offset]}{number}{text[token.offset + len(token.text) :]}"
    return text


def _conditions(standard: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Give where the conditions of a standard are: the part of it, and the key in that part."""
    for *way, key in _CONDITIONS:
        part: Any = standard
        for step in way:
            part = part.get(step) if isinstance(part, dict) else None
        if isinstance(part, dict) and isinstance(part.get(key), str):
            yield part, key


def _numbers(standard: Mapping[str, Any], knob: str) -> Iterator[Token]:
    for part, key in _conditions(standard):
        yield from _compared(part[key], knob)


def _compared(text: str, knob: str) -> Iterator[Token]:
    """Give the numbers that a field is compared with."""
    tokens = _tokens(text)
    for at, token in enumerate(tokens):
        sides = tokens[max(0, at - 2) : at], tokens[at + 1 : at + 3][::-1]
        if token.kind == "number" and not token.text.endswith("%") and any(_is_against(side, knob) for side in sides):
            yield token


def _is_against(beside: list[Token], knob: str) -> bool:
    """Say whether two tokens beside a number are the field and a sign that compares."""
    return len(beside) == 2 and beside[0].text == knob and beside[1].text in _SIGNS  # noqa: PLR2004 - the two of them


def _tokens(text: str) -> list[Token]:
    try:
        return tokens_of(text)
    except ExpressionError:
        return []
