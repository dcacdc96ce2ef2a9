"""The process `kept worker`: judges some partitions of `facts`, as many of them as there are workers for.

An edge: it knows when the process stood still. Judging gets its time with the facts, and reads no clock.
Read next: `worker.py`, `faust_app.py`.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
import threading
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

import msgspec
import structlog

from standards.errors import StateError
from streams.kafka.clients.edge import Pulse, stop_signals, wall
from streams.kafka.clients.log import Message, Tail, consuming
from streams.kafka.clients.publishing import Publisher
from streams.kafka.rulebooks.revisions import Revisions, RulebookCache
from streams.kafka.worker.facts_lookup import FactsLookup
from streams.kafka.worker.faust_app import FaustHost
from streams.kafka.worker.partition import Setting
from streams.kafka.worker.worker import Worker, WorkerDeps
from streams.live.logging_setup import configure_logs
from streams.metrics.kafka import KafkaMetrics
from streams.settings import StandardsFiles
from streams.storage.sqlite import FolderLock
from streams.storage.status import Status
from streams.web import access, listening, probes

if TYPE_CHECKING:
    from streams.kafka.clients.connection import KafkaSettings
    from streams.kafka.worker.faust_app import Rows
    from streams.settings import Settings

SELDOM: Final = 200_000
"""How many new objects the collector of cycles waits for: judging makes many, and none of them in a cycle."""
BAD_WORLD: Final = 3
"""The exit code for what is wrong with the world, as `kept` has it."""
GOODBYE_SECONDS: Final = 10.0
"""How long the flush under way and leaving the group may take, in seconds: with Kafka away they would for ever."""

log = structlog.get_logger("kept")


def run(settings: Settings) -> None:
    """Work until asked to stop. Raises SpecError, StateError and OSError when it cannot start or go on."""
    if not settings.standards:
        raise StateError("no standards to judge by; name them with --standards PATH")
    configure_logs(sys.stderr, as_json=settings.log_format == "json")
    for name in ("aiokafka", "faust", "mode"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what they meet is told in our own words
    gc.set_threshold(SELDOM)
    threading.excepthook = _told_once
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    stopping, pulse, metrics = stop_signals(), Pulse(), KafkaMetrics("worker")
    async with AsyncExitStack() as stack:
        stack.push(stopping.say)
        stack.callback(FolderLock(settings.data).release)
        publisher = await stack.enter_async_context(Publisher(settings.kafka))
        await _check_partitions(settings.kafka, publisher)
        rulebooks = await _rulebooks(settings, publisher, stack)
        facts = FactsLookup(await stack.enter_async_context(consuming(settings.kafka)), settings.kafka.names.facts)
        setting = Setting(settings.kafka.partitions, settings.zone, wall(), settings.language)

        def made(table: Rows) -> Worker:
            deps = WorkerDeps(publisher.publish, table, metrics, pulse.check, facts)
            return Worker(settings.kafka.names, setting, rulebooks, deps)

        host = FaustHost(settings.kafka, settings.data, made, metrics)
        metrics.status_from(lambda: _status(host, publisher))
        metrics.reads(settings.kafka.names.facts)
        metrics.judges(rulebooks.loaded.rulebook.current.values())
        app = probes(lambda: _status(host, publisher), metrics.text, access(settings))
        log.info(
            "listening",
            at=await listening(settings, app, stack, metrics.connection_ended),
            kafka=settings.kafka.brokers,
        )
        await _until_stopped(host, pulse, stopping)


async def _check_partitions(kafka: KafkaSettings, publisher: Publisher) -> None:
    """Refuse settings that divide the subjects otherwise than the topic does: some would be nobody's."""
    there = await publisher.partitions(kafka.names.facts)
    if there != kafka.partitions:
        found = f"{kafka.names.facts} has {there} partitions, and the settings say {kafka.partitions}"
        raise StateError(f"{found}; set KEPT_KAFKA__PARTITIONS={there}")


async def _rulebooks(settings: Settings, publisher: Publisher, stack: AsyncExitStack) -> RulebookCache:
    """Load the standards, and publish the text of those that nobody has published before."""
    names, revisions = settings.kafka.names, Revisions()
    tail = Tail(await stack.enter_async_context(consuming(settings.kafka)), names.revisions, revisions.take)
    await tail.begin()
    rulebooks = RulebookCache(StandardsFiles(settings.standards), revisions.known, tail.catch_up)
    ours = revisions.missing(rulebooks.loaded, wall())
    await publisher.publish(
        [Message(names.revisions, 0, msgspec.json.encode(each), each.revision.encode()) for each in ours]
    )
    return rulebooks


async def _until_stopped(host: FaustHost, pulse: Pulse, stopping: asyncio.Event) -> None:
    working, asked = asyncio.create_task(host.run()), asyncio.create_task(stopping.wait())
    watching = [asyncio.create_task(pulse.run()), asyncio.create_task(host.watch())]
    done, _ = await asyncio.wait([working, asked, *watching], return_when=asyncio.FIRST_COMPLETED)
    for task in (asked, *watching):
        task.cancel()
    for task in watching:
        if task in done:  # it raised: nothing of what is in memory may be written
            log.error("this worker ends", why=str(task.exception()))
            os._exit(BAD_WORLD)  # Faust's own thread may be what hangs
    if asked in done:
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await host.stop()
        except TimeoutError:
            log.warning("stopped while Kafka was away; what was not acknowledged is judged again")
            os._exit(0)  # Faust's own thread waits for Kafka, and nothing here is left to be saved
        try:
            await working
        except Exception as error:  # noqa: BLE001 - it was asked to end, and ends; whatever was wrong is said
            log.warning("stopped out of order; what was not acknowledged is judged again", why=repr(error))
        return
    try:
        await working
    except Exception as error:
        if type(error) is Exception:  # so RocksDB says that its disk fails
            words = f"the state on this worker's disk cannot be used: {error}; see to the disk, and start it again"
            raise StateError(words) from None
        raise


def _told_once(failed: threading.ExceptHookArgs) -> None:
    """Say in one line that a thread ended: Faust's ends with an error when it cannot take leave of Kafka."""
    error = failed.exc_type.__name__ if failed.exc_value is None else repr(failed.exc_value)
    log.warning("a thread ended with an error", thread=failed.thread.name if failed.thread else "", error=error)


def _status(host: FaustHost, publisher: Publisher) -> Status:
    partitions = host.worker.partitions.values()
    reason = publisher.fault or ("" if host.ready else "the partitions are being brought back")
    return Status(
        ready=not reason,
        reason=reason,
        low=min((each.watermark.lows[0] for each in partitions), default=-1),
        newest=max((each.newest for each in partitions), default=-1),
        waiting=host.worker.waiting,
        problems=host.worker.problems,
    )
