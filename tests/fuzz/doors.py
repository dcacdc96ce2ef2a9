"""The doors at which nobody has to run: where bytes become events, rules, rows or conditions.

Each reads one input as Kept does, and then does with it what is done first: an event is written again, rules are
checked, a condition is tried, a story played. Read next: `knocking.py` for the doors of a server.
"""

import io
import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path

from alerts.policy.policy_document import load_policy
from standards.compiler.spec import Source, load
from standards.documents.vocabulary import builtin_vocabulary
from standards.errors import EventError, SpecError
from standards.expressions.expression import (
    ExpressionError,
    Field,
    compile_condition,
    compile_measure,
    compile_threshold,
)
from standards.judge.events import event_class
from streams.checking.examining import Request, examine_documents
from streams.documents.documents import Documents
from streams.documents.rules import Rules
from streams.ingest.mapping import load_mapping
from streams.ingest.table import read_table
from streams.ingest.wire import MAX_SKEW, Reader, TooManyRefusedError, bounded, claim_of, encode, in_future, reserved
from streams.kafka.intake.arrivals import RAW, Arrivals
from streams.kafka.records.facts import Letter
from streams.stories.files import scripts_of
from streams.stories.running import run
from tests.fuzz.trying import Door, kept
from tests.kafka.memory import Record

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 3, 2)
NOW = 1_772_000_000_000_000
BEHIND = b"\n=====\n"
"""What stands between the two parts of an input that has two."""
LONGEST = 4_000
"""The longest good document that others are made of, in characters: long ones take long."""
_SHOWN = re.compile(
    r"(?:^`(?P<name>[^`\n]+)`[^`\n]*:\n\n)?^```yaml(?: title=\"([^\"]+)\")?\n(.*?)^```", re.MULTILINE | re.DOTALL
)
_VOCABULARY = builtin_vocabulary()
_CLASSES = {name: event_class(event_type) for name, event_type in _VOCABULARY.items()}
_READER = Reader(_CLASSES)


# --- events -------------------------------------------------------------------------------------------------------


def events() -> list[bytes]:
    """Give events in all their forms; those of the binary form have their headers before them."""
    good = [line for line in (ROOT / "examples/grocery/events.jsonl").read_bytes().splitlines() if line.strip()]
    told = [_example(name) for name in sorted(_VOCABULARY) if not name.startswith("promise.")]
    binary = b"ce-id: a\nce-type: queue.length\nce-source: t%20t\nce-time: 2026-03-02T09:00:00Z\nce-specversion: 1.0"
    data = b'{"site": "s3", "queue": "q1", "waiting": 4}'
    return [*good, *told, b"\n".join(good), b"[" + b", ".join(good[:4]) + b"]", binary + BEHIND + data]


def _example(name: str) -> bytes:
    values = {"text": "x", "integer": 3, "number": 0.5, "boolean": True, "time": "2026-03-02T09:00:00Z"}
    fields = {each: values.get(field.type, "x") for each, field in _VOCABULARY[name].fields.items()}
    event = {"specversion": "1.0", "id": "1", "source": "t", "type": name, "time": "2026-03-02T09:00:00Z"}
    return json.dumps(event | {"data": fields}).encode()


def read_events(raw: bytes) -> None:
    """Read bytes in every form that an event can have."""
    for read in (_one, _lines, _batch, _binary, _record):
        try:
            read(raw)
        except (EventError, TooManyRefusedError):
            continue
    claim_of(raw)


def _one(raw: bytes) -> None:
    event = _READER.one(raw)
    _ = in_future(event, NOW, 0), reserved(event)
    assert _READER.one(encode(event)) == event, "an event that was written is read as it was"


def _lines(raw: bytes) -> None:
    _READER.lines(raw, bounded([]))


def _batch(raw: bytes) -> None:
    _READER.batch(raw, bounded([]))


