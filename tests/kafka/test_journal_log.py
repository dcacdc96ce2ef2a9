"""What a case is judged again by stands in the rows of its table: whole, or what is new, whoever reads them."""

import random

from hypothesis import given, settings

from streams.kafka.records.rows import decoded
from streams.kafka.worker.journal import Journal
from tests.history import rulebook, rules
from tests.living import BOOK, FIRST, GROUP, STEPS, Live, Steps, lines

SECOND = 1_000_000


class Table:
    """A live host's cases in rows, written after each step by one worker after another."""

    def __init__(self) -> None:
        self.live = Live()
        self.rows: dict[bytes, bytes] = {}
        self.offset = 0
        self.journal = Journal(BOOK)

    def save(self) -> list[bytes]:
        """Write all cases, and give the rows that this took."""
        self.offset += 1
        written = []
        for key in self.subjects():
            case = self.live.cases.get(key)
            writes = self.journal.delete((GROUP, key)) if case is None else self.journal.write(case, self.offset)
            for name, row in writes:
                if row is None:
                    self.rows.pop(name, None)
                else:
                    self.rows[name] = row
                    written.append(row)
        return written

    def subjects(self) -> list[tuple[str | int, ...]]:
        return [("a",), ("b",)]

    def restart(self, writer_id: int) -> None:
        self.journal = Journal(BOOK, writer_id)
        self.live.restore([each.case for each in self.journal.read(self.rows.items())])


@settings(max_examples=40)
@given(STEPS)
def test_a_worker_that_takes_over_changes_no_line(steps: Steps) -> None:
    """Taken over by itself or another one after any step, whatever comes late: the lines are those of one worker."""
    table, without, now, draw = Table(), Live(), FIRST, random.Random(len(steps))
    for number, (gap, kind, late, subject) in enumerate(steps * 3):
        now += gap * SECOND
        lasting = lines(without.step(number, now, kind, late, subject))
        assert lines(table.live.step(number, now, kind, late, subject)) == lasting
        table.save()
        if draw.random() < 0.3:
            table.restart(draw.randrange(3))
        for key, case in without.cases.items():
            there = table.live.cases[key]
            assert (there.log, there.base, there.younger, there.cut) == (case.log, case.base, case.younger, case.cut)


def busy(table: Table, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        table.live.step(number, FIRST + number * SECOND // 20, number % 3, 0, "a")


def test_one_more_event_is_a_short_row() -> None:
    """A busy case's short row has the event that is new; a whole one has all of them, packed."""
    table = Table()
    busy(table, 1000)
    (whole,) = table.save()
    assert len(whole) < 200 * 1000
    busy(table, 1, first=1000)
    (short,) = table.save()
    row = decoded(short)
    assert (row.whole, row.log.count(b"contact."), row.basis) == (False, 1, b"")
    assert len(short) - len(row.held) < 2_500
    table.restart(0)
    assert len(table.live.cases["a",].log) > 900


def test_what_cannot_be_read_settles_what_can() -> None:
    """A worker without a revision carries its state along; what it can judge is not judged again by half of a log."""
    table = Table()
    busy(table, 100)
    table.save()
    fewer = rulebook(
        rules(answer="per: contact, when: contact.waiting, expect: contact.answered, within: 20s, forget_after: 1d")
    )
    (restored,) = Journal(fewer).read(table.rows.items())
    assert restored.parked is not None
    assert (restored.case.log, restored.case.base) == ([], None)
    live = Live(fewer)
    live.restore([restored.case])
    found = live.cases["a",]
    assert found.base is not None
    assert (found.base.time, found.states == found.base.states) == (found.time, True)


def test_what_is_settled_no_longer_is_gone_from_all_rows() -> None:
    """A promise goes from the rows that have it, also where one between them has settled nothing."""
    table = Table()
    busy(table, 300)
    table.save()
    case = table.live.cases["a",]
    ((revision, state),) = [each for each in case.states.items() if len(each[1].settled) > 1]
    case.log.append(case.log[-1])  # nothing else is new
    table.save()
    state.settled = state.settled[1:]
    rows = [decoded(raw) for raw in table.save()]
    assert [(row.whole, len(row.gone)) for row in rows] == [(False, 1)]
    table.restart(0)
    assert table.live.cases["a",].states[revision].settled == state.settled
