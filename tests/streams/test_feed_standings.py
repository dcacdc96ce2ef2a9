"""How feeds stand: which are silent, since when, and that everybody is told the same of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from standards.judge.rulebook import Rulebook
from streams.board.feeds import Page, Standings, Unused, draw
from streams.board.paging import ROWS, Paged, page_from
from streams.board.shell import Shell
from streams.kafka.records.facts import Facts, FactsCodec, HeardAt
from streams.kafka.worker.partition import Partition, Setting
from streams.runtime.feeds import MOST, FeedStanding, standings_by
from streams.runtime.source_clocks import STRETCH, SourceClock, merged, off_time
from streams.storage.status import Status
from tests.history import rulebook
from tests.streams.asking import asking, waiting
from tests.streams.hosting import NO_WAIT, SECOND, T0, Clock, hosting, opened, shop

FEEDS = """
feeds:
  tills: {events: [register.opened], per: [site], silent_after: 15m}
  doors: {events: [contact.started], silent_after: 1h}
standards:
"""
TEXT = NO_WAIT.replace("standards:\n", FEEDS, 1)
QUARTER = 900 * SECOND


def test_the_longest_silent_come_first_and_the_list_is_bounded() -> None:
    """A feed that was never heard is silent longest; however many keys there are, some are shown."""
    book: Rulebook = rulebook(TEXT)
    assert [each.name for each in standings_by(book, [], T0)] == ["doors", "tills"]
    assert all(each.dark(T0) for each in standings_by(book, [], T0))
    hearing = next(iter(_heard(book, count=MOST + 5)))
    assert hearing.dark(hearing.last + QUARTER + 1)
    assert not hearing.dark(hearing.last + QUARTER)
    assert len(_partition(book, MOST + 5).flush().progress.feeds) == MOST


def _heard(book: Rulebook, *, count: int) -> list[FeedStanding]:
    partition = _partition(book, count)
    return [each for each in partition.flush().progress.feeds if each.last >= 0]


def _partition(book: Rulebook, count: int, *, number: int = 0) -> Partition:
    partition = Partition(number, book, (), Setting(2))
    hearings: list[HeardAt] = [("tills", (f"s{place}",), [T0 + place]) for place in range(count)]
    partition.apply(0, FactsCodec(book.classes).encode(Facts(T0, [], 0, 1, T0 + SECOND, hearings, [])))
    return partition


def test_on_kafka_one_partition_speaks_for_all() -> None:
    """Feeds are heard alike in every partition; the first one's progress carries how they stand."""
    book = rulebook(TEXT)
    told = _partition(book, 1).flush().progress.feeds
    assert FeedStanding("tills", "s0", T0, QUARTER, site="s0") in told
    assert _partition(book, 1, number=1).flush().progress.feeds == []


def test_on_kafka_all_silent_keys_are_counted_by_the_same_worker() -> None:
    """The number that serve tells Prometheus is not cut as the list is; the other workers count none."""
    book = rulebook(TEXT)
    told = []
    for number in (0, 1):
        partition = _partition(book, MOST + 5, number=number)
        tick = Facts[Any](T0 + 2 * QUARTER, lows=[T0 + QUARTER])
        partition.apply(1, FactsCodec(book.classes).encode(tick))
        progress = partition.flush().progress
        told.append((len(progress.feeds), progress.silent))
    assert told == [(MOST, {"tills": MOST + 5, "doors": 1}), (0, {})]


def test_on_kafka_feeds_are_counted_once_in_some_seconds() -> None:
    """A worker that flushes often does not go through all of its keys each time; soon afterwards it does."""
    partition, facts, found = _partition(rulebook(TEXT), 1), FactsCodec(rulebook(TEXT).classes), []
    for number, later in enumerate((0, 4, 5), 1):
        wall = T0 + 2 * QUARTER + later * SECOND
        hearings: list[HeardAt] = [("tills", (f"s{number}",), [T0])]
        partition.apply(2 * number, facts.encode(Facts(wall, [], 0, 1, wall, hearings, [])))
        partition.apply(2 * number + 1, facts.encode(Facts[Any](wall, lows=[T0 + QUARTER])))
        found.append(partition.flush().progress.silent)
    assert [counted["tills"] for counted in found if counted is not None] == [2, 2, 4]


async def test_the_host_says_which_feed_is_silent(tmp_path: Path) -> None:
    """A feed that spoke and then fell silent is dark; one that was never heard is, too."""
    clock = Clock()
    async with hosting(tmp_path, clock, standards=shop(tmp_path, TEXT)) as host:
        await host.submit([opened(host.reader, "a", clock.at)])
        found = {(each.name, each.key): each for each in host.feeds()}
        assert not found["tills", "s3"].dark(clock.at + QUARTER)
        assert found["tills", "s3"].dark(clock.at + QUARTER + 1)
        assert found["doors", ""].last == -1


