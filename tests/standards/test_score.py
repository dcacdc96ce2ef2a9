"""Scores: how transitions are counted, and how sure a share is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.judge.promise import State
from standards.judge.score import Score, wilson
from streams.backtest.backtest import count
from tests.history import judge_live, rules


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (15, 148, 0.0624, 0.1605),  # the same
        (0, 20, 0.0, 0.1611),  # the same
        (1, 29, 0.0061, 0.1718),  # the same
    ],
)
def test_the_interval_is_wilsons(successes: int, trials: int, low: float, high: float) -> None:
    """The interval has the values that were published for it."""
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10**6), st.data())
def test_the_interval_holds_the_share_within_bounds(trials: int, data: st.DataObject) -> None:
    """The share lies in its interval, the interval in 0 to 1, and more of the same makes it narrower."""
    successes = data.draw(st.integers(0, trials))
    low, high = wilson(successes, trials)
    assert 0 <= low <= successes / trials + 1e-12
    assert successes / trials - 1e-12 <= high <= 1
    more = wilson(10 * successes, 10 * trials)
    assert more[1] - more[0] < high - low


def test_without_verdicts_there_is_no_rate() -> None:
    """Nothing judged is no rate, neither none nor all; what is excused or unknown is in no share."""
    score = Score()
    assert (score.kept_rate, score.interval) == (None, None)
    for _ in range(3):
        score.add("opened", "new", "open")
    score.add("excused", "open", "excused")
    score.add("lost", "open", "unknown")
    score.add("voided", "open", "void")
    assert (score.kept_rate, score.judged, score.settled, score.open) == (None, 0, 3, 0)


def test_a_correction_takes_one_verdict_and_gives_another() -> None:
    """Corrected from fulfilled late to kept, the promise is counted once, as kept, and no longer as late."""
    score = Score()
    score.add("opened", "new", "open")
    score.add("broken", "open", "broken")
    score.add("fulfilled_late", "broken", "late")
    assert score.counts() | {"late": score.late} == {
        "opened": 1, "kept": 0, "broken": 1, "void": 0, "excused": 0, "unknown": 0, "open": 0, "late": 1,
    }  # fmt: skip
    score.add("corrected", "late", "kept")
    assert (score.kept, score.broken, score.late, score.corrected, score.open) == (1, 0, 0, 1, 0)


@pytest.mark.parametrize("after", ["late", "ended", "given_up"])
def test_how_a_broken_promise_ended_follows_corrections(after: State) -> None:
    """Corrected to an ending, a promise counts among those that ended so; taken back, it does not."""
    score = Score()
    score.add("opened", "new", "open")
    score.add("kept", "open", "kept")
    score.add("corrected", "kept", after)
    assert (score.broken, getattr(score, after)) == (1, 1)
    score.add("withdrawn", after, "withdrawn")
    assert (score.broken, getattr(score, after), score.opened) == (0, 0, 0)


def test_a_correction_back_to_open_takes_the_verdict_back() -> None:
    """A promise that is on the clock again after all has no verdict, until the next one falls."""
    score = Score()
    score.add("opened", "new", "open")
    score.add("kept", "open", "kept")
    score.add("corrected", "kept", "open")
    assert (score.kept, score.open, score.corrected) == (0, 1, 1)
    score.add("broken", "open", "broken")
    assert (score.broken, score.open) == (1, 0)


@pytest.mark.parametrize("was", ["open", "kept", "broken", "void", "excused", "unknown"])
def test_what_is_withdrawn_counts_nowhere(was: State) -> None:
    """A promise that was never owed is taken out of the count of those that were made, and so is its verdict."""
    score = Score()
    score.add("opened", "new", "open")
    if was != "open":
        score.add("corrected", "open", was)
    score.add("withdrawn", was, "withdrawn")
    assert set(score.counts().values()) == {0}


@pytest.mark.parametrize("after", ["open", "kept", "broken"])
def test_what_was_withdrawn_and_comes_back_counts_again(after: State) -> None:
    """A promise that was owed after all is one of those that were made, with the verdict that it has now."""
    score = Score()
    score.add("opened", "new", "open")
    score.add("withdrawn", "open", "withdrawn")
    score.add("corrected", "withdrawn", after)
    assert {name: count for name, count in score.counts().items() if count} == {"opened": 1, after: 1}


def test_the_score_of_a_history_is_that_of_its_last_verdicts() -> None:
    """However often a promise was corrected, it is counted by its last verdict, and its clocks once."""
    answer = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s, unless: contact.abandoned"
    history = """
        08:00 contact.waiting contact=a
        08:00 contact.waiting contact=b
        08:00 contact.waiting contact=c
        08:05 <- 08:00:30 contact.answered contact=a
        08:05:01 <- 08:00:20 contact.abandoned contact=a
        08:06 exception.granted standard=answer subject=b by=lead
        08:06 contact.waiting contact=d
    """
    scores = {"answer": Score()}
    count(judge_live(rules(answer=answer), history).transitions, scores)
    assert scores["answer"].counts() == {
        "opened": 4, "kept": 0, "broken": 1, "void": 1, "excused": 1, "unknown": 0, "open": 1,
    }  # fmt: skip
    assert scores["answer"].corrected == 3
    assert scores["answer"].waited == 3 * 60_000_000
