"""What people do about incidents: they take one, hand it on, give it back, talk it over, ask for silence.

The table is in `changes.py`. Read next: `turns.py`, for what time makes of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from alerts.routing import remarks
from alerts.routing.actions import DEBRIEFED, GIVEN_BACK, HANDED_ON, as_known
from alerts.routing.audience import first_step, next_shift
from alerts.routing.calling import Said
from alerts.routing.early import remember
from alerts.routing.holder import TAKEN, give_back, hand_on, is_with, take
from alerts.routing.incident import current_promise, look_of
from alerts.routing.without_effect import without_effect
from standards.judge.promise import NEVER
from standards.natural import same

if TYPE_CHECKING:
    from collections.abc import Callable

    from alerts.routing.actions import Action
    from alerts.routing.incident import AlertRouter, Incident
    from alerts.routing.notice import Reason
    from alerts.routing.turns import Turns


class Taking:
    """What people do at one place; `note` is told which promises it concerns, `look_again` that a silence changed."""

    def __init__(
        self, case: AlertRouter, turns: Turns, note: Callable[[str], None], look_again: Callable[[int], None]
    ) -> None:
        self.case = case
        self.calling = turns.calling
        self.people = turns.people
        self._note = note
        self._look_again = look_again

    def hear(self, action: Action) -> None:
        """Take what somebody did, whoever they are in the policy."""
        case, action = self.case, as_known(action, self.people)
        case.now = at = max(case.now, action.at)
        if action.silence is not None:
            others = [each for each in case.silences if each.name != action.silence.name]
            case.silences = [*others, action.silence] if action.silence.until > at else others
            self._look_again(at)
            return
        promise = current_promise(case, action.promise)
        if promise not in case.incidents:
            self._without_effect(action, promise, remember(case.early, promise, action), at)
        elif action.type == GIVEN_BACK and not any(is_with(it, action.by) for it in case.incidents[promise].values()):
            self._without_effect(action, promise, "not-theirs", at)
        elif action.type == HANDED_ON and all(it.over is not None for it in case.incidents[promise].values()):
            self._without_effect(action, promise, "nobody-is-told", at)
        for incident in case.incidents.get(promise, {}).values():
            incident.heard = max(incident.heard, at)  # after time went back, that is ahead still
            if incident.over is not None:
                self._note_after(incident, action, at)
            elif action.type == HANDED_ON:
                self._hand_on(incident, action, at)
            elif action.type == GIVEN_BACK:
                self._give_back(incident, action.by, at)
            else:
                self._take(incident, action.by, at)
                if action.type == DEBRIEFED and not self.calling.is_owed(incident, at):
                    incident.taken_until = incident.shift_at = NEVER  # there is nothing to ask anybody about
        self._note(promise)

    @staticmethod
    def _note_after(incident: Incident, action: Action, at: int) -> None:
        """Note who takes what is over: it is theirs if it comes back, until they give it back; nothing is handed on."""
        if action.type in TAKEN:
            take(incident, action.by, at)
        elif action.type == GIVEN_BACK and is_with(incident, action.by):
            give_back(incident, action.by, at)

    def _take(self, incident: Incident, by: str, at: int) -> None:
        """Be quiet while somebody has it: its verdict, and that all is well, are told nevertheless."""
        route = self.people.route(incident.route)
        incident.let_go(at)
        self.calling.stands(incident, "taken", at)
        self.calling.stands(incident, "known", at, [by] if by in self.people.people else [])
        self.calling.spare_next(incident, "acknowledged", at)
        names = tuple(incident.told) or first_step(self.people, incident, at)
        told = incident.told and look_of(incident.line) != "warned"
        if incident.trouble_at != NEVER and not told:
            self.calling.withhold(incident.line, names, "acknowledged", at)
            if incident.owed:
                self.calling.reason(incident.line, "acknowledged")
                incident.owed = ""
            incident.trouble_at = NEVER
        if incident.acknowledged and not same(incident.acknowledged, by):
            self._tell_who_had_it(incident, by, at)
        take(incident, by, at)
        incident.taken_until = at + route.taken_of(incident.line.severity)
        if by in self.people.people and by not in incident.told:
            incident.told = [*incident.told, by]
        incident.shift_at = next_shift(self.people, incident, at)

    def _tell_who_had_it(self, incident: Incident, by: str, at: int) -> None:
        """Tell who had it that somebody else has it now: nobody is woken for that."""
        had = incident.acknowledged
        if had in self.people.people and self.calling.standard(incident.line) is not None:
            made = self.calling.notice(incident.line, had, incident.times, at, more=remarks.taken_over(by))
            said = Said(msgspec.structs.replace(made, severity="ticket"), fresh=False)
            self.calling.send([(incident, "handed", said)], at)
            incident.times += 1

    def _hand_on(self, incident: Incident, action: Action, at: int) -> None:
        """Have somebody told at once that it is theirs now; until they answer, it stays where it is.

        Who hands it on is not told to do the same meanwhile, by what waits for them.
        """
        hand_on(incident, action, at)
        if incident.passed_to in self.people.people:
            incident.hand_at = at
            self.calling.stands(incident, "known", at, [action.by] if action.by in self.people.people else [])
        else:
            incident.anew_at = at  # nobody of that name can be told, so the others are
            incident.let_go(at)

    def _give_back(self, incident: Incident, by: str, at: int) -> None:
        """Have the chain begin anew, without who gave it back."""
        if is_with(incident, by):
            incident.passed_by, incident.passed_to, incident.anew_at, incident.hand_at = by, "", at, NEVER
            incident.let_go(at)

    def _without_effect(self, action: Action, promise: str, reason: Reason | None, at: int) -> None:
        """Note why what somebody did changes nothing, if it does not: nobody is told, and who has it still has it."""
        if reason is not None:
            lines = [incident.line.id for incident in self.case.incidents.get(promise, {}).values()]
            noted = without_effect(action, promise, reason, at, next(iter(lines), ""))
            self.calling.withheld.append(noted)