def test_the_page_names_silent_feeds_first() -> None:
    """What is dark is said in words, with how long and how often it should speak; the rest is folded away."""
    shell = Shell(T0 + 2 * QUARTER, ZoneInfo("UTC"), status=Status(ready=True))
    feeds = [FeedStanding("doors", "", -1, QUARTER), FeedStanding("tills", "s3", T0, QUARTER),
             FeedStanding("tills", "s4", T0 + 2 * QUARTER, QUARTER)]  # fmt: skip
    page = draw(shell, Unused(), Standings(Page(Paged(feeds[:2]), 2), speaking=Page(Paged(feeds[2:]), 1)))
    assert "Silent · 2" in page
    assert "It was never heard, or not for a week. Verdicts that rest on it are unknown." in page
    assert "Silent for 30 min; it should speak every 15 min." in page
    assert "<summary>1 feed speaks</summary>" in page


async def test_senders_that_are_late_or_ahead_are_named(tmp_path: Path) -> None:
    """Whose events came late, and by how much, and whose clock is fast: by the names that they give themselves."""
    async with asking(tmp_path) as caller:
        await caller.send(waiting("a", T0))
        await caller.pass_time(600)
        late, ahead = waiting("b", T0 - 10 * SECOND, 2), waiting("c", caller.clock.at + 3_600 * SECOND)
        await caller.send(late, late | {"id": "d"}, ahead | {"source": "tower"})
        (tower, till) = caller.host.read_model.board.sources(T0)
        assert (till.source, till.late, till.behind, till.ahead) == ("till", {"changed-nothing": 2}, 610 * SECOND, 0)
        assert (tower.source, tower.late, tower.ahead, tower.refused) == ("tower", {}, 3_600 * SECOND, 1)
        page = (await caller.get("/feeds")).text
        assert "Late 2 times, by up to 10 min 10 s: 2 came too late to change anything." in page
        assert "Its clock is 1 h fast; its events count as of when they came." in page
        assert "1 event could not be taken, being too far ahead." in page
        assert caller.host.read_model.board.sources(caller.clock.at + STRETCH) == []


async def test_a_fast_clock_is_told_of_by_page_answer_and_metric_and_over_a_restart(tmp_path: Path) -> None:
    """What a sender claimed is told, though its events count as of when they came; an hour later it is forgotten."""
    async with asking(tmp_path) as caller:
        await caller.send(waiting("a", T0 + 3 * SECOND, 1) | {"source": "counter-3"})
        assert "Its clock is 3 s fast; its events count as of when they came." in (await caller.get("/feeds")).text
    async with asking(tmp_path) as caller:
        await caller.send(waiting("b", T0 + 2 * SECOND, 1) | {"source": "counter-3"}, waiting("c", T0 - SECOND, 1))
        answer = (await caller.get("/v1/feeds")).json
        assert answer["sources"] == [
            {"source": "counter-3", "ahead_seconds": 3.0, "behind_seconds": -2.0, "refused": 0, "late": {}}
        ]
        assert "kept_source_clock_ahead_seconds 3.0" in (await caller.get("/metrics")).text
        await caller.pass_time(2 * 3_600)
        assert (await caller.get("/v1/feeds")).json["sources"] == []
        assert "kept_source_clock_ahead_seconds" not in (await caller.get("/metrics")).text


def test_a_slow_clock_is_told_of_and_all_beyond_the_first_are_on_further_pages() -> None:
    """A sender that is never in time is named as such; what late events came to is said; the page stays short."""
    slow = SourceClock("slow", T0, -40 * SECOND, 50 * SECOND, late={"in-place": 11, "corrected": 1})
    many = [SourceClock(f"s{number}", T0, 2 * SECOND, -2 * SECOND) for number in range(ROWS)]
    shell = Shell(T0, ZoneInfo("UTC"), status=Status(ready=True))
    told = off_time(merged([*many, slow, SourceClock("fine", T0, 0, SECOND)]))
    page = draw(shell, Unused(sources=page_from(told, 1)), Standings())
    assert '<a href="/feeds?senders=2#senders" rel="next">Next</a>' in page
    assert "fine" not in page
    page = draw(shell, Unused(sources=Paged([slow])), Standings())
    assert "Late 12 times, by up to 50 s: 11 changed nothing that was told, 1 corrected what was told." in page
    assert "It was never less than 40 s late: its clock is slow, or it holds its events back." in page
