"""The promises of closings: a month is counted once, of what had come by then, and nothing changes it after that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.routing.actions import ANSWERED, COMPLAINED, ERASED, SURVEYED, VOTED, Action
from standards.calendar.duration import DAY
from standards.judge.events import microseconds
from standards.practice.cells import Tree, Unshown
from standards.practice.closing import Rate
from standards.practice.practice import Whose
from streams.storage.cell_queries import CellQueries, Span
from streams.storage.closings import Closings, House
from streams.storage.router_tables import book_actions
from streams.storage.sqlite import FILE, Database, SharedConnection

JANUARY = microseconds(datetime(2026, 1, 1, tzinfo=UTC))
FEBRUARY = microseconds(datetime(2026, 2, 1, tzinfo=UTC))
MARCH = microseconds(datetime(2026, 3, 1, tzinfo=UTC))
APRIL = microseconds(datetime(2026, 4, 1, tzinfo=UTC))
HOUSE = House(Tree({"north": "s1", "south": "s1"}))
NORTH, SOUTH, EVERYBODY = Whose("north"), Whose("south"), Whose()
_ZONE = ZoneInfo("UTC")


class Counting:
    """A store, what is read of it, and its closings, which begin anew whenever it is opened again."""

    def __init__(self, folder: Path, house: House = HOUSE) -> None:
        self.folder, self.house, self.sent = folder, house, 0
        self.open()

    def open(self) -> None:
        self.database = Database(self.folder / FILE, derived=True)
        self.connection = SharedConnection(self.folder)
        self.cells = CellQueries(self.connection)
        self.closings = Closings(self.database, _ZONE)

    def close(self) -> None:
        self.connection.close()
        self.database.close()

    def pass_to(self, now: int) -> None:
        self.closings.close(self.house, now)

    def come(self, kind: str, at: int, received: int, **data: str | float) -> None:
        self.sent += 1
        with self.database.writing():
            book_actions(self.database, [Action(str(self.sent), at, "", "", kind, "till", dict(data))], received)

    def seen(self) -> list[object]:
        """Give all that any page reads, of every team, and when the rest is counted."""
        found: list[object] = []
        for span in self.cells.closed("month", 99):
            found += [(span, who, self.cells.topics(span, who), self.cells.scores(span, who))
                      for who in (NORTH, SOUTH, EVERYBODY)]  # fmt: skip
        for span in self.cells.closed("quarter", 99):
            found += [(span, who, self.cells.votes(span, who)) for who in (NORTH, SOUTH, EVERYBODY)]
        return [found, self.cells.waiting("month"), self.cells.waiting("quarter")]


def say(store: Counting, said: tuple[str, str, int], received: int) -> None:
    kind, team, day = said
    store.come(kind, JANUARY + day * DAY, received, team=team, topic="price", reward="voucher", score=4.0, asked=9)


said = st.tuples(st.sampled_from((COMPLAINED, ANSWERED, VOTED, SURVEYED)), st.sampled_from(("north", "south", "")),
                 st.integers(0, 30))  # fmt: skip
Come = tuple[tuple[str, str, int], int]
"""What was said, for whom and on which day of January; and on which day it came."""


@settings(max_examples=40)
@given(st.lists(st.tuples(said, st.integers(1, 31)), max_size=30), st.randoms(use_true_random=False))
def test_who_looks_within_a_month_learns_nothing(answers: Sequence[Come], lots: Random) -> None:
    """However many answers come, in whatever order and whenever one looks: all looks before the close are alike.

    Looks, and starting again, do not change what is told after it; nor do late answers and erasures.
    """
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        watched, unwatched = Counting(Path(one)), Counting(Path(other))
        for each in (watched, unwatched):
            each.pass_to(JANUARY)
            each.pass_to(JANUARY + DAY)
        first = watched.seen()
        for what, day in sorted(answers, key=lambda each: each[1]):
            say(watched, what, JANUARY + day * DAY)
            watched.pass_to(JANUARY + day * DAY)
            assert watched.seen()[0] == first[0]
        lots.shuffle(shuffled := list(answers))
        for what, day in shuffled:
            say(unwatched, what, JANUARY + day * DAY)
        watched.close()
        watched.open()
        for month in (FEBRUARY, MARCH, APRIL):
            watched.pass_to(month + DAY)
            unwatched.pass_to(month + DAY)
        told = watched.seen()
        assert told == unwatched.seen()
        for what, _ in answers:
            say(watched, what, APRIL + 2 * DAY)
        watched.come(ERASED, APRIL, APRIL, agent="p~")
        watched.pass_to(APRIL + 2 * DAY)
        assert watched.seen()[0] == told[0]
        for each in (watched, unwatched):
            each.close()


def test_late_answers_count_until_the_close(tmp_path: Path) -> None:
    """What comes within a day of the month's end is in it; what comes a moment later is not."""
    store = Counting(tmp_path)
    store.pass_to(JANUARY)
    for number in range(6):
        store.come(COMPLAINED, JANUARY, FEBRUARY + DAY - 1 - number, team="north", topic="price")
    store.come(COMPLAINED, JANUARY, FEBRUARY + DAY, team="north", topic="price")
    store.pass_to(FEBRUARY + DAY - 1)
    assert [span.since for span in store.cells.waiting("month")] == [JANUARY, FEBRUARY]
    store.pass_to(FEBRUARY + DAY + 5)
    assert store.cells.topics(store.cells.closed("month", 1)[0], NORTH).counts == {"price": 6}
    store.close()


