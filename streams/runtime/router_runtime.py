"""The routers and throttles of one host, and when each wants to hear of time.

Relevant lines come in, with what people did, and go out as messages to people. Actions are held until time has come to
them, so that they and the lines are heard in one order, however they came.
Must not know: stores, channels, why somebody is told or not.
Read next: `alerts/routing/router.py`, `alerts/routing/throttle.py`.
"""

from __future__ import annotations

from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from alerts.policy.policy import Silence, place_of
from alerts.routing.actions import Action
from alerts.routing.early import remember
from alerts.routing.incident import AlertRouter, PromiseIncidents, Renamed, current_promise, name_of
from alerts.routing.notice import Notice, Reason, Withheld
from alerts.routing.notification import Notification, Standing
from alerts.routing.reloading import Reloaded, name_routes, policy_name, steps_of
from alerts.routing.router import feed
from alerts.routing.throttle import feed as feed_throttle
from alerts.routing.turning_back import done_by, take_router_back, take_throttle_back
from alerts.routing.waiting import RecipientThrottle
from alerts.routing.without_effect import without_effect
from standards.calendar.duration import DAY
from standards.errors import StateError
from standards.judge.events import Tick
from standards.judge.promise import NEVER
from streams.runtime.acts_in_order import apart, due
from streams.runtime.early_acts import bound, remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from alerts.policy.policy import People, Policy
    from alerts.routing.stalls import Stall
    from standards.judge.ledger import Line

    _Fact = Line | Renamed | Action

CaseKind = Literal["place", "matter", "person", "house"]
CaseName = tuple[CaseKind, str]

_Found = TypeVar("_Found")
_by_time = attrgetter("at", "to")


class SiteState(msgspec.Struct):
    """What concerns every place: the silences that hold, actions to come, and when actions were heard.

    `early` are those about promises of which no place has heard yet, oldest first. The
    last action counted at `reached`. `policy` are the routes by which it
    was decided last, `steps` how many steps each of them has.
    """

    silences: list[Silence] = []
    actions: list[Action] = msgspec.field(default_factory=list, name="acts")
    heard: dict[str, int] = {}
    early: dict[str, list[Action]] = {}
    reached: int = -1
    policy: str = ""
    steps: dict[str, int] = {}


Stored = AlertRouter | PromiseIncidents | RecipientThrottle | SiteState
_TYPES: Mapping[str, type[Stored]] = {
    "place": AlertRouter,
    "matter": PromiseIncidents,
    "person": RecipientThrottle,
    "house": SiteState,
}


class AlertResult(msgspec.Struct):
    """What came of some lines and actions: messages, each line's reason, what was suppressed, changed cases."""

    notices: list[Notice] = []
    reasons: dict[str, Reason] = {}
    withheld: list[Withheld] = []
    touched: dict[CaseName, Stored | None] = {}


def stored_case(kind: str, body: bytes) -> Stored:
    """Read a case as it was stored. Raises StateError."""
    try:
        return msgspec.json.decode(body, type=_TYPES[kind])
    except (KeyError, msgspec.DecodeError) as error:
        raise StateError(f"a stored {kind} cannot be read ({error}); run the Kept that wrote it") from None


