"""Spans: from an instant to another one, which is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Span = tuple[int, int]
"""Two instants in microseconds UTC, or two minutes of a day."""


def together(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Make one span of those that overlap or touch; gives them in order."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return tuple(found)
