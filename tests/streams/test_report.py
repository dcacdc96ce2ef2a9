"""What a backtest says to people: short where there is little to say, and readable where there is much."""

from collections import Counter

import pytest

from standards.judge.score import Score
from streams.backtest.report import as_text, left_out
from streams.backtest.result import BadLines, Result
from tests.history import rulebook, rules

ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s"
LEVEL = "per: [], when: contact.answered, measure: mean(waited), over: 30m, must: '<= 30'"
MINUTE = 60_000_000


def text(result: Result, **standards: str) -> str:
    return as_text(result, rulebook(rules(**standards)).current)


@pytest.mark.parametrize(("seconds", "said"), [(0.0, "0.01 s"), (0.02, "0.02 s"), (1.25, "1.2 s")])
def test_small_times_are_told(seconds: float, said: str) -> None:
    """The head says how long it took, even where that was little, and from when to when the events are, in UTC."""
    head = text(Result(events=16, seconds=seconds, oldest=0, newest=60 * MINUTE), answer=ANSWER).splitlines()[0]
    assert head == f"16 events judged in {said}, from 1970-01-01 00:00 to 1970-01-01 01:00 UTC."


def test_speed_is_told_where_it_says_something() -> None:
    """Many events in more than a second have a speed; a few do not."""
    head = text(Result(events=5_000, seconds=2.0, oldest=0, newest=60 * MINUTE), answer=ANSWER).splitlines()[0]
    assert head.startswith("5,000 events judged in 2.0 s (2,500 a second), from")


def test_only_answers_are_told_how_long_they_took() -> None:
    """How long it was until a verdict is told where someone waited for something, and not for a level."""
    score = Score(opened=2, kept=1, broken=1, elapsed=2 * MINUTE, waited=2 * MINUTE, late=1)
    said = text(Result(scores={"answer": score, "mean": score}), answer=ANSWER, mean=LEVEL)
    assert said.count("from opening to verdict") == 1
    assert "  On average 1 min from opening to verdict. 1 of the broken was fulfilled late.\n" in said


def test_what_can_be_broken_alone_has_no_share() -> None:
    """A bound without an end is never kept: it is told for how many it was broken, and no rate of 0 % beside it."""
    bound = "per: contact, when: transfer.completed, at_most: 1"
    score = Score(opened=6, broken=4)
    said = text(Result(scores={"twice": score, "soon": score}), twice=bound, soon=f"{bound}, within: 1h")
    assert "it was broken for 4 of 6. With `within`" in said
    assert [line.split()[-2:] for line in said.splitlines() if line.startswith("twice ")] == [["-", "-"]]
    assert [line.split()[-4] for line in said.splitlines() if line.startswith("soon ")] == ["0.0%"]


def test_what_was_never_owed_is_one_sentence() -> None:
    """Standards without a promise are named together, and take no row of noughts each."""
    scores = {"a": Score(), "answer": Score(opened=1), "b": Score()}
    said = text(Result(scores=scores), a=ANSWER, answer=ANSWER, b=ANSWER)
    assert "\nNever owed: a, b.\n" in said
    assert [line.split()[0] for line in said.splitlines()[2:4]] == ["standard", "answer"]
    assert "Nothing was owed." in text(Result(scores={"a": Score()}), a=ANSWER)


def test_many_standards_are_a_table_and_no_prose() -> None:
    """Of 300 standards each has its row, in line; those never owed are listed in lines that can be read."""
    owed = {f"owed-{number:03}": Score(opened=number) for number in range(1, 301)}
    never = {f"never-{number:03}": Score() for number in range(300)}
    lines = text(Result(scores=never | owed), **dict.fromkeys(owed, ANSWER)).splitlines()
    rows = lines[3 : 3 + len(owed)]
    assert [row.split()[:2] for row in rows] == [[name, str(score.opened)] for name, score in owed.items()]
    assert {len(row) for row in lines[2 : 3 + len(owed)]} == {len(lines[2]), len(rows[0])}
    assert max(map(len, lines[3 + len(owed) :])) <= 100
    assert " ".join(lines).count("never-") == 300


def test_what_was_left_out_is_told_with_its_number() -> None:
    """One is one and two are two; a line that is not known has no number."""
    bad = [BadLines("a", 0, 0, 1, "x"), BadLines("a", 1_200, 1_200, 1, "y"), BadLines("b", 2, 5, 4, "z")]
    said = left_out(Result(rows=900, unread=7, bad=Counter(r=7), shown=bad, duplicates=1, unused=Counter(late=3)))
    assert said[1:6] == [
        "7 of 900 lines could not be read (r 7):", "  a: x", "  a:1200: y", "  b, lines 2 to 5: z",
        "  ... and 1 more; --strict stops at the first.",
    ]  # fmt: skip
    assert "Of no use to some standards, counted once for each group of them: late 3." in said
    assert "1 event came twice; the second time it was passed over." in said
