"""Subjects: by which fields standards and feeds tell them apart, and how one is read back from its text.

Read next: `rulebook.py`, which writes that text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.standard import event_types

if TYPE_CHECKING:
    from collections.abc import Iterable

    from standards.judge.standard import Feed, Standard


def fields_of_subjects(standards: Iterable[Standard], feeds: Iterable[Feed]) -> dict[str, set[str]]:
    """Give, by event type, the fields by which standards and feeds tell subjects apart."""
    found: dict[str, set[str]] = {}
    heard = [(standard.per, event_types(standard)) for standard in standards]
    for per, events in [*heard, *((feed.per, feed.events) for feed in feeds)]:
        for name in events:
            found.setdefault(name, set()).update(per)
    return found


def subject_parts(text: str) -> tuple[str, ...]:
    """Read the values of a subject back from its text, each as it was sent."""
    return tuple(part.replace("%2F", "/").replace("%25", "%") for part in text.split("/"))
