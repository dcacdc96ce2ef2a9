"""Reading a policy document: text in, `policy.People` out, or everything that is wrong with it, each at its place.

Read next: `policy_model.py` for the keys, `policy.py` for what comes out.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar, get_args

from alerts.policy.places_document import in_their_teams_language, language_in, names_in, sites_in, zone_in
from alerts.policy.policy import (
    LINE_FIELDS,
    MACHINES,
    PLACE,
    EscalationStep,
    Inhibition,
    Match,
    Member,
    People,
    Person,
    Route,
    Silence,
    Team,
)
from alerts.policy.policy_model import (
    NEVER,
    DigestModel,
    InhibitionModel,
    MemberModel,
    PersonModel,
    PolicyModel,
    RouteModel,
    SilenceModel,
    StepModel,
    TeamModel,
)
from alerts.policy.route_names import RouteNames
from standards.calendar.hours import did_you_mean
from standards.documents.declared import Calendar, calendar
from standards.documents.declared_model import HoursModel
from standards.documents.document import Document
from standards.documents.entries import Entry
from standards.documents.sections import Sections, accepted, without
from standards.documents.strict import Strict
from standards.expressions.persons import why
from standards.judge.events import microseconds
from standards.judge.standard import Aspect, Severity
from standards.natural import name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from standards.calendar.hours import Hours
    from standards.compiler.spec import Source
    from standards.documents.declared import ReadFile
    from standards.documents.document import Value
    from standards.judge.standard import Standard

M = TypeVar("M", bound=Strict)


def load_policy(source: Source, standards: Iterable[Standard], *, read: ReadFile | None = None) -> People:
    """Read a policy for these standards; `read` gives the text of an .ics file. Raises SpecError with all findings."""
    document = Document(source.name, source.text)
    reading = _Reading(Sections(document, PolicyModel), list(standards), read)
    return accepted(document, reading.people() if document.whole else None)


class _Reading:
    """One document. What is wrong goes to the findings of its entries."""

    def __init__(self, sections: Sections, standards: list[Standard], read: ReadFile | None) -> None:
        self.sections, self.top = sections, sections.top
        self.read = read
        self.known = {
            "standard": {standard.id for standard in standards},
            "owner": {standard.owner for standard in standards if standard.owner},
            "aspect": set(get_args(Aspect)),
            "severity": set(get_args(Severity)),
        }
        self.fields = {*LINE_FIELDS, PLACE}.union(*((*standard.per, *standard.carry) for standard in standards))
        self.persons = frozenset[str]().union(*(standard.persons for standard in standards))
        self.calendars: dict[str, Calendar | None] = {}
        self.names, self.unnamed = set[str](), RouteNames()
        self.called = dict[str, str]()

    def people(self) -> People | None:
        self.sections.check_top()
        if not self.top.document.data.get("routes"):
            self.top.error("missing-key", "the policy has no routes, so nobody would be told", "add routes:")
        self.calendars = dict.fromkeys(self.sections.of("calendars"))
        for entry, model in self.sections.named("calendars", HoursModel):
            self.calendars[entry.name] = calendar(entry, model, self.read)
        self.names = {name for section in ("people", "teams") for name in self.sections.of(section)}
        self.called = {name_key(name): name for name in self.names}
        people = {e.name: self._person(e, m) for e, m in self.sections.named("people", PersonModel)}
        teams = {e.name: self._team(e, m) for e, m in self.sections.named("teams", TeamModel, "members")}
        for name in people.keys() & teams.keys():
            fix = "give one of the two another name"
            self.top.at("teams", name).error("duplicate-name", f"{name!r} is a person too", fix, key=True)
        rooms = self._rooms()
        routes = {e.path[-1]: self._route(e, m) for e, m in self.sections.listed("routes", RouteModel, "escalate")}
        self._check_names(routes)
        told = {name for route in routes.values() for step in route.chain for name in step.tell}
        rooms |= {name: Person(name, {name: name}) for name in MACHINES if name in told and name not in self.names}
        inhibitions = [self._inhibition(e, m) for e, m in self.sections.listed("inhibit", InhibitionModel)]
        silences = [self._silence(e, m) for e, m in self.sections.listed("silences", SilenceModel)]
        digest = self.top.at("digest").read(DigestModel, self.top.document.data.get("digest") or {})
        after = None if digest is None else self.top.at("digest", "after").duration(digest.after, least=0)
        every = None if digest is None else self.top.at("digest", "every").duration(digest.every, least=0)
        return People(
            people={**in_their_teams_language(people, teams), **rooms}, teams=teams,
            routes=tuple(routes.values()), inhibitions=tuple(inhibitions),
            silences=tuple(silence for silence in silences if silence is not None),
            digest_after=after or 0, digest_every=every or 0,
            names=names_in(self.top.at("names"), self.sections.of("names")),
            sites=sites_in(self.top.at("sites"), self.sections.of("sites")),
        )  # fmt: skip

    def _parts(self, entry: Entry, key: str, model: type[M]) -> Iterator[tuple[Entry, M]]:
        """Read the entries of a list inside of an entry."""
        outer: Value = self.top.document.data
        for part in entry.path:
            outer = outer[part] if isinstance(outer, dict | list) else None  # type: ignore[call-overload,index,unused-ignore]
        inner = outer.get(key, []) if isinstance(outer, dict) else []
        if not isinstance(inner, list):
            entry.at(key).error("wrong-type", f"{key} must be a list", "write each entry with - in front")
            return
        for index, data in enumerate(inner):
            part_entry = entry.at(key, index)
            found = part_entry.read(model, data)
            if found is not None:
                yield part_entry, found

    def _hours(self, entry: Entry, name: str | None) -> Hours | None:
        if name is None:
            return None
        if name not in self.calendars:
            entry.unknown("calendar", name, self.calendars)
            return None
        found = self.calendars[name]
        if found is not None and found.hours is None:
            fix = "give the calendar hours, or leave it out here"
            entry.error("always-open", f"the calendar {name!r} is always open, so it tells no times apart", fix)
        return found.hours if found is not None else None

    def _person(self, entry: Entry, model: PersonModel) -> Person:
        quiet = self._hours(entry.at("quiet"), model.quiet)
        zone, language = zone_in(entry, model.timezone), language_in(entry, model.language)
        return Person(entry.name, model.addresses, zone, quiet, model.budget or 0, language, self._also(entry, model))

    def _also(self, entry: Entry, model: PersonModel) -> tuple[str, ...]:
        """Give somebody's other names; one that is another one's, or stands with two people, is reported."""
        for index, name in enumerate(model.also):
            owner = self.called.setdefault(name_key(name), entry.name)
            if owner != entry.name:
                fix = "take it from one of the two"
                entry.at("also", index).error("duplicate-name", f"{name!r} is a name of {owner!r} already", fix)
        return tuple(model.also)

    def _team(self, entry: Entry, model: TeamModel) -> Team:
        members = []
        for part, member in self._parts(entry, "members", MemberModel):
            if member.person not in self.sections.of("people"):
                place = part.at("person") if (*part.path, "person") in entry.document.spots else part
                place.unknown("person", member.person, self.sections.of("people"))
            members.append(Member(member.person, self._hours(part.at("shift"), member.shift)))
        if not members and not model.addresses:
            entry.error("empty-team", f"nobody is in {entry.name}", "add members: or addresses:", key=True)
        zone_in(entry, model.timezone)
        return Team(entry.name, tuple(members), bool(model.addresses), language_in(entry, model.language))

    def _rooms(self) -> dict[str, Person]:
        """Give the teams' own rooms, which are told like people."""
        found: dict[str, Person] = {}
        for name, data in self.sections.of("teams").items():
            if isinstance(data, dict) and isinstance(data.get("addresses"), dict):
                silent = Entry(self.top.document, ("teams", name), [])  # what is wrong was said already
                model = silent.read(TeamModel, without(data, ("members",)))
                if model is not None:
                    zone, language = zone_in(silent, model.timezone), language_in(silent, model.language)
                    found[name] = Person(name, model.addresses, zone, None, model.budget or 0, language)
        return found

    def _told(self, entry: Entry, names: list[str]) -> tuple[str, ...]:
        for index, name in enumerate(names):
            if name not in self.names and name not in MACHINES:
                fix = did_you_mean(name, self.names) or f"name one of: {', '.join(sorted(self.names)) or 'none yet'}"
                entry.at(index).error("unknown-person", f"there is no person or team {name!r}", fix)
        return tuple(names)

    def _unknown_field(self, entry: Entry, field: str, *, key: bool = False) -> None:
        fix = did_you_mean(field, self.fields) or f"its fields are: {', '.join(sorted(self.fields))}"
        entry.error("unknown-field", f"no standard has a field {field!r}", fix, key=key)

    def _match(self, entry: Entry, terms: Mapping[str, list[str]]) -> Match:
        for field, values in terms.items():
            if field not in self.fields:
                self._unknown_field(entry.at(field), field, key=True)
            if field in self.persons:
                fix = "match a team, a site, a standard or its owner"
                entry.at(field).error("names-a-person", why(field, "person"), fix, key=True)
            for index, value in enumerate(values):
                if field in self.known and value not in self.known[field]:
                    known = sorted(self.known[field])
                    fix = did_you_mean(value, known) or f"name one of: {', '.join(known) or 'none yet'}"
                    entry.at(field, index).error(f"unknown-{field}", f"there is no {field} {value!r}", fix)
        return Match(tuple((field, tuple(values)) for field, values in terms.items()))

    def _route(self, entry: Entry, model: RouteModel) -> Route:
        chain = [EscalationStep(0, self._told(entry.at("tell"), model.tell))]
        for part, step in self._parts(entry, "escalate", StepModel):
            after = part.at("after").duration(step.after)
            if after is not None and after <= chain[-1].after:
                fix = "write the steps in the order of their times, each time counted from the first message"
                part.at("after").error("chain-order", f"{step.after} is not later than the step before", fix)
            chain.append(EscalationStep(after or chain[-1].after + 1, self._told(part.at("tell"), step.tell)))
        for index, field in enumerate(model.group_by):
            if field not in self.fields:
                self._unknown_field(entry.at("group_by", index), field)
        mute = [self._hours(entry.at("mute", index), name) for index, name in enumerate(model.mute)]
        group_wait = entry.at("group_wait").duration(model.group_wait, least=0) or 0
        key, said = ("well_for", model.well_for) if model.settle is None else ("settle", model.settle)
        well_for = entry.at(key).duration(said, least=0) or 0
        repeat = 0 if model.repeat == NEVER else entry.at("repeat").duration(model.repeat)
        return Route(
            model.name or self.unnamed.of(model.match, model.tell),
            self._match(entry.at("match"), model.match),
            tuple(chain),
            group_by=tuple(model.group_by),
            group_wait=group_wait,
            well_for=well_for,
            repeat=repeat,
            taken=entry.at("taken_for").duration(model.taken_for),
            mute=tuple(hours for hours in mute if hours is not None),
            go_on=model.continue_,
            number=0 if model.name else int(entry.path[-1]) + 1,
        )

    def _check_names(self, routes: Mapping[str | int, Route]) -> None:
        """Report routes of one name: what was told by a route is remembered by its name."""
        seen: set[str] = set()
        for index, route in routes.items():
            if route.name in seen:
                place = self.top.at("routes", index, "name")
                place.error("duplicate-name", f"{route.name!r} is a route already", "give it another name")
            seen.add(route.name)

    def _inhibition(self, entry: Entry, model: InhibitionModel) -> Inhibition:
        same = tuple(dict.fromkeys((PLACE, *model.same)))
        return Inhibition(self._match(entry.at("when"), model.when), self._match(entry.at("mute"), model.mute), same)

    def _silence(self, entry: Entry, model: SilenceModel) -> Silence | None:
        until = entry.at("until").attempt("bad-time", partial(_instant, model.until))
        match = self._match(entry.at("match"), model.match)
        name = model.name or f"silence-{int(entry.path[-1]) + 1}"
        return None if until is None else Silence(name, match, until, model.by, model.why)


def _instant(text: str) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError(f"{text!r} is not a valid moment; write it with its offset, such as 2026-03-01T06:00:00Z")
    return microseconds(at)
