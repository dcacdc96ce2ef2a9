"""The unruly crowd of mayhem: senders with wrong clocks, that batch, retry, shuffle, double and are away.

With a grace of two seconds much of it comes late, and has to be judged where it belongs. What is said then differs from
run to run, as the clock has it when an event comes; so what is compared is how each promise stands in the end, with how
it stands where all events come in the order of their places. And each line, byte by byte, is compared with what one
worker says that is given the same facts, and left alone.
Knows: who sends when. Must not know: processes, what promises should come to. Read next: `tests/crowd/ideal.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Final

import msgspec

from standards.judge.events import Event
from standards.judge.ledger import Line
from standards.judge.rulebook import Rulebook
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.edge import wall
from streams.kafka.clients.log import Message, TopicPartition, consuming
from streams.kafka.clients.publishing import Publisher
from streams.kafka.records.facts import FactsCodec, Late
from streams.kafka.worker.partition import Partition, Setting
from streams.runtime.pump import SETTLE
from streams.settings import StandardsFiles
from tests.crowd.ideal import Heard, came_too_late, compare, ideal, standings
from tests.crowd.senders import FASTEST, SLOWEST, Habit, Request, habit, requests
from tests.crowd.standards import every
from tests.crowd.truths import SECOND, Scene, truths
from tests.kafka.comparing import Differences, Said, Undisturbed, whole
from tests.kafka.fleet import Fleet, pause
from tests.kafka.killing import CHUNK_SECONDS, Killing

_LINE: Final = msgspec.json.Decoder(Line)
_NOT_FIRST: Final = re.compile(r"\s*[a-z]+-([1-9]\d*|in-room):")
GUESTS: Final = 60
ROOMS: Final = 6
TOGETHER: Final = 200
"""How many requests are sent at once after the broker was away."""
LONGEST: Final = 180 * SECOND
"""How long a sender is away at most, in microseconds; in a short run a third of it."""


def document() -> str:
    """Give a standard of each shape that is owed to guests: what concerns one is in one partition of `facts`."""
    return "".join(line for line in every().splitlines(keepends=True) if not _NOT_FIRST.match(line))


def habits(draw: Random, start: int, length: int) -> list[Habit]:
    """Give the senders: a fast clock, a slow one, one that is away, one that batches, ...; and two as it falls out.

    None waits with what comes after until what went before is through: that may take an hour of real time.
    """
    late = min(LONGEST, length // 3)
    away = (start + length // 4, start + length // 4 + late)
    spread = [habit(draw, name, span=(start, start + length), late=late, retry=10 * SECOND) for name in ("s7", "s8")]
    return [
        Habit("s1", error=FASTEST),
        Habit("s2", error=SLOWEST, batch=3, pause=SECOND),
        Habit("s3", away=(away,), batch=20),
        Habit("s4", batch=20, pause=4 * SECOND, shuffles=True),
        Habit("s5", loses=0.2, retry=10 * SECOND, waits=False, doubles=0.2),
        Habit("s6"),
        *(each._replace(waits=False) for each in spread),
    ]


class Unruly(Killing):
    """One run with a crowd that misbehaves."""

    text = document()
    grace = "2s"

    def arrivals(self) -> list[Request]:
        """Give what is sent, in the order in which it is."""
        plan, draw = self.plan, self.draw
        start, length = wall() + SECOND, round(plan.seconds * SECOND)
        senders = habits(draw, start, length)
        scene = Scene(start, length, plan.facts, GUESTS, ROOMS, tuple(each.source for each in senders), step=1_000)
        happened = truths(draw, scene)
        found: list[Request] = []
        for each in senders:
            found += requests(draw, [truth for truth in happened if truth.source == each.source], each)
        return sorted(found, key=lambda request: request.at)

    async def _produce(self, publisher: Publisher) -> int:
        """Let the senders send; gives the instant at which the last of it was taken."""
        waiting = self.arrivals()
        said = at = 0
        while at < len(waiting):
            now = wall()
            due = [request for request in waiting[at : at + TOGETHER] if request.at <= now]
            if due:
                await publisher.publish([self._message(request) for request in due])
                at += len(due)
                self.made += sum(len(request.events) for request in due)
            else:
                await pause(CHUNK_SECONDS)
            if self.made - said >= self.plan.facts // 10:
                said = self.made
                self.say(f"{said:,} events, {self.kills.total()} kills")
        return wall()

    def _message(self, request: Request) -> Message:
        with self.events.open("ab") as file:
            file.write(b"%d %b %b\n" % (request.at, request.source.encode(), request.body))
        partition = self.draw.randrange(self.kafka.events_partitions)
        return Message(self.kafka.names.events, partition, request.body)

    async def _finish(self, fleet: Fleet, cut: int) -> dict[str, int]:
        """Stop the telling of time, let the workers come to its end, and see what they were given and said."""
        await self.until(lambda: self.listener.low(1) >= cut, "all partitions to pass the last event")
        codes = await fleet.stop("intake")
        facts = [TopicPartition(self.kafka.names.facts, each) for each in range(self.kafka.partitions)]
        async with consuming(self.kafka) as consumer:
            ends = {each.partition: end for each, end in (await consumer.end_offsets(facts)).items()}
        progress = self.listener.progress
        await self.until(lambda: all(progress[each].offset >= end - 1 for each, end in ends.items()), "the last tick")
        codes |= await fleet.stop("worker")
        self.rulebook = StandardsFiles([str(self.standards)]).load(()).rulebook
        lows = [progress[each].lows[0] for each in sorted(ends)]
        self.heard, self.calm = await heard(self.kafka, self.rulebook, lows)
        return codes

    def _compare(
        self, found: Said, received: Counter[str], cut: int, differences: Differences
    ) -> tuple[Undisturbed, dict[str, str]]:
        del cut  # each partition is compared up to where it came
        rulebook, wanted = self.rulebook, list[Line]()
        late = 0
        unused = [(each.source, each.id) for each in found.letters if isinstance(each, Late)]
        for each in (each._replace(unused=unused) for each in self.heard):
            for kind, names in compare(rulebook, each).found.items():
                differences.note(kind, names)
            wanted += ideal(rulebook, each.events, each.low)
            late += sum(map(len, came_too_late(rulebook, each).values()))
        differences.note("lines missing", self.calm.keys() - found.lines.keys())
        differences.note("lines invented", found.lines.keys() - self.calm.keys())
        both = self.calm.keys() & found.lines.keys()
        differences.note("lines that differ", (name for name in both if [*found.lines[name]] != [self.calm[name]]))
        differences.note("lines said in two forms", (name for name, forms in found.lines.items() if len(forms) > 1))
        differences.note("notices that did not arrive", found.notices.keys() - received.keys())
        differences.note("notices that nobody said", received.keys() - found.notices.keys())
        differences.note("lines without a reason", found.lines.keys() - found.reasons.keys())
        lines = [line for each in self.heard for line in each.lines]
        kinds = Counter(line.kind for line in lines)
        events = [event for each in self.heard for event in each.events]
        rows = {
            "events taken in": f"{len(events):,}, {sum(one.received - one.at > 2 * SECOND for one in events):,} late",
            "events too late to take their place": f"{late:,}",
            "promises compared": f"{len(standings(wanted)):,}",
            "promises lost": f"{differences.count('promises lost')}",
            "promises invented": f"{differences.count('promises invented')}",
            "promises that differ": f"{differences.count('promises that stand otherwise')}",
            "lines compared": f"{len(both):,}, {differences.count('lines that differ')} differ",
            "lines": ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common()),
        }
        return Undisturbed(self.calm, {}), rows


async def heard(kafka: KafkaSettings, rulebook: Rulebook, lows: Sequence[int]) -> tuple[list[Heard], dict[str, bytes]]:
    """Give, for each partition of `facts`, what its workers were given and said, up to the instants `lows`.

    And each line as one worker says it that is given the same, and nothing happens to.
    """
    codec, found, calm = FactsCodec(rulebook.classes), list[Heard](), dict[str, bytes]()
    facts = await whole(kafka, kafka.names.facts, kafka.partitions)
    ledger = await whole(kafka, kafka.names.ledger, kafka.partitions)
    for partition, low in enumerate(lows):
        given = [each.value for each in facts if each.partition == partition]
        raws = [raw for each in ledger if each.partition == partition for raw in each.value.splitlines()]
        lines = {line.id: line for line in map(_LINE.decode, reversed(raws))}  # of those said twice the first one
        found.append(Heard(_received(codec, given), list(reversed(lines.values())), [], low, SETTLE))
        calm |= _calm(Partition(partition, rulebook, [], Setting(kafka.partitions)), given)
    return found, calm


def _calm(judging: Partition, raws: Sequence[bytes]) -> dict[str, bytes]:
    """Give the lines that a worker says of a partition of `facts` in one go."""
    found: dict[str, bytes] = {}
    for offset, raw in enumerate(raws):
        judging.apply(offset, raw)
        if judging.ticked:
            found |= {line.id: msgspec.json.encode(line) for line in judging.flush().lines}
    return found


def _received(codec: FactsCodec, raws: Sequence[bytes]) -> list[Event]:
    """Give the events of a partition of `facts` as a worker takes them: in the order of their receipt, at their places.

    What was said to be received before the last tick counts as received then.
    """
    covered, found = 1, list[Event]()
    for facts in map(codec.decode, raws):
        if facts.lows:
            covered = max(covered, facts.wall)
        for event in facts.events:
            event.received = max(event.received, covered)
            event.at = min(event.at, event.received)
            found.append(event)
    return sorted(found, key=lambda event: event.received)
