"""The ledger's lines as they are written, and the events that other standards hear."""

import json

import msgspec

from standards.judge.events import type_of
from standards.judge.ledger import Line, derived, line
from tests.history import judge_all, judge_live, rulebook, rules

LINE = """per: [site, queue], carry: [serving, longest_wait], when: {event: queue.length, where: waiting > 3},
    expect: register.opened, within: 60s, severity: page"""
HISTORY = """
    08:00 queue.length id=e1 source=camera waiting=4 longest_wait=2.5
    08:05 <- 08:00:30 register.opened id=e2 source=till
"""
TEXT = rules(line=LINE)
OPENED = 1_772_438_400_000_000
WRITTEN = {
    "standard": "line",
    "subject": "s3/q1",
    "opened": OPENED,
    "owner": "lead",
    "aspect": "speed",
    "severity": "page",
    "due": OPENED + 60_000_000,
    "fields": {"site": "s3", "queue": "q1", "serving": None, "longest_wait": 2.5},
}


def written() -> list[dict[str, object]]:
    return [json.loads(msgspec.json.encode(line(one))) for one in judge_live(TEXT, HISTORY).transitions]


def test_a_line_is_written_as_it_always_was() -> None:
    """The JSON of opened, broken and corrected lines: every name and unit that readers rely on."""
    revision = rulebook(TEXT).current["line"].revision
    promise = "c9a7397d9766e908f39c"
    same = {**WRITTEN, "revision": revision, "promise": promise}
    assert written() == [
        {**same, "id": f"{promise}.1", "kind": "opened", "at": OPENED, "known": OPENED, "state": "open",
         "cause": ["camera", "e1"]},
        {**same, "id": f"{promise}.2", "kind": "broken", "at": OPENED + 60_000_000, "known": OPENED + 60_000_000,
         "state": "broken", "elapsed": 60_000_000, "verdict": "broken"},
        {**same, "id": f"{promise}.3", "kind": "corrected", "at": OPENED + 30_000_000, "known": OPENED + 300_000_000,
         "state": "kept", "elapsed": 30_000_000, "verdict": "kept", "was": "broken", "cause": ["till", "e2"]},
    ]  # fmt: skip


def test_a_line_of_another_promise_in_its_place_names_it() -> None:
    """A promise that was withdrawn names the one that replaces it, and the other way round; its verdict is no other."""
    text = rules(line=LINE.replace("within: 60s", "within: 60s, again: rise"))
    history = "08:00:30 queue.length waiting=5\n08:00:40 register.opened\n08:03 <- 08:00:10 queue.length waiting=6"
    lines = [json.loads(msgspec.json.encode(line(one))) for one in judge_live(text, history).transitions]
    withdrawn, opened = lines[2:4]
    assert (withdrawn["kind"], withdrawn["state"], withdrawn["verdict"]) == ("withdrawn",) * 3
    assert (withdrawn["was"], withdrawn["replaced_by"]) == ("kept", opened["promise"])
    assert (opened["kind"], opened["replaces"]) == ("opened", withdrawn["promise"])
    assert not any("replaces" in each or "replaced_by" in each or "reason" in each for each in lines[:2])


def test_a_verdict_that_nobody_can_give_says_why() -> None:
    """What is unknown for another cause than silence has the reason beside it."""
    history = "08:00 queue.length waiting=1\n08:10 nothing\n08:05 queue.length waiting=9"
    opened, lost = [json.loads(msgspec.json.encode(line(one))) for one in judge_all(TEXT, history).transitions]
    assert (lost["kind"], lost["verdict"], lost["reason"]) == ("lost", "unknown", "came-too-late")
    assert "reason" not in opened


def test_a_line_reads_back() -> None:
    """What was written is what is read."""
    for one in judge_live(TEXT, HISTORY).transitions:
        assert msgspec.json.decode(msgspec.json.encode(line(one)), type=Line) == line(one)


def test_times_are_carried_as_text() -> None:
    """A carried time is RFC 3339 in a line, since a line is plain."""
    called = "per: contact, carry: [due], when: callback.promised, expect: callback.made, within: 1h"
    outcome = judge_all(rules(called=called), "08:00 callback.promised due=2026-03-02T09:00:00+01:00")
    (opened,) = map(line, outcome.transitions)
    assert opened.fields == {"contact": "c1", "due": "2026-03-02T09:00:00+01:00"}


def test_what_is_heard_carries_per_and_carried_fields() -> None:
    """A `promise.broken` says whose it was, by the standard's facts, and how it stands, with per and carried fields."""
    text = rules(line=LINE, coach="per: site, when: {event: promise.broken, where: 'standard == \"line\"'}, at_most: 3")
    book = rulebook(text)
    transitions = judge_live(text, HISTORY).transitions
    broken = next(one for one in transitions if one.kind == "broken")
    heard = derived(broken, book.heard)
    assert heard is not None
    assert (type_of(heard), heard.source, heard.id, heard.at) == ("promise.broken", "kept", broken.id, broken.known)
    data = msgspec.structs.asdict(heard.data)
    assert {name: value for name, value in data.items() if value is not None} == {
        "standard": "line", "owner": "lead", "aspect": "speed", "severity": "page", "subject": "s3/q1",
        "promise": broken.id.partition(".")[0], "verdict": "broken", "site": "s3", "queue": "q1",
        "longest_wait": 2.5,
    }  # fmt: skip


def test_what_nobody_hears_is_not_made() -> None:
    """Where no standard hears a kind of line, there is no event of it."""
    book = rulebook(TEXT)
    assert [derived(one, book.heard) for one in judge_live(TEXT, HISTORY).transitions] == [None, None, None]
