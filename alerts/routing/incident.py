"""An incident: one promise's trouble on one route, what was told of it, and what is still to be said and when.

Must not know: people, texts. Read next: `router.py`, which moves it.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from alerts.policy.policy import Silence
from standards.judge.ledger import Line
from standards.judge.promise import NEVER
from standards.judge.standard import CORRECTIONS_HORIZON

REMEMBERED_FOR = 2 * CORRECTIONS_HORIZON
"""How long after its last line an incident is remembered, in microseconds: a correction comes within the horizon."""

Turn = Literal["over", "trouble", "climb", "repeat"]
"""What an incident does at its time: give the all-clear, tell of trouble, tell the next in the chain, tell again."""
TURNS: tuple[Turn, ...] = get_args(Turn)


TROUBLE = ("warned", "broken", "lost", "undone")
WARNED = ("warned", "paused_warned")
"""The states of a promise that people were warned of, and that can still be kept."""


class Renamed(msgspec.Struct, frozen=True):
    """A line about known trouble under another id; the incidents of that trouble go on with it."""

    line: Line


class Incident(msgspec.Struct):
    """One promise on one route. Instants are microseconds UTC, `NEVER` where nothing is to be said.

    `line` is the newest trouble, `over` the line that ended it, once there is one. `told` are the people who heard of
    it, `kinds` what they heard, `began` when they first did, -1 before. `before` is what they had heard when the
    trouble went away and came back. `step` is the next step of the chain, `times` counts the messages. `owed` is the
    line whose reason is still to be given, with the message that it waits for. `replaced` are the ids under which its
    promise was told before.
    """

    line: Line
    route: str
    group: tuple[str, ...]
    over: Line | None = None
    told: list[str] = []
    kinds: list[str] = []
    before: list[str] = []
    began: int = -1
    step: int = msgspec.field(default=1, name="rung")
    times: int = 0
    acknowledged: str = ""
    owed: str = ""
    replaced: list[str] = []
    trouble_at: int = NEVER
    climb_at: int = NEVER
    repeat_at: int = NEVER
    over_at: int = NEVER

    @property
    def forget_at(self) -> int:
        """When it is forgotten."""
        return (self.over or self.line).known + REMEMBERED_FOR

    @property
    def wake(self) -> int:
        """When it next has something to say, or is forgotten."""
        return min(self.trouble_at, self.climb_at, self.repeat_at, self.over_at, self.forget_at)

    def turn(self, at: int) -> Turn | None:
        """Say what it has to say at an instant: one thing at a time, the most important first."""
        instants = (self.over_at, self.trouble_at, self.climb_at, self.repeat_at)
        return TURNS[instants.index(at)] if at in instants else None


class AlertRouter(msgspec.Struct):
    """One place's case: its incidents by promise and route, and what keeps others from being told.

    `now` is how far its time has come. `open` says when the message goes that a group waits for, `settling` which
    promise's all-clear waits at a route, standard and subject. `causes` are broken promises that inhibit others.
    """

    place: str
    now: int = -1
    incidents: dict[str, dict[str, Incident]] = msgspec.field(default_factory=dict, name="matters")
    open: dict[str, int] = {}
    settling: dict[str, str] = {}
    causes: dict[str, Line] = {}
    silences: list[Silence] = []

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to remember."""
        return not (self.incidents or self.causes or self.silences)


class PromiseIncidents(msgspec.Struct):
    """The incidents of one promise by route, as they are stored: apart from their place, which may have very many."""

    place: str
    promise: str
    routes: dict[str, Incident]


def is_trouble(line: Line) -> bool:
    """Say whether a line is about trouble: a correction is where somebody has to act after it, or to know."""
    if line.kind == "corrected":
        return line.verdict in ("broken", "unknown") or line.state in WARNED
    return line.kind in TROUBLE


def current_promise(case: AlertRouter, promise: str) -> str:
    """Give the id under which a promise that was told stands now: another one may have replaced it."""
    if promise in case.incidents:
        return promise
    later = (
        name
        for name, routes in case.incidents.items()
        if any(promise in incident.replaced for incident in routes.values())
    )
    return next(later, promise)


def name_of(*parts: str) -> str:
    """Join parts into one name that no other parts give."""
    return msgspec.json.encode(parts).decode()
