"""What a Kept on Kafka said in all, beside what it would have said undisturbed; and every difference, in words.

Undisturbed is the pump of a backtest over the file of the same events, and a filter that hears of each line at once.
Both are compared as far as both have come: lines that the ledger learned of up to one instant, the cut.
Knows: topics, files, tables. Must not know: processes, who was killed. Read next: `killing.py`, which reports it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from alerts.policy.policy import Policy
from alerts.routing.notice import Notice
from standards.judge.events import Event
from standards.judge.ledger import Line, line, with_numbers
from standards.judge.promise import Transition
from standards.judge.rulebook import Rulebook
from streams.ingest.wire import Reader
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import ConsumerRecord, TopicPartition, consuming
from streams.kafka.persons.name_records import BLOCK, MARK, Named
from streams.kafka.records.facts import Late, Letter, Told
from streams.names.references import put_back
from streams.runtime.pump import Pump
from streams.settings import StandardsFiles
from streams.storage.sqlite import FILE, Database
from tests.alerts.hearing import Hearing

SHOWN: Final = 5
"""How many examples of a difference are shown."""
TOGETHER: Final = 20_000

_encode: Final = msgspec.json.encode
_line: Final = msgspec.json.Decoder(Line).decode


class Undisturbed(NamedTuple):
    """The lines of the ledger, as they are written, and the notices, by their ids."""

    lines: dict[str, bytes]
    notices: dict[str, Notice]


class Said(NamedTuple):
    """What the topics hold: each line in every form in which it was said, notices, reasons, letters.

    `names` are what references stand for: undisturbed, everybody has their name.
    """

    lines: dict[str, Counter[bytes]]
    notices: dict[str, Counter[bytes]]
    reasons: dict[str, set[str]]
    letters: list[Letter | Late]
    slowest: float
    names: Mapping[str, str]

    def named(self, raw: bytes) -> bytes:
        """Put names back."""
        return put_back(raw.decode(), self.names.__getitem__).encode()

    @property
    def repeated(self) -> int:
        """How many lines were said again."""
        return sum(forms.total() - 1 for forms in self.lines.values())


def undisturbed(standards: Path, events: Path, cut: int) -> Undisturbed:
    """Judge the file's events as a backtest does, and give what was known by the cut: microseconds UTC."""
    rulebook = StandardsFiles([str(standards)]).load(()).rulebook
    hearing = Hearing(Policy(rulebook.standards))
    found = Undisturbed({}, {})
    for made in _judged(rulebook, events):
        each = line(made)
        if each.known <= cut:
            found.lines[each.id] = _encode(each)
            heard = hearing.push([with_numbers(each, made)], each.known)
            found.notices.update({told.id: told for told in heard.notices})
    return found


def _judged(rulebook: Rulebook, events: Path) -> Iterable[Transition[Event]]:
    pump, reader = Pump(rulebook), Reader(rulebook.classes)
    raws = events.read_bytes().splitlines()
    refused: list[object] = []
    for start in range(0, len(raws), TOGETHER):
        some = reader.lines(b"\n".join(raws[start : start + TOGETHER]), refused.append)
        yield from pump.push(some).transitions
    yield from pump.finish().transitions
    assert refused == [], "the crowd made an event that cannot be read"


