"""The dispatcher: no notice is lost, none comes twice without need, and no channel waits for another one."""

import asyncio
import io
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event

import msgspec
import pytest
from structlog.testing import capture_logs

from alerts.channels import Channel, TryLaterError
from alerts.channels.console import Console
from alerts.channels.webhook import Webhook
from alerts.routing.notice import Notice
from standards.errors import DeliveryError
from streams.delivery.dispatch import AT_ONCE, LONGEST_WAIT, MOST_TRIES, Dispatcher, pause, store_wait, wait
from streams.embedded.embedded import EmbeddedHost
from streams.storage.rows import Delivery, NoticeRow
from streams.storage.sqlite import FILE
from tests.alerts.receiver import Answer, Receiver, receiving
from tests.streams.hosting import SECOND, T0, Clock, hosting, queue, until

pytestmark = pytest.mark.timeout(60)
DAY = 86_400


class Broken:
    """A channel with a defect, whose error quotes a secret."""

    name = "broken"

    async def deliver(self, notice: Notice) -> None:
        raise ZeroDivisionError(f"SESAME {notice.id}")

    async def close(self) -> None:
        """Nothing is held."""


async def warned(host: EmbeddedHost, clock: Clock, *, queues: int = 1) -> None:
    """Let as many promises come close to their deadlines."""
    await host.submit([queue(host.reader, f"e{n}", clock.at, waiting=4, where=f"q{n}") for n in range(queues)])
    clock.go(45)
    await until(lambda: len(host.read_model.notices()) == queues)


def fates(host: EmbeddedHost, channel: str = "webhook") -> list[Delivery]:
    """How all notices fare on one channel."""
    return [one for row in host.read_model.notices() for one in row.deliveries if one.channel == channel]


def kinds(receiver: Receiver) -> Counter[str]:
    """How many notices of each kind came."""
    return Counter(msgspec.json.decode(body)["type"] for body in receiver.bodies)


def jam(folder: Path, trigger: str) -> None:
    with sqlite3.connect(folder / "data" / FILE) as other:
        other.execute(f"CREATE TRIGGER jam {trigger}")
    other.close()


def unjam(folder: Path, then: str = "SELECT 1") -> None:
    with sqlite3.connect(folder / "data" / FILE) as other:
        other.execute("DROP TRIGGER jam")
        other.execute(then)
    other.close()


def count(logs: Sequence[object], text: str) -> int:
    return sum(text in str(entry) for entry in logs)


@pytest.mark.parametrize("asked", [0, 1])
def test_a_notice_is_tried_for_a_day_at_least(asked: int) -> None:
    """A receiver that says "come at once" cannot use up all the tries of a notice."""
    waits = [wait(TryLaterError("busy", seconds=asked), tries) for tries in range(1, MOST_TRIES)]
    assert waits == [wait(DeliveryError("busy", again=True), tries) for tries in range(1, MOST_TRIES)]
    assert sum(waits) > DAY


def test_a_receiver_that_wants_a_longer_pause_gets_it() -> None:
    """The other side may make a pause longer, and the pauses of a try without number stay an hour."""
    assert wait(TryLaterError("busy", seconds=DAY), 1) == DAY
    assert pause(10**9) == LONGEST_WAIT
    assert [store_wait(failures) for failures in (1, 2, 3, 6, 99)] == [1, 2, 4, 30, 30]


@pytest.mark.parametrize("given", ["0", "1", "Fri, 09 Jan 2026 22:00:00 GMT"])
async def test_a_receiver_in_a_hurry_gets_the_usual_pause(tmp_path: Path, given: str) -> None:
    """`Retry-After` of no length, or of the past, does not make Kept hammer at a door."""
    clock = Clock()
    async with (
        receiving([Answer(503, {"Retry-After": given})]) as receiver,
        hosting(tmp_path, clock, channels=[Webhook(receiver.url, clock=clock)]) as host,
    ):
        await warned(host, clock)
        await until(lambda: fates(host)[0].tries == 1)
        assert fates(host)[0].next_try == clock.at + 2 * SECOND


