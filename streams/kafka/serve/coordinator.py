"""The notify coordinator: between the workers, who say what is worth telling, and the channels, which deliver it.

Records of `tellings` come in from all partitions, with people's acts and how far time has come; notices, reasons and
what was suppressed go out, with the rows that remember it. Without a policy everything goes on as it comes. With one,
lines wait until time has reached them in every partition, so the alert routers take lines and acts in one order,
whichever came first. What waits is a row too, and so is how far each input was taken: whoever has read the rows goes on
where they end. All that a step says and remembers must be published together, or not at all.

A worker that died before it remembered a flush says the same again, or its successor does. So lines are known by their
ids until the partition's progress has passed them.

Pure: no Kafka, no clock.
Read next: `coordinator_runner.py`, which runs it; `streams/runtime/router_runtime.py`, which decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args
from zlib import crc32

import msgspec

from alerts.policy.policy import MACHINES, Person
from alerts.policy.reader import reader_of
from alerts.routing.incident import Renamed
from alerts.routing.notice import Notice, for_machines, kept_from_machines, notice
from alerts.routing.stalls import NOTED
from standards.errors import StateError
from standards.judge.ledger import Line
from streams.kafka.records.facts import Telling, Told
from streams.kafka.records.rows import Write
from streams.runtime.router_runtime import CaseKind, RouterRuntime, stored_case

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from alerts.policy.policy import Policy
    from alerts.routing.actions import Action
    from alerts.routing.notice import Reason, Withheld
    from alerts.routing.stalls import Stall
    from streams.runtime.router_runtime import AlertResult, CaseName, Stored

TOGETHER: Final = 300
"""How many notices, or what was withheld, one record holds at most."""

_encode = msgspec.json.encode
_KINDS: Final[Mapping[str, CaseKind]] = {kind: kind for kind in get_args(CaseKind)}


class Waiting(msgspec.Struct):
    """A line whose time has not come, its notice as it is told without a policy, and the partition it came from.

    One without a notice only says that known trouble goes on under another id.
    """

    line: Line
    notice: Notice | None
    partition: int


class AppliedOffsets(msgspec.Struct):
    """How far the inputs were taken: the next record of each partition of `tellings`, and of `acts`; and the time."""

    places: dict[int, int] = {}
    acts: int = 0
    low: int = -1


class Dealt(msgspec.Struct):
    """What one step has to publish, all of it together: records of `notices` by partition, and rows."""

    told: list[tuple[int, Told]] = []
    rows: list[Write] = []


class NotifyCoordinator:
    """One coordinator, for all partitions. `rows` are all that was remembered; `problems` is what is wrong, for people.

    Of `channels`, those that lead to machines are told every promise as it comes, unless a route of the policy tells
    them. Raises StateError for rows that this Kept cannot read.
    """

    def __init__(
        self, policy: Policy, rows: Iterable[tuple[bytes, bytes]], partitions: int, *, channels: Collection[str] = ()
    ) -> None:
        self.applied_offset = AppliedOffsets()
        self.problems: list[str] = []
        self._policy = policy
        self._machines = () if policy.people is None else [it for it in policy.people.machines if it in channels]
        self._partitions = partitions
        self._waiting: dict[str, Waiting] = {}
        self._new: set[str] = set()
        self._taken: dict[int, dict[str, int]] = {}
        self._retaken: set[int] = set()
        self._kept_from = self._machines if policy.people else [it for it in MACHINES if it in channels]
        self._through: list[tuple[int, Told]] = []
        self._acts: list[Action] = []
        self._moved, self._noted = False, -1
        cases: dict[CaseName, Stored] = {}
        for key, body in rows:
            self._restore(key, body, cases)
        self._calls = None
        if policy.people is not None:
            people = msgspec.structs.replace(policy.people, channels=frozenset(channels))
            self._calls = RouterRuntime(msgspec.structs.replace(policy, people=people), people, cases)

    def _restore(self, key: bytes, body: bytes, cases: dict[CaseName, Stored]) -> None:
        try:
            sort, *name = msgspec.json.decode(key, type=list[str])
            if sort == "fence":
                self.applied_offset = msgspec.json.decode(body, type=AppliedOffsets)
            elif sort == "taken":
                self._taken[int(name[0])] = msgspec.json.decode(body, type=dict[str, int])
            elif sort == "line":
                self._waiting[name[0]] = msgspec.json.decode(body, type=Waiting)
            else:
                cases[_KINDS[sort], name[0]] = stored_case(sort, body)
        except (msgspec.DecodeError, LookupError, ValueError) as error:
            raise StateError(f"a row of the desk cannot be read ({error}); run the Kept that wrote it") from None

    @property
    def unworded(self) -> frozenset[str]:
        """The revisions by which lines that wait were judged, and whose words are not known here."""
        if self._calls is None:
            return frozenset()
        return frozenset(it.line.revision for it in self._waiting.values()) - self._policy.standards.keys()

    def adopt(self, policy: Policy) -> None:
        """Go over to a policy with the same people and more revisions."""
        self._policy = policy
        if self._calls is not None:
            self._calls.policy = msgspec.structs.replace(policy, people=self._calls.people)

    def take(self, partition: int, offset: int, telling: Telling) -> None:
        """Take one record of `tellings`, in the order of its partition; one that was taken before is passed over."""
        if offset < self.applied_offset.places.get(partition, 0):
            return
        self.applied_offset.places[partition] = offset + 1
        self._moved = True
        lines = self._fresh(partition, telling.lines)
        notices = {notice.id: notice for notice in telling.notices}
        if self._calls is None:
            passed = [notices[line.id] for line in lines]
            self._through.append((partition, Told(passed, telling.reasons, self._kept_back(lines, notices))))
            return
        for line in lines:
            self._waiting[line.id] = Waiting(line, notices[line.id], partition)
            self._new.add(line.id)
        renamed = self._fresh(partition, telling.renamed)
        for line in renamed:
            self._waiting[line.id] = Waiting(line, None, partition)
            self._new.add(line.id)
        rest = {name: reason for name, reason in telling.reasons.items() if name not in notices}
        found = {**notices, **{notice.id: notice for notice in telling.renames}}
        told = sorted((each for each in (*lines, *renamed) if each.id in found), key=_place) if self._machines else []
        machines = [self._for_machines(line, found[line.id]) for line in told if not found[line.id].names_one_of_us]
        self._through.append((partition, Told(machines, rest, self._kept_back(told, found))))

    def _kept_back(self, lines: Iterable[Line], notices: Mapping[str, Notice]) -> list[Withheld]:
        """Note which of some lines no machine is told of, by their notices."""
        return [it for line in lines for it in kept_from_machines(notices[line.id], self._kept_from, line.known)]

    def _for_machines(self, line: Line, made: Notice) -> Notice:
        """Give a line's notice for machines, with the policy's names of places: its worker knows none."""
        standard, policy = self._policy.standards.get(line.revision), self._policy
        if standard is not None:
            made = notice(line, standard, reader_of(policy, line, Person(MACHINES[0])))
        return for_machines(made, self._machines, line.known)

    def _fresh(self, partition: int, lines: Sequence[Line]) -> list[Line]:
        """Give the lines that were not taken before, and note that they are."""
        taken = self._taken.setdefault(partition, {})
        fresh = [line for line in lines if line.id not in taken]
        if fresh:
            taken.update((line.id, line.known) for line in fresh)
            self._retaken.add(partition)
        return fresh

    def remembered(self, partition: int, low: int) -> None:
        """Hear that a partition's worker has remembered all up to an instant: nobody says that again."""
        taken = self._taken.get(partition, {})
        left = {name: known for name, known in taken.items() if known > low}
        if len(left) < len(taken):
            self._taken[partition] = left
            self._retaken.add(partition)

    def take_act(self, offset: int, act: Action | None) -> None:
        """Take one record of `acts`; None where the alert routers have no use for it."""
        if offset < self.applied_offset.acts:
            return
        self.applied_offset.acts = offset + 1
        self._moved = True
        if act is not None and self._calls is not None:
            self._acts.append(act)

    def step(self, low: int, *, stall: Stall | None = None) -> Dealt | None:
        """Decide on what has come; `low` is how far time has come, in microseconds UTC. None: there is nothing to say.

        A `stall` is time that it goes over: nobody ran, and what fell due in it is told once, or a clock was set.

        What comes of it counts only when it was published: else begin anew from the rows.
        """
        before = self.applied_offset.low
        low = self.applied_offset.low = max(low, before)
        dealt = Dealt()
        for partition, told in self._through:
            dealt.told += [(partition, part) for part in _parts(told)]
        if self._calls is None:
            self._pass_on(dealt)
        else:
            self._call(self._calls, low, dealt, stall)
        self._through, self._acts = [], []
        moved, self._moved = self._moved, False
        notes = self._calls is not None and low >= self._noted + NOTED
        if not (moved or dealt.told or dealt.rows or notes):
            return None
        self._noted = low
        for number in sorted(self._retaken):  # what is only forgotten can wait for the next step that says something
            dealt.rows.append((_key("taken", str(number)), _encode(self._taken[number])))
        self._retaken = set()
        dealt.rows.append((_key("fence"), _encode(self.applied_offset)))
        return dealt

    def _pass_on(self, dealt: Dealt) -> None:
        """Tell everybody, where there is no policy any more, what still waited under one."""
        for name, it in self._waiting.items():
            if it.notice is not None:
                dealt.told.append((it.partition, Told([it.notice], {name: "told"})))
            dealt.rows.append((_key("line", name), None))
        self._waiting = {}

    def _call(self, calls: RouterRuntime, low: int, dealt: Dealt, stall: Stall | None) -> None:
        """Let the router runtime decide on the lines whose time has come, and on acts."""
        known = self._policy.standards
        due = [it for it in self._waiting.values() if it.line.known <= low and it.line.revision in known]
        facts = [it.line if it.notice is not None else Renamed(it.line) for it in due]
        called = calls.push(facts, self._acts, low, stall=stall)
        for it in due:
            name = it.line.id
            del self._waiting[name]
            if name not in self._new:
                dealt.rows.append((_key("line", name), None))
        dealt.rows += [(_key("line", name), _encode(self._waiting[name])) for name in self._new & self._waiting.keys()]
        self._new = set()
        for (kind, name), case in called.touched.items():
            dealt.rows.append((_key(kind, name), None if case is None else _encode(case)))
        self._tell(due, called, dealt)

    def _tell(self, due: Sequence[Waiting], called: AlertResult, dealt: Dealt) -> None:
        """Put what was decided into records: reasons beside their lines, what is for one person into one partition."""
        reasons: dict[int, dict[str, Reason]] = {}
        for it in due:
            name = it.line.id
            if it.notice is None:
                continue  # why it is not told was said with it
            reasons.setdefault(it.partition, {})[name] = called.reasons.get(name, "told")
        by_person: dict[int, Told] = {number: Told(reasons=found) for number, found in reasons.items()}
        for made in called.notices:
            by_person.setdefault(self._partition_of(made.to), Told()).notices.append(made)
        for each in called.withheld:
            by_person.setdefault(self._partition_of(each.to), Told()).withheld.append(each)
        for number, told in sorted(by_person.items()):
            dealt.told += [(number, part) for part in _parts(told)]

    def _partition_of(self, person: str) -> int:
        return crc32(person.encode()) % self._partitions


def _place(line: Line) -> tuple[int, str, int]:
    """Give what orders lines as they came about: by when they are known and, of one promise, by their numbers."""
    return line.known, line.promise, int(line.id.rpartition(".")[2])


def _key(*parts: str) -> bytes:
    return _encode(parts)


def _parts(told: Told) -> Iterable[Told]:
    """Divide what would be a record too long for Kafka; one that says nothing is none."""
    while told.notices or told.reasons or told.withheld:
        yield Told(told.notices[:TOGETHER], told.reasons, told.withheld[:TOGETHER])
        told = Told(told.notices[TOGETHER:], {}, told.withheld[TOGETHER:])
