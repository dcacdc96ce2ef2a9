"""The process `kept intake`: puts an intake together with the clock, the signals and the web side.

Read next: `intake_host.py`; `streams/kafka/clients/event_sink.py` for what `--http` opens.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import socket
import sys
from contextlib import AsyncExitStack, closing
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

import msgspec
import structlog

from standards.errors import StateError
from streams.documents.rules import practice_in
from streams.ingest.wire import Reader
from streams.kafka.clients.edge import stop_signals
from streams.kafka.clients.event_sink import KafkaEventSink
from streams.kafka.clients.outlet import Outlet, opening
from streams.kafka.intake.intake import Terms
from streams.kafka.intake.intake_host import IntakeHost
from streams.kafka.persons.shared_names import SharedNames, shared_secret
from streams.live.logging_setup import configure_logs
from streams.live.refusal_log import RefusalLog
from streams.metrics.kafka import KafkaMetrics
from streams.settings import StandardsFiles
from streams.storage.sqlite import FolderLock
from streams.web import Application, Counted, Limits, access, intake_application, listening, probes

if TYPE_CHECKING:
    from standards.compiler.spec import Loaded
    from streams.kafka.clients.log import Producer
    from streams.settings import Settings
    from streams.storage.status import Status

SELDOM: Final = 200_000
"""How many new objects the collector of cycles waits for: a batch makes many, and none of them in a cycle."""
ASK_AGAIN: Final = 1.0
"""How long to wait before Kafka is asked again for the event sink's producer, in seconds."""

log = structlog.get_logger("kept")


class Clock(Protocol):
    """This machine's clock, which does not step; `step` is how far it was set, in microseconds."""

    step: int

    def wall(self) -> int:
        """Give the time, in microseconds UTC."""

    def problems(self) -> list[str]:
        """Say for people that it was set, if it was."""


async def run(settings: Settings, *, clock: Clock, http: bool = False) -> None:
    """Take events in until asked to stop; `http`: from callers too. Raises SpecError and StateError at the start."""
    if not settings.standards:
        raise StateError("no standards to route by; name them with --standards PATH")
    configure_logs(sys.stderr, as_json=settings.log_format == "json")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it meets is told in our own words
    gc.set_threshold(SELDOM)
    metrics = KafkaMetrics("intake")
    metrics.reads(settings.kafka.names.events)
    secret = shared_secret(settings.person_secret)
    stopping = stop_signals()
    async with AsyncExitStack() as stack:
        stack.callback(FolderLock(settings.data).release)
        persons = stack.enter_context(closing(SharedNames(settings.data, secret)))
        by_events = settings.time == "events"
        terms = Terms(
            settings.grace, settings.max_skew, settings.lateness, by_events=by_events, names=persons,
            practices=partial(practice_in, settings.standards),
        )  # fmt: skip
        host = IntakeHost(settings.kafka, StandardsFiles(settings.standards), terms, clock=clock.wall, metrics=metrics)

        def status() -> Status:
            now = host.now_status()
            return msgspec.structs.replace(now, problems=[*now.problems, *clock.problems()], clock_step=clock.step)

        metrics.status_from(status)
        stack.push(stopping.say)
        waiting = await stack.enter_async_context(AsyncExitStack())
        probing = probes(status, metrics.text, access(settings))
        place = await listening(settings, probing, waiting, metrics.connection_ended)
        log.info("listening", at=place, kafka=settings.kafka.brokers)
        working = asyncio.create_task(host.run(stopping))
        if http and (producer := await _producer(settings, stopping, stack)) is not None:
            app = await _event_sink(settings, host, metrics, producer, stack)
            await waiting.aclose()  # its place is the event sink's now, which answers the probes as well
            place = await listening(settings, app, stack, metrics.connection_ended)
            log.info("listening", at=place, kafka=settings.kafka.brokers)
        await working


async def _producer(settings: Settings, stopping: asyncio.Event, stack: AsyncExitStack) -> Producer | None:
    """Give the event sink's producer as soon as Kafka answers; None when asked to stop before."""
    while not stopping.is_set():
        try:
            return await stack.enter_async_context(opening(settings.kafka))
        except StateError:  # the host says so in the status
            await asyncio.sleep(ASK_AGAIN)
    return None


async def _event_sink(
    settings: Settings, host: IntakeHost, metrics: KafkaMetrics, producer: Producer, stack: AsyncExitStack
) -> Application:
    outlet = Outlet(producer, settings.kafka)
    name = f"http/{socket.gethostname()}/{os.getpid()}/{host.clock()}"
    sink = KafkaEventSink(host.loaded, outlet, clock=host.clock, backlog=settings.backlog, name=name)
    sink.names = host.persons
    refusals = RefusalLog()
    sink.listen_refusals(refusals.listen)
    stack.callback(refusals.close)

    def adopt(loaded: Loaded) -> None:
        sink.rulebook, sink.reader = loaded.rulebook, Reader(loaded.rulebook.classes)
        sink.practice, sink.problems = host.practice, list(host.problems)

    adopt(host.loaded)
    host.listen(adopt)
    watching = asyncio.create_task(outlet.watch())
    stack.callback(watching.cancel)
    limits = Limits(max_skew=settings.max_skew)
    return intake_application(
        sink, Counted(metrics.intake, metrics.passed_over), metrics.text, access(settings), limits
    )
