"""A running Kept: the embedded host, its web side, and the demo's floor and live view. An edge: it reads the clock."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import structlog

from alerts.channels.console import Console
from standards.errors import StateError
from standards.practice.closing import CLOSES_AFTER
from streams.delivery.channel_settings import secret_of
from streams.delivery.channels import channels_of
from streams.delivery.pushing import pushing
from streams.delivery.reminding import remind
from streams.documents.rules import policy_in, practice_in
from streams.embedded.embedded import EmbeddedHost
from streams.embedded.options import Options
from streams.embedded.steady_clock import SteadyClock
from streams.floor.playing import DEMO, DemoClock, play, simulate
from streams.floor.praise import told_before
from streams.live.folding import Folder
from streams.live.ledger_output import LedgerOutput
from streams.live.logging_setup import configure_logs, follow, resume
from streams.live.refusal_log import RefusalLog
from streams.live.screen import show, terminal
from streams.live.writing import PatientStream, patient
from streams.metrics import Metrics
from streams.names.names import Names
from streams.names.secret import read_secret
from streams.settings import StandardsFiles
from streams.web import Limits, Usual, access, application, links, listening

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

    from alerts.channels import Channel
    from streams.delivery.pushing import Pushing
    from streams.settings import Settings


class Plan(NamedTuple):
    """What to run. `speed`, `seed` and `calm` are the demo's; `plain`: log lines, even on a terminal."""

    settings: Settings
    demo: bool = False
    speed: float = 1.0
    seed: int = 1
    calm: bool = False
    plain: bool = False

    @property
    def standards(self) -> tuple[str, ...]:
        """The files and folders to judge by: those that are set, or the demo's own."""
        return self.settings.standards or (tuple(map(str, DEMO)) if self.demo else ())


async def run(plan: Plan, machine: SteadyClock | None = None) -> None:
    """Run until asked to stop. `machine` is this machine's clock, unless another is to be taken for it.

    Raises SpecError, StateError and OSError when it cannot start.
    """
    console = terminal()
    settings = plan.settings
    live, as_json = console.is_terminal and not plan.plain, settings.log_format == "json"
    machine = machine or SteadyClock(settle=settings.clock_settle)
    clock = DemoClock(machine.wall(), speed=plan.speed) if plan.demo else machine
    if not plan.standards:
        raise StateError("no standards to judge by; name them with --standards PATH, or try --demo")
    if settings.time == "events":
        raise StateError("KEPT_TIME=events is for Kafka; history is judged by kept backtest, so leave KEPT_TIME out")
    async with AsyncExitStack() as stack:
        folder = _folder(plan, stack)
        log_file = folder / "kept.log"
        to_err = partial(patient, sys.stderr.fileno(), as_json=as_json)
        talk = stack.enter_context(log_file.open("a", encoding="utf-8") if live else to_err())
        configure_logs(talk, as_json=as_json)
        phones = pushing(settings, folder, machine.wall)
        channels = [*([] if live else [Console(talk, as_json=as_json)]), *channels_on(settings, machine, phones)]
        made = host_of(plan, clock, folder, channels, names_of(settings, folder, stack))
        made.devices = phones.devices if phones else None
        stack.push(made.stopping.say)
        refusals = RefusalLog()
        made.listen(refusals.listen)  # before the start, which lets fall what fell due meanwhile
        stack.callback(refusals.close)
        if not live:
            # before the host: what it says last is written too
            lines = stack.enter_context(PatientStream(sys.stdout.fileno(), as_json=as_json))
            output = LedgerOutput(made, lines, folder, as_json=as_json)
            made.listen(output)
            stack.callback(output.note)
        host = await stack.enter_async_context(made)
        view = Folder(host.rulebook.current, zone=settings.zone)
        resume(view, host)
        host.listen(follow(view, host))
        view.api = await _serve(settings, host, stack)
        reminders = asyncio.create_task(remind(host.channels.values(), host.read_model.standing, host.wall, host.names))
        stack.callback(reminders.cancel)
        work: list[Coroutine[None, None, None]] = []
        if isinstance(clock, DemoClock):
            start = clock.wall()
            work.append(play(host, clock, chain(told_before(start), simulate(plan.seed, start, calm=plan.calm))))
        if live:
            work.append(show(view, clock, asyncio.Event(), console=console, low=lambda: host.now_status().low))
        else:
            _say_where(view, folder, settings)
        await _work_until_stopped(host, work, on_terminal=console.is_terminal)


