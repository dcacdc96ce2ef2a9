"""The numbers that a promise says in words or digits.

"One", "once" and "twice" are left alone: they are said of other things than the rule too often. Read next:
`lint/rule_numbers.py`, those that its rule is made of.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_ONES: Final = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_BETWEEN: Final = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_BOTH: Final = {
    f"{tens}{dash}{one}": _TENS[tens] + value
    for tens in _TENS for one, value in {"one": 1, **_ONES}.items() for dash in "- "
}  # fmt: skip
_VALUES: Final = {"one": 1, **_ONES, **_BETWEEN, **_TENS, **_BOTH}
_TENS_AND_ONES: Final = rf"(?:{'|'.join(_TENS)})(?:[- ](?:one|{'|'.join(_ONES)})\b)?"
_NUMBER: Final = rf"(?:[0-9]+(?:\.[0-9]+)?|{_TENS_AND_ONES}|{'|'.join(_BETWEEN)}|{'|'.join(_ONES)})"
_SAID: Final = re.compile(
    rf"\b(?P<part>one|{_NUMBER}) (?:out )?(?:of|in) (?P<all>{_NUMBER})\b"
    r"|\b(?P<hour>[0-9]{1,2}):(?P<past>[0-5][0-9])\b"
    rf"|\b(?P<number>{_NUMBER})\b(?P<working> (?:working|opening|business) days?)?"
    r"(?P<unit> (?:second|minute|hour|day|week|month)s?\b)?",
    re.IGNORECASE | re.ASCII,  # or the capital of another alphabet would be taken for one of ours
)


class Said(NamedTuple):
    """A number in a promise, as it is written there.

    `4 of 5` is 80, as a share is written in percent, and `17:30` is 17.5 hours. `length`: it is said of a unit of time.
    """

    text: str
    value: float
    length: bool = False


def numbers_said(promise: str) -> Iterator[Said]:
    """Give the numbers that a promise says. Working days are left out: how long they are, the calendar says."""
    for found in _SAID.finditer(promise):
        if found["part"]:
            whole = _value(found["all"])
            if whole:
                yield Said(found[0], round(100 * _value(found["part"]) / whole, 6))
        elif found["hour"]:
            yield Said(found[0], round(int(found["hour"]) + int(found["past"]) / 60, 6))
        elif not found["working"]:
            yield Said(found["number"], _value(found["number"]), length=bool(found["unit"]))


def _value(text: str) -> float:
    return float(_VALUES.get(text.lower()) or text)
