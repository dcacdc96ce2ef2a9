"""The law that nothing that was accepted is without effect in silence: each event is accounted for.

Knows: random standards, and events that come late, much too late or twice. Read next: `test_accepted_has_effect.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standards.judge.standard import DAY
from streams.runtime.pump import Pump
from tests.oracle.histories import SHAPES, documents, histories
from tests.oracle.kept import read, rulebook_of
from tests.oracle.scales import SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.judge.case import Case
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook

SECOND = 1_000_000


class _Seen:
    """Stands before the judge of each standard, and notes which events came to be judged."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.judged: set[int] = set()
        for group in rulebook.groups.values():
            group.reactions = {cls: (self._see, *machines) for cls, machines in group.reactions.items()}

    def _see(self, _case: Case[Event], one: Event, _context: JudgeContext[Event]) -> None:
        self.judged.add(id(one))


@st.composite
def _arrivals(draw: st.DrawFn) -> tuple[Rulebook, list[Event]]:
    """Draw a standard, and events as they are received: in time, late, much too late, or twice."""
    about = draw(documents(draw(st.sampled_from(SHAPES)), SECONDS))
    about.pop("feeds", None)
    rulebook = rulebook_of(about)
    delays = st.sampled_from((0, 0, 0, SECOND, 3 * SECOND, 20 * SECOND, 4_000 * SECOND))
    found: list[Event] = []
    for one in read(rulebook, draw(histories(about, SECONDS, grants=draw(st.booleans())))):
        for _ in range(draw(st.sampled_from((1, 1, 1, 2)))):
            own = msgspec.structs.replace(one)
            own.received = own.at + draw(delays)
            found.append(own)
    return rulebook, sorted(found, key=lambda each: each.received)


@pytest.mark.parametrize("number", [15, pytest.param(5_000, marks=[pytest.mark.slow, pytest.mark.timeout(1_800)])])
def test_every_event_that_was_accepted_has_an_effect_or_a_place_to_look_it_up(number: int) -> None:
    """Each is judged, or makes a line, or stands in a row with its reason, or is counted as a repeat or unconcerned.

    Whatever the standard, however late or often events come.
    """

    @settings(max_examples=number, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(_arrivals(), st.integers(1, 5))
    def account(arrivals: tuple[Rulebook, Sequence[Event]], size: int) -> None:
        rulebook, events = arrivals
        seen, pump, counted = _Seen(rulebook), Pump(rulebook, settle=30 * SECOND), 0
        found: set[int] = set()
        batches = [events[at : at + size] for at in range(0, len(events), size)]
        for batch in [*batches, []]:
            now = batch[-1].received if batch else events[-1].received + pump.grace + DAY
            outcome = pump.push(batch, now=now)
            found |= {id(each.event) for each in outcome.unused}
            found |= {id(it) for line in outcome.transitions for it in (line.cause, line.promise.opening)}
            counted += outcome.duplicates + sum(outcome.unmatched.values())
        nowhere = [each for each in events if id(each) not in seen.judged | found]
        assert len(nowhere) == counted

    account()