class RouterRuntime:
    """All routers and throttles, deciding by one policy, which must have people."""

    def __init__(self, policy: Policy, people: People, cases: Mapping[CaseName, Stored]) -> None:
        self.policy = policy
        self.people = people
        self.house = SiteState()
        self.places: dict[str, AlertRouter] = {}
        self.throttles: dict[str, RecipientThrottle] = {}
        self._wakes: dict[CaseName, int] = {}
        self._taken_back: dict[CaseName, Stored | None] = {}
        self._reloaded: dict[str, int] | None = None
        for (_, name), case in cases.items():
            match case:
                case SiteState():
                    self.house = case
                case AlertRouter():
                    self.places[name] = case
                case PromiseIncidents():
                    pass
                case RecipientThrottle():
                    self.throttles[name] = case
                    self._wakes["person", name] = feed_throttle(case, (), people).wake_at
        for case in cases.values():
            if isinstance(case, PromiseIncidents):
                self.places[case.place].incidents[case.promise] = case.routes
        for name, place in self.places.items():
            place.look_again(place.now)  # the policy may be another one
            self._wakes["place", name] = feed(place, (), policy).wake_at
        self._adopt(people)

    def _adopt(self, people: People) -> None:
        """Note that another policy is in force than before, if it is: from the next instant on."""
        renamed = [name_routes(place, people) for place in self.places.values()]
        if any(renamed) or self.house.policy != policy_name(people):
            self._reloaded = self.house.steps
            self.house = msgspec.structs.replace(self.house, policy=policy_name(people), steps=steps_of(people))

    @property
    def wake(self) -> int:
        """When a case, or an action whose time has not come, next wants to hear of time, in microseconds UTC."""
        house = [*(action.at for action in self.house.actions), *(silence.until for silence in self.house.silences)]
        return min([*self._wakes.values(), *house], default=NEVER)

    def push(
        self, lines: Sequence[Line | Renamed], actions: Sequence[Action], low: int, *, stall: Stall | None = None
    ) -> AlertResult:
        """Decide on relevant lines, and on actions; `low` is how far time has come, in microseconds UTC.

        A `stall` that was over by then lets pass what fell due in it: that is told once, at its end.
        """
        result, self._taken_back = AlertResult(touched=self._taken_back), {}
        first: list[Stall | Reloaded] = [] if stall is None else [stall]
        if self._reloaded is not None:
            first.append(Reloaded(low, self._reloaded))
        notifications: list[Notification | Standing] = []
        before = self.house.silences  # those of this call are among the facts of each place, in their order
        heard = self._facts(lines, self._due(actions, low, result), low, result)
        for place, facts in self._everywhere(heard, self.places) if first else heard.items():
            case = self.places.get(place) or AlertRouter(place, silences=list(before))
            step = feed(case, [*first, *apart(facts), Tick(low)], self.policy)
            notifications += step.calls
            result.withheld += step.withheld
            for line, reason in step.reasons:
                if result.reasons.get(line) != "told":
                    result.reasons[line] = reason
            small = None if step.case is None else msgspec.structs.replace(step.case, incidents={})
            self._note(("place", place), small, step.wake_at, result)
            for promise in step.changed:
                routes = case.incidents.get(promise)
                found = None if routes is None else PromiseIncidents(place, promise, routes)
                result.touched["matter", name_of(place, promise)] = found
            if step.case is None:
                self.places.pop(place, None)
            else:
                self.places[place] = step.case
        self._deliver(notifications, low, result, stall)
        if self._reloaded is not None and result.touched:
            result.touched["house", ""], self._reloaded = self.house, None
        return result

    def go_back(self, now: int, by: int) -> None:
        """Let time go back to `now`, in microseconds UTC, by `by`; what that changes comes with the next result."""
        result = AlertResult()
        house = self.house
        heard = {name: min(at, now) for name, at in house.heard.items()}
        early = {promise: done_by(acts, now) for promise, acts in house.early.items()}
        self.house = result.touched["house", ""] = msgspec.structs.replace(
            house, actions=done_by(house.actions, now), heard=heard, early=early,
            reached=min(house.reached, now),
        )  # fmt: skip
        for name, place in self.places.items():
            take_router_back(place, now, by)
            small = msgspec.structs.replace(place, incidents={})
            self._note(("place", name), small, feed(place, (), self.policy).wake_at, result)
            for promise, routes in place.incidents.items():
                result.touched["matter", name_of(name, promise)] = PromiseIncidents(name, promise, routes)
        for name, throttle in self.throttles.items():
            take_throttle_back(throttle, now, by)
            self._note(("person", name), throttle, feed_throttle(throttle, (), self.people).wake_at, result)
        self._taken_back = result.touched

    def _due(self, actions: Sequence[Action], low: int, result: AlertResult) -> list[Action]:
        """Hold actions until their time has come; gives those whose time it is, and notes the silences among them.

        An action that comes again within a day is inert.
        """
        house = self.house
        new: dict[str, Action] = {}
        for action in actions:
            if action.name not in house.heard:
                new.setdefault(action.name, action)  # of two of one name the first counts, as in the store
        if not new and not house.actions and all(silence.until > low for silence in house.silences):
            return []
        heard = {name: at for name, at in house.heard.items() if at + DAY > low}
        heard |= {name: max(low, action.at) for name, action in new.items()}
        found = due(house.actions, new.values(), house.reached, low)
        silences = {silence.name: silence for silence in house.silences}
        silences.update({action.silence.name: action.silence for action in found.acts if action.silence is not None})
        lasting = [silence for silence in silences.values() if silence.until > low]
        self.house = result.touched["house", ""] = msgspec.structs.replace(
            house, silences=lasting, actions=found.left, heard=heard, reached=found.reached
        )
        return found.acts

    def _facts(
        self, lines: Sequence[Line | Renamed], actions: Sequence[Action], low: int, result: AlertResult
    ) -> dict[str, list[_Fact]]:
        """Sort lines and actions to their places, in the order of time; give the places that wait for time too.

        What is done about a promise of which no place has heard goes to the place that hears of it first.
        """
        early = remembered(self.house.early, lines, acts=bool(actions), low=low)
        found: dict[str, list[_Fact]] = {
            name: [] for (kind, name), wake in self._wakes.items() if kind == "place" and wake <= low
        }
        home: dict[str, set[str]] = {}
        for fact in lines:
            line = fact.line if isinstance(fact, Renamed) else fact
            place = place_of(line)
            before = [act for name in (line.replaces, line.promise) for act in early.pop(name, ())]
            acts = (msgspec.structs.replace(act, promise=line.promise) for act in before)
            found.setdefault(place, []).extend([*acts, fact])
            home.setdefault(line.promise, set()).add(place)
        for action in actions:
            if action.silence is not None:
                concerned = {*self.places, *found}
            else:
                promise = action.promise
                known = {at for at, case in self.places.items() if current_promise(case, promise) in case.incidents}
                concerned = known | home.get(promise, set())
                if not concerned and (reason := remember(early, promise, action)) is not None:
                    result.withheld.append(without_effect(action, promise, reason, action.at))
            for place in concerned:
                found.setdefault(place, []).append(action)
        result.withheld += bound(early, low)
        if early is not self.house.early and early != self.house.early:
            self.house = result.touched["house", ""] = msgspec.structs.replace(self.house, early=early)
        return {place: sorted(facts, key=_order) for place, facts in sorted(found.items())}

    def _deliver(
        self, notifications: Iterable[Notification | Standing], low: int, result: AlertResult, stall: Stall | None
    ) -> None:
        """Hand notifications to the throttles of their people, and let time pass in the others that wait for it."""
        waiting: dict[str, list[Notification | Standing]] = {
            name: [] for (kind, name), wake in self._wakes.items() if kind == "person" and wake <= low
        }
        for each in sorted(notifications, key=_by_time):
            waiting.setdefault(each.to, []).append(each)
        for name, theirs in sorted(waiting.items()) if stall is None else self._everywhere(waiting, self.throttles):
            if name not in self.throttles and not any(isinstance(each, Notification) for each in theirs):
                continue
            throttle = self.throttles.get(name) or RecipientThrottle(name)
            step = feed_throttle(throttle, [*theirs, Tick(low)], self.people, stall)
            result.notices += step.notices
            result.withheld += step.withheld
            self._note(("person", name), step.case, step.wake_at, result)
            if step.case is None:
                self.throttles.pop(name, None)
            else:
                self.throttles[name] = step.case
        result.notices.sort(key=attrgetter("decided", "id"))

    @staticmethod
    def _everywhere(found: Mapping[str, list[_Found]], names: Iterable[str]) -> list[tuple[str, list[_Found]]]:
        """Give what was found by name, and nothing for all other names."""
        return sorted((dict[str, list[_Found]]((name, []) for name in names) | dict(found)).items(), key=itemgetter(0))

    def _note(self, name: CaseName, case: Stored | None, wake: int, result: AlertResult) -> None:
        """Note what became of a case, and when it wants to hear of time."""
        if case is not None or name in self._wakes:
            result.touched[name] = case
        if case is None:
            self._wakes.pop(name, None)
        else:
            self._wakes[name] = wake


def _order(fact: _Fact) -> tuple[int, int, str]:
    """Order facts of one instant: what people did comes after what they heard of, and stays as it came."""
    if isinstance(fact, Action):
        return fact.at, 1, ""
    line = fact.line if isinstance(fact, Renamed) else fact
    return line.known, 0, line.id
