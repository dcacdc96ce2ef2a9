"""The engine: one partition judged, told and stored, one transaction per batch. The whole embedded host but its clock.

`step` judges a batch in memory and then writes everything it did in one transaction. When that fails, memory is ahead
of the disk and must not be used again: `rebuild` reads everything back. A reload of the standards is the same reading
back, under the new rulebook; what cannot be read under it leaves the old one in force.
Used from one thread at a time. Must not know: the clock, asyncio, HTTP. Read next: `embedded.py`, which runs it.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from alerts.policy.policy import Policy
from alerts.routing.actions import UNLISTED, actions_of
from alerts.routing.stalls import NOTED, Stall, stall_of
from standards.documents.excerpt import owed_for
from standards.judge.events import type_of
from standards.judge.ledger import line
from standards.judge.promise import NEVER
from standards.judge.standard import CORRECTIONS_HORIZON
from streams.documents.rules import Rules
from streams.embedded.admission import Admission
from streams.embedded.options import Options
from streams.ingest.agreement import Agreement
from streams.ingest.wire import FROM_THE_FUTURE, Reader, claim_of
from streams.names.door import Door
from streams.names.earlier.store import Rules as Former
from streams.names.earlier.store import take_over
from streams.names.forgotten import forget_again
from streams.names.policy import people_of
from streams.names.references import ERASED
from streams.runtime.alert_pipeline import AlertPipeline
from streams.runtime.position import Position
from streams.runtime.pump import Pump
from streams.runtime.source_clocks import SourceClocks
from streams.runtime.turning_back import go_back
from streams.storage.closings import Closings, house_of
from streams.storage.ledger_tables import about
from streams.storage.router_tables import read_calls
from streams.storage.source_tables import forget_later, read_sources
from streams.storage.sqlite import FILE, Database
from streams.storage.status import Committed
from streams.storage.store_writer import Batch, StoreWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from standards.judge.case import Late
    from standards.judge.events import Event
    from streams.documents.rules import Standards
    from streams.ingest.wire import Refusal
    from streams.runtime.batch_result import BatchResult

BEGIN_EVERY = 60_000_000
"""How often listed subjects are looked at while older revisions still owe them, in microseconds."""

_OWING = """
SELECT revision, excerpt, coalesce(last, -1), revision IN (
    SELECT revision FROM promises WHERE verdict IS NULL UNION SELECT revision FROM promises WHERE settled >= ?)
