"""The simulated floor is the same for the same seed, speaks the vocabulary, and keeps its watchers busy but calm.

Next: `test_live.py`, which looks at what is made of it.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice, takewhile

import msgspec
import pytest

from standards.calendar.duration import HOUR, MINUTE, SECOND
from standards.compiler.spec import Loaded, Source, load
from standards.judge.events import Event, microseconds
from standards.judge.ledger import Line, line
from standards.judge.shapes import Bounded, Level, Precedence, Recurrence, Response
from standards.judge.standard import SCENARIO
from standards.practice.agreed import objection
from streams.documents.rules import practice_in
from streams.floor.playing import DEMO, DEMO_POLICY, DEMO_STANDARDS, DemoClock, play, simulate
from streams.floor.praise import told_before
from streams.floor.stage import Happening
from streams.ingest.wire import Reader, Refusal
from streams.runtime.pump import GRACE, Pump
from tests.streams.commands import kept

START = 1_768_000_000 * SECOND
UNJUDGED = {
    "contact.waiting", "contact.abandoned", "complaint.received", "alert.silenced", "moment.shared",
    "recognition.given", "reward.given",
}  # fmt: skip
"""What the floor tells that no promise is judged by."""


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load([source()])


def source() -> Source:
    return Source(DEMO_STANDARDS.name, DEMO_STANDARDS.read_text(encoding="utf-8"))


def until(span: int, seed: int = 1, *, calm: bool = False) -> Iterator[Happening]:
    """Give what happens in the first `span` microseconds."""
    return takewhile(lambda happening: happening.at <= START + span, simulate(seed, START, calm=calm))


def judged(loaded: Loaded, span: int, seed: int = 1, *, calm: bool = False) -> list[Line]:
    """Judge the first `span` microseconds as the host of the demo does: each event as it comes, by the floor's time."""
    pump, reader = Pump(loaded.rulebook), Reader(loaded.rulebook.classes)
    lines = []
    for at, event in until(span, seed, calm=calm):
        outcome = pump.push([reader.one(msgspec.json.encode(event))], now=at)
        assert not outcome.unmatched.keys() - UNJUDGED
        lines += [line(transition) for transition in outcome.transitions]
    return lines


