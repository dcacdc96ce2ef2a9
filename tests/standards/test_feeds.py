"""Darkness depends on what was heard, never on the order in which it was heard."""

from hypothesis import given
from hypothesis import strategies as st

from standards.judge.feeds import Heard, Hearing

SILENT = 10
TIMES = st.lists(st.integers(min_value=0, max_value=200), max_size=12)


def hearing(times: list[int], silent_after: int = SILENT) -> Hearing:
    found = Hearing(silent_after)
    for at in times:
        found.hear(at)
    return found


def plainly_dark(times: list[int], at: int, silent_after: int = SILENT) -> bool:
    """Say it as the page on verdicts does: nothing came in the `silent_after` before, or ever."""
    return not any(at - silent_after <= heard <= at for heard in times)


@given(TIMES, st.permutations(range(12)))
def test_the_order_of_hearing_is_irrelevant(times: list[int], order: list[int]) -> None:
    """Two feeds that heard the same instants in any order are dark at the same instants."""
    shuffled = [times[place] for place in order if place < len(times)]
    first, second = hearing(times), hearing(shuffled)
    assert [first.dark_at(at) for at in range(230)] == [second.dark_at(at) for at in range(230)]


@given(TIMES, st.integers(min_value=1, max_value=40))
def test_dark_is_what_the_page_on_verdicts_says(times: list[int], silent_after: int) -> None:
    """At every instant the answer is that of looking through all that was heard."""
    found = hearing(times, silent_after)
    for at in range(250):
        assert found.dark_at(at) is plainly_dark(times, at, silent_after), at


@given(TIMES)
def test_hearing_twice_is_hearing_once(times: list[int]) -> None:
    """A repeat changes nothing."""
    assert hearing(times) == hearing([at for at in times for _ in range(2)])


def test_darkness_begins_a_microsecond_after_silent_after() -> None:
    """Exactly `silent_after` after it was heard a feed is not dark; before it was ever heard it is."""
    found = hearing([100])
    assert [found.dark_at(at) for at in (99, 100, 110, 111)] == [True, False, False, True]


def test_an_instant_within_a_gap_mends_it() -> None:
    """What arrives later lights exactly its own stretch of a gap."""
    found = hearing([0, 100])
    assert found.dark_at(50)
    found.hear(45)
    assert [found.dark_at(at) for at in (10, 11, 44, 45, 55, 56, 99, 100)] == [
        False, True, True, False, False, True, True, False,
    ]  # fmt: skip


def test_a_feed_that_is_not_known_is_dark() -> None:
    """A standard that rests on a feed nobody has heard of cannot be sure of an absence."""
    heard = Heard({"tills": hearing([100])})
    assert heard.dark("cameras", 100)
    assert not heard.dark("tills", 100)


@given(TIMES, st.integers(min_value=0, max_value=230))
def test_a_dark_feed_says_when_it_was_heard_last(times: list[int], at: int) -> None:
    """Whatever came later, a feed that was dark at an instant was heard last before it, if it ever was."""
    heard = Heard({"tills": hearing(times)})
    last = max((each for each in times if each <= at), default=-1)
    assert heard.silent(["tills"], at) == ({"tills": last} if plainly_dark(times, at) else {})


def test_only_those_feeds_are_named_that_were_silent() -> None:
    """Of three feeds one speaks, one fell silent, and one was never heard."""
    heard = Heard({"tills": hearing([0]), "doors": hearing([0, 25])})
    assert heard.silent(["doors", "tills", "calls"], 30) == {"tills": 0, "calls": -1}
