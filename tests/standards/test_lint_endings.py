"""Checks of what never counts, or not for long: an unless, a within, who has no value, events that nobody uses."""

import pytest

from standards.compiler.spec import Source, load
from tests.standards.samples import TELL


def warned(keys: str, more: str = "") -> list[str]:
    text = f"kept: 1\n{more}\nstandards:\n  it: {{{TELL}, {keys}}}\n"
    return [warning.id for warning in load([Source("a.yaml", text)]).warnings]


@pytest.mark.parametrize(
    ("expect", "unless", "found"),
    [
        ("callback.made", "callback.made", True),
        ("callback.made", "{event: callback.made, where: not reached}", True),
        ("{event: callback.made, where: reached}", "{event: callback.made, where: not reached}", False),
        ("{event: callback.made, where: reached}", "callback.made", False),
        ("{event: callback.made, where: reached}", "{event: callback.made, where: 'reached and team == \"a\"'}", True),
        ("callback.made", "[callback.made, contact.closed]", False),
        ("[callback.made, contact.closed]", "contact.closed", True),
        ("{event: callback.made, where: reached, for: 5m}", "{event: callback.made, where: reached}", False),
        ("callback.made", "contact.closed", False),
    ],
)
def test_an_unless_that_only_keeps_is_found(expect: str, unless: str, found: bool) -> None:
    """Where every event of unless keeps the promise, nothing is ever void; one that does not is enough to be right."""
    keys = f"per: contact, when: callback.promised, expect: {expect}, unless: {unless}, within: 1h"
    assert ("never-void" in warned(keys)) == found


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('channel != "phone"', True),
        ('channel not in ["phone", "chat"]', True),
        ('channel != "phone" and team == "a"', True),
        ('not channel == "phone"', False),
        ('channel is not missing and channel != "phone"', False),
        ('channel is missing or channel != "phone"', False),
        ('channel != ""', False),  # it is asked whether there is one
        ('ticket != "1"', False),  # each ticket has its number
        ('channel == "phone"', False),
        ("channel != team", False),
    ],
)
def test_a_comparison_that_leaves_out_who_has_no_value_is_found(where: str, found: bool) -> None:
    """`!=` on a field that may be missing has two readings; whoever names one of them is not asked."""
    keys = f"per: ticket, when: {{event: ticket.opened, where: '{where}'}}, expect: ticket.replied, within: 1h"
    assert ("no-value" in warned(keys)) == found


def test_both_readings_are_shown() -> None:
    """The fix has one condition for each reading, to be copied."""
    keys = "per: ticket, when: {event: ticket.opened, where: 'not (channel not in [\"a\", \"b\"])'}, must: team != 'x'"
    text = f"kept: 1\nstandards:\n  it: {{{TELL}, {keys}}}\n"
    several, one = (warning.fix for warning in load([Source("a.yaml", text)]).warnings)
    to_leave_out = 'say so: channel is not missing and channel not in ["a", "b"]'
    assert several == f'to take it in, write not channel in ["a", "b"]; to leave it out, {to_leave_out}'
    assert one == 'to take it in, write not team == "x"; to leave it out, say so: team is not missing and team != "x"'


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("events: {a.b: {contact: text}}", ["unused-event"]),
        ("events: {survey.answered: {product: text?}}", []),
        ("events: {a.b: {site: text}}\nfeeds: {f: {events: [a.b, callback.made], silent_after: 1d}}", []),
        (
            "events: {a.b: {contact: text}}\nstates: {s: {when: a.b, until: contact.closed}}",
            ["unused-event", "unused-state"],
        ),
    ],
)
def test_an_event_that_nobody_uses_is_found(more: str, found: list[str]) -> None:
    """Own types want a standard or a feed; own fields of built-in ones do not, nor does what stands by itself."""
    assert warned("per: contact, when: callback.promised, expect: callback.made, within: 1h", more) == found
    assert load([Source("a.yaml", f"kept: 1\n{more.partition('feeds')[0].partition('states')[0]}\n")]).warnings == []


def test_an_event_of_a_state_is_used() -> None:
    """What begins or ends a state that a standard speaks of is looked at."""
    more = "events: {a.b: {contact: text}}\nstates: {s: {when: a.b, until: contact.closed}}"
    assert warned("per: contact, when: callback.promised, expect: callback.made, within: 1h, pause: s", more) == []


def test_two_names_of_one_state_are_used_each() -> None:
    """A state that is written as another one is used where it is named, and only there."""
    same = "{when: callback.promised, until: contact.closed}"
    more = f"states: {{a: {same}, b: {same}, c: {same}}}"
    keys = "per: contact, when: callback.promised, expect: callback.made, within: 1h, pause: b, while: a"
    assert warned(keys, more) == ["unused-state"]


STATES = """
states:
  asked: {when: ticket.waiting}
  waiting: {when: ticket.waiting, until: ticket.resumed}
"""


