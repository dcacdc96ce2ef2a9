"""Standards of all six shapes that share events, with spans of seconds: what the crowd's events are judged by.

Knows: documents. Must not know: verdicts, or what happens. Read next: `truths.py`.
"""

from __future__ import annotations

from random import Random
from typing import Final

from tests.history import rules

KINDS: Final = ("guest.waiting", "guest.asked", "guest.answered", "guest.greeted", "guest.served", "guest.left")
"""The event types. `guest.waiting` is a reading: it says how things stand."""

EVENTS: Final = "\n".join(
    ["events:", *(f"  {kind}: {{guest: text, room: text, n: integer}}" for kind in KINDS), "readings: [guest.waiting]"]
)

LONG: Final = "when: {event: guest.waiting, where: n > 2}, expect: guest.served"
WELL: Final = "when: guest.asked, expect: {event: guest.answered, where: n >= opening.n}"
TEMPLATES: Final = {
    "response": (
        f"{LONG}, within: A, warn: 50%, unless: {{event: guest.waiting, where: n <= 2}}",
        f"{LONG}, within: A, again: done, rest: B",
        f"{LONG}, within: A, owed_for: B, warn: [25%, 75%]",
        "when: {event: guest.waiting, where: n > 1}, expect: guest.greeted, within: A, again: rise",
        "when: guest.asked, expect: guest.answered, within: A, unless: guest.left",
        f"{WELL}, within: A, again: each, owed_for: B",
        "when: guest.asked, expect: guest.answered, within: A, pause: {when: guest.left, until: guest.waiting}",
    ),
    "precedence": (
        "when: guest.served, expect: guest.greeted, within_last: A",
        "when: guest.answered, expect: {event: guest.asked, where: n <= opening.n}, within_last: A",
    ),
    "universality": ("when: guest.served, must: n <= 3", "when: {event: guest.left, where: n > 0}, must: n > 2"),
    "bounded": (
        "when: guest.asked, at_most: 1, within: A",
        "when: {event: guest.waiting, where: n > 2}, at_most: 2, within: A",
        "when: guest.waiting, at_most: 2, until: guest.served",
        "when: guest.left, at_most: 3",
    ),
    "recurrence": (
        "expect: guest.greeted, every: C",
        "expect: {event: guest.served, where: n > 1}, every: C, warn: 50%",
    ),
    "level": (
        "when: guest.served, measure: mean(n), over: A, must: <= 2.5, at_least: 2",
        "when: guest.waiting, measure: share(n > 2), over: A, must: < 60%",
        "when: guest.waiting, measure: p90(n), over: 4 events, must: <= 4",
        "when: guest.asked, measure: count(), over: B, must: <= 2",
    ),
}
"""Standards by their shape, as their keys; A, B and C are spans."""

SPANS: Final = ("1s", "2s", "3s", "5s")
PERIODS: Final = ("5s", "20s", "1m")
"""Longer ones: a period comes again and again, for hours too where a sender is away for hours."""
PERS: Final = ("guest", "guest", "guest", "room")


def drawn(draw: Random) -> str:
    """Draw a document of one to four standards."""
    shapes = [draw.choice(list(TEMPLATES)) for _ in range(draw.randint(1, 4))]
    keys = [
        _keys(draw.choice(TEMPLATES[shape]), draw.choice(PERS), *draw.choices(SPANS, k=2), draw.choice(PERIODS))
        for shape in shapes
    ]
    return rules(
        EVENTS, **{f"{shape}-{number}": text for number, (shape, text) in enumerate(zip(shapes, keys, strict=True))}
    )


def every() -> str:
    """Give a document of all of them, each owed to every guest; the first of each shape is owed to every room too."""
    found = {}
    for shape, templates in TEMPLATES.items():
        for number, template in enumerate(templates):
            found[f"{shape}-{number}"] = _keys(
                template, "guest", SPANS[(number + 1) % 4], SPANS[(number + 2) % 4], "20s"
            )
        found[f"{shape}-in-room"] = _keys(templates[0], "room", "5s", "3s", "5s")
    return rules(EVENTS, **found)


def _keys(template: str, per: str, *spans: str) -> str:
    for letter, span in zip("ABC", spans, strict=True):
        template = template.replace(f" {letter}", f" {span}")
    return f"per: [{per}], {template}"
