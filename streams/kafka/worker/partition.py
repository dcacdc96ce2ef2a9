"""A partition of `facts`: its cases, moved by records, and what each flush has to publish and remember.

`apply` takes one record, in the order of the topic. Events wait until a tick covers them; then all that was received by
its instant is judged, in the order of receipt, and after that time goes on to what the tick says. So a line depends on
the records alone, also where ticks are judged together. `flush` says what is to be done of what they came to, in this
order: publish, then remember (the rows of the table, in order), then acknowledge. What a crash leaves undone is done
again from the same records: a case passes over the ticks that it has already (its `applied_offset`), and the
partition's mark is the last row of a flush, so that without it the records since the mark before come again.

Pure: no Kafka, no clock, no store. Read next: `watermark.py` for time, `waiting.py`, `tick_batch.py`, `flushing.py`;
`journal.py` for the rows, `faust_app.py` for the host.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from alerts.policy.policy import Policy
from standards.judge.case import Case
from standards.judge.events import DERIVED_SOURCE, Event, iso
from standards.judge.feeds import Hearing
from streams.kafka.records.facts import FactsCodec, Progress, partition_of
from streams.kafka.records.places import first_place
from streams.kafka.records.rows import CASE, UndecodableState, by_kind
from streams.kafka.worker.derived import route_derived
from streams.kafka.worker.feed_count import FeedCount
from streams.kafka.worker.flushing import Judged
from streams.kafka.worker.journal import Journal
from streams.kafka.worker.listed import begin, listing
from streams.kafka.worker.renewal import Renewal
from streams.kafka.worker.strangers import settle_strangers
from streams.kafka.worker.tick_batch import TickBatch
from streams.kafka.worker.trail import longer
from streams.kafka.worker.waiting import Waiting
from streams.kafka.worker.watermark import FORMER_DESK, MARK, Mark, mark_of
from streams.runtime.alert_pipeline import AlertPipeline
from streams.runtime.pump import SETTLE, Pump
from streams.runtime.share import Share
from streams.storage.last_readings import AT_ONCE, LastReadings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from standards.judge.rulebook import Rulebook
    from streams.kafka.records.facts import Facts, HeardAt
    from streams.kafka.records.rows import Write
    from streams.kafka.worker.flushing import Flush
    from streams.runtime.position import Position
    from streams.storage.cases.case_parts import CaseKey

MEMORY = 200_000
"""How many subjects are remembered as this partition's or not."""
BEGIN_EVERY = 60_000_000
"""How often listed subjects are looked at while older revisions still owe them, in microseconds."""


class Setting(msgspec.Struct, frozen=True):
    """How partitions judge and tell. `partitions` is how many of `facts` there are.

    `writer_id` is what tells this worker's rows from those of all others, whenever they ran.
    """

    partitions: int
    zone: ZoneInfo = ZoneInfo("UTC")
    writer_id: int = 0
    language: str = "en"


