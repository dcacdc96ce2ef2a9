"""Conditions and measures in words: `share(waited <= 20)` is "the share with waited at most 20".

What is not known here stays as its author wrote it, within the words for the rest.
Read next: `wording.py`, which says what a promise is broken by.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from alerts.words.words import phrase

if TYPE_CHECKING:
    from alerts.words.words import Words

_COMPARED: Final = {
    "<=": phrase("{field} at most {value}"), ">=": phrase("{field} at least {value}"),
    "<": phrase("{field} under {value}"), ">": phrase("{field} over {value}"),
    "!=": phrase("{field} other than {value}"),
}  # fmt: skip
_BOUND: Final = {
    "<=": phrase("at most {value}"), ">=": phrase("at least {value}"), "<": phrase("under {value}"),
    ">": phrase("over {value}"), "!=": phrase("other than {value}"),
}  # fmt: skip
_MEASURED: Final = {
    "share": phrase("the share with {what}"), "count": phrase("the number with {what}"),
    "sum": phrase("the sum of {what}"), "mean": phrase("the mean of {what}"),
}  # fmt: skip
_JOINED: Final = {"and": phrase("{one} and {other}"), "or": phrase("{one} or {other}")}
_PART: Final = re.compile(r"\s+(and|or)\s+")
_CHAIN: Final = re.compile(r"(-?[\w.%]+)\s*<=\s*(\w+)\s*<=\s*(-?[\w.%]+)")
_PAIR: Final = re.compile(r"(\w+)\s*(<=|>=|==|!=|<|>)\s*(\"[^\"]*\"|-?[\w.%]+)")
_CALL: Final = re.compile(r"(\w+)\((.+)\)")
_MUST: Final = re.compile(r"(<=|>=|==|!=|<|>)\s*(.+)")


def condition_words(source: str, words: Words) -> str:
    """Say a condition in words; one with brackets, and what is rare, stays as it is written."""
    if "(" in source:
        return source
    found = _PART.split(source.strip())
    said = _one(found[0], words)
    for how, part in zip(found[1::2], found[2::2], strict=True):
        said = words.say(_JOINED[how], one=said, other=_one(part, words))
    return said


def measure_words(source: str, words: Words) -> str:
    """Say in words what is measured over a time."""
    call = _CALL.fullmatch(source.strip())
    if call is None or call[1] not in _MEASURED:
        return source
    return words.say(_MEASURED[call[1]], what=condition_words(call[2], words))


def bound_words(source: str, words: Words) -> str:
    """Say in words what a measure is held against."""
    found = _MUST.fullmatch(source.strip())
    if found is None:
        return source
    return words.say(_BOUND[found[1]], value=found[2]) if found[1] in _BOUND else found[2]


def _one(part: str, words: Words) -> str:
    """Say one comparison."""
    if chain := _CHAIN.fullmatch(part):
        return words.say("{field} from {first} to {last}", field=_named(chain[2]), first=chain[1], last=chain[3])
    pair = _PAIR.fullmatch(part)
    if pair is None:
        return _named(part) if part.isidentifier() else part
    field, how, value = _named(pair[1]), pair[2], pair[3].strip('"')
    if not value:
        filled, empty = phrase("{field} filled in"), phrase("{field} left empty")
        return words.say(filled if how == "!=" else empty, field=field)
    return words.say(_COMPARED[how], field=field, value=_named(value)) if how in _COMPARED else f"{field} {value}"


def _named(field: str) -> str:
    return field.replace("_", " ")