async def _serve(settings: Settings, host: EmbeddedHost, stack: AsyncExitStack) -> str:
    """Open the web side. Nothing was judged since the host started, so the metrics begin with what is stored."""
    metrics = Metrics("run", tuple(host.channels))
    metrics.start(host.read_model.open())
    host.listen(metrics.committed)
    host.listen_deliveries(metrics.delivered)
    if host.devices is not None:
        host.devices.listen(metrics.device_dropped)
    may, usual = access(settings, host.folder), Usual(settings.zone, settings.language)
    app = application(host, metrics, may, Limits(max_skew=settings.max_skew), usual)
    return await listening(settings, app, stack, metrics.connection_ended)


async def _work_until_stopped(
    host: EmbeddedHost, work: Iterable[Coroutine[None, None, None]], *, on_terminal: bool
) -> None:
    """Do the work until the host is asked to stop, or some of it fails."""
    tasks = [asyncio.create_task(each) for each in work]
    stopped = asyncio.create_task(host.until_stopped(on_terminal=on_terminal))
    await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in (stopped, *tasks):
        task.cancel()
    for ended in await asyncio.gather(stopped, *tasks, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended


def names_of(settings: Settings, folder: Path, stack: AsyncExitStack) -> Names:
    """Open the names of a data folder, until the stack is left. Raises StateError."""
    names = Names(folder, read_secret(folder, secret_of(settings.person_secret)))
    stack.callback(names.close)
    return names


def _folder(plan: Plan, stack: AsyncExitStack) -> Path:
    """Give the data folder: the demo's is a fresh one, as its fast clock must not meet data of another run."""
    folder = plan.settings.data
    if plan.demo and "data" not in plan.settings.model_fields_set:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="kept-demo-")))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise StateError(f"{folder} is a file, and the data needs a folder; choose another with --data") from None
    return folder


def channels_on(settings: Settings, machine: SteadyClock, phones: Pushing | None = None) -> list[Channel]:
    """Make the channels that are set; they tell the host's time, which goes over to the machine's with it."""
    maker = links(settings)
    return channels_of(settings, machine.wall, maker.of if maker else None, phones.channel if phones else None)


def host_of(
    plan: Plan, clock: DemoClock | SteadyClock, folder: Path, channels: list[Channel], names: Names
) -> EmbeddedHost:
    """Make the host of a plan, which has yet to be started."""
    settings = plan.settings
    grace, closes_after = settings.grace, CLOSES_AFTER
    if isinstance(clock, DemoClock):
        grace, closes_after = clock.grace, clock.closes_after
    options = Options(
        grace=grace, max_skew=settings.max_skew, zone=settings.zone, language=settings.language, keep=settings.keep,
        closes_after=closes_after,
        policies=partial(policy_in, plan.standards), practices=partial(practice_in, plan.standards), names=names,
    )  # fmt: skip
    host = EmbeddedHost(folder, StandardsFiles(plan.standards), clock=clock.wall, channels=channels, options=options)
    host.backlog = settings.backlog
    if isinstance(clock, SteadyClock):
        host.watched_clock = clock
    return host


def without_effect(settings: Settings) -> list[str]:
    """Say for people which settings were given that a host on one machine does not heed."""
    if "lateness" not in settings.model_fields_set:
        return []
    return ["KEPT_LATENESS has no effect here any more: late events are judged where they belong; leave it out"]


def _say_where(view: Folder, folder: Path, settings: Settings) -> None:
    structlog.get_logger("kept").info("watching", api=view.api, data=str(folder), standards=len(view.standards))
    for each in without_effect(settings):
        structlog.get_logger("kept").warning(each)
    if not settings.address.loopback:
        structlog.get_logger("kept").warning("other machines can reach this; each request needs KEPT_TOKEN")
