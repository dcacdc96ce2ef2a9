"""What a policy would have made of history: who is told too much, and of what trouble that comes and goes.

History is told as it would have been, at each second in which something came or fell due.
Read next: `streams/stories/host.py`.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from alerts.stories.story import is_digest
from standards.calendar.duration import SECOND
from standards.judge.standard import UTC_ZONE
from streams.backtest.backtest import Backtest, Task
from streams.runtime.pump import GRACE
from streams.stories.host import Store, StoryHost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alerts.policy.policy import People
    from standards.compiler.spec import Loaded
    from standards.documents.entries import Entry
    from standards.judge.events import Event
    from streams.documents.rules import Rules

HELD_BACK: Final = 1
"""From so many messages a day on that somebody's budget holds back, the budget or the standards are wrong."""
CAME_BACK: Final = 10
"""From so many times on that trouble came back before its all-clear, it is not by chance."""
OF_TOLD: Final = 4
"""And where that is at least one for so many that were told, the standard asks at a limit at which life swings."""


class ToldOf(NamedTuple):
    """How many messages each person got, digests aside, and how many their budget held back.

    By standard, of how many lines somebody was told, and how many came back within the wait for an all-clear.
    """

    sent: Counter[str]
    held: Counter[str]
    lines: Counter[str]
    back: Counter[str]


def told_of(task: Task, rules: Rules, say: Callable[[str], None]) -> ToldOf:
    """Tell history, and count. Raises SpecError where it cannot be read, OSError."""
    told = ToldOf(Counter(), Counter(), Counter(), Counter())
    host = StoryHost(rules, UTC_ZONE, Store())
    wall = 0
    with ExitStack() as stack:
        for second, events in groupby(_events(task, stack, say), key=lambda event: event.at // SECOND):
            wall = max(wall, (second + 1) * SECOND)
            while (wake := host.wake) + GRACE < wall:
                _step(host, [], wake + GRACE, told)
            _step(host, list(events), wall, told)
    _step(host, [], wall + GRACE, told)
    return told


def _events(task: Task, stack: ExitStack, say: Callable[[str], None]) -> Iterator[Event]:
    events = 0
    for batch, _ in Backtest(task).batches(task.paths, stack):
        yield from batch
        events += len(batch)
        say(f"telling: {events:,} events")


def _step(host: StoryHost, events: list[Event], wall: int, told: ToldOf) -> None:
    done = host.step(events, wall)
    told.sent.update(notice.to for notice in done.alerts.notices if not is_digest(notice))
    told.held.update(held.to for held in done.alerts.withheld if held.reason == "budget")
    for line in done.lines:
        if line.kind in ("warned", "broken"):
            reason = done.alerts.reasons.get(line.id)
            told.lines[line.standard] += reason == "told"
            told.back[line.standard] += reason == "flapping"


def over_budget(told: ToldOf, people: People, days: int, policy: Entry) -> None:
    """Report people whose budget holds back a message a day or more, at its place in the policy."""
    for name, person in people.people.items():
        held, wanted = told.held[name] / days, (told.sent[name] + told.held[name]) / days
        if person.budget and held >= HELD_BACK:
            found = (
                f"{name} would get about {wanted:,.0f} messages a day, and a budget of {person.budget} an hour holds "
                f"{held:,.0f} of them back"
            )
            fix = "let fewer standards be told to them, or warn later; docs/policy.md has more that keeps messages back"
            section = "people" if policy.at("people").has(name) else "teams"
            policy.at(section, name, "budget").warning("over-budget", found, fix)


def swings(told: ToldOf, loaded: Loaded) -> None:
    """Report standards whose trouble comes back again and again before all has been well for long enough."""
    for standard in loaded.standards:
        back, lines = told.back[standard.id], told.lines[standard.id]
        if back < max(CAME_BACK, lines / OF_TOLD):
            continue
        entry = loaded.entries[standard.id]
        times = "once" if lines == 1 else f"{lines:,} times"
        found = f"its trouble came back {back:,} times before the all-clear, and was told {times}"
        if entry.has("when"):
            fix = "let it last before it counts: write for: 1m under when:, or under what ends it"
        else:
            fix = "measure over a longer time, or let more of a miss be allowed"
        entry.at("when" if entry.has("when") else "promise").warning("swings", found, fix)
