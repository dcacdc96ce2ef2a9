"""The fold: what `kept serve` shows is what the embedded host would have shown, whatever comes twice or out of step."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from alerts.routing.notice import Notice
from standards.errors import StateError
from standards.judge.ledger import Line
from streams.kafka.records.facts import Progress, Told, lines
from streams.kafka.records.topics import DELIVERIES, LEDGER, NOTICES, PROGRESS
from streams.kafka.records.unpacking import UNREADABLE_RECORD, Record
from streams.kafka.serve.projection import Projection
from streams.storage.read_model import ReadModel
from streams.storage.rows import Delivery
from streams.storage.sqlite import FILE, Database
from streams.storage.store_writer import KEEP
from tests.kafka.history import CHANNEL, WALL, Tables, batched, interleaved, record_history, records_of, tables

SEEDS = range(6)
JAM = "BEFORE INSERT ON topic_offsets BEGIN SELECT RAISE(ABORT, 'jam'); END"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that the embedded host has written."""
    return record_history(tmp_path_factory.mktemp("embedded"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / FILE)
    yield opened
    opened.close()


def folded(recorded: Path, folder: Path, seed: int, *, crash: float) -> Tables:
    """Fold a history in some order, with crashes: before a batch is folded, or after it and before the next is read."""
    draw = random.Random(seed)
    records = list(interleaved(records_of(recorded, draw), draw))
    database = Database(folder / FILE)
    fold = Projection(database, channels=[CHANNEL])
    in_force(fold, recorded)
    for batch in batched(records, draw):
        fold.fold(batch, WALL)
        if draw.random() < crash:
            database.close()
            database = Database(folder / FILE)
            fold = Projection(database, channels=[CHANNEL])
            offsets = fold.offsets()
            assert {(it.stream, it.partition): it.offset + 1 for it in batch}.items() <= offsets.items()
    database.close()
    return tables(folder / FILE)


def in_force(fold: Projection, recorded: Path) -> None:
    revisions = tables(recorded)["revisions"]
    fold.in_force({str(row[0]): (str(row[1]), str(row[2])) for row in revisions}, WALL)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_fold_gives_what_the_embedded_host_records(recorded: Path, tmp_path: Path, seed: int) -> None:
    """Whatever order the topics come in, whatever workers repeat and wherever it crashes: the tables are the same."""
    assert folded(recorded, tmp_path, seed, crash=0.2) == tables(recorded)


def test_what_was_not_folded_is_folded_again(recorded: Path, tmp_path: Path) -> None:
    """A batch that failed leaves nothing behind, and may be given again."""
    draw = random.Random(1)
    database = Database(tmp_path / FILE)
    fold = Projection(database, channels=[CHANNEL])
    in_force(fold, recorded)
    for number, batch in enumerate(batched(list(interleaved(records_of(recorded, draw), draw)), draw)):
        if number % 3 == 0:
            before = fold.offsets()
            database.put(
                "CREATE TRIGGER jam BEFORE INSERT ON topic_offsets BEGIN SELECT RAISE(ABORT, 'jam'); END", [()]
            )
            with pytest.raises(StateError, match="jam"):
                fold.fold(batch, WALL)
            database.put("DROP TRIGGER jam", [()])
            assert fold.offsets() == before
        fold.fold(batch, WALL)
    database.close()
    assert tables(tmp_path / FILE) == tables(recorded)


def test_each_line_is_told_to_listeners_once(recorded: Path, database: Database) -> None:
    """Metrics and the view are told what is new, so that they count what the ledger has."""
    draw = random.Random(2)
    fold = Projection(database, channels=[CHANNEL])
    stored = [fold.fold(batch, WALL) for batch in batched(interleaved(records_of(recorded, draw), draw), draw)]
    expected = tables(recorded)
    assert Counter(line.id for each in stored for line in each.lines) == Counter(row[0] for row in expected["ledger"])
    assert Counter(it.id for each in stored for it in each.notices) == Counter(row[0] for row in expected["notices"])
    assert sum(sum(each.refused.values()) for each in stored) == len(expected["dead_letters"])
    assert sum(sum(each.late.values()) for each in stored) == len(expected["late"])


def line(name: str) -> Line:
    return Line(name, name[:-2], "s", "r", "q1", "opened", WALL, WALL, WALL, "open")


def notice(name: str) -> Notice:
    return Notice(name, "broken", name[:-2], "s", "r", "q1", WALL, "Do it.")


def record(topic: str, offset: int, value: bytes, *, partition: int = 0, at: int = WALL) -> Record:
    return Record(topic, f"kept.{topic}", partition, offset, at, value)


@pytest.mark.parametrize("first", [LEDGER, NOTICES])
def test_a_reason_finds_its_line_whichever_came_first(database: Database, first: str) -> None:
    """Why a line was told, or not, is shown with it, and nothing waits any more."""
    fold = Projection(database)
    both = {
        LEDGER: record(LEDGER, 0, lines([line("p.1")])),
        NOTICES: record(NOTICES, 0, msgspec.json.encode(Told(reasons={"p.1": "not-actionable"}))),
    }
    fold.fold([both.pop(first)], WALL)
    fold.fold(list(both.values()), WALL)
    assert database.all("SELECT told FROM ledger") == [("not-actionable",)]
    assert database.all("SELECT * FROM reasons") == []


def test_what_was_delivered_once_never_waits_again(database: Database) -> None:
    """How a notice fared may be known before the notice: it is not given to a dispatcher then."""
    fold = Projection(database, channels=[CHANNEL])
    fared = Delivery("p.1", CHANNEL, "delivered", 1, -1, WALL)
    fold.fold([record(DELIVERIES, 0, msgspec.json.encode(fared))], WALL)
    told = msgspec.json.encode(Told([notice("p.1"), notice("q.1")]))
    fold.fold([record(NOTICES, 0, told, partition=3)], WALL)
    lookup = ReadModel(database.file.parent)
    assert [row.notice.id for row in lookup.due_deliveries(CHANNEL, WALL, tried=False)] == ["q.1"]
    assert [row.notice.id for row in lookup.due_deliveries(CHANNEL, WALL, tried=False, shards={3})] == ["q.1"]
    assert lookup.due_deliveries(CHANNEL, WALL, tried=False, shards={0, 1, 2}) == []
    lookup.close()


def test_notices_from_before_the_horizon_are_not_brought_back(database: Database) -> None:
    """A database that is made anew does not send what is older than anything is kept."""
    fold = Projection(database, channels=[CHANNEL])
    told = msgspec.json.encode(Told([notice("p.1")], {"p.1": "told"}))
    stored = fold.fold([record(NOTICES, 0, told, at=WALL - KEEP - 1), record(LEDGER, 0, lines([line("p.1")]))], WALL)
    assert stored.notices == []
    assert database.all("SELECT * FROM outbox") == []
    assert database.all("SELECT told FROM ledger") == [("told",)]


def test_a_record_that_cannot_be_read_stops_nothing(database: Database) -> None:
    """It is put with the dead letters, with its place, once; the records around it are folded."""
    fold = Projection(database)
    bad = record(LEDGER, 0, b"\xff nonsense", partition=2)
    for _ in range(2):
        fold.fold([bad, record(LEDGER, 1, lines([line("p.1")]), partition=2)], WALL)
    assert database.all("SELECT reason, origin FROM dead_letters") == [(UNREADABLE_RECORD, "kept.ledger/2/0#1")]
    assert database.all("SELECT id FROM ledger") == [("p.1",)]


def test_progress_outlives_the_process(database: Database) -> None:
    """How far the workers had come is known again at once after a start."""
    Projection(database).fold([record(PROGRESS, 0, msgspec.json.encode(Progress(1, [WALL])))], WALL)
    assert Projection(database).progress == {1: Progress(1, [WALL])}


def test_the_store_of_an_embedded_host_is_left_alone(recorded: Path, tmp_path: Path) -> None:
    """`kept serve` on the folder of a `kept run` says so, and changes nothing."""
    copy = tmp_path / FILE
    copy.write_bytes(recorded.read_bytes())
    database = Database(copy)
    with pytest.raises(StateError, match="choose another folder"):
        Projection(database)
    database.close()
