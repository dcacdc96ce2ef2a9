"""Erases a name: by the host that runs, over its own API; by one that is started for it, where none does. An edge.

Read next: `streams/web/api/persons.py`, which does it.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

import msgspec

from alerts.channels.console import Console
from standards.calendar.duration import DAY, SECOND
from standards.errors import StateError
from streams.delivery.pushing import pushing
from streams.embedded.asking_host import BusyError, RefusedError, asked_host
from streams.embedded.running import Plan, channels_on, host_of, names_of
from streams.embedded.steady_clock import SteadyClock
from streams.live.logging_setup import configure_logs
from streams.names.erasing import BLOCKED_FOR
from streams.storage.sqlite import FILE, FolderLock
from streams.web.api.person_views import ErasedAnswer
from streams.web.api.persons import JUDGED_WITHIN, Persons
from streams.web.forms import Erasure
from streams.web.problem import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from streams.settings import Settings

PATIENCE: Final = 4.0 * JUDGED_WITHIN
"""How long an answer is waited for, in seconds, once judging does not wait for events any more: they leave first, and
many texts may have to be looked through, and all that brokers hold."""
MOST_ASKED: Final = 60
"""How often a host is asked that waits for judging: it does so for a minute each time."""


def erase(settings: Settings, person: str, by: str) -> ErasedAnswer:
    """Erase a name, or a text, in the data folder. Raises RefusedError, StateError, SpecError."""
    if not (settings.data / FILE).is_file() or _in_use(settings.data):
        return _by_host(settings, person, by)
    try:
        return asyncio.run(_alone(settings, Erasure(person=person, by=by)))
    except Problem as problem:
        raise RefusedError(problem.detail) from None


def _in_use(folder: Path) -> bool:
    try:
        FolderLock(folder).release()
    except StateError:
        return True
    return False


def _by_host(settings: Settings, person: str, by: str) -> ErasedAnswer:
    """Ask a host, and again while it waits for judging: that may take longer than one answer. Raises as `erase`."""
    given, patience = {"person": person, "by": by}, PATIENCE + settings.grace / SECOND
    for _ in range(MOST_ASKED):
        try:
            with asked_host(settings, "/v1/persons/erase", given, patience=patience) as answer:
                return msgspec.json.decode(answer.read(), type=ErasedAnswer)
        except BusyError as error:
            if error.seconds < JUDGED_WITHIN:  # else it has waited for so long itself
                raise
            said = error
        sys.stderr.write(
            "Their leaving is not judged yet; it is waited for. Ctrl-C ends that, and nothing is erased.\n"
        )
    raise said


async def _alone(settings: Settings, given: Erasure) -> ErasedAnswer:
    """Start a host as `kept run` does, but for its web side, until it has erased a name."""
    if not settings.standards:
        raise StateError("no `kept run` has this folder now; name its standards with --standards PATH, to judge by")
    configure_logs(sys.stderr, as_json=settings.log_format == "json")
    machine = SteadyClock(settle=settings.clock_settle)
    async with AsyncExitStack() as stack:
        phones = pushing(settings, settings.data, machine.wall)
        channels = [Console(sys.stderr), *channels_on(settings, machine, phones)]
        names = names_of(settings, settings.data, stack)
        made = host_of(Plan(settings), machine, settings.data, channels, names)
        made.devices = phones.devices if phones else None
        host = await stack.enter_async_context(made)
        return await Persons(host, names).take(given)


def in_words(erased: ErasedAnswer) -> str:
    """Say what is deleted, what is left for somebody to look at, and what Kept cannot reach."""
    who, told = erased.reference, []
    if who.startswith("t"):
        told.append(f"The text {who} is deleted." if erased.names else f"The text {who} was deleted already.")
    elif not erased.names and erased.held is not None:
        told.append(f"{who} was forgotten before.")
    else:
        told += [
            f"{who} names nobody any more: {_some(erased.names, 'name', 'names')} led there, and none does now.",
            f"Texts in which the whole name stood, which was taken out: {erased.texts}.",
            f"Phones and browsers that rang for them, and do not any more: {erased.devices}.",
            "The ledger, what people did, and messages have references alone, and stay: of a former colleague.",
        ]
    told += _on_brokers(erased)
    if erased.near:
        told += [
            "",
            "Something like the name stands in these texts. Read them on the board; kept erase TEXT deletes one:",
        ]
        told += [
            f"  {each.reference}  {_where(each.type, each.promise, str(each.at or '')[:10])}" for each in erased.near
        ]
        told += [f"  and {erased.more} more"] if erased.more else []
    told += [
        "",
        "What is left:",
        "- backups: keep none of the file of names for longer than 30 days",
        "- messages that were sent: mails, chats, pushes, and what their receivers made of them",
        "- names in ids, in contacts' numbers, and in fields that are not marked",
        f"- senders: what still comes under the name is somebody new; for {BLOCKED_FOR // DAY} days Feeds names them",
    ]
    return "\n".join(told)


def _on_brokers(erased: ErasedAnswer) -> list[str]:
    if erased.held is None:
        return []
    if not erased.held:
        return ["Kafka's brokers have it no more on their disks."]
    until = f" by {erased.held_until:%Y-%m-%d %H:%M} UTC at the latest" if erased.held_until else ""
    return [f"Kafka's brokers have it on their disks still. They overwrite it{until}; ask again then to be sure."]


def _some(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _where(kind: str, promise: str, day: str) -> str:
    if not kind:
        return "came with an event, which nobody did on the board"
    return ", ".join(filter(None, (kind, day, f"about the promise {promise}" if promise else "")))
