"""What the loader says of a document with mistakes: which check, exactly where, what was found, what would fix it."""

import pytest

from standards.compiler.spec import Source, load
from standards.errors import SpecError
from tests.standards.samples import TELL

RESPONSE = "per: queue, when: queue.length, expect: register.opened, within: 1h"


def findings(*texts: str) -> list[tuple[str, str, str]]:
    """Give the id, `line:column` and text of each finding."""
    with pytest.raises(SpecError) as caught:
        load([Source(f"{chr(97 + number)}.yaml", text) for number, text in enumerate(texts)])
    return [(f.id, f"{f.place.line}:{f.place.column}", f.found) for f in caught.value.findings]


def checks(shape: str, *, more: str = "") -> list[str]:
    return [check for check, _, _ in findings(f"kept: 1\n{more}\nstandards:\n  it: {{{TELL}, {shape}}}\n")]


def message(text: str) -> str:
    with pytest.raises(SpecError) as caught:
        load([Source("a.yaml", text)])
    return str(caught.value)


STANDARD = f"""\
kept: 1
standards:
  no-wait: {{{TELL},
    per: [site, queue], again: judged,
    when: {{event: queue.length, where: "waiting > 3"}},
    expect: register.opened,
    within: 60s}}
"""


def test_a_misspelt_field_is_pointed_at_within_its_quotes() -> None:
    """The message looks like a compiler's and says what was meant."""
    assert message(STANDARD.replace("waiting >", "not waitng >")) == (
        "unknown-field: a.yaml:5:45\n"
        '        when: {event: queue.length, where: "not waitng > 3"},\n'
        "                                                ^^^^^^\n"
        "  error: there is no field waitng\n"
        "  fix: did you mean waiting?"
    )


@pytest.mark.parametrize(
    ("old", "new", "fix"),
    [
        ("event: queue.length,", "event:queue.length,", "write event: queue.length"),
        ("within: 60s", "within: 60s, objective: {kept: 95, over: 28d}", "write it 95%"),
        ("within: 60s", "within: 60s, objective: {kept: 0.95, over: 28d}", "write it 95%"),
        ("within: 60s", "within: 60s, objective: {kept: most, over: 28d}", "write it like 95%"),
        ("    within", "    owner:lead,\n    within", "write owner: lead"),
    ],
)
def test_a_slip_of_a_sign_is_told_with_what_to_write(old: str, new: str, fix: str) -> None:
    """A missing space or a missing % has a fix that can be copied."""
    assert f"  fix: {fix}" in message(STANDARD.replace(old, new)).splitlines()


def test_fields_of_an_event_under_a_key_of_their_own_are_one_finding() -> None:
    """As they stand in mappings, so they are written by mistake: that is told, and they are read all the same."""
    text = STANDARD.replace(
        "kept: 1\n", "kept: 1\nevents:\n  a.b:\n    fields: {site: text, queue: text, n: integer}\n"
    )
    assert findings(text.replace("queue.length", "a.b").replace("waiting", "n")) == [
        ("misplaced-key", "4:5", "the fields of a.b have no key of their own"),
    ]


def test_a_misspelt_key_is_not_also_missing() -> None:
    """One slip, one finding."""
    assert message(STANDARD.replace("within:", "wihtin:")) == (
        "unknown-key: a.yaml:7:5\n"
        "        wihtin: 60s}\n"
        "        ^^^^^^\n"
        "  error: 'wihtin' is not a valid key here\n"
        "  fix: did you mean 'within'?"
    )


def test_a_circle_of_standards_is_shown_whole() -> None:
    """The first standard of the circle is pointed at, with a way out."""
    text = "kept: 1\nstandards:\n"
    for name in ("a", "b"):
        text += (
            f"  {name}: {{{TELL}, per: [], when: {{event: promise.broken, where: standard != '{name}'}}, at_most: 1}}\n"
        )
    text = text.replace("standard != 'a'", "\"standard != 'a'\"").replace("standard != 'b'", "\"standard != 'b'\"")
    shown = message(text).splitlines()
    assert shown[0] == "cycle: a.yaml:3:3"
    assert shown[-2:] == [
        "  error: these standards hear each other's promises in a circle: a -> b -> a",
        '  fix: let a not hear b: its where must rule b out, as standard != "b" does',
    ]


def test_everything_is_found_at_once_and_in_order() -> None:
    """Files in the order given, lines in theirs; one mistake does not hide another."""
    first = STANDARD.replace("60s", "60").replace("register.opened", "register.opnd").replace("kept: 1", "kept: 2")
    second = (
        STANDARD.replace("no-wait", "greet").replace("promise:", "promis:").replace("queue]", "lane]") + "other: 1\n"
    )
    assert [(check, at) for check, at, _ in findings(first, second)] == [
        ("wrong-value", "1:7"),
        ("unknown-event", "6:13"),
        ("bad-duration", "7:13"),
        ("unknown-key", "3:67"),
        ("subject-field", "4:17"),
        ("unknown-key", "8:1"),
    ]


