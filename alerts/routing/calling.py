"""What the incidents of one place have to say at an instant becomes notifications, one for each group and person.

Must not know: how an incident came about. Read next: `router.py`, which decides when there is a turn, `throttle.py`,
which gets the notifications.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from alerts.policy.policy import People, Policy
from alerts.routing.holds import Hold, holds
from alerts.routing.incident import AlertRouter, Incident, Turn, name_of
from alerts.routing.notice import Notice, Reason, Withheld, notice, withheld
from alerts.routing.notification import TOGETHER, How, Notification, Standing
from standards.calendar.duration import MINUTE, spoken
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from standards.judge.ledger import Line
    from standards.judge.standard import Standard

Group = tuple[str, tuple[str, ...], Turn, str, bool]


FOR_THE_REST = 10 * MINUTE
"""How long an all-clear waits at most for the rest of its group."""


class Said(NamedTuple):
    """A notice for somebody, and whether it is the first of its promise for them."""

    notice: Notice
    fresh: bool


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

    def not_over(self, incident: Incident, at: int) -> None:
        """Take back that an incident is over: its trouble is here again, and no all-clear follows it."""
        if incident.over is None:
            return
        if incident.over_at != NEVER:
            self.supersede(incident, incident.over, incident.told, at)
            place = name_of(incident.route, incident.line.standard, incident.line.subject)
            if self.case.settling.get(place) == incident.line.promise:
                del self.case.settling[place]
        incident.over, incident.over_at = None, NEVER

    def spare_next(self, incident: Incident, reason: Reason, at: int) -> None:
        """Note that the next in the chain is not called."""
        chain = self.people.route(incident.route).chain
        if incident.climb_at != NEVER and incident.step < len(chain):
            spared = self.people.reached(chain[incident.step].tell, at)
            self.withhold(incident.line, spared, reason, at)

    def supersede(self, incident: Incident, line: Line, names: Iterable[str], at: int) -> None:
        """Note that a later line will be told instead of one that waits."""
        self.withhold(line, names, "grouped", at)
        if incident.owed == line.id:
            self.reason(line, "grouped")

    def drop(self, incident: Incident, *, anyway: bool = False) -> None:
        """Let an incident go that is resolved, unless it can still be corrected."""
        if incident.over is not None and incident.over.kind == "fulfilled_late" and not anyway:
            incident.over_at = NEVER
            return
        routes = self.case.incidents.get(incident.line.promise, {})
        routes.pop(incident.route, None)
        if not routes:
            self.case.incidents.pop(incident.line.promise, None)

    def turn(self, at: int, incidents: Iterable[Incident]) -> None:
        """Let some incidents say what they have to say at an instant; what is alike goes into one notification."""
        groups: dict[Group, list[Said]] = {}
        for incident in sorted(incidents, key=lambda each: (each.line.promise, each.route)):
            while (turn := incident.turn(at)) is not None:
                heard = set(incident.told)
                for made in self._say(incident, turn, at):
                    alike = ("", ()) if turn in TOGETHER else (incident.route, incident.group)
                    passes = turn == "over" and made.to == incident.acknowledged
                    said = Said(made, fresh=made.to not in heard)
                    groups.setdefault((*alike, turn, made.to, passes), []).append(said)
        for (_, _, turn, to, passes), parts in groups.items():
            fresh = frozenset(said.notice.promise for said in parts if said.fresh)
            told = Notification(to, at, tuple(said.notice for said in parts), turn, fresh, passes)
            self.calls.append(told)

    def stands(self, incident: Incident, how: How, at: int) -> None:
        """Tell those who may still wait to hear of it how it stands by now."""
        self.calls += [Standing(name, at, incident.line.promise, how) for name in incident.told]

    def back(self, incident: Incident, was: str, at: int, line: Line) -> None:
        """Let those who may still wait to hear of it, under an id that it had, wait to hear what a line says of it."""
        if self._standard(line) is None:
            return
        for name in incident.told:
            part = self._notice(line, name, incident.times, at, 0)
            self.calls.append(Notification(name, at, (part,), "back", was={line.promise: was}))

    def _say(self, incident: Incident, turn: Turn, at: int) -> list[Notice]:
        """Do one turn of one incident; gives the notices of it."""
        if turn == "over":
            return self._all_clear(incident, at)
        wordless = self._standard(incident.line) is None
        held = [] if wordless else holds(self.case, self.people, incident, at)
        if incident.owed:
            self.reason(incident.line, held[0].reason if held else "overdue" if wordless else "told")
            incident.owed = ""
        if held:
            self._hold(incident, turn, held, at)
            return []
        if incident.is_held:
            incident.let_go(at)
            incident.climb_at = self.climb_at(incident, at)
            if turn == "released" and incident.repeat_at > at:
                return []  # only the next in the chain was to be told meanwhile, and is when it comes to that
        return self._tell(incident, turn, at, spoken_of=not wordless)

    def _hold(self, incident: Incident, turn: Turn, held: list[Hold], at: int) -> None:
        """Hold back what an incident has to say until nothing keeps it from being told."""
        if turn != "released":
            self.withhold(incident.line, self._names(incident, turn, at), held[0].reason, at)
        if turn == "trouble":
            incident.trouble_at, incident.repeat_at = NEVER, at
        if not incident.is_held:
            known = incident.began if incident.began >= 0 else incident.line.known
            incident.held_since = max(known, min(hold.since for hold in held))
        incident.held_until = max(hold.until for hold in held)

    def _tell(self, incident: Incident, turn: Turn, at: int, *, spoken_of: bool) -> list[Notice]:
        names, news = self._names(incident, turn, at), incident.line.kind not in incident.kinds
        if news and spoken_of:
            incident.kinds = [*incident.kinds, incident.line.kind]
            incident.held_for = at - incident.line.known
        self._plan(incident, turn, at, spoken_of=spoken_of)
        if not spoken_of:
            self.withhold(incident.line, names, "overdue", at)
            return []
        if turn == "released" and news:
            self.reason(incident.line, "told")
        late = at - incident.began if turn != "trouble" and not incident.acknowledged else 0
        made = [self._notice(incident.line, name, incident.times, at, late) for name in names]
        incident.times += 1
        incident.told = list(dict.fromkeys([*incident.told, *names]))
        return made

    def _names(self, incident: Incident, turn: Turn, at: int) -> tuple[str, ...]:
        chain = self.people.route(incident.route).chain
        if turn == "climb" and incident.step < len(chain):
            return self.people.reached(chain[incident.step].tell, at)
        again = turn == "repeat" or (turn == "released" and incident.line.kind in incident.kinds)
        if again and incident.told:
            return tuple(incident.told)
        return tuple(dict.fromkeys([*self.people.reached(chain[0].tell, at), *incident.told]))

    def _plan(self, incident: Incident, turn: Turn, at: int, *, spoken_of: bool) -> None:
        """Set when an incident speaks next. What has no words is tried again when it would be repeated."""
        route = self.people.route(incident.route)
        if turn in ("trouble", "released"):
            incident.trouble_at = NEVER
        if incident.acknowledged:
            incident.climb_at = incident.repeat_at = NEVER
            return
        repeat = route.repeat_of(incident.line)
        again = at + repeat if repeat and at + repeat <= incident.fresh_until else NEVER
        if turn == "climb":
            incident.step += spoken_of
            incident.climb_at = again
        else:
            incident.repeat_at = again
        if not spoken_of:
            return
        if incident.began < 0:
            incident.began = at
        incident.climb_at = self.climb_at(incident, at)

    def climb_at(self, incident: Incident, at: int) -> int:
        """Give when the next in the chain is told, after an instant. Time that it was held back does not count."""
        chain = self.people.route(incident.route).chain
        if incident.acknowledged or incident.began < 0 or incident.step >= len(chain):
            return NEVER
        return max(at + 1, incident.began + incident.held_told + chain[incident.step].after)

    def rest_of_group(self, incident: Incident) -> list[Incident]:
        """Give the others of an incident's group of which somebody was told, and no all-clear yet."""
        return [
            other
            for routes in self.case.incidents.values()
            if (other := routes.get(incident.route)) is not None
            and other is not incident and other.group == incident.group and other.told
            and (other.over is None or other.over_at != NEVER)
        ]  # fmt: skip

    def all_clear_at(self, incident: Incident, rest: Iterable[Incident], at: int) -> int:
        """Give when an all-clear goes, after an instant: with the rest of its group, or ten minutes later at most."""
        line = incident.over
        if line is None:
            return NEVER
        due = self.people.route(incident.route).all_clear_at(line, line.known)
        latest = due if line.kind == "corrected" else due + FOR_THE_REST
        waits = max((latest if other.over is None else other.over_at for other in rest), default=due)
        return max(at, min(latest, max(due, waits)))

    def _all_clear(self, incident: Incident, at: int) -> list[Notice]:
        line = incident.over
        incident.over_at = self.all_clear_at(incident, self.rest_of_group(incident), at)
        if incident.over_at > at:
            return []
        incident.over_at = NEVER
        if line is None:
            return []
        self.case.settling.pop(name_of(incident.route, line.standard, line.subject), None)
        if incident.owed:
            self.reason(line, "told")
            incident.owed = ""
        self.drop(incident)
        if self._standard(line) is None:
            self.withhold(line, incident.told, "overdue", at)
            return []
        return [self._notice(line, name, 0, at, 0) for name in incident.told]

    def _standard(self, line: Line) -> Standard | None:
        """Give the standard whose words a notice has: its revision, or the one in force. None: it is long gone."""
        standards = self.policy.standards
        current = (each for each in standards.values() if each.id == line.standard)
        return standards.get(line.revision) or next(current, None)

    def _notice(self, line: Line, to: str, times: int, at: int, late: int) -> Notice:
        """Make the notice of a line for somebody; `late` is for how long nobody has acknowledged it."""
        person, standard = self.people.person(to), self._standard(line)
        if standard is None:
            raise ValueError(f"no standard {line.standard} is known; ask before")
        made = notice(line, standard, person.zone or self.policy.zone, now=at)
        text = f"{made.text} Nobody has acknowledged it for {spoken(late)}." if late else made.text
        return msgspec.structs.replace(
            made, id=f"{line.id}:{to}{f':{times}' if times else ''}", text=text, to=to,
            addresses=person.addresses, decided=at,
        )  # fmt: skip