def _binary(raw: bytes) -> None:
    head, _, body = raw.decode("utf-8", "surrogateescape").partition(BEHIND.decode())
    headers = dict(line.partition(": ")[::2] for line in head.split("\n"))
    _READER.binary(headers, body.encode("utf-8", "surrogateescape"))


def _record(raw: bytes) -> None:
    """Read bytes as records of Kafka: as they are, and with what stands before them as headers."""
    head, parted, body = raw.partition(BEHIND)
    named = (line.partition(b": ")[::2] for line in head.split(b"\n"))
    headers = tuple((name.decode("latin-1").replace("ce-", "ce_"), value) for name, value in named)
    records = [Record("events", 0, 0, 1, raw), Record("events", 0, 1, 1, body, headers=headers if parted else ())]
    letters: list[Letter] = []
    Arrivals(_READER, stamps=lambda given: [NOW] * len(given), max_skew=MAX_SKEW).read(records, letters)
    assert all(len(letter.raw) <= RAW for letter in letters), "a letter is bounded"


# --- conditions ---------------------------------------------------------------------------------------------------

_FIELDS = {
    "waiting": Field("integer"), "waited": Field("number", optional=True), "channel": Field("text"),
    "topic": Field("text", optional=True), "cold": Field("boolean"), "briefed": Field("boolean", optional=True),
}  # fmt: skip
_OF_ALL = ("waiting", "waited", "channel", "topic", "cold", "briefed")


class _Data:
    waiting, waited, channel, topic, cold, briefed = 3, None, "phone", "größe", True, None


def conditions() -> list[bytes]:
    """Give conditions, measures and bounds, those of all pages among them."""
    found = {match for page in pages() for match in re.findall(r"(?:where|measure|must): *[\"']?([^\"'\n}]+)", page)}
    own = (
        'waiting > 3 and not (channel in ("phone", "chat") or topic is missing)', "opening.waited + 2 * waiting < 80%",
        "share(waited <= 20)", "p90(waited)", ">= 80%", "3 <= measure < 5", "waited is not missing", "cold == briefed",
    )  # fmt: skip
    return [each.encode() for each in (*own, *sorted(found))]


def read_condition(raw: bytes) -> None:
    """Compile a text as everything that it could be, and try what comes of it."""
    text = raw.decode("utf-8", "surrogateescape")
    for compiling in (_condition, _measure, compile_threshold):
        try:
            compiling(text)
        except ExpressionError:
            continue


def _condition(text: str) -> None:
    compile_condition(text, _FIELDS, opening=_FIELDS).test(_Data, _Data)


def _measure(text: str) -> None:
    measure = compile_measure(text, _FIELDS)
    if measure.of is not None:
        measure.of(_Data)


# --- documents ----------------------------------------------------------------------------------------------------


@cache
def pages() -> list[str]:
    """Give the YAML that stands in the documentation, the packs and the examples."""
    return [text for shown in bundles() for text in shown]