def test_a_file_that_cannot_be_read_does_not_make_others_look_wrong() -> None:
    """Names that may stand in it are not called missing."""
    assert [check for check, *_ in findings("kept: 1\ncalendars: [", STANDARD.replace("60s", "60s, calendar: x"))] == [
        "yaml-syntax"
    ]


@pytest.mark.parametrize(
    ("calendar", "check"),
    [
        ("{timezone: UTC, hours: {}}", "never-open"),
        ("{timezone: UTC, hours: {mon: []}}", "never-open"),
        ("{timezone: Europe/Warsa}", "bad-calendar"),
        ("{timezone: UTC, hours: {mon-fry: []}}", "bad-calendar"),
        ("{timezone: UTC, hours: {mon: ['8-16']}}", "bad-calendar"),
        ("{timezone: UTC, hours: {mon: ['25:00-26:00']}}", "bad-calendar"),
        ("{timezone: UTC, hours: {mon: ['09:00-09:00']}}", "bad-calendar"),
        ("{timezone: UTC, hours: {mon: ['08:00-16:00'], mon-fri: ['08:00-16:00']}}", "bad-calendar"),
        ("{timezone: UTC, holidays: PLX}", "bad-calendar"),
        ("{timezone: UTC, holidays: [2026-02-30]}", "bad-calendar"),
        ("{timezone: UTC, holidays: days.ics}", "bad-calendar"),
        ("{timezone: UTC, hours: }", "empty-value"),
        ("{hours: {mon: ['08:00-16:00']}}", "missing-key"),
        ("5", "wrong-type"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(calendar: str, check: str) -> None:
    """A clock that would stand still for ever is found when the file is loaded."""
    found = findings(f"kept: 1\ncalendars:\n  c: {calendar}\nstandards:\n  it: {{{TELL}, {RESPONSE}, calendar: c}}\n")
    assert [check for check, *_ in found] == [check]
    assert found[0][1].startswith("3:")


def test_an_empty_file_is_one_finding() -> None:
    """One slip, one finding: what has nothing in it is not also missing its version."""
    assert findings("") == [("wrong-type", "1:1", "the file is empty")]
    assert findings("- a") == [("wrong-type", "1:1", "the file holds no keys")]
    assert [check for check, *_ in findings("{}")] == ["missing-key"]


def test_a_span_that_no_calendar_ever_counts_is_refused() -> None:
    """Better now than when the promise is opened."""
    one_hour = "calendars: {c: {timezone: UTC, hours: {mon: ['08:00-09:00']}}}"
    assert checks(f"{RESPONSE}, calendar: c".replace("1h", "200d"), more=one_hour) == ["bad-duration"]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("per: [], when: queue.length, expect: register.opened", ["no-shape"]),
        ("per: []", ["no-shape"]),
        ("per: [], when: queue.length, within: 1h, every: 2h, expect: register.opened", ["two-shapes"]),
        ("per: [], when: queue.length, must: waiting > 1, at_most: 3", ["two-shapes"]),
        ("per: contact, when: transfer.completed, at_most: 1, within: 1h, until: contact.closed", ["two-shapes"]),
        ("per: [], when: queue.length, must: waiting > 1, reopen: each", ["misplaced-key"]),
        ("per: [], expect: register.opened, within: 1h", ["missing-key"]),
        (RESPONSE.replace("per: queue, ", ""), ["missing-key"]),
        (RESPONSE.replace("queue.length", "queue.lenght"), ["unknown-event"]),
        (f"{RESPONSE}, unless: {{event: queue.length, where: serving > openin.serving}}", ["bad-expression"]),
        (RESPONSE.replace("1h", "1 hour"), ["bad-duration"]),
        (RESPONSE.replace("1h", "0s"), ["bad-duration"]),
        (f"{RESPONSE}, forget_after: 1h", ["bad-duration"]),
        (f"{RESPONSE}, warn: 100%", ["bad-warning"]),
        (f"{RESPONSE}, warn: [0%, 1h before, soon]", ["bad-warning"] * 3),
        (f"{RESPONSE}, calendar: nowhere", ["unknown-calendar"]),
        (f"{RESPONSE}, objective: {{kept: 101%, over: 1d}}", ["wrong-value"]),
        (f"{RESPONSE}, severity: pag", ["unknown-value"]),
        (f"{RESPONSE}, carry: [waitin, owner]", ["carried-field"] * 2),
        (RESPONSE.replace("per: queue", "per: waiting"), ["subject-field"]),
        (RESPONSE.replace("per: queue", "per: [queue, queue]"), ["duplicate-name"]),
        ("per: team, expect: meeting.held, every: week, warn: 50%", ["bad-warning"]),
        ("per: team, expect: meeting.held, every: 1d, subjects: [{tem: x}]", ["subject-field"]),
        ("per: team, expect: meeting.held, every: 1d, subjects: [{team: 5}]", ["wrong-type"]),
        ("per: [], when: queue.length, measure: mean(waiting), over: 7h, must: < 5", ["bad-duration"]),
        (
            "per: [], when: queue.length, measure: men(waiting), over: 1h, must: x < 5",
            ["bad-expression", "unknown-field"],
        ),
        ("per: [], when: queue.length, measure: count(), over: 5 events, must: < 5, at_least: 6", ["wrong-value"]),
        ("per: [], when: queue.length, at_most: -1", ["wrong-value"]),
        ("per: [], when: queue.length, at_most: many", ["wrong-type"]),
        ("per: site, when: promise.broken, at_most: 1", ["subject-field"]),
        (
            RESPONSE.replace("queue.length", "{event: queue.length, where: waiting > 3, for: 5m, apart: 2s}"),
            ["misplaced-key"],
        ),
    ],
)
def test_a_standard_that_makes_no_sense_is_refused(shape: str, expected: list[str]) -> None:
    """Each check has a stable id."""
    assert checks(shape) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("feeds: {f: {events: [register.opened], per: [site], silent_after: 1m}}", ["subject-field"]),
        ("feeds: {f: {events: [register.opened], per: [till], silent_after: 1m}}", ["subject-field"]),
        ("feeds: {f: {events: [register.opnd], silent_after: 1m}}", ["unknown-event"]),
        ("feeds: {f: {events: [], silent_after: 1m}}", ["empty-value"]),
        ("feeds: {F: {events: register.opened, silent_after: soon}}", ["bad-name", "bad-duration"]),
        ("events: {window: {site: text}}", ["bad-name"]),
        ("events: {a.b: {opening: text}}", ["bad-name"]),
        ("events: {promise.lent: {site: text}}", ["bad-name"]),
        ("events: {a.b: {site: txt}}", ["unknown-value"]),
        ("events: {a.b: text}", ["wrong-type"]),
        ("events: {queue.length: {site: text}}", ["duplicate-name"]),
        ("events: [a.b]", ["wrong-type"]),
    ],
)
def test_feeds_and_event_types_that_make_no_sense_are_refused(more: str, expected: list[str]) -> None:
    """What stands beside the standards is checked as they are."""
    assert checks(RESPONSE, more=more) == expected


