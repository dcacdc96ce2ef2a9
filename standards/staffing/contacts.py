"""Counting contacts: from waiting, answered, given up and closed to who came, who was there and what was kept.

Somebody is taken to be there from the first contact they take to the last one's end; a gap of more than `AWAY` between
two of their own contacts is taken for absence.
Read next: `record.py`.
"""

from __future__ import annotations

from itertools import pairwise
from operator import attrgetter
from statistics import fmean
from typing import TYPE_CHECKING, Any

import msgspec

from standards.calendar.duration import MINUTE, SECOND
from standards.judge.events import type_of
from standards.judge.shapes import Level, Response
from standards.staffing.floor import SLOT
from standards.staffing.record import Key, Record, slices, wall
from standards.staffing.target import ABANDONED, ANSWERED, WAITING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from standards.judge.events import Event
    from standards.staffing.target import Target

CLOSED = "contact.closed"
TYPES = frozenset({WAITING, ANSWERED, ABANDONED, CLOSED})
AWAY = 30 * MINUTE
"""From so long a gap between two contacts on, somebody was not there in between."""
LONGEST = 12 * 60 * MINUTE
"""A contact that took longer was left open by mistake: how long it took is not known."""


class Contact(msgspec.Struct):
    """One contact. Instants are microseconds UTC; `came` is known whether or not anybody told of the wait."""

    came: int
    key: Key
    told_of: bool = False
    answered: int | None = None
    agent: str | None = None
    gave_up: int | None = None
    closed: int | None = None
    opening: Any = None
    answer: Any = None


def contacts_of(events: Iterable[Event], fields: tuple[str, ...]) -> list[Contact]:
    """Join events to contacts, in order of time. A contact that waits again, or is answered again, is another one."""
    found: list[Contact] = []
    live: dict[str, Contact] = {}
    for event in sorted(events, key=attrgetter("at")):
        name, kind = event.data.contact, type_of(event)
        contact = live.get(name)
        if kind == WAITING:
            live[name] = contact = Contact(event.at, _key(event, fields), told_of=True, opening=event.data)
            found.append(contact)
        elif kind == ANSWERED:
            if contact is None or contact.answered is not None:
                waited = int((event.data.waited or 0) * SECOND)
                live[name] = contact = Contact(event.at - waited, _key(event, fields))
                found.append(contact)
            contact.answered, contact.agent, contact.answer = event.at, event.data.agent, event.data
        elif contact is not None and kind == ABANDONED and contact.answered is None:
            contact.gave_up = event.at
            del live[name]
        elif contact is not None and kind == CLOSED and contact.answered is not None:
            contact.closed = event.at
            del live[name]
    return found


def records_of(events: Iterable[Event], target: Target, zone: ZoneInfo) -> list[Record]:
    """Count what a standard of answers or shares needs, a record for each line."""
    by_key: dict[Key, list[Contact]] = {}
    for contact in contacts_of(events, target.fields):
        by_key.setdefault(contact.key, []).append(contact)
    return [_record(key, contacts, target, zone) for key, contacts in sorted(by_key.items())]


def _key(event: Event, fields: tuple[str, ...]) -> Key:
    return tuple(str(getattr(event.data, field, None) or "") for field in fields)


def _record(key: Key, contacts: list[Contact], target: Target, zone: ZoneInfo) -> Record:
    at_once = target.kind == "share" or all(contact.told_of for contact in contacts)
    record = Record(key, {}, at_once=at_once)
    for contact in contacts:
        came = wall(contact.came, zone)
        day = record.day(came.date)
        day.arrivals[came.slot] += 1
        kept = verdict_of(contact, target)
        if kept is not None:
            (day.kept if kept else day.broken)[came.hour] += 1
        ended = contact.answered if contact.answered is not None else contact.gave_up
        if contact.told_of and ended is not None:
            day.waited += (ended - contact.came) / SECOND
            day.gave_up += contact.gave_up is not None
    _add_work(record, contacts, zone)
    _add_presence(record, contacts, zone)
    return record


def verdict_of(contact: Contact, target: Target) -> bool | None:
    """Say whether the standard was kept for a contact, as the judge would; None where it owes nothing, or no longer."""
    shape = target.standard.shape
    if isinstance(shape, Level):
        return _in_share(contact, shape, target.within)
    if not isinstance(shape, Response) or shape.within is None or not contact.told_of:
        return None
    where = shape.when.where
    if where is not None and not where.test(contact.opening, None):
        return None
    due = shape.hours.due(contact.came, shape.within) if shape.hours is not None else contact.came + shape.within
    if contact.answered is not None and contact.answered <= due:
        return True
    return None if target.forgiving and contact.gave_up is not None and contact.gave_up <= due else False


def _in_share(contact: Contact, shape: Level, within: float) -> bool | None:
    where = shape.when.where
    if contact.answered is None or (where is not None and not where.test(contact.answer, None)):
        return None
    if shape.hours is not None and not shape.hours.is_open(contact.answered):
        return None
    return (contact.answered - contact.came) / SECOND <= within


def _add_work(record: Record, contacts: list[Contact], zone: ZoneInfo) -> None:
    """Add how long each contact kept somebody busy: its own time, and what came after it before the next one.

    The time after is seen where the next contact of the same agent was waiting already. Elsewhere nobody knows when the
    agent was free again, and the mean of those that are seen stands for it.
    """
    taken: dict[str, list[Contact]] = {}
    for contact in contacts:
        if contact.answered is not None and _length(contact) is not None:
            taken.setdefault(contact.agent or "", []).append(contact)
    after: dict[int, float] = {}
    for agent, mine in taken.items():
        mine.sort(key=lambda contact: contact.answered or 0)
        for this, following in pairwise(mine if agent else []):
            ended = this.closed or 0
            gap = (following.answered or 0) - ended
            if following.came <= ended and 0 <= gap <= AWAY:
                after[id(this)] = gap / SECOND
    usual = fmean(after.values()) if after else 0.0
    for contact in (contact for mine in taken.values() for contact in mine):
        at = wall(contact.answered or 0, zone)
        record.day(at.date).work[at.hour].append((_length(contact) or 0.0) + after.get(id(contact), usual))


def _length(contact: Contact) -> float | None:
    """Give how long a contact took, in seconds, if that is known."""
    if contact.answered is None or contact.closed is None or not 0 <= contact.closed - contact.answered <= LONGEST:
        return None
    return (contact.closed - contact.answered) / SECOND


def _add_presence(record: Record, contacts: list[Contact], zone: ZoneInfo) -> None:
    spells: dict[str, list[tuple[int, int]]] = {}
    for contact in contacts:
        if contact.agent is not None and contact.answered is not None:
            end = contact.answered + int((_length(contact) or 0.0) * SECOND)
            spells.setdefault(contact.agent, []).append((contact.answered, end))
    for mine in spells.values():
        for start, end in _joined(sorted(mine)):
            for piece in slices(start, end, zone):
                record.day(piece.wall.date).present[piece.wall.slot] += piece.seconds
    for day in record.days.values():
        day.watched = [SLOT] * len(day.watched)


def _joined(spells: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spells that lie less than `AWAY` from each other."""
    joined = spells[:1]
    for start, end in spells[1:]:
        first, last = joined[-1]
        if start - last <= AWAY:
            joined[-1] = first, max(last, end)
        else:
            joined.append((start, end))
    return joined
