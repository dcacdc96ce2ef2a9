"""The policy: who is told what, when, and when not. Frozen values, and the questions that the router asks of them.

Without a policy document there are no people: everything worth telling goes to everybody's channels, as it comes.
Knows: people, routes, silences, and how a line of the ledger is matched. Must not know: how any of it is written down,
or what was told before. Read next: `alerts/routing/router.py`, which decides by it, and `policy_document.py`, which
reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from alerts.words.catalogues import SOURCE
from standards.calendar.duration import DAY, HOUR, MINUTE
from standards.natural import as_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from standards.calendar.hours import Hours
    from standards.judge.ledger import Line
    from standards.judge.standard import Standard
    from standards.practice.practice import Scenario

UTC_ZONE = ZoneInfo("UTC")
LINE_FIELDS = ("standard", "owner", "aspect", "severity", "subject")
"""What a match can ask of every line, beside the fields that its standard gives it."""
PLACE = "site"
"""The field by which lines are kept apart: groups never span two places, and nothing inhibits across them."""
TEAM = "team"
"""The field that says which team a line is about."""


MACHINES = ("alertmanager", "webhook")
"""Channels that filter for themselves: they get every promise at once, by itself, unless a route tells them."""
ADDRESSED = ("push",)
"""Channels that reach only who has an address there: nobody else is told by them."""


class Match(msgspec.Struct, frozen=True):
    """Conditions on a line: each field has one of its values. No conditions fit every line."""

    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def fits(self, line: Line) -> bool:
        """Say whether a line meets all of them."""
        return all(field_of(line, name) in values for name, values in self.terms)


def field_of(line: Line, name: str) -> str:
    """Give a field of a line as text; what it does not have is empty."""
    if name in LINE_FIELDS:
        return str(getattr(line, name))
    found = line.fields.get(name)
    return "" if found is None else str(found)


def place_of(line: Line) -> str:
    """Give the place that a line is about, or nothing."""
    return field_of(line, PLACE)


class Person(msgspec.Struct, frozen=True):
    """Somebody, or a team's own room, who can be told: addresses by channel, and how they read.

    Without a zone times are those of the site, or else of the host, and so is the language. In `quiet` hours they
    hear of what has the severity `page` only. `budget` is how many messages an hour they want; 0: no limit. More
    stand in a summary of pages soon after, and of all else in the next digest. `also` are other names of theirs.
    """

    name: str
    addresses: dict[str, str] = {}
    zone: ZoneInfo | None = None
    quiet: Hours | None = None
    budget: int = 0
    language: str = ""
    also: tuple[str, ...] = ()


class Site(msgspec.Struct, frozen=True):
    """How messages about a site are read by who has no zone or language of their own."""

    zone: ZoneInfo | None = None
    language: str = ""


class Member(msgspec.Struct, frozen=True):
    """Somebody in a team, and the hours of their shifts; None: always."""

    person: str
    shift: Hours | None = None


class Team(msgspec.Struct, frozen=True):
    """People who are told together; with addresses of its own, the team's room is told as well.

    Its language is that of members who have none of their own.
    """

    name: str
    members: tuple[Member, ...] = ()
    room: bool = False
    language: str = ""


class EscalationStep(msgspec.Struct, frozen=True):
    """One step of a chain: who is told when nobody has acknowledged `after` so many microseconds from the first."""

    after: int
    tell: tuple[str, ...]


REPEAT: Mapping[str, int] = {"page": 30 * MINUTE, "ticket": DAY}
"""How often trouble of a severity is told again, in microseconds, where a route does not say."""
TAKEN_FOR: Mapping[str, int] = {"page": HOUR, "ticket": DAY}
"""For how long somebody has it before they are asked, where a route does not say."""
LONGEST_WELL = 15 * MINUTE
"""How long at most all must be well where trouble comes back again and again, if a route does not say more."""


class Route(msgspec.Struct, frozen=True):
    """Lines that match it go up its chain. Spans are microseconds; 0 is never for `repeat`, at once for the others.

    What has the same values of `group_by` is told in one message, where it comes within `group_wait`. An all-clear
    waits for `well_for`: trouble that comes back meanwhile is the same trouble. Nothing is told in the `mute` hours.
    One without a name has its place among the others as `number`, and is called by what it says.
    """

    name: str
    match: Match
    chain: tuple[EscalationStep, ...]
    group_by: tuple[str, ...] = ("standard",)
    group_wait: int = 0
    well_for: int = 0
    repeat: int | None = None
    taken: int | None = None
    mute: tuple[Hours, ...] = ()
    go_on: bool = False
    number: int = 0

    def group_of(self, line: Line) -> tuple[str, ...]:
        """Give the values by which a line is grouped: what nobody can know is one matter at one place."""
        if line.verdict == "unknown":
            return ("", place_of(line))
        return tuple(field_of(line, name) for name in self.group_by)

    def repeats(self, line: Line) -> bool:
        """Say whether a line is told to more than the first, and again.

        Not what informs, nor what nobody can know, or came too late to be judged: there is nothing that one can take.
        """
        return line.severity != "info" and line.verdict != "unknown" and line.reason != "came-too-late"

    def repeat_of(self, line: Line) -> int:
        """Give how often a line's trouble is told again, in microseconds; 0 is never."""
        if not self.repeats(line):
            return 0
        return REPEAT.get(line.severity, 0) if self.repeat is None else self.repeat

    def well_after(self, line: Line, times: int) -> int:
        """Give how long all must be well before the end that a line is is told, where trouble came back so often."""
        if line.kind == "given_up":
            return 0
        return max(self.well_for, min(self.well_for << min(times, 10), LONGEST_WELL))

    def taken_of(self, severity: str) -> int:
        """Give for how long somebody has trouble of a severity before they are asked, in microseconds."""
        return TAKEN_FOR.get(severity, DAY) if self.taken is None else self.taken

    @property
    def answer_within(self) -> int:
        """How long an answer is waited for: as long as for the first one."""
        return self.chain[1].after if len(self.chain) > 1 else 10 * MINUTE


