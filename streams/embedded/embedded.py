"""The embedded host: everything in one process, for one shop on one machine.

Whoever submits events waits until they are durable. One writer thread judges and stores all that is waiting in one
transaction (group commit), and a tick comes at least every quarter of a second, so that deadlines fall in silence too.
Standards are read anew when their files change; what is wrong with them is shown, and the old ones stay in force.
Read next: `engine.py`, `streams/delivery/dispatch.py`.
"""

from __future__ import annotations

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from hashlib import blake2b
from typing import TYPE_CHECKING, Self, TypeVar, TypeVarTuple

import msgspec
import structlog

from standards.errors import DiskError, StateError
from streams.delivery.dispatch import Dispatcher
from streams.embedded.engine import Engine
from streams.embedded.isolation import go_back, store
from streams.embedded.options import DEFAULTS, Options
from streams.embedded.pauses import note_pause
from streams.embedded.reloading import Reloading
from streams.embedded.submissions import Submission, Submissions
from streams.runtime.feeds import dark_by_feed, sites_heard, standings_by, with_unheard
from streams.stopping import Stopping
from streams.storage.read_model import ReadModel
from streams.storage.sqlite import FolderLock
from streams.storage.status import Backlog, Committed, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from alerts.channels import Channel
    from alerts.policy.policy import People
    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook
    from standards.practice.practice import Practice
    from streams.documents.rules import Standards
    from streams.embedded.steady_clock import SteadyClock
    from streams.ingest.wire import Reader, Refusal
    from streams.runtime.feeds import FeedStanding
    from streams.storage.devices import DeviceBook
    from streams.storage.rows import Delivery

TICK_SECONDS = 0.25
"""The longest pause between two ticks, in seconds of real time."""
GROUP = 5_000  # how many events are stored in one transaction; one submission is never divided
LONGEST_PAUSE = 30.0  # seconds between two tries while the store takes nothing; it doubles up to here
BACKLOG = 100_000  # how many events may wait before more are turned away

_Values = TypeVarTuple("_Values")
_Result = TypeVar("_Result")

log = structlog.get_logger("kept")


