"""Shares, and when to warn: `95%`, `50%`, `15s before`.

Read next: `shaping.py`, `target_keys.py`.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from standards.calendar.duration import describe, parse
from standards.judge.targets.target import Mark

_PERCENT: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)%")
_BEFORE: Final = re.compile(r"(\S+) before")


def percent(text: str) -> Fraction:
    """Read `95%` as 19/20. Raises ValueError."""
    found = _PERCENT.fullmatch(text)
    if not found:
        bare = _PERCENT.fullmatch(f"{text}%")
        meant = "like 95%" if bare is None else f"{float(text) * (1 if float(text) > 1 else 100):.10g}%"
        raise ValueError(f"{text!r} is not a valid share; write it {meant}")
    return Fraction(found[1]) / 100


def goal(text: str) -> Fraction:
    """Read the share of promises to be kept, over 0 to 100%. Raises ValueError."""
    share = percent(text)
    if not 0 < share <= 1:
        raise ValueError(f"{text} can never be met, or never missed; write over 0 to 100%")
    return share


def mark(text: str) -> Mark:
    """Read when to warn. Raises ValueError."""
    before = _BEFORE.fullmatch(text)
    if before:
        return Mark(before=parse(before[1]))
    if not _PERCENT.fullmatch(text):
        raise ValueError(f"{text!r} is not a valid time to warn; write {_mark_meant(text)}")
    return Mark(percent(text))


def _mark_meant(text: str) -> str:
    """Write a warning as it was likely meant: `50 %` as 50%, `15s` and `before 15s` as 15s before."""
    bare = re.sub(r"\bbefore\b|\s", "", text)
    if re.fullmatch(r"[0-9]{1,2}%?", bare):
        return f"{bare.rstrip('%')}%"
    try:
        parse(bare)
    except ValueError:
        return "50%, or 15s before"
    return f"{bare} before"


def placed(text: str, whole: int | None) -> int | None:
    """Read a warning as microseconds after the opening, or None where the whole is not known. Raises ValueError."""
    found = mark(text)
    if whole is None:
        return None
    at = found.of(whole)
    if not 0 < at < whole:
        raise ValueError(f"{text!r} is not between the opening and the deadline; there are {describe(whole)}")
    return at


def before_end(text: str, period: str, longest: int) -> int:
    """Read how long before the end of a day, week, month or shift to warn, in microseconds below 0.

    `longest` is how long one of them is at most. Raises ValueError.
    """
    found = mark(text)
    if found.share is not None:
        raise ValueError(f"a {period} has no fixed length to take a share of; write how long before its end: 2h before")
    if not 0 < found.before < longest:
        raise ValueError(f"{text!r} is not within the {period}; the longest has {describe(longest)}")
    return -found.before
