"""What is overdue is stored and read back, once, also from a store in which an older Kept only counted it."""

import json
from pathlib import Path

import msgspec
import pytest

from standards.compiler.spec import Source, load
from standards.judge.case import Case, StandardState
from standards.judge.events import Event
from standards.judge.promise import NEVER, Promise
from standards.judge.rulebook import Rulebook
from standards.judge.standard import CORRECTIONS_HORIZON, DAY
from streams.kafka.records.rows import owed
from streams.kafka.worker.journal import Journal
from streams.runtime.position import Position
from streams.runtime.pump import Pump
from streams.storage.cases.case_parts import take_over
from streams.storage.cases.case_store import CaseStore, Snapshots
from streams.storage.sqlite import FILE, Database
from tests.history import events_of, instant, rulebook, rules, told
from tests.streams.test_store import GOLDENS, TEXT

BOOK = rulebook(rules(answer="per: contact, when: contact.waiting, expect: contact.answered, within: 60s"))
(REVISION,) = BOOK.standards
GROUP = next(iter(BOOK.groups))
SUBJECT = (GROUP, ("a",))


def former() -> Rulebook:
    excerpts = json.loads((GOLDENS / "version-1.excerpts.json").read_text(encoding="utf-8"))
    return load([Source("rules.yaml", TEXT)], retired=excerpts).rulebook


def going_on(history: str) -> list[str]:
    """Judge on from the cases that an older Kept stored at 08:10 with two promises overdue, of `a` and of `c`."""
    book = former()
    low = int(instant("08:10").timestamp() * 1e6) - 1_000_001
    pump = Pump(book, position=Position(newest=low + 1_000_001, low=low))
    cases = [Snapshots(book).decode(raw) for raw in msgspec.msgpack.decode(
        (GOLDENS / "version-1.overdue.bin").read_bytes(), type=list[bytes]
    )]  # fmt: skip
    for case in cases:
        take_over(case)
    assert pump.adopt(cases) == []
    outcome = pump.push(events_of(history, book))
    lines = told([*outcome.transitions, *pump.finish().transitions])
    return [line for line in lines if line.split()[-2] in ("fulfilled_late", "ended", "given_up", "excused")]


def test_what_an_older_kept_counted_as_overdue_is_owed() -> None:
    """It is done late, ends or is given up a day after it broke, as it was promised then; what was over stays over."""
    history = """
        08:20 contact.answered contact=a id=x1
        08:21 contact.abandoned contact=c id=x2
        08:22 contact.answered contact=b id=x3       # the first one of b ended at 08:05, the second broke at 08:07
        +1d 09:00 nothing id=x4
    """
    assert going_on(history) == [
        "08:20:00 fulfilled_late a", "08:21:00 ended c", "08:22:00 fulfilled_late b",
    ]  # fmt: skip
    assert sorted(going_on("+1d 09:00 nothing id=x1")) == [
        "2026-03-03 08:01:00 given_up a", "2026-03-03 08:01:00 given_up c", "2026-03-03 08:07:00 given_up b",
    ]  # fmt: skip


def broken(name: str, at: int) -> Promise[Event]:
    return Promise(opened=at - 60, due=at, state="broken", ordinal=2, settled=at, id=name)


def counted(*promises: Promise[Event], relieved: int = -1, time: int = 0) -> Case[Event]:
    """Make a case as an older Kept stored it, and as it was read back."""
    state = StandardState(settled=list(promises), counted=len(promises), relieved=relieved)
    return Case(*SUBJECT, time=time, states={REVISION: state})


def test_only_what_is_still_owed_is_taken_over() -> None:
    """Not what broke before the need went away, nor what broke a day ago; and the timers are asked anew."""
    case = counted(broken("ended", 100), broken("owed", 200), broken("other", 250), relieved=100, time=300)
    take_over(case)
    state = case.states[REVISION]
    assert [it.id for it in state.overdue] == ["owed", "other"]
    assert [it.id for it in state.settled] == ["ended"]
    assert (case.wake, state.wake, state.counted, state.relieved) == (200 + DAY, 200 + DAY, 0, -1)
    late = counted(broken("long-ago", 200), time=200 + CORRECTIONS_HORIZON)
    take_over(late)
    assert (late.states[REVISION].overdue, late.wake) == ([], NEVER)


def stored(folder: Path, case: Case[Event] | None) -> Case[Event]:
    """Write a case to a database, if one is given, as a process does that ends then; read it as the next one does."""
    database = Database(folder / FILE)
    if case is not None:
        store = CaseStore(database, BOOK)
        list(store.read())
        store.write({SUBJECT: case}, 300, {("a",)})
    (found,) = CaseStore(database, BOOK).read()
    database.close()
    return found


def listed(case: Case[Event]) -> tuple[list[str], list[str]]:
    state = case.states[REVISION]
    return [it.id for it in state.overdue], [it.id for it in state.settled]


def test_a_database_keeps_what_is_overdue(tmp_path: Path) -> None:
    """Each promise is in one list, whatever was written before, and after any restart."""
    case = stored(tmp_path, counted(broken("p", 200), broken("q", 210)))
    assert listed(case) == (["p", "q"], [])
    assert listed(stored(tmp_path, None)) == (["p", "q"], [])
    assert listed(stored(tmp_path, case)) == (["p", "q"], [])
    state = case.states[REVISION]
    state.overdue[0].state, state.overdue[0].ordinal = "late", 3
    state.overdue, state.settled = state.overdue[1:], state.overdue[:1]
    found = stored(tmp_path, case)
    assert listed(found) == (["q"], ["p"])
    assert found.states[REVISION].settled[0].state == "late"


@pytest.mark.parametrize("identities", [0, 100])
def test_the_rows_of_a_table_keep_what_is_overdue(identities: int) -> None:
    """Also where a case is written in short rows, which say only what is new of its settled promises."""
    case = counted(broken("p", 200), broken("q", 210))
    case.seen = {str(number): 200 for number in range(identities)}
    table = dict(Journal(BOOK).write(case, 1))
    for offset in range(2, 5):
        journal = Journal(BOOK)
        (restored,) = journal.read([(name, row) for name, row in table.items() if row is not None])
        assert listed(restored.case) == (["p", "q"], [])
        assert owed([(name, row) for name, row in table.items() if row is not None]) == {REVISION}
        table.update(journal.write(restored.case, offset))
    state = restored.case.states[REVISION]
    state.overdue[0].state, state.overdue[0].ordinal = "late", 3
    state.overdue, state.settled = state.overdue[1:], state.overdue[:1]
    table.update(journal.write(restored.case, 9))
    (last,) = Journal(BOOK).read([(name, row) for name, row in table.items() if row is not None])
    assert listed(last.case) == (["q"], ["p"])