class EmbeddedHost:
    """A running host: `async with EmbeddedHost(...) as host`. `clock` gives the wall clock in microseconds UTC."""

    def __init__(
        self,
        folder: Path,
        standards: Standards,
        *,
        clock: Callable[[], int],
        channels: Sequence[Channel] = (),
        options: Options = DEFAULTS,
    ) -> None:
        self.folder, self.standards = folder, standards
        self.wall, self.backlog = clock, BACKLOG
        self.watched_clock: SteadyClock | None = None
        self.devices: DeviceBook | None = None
        self.channels = {channel.name: channel for channel in channels}
        self._options = msgspec.structs.replace(options, channels=tuple(self.channels))
        self.names, self.keeps_events = options.names, True
        self._listeners: list[Callable[[Committed], None]] = []
        self._delivery_listeners: list[Callable[[str, str], None]] = []
        self._queue, self._wake, self.stopping = Submissions(), asyncio.Event(), Stopping()
        self._writer = ThreadPoolExecutor(1, "kept-writer")
        self._fault, self._stays = "not started", list[str]()
        self._pause, self._stamped, self._ticked = 0.0, 0, 0

    @property
    def reader(self) -> Reader:
        """The reader of the vocabulary in force; another one after the standards were reloaded."""
        return self._engine.reader

    @property
    def rulebook(self) -> Rulebook:
        """The standards in force; another one after they were reloaded."""
        return self._engine.rules.loaded.rulebook

    @property
    def people(self) -> People | None:
        """Who is told, as the policy says; None where there is none."""
        return self._engine.rules.people

    @property
    def practice(self) -> Practice | None:
        """People's practice, as its document says; None where there is none."""
        return self._engine.rules.practice

    def feeds(self) -> list[FeedStanding]:
        """Say how the declared feeds stand."""
        sites = self.people.known_sites if self.people else ()
        return with_unheard(self._engine.pump.rulebook, self._heard(), sites, self.wall())

    def sites_of_feeds(self) -> set[str]:
        """Name the sites at which declared feeds were heard."""
        return sites_heard(self._engine.pump.rulebook, list(self._engine.pump.hearings))

    def silent_feeds(self) -> dict[str, int]:
        """Count by declared feed for how many of its keys it is silent; a site that may have none is not counted."""
        return dark_by_feed(self.rulebook.feeds, self._heard(), self.wall())

    def _heard(self) -> list[FeedStanding]:
        return standings_by(self._engine.pump.rulebook, list(self._engine.pump.hearings.items()), self.wall())

    def listen(self, listener: Callable[[Committed], None]) -> None:
        """Have a function called, on the event loop, with what each transaction stored, after it is durable."""
        self._listeners.append(listener)

    def listen_deliveries(self, listener: Callable[[str, str], None]) -> None:
        """Have a function called with a channel's name and `delivered`, `retried` or `failed`, after each try."""
        self._delivery_listeners.append(listener)

    def room(self) -> bool:
        """Say whether more events are taken now."""
        return self._queue.size < self.backlog

    def now_status(self) -> Status:
        """Say how the host is."""
        pump, rulebook, clock = self._engine.pump, self.rulebook, self.watched_clock
        revisions = ",".join(sorted(standard.revision for standard in rulebook.current.values()))
        return Status(
            ready=not self._fault, reason=self._fault, low=pump.low, newest=pump.newest, waiting=self._queue.size,
            grace=self._options.grace, revision=blake2b(revisions.encode(), digest_size=6).hexdigest(),
            problems=[*(clock.problems() if clock else ()), *self._stays, *self._reloading.problems],
            clock_step=clock.step if clock else 0, retired=len(rulebook.standards) - len(rulebook.current),
            standards_read=self._reloading.succeeded, is_stale=bool(self._reloading.problems),
        )  # fmt: skip

    async def submit(self, events: Sequence[Event], refusals: Sequence[Refusal] = ()) -> Mapping[int, Refusal]:
        """Take events in; returns when they are durable, with what of them was refused. Raises Backlog, StateError."""
        if self._fault or self.stopping.is_set():
            raise StateError(self._fault or "the host is stopping; send this batch again after its start")
        if not self.room():
            raise Backlog(self._queue.size)
        done = self._queue.add(self._stamp(), events, refusals)
        self._wake.set()
        return await done

    def _stamp(self) -> int:
        """Give the clock's time, which never goes back from one stamp to the next."""
        self._stamped = max(self._stamped, self.wall())
        return self._stamped

    async def __aenter__(self) -> Self:
        """Open the store, load the standards and let fall what fell due meanwhile. Raises StateError, SpecError."""
        async with AsyncExitStack() as stack:
            stack.callback(FolderLock(self.folder).release)
            stack.callback(self._writer.shutdown)
            fingerprint = self.standards.fingerprint()  # before they are loaded, so that no change is missed
            self._engine = await self._write(Engine, self.folder, self.standards, self._options)
            stack.push_async_callback(self._write, self._engine.close)
            self._reloading = Reloading(self._engine, self._write, self.wall)
            if clock := self.watched_clock:
                clock.resume(await self._write(self._engine.reached))
            await self._write(self._engine.rebuild, self.wall())
            self.read_model = ReadModel(self.folder)
            stack.callback(self.read_model.close)
            for channel in self.channels.values():
                stack.push_async_callback(channel.close)
            self._open = stack.pop_all()
        self._dispatcher = Dispatcher(self.read_model, self.channels, self.wall, self._note, self._delivery_listeners)
        self._dispatcher.names = self.names
        self._fault = ""
        await self._turn_back()
        await self._commit([])
        self._working = asyncio.create_task(self._work())
        self._aside = [asyncio.create_task(self._dispatcher.run())]
        if fingerprint is not None:
            self._aside.append(asyncio.create_task(self._reloading.watch(self.standards, fingerprint)))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Store what is waiting, and close."""
        self.stopping.set()
        self._wake.set()
        async with self._open:
            await self._working
            for task in self._aside:
                task.cancel()
            await asyncio.gather(*self._aside, return_exceptions=True)

    async def until_stopped(self, *, on_terminal: bool = False) -> None:
        """Return when the process is asked to stop (SIGTERM, SIGINT); on SIGHUP, read the standards anew.

        `on_terminal`: a SIGHUP says that the terminal was closed, so it is a stop as well.
        """
        loop = asyncio.get_running_loop()
        reloads: set[asyncio.Task[bool]] = set()

        def hang_up() -> None:
            task = loop.create_task(self.reload())
            reloads.add(task)
            task.add_done_callback(reloads.discard)

        self.stopping.hear(signal.SIGTERM, signal.SIGINT, *([signal.SIGHUP] if on_terminal else []))
        if not on_terminal:
            loop.add_signal_handler(signal.SIGHUP, hang_up)
        await self.stopping.wait()

    async def reload(self) -> bool:
        """Read the standards anew; say whether they are in force now. What is wrong with them is in the status."""
        return await self._reloading.reload()

    async def _work(self) -> None:
        """Store what is waiting and let time pass, until asked to stop and nothing is left."""
        while self._queue or not self.stopping.is_set():
            if not self._queue:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pause or TICK_SECONDS):
                        await self._wake.wait()
            self._wake.clear()
            await self._turn_back()
            await self._commit(self._queue.take(GROUP))

    async def _turn_back(self) -> None:
        """Take back what was judged in a false future, once time has gone over to an earlier one."""
        if (clock := self.watched_clock) is None or not clock.went_back:
            return
        self._stamped, clock.went_back = clock.wall(), False
        self._queue.stamp_no_later(self._stamped)
        try:
            await self._read_back()
            stored = await self._write(go_back, self._engine, self._stamped)
        except Exception as error:  # noqa: BLE001 - as for a batch, which then reads everything back
            clock.went_back = isinstance(error, StateError)  # the disk may take it yet; a defect stays one
            self._stays = [] if clock.went_back else [f"time did not go back, for a defect in Kept: {error!r}"]
            self._fail(error, [])
            return
        log.warning("time went back to the machine's clock; subjects are judged again")
        for each in stored:
            self._tell(each)

    async def _read_back(self) -> None:
        if self._fault:  # memory may be ahead of the disk
            await self._write(self._engine.rebuild, self.wall())
            log.info("read back from the store", after=self._fault)

    async def _commit(self, group: Sequence[Submission]) -> None:
        """Judge and store some submissions, and tell whoever waits for them."""
        events = [event for submission in group for event in submission.events]
        refusals = [refusal for submission in group for refusal in submission.refusals]
        try:
            await self._read_back()
            waiting, stamp = self._queue.oldest, self._stamp()
            self._ticked = note_pause(self._engine, self.watched_clock, self._ticked, stamp)
            stored = await self._write(store, self._engine, events, refusals, stamp, waiting)
        except Exception as error:  # noqa: BLE001 - whatever it is, memory may be ahead of the disk now
            self._fail(error, group)
            return
        self._queue.stored(group, self._engine.turned_away())
        self._fault, self._pause = "", 0.0
        for each in stored:
            self._tell(each)

    def _fail(self, error: Exception, group: Sequence[Submission]) -> None:
        """Turn away what was not stored. Nothing is judged again until everything was read back from the store."""
        self._fault = str(error) if isinstance(error, StateError) else f"a defect in Kept: {error!r}"
        if isinstance(error, DiskError):
            self._fault += "; Kept goes on by itself"
        reason = "disk" if isinstance(error, DiskError) else "store" if isinstance(error, StateError) else "defect"
        log.error("batch not stored", reason=reason, why=self._fault, exc_info=reason == "defect")
        self._pause = min(LONGEST_PAUSE, max(1.0, self._pause * 2))
        self._queue.failed(group, self._fault)

    def _tell(self, stored: Committed) -> None:
        if stored.notices:
            self._dispatcher.nudge()
        for listener in self._listeners:
            try:
                listener(stored)
            except Exception:  # whoever looks on must not stop the work
                log.exception("a listener failed")

    async def _note(self, deliveries: Sequence[Delivery]) -> None:
        await self._write(self._engine.recorder.deliveries, deliveries)

    async def _write(self, work: Callable[[*_Values], _Result], *values: *_Values) -> _Result:
        """Do something in the writer thread, where one thing is done after another."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, work, *values)
