"""Values that cannot be are refused where events come in: at each door, with the field, what was found, what mends it.

Counts and spans are not negative, what names a place, a subject or a person is a name, and a name is one line.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from standards.errors import EventError, SpecError
from standards.judge.events import Event, type_of
from streams.ingest.wire import Reader, Refusal
from tests.history import loaded, rules
from tests.streams.commands import kept
from tests.streams.tables import read

RULES = rules(cleaned="per: [site, room], when: site.unlocked, expect: room.cleaned, within: 1h")
OWN = f"""{RULES}
events:
  site.unlocked: {{site: text, room: text}}
  room.cleaned:
    site: text
    room: text
    by: {{type: text, optional: true, person: true}}
    colour: text?
    minutes: {{type: number, optional: true, min: 0.5}}
    note: {{type: text, optional: true, free: true}}
"""
CLEAN = {"site": "north", "room": "r1"}
QUEUE = {"site": "s3", "queue": "q1", "waiting": 4}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(loaded(OWN).rulebook.classes)


def event(kind: str, data: dict[str, Any], **around: str) -> bytes:
    head = {"specversion": "1.0", "id": "e1", "source": "till", "type": kind, "time": "2026-03-02T09:00:00Z"}
    return json.dumps({**head, **around, "data": data}).encode()


BAD = [
    ("queue.length", QUEUE | {"waiting": -5}, {}, "data.waiting is -5, and cannot be less than 0; send 0 or more"),
    ("queue.length", QUEUE | {"longest_wait": -0.5}, {},
     "data.longest_wait is -0.5, and cannot be less than 0; send 0 or more, or leave it out"),
    ("queue.length", QUEUE | {"site": ""}, {}, "data.site is empty, so it names nothing; send the name"),
    ("contact.waiting", {"contact": "c", "site": ""}, {},
     "data.site is empty, so it names nothing; send the name, or leave it out"),
    ("queue.length", QUEUE | {"site": "x\ny"}, {},
     "data.site has the control character U+000A, as a line break is; take it out of the name"),
    ("queue.length", QUEUE | {"site": "x\x7f"}, {}, "data.site has the control character U+007F"),
    ("queue.length", QUEUE | {"site": "x\x85"}, {}, "data.site has the control character U+0085"),
    ("queue.length", QUEUE, {"id": "a\x00b"}, "id has the control character U+0000"),
    ("queue.length", QUEUE, {"source": "a\tb"}, "source has the control character U+0009"),
    ("alert.acknowledged", {"promise": "", "by": "ann"}, {}, "data.promise is empty"),
    ("alert.acknowledged", {"promise": "p", "by": ""}, {}, "data.by is empty"),
    ("alert.acknowledged", {"promise": "p", "by": "a\nb"}, {}, "data.by has the control character U+000A"),
    ("room.cleaned", CLEAN | {"room": ""}, {}, "data.room is empty"),
    ("room.cleaned", CLEAN | {"room": "a\r\nb"}, {}, "data.room has the control character U+000D"),
    ("room.cleaned", CLEAN | {"by": "a\nb"}, {}, "data.by has the control character U+000A"),
    ("room.cleaned", CLEAN | {"minutes": 0.25}, {},
     "data.minutes is 0.25, and cannot be less than 0.5; send 0.5 or more, or leave it out"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "data", "around", "said"), BAD, ids=range(len(BAD)))
def test_what_cannot_be_is_refused_by_itself_and_among_others(
    reader: Reader, kind: str, data: dict[str, Any], around: dict[str, str], said: str
) -> None:
    """Alone, in a batch, in lines and in the binary form: with the field, what was found, and what would mend it."""
    raw, good = event(kind, data, **around), event("queue.length", QUEUE)
    with pytest.raises(EventError) as caught:
        reader.one(raw)
    assert (caught.value.reason, said in str(caught.value)) == ("bad-field", True), str(caught.value)
    for together in (reader.lines, reader.batch):
        refused: list[Refusal] = []
        body = b"\n".join([good, raw, good]) if together == reader.lines else b"[%b,%b,%b]" % (good, raw, good)
        events = together(body, refused.append)
        assert (len(events), [each.place for each in refused]) == (2, [2])
        assert said in refused[0].message
    if not around:
        headers = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "till", "ce-type": kind,
                   "ce-time": "2026-03-02T09:00:00Z"}  # fmt: skip
        with pytest.raises(EventError, match="data"):
            reader.binary(headers, json.dumps(data).encode())


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("queue.length", QUEUE | {"waiting": 0, "longest_wait": 0.0, "site": "Łódź §1 / “Nord” 👩‍👩‍👧"}),
        ("survey.answered", {"contact": "c", "score": -3.0, "comment": "a\nb"}),
        ("contact.answered", {"contact": "c", "agent": ""}),
        ("room.cleaned", CLEAN | {"note": "", "colour": ""}),
        ("room.cleaned", CLEAN | {"note": "a\n\tb", "colour": "a\nb", "minutes": 0.5}),
    ],
)
def test_what_can_be_is_taken(reader: Reader, kind: str, data: dict[str, Any]) -> None:
    """A scale of one's own goes below zero, a note has lines, nobody may be an empty name, a name is any word."""
    refused: list[Refusal] = []
    assert [type_of(each) for each in reader.lines(event(kind, data), refused.append)] == [kind]
    assert (type_of(reader.one(event(kind, data))), refused) == (kind, [])