def test_answers_go_a_month_after_they_were_counted(tmp_path: Path) -> None:
    """Votes too, and those that came too late; what is still to be counted stays."""
    store = Counting(tmp_path)
    for month in (JANUARY, FEBRUARY, MARCH, APRIL):
        store.pass_to(month + DAY)
        for kind in (COMPLAINED, VOTED):
            store.come(kind, JANUARY, month + DAY, team="north", topic="price", reward="voucher")
    assert [kind for (kind,) in store.database.all("SELECT type FROM acts ORDER BY seq")] == [
        VOTED, VOTED, VOTED, COMPLAINED, VOTED,
    ]  # fmt: skip
    store.pass_to(microseconds(datetime(2026, 5, 2, tzinfo=UTC)))
    assert store.database.all("SELECT id FROM acts") == []
    store.close()


def test_what_was_over_before_the_start_is_counted_a_day_later(tmp_path: Path) -> None:
    """So whoever sends in what was before has a day for it; then all of it is counted at once."""
    store = Counting(tmp_path)
    store.pass_to(FEBRUARY + 10 * DAY)
    assert [span.closes for span in store.cells.waiting("month")][:3] == [FEBRUARY + 11 * DAY] * 3
    for number in range(6):
        store.come(COMPLAINED, JANUARY, FEBRUARY + 10 * DAY + number, team="north", topic="price")
    store.pass_to(FEBRUARY + 11 * DAY)
    assert len(store.cells.closed("month", 99)) == 3
    assert store.cells.topics(store.cells.closed("month", 1)[0], NORTH).counts == {"price": 6}
    store.close()


def test_a_clock_that_was_ahead_takes_its_closing_back(tmp_path: Path) -> None:
    """What was counted before it was over is counted again when it is; what was over stays."""
    store = Counting(tmp_path)
    for month in (JANUARY, FEBRUARY, MARCH, APRIL):
        store.pass_to(month + DAY)
    with store.database.writing():
        store.closings.go_back(FEBRUARY + 2 * DAY)
    store.pass_to(FEBRUARY + 2 * DAY)
    assert [span.since for span in store.cells.closed("month", 1)] == [JANUARY]
    assert [span.since for span in store.cells.waiting("month")] == [FEBRUARY]
    assert [span.since for span in store.cells.waiting("quarter")] == [JANUARY]
    store.close()


def test_another_zone_counts_no_month_twice(tmp_path: Path) -> None:
    """Where the house's zone is changed, months begin some hours apart, and each is counted once."""
    store = Counting(tmp_path)
    store.pass_to(JANUARY + DAY)
    store.closings = Closings(store.database, ZoneInfo("America/New_York"))
    store.pass_to(JANUARY + 2 * DAY)
    spans: list[Span] = [*store.cells.waiting("month"), *store.cells.closed("month", 99)]
    assert len(spans) == 4
    store.close()


def test_persons_promises_are_told_of_five_people(tmp_path: Path) -> None:
    """By the month, and of no team in which fewer than five had any."""
    store = Counting(tmp_path, House(HOUSE.tree, personal={"looked": ("agent",)}))
    store.pass_to(JANUARY)
    rows = [("north", f"n{number % 5}", "kept" if number else "broken") for number in range(10)]
    rows += [("south", "s1", "broken")] * 9
    with store.database.writing():
        store.database.put(_PROMISE, [(str(place), f'{{"team":"{team}","agent":"{agent}"}}', verdict, JANUARY + DAY)
                                      for place, (team, agent, verdict) in enumerate(rows)])  # fmt: skip
    store.pass_to(FEBRUARY + DAY)
    span = store.cells.closed("month", 1)[0]
    assert store.cells.rates(span, NORTH) == {"looked": Unshown.TELLING}
    assert store.cells.rates(span, SOUTH) == {"looked": Unshown.FEWER}
    assert store.cells.rates(span, EVERYBODY) == {"looked": Rate(9, 10)}
    store.close()


_PROMISE = """
INSERT INTO promises (id, ordinal, standard, revision, subject, owner, aspect, severity, fields, state, verdict, opened,
    due, settled, elapsed, waited, warned, corrected)
SELECT ?1, 0, 'looked', 'r', 's', 'lead', 'quality', 'ticket', ?2, ?3, ?3, 0, 0, ?4, 0, 0, 0, 0
"""
