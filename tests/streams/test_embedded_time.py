"""Time in an embedded host: it is the clock's, over a restart too; what is early or late finds its place."""

from pathlib import Path

from streams.embedded.options import Options
from streams.storage.rows import PromiseFilter
from tests.streams.hosting import SECOND, T0, Clock, hosting, queue, until


async def test_time_does_not_go_back_over_a_restart(tmp_path: Path) -> None:
    """What had settled before the restart has settled after it, and time is where it was, whatever the clock says."""
    options = Options(settle=60 * SECOND)
    async with hosting(tmp_path, Clock(), options=options) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=1)])
    async with hosting(tmp_path, Clock(T0 + 100 * SECOND), options=options) as host:
        await host.submit([])
        assert host.now_status().low == T0 + 98 * SECOND
    async with hosting(tmp_path, Clock(T0 + 90 * SECOND), options=options) as host:
        assert host.now_status().low == T0 + 98 * SECOND
        await host.submit([queue(host.reader, "b", T0 - 1, waiting=2)])
        assert [late.id for late in host.read_model.late()] == ["b"]


async def test_a_fast_clock_of_one_sender_ends_no_promise_of_another(tmp_path: Path) -> None:
    """An event ahead of the wall clock, within what is allowed, happened when it was received; it ends nothing."""
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=9)])
        clock.go(5)
        await host.submit([queue(host.reader, "b", T0 + 299 * SECOND, waiting=1, where="q2")])
        await host.submit([queue(host.reader, "c", T0 + 5 * SECOND, waiting=1)])
        clock.go(10)
        await until(lambda: len(host.read_model.lines()) == 2)
        assert (host.now_status().low, host.now_status().newest) == (T0 + 13 * SECOND, T0 + 5 * SECOND)
        (row,) = host.read_model.promises(PromiseFilter()).items
        assert row.verdict == "void"


async def test_an_event_from_the_future_is_a_dead_letter(tmp_path: Path) -> None:
    """A sender with a wrong clock cannot make time run: its event is kept aside, with the reason."""
    async with hosting(tmp_path, Clock()) as host:
        within, beyond = T0 + 300 * SECOND, T0 + 300 * SECOND + 1
        await host.submit([queue(host.reader, "a", within, waiting=1), queue(host.reader, "b", beyond, waiting=1)])
        assert [letter.reason for letter in host.read_model.dead_letters()] == ["from-the-future"]
        assert host.now_status().newest == T0  # nothing happens after it was received


async def test_late_events_are_kept_where_they_can_be_looked_up(tmp_path: Path) -> None:
    """What came too late to change anything is counted and can be found; what comes within `settle` has its effect."""
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        await host.submit([queue(host.reader, "first", T0, waiting=2)])
        clock.go(60)
        await host.submit([queue(host.reader, "second", T0 + 1, waiting=9)])
        assert [(line.kind, line.opened) for line in host.read_model.lines()][:1] == [("opened", T0 + 1)]
        assert host.read_model.late() == []
        clock.go(600)
        await host.submit([queue(host.reader, "third", T0 - 1, waiting=2)])
        assert [(late.reason, late.id, late.at) for late in host.read_model.late()] == [("late", "third", T0 - 1)]
