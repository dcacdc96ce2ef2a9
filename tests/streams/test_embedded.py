"""The embedded host: durable before it answers, on time in silence, and the same after every start."""

import asyncio
import io
import sqlite3
from pathlib import Path

import pytest

from alerts.channels.console import Console
from standards.errors import SpecError, StateError
from standards.judge.ledger import Line, stood_before
from standards.judge.score import Score
from streams.ingest.wire import Refusal, encode
from streams.storage.rows import PromiseFilter
from streams.storage.sqlite import FILE, Database
from streams.storage.status import Backlog, Committed
from tests.streams.hosting import NO_WAIT, SECOND, T0, Clock, hosting, opened, queue, shop, until

pytestmark = pytest.mark.timeout(60)


def story(lines: list[Line]) -> list[tuple[str, int]]:
    """What happened and when, in seconds after T0."""
    return [(line.kind, (line.at - T0) // SECOND) for line in lines]


async def test_what_was_submitted_is_durable_when_submit_returns(tmp_path: Path) -> None:
    """A producer that got its answer can forget the event: another process can read it from the file."""
    async with hosting(tmp_path, Clock()) as host:
        sent = queue(host.reader, "a", T0, waiting=5)
        await host.submit([sent], [Refusal(2, "not-json", "not JSON", b"{")])
        with sqlite3.connect(tmp_path / "data" / FILE) as other:
            assert other.execute("SELECT first, last, body FROM events").fetchall() == [(T0, T0, encode(sent) + b"\n")]
            assert other.execute("SELECT reason, raw FROM dead_letters").fetchall() == [("not-json", b"{")]
        other.close()


async def test_many_submissions_share_a_transaction(tmp_path: Path) -> None:
    """What waits at the same time is stored together, and everybody who waits is answered."""
    commits: list[Committed] = []
    async with hosting(tmp_path, Clock()) as host:
        host.listen(commits.append)
        sent = [queue(host.reader, f"e{n}", T0 + n, waiting=0) for n in range(200)]
        await asyncio.gather(*(host.submit([event]) for event in sent))
    assert sum(commit.events["queue.length"] for commit in commits if commit.events) == 200
    assert len([commit for commit in commits if commit.events]) < 20


async def test_a_promise_breaks_in_silence_within_grace_and_a_second(tmp_path: Path) -> None:
    """Nobody has to send anything for a deadline to fall: the broken promise is in the ledger and told."""
    clock, screen = Clock(), io.StringIO()
    async with hosting(tmp_path, clock, channels=[Console(screen)]) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=4)])
        clock.go(45)
        await until(lambda: "! s3, q1: Open the next register." in screen.getvalue())
        clock.go(18)  # the promise's minute, the grace of 2 s, and a second
        await until(lambda: len(host.read_model.lines()) == 3)
        assert story(host.read_model.lines()) == [("opened", 0), ("warned", 40), ("broken", 60)]
        await until(lambda: screen.getvalue().count("\n") == 2)
        assert "x s3, q1: Open the next register. " in screen.getvalue()


async def test_silence_within_the_grace_breaks_nothing(tmp_path: Path) -> None:
    """Until the grace is over, the event that keeps the promise may still come."""
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=4)])
        clock.go(61)
        await until(lambda: len(host.read_model.lines()) == 2)
        await host.submit([opened(host.reader, "b", T0 + 59 * SECOND)])
        clock.go(10)
        await until(lambda: len(host.read_model.lines()) == 3)
        assert story(host.read_model.lines())[-1] == ("kept", 59)


async def test_a_repeated_event_is_inert_after_a_restart(tmp_path: Path) -> None:
    """A producer that is not sure sends again: the identities that were seen outlive the process."""
    commits: list[Committed] = []
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        first = [queue(host.reader, f"e{n}", T0 + n, waiting=5) for n in range(50)]
        await host.submit(first[:20])
        await host.submit(first[20:])
    async with hosting(tmp_path, clock) as host:
        host.listen(commits.append)
        await host.submit([*first, queue(host.reader, "new", T0 + 99, waiting=5)])
    assert [commit.duplicates for commit in commits if commit.events] == [50]


async def test_events_in_kepts_own_name_are_refused(tmp_path: Path) -> None:
    """Nobody outside can speak as Kept itself."""
    async with hosting(tmp_path, Clock()) as host:
        forged = queue(host.reader, "a", T0, waiting=9)
        forged.source = "kept"
        await host.submit([forged])
        assert [letter.reason for letter in host.read_model.dead_letters()] == ["reserved-source"]


