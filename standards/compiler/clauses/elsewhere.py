"""Names that stand where another kind of name belongs: a state in the place of an event, a calendar in that of a state.

Read next: `clausing.py` and `scoping.py`, which ask.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from standards.expressions.expression import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")

Elsewhere = Mapping[str, str]
"""The kind of what is declared under each name: `state` or `calendar`."""

_PLACES: Final = {"state": "while or pause", "calendar": "calendar or during"}
_ALONE: Final = re.compile(
    r"(?:^|\(|\b(?:and|or|not)\s)\s*(?P<name>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)\s*(?=$|\)|(?:and|or)\s)"
)
"""A name that nothing is compared with, between `and`, `or`, `not` and brackets."""


def declared(states: Iterable[str], calendars: Iterable[str]) -> Elsewhere:
    """Say what each name is that is declared."""
    return {**dict.fromkeys(calendars, "calendar"), **dict.fromkeys(states, "state")}


def stands_elsewhere(name: str, kind: str, elsewhere: Elsewhere) -> tuple[str, str] | None:
    """Say what a name is that stands in the place of a `kind`, and where it belongs; None if nothing has it."""
    other = elsewhere.get(name, kind)
    if other == kind:
        return None
    article, quoted = ("an", repr(name)) if kind == "event" else ("a", name if kind == "field" else repr(name))
    found = f"{quoted} is a {other}, not {article} {kind}"
    return found, f"name {article} {kind} here; a {other} stands under {_PLACES[other]}"


def reading(text: str, kind: str, elsewhere: Elsewhere, read: Callable[[], T]) -> T:
    """Read a text that names things of a `kind`. Raises ExpressionError: for one of another kind, saying so."""
    try:
        return read()
    except ExpressionError:
        for found in _ALONE.finditer(text):
            if said := stands_elsewhere(found["name"], kind, elsewhere):
                name, start = found["name"], found.start("name")
                raise ExpressionError(
                    said[0], offset=start, length=len(name), fix=said[1], unknown=name if kind == "field" else ""
                ) from None
        raise
