"""What is refused has a line in the log, by its reason, and one a minute at most."""

from structlog.testing import capture_logs

from streams.live.refusal_log import RefusalLog


def said(refusals: RefusalLog, now: float) -> list[tuple[str, int]]:
    """Give what is said at an instant, by reason."""
    with capture_logs() as found:
        refusals.say(now)
    assert all(
        (row["event"], row["log_level"], row["look_up"]) == ("events were refused", "warning", "/v1/dead-letters")
        for row in found
    )
    return [(row["reason"], row["events"]) for row in found]


def test_each_reason_is_said_once_a_minute_with_how_many() -> None:
    """A flood is one line a minute for each reason, with all that came since the last; quiet says nothing."""
    refusals = RefusalLog()
    assert said(refusals, 0) == []
    refusals.add({"bad-field": 1})
    assert said(refusals, 1) == [("bad-field", 1)]
    refusals.add({"bad-field": 500, "not-json": 2})
    assert said(refusals, 2) == [("not-json", 2)]
    refusals.add({"bad-field": 7})
    assert said(refusals, 60) == []
    assert said(refusals, 61) == [("bad-field", 507)]
    assert said(refusals, 1_000) == []


def test_what_is_left_is_said_at_the_end() -> None:
    """Whoever stops Kept reads of the last ones, too."""
    refusals = RefusalLog()
    refusals.add({"defect": 1})
    refusals.say(0)
    refusals.add({"defect": 3})
    with capture_logs() as found:
        refusals.close()
    assert [(row["reason"], row["events"]) for row in found] == [("defect", 3)]
