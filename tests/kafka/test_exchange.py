"""Between the workers and the channels nothing is lost, doubled or told otherwise, wherever the exchange is stopped."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import pytest

from alerts.policy.policy import Policy
from alerts.policy.reader import reader_of
from alerts.routing.actions import ROUTED, Action, actions_of
from alerts.routing.notice import notice
from standards.compiler.spec import Source
from standards.errors import StateError
from standards.judge.ledger import Line
from streams.documents.rules import read_policy
from streams.ingest.wire import Reader
from streams.kafka.records.facts import Progress, Telling, partition_of
from streams.kafka.serve.coordinator import Dealt, NotifyCoordinator
from streams.kafka.serve.partition_times import BEHIND, STEPS, Times
from tests.alerts.hearing import Hearing
from tests.alerts.playing import STANDARDS, people
from tests.alerts.playing import line as made
from tests.days import DAYS, RULES, named
from tests.history import loaded
from tests.kafka.hosts import backtested, steps_of
from tests.streams.storying import HUNDRED, Stored, check_everybody_is_reached, in_memory, played

PARTITIONS = 3
BOOK = loaded(RULES)


def policy_of(text: str | None) -> Policy:
    """Give the policy of a text, or the one without people."""
    people = None if text is None else read_policy([Source("policy.yaml", text)], BOOK.standards)
    return Policy(BOOK.rulebook.standards, people=people)


class Topics:
    """What the exchange reads: tellings by partition, and acts, each with the instant at which it is there."""

    def __init__(self, lines: Sequence[Line], acts: Sequence[Action], plain: Policy | None = None) -> None:
        self.tellings: list[list[tuple[int, Telling]]] = [[] for _ in range(PARTITIONS)]
        self.acts = acts
        hearing = Hearing(plain or policy_of(None))
        for line in sorted(lines, key=lambda it: (it.known, it.id)):
            told = hearing.push([line], line.known)
            worth = [line] if told.notices else []
            number = partition_of((line.subject,), PARTITIONS)
            self.tellings[number].append((line.known, Telling(told.notices, told.reasons, worth)))

    @property
    def instants(self) -> list[int]:
        """When anything happened."""
        return sorted({at for log in self.tellings for at, _ in log} | {act.at for act in self.acts})


class Said:
    """What was published, and the rows that were remembered."""

    def __init__(self) -> None:
        self.notices: list[tuple[str, bytes]] = []
        self.withheld: list[tuple[str, bytes]] = []
        self.reasons: dict[str, str] = {}
        self.rows: dict[bytes, bytes] = {}

    def take(self, dealt: Dealt) -> None:
        for _, told in dealt.told:
            self.notices += [(it.id, msgspec.json.encode(it)) for it in told.notices]
            self.withheld += [(it.id, msgspec.json.encode(it)) for it in told.withheld]
            self.reasons |= told.reasons
        for key, value in dealt.rows:
            if value is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = value


def tell(topics: Topics, policy: Policy, draw: random.Random, *, crashes: bool) -> Said:
    """Run an exchange in steps that are drawn; it may be stopped before what a step did is published."""
    said = Said()
    exchange = NotifyCoordinator(policy, (), PARTITIONS)
    instants = topics.instants
    times = [*draw.sample(instants, k=len(instants) // 2), instants[-1] + 7_200_000_000]
    for low in sorted(times):
        while True:
            give(topics, exchange, low, draw)
            dealt = exchange.step(low)
            if not (crashes and draw.random() < 0.4):
                break
            exchange = NotifyCoordinator(policy, said.rows.items(), PARTITIONS)
        if dealt is not None:
            said.take(dealt)
    return said


def give(topics: Topics, exchange: NotifyCoordinator, low: int, draw: random.Random) -> None:
    """Give an exchange what must have come by an instant, and some of what comes later."""
    for number, log in enumerate(topics.tellings):
        following = exchange.applied_offset.places.get(number, 0)
        ahead = draw.randint(0, 3)
        for offset, (at, telling) in enumerate(log):
            if offset >= following and (at <= low or (ahead := ahead - 1) >= 0):
                exchange.take(number, offset, telling)
            elif offset >= following:
                break
    for offset, act in enumerate(topics.acts):
        if offset >= exchange.applied_offset.acts and act.at <= low:
            exchange.take_act(offset, act)


def day(folder: Path, name: str) -> Topics:
    """Judge a scripted day, and give what the workers and the intake would publish of it."""
    rules = folder / "rules.yaml"
    rules.write_text(RULES)
    script = DAYS[name][1]
    plain = re.sub(r"(?m)^(\s*\S+) .*promise=.*$", r"\1 nothing", script)
    book = BOOK.rulebook
    lines = [msgspec.json.decode(it, type=Line) for it in backtested(folder, rules, steps_of(plain, book)).values()]
    steps = [it for it in steps_of(named(script, lines), book) if isinstance(it, bytes)]
    actions = actions_of(Reader(book.classes).one(it) for it in steps)
    return Topics(lines, [action for action in actions if action.type in ROUTED])


@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_at_once_reach_everybody_whoever_operates(seed: int) -> None:
    """Each of a hundred promises reaches each step of the chain, though operators die before what they say is there."""
    standards, went = HUNDRED.rules.loaded.rulebook.standards, played(HUNDRED)
    topics = Topics(went.lines, [], Policy(standards))
    said = tell(topics, Policy(standards, people=HUNDRED.rules.people), random.Random(seed), crashes=True)
    check_everybody_is_reached(Stored(in_memory(went).ledger, dict(said.notices), dict(said.withheld)))


@pytest.mark.parametrize("name", DAYS)
def test_what_a_worker_says_again_is_heard_once(name: str, tmp_path: Path) -> None:
    """A worker's crash repeats what it had said last, in other portions: that changes nothing, whoever operates."""
    topics, policy = day(tmp_path, name), policy_of(DAYS[name][0])
    calm = tell(topics, policy, random.Random(0), crashes=False)
    for seed in range(20):
        draw = random.Random(seed)
        stuttering = Topics([], topics.acts)
        for number, log in enumerate(topics.tellings):
            for place, said in enumerate(log):
                again = log[max(0, place - draw.randint(0, 2)) : place + 1] if draw.random() < 0.3 else []
                stuttering.tellings[number] += [said, *((said[0], each) for _, each in again)]
        found = tell(stuttering, policy, draw, crashes=True)
        assert once(found.notices) == once(calm.notices)
        assert once(found.withheld) == once(calm.withheld)
        through = tell(stuttering, policy_of(None), draw, crashes=True)
        assert once(through.notices).keys() == {
            it.id for log in topics.tellings for _, each in log for it in each.notices
        }


