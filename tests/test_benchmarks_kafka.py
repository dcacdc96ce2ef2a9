"""The benchmarks on Kafka measure what they say: the peers' rule is the rule, and what is produced is all there.

Next: `benchmarks/kafka/records.py`.
"""

import json
import re
from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from benchmarks.contest import ROOT
from benchmarks.events import Workload, lines
from benchmarks.kafka.backlog import main as backlog
from benchmarks.kafka.records import EVENTS_PARTITIONS, PARTITIONS, batched, single
from benchmarks.peers.rule import NEW, State, judged
from benchmarks.reference import Counts, judge
from benchmarks.rules import no_wait
from streams.kafka.records.facts import FactsCodec, partition_of

EVENTS = 20_000


def test_the_rule_of_the_peers_is_the_rule() -> None:
    """One event at a time, with plain values for a state, comes to what the reference counts."""
    states: defaultdict[str, State] = defaultdict(lambda: NEW)
    counts = Counter[str]()
    drawn = list(lines(Workload(EVENTS, rate=5)))
    for line in drawn:
        event = json.loads(line)
        subject = "/".join((event["data"]["site"], event["data"]["queue"]))
        states[subject], told = judged(states[subject], event["data"].get("waiting"), event["time"])
        counts.update(told)
    right = judge(drawn)
    assert right.broken > 50
    unseen = right.opened - counts["kept"] - counts["broken"] - counts["voided"]
    assert counts["opened"] == right.opened
    assert (counts["kept"], counts["voided"]) == (right.kept, right.void)
    assert right.broken + right.open - counts["broken"] == unseen, "what broke is told when its queue is heard of again"


def test_single_events_settle_everything() -> None:
    """Each queue has its partition, each pair of partitions has a queue, and no promise is left open."""
    work = single(EVENTS)
    places = defaultdict[bytes, set[int]](set)
    for record in [*work.first, *work.rest]:
        places[record.key or b""].add(record.partition)
    assert all(len(found) == 1 for found in places.values())
    pairs = {
        (record.partition, partition_of(tuple((record.key or b"").decode().split("/")), PARTITIONS))
        for record in work.first
    }
    assert len(pairs) == EVENTS_PARTITIONS * PARTITIONS
    assert work.events == len(work.rest) > EVENTS
    assert work.counts.open == 0
    assert work.counts != Counts()


def test_batched_facts_are_the_same_events() -> None:
    """Every event is in one record, of its subject's partition, and nothing goes back in time between records."""
    work, codec = batched(EVENTS), FactsCodec(no_wait().classes)
    newest = defaultdict[int, list[int]](list)
    ids = Counter[str]()
    for record in work.rest:
        facts = codec.decode(record.value)
        ids.update(event.id for event in facts.events)
        newest[record.partition] += [event.at for event in facts.events[-1:]]
        places = {partition_of((event.data.site, event.data.queue), PARTITIONS) for event in facts.events}
        assert places == ({record.partition} if facts.events else set())
    assert len(ids) == ids.total() == work.events
    assert all(before <= after for found in newest.values() for before, after in pairwise(found))


def test_a_backlog_is_measured_beside_another_checkout(capsys: pytest.CaptureFixture[str]) -> None:
    """Both sides judge the same records, to as many lines, and what one costs is set against the other."""
    backlog(["--events=1500", "--subjects=40", "--turns=1", "--beside", str(ROOT)])
    measured, ratio = capsys.readouterr().out.splitlines()
    first, second = re.findall(r"(\d+) lines", measured)
    assert first == second
    assert int(first) > 100
    assert ratio.startswith("median ")
