"""The laws of the judge, whatever the standards and whatever happened: design section 10, on random cases.

Knows: what must not matter to a ledger. Must not know: any verdict; `tests/oracle` does.
What comes late has a law of its own, in `test_judging_again_laws.py`. Read next: `docs/semantics.md`.
"""

from collections import Counter
from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from standards.judge.events import Event
from standards.judge.promise import Transition
from standards.judge.rulebook import Rulebook
from streams.runtime.position import Position
from streams.runtime.pump import GRACE, Pump
from streams.storage.cases.case_store import Snapshots
from tests.oracle.agreement import ALL
from tests.oracle.changes import CHANGED
from tests.oracle.histories import cases
from tests.oracle.kept import lines_of, read, rulebook_of

Case = tuple[dict[str, Any], list[dict[str, Any]]]
ANY = st.sampled_from(ALL).flatmap(cases)
law = settings(max_examples=settings().max_examples * 2 // 5, database=None, suppress_health_check=list(HealthCheck))

ENDS = {"kept", "broken", "voided", "excused", "lost"}


def told(transitions: list[Transition[Event]]) -> list[tuple[Any, ...]]:
    """Give all that a ledger says, in an order that does not depend on batches."""
    return sorted((t.id, t.kind, t.at, t.known, t.before, t.after, t.due, t.elapsed) for t in transitions)


def judge(rulebook: Rulebook, *batches: list[dict[str, Any]]) -> list[Transition[Event]]:
    pump, transitions = Pump(rulebook), []
    for batch in batches:
        transitions += pump.push(read(rulebook, batch)).transitions
    return transitions + pump.finish().transitions


def in_order(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort by time, ties as they arrived, each event once."""
    return sorted(once(history), key=lambda event: event["time"])


def once(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event for place, event in enumerate(history) if event not in history[:place]]


@law
@given(ANY)
def test_a_replay_is_the_same(case: Case) -> None:
    """The same facts give the same ledger, ids and all, from a rulebook loaded anew."""
    about, history = case
    assert told(judge(rulebook_of(about), history)) == told(judge(rulebook_of(about), history))


@law
@given(ANY, st.integers(0, 30))
def test_a_restart_anywhere_changes_nothing(case: Case, cut: int) -> None:
    """Stored as bytes and read back in the middle of a history, cases go on as if nothing had been."""
    about, history = case
    rulebook = rulebook_of(about)
    before, snapshots = Pump(rulebook), Snapshots(rulebook)
    first = before.push(read(rulebook, history[:cut])).transitions
    position = msgspec.msgpack.decode(msgspec.msgpack.encode(before.position()), type=Position)
    after = Pump(rulebook, position=position)
    after.adopt(snapshots.decode(snapshots.encode(one)) for one in before.cases())
    rest = after.push(read(rulebook, history[cut:])).transitions + after.finish().transitions
    assert told([*first, *rest]) == told(judge(rulebook, history))


@law
@given(ANY)
def test_a_promise_opens_once_and_ends_at_most_once(case: Case) -> None:
    """Every promise is opened first, its lines are numbered, and at most one of them is its verdict."""
    about, history = case
    lives: dict[str, list[Transition[Event]]] = {}
    for transition in judge(rulebook_of(about), history):
        lives.setdefault(transition.id.rpartition(".")[0], []).append(transition)
    for life in lives.values():
        kinds: Counter[str] = Counter(transition.kind for transition in life)
        assert (life[0].kind, kinds["opened"]) == ("opened", 1)
        assert sum(kinds[kind] for kind in ENDS) <= 1
        assert [t.ordinal for t in life] == list(range(life[0].ordinal, life[0].ordinal + len(life)))
        assert all(before.after == after.before for before, after in pairwise(life))


@law
@given(ANY)
def test_repeats_are_inert(case: Case) -> None:
    """An event that comes a second time changes nothing."""
    about, history = case
    rulebook = rulebook_of(about)
    assert told(judge(rulebook, history)) == told(judge(rulebook, once(history)))


@law
@given(ANY)
def test_the_order_of_arrival_is_irrelevant(case: Case) -> None:
    """Within the lateness, whatever order events arrive in, the ledger is that of their times."""
    about, history = case
    rulebook = rulebook_of(about)
    assert lines_of(judge(rulebook, history)) == lines_of(judge(rulebook, in_order(history)))


@law
@given(ANY)
def test_the_interleaving_of_subjects_is_irrelevant(case: Case) -> None:
    """At one instant, which subject's events arrive first does not matter."""
    about, history = case
    assume(all("queue" in standard["per"] for standard in about["standards"].values()))

    def queue(event: dict[str, Any]) -> str:
        about_all = event["type"] == CHANGED
        return "" if about_all else str(event["data"].get("queue") or event["data"]["subject"].rpartition("/")[2])

    ordered = in_order(history)
    one_way = sorted(ordered, key=lambda event: (event["time"], queue(event)))
    other_way = sorted(sorted(ordered, key=queue, reverse=True), key=lambda event: event["time"])
    rulebook = rulebook_of(about)
    assert told(judge(rulebook, one_way)) == told(judge(rulebook, other_way))


@law
@given(ANY, st.lists(st.integers(1, 5)))
def test_the_size_of_batches_is_irrelevant(case: Case, sizes: list[int]) -> None:
    """Judged all at once, one by one, or in batches of any size, a history has one ledger."""
    about, history = case
    batches, left = [], list(history)
    for size in sizes:
        batches.append(left[:size])
        left = left[size:]
    rulebook = rulebook_of(about)
    whole = told(judge(rulebook, history))
    assert whole == told(judge(rulebook, *batches, left)) == told(judge(rulebook, *([event] for event in history)))


@law
@given(ANY)
def test_extra_ticks_change_nothing(case: Case) -> None:
    """A clock that tells the time before every event finds the same deadlines at the same instants."""
    about, history = case
    ordered = in_order(history)
    rulebook = rulebook_of(about)
    pump, transitions = Pump(rulebook), []
    for event in ordered:
        transitions += pump.push((), now=event["time"] - 1 + GRACE).transitions
        transitions += pump.push(read(rulebook, [event])).transitions
    transitions += pump.finish().transitions
    assert told(transitions) == told(judge(rulebook, ordered))
