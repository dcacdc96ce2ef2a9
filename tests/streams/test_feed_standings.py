"""How feeds stand: which are silent, since when, and that everybody is told the same of them."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from standards.judge.rulebook import Rulebook
from streams.board.feeds import Unused, draw
from streams.board.shell import Shell
from streams.kafka.records.facts import Facts, FactsCodec, HeardAt
from streams.kafka.worker.partition import Partition, Setting
from streams.runtime.feeds import MOST, FeedStanding, standings
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
    assert [each.name for each in standings(book.feeds, [])] == ["doors", "tills"]
    assert all(each.dark(T0) for each in standings(book.feeds, []))
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
    assert FeedStanding("tills", "s0", T0, QUARTER) in told
    assert _partition(book, 1, number=1).flush().progress.feeds == []


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
    shell = Shell(T0 + 2 * QUARTER, ZoneInfo("UTC"), Status(ready=True))
    feeds = [FeedStanding("doors", "", -1, QUARTER), FeedStanding("tills", "s3", T0, QUARTER),
             FeedStanding("tills", "s4", T0 + 2 * QUARTER, QUARTER)]  # fmt: skip
    page = draw(shell, Unused([], 0, [], 0), feeds)
    assert "Silent · 2" in page
    assert "It has never been heard. Verdicts that rest on it are unknown." in page
    assert "Silent for 30 min; it should speak every 15 min." in page
    assert "<summary>1 feed speaks</summary>" in page


async def test_senders_that_are_late_or_ahead_are_named(tmp_path: Path) -> None:
    """Whose events came late, and by how much, and whose clock is ahead: by the names that they give themselves."""
    async with asking(tmp_path) as caller:
        await caller.send(waiting("a", T0))
        await caller.pass_time(600)
        late, ahead = waiting("b", T0 - 10 * SECOND, 2), waiting("c", caller.clock.at + 3_600 * SECOND)
        await caller.send(late, late | {"id": "d"}, ahead | {"source": "tower"})
        (till, tower) = caller.host.read_model.board.senders(T0)
        assert (till.source, till.late, till.latest, till.ahead) == ("till", 2, 610 * SECOND, 0)
        assert (tower.source, tower.late, tower.ahead) == ("tower", 0, 1)
        page = (await caller.get("/feeds")).text
        assert "2 events came late within a day, by up to 10 min 10 s." in page
        assert "1 event said that it is later than it is; its clock is ahead." in page
        assert caller.host.read_model.board.senders(caller.clock.at + SECOND) == []
