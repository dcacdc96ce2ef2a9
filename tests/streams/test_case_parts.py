"""What a store keeps of a case, part by part, joins to the same case again."""

from hypothesis import given
from hypothesis import strategies as st

from standards.judge.case import Case, Identity
from standards.judge.events import Event
from streams.storage.case_parts import Seen, SeenMark, join_seen, new_seen, seen_mark

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
