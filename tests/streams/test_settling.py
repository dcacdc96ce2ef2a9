"""The settled log: what can still be corrected is read back as it was, and is stored once, not with every batch."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standards.judge.case import Case, StandardState
from standards.judge.events import Event
from standards.judge.promise import Promise
from standards.judge.standard import CORRECTIONS_HORIZON
from streams.storage.case_logs import SettledLog
from streams.storage.case_parts import Settled
from streams.storage.case_store import Snapshots
from streams.storage.sqlite import FILE, Database
from tests.history import rulebook, rules

BOOK = rulebook(rules(answer="per: contact, when: contact.waiting, expect: contact.answered, within: 60s"))
SUBJECT = ("0:contact:answer", ("a",))
OTHER = ("0:contact:answer", ("b",))


def promise(name: str, at: int, ordinal: int = 2) -> Promise[Event]:
    return Promise(opened=at, state="kept", ordinal=ordinal, settled=at, id=name)


def case(*promises: Promise[Event], revision: str = "r") -> Case[Event]:
    return Case(*SUBJECT, states={revision: StandardState(settled=list(promises))})


def read(database: Database, low: int) -> Settled[Event]:
    return SettledLog(database, Snapshots(BOOK)).read(low).get(SUBJECT, {})


def rows(database: Database) -> list[bytes]:
    return [body for (body,) in database.all("SELECT body FROM settled ORDER BY seq")]


def test_a_settled_promise_is_stored_once(tmp_path: Path) -> None:
    """However often its case is written, a promise that does not change is not written again."""
    database = Database(tmp_path / FILE)
    log = SettledLog(database, Snapshots(BOOK))
    kept = [promise(f"p{n}", n) for n in range(9)]
    for count in range(1, 10):
        log.write({SUBJECT: case(*kept[:count])}, 10, {("a",)})
        log.write({SUBJECT: case(*kept[:count])}, 10, {("a",)})
    assert [body.count(b"kept") for body in rows(database)] == [1] * 9
    assert read(database, 10) == {"r": kept}
    database.close()


def test_only_subjects_whose_promises_changed_are_looked_at(tmp_path: Path) -> None:
    """A subject of which no promise changed costs nothing, but is still removed when it is forgotten."""
    database = Database(tmp_path / FILE)
    log = SettledLog(database, Snapshots(BOOK))
    log.write({SUBJECT: case(promise("p", 1))}, 10, set())
    assert rows(database) == []
    log.write({SUBJECT: case(promise("p", 1))}, 10, {("a",)})
    log.write({SUBJECT: None}, 10, set())
    assert read(database, 10) == {}
    database.close()


def test_a_correction_replaces_what_was_settled_and_goes_with_it(tmp_path: Path) -> None:
    """The verdict that was corrected never comes back, not even when a part of the log has been dropped."""
    database = Database(tmp_path / FILE)
    log = SettledLog(database, Snapshots(BOOK))
    log.write({SUBJECT: case(promise("p", 50), promise("q", 60))}, 100)
    corrected = promise("p", 20, ordinal=3)
    log.write({SUBJECT: case(corrected, promise("q", 60))}, 100)
    assert read(database, 100) == {"r": [corrected, promise("q", 60)]}
    log.write({OTHER: None}, CORRECTIONS_HORIZON + 30)
    assert read(database, CORRECTIONS_HORIZON + 30) == {"r": [promise("q", 60)]}
    log.write({OTHER: None}, CORRECTIONS_HORIZON + 61)
    assert rows(database) == []
    database.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(2, 4)), unique_by=lambda it: it[0])))
def test_what_is_read_back_is_what_was_settled(tmp_path: Path, steps: list[list[tuple[int, int]]]) -> None:
    """Whatever was settled, corrected or taken out since: the log gives what was written last."""
    (tmp_path / FILE).unlink(missing_ok=True)
    database = Database(tmp_path / FILE)
    log = SettledLog(database, Snapshots(BOOK))
    now: list[Promise[Event]] = []
    for step in steps:
        now = [promise(f"p{number}", number, ordinal) for number, ordinal in step]
        log.write({SUBJECT: case(*now)}, 10)
    found = read(database, 10).get("r", [])
    database.close()
    assert sorted(found, key=lambda it: it.id) == sorted(now, key=lambda it: it.id)
