"""Slips that people make in their first files: each is told once, and with the very words that mend it.

Each row changes one place of a sound file. Whoever adds a row adds a slip that somebody made.
"""

import pytest

from standards.compiler.spec import Source, load
from standards.errors import Finding, SpecError
from streams.documents.rules import Rules
from streams.ingest.columns import bind
from streams.ingest.mapping import load_mapping
from streams.stories.files import scripts_of
from tests.streams.deadline_slips import DEADLINES, IN_DEADLINES

STANDARDS = """\
kept: 1
calendars:
  open:
    timezone: Europe/Warsaw
    hours: {mon-fri: ["08:00-16:00"], sat: ["09:00-13:00"]}
    holidays: ["2026-12-25"]
events:
  window.cleaned: {site: text, queue: text, panes: integer?}
states:
  lunch: {when: register.closed, until: register.opened}
standards:
  no-wait:
    promise: You will never stand behind more than three people.
    what: Open the next register.
    how: Call the next name on the standby list.
    why: A broken sign costs more trust than no sign.
    exceptions: Fire alarm. The shift lead may grant one.
    owner: floor-lead
    aspect: quality
    per: [site, queue]
    when: {event: queue.length, where: waiting > 3}
    expect: register.opened
    within: 60s
    unless: [{event: queue.length, where: waiting <= 3}, window.cleaned]
    calendar: open
    warn: 50%
    pause: lunch
"""
STORIES = """\
kept: 1
start: 2026-03-02 10:00 Europe/Warsaw
with: {site: s1, queue: q1}
stories:

  nobody comes:
    given:
      - {event: queue.length, waiting: 5}
      - {at: 10:02, event: register.opened}
    expect:
      - {at: 10:00:30, warned: no-wait s1/q1}
      - {at: 10:01, broken: no-wait s1/q1}
      - {at: 10:02, fulfilled_late: no-wait s1/q1}
"""
MAPPING = """\
kept: 1
table: {zone: Europe/Warsaw, source: till, time: {column: when, format: "%d.%m.%Y %H:%M"}}
columns: {people: {type: integer}}
events:
  - event: queue.length
    when: people > 3
    fields: {site: {value: s1}, queue: line, waiting: people}
"""
HEADER = ("when", "line", "people")
LEVEL = """\
    measure: share(waiting < 3)
    over: 1d
    must: ">= 80%"
"""
SHAPE, RESPONSE = STANDARDS[STANDARDS.index("    when:") :], STANDARDS[STANDARDS.index("    expect:") :]
ONLY_RESPONSES = "only a response takes for: it stands in when, expect and unless of a standard with within or due"
CONDITION = "waiting > 3}"

