"""The held log: what cases hold is read back as it was, and nothing of it is stored twice."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standards.judge.case import Case
from standards.judge.events import Event
from streams.storage.cases.case_logs import HeldLog
from streams.storage.cases.case_parts import CaseKey
from streams.storage.cases.case_store import Snapshots
from streams.storage.sqlite import FILE, Database
from tests.history import events_of, rulebook, rules
from tests.streams.hosting import NO_WAIT, SECOND, T0, Clock, hosting, opened, queue, shop, until

TEXT = rules(answer="per: contact, when: contact.waiting, expect: contact.answered, within: 60s")
A: CaseKey = ("0:contact:answer", ("a",))
B: CaseKey = ("0:contact:late", ("b",))
LATENESS = {B[0]: 2}
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


def _read(database: Database, low: int) -> dict[CaseKey, list[int]]:
    """Read what both cases hold, whose own times follow from how far time has come."""
    log = HeldLog(database, Snapshots(BOOK), LATENESS)
    log.read()
    found: dict[CaseKey, list[int]] = {}
    for key in (A, B):
        case = Case[Event](*key, time=low - LATENESS.get(key[0], 0))
        log.join(case)
        found |= {key: _at(case.held)} if case.held else {}
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 3), _HELD), max_size=8))
def test_what_is_read_back_is_what_was_held(tmp_path: Path, steps: list[Step]) -> None:
    """Whatever came in any order, was judged, or was taken out, however long verdicts wait: it gives what is held."""
    (tmp_path / FILE).unlink(missing_ok=True)
    database = Database(tmp_path / FILE)
    log = HeldLog(database, Snapshots(BOOK), LATENESS)
    low, now = -1, dict[CaseKey, list[Event]]()
    for passed, changed in steps:
        low += passed
        times = {key: low - LATENESS.get(key[0], 0) for key in (A, B)}
        now = {key: [event for event in events if event.at > times[key]] for key, events in now.items()}
        written = {key: [EVENTS[at] for at in ats if at > times[key]] for key, ats in changed.items()}
        now |= written
        with database.writing():
            log.write(written, low)
    again = _read(database, low)
    database.close()
    assert again == {key: _at(it) for key, it in now.items() if it}


def test_an_event_is_stored_once_and_goes_when_time_has_passed_it(tmp_path: Path) -> None:
    """However often a case is written while it holds an event, the event is there once; then the row is gone."""
    database = Database(tmp_path / FILE)
    log = HeldLog(database, Snapshots(BOOK), LATENESS)
    for count in range(1, 10):
        log.write({A: EVENTS[:count]}, -1)
    assert sum(body.count(b"contact.waiting") for (body,) in database.all("SELECT body FROM held")) == 9
    log.write({A: EVENTS[6:10]}, 5)
    assert len(database.all("SELECT body FROM held")) == 4
    log.write({A: []}, 11)
    assert database.all("SELECT body FROM held") == []
    database.close()


async def test_what_waits_for_its_verdict_is_not_lost_at_a_restart(tmp_path: Path) -> None:
    """A standard gives its verdicts a minute later: an event that was accepted before a restart counts after it."""
    clock, standards = Clock(), shop(tmp_path, NO_WAIT + "    lateness: 1m\n")
    async with hosting(tmp_path, clock, standards=standards) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=5), opened(host.reader, "b", T0)])
        clock.go(30)
        await host.submit([queue(host.reader, "c", T0 + 30 * SECOND, waiting=6)])
    async with hosting(tmp_path, clock, standards=standards) as host:
        clock.go(200)
        await until(lambda: len(host.read_model.lines()) == 5)
        told = [(line.kind, line.cause and line.cause[1]) for line in host.read_model.lines()]
        assert told == [("opened", "a"), ("kept", "b"), ("opened", "c"), ("warned", None), ("broken", None)]


HEARER = """
  talked-over:
    promise: We talk it over.
    owner: floor-lead
    per: [site, queue]
    when: {event: promise.broken, where: standard == "no-wait"}
    expect: register.opened
    within: 1m
"""


async def test_what_is_held_at_a_restart_stays_with_each_case(tmp_path: Path) -> None:
    """Two cases of a subject hold the same event: neither is judged by the other's, nor settled for it.

    So what comes late after the restart has its place, as it would have had without one.
    """
    clock, standards = Clock(), shop(tmp_path, NO_WAIT + HEARER)
    async with hosting(tmp_path, clock, standards=standards) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=5)])
        clock.go(90)
        await host.submit([opened(host.reader, "b", T0 + 90 * SECOND)])
    async with hosting(tmp_path, clock, standards=standards) as host:
        await host.submit([opened(host.reader, "c", T0 + 40 * SECOND)])
        assert host.read_model.late() == []
        told = [(line.standard, line.kind, line.state) for line in host.read_model.lines()]
        assert ("no-wait", "corrected", "kept") in told
