"""Spans that are longer than an hour, or end while nobody looks: they are kept all the same."""

import msgspec
import pytest

from alerts.policy.reader import Reader
from alerts.routing.notice import Notice, notice
from alerts.routing.notification import Notification, Standing
from alerts.routing.throttle import feed
from alerts.routing.waiting import REMEMBERED, RecipientThrottle
from standards.judge.events import Tick
from tests.alerts.playing import MINUTE, NOON, SECOND, STANDARDS, Floor, line, people

DIGEST = """
kept: 1
people: {ann: {budget: 1}}
digest: {after: 10m, every: 3h}
routes: [{tell: ann, repeat: never, group_by: [queue]}]
"""


def test_digests_are_as_far_apart_as_the_policy_says() -> None:
    """Every three hours: also where the last digest was over an hour ago."""
    floor = Floor(DIGEST)
    floor.play([line(n * 600, "broken", f"p{n}", of="greeting") for n in range(30)], 8 * 3600)
    digests = [told.decided for told in floor.notices if told.id.startswith("digest:")]
    assert [(at - NOON) // MINUTE for at in digests] == [20, 200, 380]


def test_trouble_that_came_back_and_lasts_makes_its_all_clear_wait() -> None:
    """Back within an hour of its all-clear, and well again when that is over: the all-clear waits twice as long."""
    floor = Floor("kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann, repeat: never}]\n")
    facts = [line(0, "broken", "q.0"), line(600, "fulfilled_late", "q.0"), line(3000, "broken", "q.1")]
    floor.play([*facts, line(4800, "fulfilled_late", "q.1")], 7000)
    assert [at for _, kind, _, at in floor.said() if kind == "fulfilled_late"] == [720, 4800 + 240]


def _told(seconds: int, promise: str) -> Notice:
    made = line(seconds, "broken", promise)
    return msgspec.structs.replace(notice(made, STANDARDS["r-no-wait"], Reader()), id=f"{made.id}:ann", to="ann")


@pytest.mark.parametrize("ticked", [False, True])
def test_what_was_never_told_is_forgotten_by_time_alone(ticked: bool) -> None:
    """Over before its summary, and back after three days: told as little with a tick in between as without."""
    policy, case = people("kept: 1\npeople: {ann: {budget: 1}}\nroutes: [{tell: ann}]\n"), RecipientThrottle("ann")
    facts: list[Notification | Standing | Tick] = [
        Notification("ann", NOON, (_told(0, "p"),)),
        Notification("ann", NOON + SECOND, (_told(1, "q"),), fresh=frozenset({"q"})),
        Standing("ann", NOON + 5 * SECOND, "q", "over"),
    ]
    later = NOON + REMEMBERED + 10 * MINUTE
    step = feed(case, [*facts, *([Tick(later)] if ticked else ())], policy)
    back = Notification("ann", later + MINUTE, (_told(1, "q"),), "back")
    after = feed(step.case or case, [back, Tick(later + 10 * MINUTE)], policy)
    assert [each.speaks_for for each in (*step.notices, *after.notices)] == [("p",)]