def test_the_same_seed_gives_the_same_floor() -> None:
    """A demo can be shown again: seed, start and what day it is decide everything that happens."""
    first, again, other = (list(islice(simulate(seed, START), 3000)) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_the_floor_is_in_the_order_of_time() -> None:
    """What happens is told in the order of time, from the start on, with an id of its own, and does not end."""
    happenings = list(islice(simulate(1, START), 20_000))
    times = [happening.at for happening in happenings]
    assert len(times) == 20_000
    assert times[0] >= START
    assert times == sorted(times)
    assert len({happening.event["id"] for happening in happenings}) == 20_000


def test_the_floor_speaks_the_vocabulary(loaded: Loaded) -> None:
    """Every event of three hours reads as an event of the demo's vocabulary, at the time it was told for."""
    reader = Reader(loaded.rulebook.classes)
    for at, event in until(3 * HOUR):
        assert microseconds(reader.one(msgspec.json.encode(event)).time) == at


def test_another_start_repeats_no_event() -> None:
    """A demo started again on the same store repeats no event of the first one."""
    first, second = (
        {happening.event["id"] for happening in islice(simulate(1, start), 500)} for start in (START, START + SECOND)
    )
    assert not first & second


@pytest.mark.parametrize("seed", [1, 2])
def test_on_a_calm_day_nothing_is_broken_and_nothing_unknown(loaded: Loaded, seed: int) -> None:
    """For three hours every promise is kept that is not void; the first is warned of within a minute."""
    lines = judged(loaded, 3 * HOUR, seed, calm=True)
    assert {line.kind for line in lines} == {"opened", "warned", "kept", "voided"}
    assert {line.standard for line in lines if line.kind == "kept"} == set(loaded.rulebook.current)
    first = next(line for line in lines if line.kind == "warned")
    assert (first.subject, first.at < START + MINUTE) == ("north/q2", True)


@pytest.mark.parametrize("seed", range(1, 9))
def test_the_first_broken_promise_falls_within_a_minute(loaded: Loaded, seed: int) -> None:
    """Whoever starts the demo sees a promise within ten seconds, and the first broken one within the first minute."""
    lines = judged(loaded, MINUTE, seed)
    waits = [line for line in lines if line.standard == "no-wait"]
    assert waits[0].kind == "opened"
    assert waits[0].at < START + 10 * SECOND
    broken = next(line for line in lines if line.kind == "broken")
    assert START + 30 * SECOND < broken.at < START + 45 * SECOND
    assert broken.subject == "north/q2"


def test_the_demo_shows_every_fate_of_a_promise(loaded: Loaded) -> None:
    """In three hours every kind of verdict falls, some were warned and then kept, and most promises are kept."""
    lines = judged(loaded, 3 * HOUR)
    kinds = Counter(line.kind for line in lines)
    assert set(kinds) >= {"opened", "warned", "kept", "broken", "voided", "excused", "lost", "fulfilled_late"}
    warned = {line.promise for line in lines if line.kind == "warned"}
    assert {line.promise for line in lines if line.kind == "kept"} & warned
    assert kinds["kept"] > 4 * kinds["broken"]
    assert {line.standard for line in lines if line.kind == "kept"} == set(loaded.rulebook.current)
    assert {line.standard for line in lines if line.kind == "broken"} == set(loaded.rulebook.current)


def test_the_demo_is_not_about_speed_alone(loaded: Loaded) -> None:
    """The demo's standards have five shapes, all five aspects of service, and every text that a standard can have."""
    standards = loaded.rulebook.current.values()
    assert {type(standard.shape) for standard in standards} == {Response, Precedence, Bounded, Recurrence, Level}
    aspects = {standard.aspect for standard in standards}
    assert aspects == {"speed", "quality", "ownership", "courtesy", "follow-through"}


# --- playing it ---------------------------------------------------------------------------------------------------


def test_the_clock_runs_at_its_speed() -> None:
    """The demo's clock begins at its start and runs as many times as fast as the real one as it was told."""
    real = [7_000_000_000]
    clock = DemoClock(START, speed=60, monotonic=lambda: real[0])
    assert clock.wall() == START
    real[0] += 2_000_000_000
    assert clock.wall() == START + 2 * MINUTE
    assert clock.until(START + 5 * MINUTE) == 3.0
    assert clock.until(START) == 0


@pytest.mark.parametrize(("speed", "grace"), [(1, GRACE), (60, 60 * GRACE), (0.5, GRACE)])
def test_grace_grows_with_the_speed(speed: float, grace: int) -> None:
    """The host waits as long for events in real time as ever, however fast the demo's clock runs."""
    assert DemoClock(START, speed=speed).grace == grace


class Taker:
    """A listener that takes everything and notes when, by the clock."""

    def __init__(self, reader: Reader, clock: DemoClock) -> None:
        self.reader = reader
        self.clock = clock
        self.taken: list[tuple[int, Event]] = []
        self.refused: list[Refusal] = []
        self.heard = asyncio.Event()
        self.busy = 2

    def room(self) -> bool:
        self.busy -= 1
        return self.busy < 0

    async def submit(self, events: Sequence[Event], refusals: Sequence[Refusal] = ()) -> None:
        self.taken += [(self.clock.wall(), event) for event in events]
        self.refused += refusals
        self.heard.set()


async def test_everything_is_played_and_nothing_early(loaded: Loaded) -> None:
    """Each event reaches the listener once, in order, and not before its time by the clock; a full listener waits."""
    clock = DemoClock(START, speed=1000)
    taker = Taker(Reader(loaded.rulebook.classes), clock)
    happenings = list(until(5 * MINUTE))
    await play(taker, clock, happenings)
    assert [event.id for _, event in taker.taken] == [happening.event["id"] for happening in happenings]
    assert all(wall >= event.at for wall, event in taker.taken)
    assert taker.refused == []


async def test_what_the_standards_have_no_word_for_is_refused(loaded: Loaded) -> None:
    """When the demo's own event type was taken out of its file, its events are refused and the demo goes on."""
    classes = {name: cls for name, cls in loaded.rulebook.classes.items() if name != "floor.walked"}
    clock = DemoClock(START, speed=10_000)
    taker = Taker(Reader(classes), clock)
    await play(taker, clock, until(5 * MINUTE))
    assert {refusal.reason for refusal in taker.refused} == {"unknown-type"}
    assert taker.taken[-1][1].at > START + 4 * MINUTE


async def test_playing_ends_when_it_is_cancelled(loaded: Loaded) -> None:
    """The floor has no end of its own: cancelling its task ends it."""
    clock = DemoClock(START)
    taker = Taker(Reader(loaded.rulebook.classes), clock)
    playing = asyncio.create_task(play(taker, clock, simulate(1, START)))
    await taker.heard.wait()
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing


def test_who_is_told_of_the_floor_is_said_as_we_ask_others_to_say_it() -> None:
    """The demo's standards and policy, read together, give no finding but the one that its short promises have.

    They last half a minute, so that something happens: no summary can come before one of those is over.
    """
    checked = kept("check", str(DEMO_STANDARDS), str(DEMO_POLICY))
    found = {line.partition(":")[0] for line in checked.stdout.splitlines() if re.match("[a-z-]+: ", line)}
    said = checked.stderr.splitlines()[-1]
    assert (checked.returncode, found, said) == (0, {"late-summary"}, "6 standards, 1 policy: 3 warnings, 5 asleep.")


def test_what_was_said_before_is_the_same_each_time(loaded: Loaded) -> None:
    """A demo that is started again tells the votes, complaints and scores of the months before once, not twice."""
    reader = Reader(loaded.rulebook.classes)
    first, again = (
        [reader.one(msgspec.json.encode(each.event)) for each in told_before(start)]
        for start in (START, START + MINUTE)
    )
    told = {event.id: event.time for event in first}
    assert len(told) == len(first)
    assert {event.id for event in again} == set(told)
    assert max(microseconds(at) for at in told.values()) < START


def test_the_demo_names_what_its_practice_document_has(loaded: Loaded) -> None:
    """Whoever tries Kept begins without letters: each reward, scenario and form of the floor is agreed on."""
    paths = [str(path) for path in DEMO]
    practice = practice_in(paths, list(loaded.rulebook.current.values()))
    assert practice is not None
    reader, told = Reader(loaded.rulebook.classes), chain(told_before(START), islice(simulate(1, START), 20_000))
    events = [reader.one(json.dumps(happening.event).encode()) for happening in told]
    assert [found for event in events if (found := objection(event, practice)) is not None] == []


def test_what_was_done_in_a_scenario_excuses_a_promise_of_the_demo(loaded: Loaded) -> None:
    """Who says "I did this" in the demo's handbook has an effect: a scenario excuses a standard that allows it."""
    practice = practice_in([str(path) for path in DEMO], list(loaded.rulebook.current.values()))
    assert practice is not None
    excused = {name: each.excuses for name, each in practice.scenarios.items() if each.excuses}
    assert excused == {"till-outage": ("no-wait",)}
    assert f"{SCENARIO}till-outage" in loaded.rulebook.current["no-wait"].may_excuse
