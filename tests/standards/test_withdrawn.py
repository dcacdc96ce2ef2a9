"""What was withdrawn is remembered as long as it can come back, whichever snapshot a late event is judged from."""

from tests.history import judge_live, rules, told

ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, within: 10m, again: judged"


def test_a_withdrawn_promise_comes_back_after_an_event_that_was_judged_from_near() -> None:
    """Its lines count on: an earlier event took its place, a later one came in between, and one brings it back."""
    others = "\n".join(f"08:01:{second:02} contact.answered" for second in range(12))
    history = f"""
        08:00:30 contact.waiting id=told
        08:00:50 contact.answered
        {others}
        08:02:00 <- 08:00:20 contact.waiting id=earlier
        08:02:10 <- 08:02:05 contact.answered
        08:02:20 <- 08:02:08 contact.answered
        08:02:30 <- 08:00:25 contact.answered
        08:03:00 contact.answered
    """
    lines = judge_live(rules(answer=ANSWER), history).transitions
    ours = [line for line in lines if line.promise.opening is not None and line.promise.opening.id == "told"]
    assert told(ours) == [
        "08:00:30 opened c1", "08:00:50 kept c1", "08:02:00 withdrawn c1", "08:00:50 corrected kept c1"
    ]  # fmt: skip
    assert [line.ordinal for line in ours] == [1, 2, 3, 4]
