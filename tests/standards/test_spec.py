"""The loader: what each shape compiles to, revisions, excerpts, and texts of any kind."""

import jsonschema_rs
import pytest

from standards.compiler.schema import standards_schema
from standards.compiler.spec import Loaded, Source, load
from standards.documents.document import Document
from standards.documents.model import StandardModel
from standards.documents.vocabulary import builtin_vocabulary
from standards.expressions.expression import Field
from standards.expressions.states import StateTest
from standards.judge.shapes import Bounded, Level, Precedence, Recurrence, Response, Universality
from standards.judge.standard import DAY, Clause, Objective, Standard
from tests.standards.samples import FULL, TELL

SECOND = 1_000_000
HOUR = 3_600 * SECOND


def one(shape: str, *, more: str = "") -> Standard:
    """Load one standard in one line, together with whatever else is declared."""
    return load([Source("a.yaml", f"kept: 1\n{more}\nstandards:\n  it: {{{TELL}, {shape}}}\n")]).standards[0]


def loaded(text: str) -> Loaded:
    return load([Source("a.yaml", text)])


def test_the_whole_document_of_the_design_compiles() -> None:
    """Every key of a standard arrives where the judge looks for it."""
    result = loaded(FULL)
    (standard,) = result.standards
    assert [warning.id for warning in result.warnings] == ["unused-event"]
    assert isinstance(standard.shape, Response)
    assert standard.shape.within == 60 * SECOND
    assert standard.shape.warn == (30 * SECOND, 45 * SECOND)
    assert standard.shape.hours is not None
    assert standard.shape.hours.timezone == "Europe/Warsaw"
    assert standard.shape.expect == Clause("register.opened")
    assert (standard.per, standard.severity, standard.aspect) == (("site", "queue"), "page", "speed")
    assert standard.objective == Objective(0.95, 28 * DAY)
    assert (standard.feeds, standard.may_excuse) == (("tills",), ("floor-lead",))
    assert result.vocabulary["window.cleaned"].fields["streaks"] == Field("number", optional=True, unit="streaks")
    assert result.vocabulary["window.cleaned"].fields["by"].optional
    assert [feed.silent_after for feed in result.feeds] == [900 * SECOND]


def test_response_with_pause_and_again() -> None:
    """`pause`, `opening.` and `again: each` compile to what they say; a short clause is an event type alone."""
    standard = one(
        "per: queue, when: queue.length, expect: {event: queue.length, where: serving > opening.serving}, within: 1h,"
        "pause: {when: register.closed, until: register.opened}, again: each"
    )
    shape = standard.shape
    assert isinstance(shape, Response)
    assert (shape.again, shape.rest, shape.owed_for) == ("each", 0, 7 * DAY)
    (state,) = standard.states
    assert state.events == ("register.closed", "register.opened")
    assert isinstance(shape.pause, StateTest)
    assert shape.pause.keys == (state.key,)
    assert shape.expect.where is not None
    assert shape.expect.where.opening_fields == {"serving"}
    assert (shape.hours, shape.warn) == (None, ())


def test_precedence() -> None:
    """The span before is in microseconds, and `opening` is the event that had to be preceded."""
    shape = one(
        "per: contact, when: transfer.completed,"
        "expect: {event: transfer.briefed, where: contact == opening.contact}, within_last: 10m"
    ).shape
    assert isinstance(shape, Precedence)
    assert (shape.when.event, shape.expect.event, shape.within_last) == (
        "transfer.completed", "transfer.briefed", 600 * SECOND,
    )  # fmt: skip


def test_universality() -> None:
    """`must` is a condition on the event of `when`."""
    shape = one("per: [], when: queue.length, must: waiting < 10").shape
    assert isinstance(shape, Universality)
    assert shape.must.fields == {"waiting"}


@pytest.mark.parametrize(
    ("keys", "within", "until"),
    [("", None, None), (", within: 30d", 30 * DAY, None), (", until: contact.closed", None, Clause("contact.closed"))],
)
def test_bounded(keys: str, within: int | None, until: Clause | None) -> None:
    """It counts in a span, up to an event, or for ever."""
    shape = one(f"per: contact, when: transfer.completed, at_most: 1{keys}").shape
    assert shape == Bounded(Clause("transfer.completed"), 1, within=within, until=until)


