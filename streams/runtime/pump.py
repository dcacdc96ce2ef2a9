"""The pump: moves a partition of cases forward, batch by batch, in every host alike.

It knows which case each event concerns, how far time has come, and which cases must wake. One batch is judged stratum
by stratum, so that promises which are events to other standards are complete before those judge. Whatever the size of
the batches, the ledger is the same. In history time is the events' own: the watermark is the newest one's less
`lateness`. In a live host it is the clock's less `grace`, and never the senders': an event is late if it happened more
than that before it was received.

Must not know: clocks, files, stores. Read next: `standards/judge/judge.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.case import Case, Unused
from standards.judge.changed_days import CHANGED
from standards.judge.events import Event, Tick, type_of
from standards.judge.judge import Start, feed
from standards.judge.ledger import derived
from standards.judge.promise import NEVER, Transition
from standards.judge.rulebook import GRANT, Key
from streams.runtime.batch_result import BatchResult
from streams.runtime.changed_days import ChangedDays, change_day
from streams.runtime.feed_hearings import FeedHearings
from streams.runtime.group_state import GroupState
from streams.runtime.position import Position
from streams.runtime.regroup import Homes
from streams.runtime.share import WHOLE, Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from standards.judge.rulebook import Group, Rulebook

LATENESS = 1_000_000
"""How far an event of history may be behind the newest one and still be in time, in microseconds."""
GRACE = 2_000_000
"""How long after an instant, by the clock, its events may still come to a live host, in microseconds."""
SETTLE = 600_000_000
"""How long after an event was received an earlier one can still take its place in a live host, in microseconds."""


class Pump:
    """A partition of cases and its watermark. `lateness`, `grace` and `settle` are microseconds.

    `lows`, where not empty, are the strata's watermarks, of the host's making; then promises' events come from it too.
    """

    def __init__(  # noqa: PLR0913 - three of them say how time runs here
        self,
        rulebook: Rulebook,
        *,
        lateness: int = LATENESS,
        grace: int = GRACE,
        settle: int = 0,
        position: Position | None = None,
        share: Share = WHOLE,
    ) -> None:
        at = Position() if position is None else position
        self.changed_days = ChangedDays(rulebook, at.changes)
        self.rulebook = rulebook = self.changed_days.rulebook
        self.lateness, self.grace, self.settle = lateness, grace, settle
        self.share = share
        self.lows: list[int] = []
        self.newest, self.low, self.started, self.clock = at.newest, at.low, at.started, at.reached
        self._lasting, self._judged_by = at.groups, at.judged_by
        self._left_over: list[Event] = []
        self.group_states = {name: GroupState(group, settle) for name, group in rulebook.groups.items()}
        states = self.group_states
        self.looks_back = max((state.delay + state.settle for state in states.values()), default=0)
        self.feeds = FeedHearings(rulebook, at.hearings, at.low - self.looks_back, at.gaps)
        self.hearings = self.feeds.by_key
        self.miss = self.feeds.miss
        of, chooses = states, share.mine is not None
        self._routes = {
            cls: tuple((of[it.group.name].pending, it.key, chooses or not it.sure, of[it.group.name]) for it in found)
            for cls, found in rulebook.routes.items()
        }

    @property
    def wake(self) -> int:
        """When time alone changes a case next, in microseconds UTC, or earlier."""
        return min((state.wake + state.delay for state in self.group_states.values()), default=NEVER)

    def position(self) -> Position:
        """Tell how far the partition has come, to be stored with the cases."""
        heard = [(*name, hearing) for name, hearing in self.hearings.items()]
        gaps, groups = list(self.feeds.gaps), list(self.group_states)
        judged_by = {name: state.group.judged_by for name, state in self.group_states.items()}
        days = self.changed_days.changes
        return Position(self.newest, self.low, self.started, heard, gaps, groups, self.clock, days, judged_by)

    def cases(self) -> Iterable[Case[Event]]:
        """Give all cases there are."""
        return (case for group_state in self.group_states.values() for case in group_state.cases.values())

    def case(self, group: str, key: Key) -> Case[Event] | None:
        """Give one case, or None if there is none or it was forgotten."""
        group_state = self.group_states.get(group)
        return None if group_state is None else group_state.cases.get(key)

    def adopt(self, cases: Iterable[Case[Event]], lasting: Iterable[str] = ()) -> list[tuple[str, Key]]:
        """Take stored cases in; `lasting` are groups that were there before, beside those that the position names.

        Gives the (group, key) of those that other standards had grouped differently.
        """
        cases = list(cases)
        lasting = {*self._lasting, *lasting, *(case.group for case in cases)}
        homes = Homes(self.rulebook, lasting, self._reached, cases, self._judged_by)
        waiting = [(event, homes.elsewhere(case, event)) for case in cases for event in case.held]
        self._left_over += {
            (event.source, event.id): event for event, _ in waiting if homes.concerns_nobody(event)
        }.values()
        moved: list[tuple[str, Key]] = []
        for case in cases:
            targets = homes.of(case)
            if targets == {case.group} and self.case(case.group, case.key) is None:
                if homes.leave(case):
                    moved.append((case.group, case.key))
                self.group_states[case.group].put(case)
                continue
            moved.append((case.group, case.key))
            for name in sorted(targets):
                known = self.case(name, case.key) or Case(name, case.key, home=case.home)
                self.group_states[name].put(homes.joined(known, case))
                moved.append((name, case.key))
        for event, found in waiting:
            for name, key in found:
                if self.share.mine is None or self.share.mine(key):
                    known = self.case(name, key) or Case(name, key)
                    if homes.receive(known, event):
                        self.group_states[name].put(known)
                        moved.append((name, key))
        return moved

    def _reached(self, group: Group) -> int:
        return self.reached_by(self.low, self.group_states[group.name])

    def reached_by(self, low: int, state: GroupState) -> int:
        """Give how far the time of a group has come, by how far that of all has, in microseconds UTC."""
        return (min(self.lows[state.group.level], low) if self.lows else low) - state.delay

    def begin(self, at: int) -> None:
        """Begin to owe, at `at`, the subjects that standards list. Owed already: nothing happens."""
        self.started = at
        for group_state in self.group_states.values():
            for key in group_state.group.listed:
                if self.share.mine is None or self.share.mine(key):
                    group_state.pending[key].insert(0, Start(at))

    def push(self, events: Sequence[Event], *, now: int | None = None) -> BatchResult:
        """Judge a batch, in arrival order.

        In a live host each event has its stamp, and `now` is the clock, in microseconds UTC, but no later than the
        stamp of what was received and is not in a batch yet. Without it the events are history.
        """
        outcome = BatchResult()
        if self.started < 0 and (events or now is not None):
            self.begin(events[0].at if now is None else now)
        if self.rulebook.feeds:
            events = self._hear_apart(events, outcome)
            self._hear(events)
        self.route(events, outcome)
        if now is not None:
            self.low, self.clock = max(self.low, now - self.grace), max(self.clock, now)
        self.judge(outcome)
        return outcome

    def _hear_apart(self, events: Sequence[Event], outcome: BatchResult) -> Sequence[Event]:
        """Judge what was received before a late event without hearing it; gives what is left of a batch."""
        begun = 0
        for place, event in enumerate(events):
            reached = event.received - self.grace
            if event.at <= reached and reached > self.low:
                self._hear(events[begun:place])
                self.route(events[begun:place], outcome)
                self.low, begun = reached, place
                self.judge(outcome)
        return events[begun:] if begun else events

    def finish(self) -> BatchResult:
        """End the input: time has reached the newest event, and goes no further."""
        self.low = max(self.low, self.newest)
        outcome = BatchResult()
        self.judge(outcome)
        return outcome

    def route(self, events: Iterable[Event], outcome: BatchResult) -> None:  # noqa: C901 - it runs for every event
        """Sort the events to their cases. This loop runs for every event there is: it does nothing else."""
        low, newest, margin, grace = self.low, self.newest, self.lateness + 1, self.grace
        routes, mine = self._routes, self.share.mine
        for event in events:
            at, received = event.at, event.received
            if received and received - grace > low:
                low = received - grace
            late = at <= low
            if at > newest:
                newest = at
                if at - margin > low and not received:
                    low = at - margin
            try:
                targets = routes[type(event)]
            except KeyError:
                self._route_by_name(event, low, outcome)
                continue
            for pending, key_of, chooses, state in targets:
                key = key_of(event.data)
                if chooses:
                    if mine is not None and not mine(key):
                        continue
                    if None in key:
                        outcome.unused.append(Unused(event, "no-subject"))
                        continue
                if late:
                    reached = self.reached_by(low, state)
                    if at <= reached:
                        pending[key].append(Tick(reached))
                pending[key].append(event)
        self.low, self.newest = low, newest

    def _route_by_name(self, event: Event, low: int, outcome: BatchResult) -> None:
        """Route what has no route by its type: grants name their subject, a changed day is all's who go by it."""
        name, found, (mine, first) = type_of(event), self.rulebook.named(event), self.share
        if name == CHANGED:
            change_day(self, event, low, outcome)
        for group, key in found:
            if mine is not None and not mine(key):
                continue
            reached = self.reached_by(low, state := self.group_states[group.name])
            if event.at <= reached:
                state.pending[key].append(Tick(reached))
            state.pending[key].append(event)
        if name == GRANT and not found and first:
            outcome.unused.append(Unused(event, "nothing-to-excuse"))
        elif name != CHANGED and not found and not self.feeds.concerns(event):
            outcome.unmatched[name] = outcome.unmatched.get(name, 0) + 1

    def _hear(self, events: Iterable[Event]) -> None:
        """Note when the feeds spoke. In history, what comes late says nothing of whether its feed speaks now."""
        low, newest = self.low, self.newest
        for event in events:
            if event.at > low or event.received:
                self.feeds.hear(event)
            newest = max(newest, event.at)
            low = max(low, newest - self.lateness - 1)

    def judge(self, outcome: BatchResult, only: Mapping[str, int] | None = None) -> None:
        """Judge what was routed, up to the watermark; or `only` some groups, each up to an instant."""
        if self._left_over:
            left_over, self._left_over = self._left_over, []
            self.route(left_over, outcome)
        for level, stratum in enumerate(self.rulebook.strata):
            judged = len(outcome.transitions)
            low = self.lows[level] if self.lows else self.low
            for group in stratum if only is None else [each for each in stratum if each.name in only]:
                state = self.group_states[group.name]
                self._judge_group(state, low - state.delay if only is None else only[group.name], outcome)
            if self.rulebook.heard and not self.lows:
                self.feed_back(outcome.transitions[judged:], level)
        self.feeds.forget((self.lows[-1] if self.lows else self.low) - self.looks_back)

    def _judge_group(self, group_state: GroupState, low: int, outcome: BatchResult) -> None:
        group, cases, rulebook = group_state.group, group_state.cases, self.rulebook
        name, settle = group.name, group_state.settle
        tick = Tick(low)
        for key, facts in group_state.collect(low).items():
            case = cases.get(key)
            if case is None:
                if not facts:
                    continue
                case = cases[key] = Case(name, key)
            if group.feeds or self.feeds.gaps:
                facts.insert(0, self.feeds.heard(group, key))
            facts.append(tick)
            step = feed(case, facts, rulebook, settle)
            outcome.touched.append((name, key))
            if step.transitions:
                outcome.transitions += step.transitions
            if step.unused or step.duplicates or step.settled_early or step.late:
                outcome.unused += step.unused
                outcome.duplicates += step.duplicates
                outcome.settled_early += step.settled_early
                outcome.late += step.late
            if step.case is None:
                del cases[key]
                group_state.alarm_of.pop(key, None)
            elif step.wake_at < group_state.alarm_of.get(key, NEVER):
                group_state.note(key, step.wake_at)

    def feed_back(self, transitions: Iterable[Transition[Event]], level: int) -> None:
        """Give the promises' own events to the standards of higher strata: those that can hear them are all there."""
        for transition in transitions:
            event = derived(transition, self.rulebook.heard)
            if event is None:
                continue
            for route in self.rulebook.routes[type(event)]:
                key = route.key(event.data)
                if None not in key and route.group.level > level:
                    self.group_states[route.group.name].derived.setdefault(key, []).append(event)
