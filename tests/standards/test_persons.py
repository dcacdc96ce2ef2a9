"""What can be asked of a field that names a person, or that holds what somebody wrote, and what is refused."""

from __future__ import annotations

import pytest

from standards.compiler.spec import Loaded, Source, load
from standards.errors import Finding, SpecError
from standards.expressions.expression import Field, compile_condition, joined_fields
from tests.standards.samples import TELL

EVENTS = """
  job.asked:
    contact: text
    team: text
    sum: integer
    clerk: {type: text, person: true}
    boss: {type: text, optional: true, person: true}
    number: {type: integer, optional: true, person: true}
    remark: {type: text, optional: true, free: true}
    letter: {type: text, optional: true, free: true}
  job.done:
    contact: text
    clerk: {type: text, optional: true, person: true}
    remark: {type: text, optional: true, free: true}
    hint: {type: text, optional: true, free: true}
"""
TABLES = "\ntables: {desks: {file: desks.csv, key: clerk}, crews: {file: crews.csv, key: team}}"
FILES = {"desks.csv": "clerk,room\nann,1\n", "crews.csv": "team,head\nnorth,ann\n"}
ASKED = "per: contact, expect: job.done, within: 1h, when: {event: job.asked, where: '%s'}"


def document(keys: str, more: str = "") -> str:
    return f"kept: 1\nevents:{EVENTS}{more}\nstandards:\n  it: {{{TELL}, {keys}}}\n"


def loaded(keys: str, more: str = "", *, retired: tuple[str, ...] = ()) -> Loaded:
    return load([Source("a.yaml", document(keys, more))], read=FILES.__getitem__, retired=retired)


def refused(keys: str, more: str = "") -> list[Finding]:
    """Give the errors of a standard."""
    with pytest.raises(SpecError) as caught:
        loaded(keys, more)
    return [each for each in caught.value.findings if each.level == "error"]


def shown(error: Finding, text: str) -> str:
    """Give what an error points at."""
    start = error.place.column - 1
    return text.splitlines()[error.place.line - 1][start : start + error.place.length]


@pytest.mark.parametrize(
    "where",
    [
        "clerk == boss", "clerk != boss", "clerk == boss and boss == clerk", "clerk is missing", "boss is not missing",
        'clerk == ""', '"" != boss', "not (clerk == boss)", "number is missing",
        "remark is missing", "remark is not missing", 'remark != ""', '"" == remark',
    ],
)  # fmt: skip
def test_what_names_nobody_can_be_asked(where: str) -> None:
    """Two persons are the same or not, and there is one or not; of what somebody wrote there is something or not."""
    assert loaded(ASKED % where).standards[0].id == "it"


@pytest.mark.parametrize(
    ("where", "at", "found", "fix"),
    [
        ('clerk == "ann"', '"ann"', "clerk names a person, and no rule is about one human", "clerk is not missing"),
        ('"ann" != boss', '"ann"', "boss names a person", "a team, a site or a role"),
        ("clerk == ann", "ann", "clerk names a person", "a team, a site or a role"),
        ('clerk in ["ann", "bob"]', '["ann", "bob"]', "clerk names a person", "a team, a site or a role"),
        ('clerk not in [""]', '[""]', "clerk names a person", "a team"),
        ("clerk < boss", "clerk", "clerk is a person's name, and names have no order", "use == or !="),
        ('clerk > ""', '""', "clerk names a person", "a team"),
        ("clerk == team", "team", "clerk names a person", "mark team with person: true under events:"),
        ("team == clerk", "team", "clerk names a person", "mark team with person: true under events:"),
        ("clerk == crews.head", "crews.head", "clerk names a person", "a team, a site or a role"),
        ("boss", "boss", "boss is a person's name, which is neither true nor false", "boss is not missing"),
        ("sum > 2 * number", "number", "number is a person's name, and only numbers are", "number is not missing"),
        ("number == 17", "17", "number names a person", "a team"),
        ("number + 1 > 2", "number", "number is a person's name", "number is not missing"),
        ("-number > 2", "number", "number is a person's name", "number is not missing"),
        ('remark == "late"', "remark", "remark holds what somebody wrote", "ask whether it is there: remark is not"),
        ("remark == letter", "remark", "remark holds what somebody wrote", "ask whether it is there"),
        ("clerk == remark", "remark", "remark holds what somebody wrote", "ask whether it is there"),
        ('remark in ["late"]', "remark", "remark holds what somebody wrote", "ask whether it is there"),
        ("remark", "remark", "remark is what somebody wrote, which is neither", "remark is not missing"),
    ],
)
def test_all_else_is_refused_at_its_place(where: str, at: str, found: str, fix: str) -> None:
    """A name, a list, an order, a sum, a field that is not marked: what is wrong is shown, and what would mend it."""
    condition = where.replace("'", "''")
    (error,) = refused(ASKED % condition, TABLES)
    assert (error.id, shown(error, document(ASKED % condition, TABLES))) == ("names-a-person", at)
    assert found in error.found
    assert fix in error.fix