class Inhibition(msgspec.Struct, frozen=True):
    """While a promise that `cause` fits is broken, what `mutes` fits is not told where the `same` fields agree."""

    cause: Match
    mutes: Match
    same: tuple[str, ...] = (PLACE,)

    def holds(self, broken: Line, line: Line) -> bool:
        """Say whether one line's trouble keeps another one from being told."""
        return (
            broken.promise != line.promise
            and self.cause.fits(broken)
            and self.mutes.fits(line)
            and all(field_of(broken, name) == field_of(line, name) for name in self.same)
        )


class Silence(msgspec.Struct, frozen=True):
    """Somebody wants to hear nothing of what matches, until an instant (microseconds UTC).

    `since` is when they said so; -1 where that is not known, as in a policy document.
    """

    name: str
    match: Match
    until: int
    by: str = ""
    why: str = ""
    since: int = -1


class People(msgspec.Struct, frozen=True):
    """What a policy document says. `people` holds the teams' own rooms too, by the team's name.

    A digest collects for `digest_after` at least, and goes at most every `digest_every`, in microseconds. `channels`
    are those that are set up; None where that is not known. `names` are what people call sites and parts of subjects.
    """

    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    routes: tuple[Route, ...]
    inhibitions: tuple[Inhibition, ...] = ()
    silences: tuple[Silence, ...] = ()
    digest_after: int = 10 * MINUTE
    digest_every: int = 30 * MINUTE
    channels: frozenset[str] | None = None
    names: Mapping[str, str] = {}
    sites: Mapping[str, Site] = {}

    @property
    def known_sites(self) -> frozenset[str]:
        """The sites that it tells of: also those of which it names a part, as the till `s1/t1` is at the site `s1`."""
        return frozenset(self.sites) | {name.partition("/")[0] for name in self.names if "/" in name}

    @property
    def machines(self) -> tuple[str, ...]:
        """Those that no route tells, and that get everything therefore."""
        told = {name for route in self.routes for step in route.chain for name in step.tell}
        return tuple(name for name in MACHINES if name not in told)

    @property
    def has_zones(self) -> bool:
        """Whether anybody or any site has a zone of its own, so that the host's is not everybody's."""
        return any(it.zone is not None for found in (self.people, self.sites) for it in found.values())

    def known_as(self, name: str) -> str:
        """Give somebody's name as the policy has it, however they wrote it; one that it does not have stays."""
        return name if name in self.people else as_known(name, self.people)

    def person(self, name: str) -> Person:
        """Give somebody by name; who is not in the policy any more has no address, and so hears by every channel."""
        return self.people.get(name) or Person(name)

    def can_be_told(self, names: Iterable[str]) -> bool:
        """Say whether any of these people has a channel: one of their own addresses, or any that may lead to people."""
        channels = self.channels
        if not channels or channels - {"alertmanager"}:
            return True
        return any(channels & self.person(name).addresses.keys() for name in names)

    def route(self, name: str) -> Route:
        """Give a route by name; one that is not in the policy any more tells nobody else."""
        gone = Route(name, Match(), (EscalationStep(0, ()),))
        return next((route for route in self.routes if route.name == name), gone)

    def routes_of(self, line: Line) -> Iterator[Route]:
        """Give the routes of a line: the first that fits, and those after it where a route lets others go on."""
        for route in self.routes:
            if route.match.fits(line):
                yield route
                if not route.go_on:
                    return

    def reached(self, names: Iterable[str], at: int) -> tuple[str, ...]:
        """Give the people, and rooms, that these names of people and teams stand for at an instant, each once.

        Of a team those on shift; where nobody is, all of them: better too many than nobody.
        """
        found: dict[str, None] = {}
        for name in names:
            team = self.teams.get(name)
            if team is None:
                found[name] = None
                continue
            here = [m.person for m in team.members if m.shift is None or m.shift.is_open(at)]
            found.update(dict.fromkeys(here or [member.person for member in team.members]))
            if team.room:
                found[name] = None
        return tuple(found)


class Policy(msgspec.Struct, frozen=True):
    """What is decided by: the standards by revision, for their wording, people, and the host's own zone and language.

    Without `people`, what is worth telling is told to everybody. `scenarios` are those of the practice document.
    """

    standards: Mapping[str, Standard]
    zone: ZoneInfo = UTC_ZONE
    people: People | None = None
    language: str = SOURCE
    scenarios: Mapping[str, Scenario] = {}
