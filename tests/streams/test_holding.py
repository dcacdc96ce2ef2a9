"""The held log: what cases hold is read back as it was, and nothing of it is stored twice."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standards.judge.events import Event
from streams.storage.case_logs import HeldLog
from streams.storage.case_parts import CaseKey
from streams.storage.case_store import Snapshots
from streams.storage.sqlite import FILE, Database
from tests.history import events_of, rulebook, rules

TEXT = rules(answer="per: contact, when: contact.waiting, expect: contact.answered, within: 60s")
A, B = ("0:contact:answer", ("a",)), ("0:contact:answer", ("b",))
Step = tuple[int, dict[CaseKey, list[int]]]


def _event(at: int) -> Event:
    (event,) = events_of(f"08:00 contact.waiting contact=a id=e{at}", BOOK)
    event.at = at
    return event


BOOK = rulebook(TEXT)
EVENTS = [_event(at) for at in range(12)]
_HELD = st.dictionaries(st.sampled_from([A, B]), st.lists(st.integers(0, 11), unique=True).map(sorted), max_size=2)


def _at(events: list[Event]) -> list[int]:
    return [event.at for event in events]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 3), _HELD), max_size=8))
def test_what_is_read_back_is_what_was_held(tmp_path: Path, steps: list[Step]) -> None:
    """Whatever came in any order, was judged, or was taken out: the log gives what is held."""
    (tmp_path / FILE).unlink(missing_ok=True)
    database = Database(tmp_path / FILE)
    log = HeldLog(database, Snapshots(BOOK))
    low, now = -1, dict[CaseKey, list[Event]]()
    for passed, changed in steps:
        low += passed
        now = {key: [event for event in events if event.at > low] for key, events in now.items()}
        written = {key: [EVENTS[at] for at in ats if at > low] for key, ats in changed.items()}
        now |= written
        with database.writing():
            log.write(written, low)
    again = HeldLog(database, Snapshots(BOOK)).read(low)
    database.close()
    assert {key: _at(events) for key, events in again.items()} == {key: _at(it) for key, it in now.items() if it}


def test_an_event_is_stored_once_and_goes_when_time_has_passed_it(tmp_path: Path) -> None:
    """However often a case is written while it holds an event, the event is there once; then the row is gone."""
    database = Database(tmp_path / FILE)
    log = HeldLog(database, Snapshots(BOOK))
    for count in range(1, 10):
        log.write({A: EVENTS[:count]}, -1)
    assert sum(body.count(b"contact.waiting") for (body,) in database.all("SELECT body FROM held")) == 9
    log.write({A: EVENTS[6:10]}, 5)
    assert len(database.all("SELECT body FROM held")) == 4
    log.write({A: []}, 11)
    assert database.all("SELECT body FROM held") == []
    database.close()
