"""The clock of a response, by hand: opening hours, holidays, the clock change, and pauses."""

from tests.history import judge, judge_all, rules

SHOP = """
calendars:
  shop:
    timezone: Europe/Warsaw
    hours: {mon-fri: ["09:00-17:00"], sat: ["09:00-13:00", "14:00-17:00"]}
    holidays: [2026-03-03]
"""
HOURS = "per: contact, when: complaint.received, expect: followup.completed, within: 2h, calendar: shop"
PAUSED = f"{HOURS}, pause: {{when: contact.held, until: contact.resumed}}"
PLAIN = """per: contact, when: contact.waiting, expect: contact.answered, within: 60s, unless: contact.abandoned,
    warn: 50%, pause: {when: contact.held, until: contact.resumed}"""
HOUR = 3_600_000_000


def test_only_open_time_counts() -> None:
    """An hour before closing and an hour after the holiday's morrow make two."""
    history = "2026-03-02T16:00:00+01:00 complaint.received\n2026-03-05T00:00:00Z nothing"
    outcome = judge_all(rules(SHOP, upset=HOURS), history)
    assert judge(rules(SHOP, upset=HOURS), history) == ["15:00:00 opened c1", "2026-03-04 09:00:00 broken c1"]
    broken = outcome.transitions[1]
    assert (broken.elapsed, broken.at - broken.promise.opened) == (2 * HOUR, 42 * HOUR)


def test_a_split_shift_has_a_lunch_break() -> None:
    """Saturday's hour between the shifts is not counted."""
    history = "2026-03-07T12:00:00+01:00 complaint.received\n2026-03-09T00:00:00Z nothing"
    assert judge(rules(SHOP, upset=HOURS), history)[1:] == ["2026-03-07 14:00:00 broken c1"]


def test_what_opens_while_closed_starts_at_opening() -> None:
    """A complaint at night has its whole two hours on the next open day; an answer at night costs nothing."""
    opened = "2026-03-01T23:00:00+01:00 complaint.received\n"
    dead = judge(rules(SHOP, upset=HOURS), f"{opened}2026-03-02T12:00:00Z nothing")
    assert dead[1:] == ["10:00:00 broken c1"]
    answered = judge_all(rules(SHOP, upset=HOURS), f"{opened}2026-03-01T23:30:00+01:00 followup.completed")
    assert [(one.kind, one.elapsed) for one in answered.transitions] == [("opened", 0), ("kept", 0)]


def test_open_time_crosses_the_clock_change_unharmed() -> None:
    """Across the last Sunday of March the deadline keeps to the wall clock of the shop."""
    history = "2026-03-28T16:30:00+01:00 complaint.received\n2026-03-31T00:00:00Z nothing"
    assert judge(rules(SHOP, upset=HOURS), history)[1:] == ["2026-03-30 08:30:00 broken c1"]  # 10:30 in summer


def test_a_pause_moves_the_deadline_by_its_length() -> None:
    """Twenty seconds of pause are twenty seconds more; the warning moves along."""
    history = """
        08:00:00 contact.waiting
        08:00:10 contact.held
        08:00:30 contact.resumed
        08:02:00 nothing
    """
    assert judge(rules(answer=PLAIN), history)[1:] == [
        "08:00:10 paused c1", "08:00:30 resumed c1", "08:00:50 warned c1", "08:01:20 broken c1",
    ]  # fmt: skip


def test_a_paused_promise_neither_breaks_nor_warns_but_can_be_settled() -> None:
    """In a pause time costs nothing; the answer and the end of the need still settle."""
    paused = "08:00:00 contact.waiting\n08:00:10 contact.held\n"
    assert judge(rules(answer=PLAIN), f"{paused}09:00 nothing")[2:] == []
    assert judge(rules(answer=PLAIN), f"{paused}09:00 contact.answered")[2:] == ["09:00:00 kept c1"]
    assert judge(rules(answer=PLAIN), f"{paused}09:00 contact.abandoned")[2:] == ["09:00:00 voided c1"]


def test_a_second_pause_in_a_pause_is_nothing() -> None:
    """Held twice is held once, and resumed twice is resumed once."""
    history = """
        08:00:00 contact.waiting
        08:00:10 contact.held
        08:00:20 contact.held
        08:00:30 contact.resumed
        08:00:40 contact.resumed
        08:00:45 contact.answered
    """
    assert [line.split()[1] for line in judge(rules(answer=PLAIN), history)] == ["opened", "paused", "resumed", "kept"]


def test_a_warned_promise_that_was_paused_is_not_warned_again() -> None:
    """The step of the ladder that was taken before the pause stays taken."""
    history = """
        08:00:00 contact.waiting
        08:00:40 contact.held
        08:10:00 contact.resumed
        08:12:00 nothing
    """
    assert judge(rules(answer=PLAIN), history)[1:] == [
        "08:00:30 warned c1", "08:00:40 paused c1", "08:10:00 resumed c1", "08:10:20 broken c1",
    ]  # fmt: skip


def test_a_pause_at_the_deadline_breaks_when_the_clock_starts_again() -> None:
    """Stopped exactly at the deadline, the clock rings as soon as it goes on, unless that instant brings the answer."""
    stopped = "08:00:00 contact.waiting\n08:01:00 contact.held\n08:05:00 contact.resumed\n"
    dead = judge(rules(answer=PLAIN), f"{stopped}08:06:00 nothing")
    assert dead[-2:] == ["08:05:00 resumed c1", "08:05:00 broken c1"]
    saved = judge(rules(answer=PLAIN), f"{stopped}08:05:00 contact.answered")
    assert saved[-1] == "08:05:00 kept c1"


def test_a_pause_over_closing_time_costs_only_open_time() -> None:
    """Held an hour before closing and resumed an hour before opening: one open hour was paused, not fifteen."""
    history = """
        2026-03-04T15:30:00+01:00 complaint.received
        2026-03-04T16:00:00+01:00 contact.held
        2026-03-05T08:00:00+01:00 contact.resumed
        2026-03-05T20:00:00+01:00 nothing
    """
    told = judge(rules(SHOP, upset=PAUSED), history)
    assert told[-1] == "2026-03-05 09:30:00 broken c1"  # half an hour used, one and a half from nine o'clock


def test_a_pause_in_closed_time_costs_nothing() -> None:
    """A pause that begins and ends at night leaves the deadline where it was."""
    night = """
        2026-03-04T16:00:00+01:00 complaint.received
        2026-03-04T20:00:00+01:00 contact.held
        2026-03-05T06:00:00+01:00 contact.resumed
        2026-03-05T20:00:00+01:00 nothing
    """
    assert judge(rules(SHOP, upset=PAUSED), night)[-1] == "2026-03-05 09:00:00 broken c1"