LAYOUT = [
    ("    owner: floor", "\towner: floor", "indent with spaces instead of tabs: 4 of them, as around it"),
    ("    owner: floor", "     owner: floor", "begin it with 4 spaces, as line 17 begins"),
    ("    owner: floor", "   owner: floor", "begin it with 4 spaces, as line 17 begins"),
    ("    owner: floor", "  owner: floor", "begin it with 4 spaces, as line 17 begins"),
    ("    promise: You", "     promise: You", "begin it with 4 spaces, as line 14 begins"),
    ("  no-wait:", "no-wait:", "indent no-wait: and what is under it by two spaces, under standards:"),
    ("  no-wait:\n    promise", "  - no-wait:\n    promise", "write no-wait: without the dash in front"),
    ("owner: floor-lead", "owner:floor-lead", "write owner: floor-lead"),
    ("owner: floor-lead", "owner floor-lead", "write owner: floor-lead"),
    ("owner: floor-lead", "owner = floor-lead", "write owner: floor-lead"),
    ("owner: floor-lead", "owner:\u00a0floor-lead", "write an ordinary space instead"),
    ("    owner: floor", "\u00a0\u00a0\u00a0\u00a0owner: floor", "write an ordinary space instead"),
    ("  no-wait:\n", "  no-wait\n", "write no-wait:"),
    ("per: [site, queue]", "per:\n      -site\n      -queue", "write - site"),
    ("per: [site, queue]", "per:\n      - site\n      -queue", "write - queue"),
    ("per: [site, queue]", "per: [site, queue", "write [site, queue]"),
    ("where: waiting > 3}\n", "where: waiting > 3\n", "write {event: queue.length, where: waiting > 3}"),
    ("queue.length, where: waiting > 3", "queue.length where: waiting > 3",
     "write {event: queue.length, where: waiting > 3}"),
    ('"], sat', '"] sat', 'write {mon-fri: ["08:00-16:00"], sat: ["09:00-13:00"]}'),
    (CONDITION, "waiting > 3};", "remove ;"),
]  # fmt: skip
TEXTS = [
    ("what: Open the", "what: Open this: the", 'write what: "Open this: the next register."'),
    ("what: Open the next", "what: \u201cOpen: the next", 'write what: "Open: the next register."'),
    ("what: Open the next register.", 'what: "Open" the next one.', "write what: '\"Open\" the next one.'"),
    ("what: Open the next register.", "what: 'Don't wait.'", 'write what: "Don\'t wait."'),
    ("what: Open the next register.", 'what: "Open the next register.', 'write "Open the next register."'),
    ("what: Open", "what: @lead, open", 'write what: "@lead, open the next register."'),
    ("what: Open", "what: %50 open", 'write what: "%50 open the next register."'),
    ("what: Open", "what: *Open*", 'write what: "*Open* the next register."'),
    ("expect: register.opened", "expect: event: register.opened", "write expect: {event: register.opened}"),
    ("expect: register.opened", "expect: {register.opened}", "write expect: register.opened"),
    ("what: Open the next register.", "what:", "give it one, or remove the key"),
]
CONDITIONS = [
    (CONDITION, "waiting > 3,5}", "write where: waiting > 3.5"),
    (CONDITION, '"waiting > 3,5"}', "write 3.5"),
    (CONDITION, "waiting > 1 000}", "write 1000"),
    (CONDITION, "waiting > 3 people}", "write 3 alone: numbers have no unit here"),
    (CONDITION, "longest_wait > 2min}", "write 120: it has no unit here, and lengths are in seconds"),
    (CONDITION, 'waiting > "3"}', "leave the quotes out: 3"),
    (CONDITION, "waiting = 3}", "use == to compare"),
    (CONDITION, "waiting > = 3}", "write >="),
    (CONDITION, "waiting => 3}", "write >="),
    (CONDITION, "waiting > 3 AND serving < 2}", "write and"),
    (CONDITION, "waiting > 3 && serving < 2}", "write and"),
    (CONDITION, "waiting between 3 and 5}", "write 3 <= waiting and waiting <= 5"),
    (CONDITION, "wating > 3}", "did you mean waiting?"),
    (CONDITION, "> 3}", "name the field: where: waiting > 3"),
    (CONDITION, "site == s1}", 'put it in quotes: "s1"'),
    (CONDITION, "site == shop-one}", 'put it in quotes: "shop-one"'),
    (CONDITION, "site == shop one}", 'put the text in quotes: "shop one"'),
    (CONDITION, "site == \u201cs1\u201d}", 'write texts in straight quotes: "s1"'),
    (CONDITION, 'site in ["s1", "s2"]}', "write where: 'site in [\"s1\", \"s2\"]'"),
    (CONDITION, '"site in (s1)"}', 'list it: ["s1"]'),
    (CONDITION, "site in 's1'}", "list it: ['s1']"),
    (CONDITION, "site contains 's1'}", "a text is compared as a whole: write site == 's1'"),
    (CONDITION, "serving == null}", "write serving is missing"),
    (CONDITION, 'waiting > 3 and weekday == "saturday"}',
     "no field says when it was: in a standard, write during: and a calendar of these hours, beside when"),
    (CONDITION, "lunch}", "name a field here; a state stands under while or pause"),
    (CONDITION, "waiting > 3 and not open}", "name a field here; a calendar stands under calendar or during"),
    ("{event: queue.length, where: waiting > 3}", "queue.length where waiting > 3",
     "write {event: queue.length, where: waiting > 3}"),
]  # fmt: skip
VALUES = [
    ("within: 60s", "within: 60", "write 60s, 60m or 60h"),
    ("within: 60s", "within: 1 minute", "write 1m"),
    ("within: 60s", "within: 1,5h", "write 1h30m"),
    ("within: 60s", "within: 00:01:00", "write 1m"),
    ("within: 60s", "within: half an hour", "write 30m"),
    ("within: 60s", "within: 2 Stunden", "write 2h"),
    ("within: 60s", "within: {60s}", "write within: 60s"),
    ("within: 60s", "deadline: 60s", "did you mean 'within'?"),
    ("    within: 60s\n", "", "add within: and how long there is, such as within: 1h"),
    ("expect: register", "then: register", "did you mean 'expect'?"),
    ("where: waiting > 3", "if: waiting > 3", "did you mean 'where'?"),
    ("warn: 50%", "warn: 50", "write 50%"),
    ("warn: 50%", "warn: 15s", "write 15s before"),
    ("warn: 50%", "warn: before 15s", "write 15s before"),
    ("warn: 50%", "objective: 95%", "write {kept: 95%, over: 28d}"),
    ("warn: 50%", "severity: high", "write 'page', 'ticket' or 'info'"),
    ("per: [site, queue]", "per: site, queue", "write [site, queue]"),
    ("per: [site, queue]", "per: [site queue]", "write [site, queue]"),
    ("per: [site, queue]", "per: {site, queue}", "write per: [site, queue]"),
    ("expect: register.opened", "expect: register_opened", "did you mean 'register.opened'?"),
    ("expect: register.opened", "expect: register.opened, window.cleaned", "write [register.opened, window.cleaned]"),
    ("expect: register.opened", "expect: register.opened or window.cleaned", "write [register.opened, window.cleaned]"),
    (
        "{event: queue.length, where: waiting <= 3}",
        "{event: queue.length, register.closed}",
        "write event: [queue.length, register.closed]",
    ),
    ("expect: register.opened", "expect: lunch", "name an event here; a state stands under while or pause"),
    ("queue.length, where: waiting <= 3", "open", "name an event here; a calendar stands under calendar or during"),
    ("calendar: open", "calendar: lunch", "name a calendar here; a state stands under while or pause"),
    ("warn: 50%", "during: lunch", "name a calendar here; a state stands under while or pause"),
    ("pause: lunch", "pause: lunch or open", "name a state here; a calendar stands under calendar or during"),
    ("warn: 50%", "while: register.opened", "write while: {when: register.opened, until: EVENT}"),
    ("{when: register.closed", "{when: {event: queue.length, where: waiting > 9, for: 2m}", ONLY_RESPONSES),
    (
        "pause: lunch",
        "pause: {when: {event: queue.length, where: waiting > 9, for: 2m}, until: register.opened}",
        ONLY_RESPONSES,
    ),
    (SHAPE, "    when: {event: queue.length, where: waiting > 3, for: 2m}\n    must: serving > 0\n", ONLY_RESPONSES),
    ("calendar: open", "calender: open", "did you mean 'calendar'?"),
    ("calendar: open", "calendar: opening", "did you mean 'open'?"),
    ("pause: lunch", "pause: launch", "did you mean 'lunch'?"),
    ("no-wait:", "No Wait:", "write no-wait: lower case words joined by -"),
    ("window.cleaned:", "Window Cleaned:", "write window.cleaned"),
    ("queue: text, panes", "queue: txt, panes", "did you mean 'text'?"),
    ("kept: 1", "Kept: 1", "did you mean 'kept'?"),
    ("kept: 1\n", "", "begin it with kept: 1"),
    ("standards:", "standard:", "did you mean 'standards'?"),
    ("Europe/Warsaw", "Warsaw", "did you mean 'Europe/Warsaw'?"),
    ("Europe/Warsaw", "UTC+1", "write a place's name, such as Europe/Warsaw: its clocks change"),
    ("mon-fri", "Monday-Friday", "write mon-fri"),
    ("mon-fri", "Mo-Fr", "write mon-fri"),
    ("08:00-16:00", "8-16", "write 08:00-16:00"),
    ("08:00-16:00", "8am to 4pm", "write 08:00-16:00"),
    ("08:00-16:00", "08.00\N{EN DASH}16.00", "write 08:00-16:00"),
    ('"2026-12-25"', "25.12.2026", "write 2026-12-25"),
    ('["2026-12-25"]', "Poland", "write PL"),
    (RESPONSE, LEVEL.replace('">= 80%"', ">= 80%"), 'write must: ">= 80%"'),
    (RESPONSE, LEVEL.replace('">= 80%"', "80%"), "write >= 80%"),
    (RESPONSE, LEVEL.replace("share(waiting < 3)", "average(waiting)"), "did you mean mean?"),
]
IN_STORIES = [
    ("      - {at: 10:02, event", "      {at: 10:02, event", "write - {at: 10:02, event: register.opened}"),
    ("      - {event", "      {event", "write - {event: queue.length, waiting: 5}"),
    ("      - {at: 10:02, event", "      -{at: 10:02, event", "write - {at: 10:02, event: register.opened}"),
    ("    given:", "    when:", "did you mean 'given'?"),
    ("    expect:", "    then:", "did you mean 'expect'?"),
    ("broken:", "broke:", "did you mean 'broken'?"),
    ("at: 10:02, event", "at: 10.02, event", "did you mean 10:02?"),
    ("wait s1/q1}\n      - {at: 10:02, ", "wait s1/q1, ",
     "write each as an entry of its own: - {broken: ...}, - {fulfilled_late: ...}"),
]  # fmt: skip
IN_MAPPINGS = [
    ("{value: s1}", "parcel",
     "its columns are: 'when', 'line', 'people'; if each row has the same value, write site: {value: parcel}"),
    ("%d.%m.%Y %H:%M", "DD.MM.YYYY hh:mm", 'write "%d.%m.%Y %H:%M", if that is meant'),
    ("%d.%m.%Y %H:%M", "TT.MM.JJJJ hh:mm", 'write "%d.%m.%Y %H:%M", if that is meant'),
    ("%d.%m.%Y %H:%M", "JJ/MM/AAAA", 'write "%d/%m/%Y", if that is meant'),
    ("%d.%m.%Y %H:%M", "GG.AA.YYYY", 'write "%d.%m.%Y", if that is meant'),
    ("%d.%m.%Y %H:%M", "RRRR-MM-DD gg:mm", 'write "%Y-%m-%d %H:%M", if that is meant'),
    ("%d.%m.%Y %H:%M", "PP.KK.VVVV", 'write "%d.%m.%Y", if that is meant'),
    ("queue.length\n", "queue.lenght\n", "did you mean 'queue.length'?"),
    ("people > 3", "people > 3 und line == 1", "write and"),
]  # fmt: skip


