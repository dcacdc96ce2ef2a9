"""What can hardly be meant by a `while` is found: what it leaves over from before, and what it rules out for good."""

import pytest

from standards.compiler.spec import Source, load

TELL = "what: w, how: h, why: y, exceptions: none, owner: lead, promise: We do."
STATES = "{ordered: {when: order.taken, until: table.left}, closed: {when: room.closed, until: room.opened}}"
NAMES = ("order.taken", "table.left", "room.closed", "room.opened", "table.seated", "table.greeted")
GREETED = "per: table, when: table.seated, expect: table.greeted, within: 3m"


def found(check: str, keys: str) -> list[str | None]:
    """Give the fixes of the warnings of one check about a standard with these keys."""
    events = ", ".join(f"{name}: {{table: text}}" for name in NAMES)
    text = f"kept: 1\nevents: {{{events}}}\nstates: {STATES}\nstandards:\n  it: {{{TELL}, {keys}}}\n"
    return [each.fix for each in load([Source("a.yaml", text)]).warnings if each.id == check]


@pytest.mark.parametrize(
    ("keys", "begins"),
    [
        (f"{GREETED}, while: not ordered", "table.left"),
        (f"{GREETED}, while: closed and not ordered", "table.left"),
        (f"{GREETED}, while: ordered", ""),  # "once they ordered" is what people mean by it
        (f"{GREETED}, while: not ordered or not closed", ""),  # neither of the two ends it for certain
        (f"{GREETED}, while: not ordered, unless: table.left", ""),
        (f"{GREETED}, while: not ordered, unless: [room.closed, table.left]", ""),
        ("per: table, when: [table.seated, table.left], expect: table.greeted, within: 3m, while: not ordered", ""),
        ("per: table, when: table.seated, must: table == '1', while: not ordered", ""),  # it is judged or not, at once
    ],
)
def test_what_is_owed_from_before_is_found(keys: str, begins: str) -> None:
    """What came while nothing was owed is owed when it is again; an author who has not named that event is told."""
    fixes = found("owed-from-before", keys)
    assert len(fixes) == bool(begins)
    assert all(fix and f"unless: {begins}" in fix and f"add {begins} to when" in fix for fix in fixes)


@pytest.mark.parametrize(
    ("keys", "never"),
    [
        ("when: room.opened, expect: table.seated, within_last: 1h, while: closed", True),
        ("when: room.closed, must: table == '1', while: not closed", True),
        ("when: table.left, at_most: 0, while: ordered and closed", True),
        ("when: room.opened, expect: table.seated, within_last: 1h, while: not closed", False),
        ("when: [room.opened, table.seated], must: table == '1', while: closed", False),
        ("when: {event: room.opened, where: table == '1'}, must: table != '2', while: closed", True),
    ],
)
def test_what_can_never_be_asked_is_found(keys: str, never: bool) -> None:
    """A state that the very event ends, or begins, is not what it was when that event is judged."""
    assert len(found("never-opens", f"per: table, {keys}")) == never


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("again: each, expect: {event: table.greeted, where: party == opening.party}, while: closed", True),
        (
            (
                "again: each, expect: table.greeted, unless: {event: table.left, where: party == opening.party}, "
                "while: closed"
            ),
            True,
        ),
        ("again: each, expect: table.greeted, while: closed", False),  # one deed serves all of them
        ("again: each, expect: {event: table.greeted, where: party == opening.party}", False),
        ("again: done, expect: {event: table.greeted, where: party == opening.party}, while: closed", False),
    ],
)
def test_who_is_forgotten_when_a_while_begins_is_found(keys: str, told: bool) -> None:
    """Of several who waited before, only the last is owed: an author who tells them apart hears of it."""
    names = ("table.seated", "table.greeted", "table.left")
    events = ", ".join(f"{name}: {{table: text, party: text}}" for name in names)
    states = "{closed: {when: room.closed, until: room.opened}}"
    rooms = "room.closed: {table: text}, room.opened: {table: text}"
    rule = f"per: table, when: table.seated, within: 3m, {keys}"
    text = f"kept: 1\nevents: {{{events}, {rooms}}}\nstates: {states}\nstandards:\n  it: {{{TELL}, {rule}}}\n"
    fixes = [each.fix for each in load([Source("a.yaml", text)]).warnings if each.id == "newest-alone"]
    assert len(fixes) == told
    assert all(fix and "per: [table, party]" in fix for fix in fixes)


@pytest.mark.parametrize(
    ("keys", "warned"),
    [
        ("within: 30d", ["given-up"]),
        ("within: 8d", ["given-up"]),
        ("within: 7d", []),
        ("within: 30d, owed_for: 2d", []),  # somebody has said it
        ("within: {by: kind, new: 30d, else: 1h}", ["given-up"]),
        ("within: end of 10 working days, calendar: office", ["given-up"]),
        ("within: end of 3 working days, calendar: office", []),
    ],
)
def test_what_is_given_up_soon_for_the_time_it_has_is_found(keys: str, warned: list[str]) -> None:
    """A promise of a month that is waited for a week alone loses what is done late; its author hears of it."""
    events = "events: {case.opened: {case: text, kind: text}, case.decided: {case: text}}"
    office = "calendars: {office: {timezone: Europe/Warsaw, hours: {mon-fri: '08:00-16:00'}}}"
    rule = f"aspect: ownership, per: case, when: case.opened, expect: case.decided, {keys}"
    text = f"kept: 1\n{events}\n{office}\nstandards:\n  it: {{{TELL}, {rule}}}\n"
    assert [each.id for each in load([Source("a.yaml", text)]).warnings if each.id != "unused-calendar"] == warned