async def whole(kafka: KafkaSettings, topic: str, partitions: int) -> list[ConsumerRecord]:
    """Read all records of a topic; what was never committed was never said."""
    there = [TopicPartition(topic, partition) for partition in range(partitions)]
    found: list[ConsumerRecord] = []
    async with consuming(kafka) as plain:  # a commit that was answered may not stand in every partition yet
        ends = await plain.end_offsets(there)
    async with consuming(kafka, isolation_level="read_committed") as consumer:
        consumer.assign(there)
        await consumer.seek_to_beginning(*there)
        while any([await consumer.position(each) < ends[each] for each in there]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += records
    return found


async def said(kafka: KafkaSettings) -> Said:
    """Read what was said in all."""
    names = kafka.names
    records = [it for it in await whole(kafka, names.persons, 1) if it.key != MARK and it.value is not None]
    persons = [msgspec.json.decode(it.value, type=Named) for it in records if not it.key.startswith(BLOCK)]
    found = Said({}, {}, {}, [], 0.0, {each.reference: each.text for each in persons if each.text})
    first: dict[str, float] = {}
    for record in await whole(kafka, names.ledger, kafka.partitions):
        for raw in (record.value or b"").splitlines():
            made = _line(raw)
            found.lines.setdefault(made.id, Counter())[raw] += 1
            first.setdefault(made.id, record.timestamp / 1_000 - made.known / 1_000_000)
    for record in await whole(kafka, names.notices, kafka.partitions):
        told = msgspec.json.decode(record.value, type=Told)
        for notice in told.notices:
            found.notices.setdefault(notice.id, Counter())[_encode(notice)] += 1
        for name, reason in told.reasons.items():
            found.reasons.setdefault(name, set()).add(reason)
    for record in await whole(kafka, names.dead_letters, 1):
        found.letters.extend(msgspec.json.decode(record.value, type=list[Letter | Late]))
    return found._replace(slowest=max(first.values(), default=0.0))


class Differences:
    """Every difference, by its kind, with the ids that it concerns."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    def note(self, kind: str, ids: Iterable[str]) -> None:
        """Note that some are not as they should be; none is as it should be."""
        some = sorted(ids)
        if some:
            self.found.setdefault(kind, []).extend(some)

    def count(self, kind: str) -> int:
        """How many there are of a kind."""
        return len(self.found.get(kind, ()))

    def lines(self) -> list[str]:
        """Tell each kind in a line, with examples."""
        return [f"{kind}: {len(ids)}, as {', '.join(ids[:SHOWN])}" for kind, ids in self.found.items()]


def compare_ledger(real: Said, calm: Undisturbed, cut: int, differences: Differences) -> None:
    """Compare the ledger up to the cut, by ids and by bytes."""
    forms = {name: list(forms) for name, forms in real.lines.items()}
    known = {name for name, (raw, *_) in forms.items() if _line(raw).known <= cut}
    differences.note("lines said in two forms", (name for name, each in forms.items() if len(each) > 1))
    differences.note("lines missing", calm.lines.keys() - forms.keys())
    differences.note("lines invented", known - calm.lines.keys())
    both = calm.lines.keys() & forms.keys()
    differences.note(
        "lines that differ", (name for name in both if [*map(real.named, forms[name])] != [calm.lines[name]])
    )


def compare_notices(
    real: Said, calm: Undisturbed, received: Iterable[str], cut: int, differences: Differences
) -> set[str]:
    """Compare the notices; gives those that the undisturbed filter let through and this one had reason not to tell.

    A warning that was decided on after its deadline is `overdue`, and nobody hears that all is well who was not warned.
    """
    here = set(received)
    differences.note("notices said in two forms", (name for name, forms in real.notices.items() if len(forms) > 1))
    differences.note("notices that did not arrive", real.notices.keys() - here)
    differences.note("notices that nobody said", here - real.notices.keys())
    by_cut = {name for name, (raw, *_) in _forms(real.notices) if _line(_first(real.lines[name])).known <= cut}
    differences.note("notices invented", by_cut - calm.notices.keys())
    both = calm.notices.keys() & real.notices.keys()
    differences.note(
        "notices that differ",
        (name for name in both if real.named(_first(real.notices[name])) != _encode(calm.notices[name])),
    )
    suppressed = calm.notices.keys() - real.notices.keys()
    overdue = {_line(_first(real.lines[name])).promise for name, why in real.reasons.items() if "overdue" in why}
    differences.note("notices missing", (name for name in suppressed if calm.notices[name].promise not in overdue))
    differences.note("lines without a reason", real.lines.keys() - real.reasons.keys())
    return suppressed


def _forms(some: Mapping[str, Counter[bytes]]) -> Iterable[tuple[str, list[bytes]]]:
    return ((name, list(forms)) for name, forms in some.items())


def _first(forms: Counter[bytes]) -> bytes:
    return next(iter(forms))


def shown(folder: Path) -> tuple[int, int]:
    """Say how many lines a `kept serve` shows, and how many notices it shows as not delivered yet."""
    database = Database(folder / FILE, read_only=True)
    try:
        ((lines,),) = database.all("SELECT count(*) FROM ledger")
        ((waiting,),) = database.all("SELECT count(*) FROM outbox WHERE state != 'delivered'")
    finally:
        database.close()
    return lines, waiting


def compare_read_model(real: Said, folder: Path, differences: Differences) -> None:
    """Compare the database of a `kept serve` that has read to the end with what the topics hold."""
    database = Database(folder / FILE, read_only=True)
    try:
        ledger: list[tuple[str, bytes]] = database.all("SELECT id, body FROM ledger")
        promises = database.all("SELECT id, state, verdict, due FROM promises")
        totals = database.all("SELECT standard, kind, count FROM totals")
        notices = [name for (name,) in database.all("SELECT id FROM notices")]
        waiting = [name for (name,) in database.all("SELECT notice FROM outbox WHERE state != 'delivered'")]
    finally:
        database.close()
    shown = [name for name, _ in ledger]
    differences.note("lines shown twice", (name for name, times in Counter(shown).items() if times > 1))
    differences.note("lines not shown", real.lines.keys() - set(shown))
    differences.note("lines shown that nobody said", set(shown) - real.lines.keys())
    differences.note("lines shown otherwise", (name for name, body in ledger if bytes(body) not in real.lines[name]))
    differences.note("promises shown otherwise", _unlike(promises, _promises(real)))
    lines = [_line(_first(forms)) for forms in real.lines.values()]
    counted = Counter((each.standard, each.kind) for each in lines)
    found = {(standard, kind): count for standard, kind, count in totals}
    differences.note("totals that are wrong", (" ".join(key) for key in counted | found if counted[key] != found[key]))
    differences.note("notices shown twice", (name for name, times in Counter(notices).items() if times > 1))
    differences.note("notices not shown", real.notices.keys() ^ set(notices))
    differences.note("notices shown as not delivered", waiting)


def _promises(real: Said) -> dict[str, tuple[object, ...]]:
    """Fold the ledger: each promise as its last line leaves it."""
    lines = [_line(_first(forms)) for forms in real.lines.values()]
    lines.sort(key=lambda each: int(each.id.rpartition(".")[2]))
    return {each.promise: (each.state, each.verdict, each.due) for each in lines}


def _unlike(rows: Iterable[tuple[str, object, object, object]], wanted: Mapping[str, object]) -> Iterable[str]:
    found = {name: (state, verdict, due) for name, state, verdict, due in rows}
    return (name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
