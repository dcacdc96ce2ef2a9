"""The page of events: every type of the vocabulary, its fields and an example, and the events that promises make.

Knows: the vocabulary, and what an example could hold. Must not know: standards. Next: `standards/vocabulary.yaml`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from standards.documents.vocabulary import builtin_vocabulary
from standards.expressions.expression import Field
from standards.judge.events import EventType
from standards.judge.rulebook import PROMISE_EVENTS, PROMISE_FIELDS
from tests.pages.reference.table import PRINTED, code, table

SAMPLES: Final[Mapping[str, Any]] = {
    "agent": "kim", "answered": True, "aspect": "speed", "briefed": True, "to": "bob", "by": "ann", "by_name": True,
    "calendar": "trading", "date": "2026-12-24", "open": "08:00-12:00", "callback": "b-7", "caller": "k-17",
    "into": "4710",
    "cause": "two registers were out", "channel": "phone", "comment": "nobody looked up", "contact": "c-0021",
    "customer": "k-17", "due": "2026-03-02T12:00:00Z", "feed": "tills", "first_contact": True, "from_agent": "kim",
    "from_team": "first-line", "hours": 1.5, "how": "set aside", "involved": "ann, kim", "kind": "weekly",
    "last_called": "A034", "letter": "5d1f0c", "longest_wait": 95.0, "missed": "nobody called the standby list",
    "next_step": "the list hangs at each till", "note": "I open the next register", "owner": "floor-lead",
    "passed": True, "passed_on_by": "kim", "person": "ann", "present": 6, "priority": "urgent",
    "promise": "3a9e255dd0f908367da3",
    "queue": "q2", "reached": True, "reason": "the tills are out", "register": "4", "score": 4.0, "serving": 2,
    "severity": "page", "silence": "rebuilding", "site": "north", "skill": "till", "standard": "no-wait",
    "subject": "north/q2", "team": "north", "ticket": "t-1042", "to_agent": "lee", "topic": "an invoice",
    "form": "nine", "yes": 8, "of": 9, "next_step_by": "2026-03-06T12:00:00Z", "moment": "m-17", "unasked": True,
    "giver": "colleague", "public": True, "reward": "first-pick", "value": 20, "asked": 40, "scenario": "late-parcel",
    "transfers": 1, "verdict": "broken", "until": "2026-03-02T14:00:00Z", "waited": 14.0, "waiting": 5, "work": "w-7",
}  # fmt: skip
"""What a field could hold, by its name."""
INTRO = """
Each event is a CloudEvent: `specversion`, `id`, `source`, `type`, `time` with its zone, and `data` with the fields
below. `source` and `id` together name an event: the same pair again is a repeat. A field is always there, unless it
is marked as one that may be missing. Spans are in seconds. An event is refused whole where a number is less than its
least value, where `site`, `promise`, what a standard or a feed has under `per`, or a person who cannot be missing is
empty, and where one of these, a person, `id` or `source` has a control character, as a line break is. Your own types,
and fields of your own on these, go under [`events`](standards.md) in your file; how to send events:
[operations](../operations.md#sending-events).

| type | what a field of it holds |
|---|---|
| text | at most 4,096 characters |
| integer | a whole number |
| number | a number |
| boolean | `true` or `false` |
| time | a time with its zone, as in `2026-03-02T12:00:00Z` |
"""
PROMISES = """
Kept makes these itself, from the lines of its ledger: so a standard can hear that a promise was broken, and ask for
a talk about it. Nobody may send them. They carry the `per` fields of their promise's standard too, and what it has
under `carry`. What each means: [the life of a promise](../promise.md).

What a line opened is owed, even if word comes later that the promise was kept. Where it is not to be owed then, say so
(under `until`, where they are counted up to something):
`unless: [promise.corrected, promise.withdrawn]`.
"""


def events() -> str:
    """Give the page."""
    known = builtin_vocabulary()
    listed = "".join(f"- [`{name}`](#{anchor(name)}): {each.meaning}\n" for name, each in known.items())
    made = "".join(f"- `{name}`\n" for name in PROMISE_EVENTS)
    fields = table(
        HEADINGS, ([code(name), field.type, "", "", MEANINGS[name]] for name, field in PROMISE_FIELDS.items())
    )
    return (
        f"# Events\n\n{PRINTED}\n{INTRO}\n{listed}\n{''.join(map(_section, known.values()))}"
        f"## Events of promises\n{PROMISES}\n{made}\n{fields}\n{_example('promise.broken', PROMISE_FIELDS)}"
    )


HEADINGS = ("field", "type", "may be missing", "unit", "meaning")
MEANINGS: Final = {
    "standard": "the standard's id", "owner": "who answers for the standard",
    "aspect": "what kind of service: speed, quality and so on", "severity": "page, ticket or info",
    "promise": "the promise, by its id", "subject": "for whom: the values of its per fields, joined by /",
    "verdict": "how it stands from now on: kept, broken, voided, excused; none while it is open",
}  # fmt: skip


def anchor(name: str) -> str:
    """Give the anchor of a type's heading, as Markdown makes it: letters and digits alone."""
    return name.replace(".", "")


def _section(each: EventType) -> str:
    rows = (
        [code(name), _type(field), "yes" if field.optional else "", field.unit, field.meaning]
        for name, field in each.fields.items()
    )
    meaning = f"{each.meaning[:1].upper()}{each.meaning[1:]}."
    return f"## {each.name}\n\n{meaning}\n\n{table(HEADINGS, rows)}\n{_example(each.name, each.fields)}\n"


def _type(field: Field) -> str:
    return field.type if field.min is None else f"{field.type}, {field.min:g} or more"


def _example(name: str, fields: Mapping[str, Field]) -> str:
    """Give an event of the type with all of its fields, in three lines."""
    source = "kept" if name.startswith("promise.") else "my-sender"
    head = {"specversion": "1.0", "id": "1", "source": source, "type": name, "time": "2026-03-02T10:00:00Z"}
    data = {field: SAMPLES[field] for field in fields}
    return f'```json\n{json.dumps(head)[:-1]},\n "data": {json.dumps(data)}}}\n```\n'
