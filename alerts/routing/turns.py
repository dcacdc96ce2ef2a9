"""What an incident says when its time comes, to whom, and when it speaks next.

Must not know: how an incident came about. Read next: `router.py`, which decides when there is a turn, `all_clear.py`
for the end of trouble, `throttle.py`, which gets what is said.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

import msgspec

from alerts.routing import remarks
from alerts.routing.all_clear import AllClears
from alerts.routing.audience import after_telling, arrivals, first_step, has_left, next_shift, quiet_for, told_before
from alerts.routing.calling import Calling, Said
from alerts.routing.holder import leave
from alerts.routing.holds import Hold, holds
from alerts.routing.incident import LastHold, look_of, name_of
from alerts.routing.notice import owed_until
from alerts.routing.takers import note_others
from standards.calendar.duration import MINUTE
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alerts.policy.policy import Policy
    from alerts.routing.incident import AlertRouter, Incident, Turn
    from alerts.routing.remarks import Remark

AGAIN: Final[frozenset[Turn]] = frozenset({"shift", "climb", "repeat"})
"""Turns that say nothing to somebody who heard of the same at the same instant."""
DARK: Final = 30 * MINUTE
"""How long after it was told that nobody can know something at a place, more of it there is not told."""


class Turns:
    """The turns of one place's incidents."""

    def __init__(self, case: AlertRouter, policy: Policy) -> None:
        self.case = case
        self.calling = Calling(case, policy)
        self.people = self.calling.people
        self.all_clears = AllClears(case, self.calling)

    def take(self, at: int, incidents: Iterable[Incident]) -> None:
        """Let some incidents say what they have to say at an instant."""
        said: list[tuple[Incident, Turn, Said]] = []
        for incident in sorted(incidents, key=lambda each: (each.line.promise, each.route)):
            heard: set[str] = set()
            while (turn := incident.turn(at)) is not None:
                told = self._say(incident, turn, at)
                if turn in AGAIN:
                    told = [each for each in told if each.notice.to not in heard]
                said += [(incident, turn, each) for each in told]
                heard.update(each.notice.to for each in told)
        note_others(self.all_clears, said)
        self.calling.send(said, at)

    def _say(self, incident: Incident, turn: Turn, at: int) -> Sequence[Said]:
        """Do one turn of one incident; gives what it says."""
        if turn == "over":
            return self.all_clears.say(incident, at)
        wordless = self.calling.standard(incident.line) is None
        if turn == "handed":
            return [] if wordless else self._hand(incident, at)
        held = [] if wordless else holds(self.case, self.people, incident, at)
        if incident.owed and turn in ("trouble", "released"):
            self.calling.reason(incident.line, held[0].reason if held else "overdue" if wordless else "told")
            incident.owed = ""
        if held:
            self._hold(incident, turn, held, at)
            return []
        if incident.is_held:
            self.let_go(incident, at)
            if turn == "released" and incident.repeat_at > at:
                return []  # only the next in the chain was to be told meanwhile, and is when it comes to that
        if turn == "asked":
            return [] if wordless else self._ask(incident, at)
        if turn == "shift":
            return [] if wordless else self._shift(incident, at)
        return self._tell(incident, turn, at, spoken_of=not wordless)

    def _hold(self, incident: Incident, turn: Turn, held: list[Hold], at: int) -> None:
        """Hold back what an incident has to say until nothing keeps it from being told."""
        until = max(hold.until for hold in held)
        if turn in ("asked", "shift"):
            name = "taken_until" if turn == "asked" else "shift_at"
            setattr(incident, name, until)
            return
        if turn != "released":
            self.calling.withhold(incident.line, self._names(incident, turn, at), held[0].reason, at)
        if turn == "anew":
            self._begin_anew(incident, at)
            incident.anew, incident.began = True, -1  # the chain counts from the message, which is still to come
        if turn in ("trouble", "anew"):
            incident.trouble_at = NEVER
            incident.repeat_at = at
        if not incident.is_held:
            known = incident.began if incident.began >= 0 else incident.line.known
            incident.held_since = max(known, min(hold.since for hold in held))
        incident.held_until, incident.held_by = until, held[0].reason
        last = max(held, key=attrgetter("until"))
        incident.last_hold = LastHold(last.reason, last.until, last.by)

    def let_go(self, incident: Incident, at: int) -> None:
        """Hold an incident back no longer."""
        self.count(incident, at)
        incident.let_go(at)
        incident.climb_at = self.climb_at(incident, at)

    def count(self, incident: Incident, at: int) -> None:
        """Count how long an incident was held while somebody who was told could have heard of it."""
        since = incident.held_since
        incident.count(at)
        if since >= 0 and incident.began >= 0:
            incident.held_told -= quiet_for(self.people, incident, since, at)

    def _tell(self, incident: Incident, turn: Turn, at: int, *, spoken_of: bool) -> Sequence[Said]:
        look, heard = look_of(incident.line), list(incident.told)
        if turn == "anew":
            self._begin_anew(incident, at)
        names, news = self._names(incident, turn, at), look not in incident.kinds
        if news and spoken_of:
            incident.kinds = [*incident.kinds, look]
            incident.held_for = at - incident.line.known
        self._plan(incident, turn, at, spoken_of=spoken_of)
        if not spoken_of:
            self.calling.withhold(incident.line, names, "overdue", at)
            return []
        if turn == "released" and news:
            self.calling.reason(incident.line, "told")
        times = 0 if turn == "trouble" else incident.times  # a line is news to somebody once, on whatever route
        made = [
            self.calling.notice(incident.line, name, times, at, more=self._remark(incident, turn, name, at))
            for name in names
        ]
        if turn == "anew" or (turn == "released" and incident.anew):
            incident.passed_by = incident.passed_to = incident.passed_note = ""  # that is said once
        incident.anew = False
        if incident.after_all and turn == "trouble":
            made = [msgspec.structs.replace(each, severity="ticket") for each in made]
            incident.after_all = False
        if look == "lost":
            self.case.dark[name_of(incident.route, *incident.group)] = at + DARK
        if turn == "released" and (held := remarks.held_by(incident.last_hold, at)) is not None:
            made = [msgspec.structs.replace(it, held=self.calling.both(held, incident.line, it.to)) for it in made]
        if turn == "released" and (went := self.case.went.pop(incident.route, None)) is not None:
            made = [msgspec.structs.replace(each, came_and_went=went.count) for each in made]
        self._told(incident, names, at)
        self._pass_on(incident, turn, names, at)
        return [Said(each, fresh=each.to not in heard) for each in made]

    def _pass_on(self, incident: Incident, turn: Turn, names: Sequence[str], at: int) -> None:
        """Have the next in the chain told at once where nobody of a step can be told."""
        last = incident.step >= len(self.people.route(incident.route).chain)
        if turn != "repeat" and not incident.acknowledged and not last and not self.people.can_be_told(names):
            incident.climb_at = at

    def _told(self, incident: Incident, names: Iterable[str], at: int) -> None:
        """Note who was told, and what is known from then on."""
        incident.times += 1
        incident.said_at = at
        incident.told = list(dict.fromkeys([*incident.told, *names]))
        incident.shift_at = next_shift(self.people, incident, at)
        if incident.climb_at != NEVER:
            incident.climb_at = self.climb_at(incident, at)  # others may have other quiet hours
        standard = self.calling.standard(incident.line)
        if standard is not None:
            incident.owed_until = max(incident.owed_until, owed_until(incident.line, standard))

    def _remark(self, incident: Incident, turn: Turn, name: str, at: int) -> Remark | None:
        """Give what a message to somebody says of who has it: where anybody does, whoever reads it need not run."""
        if turn == "anew":
            return self._nobody_has_it(incident, name)
        has = remarks.has_it(incident.acknowledged, name) if incident.acknowledged else None
        if turn == "released":
            nobody = self._nobody_has_it(incident, name) if incident.anew else None
            return remarks.joined(has, nobody, remarks.held_by(incident.last_hold, at))
        if has is not None or turn == "trouble" or incident.began < 0:
            return has
        return remarks.untaken(incident.began, at) if at > incident.began else None

    def _nobody_has_it(self, incident: Incident, name: str) -> Remark:
        """Say to somebody why the chain begins anew."""
        by, to = incident.passed_by, incident.passed_to
        return remarks.not_taken_on(by, to, name, known=to in self.people.people) if to else remarks.given_back(by)

    def _names(self, incident: Incident, turn: Turn, at: int) -> tuple[str, ...]:
        chain = self.people.route(incident.route).chain
        if turn == "climb" and incident.step < len(chain):
            return self.people.reached(chain[incident.step].tell, at)
        first = first_step(self.people, incident, at)
        if turn == "anew" or (turn == "released" and incident.anew):
            handed = incident.passed_to and incident.passed_by
            return tuple(dict.fromkeys([*(name for name in first if handed or name != incident.passed_by),
                                        *([incident.passed_by] if handed else [])]))  # fmt: skip
        again = turn == "repeat" or (turn == "released" and look_of(incident.line) in incident.kinds)
        if again and incident.told:
            return told_before(self.people, incident, at)
        rest = self.all_clears.rest_of_group(incident) if not incident.told else []
        holders = [other.acknowledged for other in rest if other.acknowledged in self.people.people]
        stayed = [name for name in incident.told if not has_left(self.people, incident, name, at)]
        return tuple(dict.fromkeys([*first, *holders, *stayed]))

    def _begin_anew(self, incident: Incident, at: int) -> None:
        """Let the chain begin anew: nobody has it any more."""
        leave(incident, at)
        incident.step, incident.began, incident.held_told = 1, at, 0
        incident.added = {}
        incident.taken_until = incident.anew_at = NEVER

    def _plan(self, incident: Incident, turn: Turn, at: int, *, spoken_of: bool) -> None:
        """Set when an incident speaks next. What has no words is tried again when it would be repeated."""
        route = self.people.route(incident.route)
        if turn in ("trouble", "released", "anew"):
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
        """Give when the next in the chain is told, after an instant.

        Time does not count in which it was held back, or in which everybody who was told of a ticket is in quiet hours.
        """
        route = self.people.route(incident.route)
        chain = route.chain
        last = incident.step >= len(chain) or not route.repeats(incident.line)
        if incident.acknowledged or incident.began < 0 or last:
            return NEVER
        span = incident.held_told + chain[incident.step].after
        since = incident.added.get(incident.step, incident.began)
        return max(at + 1, after_telling(self.people, incident, since, span))

    # --- who has it ------------------------------------------------------------------------------------------------

    def _hand(self, incident: Incident, at: int) -> Sequence[Said]:
        """Tell whom it was handed on to: at once, whatever else holds."""
        incident.hand_at = NEVER
        incident.anew_at = at + self.people.route(incident.route).answer_within
        to = incident.passed_to
        more = remarks.handed_on(incident.passed_by, incident.passed_note)
        made = self.calling.notice(incident.line, to, incident.times, at, more=more)
        said = [Said(made, fresh=to not in incident.told, passes=True)]
        self._told(incident, [to], at)
        return said

    def _ask(self, incident: Incident, at: int) -> Sequence[Said]:
        """Ask who took it whether they still have it."""
        holder = incident.acknowledged
        incident.taken_until = NEVER
        incident.anew_at = at + self.people.route(incident.route).answer_within
        if holder not in self.people.people:
            return []
        more = remarks.asked(incident.anew_at, at)
        made = self.calling.notice(incident.line, holder, incident.times, at, more=more)
        incident.times += 1
        return [Said(made, fresh=False)]

    def _shift(self, incident: Incident, at: int) -> Sequence[Said]:
        """Tell who comes on shift what stands; who left hears of its end alone, and has it no longer."""
        left = [name for name in incident.told if has_left(self.people, incident, name, at)]
        names, holder = arrivals(self.people, incident, at), incident.acknowledged
        if incident.rerouted:
            first = first_step(self.people, incident, at)
            names, incident.rerouted = tuple(name for name in first if name not in incident.told), False
        if holder in left:
            self._begin_anew(incident, at)
            self._plan(incident, "shift", at, spoken_of=True)
        self.calling.stands(incident, "left", at, left)
        had = remarks.at_the_shift(holder, gone=not incident.acknowledged)
        made = [self.calling.notice(incident.line, name, incident.times, at, more=had) for name in names]
        if incident.acknowledged:
            made = [msgspec.structs.replace(each, severity="ticket") for each in made]
        self._told(incident, names, at)
        return [Said(each, fresh=True) for each in made]