class Partition:
    """One partition. `rows` are all its rows of the table, `facts` the events at the places that they name.

    `problems` are what is wrong, for whoever asks. `offset` is the last record that was taken; `ticked` says whether
    there is anything to flush. `trail` are places by which the topic is known again.
    Raises StateError for rows that this Kept cannot read.
    """

    def __init__(  # noqa: PLR0913 - what is stored comes from two topics
        self,
        number: int,
        rulebook: Rulebook,
        rows: Iterable[tuple[bytes, bytes]],
        setting: Setting,
        *,
        problems: Sequence[str] = (),
        facts: Mapping[int, Event] | None = None,
    ) -> None:
        sorted_rows = by_kind(rows)
        mark = mark_of(sorted_rows[MARK])
        self.number = number
        self._shift, self.trail = mark.shift, mark.trail
        self.offset = mark.next - 1 - self._shift
        self.ticked = False
        self.watermark = mark.watermark
        self.watermark.fit(len(rulebook.strata))
        self.problems = list(problems)
        self._setting = setting
        self._rulebook = rulebook
        self._codec = FactsCodec(rulebook.classes)
        mine = lru_cache(MEMORY)(lambda key: partition_of(key, setting.partitions) == number)  # asked for every event
        position = _heard_anew(mark.position, rulebook)
        self._feeds = FeedCount()
        self._pump = Pump(rulebook, settle=SETTLE, position=position, share=Share(mine, first=False))
        self._pump.low, self._pump.lows = self.watermark.lows[0], self.watermark.lows
        self._waiting = Waiting()
        self._covered = self.watermark.wall if mark.since < 0 else mark.covered
        self._judged_until = mark.offset
        self._lost_since: int | None = None
        self._levels = {m.standard.id: group.level for group in rulebook.groups.values() for m in group.machines}
        self._silences = {feed.name: feed.silent_after for feed in rulebook.feeds}
        told = Policy(rulebook.standards, setting.zone, language=setting.language)
        self._ticks = TickBatch(self._pump, AlertPipeline(told))
        self._useless: list[Write] = [(name, None) for name, _ in sorted_rows[FORMER_DESK]]
        self._listing = listing(rulebook)
        self._readings = LastReadings(rulebook, AT_ONCE)
        self._begun = mark.begun
        self._journal = Journal(rulebook, setting.writer_id, facts)
        self._applied: dict[CaseKey, int] = {}
        self._parked: dict[CaseKey, UndecodableState] = {}
        self._judged = Judged(self._adopt(sorted_rows[CASE], mark.groups))
        self._renewal = Renewal(self._pump, self._journal)
        self.problems += self._journal.logs.problems(number)
        self._applied_until = max(self._applied.values(), default=-1)

    def __len__(self) -> int:
        """Count the cases."""
        return sum(len(group_state.cases) for group_state in self._pump.group_states.values())

    def _adopt(self, rows: Iterable[tuple[bytes, bytes]], groups: Sequence[str]) -> list[CaseKey]:
        """Take the stored cases in; gives those that these standards group differently.

        Where cases of several groups become one, none passes over anything: of a flush that was cut short, one of them
        may have no row yet. What was judged already is inert then by its ids.
        """
        restored = list(self._journal.read(rows))
        there = frozenset(groups).union(each.case.group for each in restored)
        moved = self._pump.adopt((each.case for each in restored), there)
        homes = {key: (group, key) for group, key in moved if self._pump.case(group, key) is not None}
        elsewhere = set(moved)
        for case, applied_offset, parked in restored:
            name = (case.group, case.key)
            if name not in elsewhere and self._rulebook.groups.keys() >= set(groups):
                self._applied[name] = applied_offset
            if parked is not None:
                home = name if name not in elsewhere else homes.get(case.key, name)
                known = self._parked.get(home, UndecodableState())
                self._parked[home] = UndecodableState(known.states | parked.states, known.held + parked.held)
        return moved

    @property
    def waiting(self) -> int:
        """How many events wait for the tick that covers them."""
        return len(self._waiting)

    @property
    def newest(self) -> int:
        """The latest time of an event that was judged: microseconds UTC, or -1."""
        return self._pump.newest

    def apply(self, offset: int, raw: bytes, stamp: int = -1) -> int:
        """Take one record of the topic; gives how many events were in it. Raises StateError for other bytes.

        `stamp` is when the broker says that it was appended, in microseconds UTC.
        """
        if offset <= self.offset:
            return 0
        facts = self._codec.decode(raw)
        self.offset = offset
        place = offset + self._shift
        known = place <= self._judged_until
        if self._lost_since is not None:
            self._say_lost(self._lost_since, max(stamp if stamp >= 0 else facts.wall, self.watermark.wall))
        if not known:
            self._hear(facts.hearings)
            if facts.gap:
                self._miss(*facts.gap)
        if facts.events:
            self._waiting.add(place, facts, self._covered, first_place(offset))
        elif facts.lows:
            self._covered = max(self._covered, facts.wall)
            if not known:
                self.trail = longer(self.trail, offset, stamp)
                self._tick(place, facts)
            elif place == self._judged_until:  # what is due by now is in the cases
                self._waiting.due(self.watermark.wall, self.watermark.lows[0])
        return len(facts.events)

    def pass_over(self, offset: int) -> None:
        """Go on with this record: those before it, which have not been taken, are gone for good."""
        self.offset, self._lost_since, self._covered = offset - 1, self.watermark.wall, self.watermark.wall

    def go_on_from(self, offset: int) -> None:
        """Take the records from this one on as new: the topic lost its end, and others can be there now."""
        offset = min(offset, self.offset + 1)  # what waits is read again
        after = max(self._judged_until, self._applied_until, self.offset + self._shift)
        self._shift = after + 1 - offset
        self.trail = [place for place in self.trail if place[0] < offset]
        self._judged.touched.update(dict.fromkeys(self._renewal.all()))
        self.pass_over(offset)

    def _say_lost(self, first: int, last: int) -> None:
        """Say that facts were lost which were received between two instants, and note it."""
        found = f"facts of partition {self.number} received between {iso(max(first, 0))} and {iso(last)} may be lost"
        self.problems.append(f"{found}; promises that were open then are unknown, unless an event says how they went")
        self._lost_since = None
        self._miss(first, last)

    def _miss(self, first: int, last: int) -> None:
        """Note that facts may be missing: what was received between two instants may have happened before."""
        self._ticks.judge(self._judged)
        self._pump.miss(first - (self.watermark.wall - self.watermark.lows[0]), last)

    def _tick(self, offset: int, tick: Facts[Event]) -> None:
        """Take what was received by the tick's instant; judge it, alone or with the ticks after it."""
        pump, reached = self._pump, self.watermark
        due = self._waiting.due(self._covered, max(reached.lows[0], tick.lows[0]))
        pump.grace = tick.wall - tick.lows[0]
        begins = self._begins(tick.wall)
        alone = begins or offset <= self._applied_until or not self._ticks.fits(due, pump.grace)
        if alone:
            self._ticks.judge(self._judged)
        if begins:
            self._begun = begin(pump, reached.lows, tick.wall)
        if self._rulebook.heard:
            route_derived([event for event in due if event.source == DERIVED_SOURCE], pump, self._levels)
            due = [event for event in due if event.source != DERIVED_SOURCE]
        before = list(reached.lows)
        reached.advance(tick)
        self._readings.take(due)
        pump.route(due, self._ticks.result)
        pump.low = reached.lows[0]
        self._ticks.add(reached.lows)
        self._judged_until, self.ticked = offset, True
        if offset <= self._applied_until:
            self._pass_over(offset)
        elif self._applied:
            self._applied = {}  # every case is as far as the records are
        if alone:
            settle_strangers(pump.group_states.values(), before, SETTLE)
            self._ticks.judge(self._judged)

    def _begins(self, wall: int) -> bool:
        """Say whether listed subjects begin to be owed: by the records alone, so whoever takes them again says so too.

        It is once, and again while an older revision may still owe them.
        """
        retired = len(self._rulebook.standards) > len(self._rulebook.current)
        again = retired and wall >= self._pump.started + BEGIN_EVERY
        return bool(self._listing) and wall >= 0 and (again or self._begun != self._listing)

    def _hear(self, hearings: Iterable[HeardAt]) -> None:
        """Note when feeds spoke, also of what comes late: whoever is judged again is judged by it."""
        for name, key, times in hearings:
            for at in times if name in self._silences else ():
                self._pump.hearings.setdefault((name, key), Hearing(self._silences[name])).hear(at)

    def _pass_over(self, offset: int) -> None:
        """Take from what was routed what the cases have already."""
        for name, group_state in self._pump.group_states.items():
            for key in [key for key in group_state.pending if self._applied.get((name, key), -1) >= offset]:
                del group_state.pending[key]

    def flush(self) -> Flush:
        """Say what is to be published and remembered of what the ticks since the last flush have judged."""
        self._ticks.judge(self._judged)
        judged, self._judged, self.ticked = self._judged, Judged(), False
        writes, self._useless = self._useless, []
        judged.touched.update(dict.fromkeys(self._renewal.due(self.watermark.wall)))
        for name in judged.touched:
            writes += self._case_rows(name)
        self._renewal.note(judged.touched, self.watermark.wall)
        mark = Mark(
            self._judged_until, self.watermark, self._pump.position(), list(self._rulebook.groups), self._begun,
            *self._waiting.first(self._judged_until), self._shift, self.trail,
        )  # fmt: skip
        writes.append((MARK, msgspec.msgpack.encode(mark)))
        derived = judged.derived(self._rulebook, self._levels, self._codec, self._setting.partitions)
        return judged.flush(mark.next - 1 - self._shift, self._progress(), writes, derived)

    def _case_rows(self, name: CaseKey) -> Iterable[Write]:
        case, parked = self._pump.case(*name), self._parked.get(name)
        if case is None and parked is None:
            return self._journal.delete(name)
        return self._journal.write(case or Case(*name), self._judged_until, parked)

    def _progress(self) -> Progress:
        lows, wall, judged = list(self.watermark.lows), self.watermark.wall, self._judged_until - self._shift
        feeds = ([], {}) if self.number else self._feeds.at(self._pump.rulebook, self._pump.hearings, wall)
        return Progress(self.number, lows, self.newest, judged, wall, self.problems, *feeds, self._readings.changed())


def _heard_anew(position: Position, rulebook: Rulebook) -> Position:
    """Give each feed the silence that it may keep under these standards."""
    silences = {feed.name: feed.silent_after for feed in rulebook.feeds}
    for name, _, hearing in position.hearings:
        hearing.silent_after = silences.get(name, hearing.silent_after)
    return position