@pytest.mark.parametrize(
    "keys",
    [
        "per: contact, when: job.asked, expect: job.done, within: {by: clerk, ann: 1h, else: 2h}",
        "per: contact, when: job.asked, expect: job.done, within: 1h, calendar: {by: remark, a: always, else: always}",
        "per: contact, when: job.asked, expect: job.done, within: {by: desks.room, '1': 1h, else: 2h}",
        "per: contact, when: {event: job.asked, where: desks.room is missing}, expect: job.done, within: 1h",
        "per: contact, when: job.asked, expect: {event: job.done, where: 'opening.clerk == \"ann\"'}, within: 1h",
        "per: contact, when: job.asked, expect: job.done, within: 1h, unless: {event: job.done, where: 'clerk == 1'}",
        "per: contact, when: job.asked, expect: job.done, within: 1h, pause: {when: {event: job.done, where: clerk}}",
        "per: contact, when: {event: [job.done, job.asked], where: 'boss == \"ann\"'}, at_most: 1, within: 1d",
        "per: contact, when: {event: [job.asked, job.done], where: 'hint == letter'}, at_most: 1, within: 1d",
        'per: contact, when: [job.asked, job.done], must: clerk != "ann"',
        'per: contact, when: job.asked, must: clerk == "ann"',
        "per: contact, when: job.asked, measure: share(clerk == \"ann\"), must: '>= 80%', over: day",
        "per: contact, when: job.asked, measure: mean(number), must: '>= 3', over: day",
        "per: contact, when: job.asked, measure: sum(clerk), must: '>= 3', over: day",
        "per: [contact, remark], when: job.asked, expect: job.done, within: 1h",
        "per: contact, carry: remark, when: job.asked, expect: job.done, within: 1h",
        "per: clerk, subjects: [{clerk: ann}], expect: job.asked, every: day",
    ],
)  # fmt: skip
def test_each_place_of_a_standard_is_looked_at(keys: str) -> None:
    """Clauses, choices, tables, bounds, measures, subjects and what is carried: in none stands a name or a text."""
    assert {each.id for each in refused(keys, TABLES)} == {"names-a-person"}


def test_a_state_and_a_feed_name_nobody_either() -> None:
    """What begins a state is a clause like any other; a feed falls silent by what is always written the same."""
    states = '\nstates: {theirs: {when: {event: job.asked, where: clerk == "ann"}, until: job.done}}'
    feeds = "\nfeeds: {desk: {events: job.asked, per: remark, silent_after: 1h}}"
    keys = "per: contact, when: job.asked, expect: job.done, within: 1h"
    assert {each.id for each in refused(f"{keys}, while: theirs", states)} == {"names-a-person"}
    assert {each.id for each in refused(keys, feeds)} == {"names-a-person"}


def test_what_promises_carry_stays_a_person() -> None:
    """A standard that hears promises is told who it was about, and can no more ask for one of them."""
    keys = "carry: clerk, per: contact, when: job.asked, expect: job.done, within: 1h"
    heard = f"{TELL}, per: contact, at_most: 1, within: 1d"
    heard += ", when: {event: promise.broken, where: 'standard == \"other\" and %s'}"
    more = "\nstandards:\n  other: {%s}"
    first = loaded(keys).standards[0]
    assert first.persons == {"clerk"}
    both = f"kept: 1\nevents:{EVENTS}{more % f'{TELL}, {keys}'}\n  it: {{{heard}}}\n"
    assert len(load([Source("a.yaml", both % "clerk is not missing")]).standards) == 2
    with pytest.raises(SpecError) as caught:
        load([Source("a.yaml", both % 'clerk == "ann"')])
    assert [each.id for each in caught.value.findings] == ["names-a-person"]


