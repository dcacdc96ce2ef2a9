"""What an author writes into a story means what it says, and a slip is shown at its place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.stories.story import SECTIONS, read_telling
from standards.compiler.spec import Loaded, Source, load
from standards.errors import Finding
from standards.judge.events import iso, type_of
from standards.stories.story import Story, StoryDocument
from standards.stories.story_clock import read_start

ROOT = Path(__file__).resolve().parents[2]
GROCERY = (ROOT / "examples" / "grocery" / "standards.yaml").read_text(encoding="utf-8")
TILLS = "feeds:\n  tills: {events: [register.opened, register.closed], per: [site], silent_after: 5m}\n"
HEAD = "kept: 1\nstart: 2026-03-02 10:00 UTC\nwith: {site: s1, queue: q1}\nstories:\n  one:\n"


def loaded() -> Loaded:
    return load([Source("grocery.yaml", GROCERY + TILLS)])


def read(text: str, head: str = HEAD) -> tuple[list[Story], list[Finding]]:
    """Read a story document; its lines after the head are given here."""
    rules = loaded()
    document = StoryDocument(Source("stories.yaml", head + text), SECTIONS)
    found = list(document.stories(rules))
    for story in found:
        read_telling(story, rules, ())
    return found, document.document.findings


def events(*given_: str) -> list[tuple[str, str, str, dict[str, object]]]:
    """Give the events of some entries: when each comes, its type, source and id, and its fields."""
    text = "    given:\n" + "".join(f"      - {entry}\n" for entry in given_) + "    expect: []\n"
    (story,), findings = read(text)
    assert [finding.render() for finding in findings] == []
    return [
        (
            iso(sent.arrives)[11:-1],
            type_of(sent.event),
            f"{sent.event.source}/{sent.event.id}",
            _fields(sent.event.data),
        )
        for sent in story.sent
    ]


def _fields(data: object) -> dict[str, object]:
    names: tuple[str, ...] = data.__struct_fields__  # type: ignore[attr-defined]
    return {name: value for name in names if (value := getattr(data, name)) is not None}


def waiting(*given_: str) -> list[tuple[str, object]]:
    return [(at, fields["waiting"]) for at, _, _, fields in events(*given_)]


def test_a_ramp_reaches_both_of_its_ends() -> None:
    """`2 to 6` over five events is 2, 3, 4, 5, 6; in between, whole numbers are rounded."""
    assert waiting("{event: queue.length, waiting: 2 to 6, every: 10s, times: 5}") == [
        ("10:00:00", 2), ("10:00:10", 3), ("10:00:20", 4), ("10:00:30", 5), ("10:00:40", 6)
    ]  # fmt: skip
    assert [value for _, value in waiting("{event: queue.length, waiting: 9 to 1, times: 4}")] == [9, 6, 4, 1]


def test_a_list_gives_each_event_its_own_value() -> None:
    """`[5, 3]` needs no `times`, and an entry without `at` goes on from where the one before it ended."""
    found = waiting("{event: queue.length, waiting: [5, 3], every: 1m}", "{event: queue.length, waiting: 7}")
    assert found == [("10:00:00", 5), ("10:01:00", 3), ("10:01:00", 7)]


def test_a_number_in_a_text_counts_the_events() -> None:
    """`q<n>` names a hundred queues in one line; a number where a text belongs is one."""
    found = events(
        "{event: queue.length, queue: q<n>, waiting: 1, times: 3}", "{event: queue.length, queue: 7, waiting: 1}"
    )
    assert [fields["queue"] for *_, fields in found] == ["q1", "q2", "q3", "7"]


def test_ids_count_for_each_source_and_anew_where_it_restarts() -> None:
    """A feed's events have its name as their source; after its restart its ids begin at 1 again, others' go on."""
    found = events(
        "{event: queue.length, waiting: 1, every: 1m, times: 4}",
        "{at: 10:00:30, event: register.opened, every: 1m, times: 2}",
        "{at: 10:01:00, restart: tills}",
        "{at: 10:05, event: register.opened, id: mine, source: desk}",
    )
    assert [name for _, _, name, _ in found] == [
        "story/1", "tills/1", "story/2", "tills/1", "story/3", "story/4", "desk/mine"
    ]  # fmt: skip


def test_a_silent_feed_sends_nothing_and_the_others_do() -> None:
    """What a feed would have sent while it is silent is left out, its heartbeats too, at the named place only."""
    found = events(
        "{event: register.opened, every: 1m, times: 4}",
        "{at: 10:01, event: feed.heartbeat, feed: tills}",
        "{at: 10:01, event: register.opened, site: s2}",
        "{at: 10:01, event: queue.length, waiting: 1}",
        "{at: 10:01, silent: tills, for: 2m, site: s1}",
    )
    assert [(at, kind) for at, kind, *_ in found] == [
        ("10:00:00", "register.opened"), ("10:01:00", "register.opened"), ("10:01:00", "queue.length"),
        ("10:03:00", "register.opened"),
    ]  # fmt: skip


def test_what_comes_late_comes_after_what_came_in_time() -> None:
    """An event keeps the time at which it happened, and comes when the story says."""
    found = events("{event: register.opened, arrives: 10:05}", "{at: 10:04, event: queue.length, waiting: 1}")
    assert [(at, kind) for at, kind, *_ in found] == [("10:04:00", "queue.length"), ("10:05:00", "register.opened")]


def test_acts_are_events() -> None:
    """Each act is the event that a board or a program would send, so a story proves what happens in earnest."""
    found = events(
        "{act: acknowledge, promise: no-wait s1/q1, by: ann}",
        "{act: debrief, promise: no-wait s1/q1, by: ann}",
        "{act: grant, promise: no-wait s1/q1, by: ann}",
        "{act: silence, by: ann, for: 10m}",
        "{act: silence, by: ann, until: 10:30, silence: mine}",
        "{act: unsilence, by: ann}",
    )
    kinds = [kind for _, kind, *_ in found]
    assert kinds == [
        "alert.acknowledged", "debrief.completed", "exception.granted", "alert.silenced", "alert.silenced",
        "alert.unsilenced",
    ]  # fmt: skip
    assert [str(found[index][3]["until"])[11:16] for index in (3, 4)] == ["10:10", "10:30"]
    assert "site" not in found[3][3], "an act is about what it names, not about the fields of every event"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("10:00:05", "2026-03-02T09:00:05Z"),
        ("10:00:05.25", "2026-03-02T09:00:05.250000Z"),
        ("mon 11:00", "2026-03-02T10:00:00Z"),
        ("tue 10:00", "2026-03-03T09:00:00Z"),
        ("Tuesday 10:00", "2026-03-03T09:00:00Z"),
        ("sunday 10:00", "2026-03-08T09:00:00Z"),
        ("+1d 09:00", "2026-03-03T08:00:00Z"),
        ("+1d", "2026-03-03T09:00:00Z"),
        ("+90s", "2026-03-02T09:01:30Z"),
        ("2026-03-29 10:00", "2026-03-29T08:00:00Z"),
        ("2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z"),
    ],
)
def test_a_time_is_read_as_people_mean_it(text: str, instant: str) -> None:
    """Times of day are those of the place, summer time or not."""
    assert iso(read_start("2026-03-02 10:00 Europe/Warsaw").read(text)) == instant


@given(st.integers(0, 400 * 86_400_000))
def test_a_time_that_is_shown_can_be_written(milliseconds: int) -> None:
    """A time that a failure shows can be copied into the story, and is the same time."""
    clock = read_start("2026-03-02 10:00 UTC")
    at = clock.start + milliseconds * 1000
    assert clock.read(clock.show(at)) == at


SLIPS = [
    ("{event: queue.lenght, waiting: 1}", "unknown-event", "did you mean 'queue.length'?"),
    ("{event: promise.broken}", "unknown-event", "declare it under events: in the standards"),
    ("{event: queue.length, waitin: 1}", "unknown-field", "did you mean 'waiting'?"),
    ("{event: queue.length}", "missing-field", "add waiting:"),
    ("{event: queue.length, waiting: five}", "wrong-type", "write a whole number, 2 to 6 for a ramp, or a list"),
    ("{event: queue.length, waiting: true}", "wrong-type", "write a whole number, 2 to 6 for a ramp, or a list"),
    ("{event: queue.length, waiting: 2 to 6}", "bad-repeat", "add times: 5 and every: 10s"),
    ("{event: queue.length, waiting: 2, every: 5s}", "bad-repeat", "add times: 20"),
    ("{event: queue.length, waiting: 2, every: 50w, times: 999}", "bad-repeat", "let it come less often"),
    ("{event: queue.length, waiting: 2, at: monda 10:00}", "bad-time", "write a time of day"),
    ("{event: queue.length, waiting: [1, 2], times: 3}", "bad-repeat", "write one value for each event"),
    ("{event: queue.length, waiting: 1, source: kept}", "reserved-source", "give the sender's name"),
    ("{event: queue.length, waiting: 1, at: '25:00'}", "bad-time", "write a time of day"),
    ("{event: queue.length, waiting: 1, at: 10.02}", "bad-time", "did you mean 10:02?"),
    ("{event: queue.length, waiting: 1, at: 10.20}", "bad-time", "did you mean 10:20?"),
    ("{event: queue.length, waiting: 1, at: tue 9:02}", "bad-time", "did you mean tue 09:02?"),
    ("{event: queue.length, waiting: 1, at: 1:30pm}", "bad-time", "did you mean 13:30?"),
    ("{event: queue.length, waiting: 1, at: 2m}", "bad-time", "did you mean +2m?"),
    ("{event: queue.length, waiting: 1, at: '09:59'}", "bad-time", "let it start earlier"),
    ("{event: queue.length, waiting: 1, arrives: '09:00'}", "bad-time", "write a later time"),
    (
        "{event: queue.length, act: grant}",
        "bad-step",
        "write exactly one of event, act, silent, restart, crash, reload",
    ),
    ("{at: '10:00'}", "bad-step", "write exactly one of"),
    ("{act: acknowledge, promise: no-wiat s1/q1, by: ann}", "unknown-standard", "did you mean 'no-wait'?"),
    ("{act: acknowledge, promise: no-wait s1/q1}", "missing-field", "add by:"),
    (
        "{event: queue.length, waiting: 1, promise: no-wait s1/q1}",
        "unknown-field",
        "leave it out; its fields are: site",
    ),
    ("{act: silence, promise: no-wait s1/q1, by: ann, for: 5m}", "unknown-field", "leave it out; its fields are: sil"),
    ("{act: forget}", "unknown-value", "write 'acknowledge'"),
    ("{silent: tils, for: 5m}", "unknown-feed", "did you mean 'tills'?"),
    ("{event: feed.heartbeat, feed: tils}", "unknown-feed", "did you mean 'tills'?"),
    ("{silent: tills}", "missing-key", "add for: 10m"),
    ("{restart: tils}", "unknown-source", "did you mean 'tills'?"),
    ("{crash: kept, for: 5}", "bad-duration", "write 5s, 5m or 5h"),
    ("{clock: 5}", "bad-duration", "write 5s, 5m or 5h"),
    ("{clock: 1h, for: 5m}", "unknown-field", "leave it out"),
    ("{reload: later.yaml, for: 5m}", "unknown-field", "leave it out"),
    ("{clock: 1h, times: 3}", "unknown-field", "leave it out"),
    ("{restart: kept, every: 1m}", "unknown-field", "leave it out"),
]


@pytest.mark.parametrize(("entry", "check", "fix"), SLIPS, ids=[entry for entry, *_ in SLIPS])
def test_a_slip_is_shown_at_its_line(entry: str, check: str, fix: str) -> None:
    """A slip in an entry is one finding, in its line, that says what would mend it."""
    _, (finding,) = read(f"    expect: []\n    given:\n      - {{event: register.opened}}\n      - {entry}\n")
    assert (finding.id, finding.place.line) == (check, 9)
    assert finding.fix.startswith(fix)


def test_time_that_the_clock_went_past_is_none() -> None:
    """After a clock was set forward, entries go on from there; what would come in between is told."""
    given = "    given:\n      - {at: '10:01', clock: 1h}\n      - {event: register.opened}\n"
    (story,), findings = read(f"{given}    expect: []\n")
    assert ([iso(sent.arrives)[11:-1] for sent in story.sent], findings) == (["11:01:00"], [])
    _, (finding,) = read(f"{given}      - {{at: '10:30', event: register.opened}}\n    expect: []\n")
    assert (finding.id, finding.found) == ("bad-time", "the clock was set past 10:30")


@pytest.mark.parametrize(
    "given",
    [
        "      - {event: register.opened, times: 6, every: 10m}\n      - {at: '10:05', clock: 30m}\n",
        "      - {at: '10:30', event: register.opened, arrives: '11:30'}\n      - {at: '10:05', clock: 1h}\n",
    ],
)
def test_no_event_is_of_a_time_that_never_was(given: str) -> None:
    """What is said before the clock was set, several times or arriving late, is held to it as well."""
    _, findings = read(f"    given:\n{given}    expect: []\n")
    assert {(it.id, it.place.line) for it in findings} >= {("bad-time", 7)}


EXPECTATIONS = [
    ("expect: [{at: '10:00', broken: no-wiat s1/q1}]", "unknown-standard", "did you mean 'no-wait'?"),
    ("expect: [{at: '10:00', brokn: no-wait s1/q1}]", "unknown-key", "did you mean 'broken'?"),
    ("expect: [{at: '10:00', kept: no-wait, broken: no-wait}]", "bad-step", "- {kept: ...}, - {broken: ...}"),
    ("expect: [{at: '10:00', kept: no-wait, reason: grupped}]", "unknown-reason", "did you mean 'grouped'?"),
    ("expect: {}", "wrong-type", "write each entry with - in front"),
    ("expect: [{at: '10:09', kept: no-wait}]\n    until: 10:05", "bad-time", "let the story go on for longer"),
    ("expect: []\n    only: [no-wiat]", "unknown-name", "did you mean 'no-wait'?"),
    ("expect: []\n    with: {sit: s1}", "unknown-field", "did you mean 'site'?"),
    ("expect: []\n    start: 2026-03-02", "bad-time", "write a day, a time and a zone"),
    ("expect: []\n    start: 2026-03-29 02:30 Europe/Warsaw", "bad-time", "the clocks go forward"),
    ("expect: []\n    start: 9999-12-31 23:00 Europe/Warsaw", "bad-time", "write a time from 1970 to 2199"),
    ("expect: []\n    until: +100w99d 10:00", "bad-time", "write a time of day"),
    ("expect: []\n    until: 1960-01-01T00:00:00Z", "bad-time", "write a time from 1970 to 2199"),
    ("notices: [{to: ann}]", "no-policy", "leave to: out, or name a policy among the standards"),
    ("withheld: [{reason: cured}]", "no-policy", "name a policy among the standards"),
    ("withheld: [{reason: cure}]\n    expect: []", "unknown-value", "did you mean 'cured'?"),
]


@pytest.mark.parametrize(("text", "check", "fix"), EXPECTATIONS, ids=[text for text, *_ in EXPECTATIONS])
def test_a_slip_in_what_is_expected_is_shown(text: str, check: str, fix: str) -> None:
    """A story that cannot mean what it says is refused, not played."""
    _, findings = read(f"    {text}\n")
    found = {finding.id: finding for finding in findings}
    assert check in found
    assert fix in f"{found[check].found}; {found[check].fix}"


def test_all_slips_of_a_document_are_told_at_once() -> None:
    """Whoever mends a file mends it once."""
    one = "    given: [{event: register.opned}]\n    expect: [{borken: no-wait}]\n"
    text = f"{one}  two: {{expect: [], only: x}}\n  three: 3\n"
    _, findings = read(text)
    assert {finding.id for finding in findings} == {
        "unknown-event", "unknown-key", "unknown-name", "wrong-type"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("head", "check"),
    [
        ("kept: 2\nstories:\n  one:\n", "wrong-value"),
        ("kept: 1\nstories: 3\n", "wrong-type"),
        ("kept: 1\nstories: {}\n", "wrong-type"),
        ("kept: 1\nstandards: {no-wait: {}}\nstories: {one: {expect: []}}\n", "wrong-type"),
        ("stories: {one: {expect: []}}\n", "wrong-value"),
        ("kept: 1\nstoris: 3\nstories: {one: {expect: []}}\n", "unknown-key"),
        ("kept: 1\nstories: {one: {expect: []}}\n", "missing-key"),
    ],
)
def test_a_slip_at_the_top_is_shown(head: str, check: str) -> None:
    """What is wrong with the document as a whole is told too."""
    _, findings = read("", head)
    assert check in {finding.id for finding in findings}
