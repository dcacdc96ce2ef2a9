"""Workers, intakes, `serve` and the broker are killed at random: the ledger is the one that it would have been.

A short run of what `python -m tests.kafka.mayhem` does for longer; docs/kill-test.md has the result of a long one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kafka.killing import Plan
from tests.kafka.mayhem import mayhem
from tests.kafka.orderly import Orderly
from tests.kafka.unruly import Unruly

PLAN = Plan(facts=18_000, kills=6, seed=11, rate=600)
UNRULY = Plan(facts=4_000, kills=6, seed=11, rate=100)


@pytest.mark.slow
@pytest.mark.timeout(420)
def test_whatever_is_killed_the_ledger_is_the_undisturbed_one(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """No line is missing, invented or different; what is said again is said with the same bytes, and shown once."""
    report = mayhem(Orderly, PLAN, tmp_path)
    assert report.differences.lines() == [], report.text()
    assert report.kills.total() == PLAN.kills
    assert set(report.kills) == {"worker", "intake", "serve", "broker"}
    assert len(report.calm.lines) > 1_000
    assert report.received >= len(report.said.notices) > 100
    said = f"{report.facts:,} facts, {report.kills.total()} kills, {len(report.calm.lines):,} lines"
    record_property("cases", f"mayhem: {said}, {report.said.repeated} said again, none missing or invented")


@pytest.mark.slow
@pytest.mark.timeout(420)
def test_whoever_is_out_of_step_each_promise_stands_as_it_should(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """With senders that are fast, slow, late and doubled, no promise is lost, invented or false, whatever is killed."""
    report = mayhem(Unruly, UNRULY, tmp_path)
    assert report.differences.lines() == [], report.text()
    assert report.kills.total() == UNRULY.kills
    assert report.received >= len(report.said.notices) > 100
    record_property("cases", f"unruly mayhem: {report.facts:,} events, {report.rows}")
