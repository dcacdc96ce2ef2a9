"""Checks of feeds: what is expected comes by one of them, and those that are named are there.

Where a document declares no feeds, it says nothing about where its events come from, and nothing is checked.
Read next: `clock.py`, which looks at how often they speak.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from standards.judge.rulebook import PROMISE_EVENTS
from standards.judge.standard import clauses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.expressions.expression import Condition
    from standards.lint.lint_input import LintInput

HEARTBEAT: Final = "feed.heartbeat"
FROM_PEOPLE: Final = frozenset(
    {
        "debrief.completed",
        "exception.granted",
        "alert.acknowledged",
        "alert.handed_on",
        "alert.given_back",
        "alert.silenced",
        "alert.unsilenced",
        HEARTBEAT,
    }
)
"""Events that people make on the board or by a link, and the feeds' own: no feed declares them."""


def no_feed(lint: LintInput) -> None:
    """Find events that are waited for and that no declared feed brings."""
    brought = {event for _, feed in lint.feeds.values() for event in feed.events}
    for standard in lint.standards.values():
        expect = clauses(standard.shape).get("expect")
        known = brought | FROM_PEOPLE | set(PROMISE_EVENTS)
        if not brought or expect is None or not known.isdisjoint(expect.events):
            continue
        found = f"{standard.id} waits for {' or '.join(expect.events)}, and no feed brings it"
        fix = "name it under the events: of the feed by which it comes"
        lint.entries[standard.id].at("expect").warning("no-feed", found, fix)


def unknown_feed(lint: LintInput) -> None:
    """Find conditions on heartbeats of feeds that there are not; an error, as any name that nothing has."""
    for standard in lint.standards.values() if lint.feeds else ():
        for key, clause in clauses(standard.shape).items():
            wheres = [each.where for each in clause.all if each.event == HEARTBEAT]
            for name in (name for where in wheres for name in _feeds_named(where)):
                if name not in lint.feeds:
                    lint.entries[standard.id].at(*key.split("."), "where").unknown("feed", name, lint.feeds)


def _feeds_named(where: Condition | None) -> Iterator[str]:
    for node in ast.walk(where.tree) if where is not None else ():
        if isinstance(node, ast.Compare):
            parts = [part for operand in (node.left, *node.comparators) for part in ast.walk(operand)]
            if any(isinstance(part, ast.Attribute) and part.attr == "feed" for part in parts):
                values = [part.value for part in parts if isinstance(part, ast.Constant)]
                yield from (value for value in values if isinstance(value, str))
