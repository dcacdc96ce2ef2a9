"""What a store keeps of a case, part by part, joins to the same case again."""

from hypothesis import given
from hypothesis import strategies as st

from standards.judge.case import Case, Identity, Snapshot
from standards.judge.events import Event, moment
from standards.judge.promise import Promise
from streams.storage.cases.case_parts import Seen, SeenMark, join_seen, new_seen, seen_mark
from streams.storage.cases.case_past import basis_mark, joined_log, new_logged

STEPS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=12)
"""What happens between two writes: so many identities are seen, and after them the generations rotate so often."""


@given(STEPS)
def test_what_is_new_joins_to_what_was_seen(steps: list[tuple[int, int]]) -> None:
    """However identities come and generations rotate between writes, what is stored of both is what the case has."""
    case = Case[Event]("group", ("key",))
    stored = SeenMark()
    rows: dict[int, Seen] = {}
    for number, (count, rotations) in enumerate(steps):
        fresh: dict[Identity, int] = {f"{number}-{each}": number for each in range(count)}
        case.seen = case.seen | fresh
        for _ in range(rotations):
            case.seen_before, case.seen, case.generation = case.seen, {}, case.generation + 1
        older, own = new_seen(case, stored)
        rows.setdefault(case.generation - 1, []).extend(older)
        rows.setdefault(case.generation, []).extend(own)
        stored = seen_mark(case)
        restored = Case[Event]("group", ("key",), generation=case.generation)
        join_seen(restored, rows)
        assert list(restored.seen.items()) == list(case.seen.items())
        assert list(restored.seen_before.items()) == list(case.seen_before.items())


def test_what_is_stored_is_not_given_again() -> None:
    """A case that has seen nothing since it was stored has nothing new; one identity more is all that is new."""
    case = Case[Event]("group", ("key",), seen={"a": 1, "b": 2}, seen_before={"c": 0}, generation=1)
    stored = seen_mark(case)
    assert new_seen(case, stored) == ([], [])
    case.seen["d"] = 3
    assert new_seen(case, stored) == ([], [("d", 3)])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.booleans()), max_size=12))
def test_what_is_new_of_a_log_joins_to_the_log(steps: list[tuple[int, int, bool]]) -> None:
    """However events are appended, come late or settle between writes: each is new once, and all are stored."""
    case = Case[Event]("group", ("key",))
    stored: list[Event] = []
    base, written = case.base, set[str]()
    for number, (count, late, settles) in enumerate(steps):
        case.log += [event(f"{number}-{each}", number) for each in range(count)]
        case.log.insert(min(late, len(case.log)), event(f"late-{number}", 0))
        if settles:
            case.base = Snapshot(number)
            del case.log[: len(case.log) // 2]
        fresh = new_logged(case, stored, base)
        assert written.isdisjoint(it.id for it in fresh)
        written |= {it.id for it in fresh}
        stored, base = joined_log(case, stored, fresh), case.base
        assert stored == case.log
        assert written.issuperset(it.id for it in case.log)
        assert new_logged(case, stored, base) == []


def event(name: str, at: int) -> Event:
    return Event(id=name, source="desk", time=moment(at), data=None, at=at)


def test_a_basis_is_new_when_a_snapshot_or_what_was_forgotten_is() -> None:
    """A case that only goes on has the basis that is stored; each of its parts makes it another one."""
    case = Case[Event]("group", ("key",), base=Snapshot(1))
    mark = basis_mark(case)
    case.log.append(event("a", 2))
    assert mark.stands_for(case)
    case.forgotten["r"] = [Promise(opened=1)]
    assert not mark.stands_for(case)
    mark, case.younger = basis_mark(case), Snapshot(2)
    assert not mark.stands_for(case)
    mark, case.revisions = basis_mark(case), ("r",)
    assert not mark.stands_for(case)