async def test_what_cannot_be_noted_is_not_sent_again(tmp_path: Path) -> None:
    """While the store takes no notes, a delivered notice stays delivered; it is noted when the store is back."""
    clock = Clock()
    with capture_logs() as logs:
        async with receiving() as receiver:
            async with hosting(tmp_path, clock, channels=[Webhook(receiver.url, clock=clock)]) as host:
                jam(tmp_path, "BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'jammed'); END")
                await warned(host, clock)
                await until(lambda: count(logs, "jammed") >= 2)
                assert len(receiver.bodies) == 1
                unjam(tmp_path)
                await until(lambda: fates(host)[0].state == "delivered")
                assert fates(host)[0].tries == 1
            assert len(receiver.bodies) == 1


async def test_a_slow_channel_holds_up_no_other_one(tmp_path: Path) -> None:
    """While a receiver lets us wait, with more notices than fit on its lane, the console tells them all."""
    clock, screen = Clock(), io.StringIO()
    async with receiving([Answer(silent=True)] * 3 * AT_ONCE) as receiver:
        channels: list[Channel] = [Webhook(receiver.url, clock=clock, timeout=50), Console(screen)]
        async with hosting(tmp_path, clock, channels=channels) as host:
            await warned(host, clock, queues=2 * AT_ONCE)
            await until(lambda: all(one.state == "delivered" for one in fates(host, "console")))
            assert screen.getvalue().count("\n") == 2 * AT_ONCE
            assert {one.state for one in fates(host)} == {"waiting"}


async def test_what_is_under_way_is_not_begun_again(tmp_path: Path) -> None:
    """While a receiver thinks about one notice, the next one is brought, and that one is left to it."""
    clock = Clock()
    async with receiving([Answer(silent=True)]) as receiver:
        webhook = Webhook(receiver.url, clock=clock, timeout=50)
        async with hosting(tmp_path, clock, channels=[webhook]) as host:
            await warned(host, clock)
            await until(lambda: len(receiver.bodies) == 1)
            clock.go(20)
            await until(lambda: Counter(one.state for one in fates(host)) == {"waiting": 1, "delivered": 1})
    assert kinds(receiver) == {"promise.warned": 1, "promise.broken": 1}


class Slow:
    """An outbox with one notice, which takes its time to say so."""

    def __init__(self) -> None:
        self.asked, self.answer = Event(), Event()

    def due_deliveries(self, channel: str, at: int, limit: int, *, tried: bool) -> list[NoticeRow]:
        if tried or self.asked.is_set():
            return []
        self.asked.set()
        self.answer.wait(30)
        notice = Notice("p.2", "broken", "p", "no-wait", "r", "q1", T0, "Open the next register.")
        return [NoticeRow(notice, [Delivery("p.2", channel)])]

    def waiting_channels(self) -> list[str]:
        return []


async def test_what_is_asked_for_counts_as_under_way() -> None:
    """Who gives its share up can wait for all that will still go out: also for what is only being looked up."""
    outbox, screen, noted = Slow(), io.StringIO(), list[Delivery]()

    async def note(deliveries: Sequence[Delivery]) -> None:
        noted.extend(deliveries)

    dispatcher = Dispatcher(outbox, {"console": Console(screen)}, Clock(), note)
    running = asyncio.create_task(dispatcher.run())
    await until(outbox.asked.is_set)
    await until(lambda: dispatcher.under_way == 1)
    outbox.answer.set()
    await until(lambda: dispatcher.under_way == 0)
    assert [one.state for one in noted] == ["delivered"]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_new_notice_does_not_wait_behind_repeats(tmp_path: Path) -> None:
    """While every repeat hangs, what is new is brought at once."""
    clock = Clock()
    answers = [Answer(500)] * AT_ONCE + [Answer(silent=True)] * AT_ONCE
    async with receiving(answers) as receiver:
        webhook = Webhook(receiver.url, clock=clock, timeout=50)
        async with hosting(tmp_path, clock, channels=[webhook]) as host:
            await warned(host, clock, queues=AT_ONCE)
            await until(lambda: {one.tries for one in fates(host)} == {1})
            clock.go(2)
            await until(lambda: kinds(receiver) == {"promise.warned": 2 * AT_ONCE})
            clock.go(18)
            await until(lambda: Counter(one.state for one in fates(host))["delivered"] == AT_ONCE)
            assert kinds(receiver) == {"promise.warned": 2 * AT_ONCE, "promise.broken": AT_ONCE}