FROM revisions LEFT JOIN (
    SELECT revision, max(settled) AS last FROM promises WHERE verdict = 'broken' AND state = 'broken' GROUP BY revision
) USING (revision) ORDER BY loaded_at, revision
"""


class _Judged(NamedTuple):
    """A batch that was judged, from `started` on, by a clock that only counts; `stall`: before it nobody ran."""

    outcome: BatchResult
    events: Sequence[Event]
    refused: Sequence[Refusal]
    started: float
    stall: Stall | None = None


class Engine:
    """Judges, tells and stores. Construct it, then `rebuild`; after an error from `step`, `rebuild` before the next."""

    rules: Rules
    reader: Reader
    pump: Pump

    def __init__(self, folder: Path, standards: Standards, options: Options) -> None:
        """Open the store in a folder. Raises StateError."""
        self.standards = standards
        self.options = options
        self.database = Database(folder / FILE)
        self._closings = Closings(self.database, options.zone, options.closes_after)
        self._begun = self._stepped = 0
        self._since = self._noted = -1

    def close(self) -> None:
        """Close the store."""
        self.database.close()

    def rebuild(self, wall: int) -> None:
        """Read everything back under the standards in force, or load them first. Raises StateError, SpecError."""
        begun = hasattr(self, "rules")
        rules = self.rules if begun else self.read_standards(self.owing(wall))
        if self.options.names is not None and not begun:
            take_over(self.database, self.options.names, partial(self._both, rules))
            forget_again(self.database, self.options.names)
        self.adopt(rules, wall)

    def _both(self, rules: Rules) -> Former:
        """Give what is judged and told by, with the policy as it is written too."""
        policies = self.options.policies
        return Former(rules.loaded.rulebook, policies and policies(rules.loaded.standards), rules.people)

    def owing(self, wall: int) -> list[tuple[str, str]]:
        """Give (revision, excerpt) of what is still owed, or can be corrected: by the case's time or the wall clock."""
        low = self._position().low
        reached = min(wall, max(low, wall - self.options.grace))  # how far time has come for the judge, once it begins
        found = self.database.all(_OWING, [reached - CORRECTIONS_HORIZON])
        return [
            (str(revision), str(text))
            for revision, text, last_broken, lasts in found
            if lasts or last_broken >= low - owed_for(text)  # what is given up while nobody runs is told then
        ]

    def read_standards(self, owing: Sequence[tuple[str, str]]) -> Rules:
        """Read the standards, the older revisions that are owed, policy and practice. Any thread may do it."""
        loaded = self.standards.load(())
        retired = [text for revision, text in owing if revision not in loaded.rulebook.standards]
        policies, practices = self.options.policies, self.options.practices
        people = None if policies is None else policies(loaded.standards)
        practice = None if practices is None else practices(loaded.standards)
        if people is not None and self.options.names is not None:
            people = people_of(people, self.options.names)
        return Rules(self.standards.load(retired) if retired else loaded, people, practice)

    def adopt(self, rules: Rules, wall: int) -> None:
        """Read the stored state into a new pump and router, store what the change itself changed, and use them."""
        loaded, people, _ = rules
        rulebook, options = loaded.rulebook, self.options
        position = self._position()
        silences = {feed.name: feed.silent_after for feed in loaded.feeds}
        for name, _, hearing in position.hearings:
            hearing.silent_after = silences.get(name, hearing.silent_after)
        pump = Pump(rulebook, grace=options.grace, settle=options.settle, position=position)
        recorder = StoreWriter(self.database, rulebook, channels=options.channels, keep=options.keep)
        moved = pump.adopt(recorder.cases.read())
        scenarios = rules.practice.scenarios if rules.practice is not None else {}
        policy = Policy(rulebook.standards, options.zone, people, options.language, scenarios)
        cases = None if people is None else read_calls(self.database)
        alerts = AlertPipeline(policy, cases, channels=options.channels)
        excerpts = {standard.revision: (standard.id, loaded.excerpt(standard.id)) for standard in loaded.standards}
        with self.database.writing():
            recorder.cases.write({key: pump.case(*key) for key in moved}, pump.low)
            recorder.revisions(excerpts, wall)
        self.rules, self.pump, self.recorder = rules, pump, recorder
        self._house = house_of(rules.practice, people, rulebook)
        self.sources = SourceClocks(read_sources(self.database, wall))
        self.reader = Reader(rulebook.classes)
        self.door = None if options.names is None else Door(rulebook, options.names)
        agreement = Agreement(rules.practice, self.reader, partial(about, self.database), nobody=ERASED)
        self._admission = Admission(self.reader, self.sources, self.door, options.max_skew, agreement)
        self.alerts = alerts
        self._lists = any(group.listed for group in rulebook.groups.values())
        self._retired = len(rulebook.standards) > len(rulebook.current)
        self._begun = 0
        self._since = self._noted = position.low

    def _position(self) -> Position:
        stored = self.database.one("SELECT body FROM position")
        return Position() if stored is None else msgspec.json.decode(stored[0], type=Position)

    def step(
        self, events: Sequence[Event], refusals: Sequence[Refusal], wall: int, *, waiting: int = NEVER
    ) -> Committed | None:
        """Judge a batch and store it; durable when this returns. None: there was nothing to store.

        `waiting` is the oldest stamp of what was received and is not in this batch: time does not pass it by. An event
        without a stamp was received now. Raises StateError; then nothing of the batch was stored, and `rebuild` must
        come next.
        """
        refused = list(refusals)
        if self.options.names is not None:
            self.options.names.pass_time(wall)
        taken, idle = self._admission.admitted(events, refused, wall)
        started, before = perf_counter(), self.pump.low
        self._begin_listed(wall)
        outcome = self.pump.push(taken, now=min(wall, waiting))
        outcome.unused.extend(idle)
        self._hear_sources(refused, outcome.late, wall)
        stored = self._record(_Judged(outcome, taken, refused, started, self._stall(before)), wall)
        self._closings.close(self._house, wall)
        return stored

    def turned_away(self) -> dict[int, Refusal]:
        """Give why events were refused since this was asked last, by the ids of their objects."""
        found, self._admission.turned_away = self._admission.turned_away, {}
        return found

    def resumes(self, *, stepped: int = 0) -> None:
        """Hear that nobody ran since the last step, or that the clock was set forward, by so many microseconds."""
        self._since, self._stepped = self.pump.low, self._stepped + stepped

    def _stall(self, before: int) -> Stall | None:
        """Give the stall that time went over in a step, from `before` on."""
        since, self._since = self._since, -1
        low, stepped = self.pump.low, self._stepped
        if stepped and before >= 0 and low - before >= stepped:
            self._stepped = 0
            return Stall(low - stepped, low, stepped=True)
        return None if stepped else stall_of(since, low)

    def reached(self) -> int:
        """Give how far the clock had come when the store was last written, in microseconds UTC; -1: nowhere yet."""
        return self._position().reached

    def go_back(self, now: int) -> Committed:
        """Let time go back to `now`, and store what is judged otherwise for that; raises as `step` does."""
        started = perf_counter()
        self._begun = min(self._begun, now)
        with self.database.writing():
            forget_later(self.database, now)
            self._closings.go_back(now)
            self.database.put("UPDATE outbox SET next_try = ? WHERE state = 'waiting' AND next_try > ?", [(now, now)])
        self.sources = self._admission.sources = SourceClocks(read_sources(self.database, now))
        before = self.pump.low
        judged = _Judged(go_back(self.pump, now), [], [], started)
        self.alerts.go_back(self.pump.low, before - self.pump.low)
        return self._record(judged, now, always=True) or Committed()

    def _record(self, judging: _Judged, wall: int, *, always: bool = False) -> Committed | None:
        """Tell and store what was judged; None: there was nothing to store."""
        outcome, taken, refused, started, stall = judging
        if self.door is not None:
            refused = [self.door.kept_of(refusal) for refusal in refused]
        lines = [line(transition) for transition in outcome.transitions]
        actions = actions_of(taken)
        alerts = self.alerts.push(outcome.transitions, lines=lines, low=self.pump.low, actions=actions, stall=stall)
        judged = perf_counter()
        always = always or self.pump.low >= self._noted + NOTED
        if not (taken or refused or outcome.touched or alerts.touched or always):
            return None
        self._noted = self.pump.low
        joined, handed = self.recorder.write(
            Batch(
                received=wall, events=taken, actions=actions, refusals=refused,
                cases={key: self.pump.case(*key) for key in outcome.touched},
                lines=lines, alerts=alerts, unused=outcome.unused, position=self.pump.position(),
                changed={transition.key for transition in outcome.transitions}, sources=self.sources.changed(),
            )
        )  # fmt: skip
        return Committed(
            lines=lines,
            notices=alerts.notices,
            withheld=alerts.withheld,
            acts=sum(each.type not in UNLISTED for each in actions),
            joined=joined,
            handed=handed,
            events=Counter(map(type_of, taken)),
            duplicates=outcome.duplicates,
            settled_early=outcome.settled_early,
            unmatched=outcome.unmatched,
            late=Counter(unused.reason for unused in outcome.unused),
            effects=Counter(late.effect for late in outcome.late),
            refused=Counter(refusal.reason for refusal in refused),
            judging=judged - started,
            storing=perf_counter() - judged,
        )

    def _hear_sources(self, refused: Iterable[Refusal], late: Iterable[Late[Event]], wall: int) -> None:
        """Note what senders' clocks are told of by what was refused, and what became of their late events."""
        for refusal in refused:
            if refusal.reason == FROM_THE_FUTURE and (claim := claim_of(refusal.raw)) is not None:
                self.sources.refuse(*claim, wall)
        for each in late:
            event = each.event
            self.sources.came_to(event.source, each.effect, event.at, event.received)

    def _begin_listed(self, wall: int) -> None:
        """Begin to owe the subjects that standards list: once, and again while an older revision may still owe them."""
        if self._lists and (not self._begun or (self._retired and wall >= self._begun + BEGIN_EVERY)):
            self.pump.begin(wall)
            self._begun = wall
