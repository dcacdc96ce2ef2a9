"""A real `kept run` is killed, stopped and locked out, and its clock is set: what it stores is the ideal run.

Short runs of what `python -m tests.crowd.mayhem` does for longer; docs/kill-test.md has the result of a long one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crowd.mayhem import Plan, run
from tests.crowd.process import KINDS

SHORT = Plan(seconds=4, rate=30, faults=3, seed=11, guests=20, rooms=3, longest=0.6)
LONG = Plan(seconds=60, rate=40, faults=len(KINDS), seed=12, guests=200, rooms=20)


@pytest.mark.timeout(500)
@pytest.mark.parametrize("plan", [SHORT, pytest.param(LONG, marks=pytest.mark.slow)], ids=["short", "long"])
def test_whatever_is_done_to_it_every_promise_stands_as_it_should(
    tmp_path: Path, plan: Plan, record_property: Callable[[str, object], None]
) -> None:
    """No promise is lost, invented or different; what was accepted is stored, and what was refused can be looked up."""
    report = asyncio.run(run(plan, tmp_path))
    assert report.differences.lines() == [], report.text()
    assert report.faults.keys() == set(KINDS[: plan.faults])
    assert len(report.post.accepted) == plan.seconds * plan.rate
    assert report.post.refused
    assert report.promises > 10 * plan.seconds
    said = f"{len(report.post.accepted):,} events, {report.faults.total()} faults, {report.promises:,} promises"
    record_property("cases", f"crowd of a real host: {said}, none lost or invented")