async def test_a_listener_that_fails_stops_nothing(tmp_path: Path) -> None:
    """Whoever looks on and stumbles is logged; the other onlookers hear, and the next notice goes out."""
    clock, heard = Clock(), []

    def stumble(channel: str, result: str) -> None:
        raise KeyError(channel, result)

    with capture_logs() as logs:
        async with (
            receiving() as receiver,
            hosting(tmp_path, clock, channels=[Webhook(receiver.url, clock=clock)]) as host,
        ):
            host.listen_deliveries(stumble)
            host.listen_deliveries(lambda channel, result: heard.append((channel, result)))
            await warned(host, clock)
            await until(lambda: fates(host)[0].state == "delivered")
            clock.go(20)
            await until(lambda: [one.state for one in fates(host)] == ["delivered"] * 2)
    assert heard == [("webhook", "delivered")] * 2
    assert count(logs, "a delivery listener failed") == 2


async def test_a_defect_does_not_end_deliveries(tmp_path: Path) -> None:
    """A notice that cannot be read back is a loud line in the log; deliveries go on when it was mended."""
    clock, screen = Clock(), io.StringIO()
    with capture_logs() as logs:
        async with hosting(tmp_path, clock, channels=[Console(screen)]) as host:
            jam(tmp_path, "AFTER INSERT ON outbox BEGIN UPDATE notices SET body = CAST('{' || body AS BLOB); END")
            await host.submit([queue(host.reader, "a", T0, waiting=4)])
            clock.go(45)
            await until(lambda: count(logs, "the dispatcher stumbled") >= 2)
            unjam(tmp_path, "UPDATE notices SET body = CAST(substr(body, 2) AS BLOB)")
            await until(lambda: fates(host, "console")[0].state == "delivered")
    assert screen.getvalue().startswith("! s3, q1: Open the next register")


async def test_what_fell_due_in_the_night_breaks_at_its_own_deadline(tmp_path: Path) -> None:
    """A host that was off for hours catches up at its start, and warns of nothing that is over."""
    clock, screen = Clock(), io.StringIO()
    async with hosting(tmp_path, clock) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=4)])
    clock.go(9 * 3600)
    async with hosting(tmp_path, clock, channels=[Console(screen)]) as host:
        lines = [(line.kind, (line.at - T0) // SECOND) for line in host.read_model.lines()]
        assert lines == [("opened", 0), ("warned", 40), ("broken", 60)]
        await until(lambda: [one.state for one in fates(host, "console")] == ["delivered"])
    assert screen.getvalue().startswith("x s3, q1: Open the next register. ")
    assert screen.getvalue().count("\n") == 1


async def test_a_defect_in_a_channel_is_shown_without_its_words(tmp_path: Path) -> None:
    """A channel's own error may quote a secret: its kind and place are told, and the notice comes again."""
    clock = Clock()
    with capture_logs() as logs:
        async with hosting(tmp_path, clock, channels=[Broken()]) as host:
            await warned(host, clock)
            await until(lambda: fates(host, "broken")[0].tries == 1)
            (fate,) = fates(host, "broken")
    assert (fate.state, fate.error) == ("waiting", "a defect in the channel: ZeroDivisionError")
    assert count(logs, "in deliver") == 1
    assert count(logs, "SESAME: ") + count(logs, "SESAME " + fate.notice) == 0
