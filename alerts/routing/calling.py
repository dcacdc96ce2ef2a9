"""What one place says: notifications for people, the reasons of its lines, what was suppressed.

Must not know: how an incident came about, or when it speaks. Read next: `turns.py`, which decides when, and what then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from alerts.policy.policy import People, Policy
from alerts.policy.reader import reader_of
from alerts.routing import remarks
from alerts.routing.counts import known_since
from alerts.routing.incident import Went, look_of
from alerts.routing.notice import Notice, Reason, Withheld, notice, owed_until, withheld
from alerts.routing.notification import TOGETHER, How, Notification, Standing
from alerts.words.words import ENGLISH
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alerts.routing.incident import AlertRouter, Incident, Turn
    from alerts.routing.remarks import Remark
    from standards.judge.ledger import Line
    from standards.judge.standard import Standard


class Said(msgspec.Struct):
    """A notice for somebody: whether it is the first of its promise for them, and whether no quiet hours keep it."""

    notice: Notice
    fresh: bool
    passes: bool = False


class Calling:
    """The notifications of one place, its lines' reasons and what was suppressed, as they come about."""

    def __init__(self, case: AlertRouter, policy: Policy) -> None:
        if policy.people is None:
            raise ValueError("this policy names no people; without one everything is told to everybody")
        self.case = case
        self.policy = policy
        self.people: People = policy.people
        self.calls: list[Notification | Standing] = []
        self.reasons: list[tuple[str, Reason]] = []
        self.withheld: list[Withheld] = []

    def reason(self, line: Line, reason: Reason) -> None:
        """Give the reason of a line."""
        self.reasons.append((line.id, reason))

    def withhold(self, line: Line, names: Iterable[str], reason: Reason, at: int) -> None:
        """Note that a line is not told to some people."""
        self.withheld += [withheld(line, name, reason, at) for name in names]

    def supersede(self, incident: Incident, line: Line, names: Iterable[str], at: int) -> None:
        """Note that a later line will be told instead of one that waits."""
        self.withhold(line, names, "grouped", at)
        if incident.owed == line.id:
            self.reason(line, "grouped")

    def spare_next(self, incident: Incident, reason: Reason, at: int) -> None:
        """Note that the next in the chain is not called."""
        chain = self.people.route(incident.route).chain
        if incident.climb_at != NEVER and incident.step < len(chain):
            spared = self.people.reached(chain[incident.step].tell, at)
            self.withhold(incident.line, spared, reason, at)

    def came_and_went(self, incident: Incident, line: Line, at: int) -> None:
        """Count what ends while it is held back, before anybody was told; its end is suppressed, for nobody by name."""
        went = self.case.went.get(incident.route, Went(0, 0))
        self.case.went[incident.route] = Went(went.count + 1, max(went.until, incident.held_until))
        if incident.held_by:
            self.withhold(line, ("",), incident.held_by, at)

    def drop(self, incident: Incident) -> None:
        """Let an incident go."""
        routes = self.case.incidents.get(incident.line.promise, {})
        routes.pop(incident.route, None)
        if not routes:
            self.case.incidents.pop(incident.line.promise, None)

    def stands(self, incident: Incident, how: How, at: int, names: Iterable[str] | None = None) -> None:
        """Tell those who may still wait to hear of it how it stands by now."""
        told = incident.told if names is None else names
        self.calls += [Standing(name, at, incident.line.promise, how) for name in told]

    def back(self, incident: Incident, was: str, at: int, line: Line) -> None:
        """Let those who may still wait to hear of it, under an id that it had, wait to hear what a line says of it."""
        if self.standard(line) is None:
            return
        for name in incident.told:
            part = self.notice(line, name, incident.times, at)
            self.calls.append(Notification(name, at, (part,), "back", was={line.promise: was}))

    def standard(self, line: Line) -> Standard | None:
        """Give the standard whose words a notice has: its revision, or the one in force. None: it is long gone."""
        standards = self.policy.standards
        current = (each for each in standards.values() if each.id == line.standard)
        return standards.get(line.revision) or next(current, None)

    def is_owed(self, incident: Incident, at: int) -> bool:
        """Say whether there is something to do still: it can be kept, or be done late."""
        standard = self.standard(incident.line)
        until = -1 if standard is None else owed_until(incident.line, standard)
        return look_of(incident.line) == "warned" or max(until, incident.owed_until) > at

    def notice(self, line: Line, to: str, times: int, at: int, *, more: Remark | None = None) -> Notice:
        """Make the notice of a line for somebody; `more` says what follows its text."""
        person, standard = self.people.person(to), self.standard(line)
        if standard is None:
            raise ValueError(f"no standard {line.standard} is known; ask before")
        said = remarks.joined(known_since(line), more)
        made = notice(line, standard, reader_of(self.policy, line, person), now=at, more=said)
        severity = "info" if line.reason == "came-too-late" and line.kind == "lost" else made.severity
        return msgspec.structs.replace(
            made, id=f"{line.id}:{to}{f':{times}' if times else ''}", to=to,
            addresses=person.addresses, decided=at, severity=severity, explained=self._explained(line),
        )  # fmt: skip

    def both(self, remark: Remark, line: Line, to: str) -> tuple[str, str]:
        """Say something of a line to somebody, and the same in English."""
        reader = reader_of(self.policy, line, self.people.person(to))
        return remark(reader), remark(msgspec.structs.replace(reader, words=ENGLISH))

    def _explained(self, line: Line) -> int:
        """Count what is held back as trouble that a line of a cause explains."""
        if line.promise not in self.case.causes:
            return 0
        held = (each for routes in self.case.incidents.values() for each in routes.values() if each.is_held)
        explained = {
            each.line.promise
            for each in held
            if each.held_by == "inhibited" and any(it.holds(line, each.line) for it in self.people.inhibitions)
        }
        return len(explained)

    def send(self, said: Sequence[tuple[Incident, Turn, Said]], at: int) -> None:
        """Make notifications of what incidents say at an instant: what is alike goes into one."""
        groups: dict[tuple[object, ...], list[Said]] = {}
        for incident, turn, each in said:
            dark = look_of(incident.line) == "lost"  # one matter at a place, whatever the route
            alike = ("", ()) if turn in TOGETHER else ("" if dark else incident.route, incident.group)
            groups.setdefault((*alike, turn, each.notice.to, each.passes), []).append(each)
        turns = {id(each): turn for _, turn, each in said}
        for parts in groups.values():
            first = parts[0]
            fresh = frozenset(each.notice.promise for each in parts if each.fresh)
            notices = tuple(each.notice for each in parts)
            self.calls.append(Notification(first.notice.to, at, notices, turns[id(first)], fresh, first.passes))