@pytest.mark.parametrize(
    ("pause", "found"),
    [
        ("{when: ticket.waiting}", True),
        ("{when: [ticket.waiting, ticket.moved]}", True),
        ("{when: [{event: ticket.moved, where: 'team == \"a\"'}, {event: ticket.moved}]}", True),
        ("{when: {event: ticket.moved, where: 'team == \"a\"'}}", False),
        ("{when: [ticket.waiting, {event: ticket.moved, where: 'team == \"a\"'}]}", False),  # the other one ends it
        ("{when: ticket.waiting, until: ticket.resumed}", False),
        ("asked", True),
        ("waiting or asked", True),
        ("waiting and asked", False),  # the other one ends it
        ("not asked", False),  # the clock begins there
        ("waiting", False),
    ],
)
def test_a_pause_that_nothing_ends_is_found(pause: str, found: bool) -> None:
    """Where the clock can never go on, whatever comes, that is said; where anything could let it go on, nothing is."""
    keys = f"per: ticket, when: ticket.opened, expect: ticket.replied, within: 1h, pause: {pause}"
    assert ("never-resumed" in warned(keys, STATES)) == found


@pytest.mark.parametrize(
    ("scope", "then"),
    [
        ("while: asked", "nothing is owed any more, and nobody is told"),
        ("while: not asked", "it is owed again"),
        ("while: {when: ticket.waiting}", "nothing is owed any more, and nobody is told"),
        ("while: waiting or asked", "it counts as not so"),
        ("while: waiting and not asked", "it is owed again"),
        ("pause: not asked", "the clock stands still again"),
        ("pause: waiting and asked", "the clock does not stop any more"),
        ("pause: asked", ""),  # nothing is ever told there: never-resumed says so
        ("while: waiting", ""),
        ("while: {when: {event: ticket.moved, where: 'team == \"a\"'}}", ""),
        ("while: asked, forget_after: 520w", ""),
        ("while: asked, forget_after: 7d", ""),  # whoever says how long has decided
    ],
)
def test_a_state_that_is_forgotten_while_it_is_so_is_found(scope: str, then: str) -> None:
    """What begins once and never ends is gone after seven quiet days: what follows is said, and mended as it says."""
    keys = f"per: ticket, when: ticket.opened, expect: ticket.replied, within: 1h, {scope}"
    text = f"kept: 1\n{STATES}\nstandards:\n  it: {{{TELL}, {keys}}}\n"
    found = [it for it in load([Source("a.yaml", text)]).warnings if it.id == "forgets-state"]
    assert [it.found.partition("then ")[2] for it in found] == ([then] if then else [])
    assert {it.fix.partition(",")[0] for it in found} <= {"write forget_after: 520w"}


@pytest.mark.parametrize(("per", "event", "said"), [
    ("ticket", "ticket.replied", True), ("ticket", "ticket.queued", False), ("team", "ticket.opened", False),
])  # fmt: skip
def test_standards_that_share_their_subjects_remember_them_as_long(per: str, event: str, said: bool) -> None:
    """Where one of them says how long, the states of the others are remembered for that long too."""
    keys = "per: ticket, when: ticket.opened, expect: ticket.replied, within: 1h, while: asked"
    other = f"  other: {{{TELL}, per: {per}, when: {event}, at_most: 3, within: 1d, forget_after: 52w}}\n"
    text = f"kept: 1\n{STATES}\nstandards:\n  it: {{{TELL}, {keys}}}\n{other}"
    assert ("forgets-state" in {it.id for it in load([Source("a.yaml", text)]).warnings}) is not said


def test_a_promise_that_lasts_as_long_as_a_state_without_an_end_is_not_asked() -> None:
    """Under `while` it can be meant so: what began once is owed from then on."""
    keys = "per: ticket, when: ticket.opened, expect: ticket.replied, within: 1h, while: asked"
    assert "never-resumed" not in warned(keys, STATES)


@pytest.mark.parametrize(
    ("when", "keys", "found"),
    [
        ("a.b", "due: by, within: 1h", ["never-needed"]),
        ("a.b", "due: by", []),
        ("a.b", "within: 1h", []),
        ("c.d", "due: by, within: 1h", []),
        ("[a.b, c.d]", "due: by, within: 1h", []),  # c.d may come without
        ("[a.b, e.f]", "due: by, within: 1h", ["never-needed"]),
        ("a.b", "due: by, within: {by: kind, big: 1d, else: 1h}", ["never-needed"]),
        ("a.b", "due: by, within: 1h, follow: c.d", ["never-needed"]),  # what is missing there stays as it was
    ],
)
def test_a_time_for_what_is_never_missing_is_found(when: str, keys: str, found: list[str]) -> None:
    """Beside `due`, `within` wants an event that may come without the field."""
    fields = "site: text, kind: text?"
    more = f"events: {{a.b: {{{fields}, by: time}}, c.d: {{{fields}, by: time?}}, e.f: {{{fields}, by: time}}}}"
    said = warned(f"aspect: quality, per: site, when: {when}, expect: register.opened, {keys}", more)
    assert [each for each in said if each != "unused-event"] == found


