"""Who reads a message: in which language and zone, and what places are called.

A person's own language and zone come first, those of the site of which is told second, the host's last.
Read next: `alerts/routing/sentences.py`, which writes for a reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from alerts.policy.policy import MACHINES, TEAM, UTC_ZONE, Person, Policy, Site, field_of, place_of
from alerts.words.words import SOURCE, Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from alerts.policy.policy import People
    from standards.judge.ledger import Line


class Reader(msgspec.Struct, frozen=True):
    """How a message is written for somebody. `names_zone`: times say their zone, which is nobody's own.

    `sees_persons`: it may say who of us it is about.
    """

    words: Words = Words()
    zone: ZoneInfo = UTC_ZONE
    names_zone: bool = True
    names: Mapping[str, str] = {}
    sees_persons: bool = False

    def clock(self, at: int, now: int) -> str:
        """Tell an instant (microseconds UTC) to them, as it is read at another one."""
        return self.words.clock(at, self.zone, now, named=self.names_zone)

    def clock_beside(self, at: int, now: int) -> str:
        """Do the same beside another time, which says the zone."""
        return self.words.clock(at, self.zone, now)


def reader_of(policy: Policy, line: Line, person: Person | None = None) -> Reader:
    """Give who reads of a line; nobody in particular reads as the site does, a machine in English and the host's zone.

    The host's zone is named where it is UTC, or where others have zones of their own.
    """
    people = policy.people
    names = {} if people is None else people.names
    site = Site() if people is None else people.sites.get(place_of(line), Site())
    person = person or Person("")
    several = people is not None and people.has_zones
    hosts_named = several or policy.zone.key == UTC_ZONE.key
    if person.name in MACHINES:
        return Reader(Words(SOURCE), policy.zone, hosts_named, names)
    own = person.zone or site.zone
    named = own is None and hosts_named
    words = Words(person.language or site.language or policy.language)
    return Reader(words, own or policy.zone, named, names, people is not None and _is_of_team(people, line, person))


def _is_of_team(people: People, line: Line, person: Person) -> bool:
    """Say whether somebody, or a room, is of the team that a line is about: only colleagues are told who it was.

    That is the team that stands on the line or, without one, that which is called as the site is.
    """
    team = people.teams.get(field_of(line, TEAM) or place_of(line))
    return team is not None and (person.name == team.name or any(it.person == person.name for it in team.members))
