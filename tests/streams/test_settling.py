"""What cases have settled is read back as it was, and is stored once, not with every batch."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standards.judge.case import Case, StandardState
from standards.judge.events import Event
from standards.judge.promise import Promise, State
from streams.storage.cases.case_store import Snapshots
from streams.storage.cases.past_log import SLACK, PastLog
from streams.storage.sqlite import FILE, Database
from tests.history import rulebook, rules

BOOK = rulebook(rules(answer="per: contact, when: contact.waiting, expect: contact.answered, within: 60s"))
SUBJECT = ("0:contact:answer", ("a",))
OTHER = ("0:contact:answer", ("b",))


def promise(name: str, at: int, ordinal: int = 2, state: State = "late") -> Promise[Event]:
    return Promise(opened=at, state=state, ordinal=ordinal, settled=at, id=name)


def case(*promises: Promise[Event], revision: str = "r") -> Case[Event]:
    return Case(*SUBJECT, states={revision: StandardState(settled=list(promises))})


def read(database: Database) -> list[Promise[Event]]:
    log, found = PastLog(database, Snapshots(BOOK)), case()
    log.read()
    log.join(found, lambda event: event.at)
    return found.states["r"].settled


def rows(database: Database) -> list[bytes]:
    return [body for (body,) in database.all("SELECT body FROM past ORDER BY seq")]


def test_a_settled_promise_is_stored_once(tmp_path: Path) -> None:
    """However often its case is written, a promise that does not change is not written again."""
    database = Database(tmp_path / FILE)
    log = PastLog(database, Snapshots(BOOK))
    late = [promise(f"p{n}", n) for n in range(9)]
    for count in range(1, 10):
        log.write({SUBJECT: case(*late[:count])}, {("a",)})
        log.write({SUBJECT: case(*late[:count])}, {("a",)})
    assert [body.count(b"late") for body in rows(database)] == [1] * 9
    assert read(database) == late
    database.close()


def test_only_subjects_whose_promises_changed_are_looked_at(tmp_path: Path) -> None:
    """A subject of which no promise changed costs nothing, but is still removed when it is forgotten."""
    database = Database(tmp_path / FILE)
    log = PastLog(database, Snapshots(BOOK))
    log.write({SUBJECT: case(promise("p", 1))}, set())
    assert rows(database) == []
    log.write({SUBJECT: case(promise("p", 1))}, {("a",)})
    log.write({SUBJECT: None}, set())
    assert read(database) == []
    database.close()


def test_a_correction_replaces_what_was_settled_and_goes_with_it(tmp_path: Path) -> None:
    """The verdict that was corrected never comes back."""
    database = Database(tmp_path / FILE)
    log = PastLog(database, Snapshots(BOOK))
    log.write({SUBJECT: case(promise("p", 50), promise("q", 60))})
    corrected = promise("p", 20, ordinal=3)
    log.write({SUBJECT: case(corrected, promise("q", 60))})
    assert read(database) == [corrected, promise("q", 60)]
    log.write({SUBJECT: case(promise("q", 60))})
    assert read(database) == [promise("q", 60)]
    database.close()


def test_there_is_never_much_more_than_twice_of_what_is_needed(tmp_path: Path) -> None:
    """One subject owes for long, others come and go: the file does not grow, and the one is read back as it was."""
    database = Database(tmp_path / FILE)
    log = PastLog(database, Snapshots(BOOK))
    mine = case(*(promise(f"mine{n}", n) for n in range(10)))
    log.write({SUBJECT: mine})
    for round_ in range(60):
        theirs = case(*(promise(f"other{round_}-{n}", n) for n in range(100)))
        log.write({OTHER: theirs})
        log.write({OTHER: None})
    held = sum(body.count(b"late") for body in rows(database))
    assert 10 <= held <= SLACK + 200
    assert sum(body.count(b"mine9") for body in rows(database)) <= 2
    assert read(database) == mine.states["r"].settled
    database.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(2, 4)), unique_by=lambda it: it[0])))
def test_what_is_read_back_is_what_was_settled(tmp_path: Path, steps: list[list[tuple[int, int]]]) -> None:
    """Whatever was settled, corrected or taken out since: the log gives what was written last."""
    (tmp_path / FILE).unlink(missing_ok=True)
    database = Database(tmp_path / FILE)
    log = PastLog(database, Snapshots(BOOK))
    now: list[Promise[Event]] = []
    for step in steps:
        now = [promise(f"p{number}", number, ordinal) for number, ordinal in step]
        log.write({SUBJECT: case(*now)})
    found = read(database)
    database.close()
    assert sorted(found, key=lambda it: it.id) == sorted(now, key=lambda it: it.id)
