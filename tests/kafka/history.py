"""A history as the embedded host recorded it, and the records by which workers on Kafka would have told the same.

What the two read models have in common is compared table by table, but for what differs by nature: row numbers, and
when something was received. Knows: the tables. Must not know: Kafka's clients, brokers.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from alerts.routing.notice import Notice, Reason
from standards.judge.ledger import Line
from streams.embedded.engine import Engine
from streams.embedded.options import Options
from streams.ingest.wire import Refusal
from streams.kafka.records.facts import DeadLetters, Late, Letter, Progress, Revision, Told, lines
from streams.kafka.records.topics import DEAD_LETTERS, DELIVERIES, LEDGER, NOTICES, PROGRESS, REVISIONS
from streams.kafka.records.unpacking import Record
from streams.storage.rows import Delivery
from streams.storage.sqlite import FILE, Database
from tests.streams.feeding import RULES, history, received
from tests.streams.hosting import SECOND, T0, shop

CHANNEL = "webhook"
PARTITIONS = 4
WALL = T0 + 3_600 * SECOND
PREFIX = "kept."

COMPARED = {
    "ledger": "id, promise, standard, owner, kind, at, told, body",
    "totals": "standard, owner, kind, count",
    "promises": (
        "id, ordinal, standard, revision, subject, owner, aspect, severity, fields, state, verdict, opened, due, "
        "settled, elapsed, waited, warned, corrected"
    ),
    "notices": "id, promise, body",
    "outbox": "notice, channel, state, tries, next_try, delivered, error",
    "dead_letters": "reason, message, raw",
    "late": "DISTINCT reason, type, source, id, at",
    "revisions": "revision, standard, excerpt, current",
    "reasons": "id, reason",
}

Tables = dict[str, list[tuple[object, ...]]]


def tables(file: Path) -> Tables:
    """Give all that is compared, in an order that does not depend on who came first."""
    database = Database(file, read_only=True)
    found = {name: sorted(database.all(f"SELECT {what} FROM {name}"), key=repr) for name, what in COMPARED.items()}
    database.close()
    return found


def record_history(folder: Path, *, batches: int = 120) -> Path:
    """Have an engine judge and record a history; gives its database. Half of the notices were delivered."""
    engine = Engine(folder, shop(folder, RULES), Options(channels=(CHANNEL,)))
    engine.rebuild(received(-1))
    for number, batch in enumerate(islice(history(engine.reader), batches)):
        refusals = [Refusal(1, "not-json", f"no {number}", b"{")] if number % 40 == 0 else []
        engine.step(batch, refusals, received(number))
    ids = [name for (name,) in engine.database.all("SELECT id FROM notices ORDER BY seq")]
    engine.recorder.deliveries([delivered(name) for name in ids[::2]])
    engine.close()
    return folder / FILE


def delivered(notice: str) -> Delivery:
    """Give how a notice fares that went out at the second try."""
    return Delivery(notice, CHANNEL, "delivered", 2, 5, WALL, "")


class Said(NamedTuple):
    """A record before it has a place: its topic, partition, and what is in it."""

    topic: str
    partition: int
    value: bytes | None
    key: bytes | None = None


def records_of(file: Path, draw: random.Random) -> list[list[Said]]:
    """Give what workers would have published of a history: for each partition of each topic, in order, with repeats."""
    database = Database(file, read_only=True)
    told = {name: reason for name, reason in database.all("SELECT id, told FROM ledger") if reason}
    bodies = database.all("SELECT body FROM ledger ORDER BY seq")
    shards: list[list[Line]] = [[] for _ in range(PARTITIONS)]
    for (body,) in bodies:
        line = msgspec.json.decode(body, type=Line)
        shards[sum(line.promise.encode()) % PARTITIONS].append(line)
    notices = {it.id: it for it in _all(database, "notices", Notice)}
    streams = []
    for number, shard in enumerate(shards):
        chunks = list(_chunks(shard, draw))
        streams.append([Said(LEDGER, number, lines(chunk)) for chunk in chunks])
        streams.append([Said(NOTICES, number, _told(chunk, told, notices)) for chunk in chunks])
    streams = [_with_repeats(stream, draw) for stream in streams]
    streams += [_dead(database, draw), _deliveries(list(notices), draw), _revisions(database)]
    streams.append([progress(number, [T0 + number], "one", str(number)) for number in range(PARTITIONS)])
    database.close()
    return streams


def _all(database: Database, table: str, kind: type[Notice]) -> list[Notice]:
    found = database.all(f"SELECT body FROM {table} ORDER BY seq")
    return [msgspec.json.decode(body, type=kind) for (body,) in found]


def _told(chunk: Sequence[Line], told: dict[str, Reason], notices: dict[str, Notice]) -> bytes:
    reasons = {line.id: told[line.id] for line in chunk if line.id in told}
    return msgspec.json.encode(Told([notices[line.id] for line in chunk if line.id in notices], reasons))


def _chunks(shard: Sequence[Line], draw: random.Random) -> Iterator[Sequence[Line]]:
    start = 0
    while start < len(shard):
        end = start + draw.randrange(1, 30)
        yield shard[start:end]
        start = end


def _with_repeats(stream: list[Said], draw: random.Random) -> list[Said]:
    """Have a worker crash now and then, and say again what it had said since some point."""
    said: list[Said] = []
    for place, each in enumerate(stream, 1):
        said.append(each)
        if draw.random() < 0.1:
            said += stream[max(0, place - draw.randrange(1, 6)) : place]
    return said


def _dead(database: Database, draw: random.Random) -> list[Said]:
    letters: DeadLetters = [
        Letter(WALL, reason, message, f"kept.events/0/{number}#1", raw)
        for number, (reason, message, raw) in enumerate(database.all("SELECT reason, message, raw FROM dead_letters"))
    ]
    letters += [Late(WALL, *row) for row in database.all("SELECT reason, type, source, id, at FROM late")]
    return _with_repeats([Said(DEAD_LETTERS, 0, msgspec.json.encode([letter])) for letter in letters], draw)


def _deliveries(ids: Sequence[str], draw: random.Random) -> list[Said]:
    said = []
    for name in ids[::2]:
        missed = Delivery(name, CHANNEL, "waiting", 1, 5, -1, "no answer")
        said += [_delivery(missed), _delivery(delivered(name))]
        if draw.random() < 0.2:
            said.append(_delivery(missed))  # one who did not know that another had delivered it
    return said


def _delivery(delivery: Delivery) -> Said:
    return Said(DELIVERIES, 0, msgspec.json.encode(delivery), f"{delivery.notice}/{delivery.channel}".encode())


def _revisions(database: Database) -> list[Said]:
    rows = database.all("SELECT revision, standard, excerpt, loaded_at FROM revisions")
    return [Said(REVISIONS, 0, msgspec.json.encode(Revision(*row)), row[0].encode()) for row in rows]


def progress(number: int, lows: list[int], *problems: str) -> Said:
    """Give the word of a partition's worker on how far it has come."""
    word = Progress(number, lows, problems=list(problems))
    return Said(PROGRESS, 0, msgspec.json.encode(word), str(number).encode())


def interleaved(streams: Sequence[Sequence[Said]], draw: random.Random) -> Iterator[Record]:
    """Give the records of all streams, each with its place, in any order towards each other."""
    rest = [list(enumerate(stream)) for stream in streams if stream]
    while rest:
        stream = draw.choice(rest)
        for offset, it in stream[:8]:
            yield Record(it.topic, PREFIX + it.topic, it.partition, offset, WALL, it.value)
        del stream[:8]
        rest = [each for each in rest if each]


def batched(records: Iterable[Record], draw: random.Random) -> Iterator[list[Record]]:
    """Divide records into batches as a reader would get them."""
    waiting = iter(records)
    while batch := list(islice(waiting, draw.randrange(1, 60))):
        yield batch
