"""An incident: one promise's trouble on one route, what was told of it, and what is still to be said and when.

Must not know: people, texts. Read next: `router.py`, which moves it.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from alerts.policy.policy import Silence
from alerts.routing.actions import Action
from standards.judge.ledger import Line
from standards.judge.promise import NEVER
from standards.judge.standard import CORRECTIONS_HORIZON, DAY

REMEMBERED_FOR = 2 * CORRECTIONS_HORIZON
"""How long after its last line an incident is remembered, in microseconds: a correction comes within the horizon."""

Turn = Literal["over", "trouble", "released", "handed", "anew", "asked", "shift", "climb", "repeat"]
"""What an incident does at its time: give the all-clear, tell of trouble, tell what was held back, tell whom it was
handed on to, begin the chain anew, ask its holder whether they still have it, tell who comes on shift, tell the next in
the chain, tell again."""
TURNS: tuple[Turn, ...] = get_args(Turn)


TROUBLE = ("warned", "broken", "lost", "undone")
WARNED = ("warned", "paused_warned")
"""The states of a promise that people were warned of, and that can still be kept."""


Look = Literal["warned", "broken", "lost"]
"""What a line of trouble comes to for people, however it came about."""
Held = Literal["silenced", "muted", "inhibited"]
"""What holds an incident back: a person, the time of day, or graver trouble at the same place."""
State = Literal["silent", "waiting", "told", "taken", "resolving", "closed"]
"""How an incident stands. What is held back is waiting, or told; after the 48 hours of `closed` it is forgotten."""


class Renamed(msgspec.Struct, frozen=True):
    """A line about known trouble under another id; the incidents of that trouble go on with it."""

    line: Line


class LastHold(msgspec.Struct, frozen=True):
    """Of all that holds something back, what ends last: why, when (microseconds UTC), by whom if anybody."""

    reason: str
    until: int
    by: str = ""


class Incident(msgspec.Struct):
    """One promise on one route. Instants are microseconds UTC, `NEVER` where nothing is to be said.

    `line` is the newest trouble, `over` the line that ended it, once there is one. `told` are the people who heard of
    it, `kinds` what they heard, `began` when they first did, -1 before, `said_at` when they last did. `before` is what
    they had heard when the trouble went away and came back. `step` is the next step of the chain, `times` counts the
    messages. `owed` is the line whose reason is still to be given, with the message that it waits for. `replaced` are
    the ids under which its promise was told before. What is held back looks at `held_until` whether it still is; up to
    then nobody else is told, and `repeat_at` says since when there is something to tell. It is held since `held_since`,
    -1 where it is not, by `held_by`; `last_hold` is, or was, the last to end. Before that it was held for `held_for`
    since its newest trouble was known, for `held_told` since `began`.

    `acknowledged` is who has it, up to `taken_until`: then they are asked, and at `anew_at` the chain begins anew if
    nobody answered; it is `anew` while that is held back. So it stands since `had_since`, -1 where nobody ever had it:
    `giver` handed it on or gave it back; `untaken` was handed it and did not take it in time; `lapsed` had it until
    then. What people did up to `heard` is in that.
    `passed_by` handed it on to `passed_to`, with a `passed_note`, or gave it back, and others are still to be told so;
    `holders` are all who had it. `cleared` heard that it is over already. After an all-clear it is there `after_all`.
    A broken promise is owed up to `owed_until`, as far as that is known. `added` says of steps that a reload brought
    since when they count; after one it may be `rerouted`, or `retired`, where no route leads to anybody any more.
    """

    line: Line
    route: str
    group: tuple[str, ...]
    over: Line | None = None
    told: list[str] = []
    kinds: list[str] = []
    before: list[str] = []
    began: int = -1
    said_at: int = -NEVER
    step: int = msgspec.field(default=1, name="rung")
    times: int = 0
    acknowledged: str = ""
    owed: str = ""
    replaced: list[str] = []
    trouble_at: int = NEVER
    climb_at: int = NEVER
    repeat_at: int = NEVER
    over_at: int = NEVER
    held_until: int = NEVER
    held_since: int = -1
    held_for: int = 0
    held_told: int = 0
    held_by: Held | Literal[""] = ""
    last_hold: LastHold | None = None
    taken_until: int = NEVER
    anew_at: int = NEVER
    hand_at: int = NEVER
    shift_at: int = NEVER
    passed_by: str = ""
    passed_to: str = ""
    passed_note: str = ""
    anew: bool = False
    holders: list[str] = []
    had_since: int = -1
    giver: str = ""
    lapsed: str = ""
    untaken: str = ""
    heard: int = -1
    cleared: list[str] = []
    owed_until: int = -1
    after_all: bool = False
    added: dict[int, int] = {}
    rerouted: bool = False
    retired: bool = False

    @property
    def state(self) -> State:
        """How it stands."""
        if self.over is not None:
            return "closed" if self.over_at == NEVER else "resolving"
        if self.acknowledged:
            return "taken"
        return "told" if self.told else "waiting"

    @property
    def asked_until(self) -> int:
        """Up to when an answer of who has it is waited for, whether they still do; -1: they were not asked."""
        waits = self.acknowledged and not self.passed_to and self.taken_until == NEVER != self.anew_at
        return self.anew_at if waits else -1

    @property
    def offered(self) -> str:
        """To whom it was handed on, while their answer is waited for; else nobody."""
        return self.passed_to if min(self.hand_at, self.anew_at) < NEVER else ""

    @property
    def is_held(self) -> bool:
        """Whether something holds it back."""
        return self.held_since >= 0

    @property
    def forget_at(self) -> int:
        """When it is forgotten: not while it is held back."""
        if self.over is not None:
            return self.over.known + REMEMBERED_FOR
        return NEVER if self.is_held else max(self.line.known + REMEMBERED_FOR + self.held_for, self.owed_until + 1)

    @property
    def fresh_until(self) -> int:
        """Up to when its trouble is repeated: for a day, in which time that it was held back does not count."""
        return self.line.known + DAY + self.held_for

    @property
    def _instants(self) -> tuple[int, ...]:
        """When it has each of its turns."""
        later = (NEVER, NEVER) if self.is_held else (self.climb_at, self.repeat_at)
        held = (self.hand_at, self.anew_at, self.taken_until, self.shift_at)
        return (self.over_at, self.trouble_at, self.held_until, *held, *later)

    @property
    def wake(self) -> int:
        """When it next has something to say, or is forgotten."""
        return min(*self._instants, self.forget_at)

    def turn(self, at: int) -> Turn | None:
        """Say what it has to say at an instant: one thing at a time, the most important first."""
        instants = self._instants
        return TURNS[instants.index(at)] if at in instants else None

    def go_on_with(self, line: Line, at: int) -> None:
        """Take another line for the newest trouble."""
        self.count(at)
        self.line, self.held_for = line, 0

    def quiet(self) -> None:
        """Have nothing to say of trouble any more."""
        self.trouble_at = self.climb_at = self.repeat_at = NEVER
        self.taken_until = self.anew_at = self.hand_at = self.shift_at = NEVER

    def let_go(self, at: int) -> None:
        """Hold it back no longer."""
        self.count(at)
        self.held_since, self.held_until = -1, NEVER

    def count(self, at: int) -> None:
        """Count up to an instant how long it was held back."""
        if self.is_held:
            self.held_for += at - self.held_since
            self.held_told += at - self.held_since if self.began >= 0 else 0
            self.held_since = at


class Swing(msgspec.Struct, frozen=True):
    """Trouble at one subject that comes back: up to when a return counts, and how often it came back."""

    until: int
    times: int = 0


class Went(msgspec.Struct, frozen=True):
    """So many came and went on a route while they were held back, which lasts until an instant."""

    count: int
    until: int


class AlertRouter(msgspec.Struct):
    """One place's case: its incidents by promise and route, and what keeps others from being told.

    `now` is how far its time has come. `early` is what people did about promises that are no trouble yet. `open` says
    when the message goes that a group waits for, `settling` which promise's all-clear waits at a route, standard and
    subject, `swings` what came back there. `causes` are broken promises that inhibit others, and `ending` says up to
    when those of them do that are well again. `went` counts, by route, what came and went while it was held back, and
    `dark` says, by group, up to when more that nobody can know is not told after some was.
    """

    place: str
    now: int = -1
    early: dict[str, list[Action]] = {}
    incidents: dict[str, dict[str, Incident]] = msgspec.field(default_factory=dict, name="matters")
    open: dict[str, int] = {}
    settling: dict[str, str] = {}
    causes: dict[str, Line] = {}
    ending: dict[str, int] = {}
    swings: dict[str, Swing] = {}
    silences: list[Silence] = []
    went: dict[str, Went] = {}
    dark: dict[str, int] = {}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to remember."""
        return not (self.incidents or self.causes or self.silences or self.swings or self.went or self.early)

    def inhibits_until(self, cause: Line) -> int:
        """Give up to when a cause inhibits others: it has been well for long enough, or a day has gone by."""
        return min(cause.known + DAY, self.ending.get(cause.promise, NEVER))

    def look_again(self, at: int) -> list[str]:
        """Let all that is held back look at an instant whether it still is; gives the promises."""
        found = []
        for promise, routes in self.incidents.items():
            held = [incident for incident in routes.values() if incident.is_held]
            for incident in held:
                incident.held_until = min(incident.held_until, at)
            found += [promise] if held else []
        return found


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


def renames(line: Line) -> bool:
    """Say whether a line is about known trouble under another id: people know of it, machines have to know the id."""
    return bool(line.replaces) and is_trouble(line)


def look_of(line: Line) -> Look:
    """Say what a line of trouble comes to for people."""
    if line.kind in ("corrected", "undone"):
        return "broken" if line.verdict == "broken" else "lost" if line.verdict == "unknown" else "warned"
    return "warned" if line.kind == "warned" else "broken" if line.kind == "broken" else "lost"


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
