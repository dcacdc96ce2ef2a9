"""Playing: a story goes by on a host in memory, instant by instant.

The clock goes from one instant to the next at which something comes, or time alone changes something: a deadline, a
warning, a step of a chain. It is as if there were a tick at each such instant, `grace` later by the wall. What was done
is written down as moments, with promises' ids filled in, so that any other host can be taken through the very same.
Read next: `comparing.py`.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

import msgspec

from alerts.routing.notice import Notice, Reason, Withheld
from standards.errors import StateError
from standards.judge.case import Unused
from standards.judge.events import Event, iso, type_of
from standards.judge.ledger import Line
from standards.stories.story import about_promises
from streams.documents.rules import Rules
from streams.runtime.pump import GRACE
from streams.stories.host import Store, StoryHost

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from alerts.policy.policy import People
    from standards.stories.story import Story
    from standards.stories.story_given import Fault, FaultKind, Sent

MOST_MOMENTS = 10_000
"""The longest story: so many instants at which something happens."""


class Moment(msgspec.Struct):
    """What a host is taken through: it has its fault, if any; then, at `wall` (microseconds UTC), `events` come.

    Without events it is a tick. `fault` is "restart" where Kept ends in order and begins again, "crash" where it just
    ends, "reload" where it goes on by another `policy`, as the story names it, and "clock" where time is set forward.
    """

    wall: int
    events: list[Event] = []
    fault: FaultKind | Literal[""] = ""
    policy: str = ""


class Played(msgspec.Struct):
    """What came of a story. `reasons` say by its id why a line was told or not, `names` are the promises' by theirs.

    `unused` are the events that changed nothing; `problems` are (when, what) for which the story itself is to blame.
    """

    moments: list[Moment] = []
    lines: list[Line] = []
    reasons: dict[str, Reason] = {}
    notices: list[Notice] = []
    withheld: list[Withheld] = []
    names: dict[str, str] = {}
    unused: list[Unused[Event]] = []
    problems: list[tuple[int, str]] = []


class Playing:
    """One story as it goes by; `most` moments of it are played.

    `policies` are those that Kept goes over to on the way, as the story names them; `channels` are set up in it.
    """

    def __init__(
        self,
        story: Story,
        rules: Rules,
        *,
        policies: Mapping[str, People] | None = None,
        channels: Collection[str] = (),
        most: int = MOST_MOMENTS,
    ) -> None:
        self.story = story
        self.rules = rules
        self.policies = policies or {}
        self.channels = channels
        self.most = most
        self.played = Played()
        self.host = self._begun(Store())
        self._about = about_promises(rules.loaded)
        self._called: dict[str, list[tuple[str, str]]] = {}

    def play(self, until: int = -1) -> Played:
        """Let everything come, and time go to the story's own end or, if that is later, `until` (microseconds UTC)."""
        until = max(self.story.until, until)
        self._step([], self.story.clock.start)
        comings: list[tuple[int, int, Fault | list[Sent]]] = [(fault.at, 0, fault) for fault in self.story.faults]
        sent = sorted(self._held_up(), key=attrgetter("arrives"))
        comings += [(at, 1, list(group)) for at, group in groupby(sent, key=attrgetter("arrives"))]
        for at, _, coming in sorted(comings, key=lambda each: each[:2]):
            if not self._pass_time(at):
                return self.played
            if isinstance(coming, list):
                self._step([self._filled_in(each) for each in coming], at)
            else:
                self._fault(coming)
        if self._pass_time(until + GRACE):
            self._step([], until + GRACE)
        return self.played

    def _held_up(self) -> Iterable[Sent]:
        """Give what is sent; what comes while Kept is down comes when it is back."""
        for sent in self.story.sent:
            at = sent.arrives
            for fault in sorted(self.story.faults, key=attrgetter("at")):
                at = max(at, fault.back) if fault.at <= at < fault.back else at
            yield msgspec.structs.replace(sent, arrives=at)

    def _pass_time(self, wall: int) -> bool:
        """Tick at each instant at which time alone changes something, up to this one by the wall.

        Says whether the story goes on.
        """
        while (wake := self.host.wake) + GRACE < wall:
            if len(self.played.moments) >= self.most:
                too_many = f"the {self.most:,}th thing happened, and the story was stopped; let it end sooner by until:"
                self.played.problems.append((wake, too_many))
                return False
            self._step([], wake + GRACE)
            if self.host.wake <= wake:
                raise StateError(f"time stands still at {iso(wake)} in a story; this is a defect in Kept")
        return True

    def _fault(self, fault: Fault) -> None:
        """Have Kept begin again with nothing but what was written down, or time go forward; up to then it ran."""
        self._step([], fault.at)
        if fault.kind == "reload":
            self.rules = Rules(self.rules.loaded, self.policies[fault.policy])
        if fault.kind != "clock":
            self.host = self._begun(self.host.write_down())
        self._step([], fault.back, fault)

    def _begun(self, store: Store) -> StoryHost:
        return StoryHost(self.rules, self.story.clock.zone, store, channels=self.channels)

    def _step(self, events: list[Event], wall: int, fault: Fault | None = None) -> None:
        played = self.played
        moment = Moment(wall, events, fault.kind, fault.policy) if fault is not None else Moment(wall, events)
        played.moments.append(moment)
        done = self.host.step(
            events, wall, stepped=wall - fault.at if fault is not None and fault.kind == "clock" else 0
        )
        played.lines += done.lines
        played.reasons.update(done.alerts.reasons)
        played.notices += done.alerts.notices
        played.withheld += done.alerts.withheld
        played.unused += done.unused
        for line in done.lines:
            if line.kind == "opened":
                whom = played.names.get(line.subject, line.subject) if line.standard in self._about else line.subject
                played.names[line.promise] = name = f"{line.standard} {whom}".rstrip()
                self._called.setdefault(name, []).append((line.promise, line.subject))

    def _filled_in(self, sent: Sent) -> Event:
        """Give an event with the id of the promise that it is about."""
        named, event = sent.promise, sent.event
        if named is None:
            return event
        found = self._called.get(named.text, [])
        if len(found) < max(1, named.nth):
            found_none = f"Kept knew of no promise {named.text}, so nothing could be done about it"
            self.played.problems.append((event.at, found_none))
            return event
        promise, subject = found[named.nth - 1]  # 0 is the newest
        filled = {"promise": promise}
        if type_of(event) == "exception.granted":
            filled["subject"] = subject
        return msgspec.structs.replace(event, data=msgspec.structs.replace(event.data, **filled))
