"""`kept serve`: the read model, the API and this process's share of the notices, as one process.

An edge: here the clock is read, and signals are heard.
Read next: `serve_host.py`; `streams/embedded/running.py`, the same for the embedded host.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from typing import TYPE_CHECKING

import structlog

from alerts.channels.console import Console
from standards.errors import StateError
from streams.delivery.channels import channels_of
from streams.delivery.pushing import pushing
from streams.delivery.reminding import remind
from streams.kafka.clients.edge import stop_signals, wall
from streams.kafka.serve.serve_host import ServeHost
from streams.live.folding import Folder
from streams.live.ledger_output import LedgerOutput
from streams.live.logging_setup import configure_logs, follow, resume
from streams.live.refusal_log import RefusalLog
from streams.live.screen import show, terminal
from streams.live.writing import PatientStream, patient
from streams.metrics import Metrics
from streams.web import Limits, Usual, access, application, links, listening

if TYPE_CHECKING:
    from pathlib import Path

    from streams.settings import Settings

log = structlog.get_logger("kept")


class _WallClock:
    """This machine's clock, as the live view wants it."""

    speed = 1.0
    wall = staticmethod(wall)


async def run(settings: Settings) -> None:
    """Run until asked to stop. Raises SpecError, StateError and OSError when it cannot start."""
    if not settings.standards:
        raise StateError("no standards to show; name them with --standards PATH")
    console, stopping = terminal(), stop_signals()
    live, as_json = console.is_terminal, settings.log_format == "json"
    async with AsyncExitStack() as stack:
        log_file = _folder(settings) / "kept.log"
        to_err = partial(patient, sys.stderr.fileno(), as_json=as_json)
        talk = stack.enter_context(log_file.open("a", encoding="utf-8") if live else to_err())
        # before the host: what it says last is written too
        lines = stack.enter_context(PatientStream(sys.stdout.fileno(), as_json=as_json))
        written = stack.enter_context(ExitStack())
        configure_logs(talk, as_json=as_json)
        stack.push(stopping.say)
        logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it says the same many times; the outlet says it once
        maker = links(settings)
        phones = pushing(settings, None, wall)
        elsewhere = channels_of(settings, wall, maker.of if maker else None, phones.channel if phones else None)
        channels = [*([] if live else [Console(talk, as_json=as_json)]), *elsewhere]
        name = f"http/{socket.gethostname()}-{os.getpid()}-{wall()}"  # no other process has it, now or later
        devices = phones.devices if phones else None
        host = ServeHost(settings, clock=wall, name=name, channels=channels, devices=devices)
        await stack.enter_async_context(host)
        view = Folder(host.kafka_host.rulebook.current, zone=settings.zone)
        resume(view, host.kafka_host)
        host.follower.listen(follow(view, host.kafka_host))
        view.api = await _serve(settings, host, stack)
        if live:
            drawing = asyncio.create_task(
                show(view, _WallClock(), asyncio.Event(), console=console, low=lambda: host.kafka_host.now_status().low)
            )
            stack.callback(drawing.cancel)
        else:
            # a database that is made anew need not tell all that ever was
            output = LedgerOutput(
                host.kafka_host, lines, settings.data, as_json=as_json, waits=lambda: bool(host.follower.fault)
            )
            host.follower.listen(output)
            written.callback(output.note)
            log.info("serving", api=view.api, data=str(settings.data), brokers=settings.kafka.brokers)
        host.start()
        reminders = asyncio.create_task(remind(channels, host.standing, wall, host.kafka_host.names))
        stack.callback(reminders.cancel)
        await host.work_until(stopping)


def _folder(settings: Settings) -> Path:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StateError(f"{settings.data} cannot be used for data: {reason}; choose another with --data") from None
    return settings.data


async def _serve(settings: Settings, host: ServeHost, stack: AsyncExitStack) -> str:
    """Open the web side. Nothing was folded since the host opened, so the metrics begin with what is stored."""
    metrics = Metrics("serve", host.channels)
    metrics.start(host.kafka_host.read_model.open())
    host.follower.listen(metrics.committed)
    refusals = RefusalLog()
    host.kafka_host.listen_refusals(refusals.listen)
    stack.callback(refusals.close)
    host.listen_deliveries(metrics.delivered)
    if host.kafka_host.devices is not None:
        host.kafka_host.devices.listen(metrics.device_dropped)
    may, usual = access(settings, settings.data), Usual(settings.zone, settings.language)
    app = application(host.kafka_host, metrics, may, Limits(max_skew=settings.max_skew), usual)
    return await listening(settings, app, stack, metrics.connection_ended)