async def test_a_full_backlog_turns_away(tmp_path: Path) -> None:
    """When more waits than the host can store, it says so at once, and takes the same batch later."""
    async with hosting(tmp_path, Clock()) as host:
        host.backlog = 2
        sent = [queue(host.reader, f"e{n}", T0 + n, waiting=1) for n in range(4)]
        first = asyncio.create_task(host.submit(sent[:3]))
        await until(lambda: not host.room() or first.done())
        if not first.done():
            with pytest.raises(Backlog, match="3 events are waiting"):
                await host.submit(sent[3:])
        await first
        assert host.room()
        await host.submit(sent[3:])
        assert host.now_status().waiting == 0


async def test_a_stopped_host_takes_nothing_and_loses_nothing(tmp_path: Path) -> None:
    """Whatever was taken in before the stop is stored; what comes after it is turned away."""
    async with hosting(tmp_path, Clock()) as host:
        reader = host.reader
        waiting = [asyncio.create_task(host.submit([queue(reader, f"e{n}", T0 + n, waiting=1)])) for n in range(30)]
        await until(lambda: host.now_status().waiting > 0 or waiting[0].done())
    await asyncio.gather(*waiting)
    with pytest.raises(StateError, match="stopping"):
        await host.submit([queue(reader, "late", T0, waiting=1)])
    database = Database(tmp_path / "data" / FILE)
    assert sum(body.count(b"\n") for (body,) in database.all("SELECT body FROM events")) == 30
    database.close()


async def test_when_the_store_fails_memory_goes_back_to_it(tmp_path: Path) -> None:
    """A batch that could not be stored has left no trace: sent again, it has the one effect that it always had."""
    async with hosting(tmp_path, Clock(T0 + 5 * SECOND)) as host:
        with sqlite3.connect(tmp_path / "data" / FILE) as other:
            other.execute("CREATE TRIGGER jam BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'jammed'); END")
        batch = [queue(host.reader, "a", T0, waiting=5), queue(host.reader, "b", T0 + 3 * SECOND, waiting=6)]
        with pytest.raises(StateError, match="jammed"):
            await host.submit(batch)
        assert host.read_model.lines() == []
        await until(lambda: host.now_status().ready)
        other.execute("DROP TRIGGER jam")
        other.close()
        await host.submit(batch)
        assert story(host.read_model.lines()) == [("opened", 0)]


async def test_a_host_with_wrong_standards_does_not_start(tmp_path: Path) -> None:
    """Nothing is judged by half a document: the start fails with every finding, and the folder is free again."""
    wrong = shop(tmp_path, NO_WAIT.replace("within: 60s", "within: soon"))
    with pytest.raises(SpecError, match=r"shop\.yaml"):
        await hosting(tmp_path, Clock(), standards=wrong).__aenter__()
    async with hosting(tmp_path, Clock()) as host:
        assert host.now_status().ready


async def test_two_hosts_cannot_share_a_folder(tmp_path: Path) -> None:
    """A second host on the same data is refused before it touches anything."""
    async with hosting(tmp_path, Clock()):
        with pytest.raises(StateError, match="is in use by process"):
            await hosting(tmp_path, Clock()).__aenter__()


async def test_the_books_are_a_fold_of_the_ledger(tmp_path: Path) -> None:
    """Scores, totals and the promises shown agree with the lines, whatever happened in between."""
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        for n in range(60):
            clock.go(7)
            late = (40 + n) * SECOND if n % 5 == 4 else 0
            await host.submit([queue(host.reader, f"e{n}", clock.at - late, waiting=n * n % 7 + 2, where=f"q{n % 4}")])
        lines, read_model = host.read_model.lines(), host.read_model
        stand = {line.promise: line.state for line in lines}
        gone = {promise for promise, state in stand.items() if state == "withdrawn"}
        assert {line.kind for line in lines} >= {"corrected", "withdrawn"}
        totals = {kind: count for (_, _, kind), count in read_model.totals().items()}
        assert totals == {kind: sum(line.kind == kind for line in lines) for kind in {line.kind for line in lines}}
        first = read_model.promises(PromiseFilter(), limit=3)
        second = read_model.promises(PromiseFilter(), after=first.next, limit=1000)
        rows = first.items + second.items
        assert {row.id: row.state for row in rows} == {name: stand[name] for name in stand if name not in gone}
        assert len(rows) == totals["opened"] - len(gone) == read_model.score()["no-wait"].opened
        score = Score()
        for line in lines:
            score.add(line.kind, stood_before(line), line.state)
        assert score.counts() == read_model.score()["no-wait"].counts()
        hidden = read_model.promises(PromiseFilter(verdict="withdrawn"), limit=1000).items
        assert {row.id for row in hidden} == gone
        assert [row.id for row in read_model.promises(PromiseFilter(open=True)).items] == [
            row.id for row in rows if row.verdict is None
        ]
        with pytest.raises(ValueError, match="use the `next`"):
            read_model.promises(PromiseFilter(), after="1 OR 1")
