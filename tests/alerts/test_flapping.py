"""Trouble that comes and goes, and comes back before its all-clear: the same trouble."""

from alerts.routing.actions import Action
from standards.judge.ledger import Line
from tests.alerts.playing import LOUD, Floor, act, line


def test_what_flaps_is_told_once() -> None:
    """Twenty crossings in ten minutes: one message, and one all-clear when it has stayed well."""
    floor = Floor(LOUD.replace("well_for: 0s", "well_for: 2m"))
    facts = []
    for n in range(20):
        facts += [line(n * 30, "warned", f"q.{n}"), line(n * 30 + 15, "kept", f"q.{n}")]
    floor.play(facts, 2000)
    assert floor.said() == [("ann", "warned", "q.0", 0), ("ann", "kept", "q.19", 585 + 120)]
    assert floor.unsaid("q.7") == [("ann", "flapping", 210), ("ann", "flapping", 240)]


def test_what_gets_worse_while_it_flaps_is_told() -> None:
    """A promise that breaks is told although a warning of the same was told a moment ago."""
    floor = Floor(LOUD.replace("well_for: 0s", "well_for: 2m"))
    facts = [line(0, "warned", "q.0"), line(9, "kept", "q.0"), line(20, "warned", "q.1"), line(50, "broken", "q.1")]
    floor.play(facts, 2000)
    assert floor.said() == [("ann", "warned", "q.0", 0), ("ann", "broken", "q.1", 50)]


def test_who_took_it_looks_after_what_returns_within_its_wait() -> None:
    """Taken, well, and back before its all-clear: the same trouble, in the same hands; its verdict is told once."""
    floor = Floor(LOUD.replace("well_for: 0s", "well_for: 2m"))
    facts: list[Line | Action] = [
        line(0, "warned", "q.0"), act(5, "acknowledged", promise="q.0"), line(9, "kept", "q.0"),
        line(20, "warned", "q.1"), line(50, "broken", "q.1"), line(90, "fulfilled_late", "q.1"),
    ]  # fmt: skip
    floor.play(facts, 400)
    assert [said[1:] for said in floor.said()] == [
        ("warned", "q.0", 0), ("broken", "q.1", 50), ("fulfilled_late", "q.1", 210),
    ]  # fmt: skip