def test_what_names_no_subject_can_be_empty() -> None:
    """Only what a standard or a feed has under `per` names a subject; else a room is a word like others."""
    alone = loaded(OWN.replace("per: [site, room]", "per: site"))
    assert Reader(alone.rulebook.classes).one(event("room.cleaned", CLEAN | {"room": ""})).data.room == ""


def test_what_was_stored_is_read_as_it_was(reader: Reader) -> None:
    """A state that holds what was taken in by older rules opens: only the doors refuse."""
    cls = reader.classes["queue.length"]
    stored: Event = msgspec.json.decode(event("queue.length", QUEUE | {"waiting": -5, "site": ""}), type=cls)
    assert (stored.data.waiting, stored.data.site) == (-5, "")


def test_a_row_of_a_table_is_refused_alike() -> None:
    """A mapping's event is left out where a value cannot be, and told with the others that were."""
    text = (
        "kept: 1\ntable: {source: desk, time: t, zone: UTC}\n"
        "events:\n  - {event: queue.length, fields: {site: s, queue: s, waiting: w}}\n"
    )
    events, bad = read(text, 't,s,w\n2026-01-07 07:58,"a\nb",3\n2026-01-07 07:59,a,-3\n2026-01-07 08:00,a,3\n')
    assert [each.data.waiting for each in events] == [3]
    assert [each.reason for each in bad] == ["bad-field", "bad-field"]
    assert "data.waiting is -3" in bad[1].message


def test_a_story_says_it_where_it_stands(tmp_path: Path) -> None:
    """An author who writes a number that cannot be reads so at its line, before anything is played."""
    (tmp_path / "standards.yaml").write_text(OWN, encoding="utf-8")
    story = (
        "kept: 1\nstandards: standards.yaml\nstories:\n  cleaned:\n    start: 2026-03-02 10:00 UTC\n    given:\n"
        "      - {at: 10:00, event: room.cleaned, site: n, room: r, minutes: -1}\n    expect: {}\n"
    )
    (tmp_path / "stories.yaml").write_text(story, encoding="utf-8")
    ended = kept("test", str(tmp_path / "stories.yaml"))
    assert "data.minutes is -1.0, and cannot be less than 0.5" in ended.stdout + ended.stderr


def test_only_a_number_has_a_smallest_value() -> None:
    """`min` of a text is a slip, and the message says where it belongs."""
    with pytest.raises(SpecError, match=r"colour of room\.cleaned is of the type text, which has no smallest value"):
        loaded(OWN.replace("colour: text?", "colour: {type: text, optional: true, min: 0}"))
