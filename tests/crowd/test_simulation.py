"""The crowd, in memory: whatever senders, batches and restarts do, what stands in the end is the ideal run.

A short form of what `python -m tests.crowd.simulate` does for longer; docs/kill-test.md has the result of a long one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.crowd.senders import Habit, requests
from tests.crowd.simulate import SOURCES, START, Host, case, run, simulate
from tests.crowd.truths import SECOND, Scene, truths

SOME, MANY = 20, 3_000


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(draw=st.randoms(use_true_random=False))
def test_the_ideal_stands_in_the_end(tmp_path_factory: pytest.TempPathFactory, draw: Random) -> None:
    """Wrong clocks, lost answers, absences, batches, crashes and restarts change no standing and no line."""
    host = Host(tmp_path_factory.mktemp("host"))
    try:
        done = run(host, case(draw))
    finally:
        host.database.close()
    assert done.differences.lines() == []


@pytest.mark.parametrize("number", [SOME, pytest.param(MANY, marks=[pytest.mark.slow, pytest.mark.timeout(1_200)])])
def test_many_crowds_come_to_the_ideal(
    tmp_path: Path, number: int, record_property: Callable[[str, object], None]
) -> None:
    """No promise is lost, invented or different; no event is without effect in silence; no line depends on batches."""
    counts, wrong = simulate(range(number), tmp_path)
    assert wrong == {}
    assert min(counts[name] for name in ("repeats", "late", "restarts", "corrected", "withdrawn")) > 0
    record_property(
        "cases", f"crowd: {counts['cases']:,} crowds, {counts['events']:,} events, none comes to another end"
    )


def test_a_seed_is_one_crowd() -> None:
    """The same seed gives the same truths, sent in the same requests."""
    scene = Scene(START, 60 * SECOND, 40, 3, 2, SOURCES)
    habit = Habit("s1", error=290 * SECOND, batch=3, pause=SECOND, loses=0.4, retry=SECOND, waits=False, doubles=0.5)
    first, second = (requests(draw, truths(draw, scene), habit) for draw in (Random(7), Random(7)))
    assert first == second
    assert len({event for request in first for event in request.events}) == 40