def in_standards(text: str) -> None:
    load([Source("a.yaml", text)])


def in_stories(text: str) -> None:
    scripts_of(Source("s.yaml", text), Rules(load([Source("a.yaml", STANDARDS)])))


def in_mapping(text: str) -> None:
    loaded = load([Source("a.yaml", STANDARDS)])
    bind(load_mapping(Source("m.yaml", text), loaded.rulebook.classes, loaded.vocabulary), HEADER, "week.csv")


FORMS = {
    STANDARDS: (in_standards, [*LAYOUT, *TEXTS, *CONDITIONS, *VALUES]),
    DEADLINES: (in_standards, IN_DEADLINES), STORIES: (in_stories, IN_STORIES), MAPPING: (in_mapping, IN_MAPPINGS),
}  # fmt: skip
SLIPS = [(form, *slip) for form, (_, slips) in FORMS.items() for slip in slips]


def findings(form: str, old: str, new: str) -> list[Finding]:
    assert old in form
    with pytest.raises(SpecError) as caught:
        FORMS[form][0](form.replace(old, new, 1))
    return caught.value.findings


@pytest.mark.parametrize(
    ("form", "old", "new", "fix"), SLIPS, ids=[f"{new.strip()} -> {fix}" for *_, new, fix in SLIPS]
)
def test_a_slip_is_told_once_with_what_mends_it(form: str, old: str, new: str, fix: str) -> None:
    """One slip is one error, and its last line can be done as it stands."""
    assert [(each.level, each.fix) for each in findings(form, old, new)] == [("error", fix)]


def test_the_files_are_sound_without_the_slips() -> None:
    """What is changed by the rows has no error and no warning before."""
    for form, (read, _) in FORMS.items():
        read(form)
    assert [load([Source("a.yaml", text)]).warnings for text in (STANDARDS, DEADLINES)] == [[], []]


def test_there_are_sixty_of_them() -> None:
    """The table is as long as it is meant to be, without a slip twice."""
    assert len({(form, old, new) for form, old, new, _ in SLIPS}) == len(SLIPS) >= 60