def test_lines_are_forgotten_when_nobody_can_say_them_again(tmp_path: Path) -> None:
    """When a partition's progress has passed them, their ids are remembered no longer, nor are they in the rows."""
    topics, said = day(tmp_path, next(iter(DAYS))), Said()
    exchange = NotifyCoordinator(policy_of(None), (), PARTITIONS)
    give(topics, exchange, 2**60, random.Random(1))
    dealt = exchange.step(2**60)
    assert dealt is not None
    said.take(dealt)
    kept = [name for name, value in said.rows.items() if b"taken" in name and value != b"{}"]
    assert kept
    for number in range(PARTITIONS):
        exchange.remembered(number, 2**60)
    exchange.take_act(len(topics.acts), None)
    dealt = exchange.step(2**60)
    assert dealt is not None
    said.take(dealt)
    assert [name for name, value in said.rows.items() if b"taken" in name and value != b"{}"] == []


def once(said: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    found = dict(said)
    assert len(found) == len(list(said)), "something was said twice"
    return found


@pytest.mark.parametrize("name", DAYS)
def test_it_may_be_stopped_anywhere(name: str, tmp_path: Path) -> None:
    """However steps are cut and whatever is done again, the same is told and withheld, each of it once."""
    topics, policy = day(tmp_path, name), policy_of(DAYS[name][0])
    calm = tell(topics, policy, random.Random(0), crashes=False)
    assert calm.notices
    for seed in range(20):
        found = tell(topics, policy, random.Random(seed), crashes=True)
        assert once(found.notices) == once(calm.notices)
        assert once(found.withheld) == once(calm.withheld)
        assert found.reasons.keys() == calm.reasons.keys()


@pytest.mark.parametrize("name", DAYS)
def test_without_a_policy_everything_goes_on(name: str, tmp_path: Path) -> None:
    """Every notice of the workers is passed on as it came, once, with all reasons."""
    topics = day(tmp_path, name)
    wanted = [(it.id, msgspec.json.encode(it)) for log in topics.tellings for _, each in log for it in each.notices]
    for seed in range(5):
        found = tell(topics, policy_of(None), random.Random(seed), crashes=True)
        assert once(found.notices) == once(wanted)
        assert found.reasons == {k: v for log in topics.tellings for _, each in log for k, v in each.reasons.items()}


def test_a_policy_may_go_away(tmp_path: Path) -> None:
    """What waited under a policy is told to everybody when the next exchange has none."""
    name = next(iter(DAYS))
    topics, said = day(tmp_path, name), Said()
    exchange = NotifyCoordinator(policy_of(DAYS[name][0]), (), PARTITIONS)
    for number, log in enumerate(topics.tellings):
        for offset, (_, telling) in enumerate(log):
            exchange.take(number, offset, telling)
    dealt = exchange.step(topics.instants[0])
    assert dealt is not None
    said.take(dealt)
    assert said.notices == []
    after = NotifyCoordinator(policy_of(None), said.rows.items(), PARTITIONS).step(-1)
    assert after is not None
    said.take(after)
    assert once(said.notices).keys() == {it.id for log in topics.tellings for _, each in log for it in each.notices}


def test_a_row_that_cannot_be_read_is_named() -> None:
    """A row of another Kept stops the exchange, with what to do."""
    with pytest.raises(StateError, match=r"a row of the desk cannot be read .* run the Kept that wrote it"):
        NotifyCoordinator(policy_of(None), [(b'["fence"]', b'{"places": 3}')], PARTITIONS)


def test_words_that_are_not_known_are_waited_for(tmp_path: Path) -> None:
    """A line that was judged by a revision whose words nobody here knows waits, and is told when they are known."""
    name = next(iter(DAYS))
    topics, policy = day(tmp_path, name), policy_of(DAYS[name][0])
    exchange = NotifyCoordinator(msgspec.structs.replace(policy, standards={}), (), PARTITIONS)
    give(topics, exchange, 2**60, random.Random(1))
    first = exchange.step(2**60)
    assert first is not None
    assert [it for _, told in first.told for it in told.notices] == []
    assert exchange.unworded == {standard.revision for standard in BOOK.standards if standard.id == "line"}
    exchange.adopt(policy)
    dealt = exchange.step(2**60)
    assert dealt is not None
    assert any(told.notices for _, told in dealt.told)
    assert exchange.unworded == frozenset()


def test_time_is_that_of_the_slowest_but_one_that_is_gone_is_not_waited_for() -> None:
    """Time is what all partitions have reached; one that stays far behind while others go on is left out."""
    times = Times(2)
    assert times.low() == -1
    times.hear(Progress(0, [100, 90]))
    assert times.low() == -1
    times.hear(Progress(1, [80]))
    assert times.low() == 80
    times.hear(Progress(0, [100 + 3 * BEHIND]))
    assert times.low() == 80
    for step in range(2 * STEPS):
        times.hear(Progress(0, [100 + 3 * BEHIND + step]))
    assert times.low() == 100 + 3 * BEHIND + 2 * STEPS - 1
    assert times.left_out == (1,)
    times.hear(Progress(1, [100 + 4 * BEHIND]))
    assert times.low() == 100 + 3 * BEHIND + 2 * STEPS - 1
    assert not times.left_out


def test_known_trouble_under_another_id_goes_on() -> None:
    """Told, then replaced by a promise that is as bad: nobody hears of that, and its end is told under the new id."""
    known = people("kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann, repeat: never}]\n")
    policy, said = Policy(STANDARDS, people=known), Said()
    replacing = msgspec.structs.replace(made(60, "broken", "q"), replaces="p")
    lines = [(made(0, "broken", "p"), False), (replacing, True), (made(90, "fulfilled_late", "q"), False)]
    for offset, (line, renamed) in enumerate(lines):
        exchange = NotifyCoordinator(policy, said.rows.items(), PARTITIONS)
        if renamed:
            telling = Telling(reasons={line.id: "repeated"}, renamed=[line])
        else:
            told = notice(line, STANDARDS["r-no-wait"], reader_of(policy, line))
            telling = Telling([told], {line.id: "told"}, [line])
        exchange.take(0, offset, telling)
        dealt = exchange.step(line.known)
        assert dealt is not None
        said.take(dealt)
    exchange = NotifyCoordinator(policy, said.rows.items(), PARTITIONS)
    dealt = exchange.step(lines[-1][0].known + 120_000_000)
    assert dealt is not None
    said.take(dealt)
    assert [name for name, _ in said.notices] == ["p.2:ann", "q.7:ann"]