def test_a_field_that_one_of_two_events_marks_is_marked() -> None:
    """Where one event says that a field names somebody, no rule about both takes it for a plain text."""
    plain, person = {"by": Field("text")}, {"by": Field("text", person=True)}
    free = {"by": Field("text", optional=True, free=True)}
    assert joined_fields([person, plain]) == joined_fields([plain, person]) == person
    assert joined_fields([free, person]) == {"by": Field("text", optional=True, person=True, free=True)}
    assert joined_fields([person, {}])["by"].optional
    assert not compile_condition('by == "ann"', joined_fields([plain, plain])).opening_fields


def test_the_built_in_names_are_persons() -> None:
    """`agent` and `by` of Kept's own events are marked, and so is what a team adds to them."""
    keys = "per: ticket, when: {event: ticket.opened, where: '%s'}, expect: ticket.replied, within: 1h"
    assert {each.id for each in refused(keys % 'agent == "kim"')} == {"names-a-person"}
    more = "  ticket.opened: {helper: {type: text, optional: true, person: true}}"
    assert loaded(keys % "helper != agent", more).standards[0].id == "it"


@pytest.mark.parametrize("per", ["clerk", "[contact, clerk]"])
def test_nobody_is_woken_over_one_human(per: str) -> None:
    """What is owed by person is a ticket at most; what is owed to a case may be a page, whoever is carried along."""
    keys = "when: job.asked, expect: job.done, within: 1h, severity: page"
    (error,) = refused(f"per: {per}, {keys}")
    assert (error.id, shown(error, document(f"per: {per}, {keys}"))) == ("pages-a-person", "page")
    assert "per: [contact]" in error.fix
    assert loaded(f"per: {per}, {keys.replace('page', 'ticket')}").standards[0].persons == {"clerk"}
    assert loaded(f"per: contact, carry: clerk, {keys}").standards[0].severity == "page"


def test_what_an_older_kept_wrote_down_is_judged_to_its_end() -> None:
    """A host that starts with a newer Kept reads the rules of open promises, whatever they ask of whom."""
    asked = "per: ticket, when: {event: ticket.opened, where: '%s'}, expect: ticket.replied, within: 1h"
    now = loaded(asked % 'team == "kim"')
    older = now.excerpt("it").replace('team == \\"kim\\"', 'agent == \\"kim\\"').replace('"team":', '"agent":')
    assert "agent ==" in older
    after = loaded(asked % 'team == "north"', retired=(older,))
    assert sorted(each.retired for each in after.rulebook.standards.values()) == [False, True]
    assert after.vocabulary["ticket.opened"].fields["agent"].person


@pytest.mark.parametrize("retired", [False, True])
def test_a_standard_by_itself_owes_for_the_same_persons(*, retired: bool) -> None:
    """Its excerpt is enough to tell for whom a standard is owed, also where its author marked the field."""
    keys = "per: [team, clerk], carry: [boss], when: job.asked, expect: {event: job.asked, where: sum > 1}, within: 1h"
    whole = loaded(keys)
    text = whole.excerpt("it")
    alone = load((), retired=[text]) if retired else load([Source("it.json", text)])
    (standard,) = alone.rulebook.standards.values()
    assert (standard.owed_to, sorted(standard.persons)) == (("clerk",), ["boss", "clerk"])
    assert standard.revision == whole.standards[0].revision


def test_a_field_that_is_gone_keeps_its_mark_while_a_promise_is_owed_by_it() -> None:
    """Who takes a field out of the events has names in it kept apart as before, until nothing is owed by it."""
    older = loaded("per: [team, clerk], when: job.asked, expect: job.asked, within: 1h").excerpt("it")
    for events in ("events: {job.asked: {contact: text}}", ""):
        fields = load([Source("a.yaml", f"kept: 1\n{events}")], retired=[older]).vocabulary["job.asked"].fields
        assert fields["clerk"].person, events


def test_revisions_of_who_marks_nothing_are_those_they_were() -> None:
    """Marks are written down where Kept's own events do not have them, so an update begins no standard anew."""
    own = "per: [team, agent], when: coaching.asked, expect: coaching.completed, within: 14d"
    (standard,) = load([Source("a.yaml", f"kept: 1\nstandards:\n  it: {{{TELL}, {own}}}")]).standards
    assert (standard.revision, standard.owed_to) == ("d0fecf879c7d", ("agent",))