def test_recurrence_by_length_and_by_calendar() -> None:
    """A length counts a calendar's hours; a week takes its time zone, and whether it is open. Subjects follow `per`."""
    calendars = 'calendars: {office: {timezone: Asia/Tokyo, hours: {daily: ["09:00-17:00"]}}}'
    shape = one("per: team, expect: meeting.held, every: 8h, calendar: office, warn: 2h before", more=calendars).shape
    assert isinstance(shape, Recurrence)
    assert (shape.every, shape.warn, shape.hours is not None) == (8 * HOUR, (6 * HOUR,), True)
    shape = one(
        "per: team, expect: meeting.held, every: week, calendar: office, subjects: [{team: north}, {team: south}]",
        more=calendars,
    ).shape
    assert isinstance(shape, Recurrence)
    assert (shape.every, shape.hours is not None, shape.zone.key) == ("week", True, "Asia/Tokyo")
    assert shape.subjects == (("north",), ("south",))


def test_level_by_time_and_by_count() -> None:
    """A window is a length of time or so many events."""
    shape = one(
        "per: queue, when: contact.answered, measure: share(queue == \"a\"), over: 30m, must: '>= 80%', at_least: 5"
    ).shape
    assert isinstance(shape, Level)
    assert (shape.over, shape.count, shape.at_least, shape.measure.kind) == (1800 * SECOND, False, 5, "share")
    assert shape.must.test(0.8)
    assert not shape.must.test(0.79)
    shape = one("per: [], when: survey.answered, measure: mean(score), over: 50 events, must: measure >= 4.2").shape
    assert isinstance(shape, Level)
    assert (shape.over, shape.count, shape.zone.key) == (50, True, "UTC")


def test_standards_about_promises() -> None:
    """A standard hears the promises of others, with the fields that these name or carry, one stratum above them."""
    result = loaded(
        f"kept: 1\nstandards:\n  low: {{{TELL}, per: site, carry: queue, when: queue.length, must: waiting < 9}}\n"
        f"  high: {{{TELL}, per: [site, queue], at_most: 2, within: 30d,"
        " when: {event: promise.broken, where: \"standard != 'high'\"}}\n"
    )
    assert [[group.name for group in stratum] for stratum in result.rulebook.strata] == [
        ["0:site:low"],
        ["1:site,queue:high"],
    ]
    assert result.vocabulary["promise.broken"].fields["queue"] == Field("text", optional=True)


def test_several_files_share_their_names() -> None:
    """A calendar of one file serves a standard of another."""
    first, second = FULL.split("standards:\n")
    result = load([Source("shop/a.yaml", "kept: 1\nstandards:\n" + second), Source("shop/b.yaml", first)])
    assert [standard.revision for standard in result.standards] == [loaded(FULL).standards[0].revision]


def test_holidays_of_a_file_are_read_beside_it_and_written_into_the_excerpt() -> None:
    """An .ics file is named relative to its document; the excerpt needs it no more."""
    ics = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\nEND:VCALENDAR\n"
    files = {"shop/days.ics": ics}
    text = FULL.replace('["2026-12-25"]', "days.ics")
    result = load([Source("shop/a.yaml", text)], read=files.__getitem__)
    assert result.standards[0].revision == loaded(FULL).standards[0].revision
    assert "days.ics" not in result.excerpt("no-wait")


def test_the_vocabulary_is_read_once_and_cannot_be_spoilt() -> None:
    """Each caller gets a dict of its own."""
    mine = builtin_vocabulary()
    assert mine["queue.length"].fields["waiting"].type == "integer"
    mine.clear()
    assert "queue.length" in builtin_vocabulary()


def test_editors_check_by_a_schema_of_draft_7() -> None:
    """It accepts what the loader accepts, short forms too, explains every key, and refuses what is misspelt."""
    schema = standards_schema()
    validator = jsonschema_rs.Draft7Validator(schema)
    assert validator.is_valid(Document("a.yaml", FULL).data)
    assert not validator.is_valid(Document("a.yaml", FULL.replace("within:", "wihtin:")).data)
    assert validator.is_valid(Document("a.yaml", FULL.replace("{event: register.opened}", "register.opened")).data)
    assert all(field.description for field in StandardModel.model_fields.values())
    assert "$defs" not in str(schema)
