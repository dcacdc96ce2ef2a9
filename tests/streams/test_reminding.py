"""Reminders: what stands is read from the store, so that neither a restart nor a pause loses or invents an alert.

Next: `tests/alerts/test_alertmanager.py`, which shows what a real Alertmanager makes of it.
"""

import asyncio
import io
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from alerts.channels import Told, TryLaterError
from alerts.channels.alertmanager import Alertmanager
from alerts.channels.console import Console
from alerts.routing.notice import Notice
from standards.errors import DeliveryError
from streams.delivery.reminding import remind
from tests.alerts.watching import watcher
from tests.deploy.running import free_port
from tests.streams.hosting import PATIENCE, SECOND, T0, Clock, hosting, opened, queue, until


def _real() -> int:
    return time.time_ns() // 1_000


class Forgetful:
    """A channel whose other side forgets; it takes what it is told, unless it is to fail."""

    name = "forgetful"
    remind_seconds = 0.01
    remembers = 3_600 * SECOND

    def __init__(self) -> None:
        self.failing: Exception | None = None
        self.has: list[str] = []
        self.told: list[Sequence[Told]] = []

    async def deliver(self, notice: Notice) -> None:
        if self.failing is not None:
            raise self.failing
        self.has.append(notice.kind)

    async def remind(self, told: Sequence[Told]) -> None:
        self.told.append(told)
        if self.failing is not None:
            raise self.failing

    async def close(self) -> None: ...


async def test_what_stands_is_the_last_notice_that_arrived(tmp_path: Path) -> None:
    """Of each promise the last notice stands, with when it arrived; nothing while a newer one is on its way."""
    clock, channel = Clock(), Forgetful()
    async with hosting(tmp_path, clock, channels=[channel]) as host:
        standing = host.read_model.standing
        await host.submit([queue(host.reader, "a", T0, waiting=4), queue(host.reader, "b", T0, waiting=4, where="q2")])
        clock.go(45)
        await until(lambda: channel.has == ["warned"] * 2 and len(standing("forgetful", T0)) == 2)
        assert {told.at for told in standing("forgetful", T0)} == {clock.at}
        assert standing("forgetful", clock.at + 1) == []
        assert standing("another", T0) == []
        assert len(standing("forgetful", T0, shards={0})) == 2
        assert standing("forgetful", T0, shards={1}) == []
        channel.failing = TryLaterError("not now", seconds=100)
        await host.submit([opened(host.reader, "c", T0 + 50 * SECOND)])
        clock.go(10)
        await until(lambda: len(standing("forgetful", T0)) == 1)
        assert standing("forgetful", T0)[0].notice.subject == "s3/q2"
        channel.failing = None
        clock.go(4)
        await until(lambda: len(host.read_model.notices()) == 3)
        clock.go(100)
        await until(lambda: {told.notice.kind for told in standing("forgetful", T0)} == {"kept", "broken"})


async def test_whoever_forgets_is_reminded_again_and_again(tmp_path: Path) -> None:
    """Reminders go on through trouble, which is logged once, and begin with what an earlier run delivered."""
    clock, channel = Clock(), Forgetful()
    async with hosting(tmp_path, clock, channels=[channel]) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=4)])
        clock.go(45)
        await until(lambda: [told.notice.kind for told in host.read_model.standing("forgetful", T0)] == ["warned"])
    async with hosting(tmp_path, clock, channels=[channel]) as host:
        with capture_logs() as logs:
            reminding = asyncio.create_task(remind([channel], host.read_model.standing, clock))
            await until(lambda: len(channel.told) == 2)
            channel.failing = DeliveryError("not now", again=True)
            await until(lambda: len(channel.told) == 5)
            channel.failing = ValueError("https://chat.example/SESAME")
            await until(lambda: len(channel.told) == 7)
            channel.failing = None
            await until(lambda: len(channel.told) == 9)
            reminding.cancel()
            await asyncio.gather(reminding, return_exceptions=True)
    assert [told.notice.kind for told in channel.told[-1]] == ["warned"]
    assert [entry["event"] for entry in logs].count("a channel was not reminded; it is tried again") == 1
    assert "SESAME" not in str(logs)


async def test_where_nobody_forgets_nobody_is_reminded() -> None:
    """Without such a channel there is nothing to do."""

    def never(channel: str, since: int) -> list[Told]:
        pytest.fail("nobody asked for it")

    async with asyncio.timeout(PATIENCE):
        done = asyncio.create_task(remind([Console(io.StringIO())], never, Clock()))
        await asyncio.wait([done])
    assert done.exception() is None


async def test_an_alertmanager_that_restarts_shows_the_same_again(tmp_path: Path) -> None:
    """A real one: a promise in trouble is shown, again after both sides restarted, and gone once it is kept."""
    url = f"http://127.0.0.1:{free_port()}"
    start = _real()
    clock = Clock(start)
    async with hosting(tmp_path, clock, channels=[Alertmanager(url, clock=_real)]) as host:
        with watcher(tmp_path / "first", url) as running:
            await host.submit([queue(host.reader, "a", start, waiting=4)])
            clock.go(45)
            await until(lambda: host.read_model.standing("alertmanager", start) != [])
            assert [shown.labels["subject"] for shown in await running.alerts()] == ["s3/q1"]
    channel = Alertmanager(url, clock=_real)
    with watcher(tmp_path / "second", url) as running:
        async with hosting(tmp_path, clock, channels=[channel]) as host:
            assert await running.alerts() == []
            reminding = asyncio.create_task(remind([channel], host.read_model.standing, clock))
            async with asyncio.timeout(PATIENCE):
                while not await running.alerts():
                    assert not reminding.done()
            await host.submit([opened(host.reader, "c", start + 46 * SECOND)])
            clock.go(10)
            await until(
                lambda: [told.notice.kind for told in host.read_model.standing("alertmanager", start)] == ["kept"]
            )
            assert await running.alerts() == []
            reminding.cancel()


async def test_an_alert_goes_over_to_the_promise_that_replaces_its_own(tmp_path: Path) -> None:
    """Known by a late event to have begun earlier, it is the same trouble: one alert, that ends with the new one."""
    clock, channel = Clock(), Forgetful()
    async with hosting(tmp_path, clock, channels=[channel]) as host:

        def standing() -> list[tuple[str, str]]:
            return [(told.notice.kind, told.notice.promise) for told in host.read_model.standing("forgetful", T0)]

        await host.submit([queue(host.reader, "a", T0, waiting=4)])
        clock.go(65)
        await until(lambda: [kind for kind, _ in standing()] == ["broken"])
        ((_, first),) = standing()
        await host.submit([queue(host.reader, "late", T0 - 5 * SECOND, waiting=4)])
        clock.go(4)
        await until(lambda: [name for _, name in standing()] != [first])
        ((kind, second),) = standing()
        assert (kind, channel.has) == ("broken", ["broken"])
        found = [host.read_model.promise(name) for name in (first, second)]
        assert [view.row.state for view in found if view] == ["withdrawn", "broken"]
        await host.submit([opened(host.reader, "c", clock.at)])
        clock.go(4)
        await until(lambda: standing() == [("fulfilled_late", second)])
