"""The call centre of the simulated floor: callers, agents, warm and cold transfers, surveys, follow-ups.

Read next: `playing.py`, which gives it all to a host.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from standards.calendar.duration import SECOND

if TYPE_CHECKING:
    from streams.floor.stage import Process, Stage

SOURCE = "calls"
PATIENCE = 100.0
"""How many seconds a caller waits on average before giving up."""
TRANSFERRED, TRANSFERRED_AGAIN, COLD = 0.25, 0.09, 0.15
"""The share of calls passed on, of those passed on once more, and of transfers that nobody was briefed for."""
QUIET_START = 45.0
"""In the first seconds nobody is passed on, so that the first broken promise is about a line."""
MOST_TRANSFERS = 2
LOW_SCORE = 2
EXCUSED, AT_LAST, IN_TIME = 0.08, 0.30, 0.88
"""Of unhappy customers: the share who want no call, and those up to which it comes late, or soon; the rest waits on."""
_AGENTS = {
    "support": ("ania", "jan", "ola", "piotr", "kasia", "adam", "zofia", "iga"),
    "orders": ("ewa", "marek", "tomek", "lena", "hania"),
}
_EVERY = {"support": 17.0, "orders": 25.0}
_SCORES = (5, 4, 3, 2, 1)
_USUAL, _ANNOYED = (46, 31, 13, 6, 4), (10, 20, 25, 25, 20)


class Caller(msgspec.Struct):
    """Somebody on the telephone. `since` is when they joined the line (microseconds); `annoyed` colours the survey."""

    contact: str
    queue: str
    since: int
    annoyed: bool = False


class CallCentre:
    """The lines of the call centre, and everybody who answers them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.lines: dict[str, deque[Caller]] = {queue: deque() for queue in _AGENTS}
        self.calls = 0

    def callers(self, queue: str) -> Process:
        """Call, one after the other."""
        stage = self.stage
        while True:
            yield stage.pause(_EVERY[queue] / stage.bustle)
            self.calls += 1
            caller = Caller(f"c-{self.calls:04}", queue, stage.now)
            stage.tell(SOURCE, "contact.waiting", contact=caller.contact, queue=queue, channel="phone")
            self.lines[queue].append(caller)
            stage.begin(self.patience(caller), after=stage.pause(PATIENCE))

    def patience(self, caller: Caller) -> Process:
        """Give up, unless somebody has answered by now."""
        line = self.lines[caller.queue]
        if caller in line:
            line.remove(caller)
            about = {"contact": caller.contact, "queue": caller.queue}
            self.stage.tell(SOURCE, "contact.abandoned", **about, waited=self._waited(caller))
            self.stage.tell(SOURCE, "contact.closed", **about, answered=False)
        yield from ()

    def agent(self, queue: str, name: str) -> Process:
        """Answer whoever has waited longest, talk, and be ready again a few seconds later."""
        line, stage = self.lines[queue], self.stage
        while True:
            if not line:
                yield 1
                continue
            caller = line.popleft()
            stage.tell(
                SOURCE, "contact.answered", contact=caller.contact, queue=queue, agent=name,
                waited=self._waited(caller), by_name=stage.happens(0.9),
            )  # fmt: skip
            yield from self._talk(caller, name)
            yield stage.lots.uniform(3, 15)

    def _talk(self, caller: Caller, name: str) -> Process:
        stage = self.stage
        yield stage.lots.uniform(25, 50 if stage.calm else 110)
        settled = stage.now - stage.start > QUIET_START * SECOND
        transfers = 0
        while settled and transfers < MOST_TRANSFERS and self._passed_on(transfers):
            transfers += 1
            yield from self._pass_on(caller, name)
            yield stage.lots.uniform(20, 60)
        caller.annoyed |= transfers > 1
        stage.tell(SOURCE, "contact.closed", contact=caller.contact, queue=caller.queue, answered=True)
        if stage.happens(0.5):
            stage.begin(self.survey(caller, name), after=stage.lots.uniform(8, 40))

    def _passed_on(self, before: int) -> bool:
        return self.stage.fails(TRANSFERRED_AGAIN) if before else self.stage.happens(TRANSFERRED)

    def _pass_on(self, caller: Caller, name: str) -> Process:
        stage = self.stage
        others = [other for agents in _AGENTS.values() for other in agents if other != name]
        pair = {"contact": caller.contact, "from_agent": name, "to_agent": stage.lots.choice(others)}
        cold = stage.fails(COLD)
        if cold:
            caller.annoyed = True
        else:
            stage.tell(SOURCE, "transfer.briefed", **pair)
            yield stage.lots.uniform(5, 20)
        stage.tell(SOURCE, "transfer.completed", **pair, briefed=not cold)

    def survey(self, caller: Caller, name: str) -> Process:
        """Say how it was; those who were passed on coldly or twice say it more often with a one or a two."""
        stage = self.stage
        (score,) = stage.lots.choices(_SCORES, _ANNOYED if caller.annoyed else _USUAL)
        stage.tell("survey", "survey.answered", contact=caller.contact, agent=name, score=float(score), kind="call")
        if score == _SCORES[-1] and stage.happens(0.5):
            yield stage.lots.uniform(20, 60)
            stage.tell("survey", "complaint.received", contact=caller.contact, agent=name, topic="passed around")
        if score <= LOW_SCORE:
            stage.begin(self.follow_up(caller, name))

    def follow_up(self, caller: Caller, name: str) -> Process:
        """Call the customer back: mostly soon, sometimes at the last moment; some are excused, some forgotten."""
        stage, lots = self.stage, self.stage.lots
        way = lots.uniform(AT_LAST, IN_TIME) if stage.calm else lots.random()
        if way < EXCUSED:
            yield lots.uniform(90, 240)
            stage.tell(
                "desk", "exception.granted", standard="followed-up", subject=caller.contact, by="team-lead",
                reason="the customer asked not to be called",
            )  # fmt: skip
        elif way < IN_TIME:
            yield lots.uniform(160, 290) if way < AT_LAST else lots.uniform(40, 140)
            stage.tell("desk", "followup.completed", contact=caller.contact, agent=name, channel="phone", reached=True)

    def _waited(self, caller: Caller) -> float:
        return (self.stage.now - caller.since) / SECOND


def open_call_centre(stage: Stage) -> None:
    """Open the telephone lines."""
    centre = CallCentre(stage)
    for queue, agents in _AGENTS.items():
        stage.begin(centre.callers(queue))
        for name in agents:
            stage.begin(centre.agent(queue, name))
