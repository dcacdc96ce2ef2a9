"""The statements of a form as fields that are ticked where they are true, and how many were.

The words are the house's own. Read next: `mine.py` and `review.py`, which ask them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.board.markup import Html, el

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.practice.practice import Form

_FIELD: Final = "true-"


def statements(form: Form, legend: str) -> Html:
    """Draw one field for each statement."""
    named = ((f"{_FIELD}{number}", said) for number, said in enumerate(form.statements))
    ticks = (
        el("label", el("input", type="checkbox", name=name, value="yes"), el("span", said), class_="tick")
        for name, said in named
    )
    return el("fieldset", el("legend", legend), ticks, class_="statements")


def count_true(form: Form, given: Mapping[str, str]) -> int:
    """Count the statements that were ticked."""
    return sum(f"{_FIELD}{number}" in given for number in range(len(form.statements)))
