"""Workers, intakes, `serve` and the broker are killed at random: the ledger is the one that it would have been.

A short run of what `python -m tests.kafka.mayhem` does for longer; docs/kill-test.md has the result of a long one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kafka.mayhem import Plan, mayhem

PLAN = Plan(facts=18_000, kills=6, seed=11, rate=600)


@pytest.mark.slow
@pytest.mark.timeout(420)
def test_whatever_is_killed_the_ledger_is_the_undisturbed_one(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """No line is missing, invented or different; what is said again is said with the same bytes, and shown once."""
    report = mayhem(PLAN, tmp_path)
    assert report.differences.lines() == [], report.text()
    assert report.kills.total() == PLAN.kills
    assert set(report.kills) == {"worker", "intake", "serve", "broker"}
    assert len(report.calm.lines) > 1_000
    assert report.received >= len(report.said.notices) > 100
    said = f"{report.facts:,} facts, {report.kills.total()} kills, {len(report.calm.lines):,} lines"
    record_property("cases", f"mayhem: {said}, {report.said.repeated} said again, none missing or invented")
