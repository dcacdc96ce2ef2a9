"""Small histories as texts: standards and events in, the ledger's lines out, as a reader would tell them.

A line of a history is a time, an event type and fields, as in `08:00:30 contact.waiting contact=c1`. Times are UTC on
Monday, 2 March 2026, or whole RFC 3339 times. Fields that a type requires and a line leaves out are filled in.
Knows: how to load, read and pump. Must not know: what the ledger should be.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from standards.compiler.spec import Loaded, Source, load
from standards.judge.events import Event, microseconds, moment
from standards.judge.promise import Transition
from standards.judge.rulebook import Rulebook, subject_text
from streams.ingest.wire import Reader
from streams.runtime.batch_result import BatchResult
from streams.runtime.pump import SETTLE, Pump

DAY = "2026-03-02"
FILLED_IN = {
    "ticket": "t1",
    "contact": "c1",
    "site": "s3",
    "queue": "q1",
    "agent": "ann",
    "team": "north",
    "reason": "fire alarm",
}
TELL = "promise: We do., what: w, how: h, why: y, exceptions: none, owner: lead, aspect: speed"


def rules(sections: str = "", **standards: str) -> str:
    """Write a document: each standard is its keys in one line, `sections` are whole calendars, feeds or events."""
    entries = [f"  {name}: {{{TELL}, {' '.join(keys.split())}}}" for name, keys in standards.items()]
    return "\n".join(["kept: 1", sections.strip("\n"), "standards:", *entries, ""])


def loaded(text: str) -> Loaded:
    return load([Source("rules.yaml", text)])


def rulebook(text: str) -> Rulebook:
    return loaded(text).rulebook


def instant(text: str) -> datetime:
    """Read `08:00`, `08:00:30.5`, `+1d 08:00` (days after the Monday) or a whole time."""
    days, _, clock = text.rpartition(" ")
    whole = clock if "T" in clock else f"{DAY}T{clock}+00:00"
    return datetime.fromisoformat(whole) + timedelta(days=int(days.strip("+d") or 0))


def shown(at: int) -> str:
    """Print an instant as a history has it, with the day in front where it is another one."""
    day, _, clock = moment(at).replace(tzinfo=None).isoformat().partition("T")
    return clock if day == DAY else f"{day} {clock}"


def cloud_event(line: str, number: int, book: Rulebook) -> dict[str, object]:
    """Make a CloudEvent of a line of a history."""
    words = line.split()
    days = f"{words.pop(0)} " if words[0].startswith("+") else ""
    at, kind, *fields = words
    if kind == "nothing":  # time passes
        kind, fields = "feed.heartbeat", ["feed=clock"]
    given = dict(field.split("=", 1) for field in fields)
    names = {name: given.pop(name, default) for name, default in (("id", str(number)), ("source", "desk"))}
    data: dict[str, object] = {name: _value(text) for name, text in given.items()}
    for name, field in book.vocabulary[kind].fields.items():
        if not field.optional and name in FILLED_IN:
            data.setdefault(name, FILLED_IN[name])
    time = instant(days + at).isoformat()
    return {"specversion": "1.0", "type": kind, "time": time, **names, "data": data}


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def lines_of(history: str, book: Rulebook) -> list[bytes]:
    """Give a history as CloudEvents JSON lines."""
    lines = [line.partition("#")[0].strip() for line in history.splitlines()]
    return [json.dumps(cloud_event(line, at, book)).encode() for at, line in enumerate(lines) if line]


def events_of(history: str, book: Rulebook) -> list[Event]:
    refused: list[object] = []
    events = Reader(book.classes).lines(b"\n".join(lines_of(history, book)), refused.append)
    assert refused == []
    return events


def pump_all(pump: Pump, events: Sequence[Event], *, size: int = 4096) -> BatchResult:
    """Judge events in batches of a size, to their end."""
    whole = BatchResult()
    steps = [pump.push(events[at : at + size]) for at in range(0, len(events), size)]
    for outcome in (*steps, pump.finish()):
        whole.transitions += outcome.transitions
        whole.unused += outcome.unused
        whole.duplicates += outcome.duplicates
    return whole


def judge_all(text: str, history: str, *, size: int = 4096) -> BatchResult:
    """Judge a history and give all that came of it."""
    book = rulebook(text)
    return pump_all(Pump(book), events_of(history, book), size=size)


def told(transitions: Iterable[Transition[Event]]) -> list[str]:
    """Tell transitions in their own order: `08:01:00 broken c1`; a correction also says to what."""
    return [
        " ".join([shown(one.at), one.kind, *([one.after] if one.kind == "corrected" else []), subject_text(one.key)])
        for one in transitions
    ]


def judge_live(text: str, history: str, *, settle: int = SETTLE, size: int = 1) -> BatchResult:
    """Judge a history as a live host does. `08:05 <- 08:00:40 contact.answered` was received at 08:05.

    A line without an arrow was received when it happened. The clock stops at the last line's stamp, and `grace` is over
    for what was received before it.
    """
    book = rulebook(text)
    pump, whole = Pump(book, settle=settle), BatchResult()
    lines = [line.partition("#")[0].strip() for line in history.splitlines()]
    arrivals = []
    for number, line in enumerate(line for line in lines if line):
        stamp, arrow, rest = line.partition(" <- ")
        raw = json.dumps(cloud_event(rest if arrow else line, number, book)).encode()
        event = Reader(book.classes).one(raw)
        event.received = microseconds(instant(stamp)) if arrow else event.at
        event.at = min(event.at, event.received)
        arrivals.append(event)
    for start in range(0, len(arrivals), size):
        batch = arrivals[start : start + size]
        outcome = pump.push(batch, now=batch[-1].received)
        whole.transitions += outcome.transitions
        whole.unused += outcome.unused
        whole.duplicates += outcome.duplicates
        whole.late += outcome.late
        whole.settled_early += outcome.settled_early
    whole.transitions += pump.push([], now=arrivals[-1].received + pump.grace).transitions
    return whole


def judge(text: str, history: str, *, size: int = 4096) -> list[str]:
    """Judge a history, to its newest event, and tell the ledger."""
    return told(judge_all(text, history, size=size).transitions)