SOLVED = "per: contact, when: callback.promised, expect: callback.made, within: 1h"
TALK = "per: promise, expect: debrief.completed, within: 1d, aspect: follow-through"
AFTER_ALL = "{event: [promise.corrected, promise.withdrawn], where: 'standard == \"it\"'}"


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("when: {event: promise.broken, where: 'standard == \"it\"'}", True),
        ("when: {event: promise.broken, where: 'standard == \"it\"'}, unless: coaching.completed", True),
        (f"when: {{event: promise.broken, where: 'standard == \"it\"'}}, unless: {AFTER_ALL}", False),
        ("when: {event: promise.broken, where: 'standard == \"often\"'}", False),  # it hears promises alone
        ("when: {event: promise.kept, where: 'standard == \"it\"'}", False),
    ],
)
def test_what_was_not_broken_after_all_is_not_to_be_owed(keys: str, found: bool) -> None:
    """Word can come late; whoever hears of a broken promise says what is then, and the fix is that line."""
    often = "per: standard, when: {event: promise.broken, where: 'standard == \"it\"'}, at_most: 2, within: 30d"
    text = (
        f"kept: 1\nstandards:\n  it: {{{TELL}, {SOLVED}}}\n  often: {{{TELL}, {often}}}\n"
        f"  talk: {{{TELL}, {TALK}, {keys}}}\n"
    )
    fixes = [each.fix for each in load([Source("a.yaml", text)]).warnings if each.id == "outlives-correction"]
    assert len(fixes) == found
    assert all('{event: [promise.corrected, promise.withdrawn], where: standard == "it"}' in fix for fix in fixes)


@pytest.mark.parametrize(
    ("until", "found"),
    [
        ("{event: promise.kept, where: 'standard == \"it\"'}", True),
        ("{event: [promise.kept, promise.corrected, promise.withdrawn], where: 'standard == \"it\"'}", False),
        ("", False),  # what is counted in a span ends with it, and nothing else can end it
    ],
)
def test_what_was_not_broken_after_all_is_not_to_be_counted(until: str, found: bool) -> None:
    """Two broken in a row are not two where the first was none; the fix says by what the count ends."""
    ends = f"until: {until}" if until else "within: 30d"
    twice = f"per: contact, when: {{event: promise.broken, where: 'standard == \"it\"'}}, at_most: 1, {ends}"
    text = f"kept: 1\nstandards:\n  it: {{{TELL}, {SOLVED}}}\n  twice: {{{TELL}, {twice}}}\n"
    fixes = [each.fix for each in load([Source("a.yaml", text)]).warnings if each.id == "outlives-correction"]
    to_add = '{event: [promise.corrected, promise.withdrawn], where: standard == "it"}'
    assert fixes == [f"let until be a list, and add {to_add}"] * found


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("when: ticket.opened, must: channel == 'phone'", True),
        ("when: ticket.opened, must: 'not channel == team'", True),
        ("when: ticket.opened, must: channel is not missing and channel == 'phone'", False),
        ("when: {event: ticket.opened, where: channel is not missing}, must: channel == 'phone'", False),
        ("when: {event: ticket.opened, where: \"channel in ['phone', 'chat']\"}, must: channel == 'phone'", False),
        ("when: ticket.opened, must: ticket != '1'", False),  # each ticket has its number
    ],
)
def test_what_has_no_value_and_breaks_is_found(keys: str, found: bool) -> None:
    """Who asks in `must` for a field that may be missing says what is then, or is asked."""
    assert ("missing-breaks" in warned(f"per: ticket, {keys}")) == found


@pytest.mark.parametrize(
    ("when", "unless", "fix"),
    [
        ("[{event: promise.broken, where: 'standard == \"it\"'}, {event: promise.broken, where: 'standard == \"of\"'}]",
         "{event: [promise.corrected, promise.withdrawn], where: 'standard == \"it\"'}",
         'let unless be a list, and add {event: [promise.corrected, promise.withdrawn], where: standard == "of"}'),
        ("{event: promise.broken, where: 'standard in [\"it\", \"of\"]'}", "",
         "add unless: {event: [promise.corrected, promise.withdrawn], where: 'standard in [\"it\", \"of\"]'}"),
        ("{event: promise.broken, where: 'standard == \"it\"'}",
         "{event: promise.corrected, where: 'standard == \"it\"'}",
         'let unless be a list, and add {event: [promise.corrected, promise.withdrawn], where: standard == "it"}'),
    ],
)  # fmt: skip
def test_each_clause_that_hears_of_a_broken_promise_is_ended(when: str, unless: str, fix: str) -> None:
    """By both events and for the same promises; what is to be added is YAML as it stands."""
    keys = f"when: {when}, {TALK}" + (f", unless: {unless}" if unless else "")
    others = "".join(f"  {name}: {{{TELL}, {SOLVED}}}\n" for name in ("it", "of"))
    text = f"kept: 1\nstandards:\n{others}  talk: {{{TELL}, {keys}}}\n"
    assert [each.fix for each in load([Source("a.yaml", text)]).warnings if each.id == "outlives-correction"] == [fix]
