"""Forgetting: what is only looked up goes when it is old; what was owed and judged stays."""

import io
from pathlib import Path

from alerts.channels.console import Console
from streams.embedded.options import Options
from streams.ingest.wire import Refusal
from streams.settings import read_settings
from streams.storage.owed_queries import SITES
from streams.storage.retention import BLOCKS, OLD_READINGS, ROWS, forget
from streams.storage.rows import PromiseFilter
from streams.storage.sqlite import FILE, Database
from tests.streams.hosting import SECOND, T0, Clock, hosting, queue, until

DAY = 86_400 * SECOND


async def test_what_is_only_looked_up_is_forgotten_after_its_time(tmp_path: Path) -> None:
    """After `keep` a database holds what was judged, and no longer the traffic; what is younger is all there."""
    clock, options = Clock(), Options(keep=2 * DAY, settle=60 * SECOND)
    async with hosting(tmp_path, clock, channels=[Console(io.StringIO())], options=options) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=5)], [Refusal(1, "not-json", "no", b"{")])
        clock.go(70)
        await host.submit([queue(host.reader, "late", T0 - 1, waiting=1)])
        await until(lambda: all(note.deliveries[0].state == "delivered" for note in host.read_model.notices()))
        read_model = host.read_model
        told = len(read_model.notices())
        assert told > 0
        assert (len(read_model.lines()), len(read_model.late()), len(read_model.dead_letters())) == (3, 1, 1)
        clock.go(86_400)
        await host.submit(
            [queue(host.reader, "b", clock.at, waiting=1, where="q9")], [Refusal(1, "not-json", "no", b"[")]
        )
        assert (len(read_model.notices()), len(read_model.late()), len(read_model.dead_letters())) == (told, 1, 2)
        clock.go(86_400 + 1)
        await host.submit([queue(host.reader, "c", clock.at, waiting=1, where="q9")])
        assert (len(read_model.lines()), len(read_model.notices()), len(read_model.late())) == (3, 0, 0)
        assert [letter.raw for letter in read_model.dead_letters()] == [b"["]
        assert [row.verdict for row in read_model.promises(PromiseFilter()).items] == ["broken"]
    database = Database(tmp_path / "data" / FILE)
    kept = b"".join(body for (body,) in database.all("SELECT body FROM events"))
    assert database.all("SELECT * FROM outbox") == []
    database.close()
    assert [name in kept for name in (b'"a"', b'"b"', b'"c"')] == [False, True, True]


def test_it_goes_in_small_steps(tmp_path: Path) -> None:
    """However much is old, one commit is not held up by more than a few rows."""
    database = Database(tmp_path / FILE)
    with database.writing():
        database.put("INSERT INTO events (received, first, last, body) VALUES (1, 1, 1, '')", [()] * (BLOCKS * 2))
        late = "INSERT INTO late (received, reason, type, source, id, at) VALUES (1, 'late', 't', 's', 'i', 1)"
        database.put(late, [()] * (ROWS + 1))
        forget(database, 5)
    assert database.all("SELECT count(*) FROM events UNION ALL SELECT count(*) FROM late") == [(BLOCKS,), (1,)]
    with database.writing():
        forget(database, 5)
    assert database.all("SELECT count(*) FROM events UNION ALL SELECT count(*) FROM late") == [(0,), (0,)]
    database.close()


def test_a_notice_stays_until_it_was_delivered_or_given_up(tmp_path: Path) -> None:
    """A notice that still waits for one of its channels is never forgotten."""
    database = Database(tmp_path / FILE)
    with database.writing():
        for notice, state in enumerate(("waiting", "delivered", "failed")):
            kept = "INSERT INTO notices (seq, id, promise, received, body) VALUES (?, ?, 'p', 1, '')"
            database.put(kept, [(notice + 1, state)])
            database.put("INSERT INTO outbox (notice, channel, state) VALUES (?, 'a', ?)", [(state, state)])
            database.put("INSERT INTO outbox (notice, channel, state) VALUES (?, 'b', 'delivered')", [(state,)])
        forget(database, 5)
    assert database.all("SELECT id FROM notices") == [("waiting",)]
    assert database.all("SELECT notice, channel FROM outbox") == [("waiting", "a"), ("waiting", "b")]
    database.close()


def test_how_long_is_a_setting() -> None:
    """Five weeks unless told otherwise, in the units of every other setting."""
    assert read_settings().keep == 35 * DAY
    assert read_settings(keep="90d").keep == 90 * DAY


def test_what_is_asked_again_and_again_looks_through_no_table(tmp_path: Path) -> None:
    """However many places have readings, and however many promises there are, neither is looked through for a few."""
    database = Database(tmp_path / FILE)
    for sql in (OLD_READINGS, SITES):
        plan = "; ".join(row[-1] for row in database.all(f"EXPLAIN QUERY PLAN {sql}", [0]))
        assert "SCAN" not in plan.replace("SCAN sites", ""), plan
        assert "promises" not in plan
    database.close()


async def test_the_sites_of_promises_are_known(tmp_path: Path) -> None:
    """A site is known from the first promise there, for as long as somebody asks back to its newest one."""
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=5)])
        clock.go(70)
        await host.submit([])
        assert [host.read_model.owed.sites(since) for since in (T0, T0 + 1)] == [["s3"], []]