def test_one_name_in_two_files_is_an_error_that_names_the_first() -> None:
    """The second is pointed at."""
    assert findings(STANDARD, "\n" + STANDARD) == [
        ("duplicate-name", "4:3", "'no-wait' is declared already, in a.yaml:3")
    ]


def test_fields_of_promises_have_one_type() -> None:
    """Two standards cannot carry the same name with two meanings into the promise.* events."""
    assert checks(
        f"per: [], carry: site, when: a.b, must: site > 1}}\n  two: {{{TELL}, {RESPONSE}, carry: site",
        more="events: {a.b: {site: integer}}",
    ) == ["carried-field"]


def test_what_helps_people_is_asked_for_but_not_required() -> None:
    """A warning does not stop the loading."""
    result = load([Source("a.yaml", f"kept: 1\nstandards:\n  it: {{promise: p, owner: o, {RESPONSE}}}\n")])
    assert [(f.id, f.level, f.found) for f in result.warnings] == [
        ("incomplete", "warning", "it says nothing under what, how, why, exceptions")
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("event: queue.length, where", "event: queue.lenght, where", "there is no event 'queue.lenght'"),
        ("again: judged", "calendar: opn", "there is no calendar 'opn'"),
        (
            "kept: 1",
            "kept: 1\nfeeds: {tills: {events: [register.opened, register.closed], per: [lane], silent_after: 15m}}",
            "register.opened and register.closed have no field 'lane', so they cannot say whom they are about",
        ),
    ],
)
def test_what_follows_from_a_slip_is_not_told_beside_it(old: str, new: str, told: str) -> None:
    """A slip in `when` says nothing of the conditions that look back at it, nor one in a name of what it names."""
    text = STANDARD.replace("register.opened", '{event: queue.length, where: "waiting < opening.waiting"}')
    if "calendar" in new:
        text = text.replace("kept: 1", "kept: 1\ncalendars:\n  open: {timezone: Europe/Warsaw}")
    assert [found for _, _, found in findings(text.replace(old, new, 1))] == [told]


def test_a_subject_has_few_fields() -> None:
    """However many fields are written under per, that is one finding, and takes no time."""
    many = ", ".join(f"f{number}" for number in range(20_000))
    assert findings(STANDARD.replace("[site, queue]", f"[{many}]")) == [
        ("wrong-value", "4:10", "per names 20,000 fields, and 16 is the limit"),
    ]
