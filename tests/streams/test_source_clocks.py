"""The senders' clocks: whose is fast, whose events come late, for as long as it is so, and for a bounded number."""

from hypothesis import given
from hypothesis import strategies as st

from streams.runtime.source_clocks import MOST, OTHERS, STRETCH, SourceClock, SourceClocks, merged, off_time
from tests.streams.hosting import SECOND

BEGAN = 1_000 * STRETCH
CLAIMS = st.lists(st.integers(-100 * SECOND, 300 * SECOND), min_size=1, max_size=30)


@given(CLAIMS, st.sets(st.integers(0, 29)))
def test_the_worst_is_kept_however_it_is_stored(claims: list[int], stored_after: set[int]) -> None:
    """What was stored at any moments, and read back after any of them, says how far ahead and behind it was at most."""
    table: dict[tuple[str, int], SourceClock] = {}
    clocks = SourceClocks()
    for place, ahead in enumerate(claims):
        clocks.hear("till", BEGAN + place + ahead, BEGAN + place)
        if place in stored_after or place == len(claims) - 1:
            table |= {(each.source, each.since): each for each in clocks.changed()}
            clocks = SourceClocks(table.values())
    assert list(table.values()) == [SourceClock("till", BEGAN, max(claims), max(-ahead for ahead in claims))]


def test_what_has_not_changed_is_not_stored_again() -> None:
    """A sender that is no worse than before costs nothing but its first event."""
    clocks = SourceClocks()
    clocks.hear("till", BEGAN, BEGAN + SECOND)
    assert [each.behind for each in clocks.changed()] == [SECOND]
    clocks.hear("till", BEGAN + 9, BEGAN + 9 + SECOND)
    assert clocks.changed() == []


def test_a_clock_that_was_mended_is_told_of_no_more() -> None:
    """Each half-hour begins anew, so that what was mended is forgotten; put together, the worst of them stands."""
    clocks = SourceClocks()
    clocks.hear("till", BEGAN + 9 * SECOND, BEGAN)
    clocks.came_to("till", "in-place", BEGAN - SECOND, BEGAN)
    first = clocks.changed()
    clocks.hear("till", BEGAN + STRETCH, BEGAN + STRETCH)
    clocks.came_to("till", "in-place", BEGAN + STRETCH - 5, BEGAN + STRETCH)
    second = clocks.changed()
    assert [(each.since, each.ahead) for each in (*first, *second)] == [(BEGAN, 9 * SECOND), (BEGAN + STRETCH, 0)]
    (both,) = merged([*first, *second])
    assert (both.ahead, both.late) == (9 * SECOND, {"in-place": 2})


def test_only_so_many_senders_are_told_apart() -> None:
    """However many names there are, memory is bounded, and the worst of those beyond is still told."""
    clocks = SourceClocks()
    for number in range(MOST + 50):
        clocks.hear(f"s{number}", BEGAN + number, BEGAN)
    found = {each.source: each for each in clocks.changed()}
    assert len(found) == MOST + 1
    assert found[OTHERS].ahead == MOST + 49


def test_the_fastest_comes_first_and_who_is_in_time_is_not_told_of() -> None:
    """Whose clock is most ahead comes first, then who is latest; a second of delay is nothing to tell."""
    fast, late = (
        SourceClock("fast", BEGAN, 3 * SECOND, 0),
        SourceClock("late", BEGAN, 0, 90 * SECOND, late={"added": 1}),
    )
    found = merged([SourceClock("fine", BEGAN, 0, SECOND), late, fast])
    assert [each.source for each in off_time(found)] == ["fast", "late"]