@cache
def bundles() -> list[list[str]]:
    """Give the documents that belong together: those of a page, the last of each name, or those of a folder."""
    found: list[list[str]] = []
    for page in [*(ROOT / f"docs/{name}.md" for name in ("language", "policy", "practice", "stories")), *_checks()]:
        named: dict[str, dict[str, str]] = {}
        for name, title, text in _SHOWN.findall(page.read_text(encoding="utf-8")):
            folder, _, file = (title or name or text[:80]).rpartition("/")
            named.setdefault(folder, {})[file] = text
        found += [list(files.values()) for files in named.values()]
    for folder in sorted((ROOT / "examples").iterdir()):
        found.append([file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.yaml"))])
    return found


def _checks() -> list[Path]:
    return sorted((ROOT / "docs/checks").glob("*.md"))


def alone() -> list[bytes]:
    """Give all standards documents that are shown anywhere, each alone."""
    return sorted({text.encode() for text in pages() if _sorted([text]).standards and len(text) <= LONGEST})


def together(choose: Callable[[Documents], list[Source]]) -> list[bytes]:
    """Give standards with what else is shown beside them; in front those that the others are about."""
    found: set[bytes] = set()
    for bundle in bundles():
        documents = _sorted(bundle)
        texts = [
            source.text
            for sort in (documents.standards, documents.policies, documents.practices, documents.stories)
            for source in sort
        ]
        if documents.standards and choose(documents) and len("".join(texts)) <= LONGEST:
            found.add(BEHIND.decode().join(texts).encode())
    return sorted(found)


def _sorted(texts: Iterable[str]) -> Documents:
    documents = Documents.none()
    for number, text in enumerate(texts):
        documents.of(text).append(Source(f"{number}.yaml", text))
    return documents


def _read(_: str) -> str:
    """Give what stands in any table or calendar that is named."""
    return "customer,level\nc1,gold\nc2,\n"


def read_documents(raw: bytes) -> None:
    """Check documents as `kept check` does, and play their stories."""
    documents = _sorted(raw.decode("utf-8", "surrogateescape").split(BEHIND.decode()))
    examine_documents(documents._replace(stories=[], mappings=[]), Request(["rules.yaml"], TODAY))
    if not documents.stories:
        return
    loaded = load(documents.standards, read=_read)
    people = next((load_policy(source, loaded.standards, read=_read) for source in documents.policies), None)
    for source in documents.stories:
        for result in run(scripts_of(source, Rules(loaded, people))):
            assert result.name, "a story has a name"


def read_with_tables(raw: bytes) -> None:
    """Load standards whose tables and calendars are there, or check them where they name none."""
    if b"file:" in raw:
        load([Source("0.yaml", raw.decode("utf-8", "surrogateescape"))], read=_read)
    else:
        read_documents(raw)


TABLE = b"""id,site,queue,t,waiting,agent,note
1,Wola,q1,2026-03-02 09:00,5,ann,"two, of them"
2,Wola,q1,2026-03-02 09:01:30,3,,
3,\xc5\x81\xc3\xb3d\xc5\xba,q2,02.03.2026 09:02,n/a,bob,-
"""
MAPPINGS = (
    b"""kept: 1
table: {zone: Europe/Warsaw, source: offices, time: t}
events:
  - event: queue.length
    when: note != "-"
    fields: {site: site, queue: {value: main}, waiting: {column: waiting, missing: [n/a, "-"]}}
  - event: register.opened
    time: {column: t, format: "%d.%m.%Y %H:%M"}
    id: "{id}-r"
    fields: {site: site, queue: queue}
""",
    b"""kept: 1
table: {format: csv, encoding: cp1250, source: desk, time: {column: [t, id], missing: n/a}}
columns: {waiting: {as: count, type: integer}}
events:
  - event: queue.length
    when: count > 3
    changed: {column: waiting, per: [site, queue]}
    fields: {site: {text: "{site}/{{x}}"}, queue: queue, waiting: waiting}
""",
)


def read_rows(raw: bytes) -> None:
    """Read a mapping, and a table with it."""
    text, _, table = raw.partition(BEHIND)
    made = load_mapping(Source("map.yaml", text.decode("utf-8", "surrogateescape")), _CLASSES, _VOCABULARY)
    for event in read_table(io.BytesIO(table), made, bad=lambda _: None):
        encode(event)


DOORS = {
    door.name: door
    for door in (
        Door("events", events(), read_events, ()),
        Door("conditions", conditions(), read_condition, ()),
        Door("standards", alone(), read_with_tables, (SpecError,)),
        Door("policy", together(lambda documents: documents.policies), read_documents, (SpecError,)),
        Door("practice", together(lambda documents: documents.practices), read_documents, (SpecError,)),
        Door("stories", together(lambda documents: documents.stories), read_documents, (SpecError,)),
        Door("tables", [each + BEHIND + TABLE for each in MAPPINGS], read_rows, (SpecError,)),
    )
}


def seeds(door: Door) -> list[bytes]:
    """Give what inputs are made of: good ones, and those that crashed once."""
    return [*door.seeds, *kept(door.name)]
