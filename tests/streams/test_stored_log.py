"""What a case is judged again by outlives any restart, and a save costs what is new."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from standards.judge.case import Case
from standards.judge.events import Event
from streams.runtime.pump import Pump
from streams.storage.cases.case_store import CaseStore, Snapshots
from streams.storage.sqlite import FILE, Database
from tests.history import rulebook, rules, told
from tests.living import BOOK, FIRST, GROUP, STEPS, Live, Steps, happened, lines

SECOND = 1_000_000


class Stored:
    """A live host's cases in a database, written after each step."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE
        self.live = Live()
        self.open()

    def open(self) -> None:
        self.database = Database(self.file)
        self.store = CaseStore(self.database, self.live.book)
        self.live.restore(list(self.store.read()))

    def restart(self) -> None:
        self.database.close()
        self.open()

    def save(self, *subjects: str) -> None:
        with self.database.writing():
            keys = [(subject,) for subject in subjects]
            self.store.write({(GROUP, key): self.live.cases.get(key) for key in keys}, self.live.low)

    def rows(self) -> list[bytes]:
        return [body for (body,) in self.database.all("SELECT body FROM past ORDER BY seq")]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_a_restart_changes_no_line(tmp_path: Path, steps: Steps) -> None:
    """Stored and read back after each step, whatever comes late: each line is that of a host that never ended."""
    (tmp_path / FILE).unlink(missing_ok=True)
    stored, without, now = Stored(tmp_path), Live(), FIRST
    for number, (gap, kind, late, subject) in enumerate(steps):
        now += gap * SECOND
        lasting = lines(without.step(number, now, kind, late, subject))
        assert lines(stored.live.step(number, now, kind, late, subject)) == lasting
        stored.save("a", "b")
        stored.restart()
        assert cases(stored.live) == cases(without)
    stored.database.close()


def cases(live: Live) -> list[tuple[object, ...]]:
    """Give what each case is judged again by, and what it has settled."""
    return [
        (
            case.key, case.time, case.base, case.younger, case.cut, case.log, case.forgotten, case.grants,
            case.revisions, case.states,
        )
        for case in sorted(live.cases.values(), key=lambda case: case.key)
    ]  # fmt: skip


def busy(stored: Stored, count: int, first: int = 0) -> int:
    """Let a subject have so many events, one a tenth of a second, and give the time after them."""
    now = FIRST
    for number in range(first, first + count):
        now = FIRST + number * SECOND // 10
        stored.live.step(number, now, number % 3, 0, "a")
    return now


def test_one_more_event_does_not_rewrite_the_log(tmp_path: Path) -> None:
    """A busy case's save after one more event is that event and what it changed, not the thousand before."""
    stored = Stored(tmp_path)
    busy(stored, 1000)
    stored.save("a")
    before = stored.rows()
    assert sum(body.count(b"contact.") for body in before) > 900
    busy(stored, 3, first=1000)
    stored.save("a")
    after = stored.rows()
    assert after[:-1] == before
    assert len(after[-1]) < 2_000
    assert len(stored.live.cases["a",].log) > 900
    ((body,),) = stored.database.all("SELECT length(body) FROM cases")
    assert body < 3_000
    stored.database.close()


def test_a_late_event_adds_itself_and_what_it_changed(tmp_path: Path) -> None:
    """The log before and after it is not written again, and is in order of time when it is read."""
    stored = Stored(tmp_path)
    now = busy(stored, 300)
    stored.save("a")
    stored.live.step(999, now, 0, 12, "a")
    stored.save("a")
    assert stored.rows()[-1].count(b"contact.") < 20
    assert len(stored.rows()[-1]) < 5_000
    log = [event.id for event in stored.live.cases["a",].log]
    assert "999" in log[:-10]
    stored.restart()
    assert [event.id for event in stored.live.cases["a",].log] == log
    stored.database.close()


def test_what_has_settled_goes_from_the_file(tmp_path: Path) -> None:
    """A subject that goes on for long has no more rows than its log needs, and some."""
    stored = Stored(tmp_path)
    for number in range(6_000):
        stored.live.step(number, FIRST + number * SECOND, number % 3, 0, "a")
        if number % 5 == 0:
            stored.save("a")
    things = sum(body.count(b"$received") for body in stored.rows())
    assert len(stored.live.cases["a",].log) < 200
    assert things < 3_000
    stored.database.close()


def test_a_case_that_knows_no_past_is_settled(tmp_path: Path) -> None:
    """What an older Kept stored of a case is no past to judge it by: what comes counts."""
    stored = Stored(tmp_path)
    stored.live.step(0, FIRST, 0, 0, "a")
    stored.live.wait(FIRST + 10 * SECOND)
    case = stored.live.cases["a",]
    case.log, case.revisions = [], ()
    stored.save("a")
    stored.restart()
    assert told(stored.live.step(1, FIRST + 11 * SECOND, 1, 10, "a")) == ["08:00:01 kept a"]
    case = stored.live.cases["a",]
    assert [event.id for _, event in case.too_late] == ["1"]
    assert (case.log, case.base is not None) == ([], True)
    stored.live.step(2, FIRST + 12 * SECOND, 1, 0, "a")
    stored.live.wait(FIRST + 20 * SECOND)
    assert [event.id for event in stored.live.cases["a",].log] == ["2"]
    stored.database.close()


@pytest.mark.parametrize("change", ["a standard", "the vocabulary"])
def test_nothing_is_judged_again_by_standards_that_were_not_in_force(tmp_path: Path, change: str) -> None:
    """With other standards, or without an event's type, a log is of no use: it settles, and nobody is stopped by it."""
    own = "events:\n  bell.rang: {contact: text}"
    answer = "per: contact, when: contact.waiting, expect: contact.answered, within: 20s"
    bell = "per: contact, when: contact.waiting, expect: bell.rang, within: 20s, unless: contact.answered"
    before = rulebook(rules(own, answer=answer, bell=bell))
    after = rulebook(rules(answer=answer) if change == "the vocabulary" else rules(own, answer=answer))
    (group,) = before.groups
    case = Case[Event](group, ("a",), time=FIRST + 50, touched=FIRST)
    case.log = [
        happened(before, f"08:00 {kind} contact=a id={kind}", FIRST, FIRST)
        for kind in ("bell.rang", "contact.answered")
    ]
    case.revisions = tuple(before.groups[group].by_revision)
    database = Database(tmp_path / FILE)
    CaseStore(database, before).write({(group, ("a",)): case}, FIRST)
    (same,) = CaseStore(database, before).read()
    live = Live(BOOK)
    assert [event.id for event in same.log] == ["bell.rang", "contact.answered"]
    (found,) = CaseStore(database, after).read()
    live.group_state.group = after.groups[group]
    live.group_state.put(found)
    assert found.base is not None
    assert (found.log, found.base.time, found.revisions) == ([], FIRST + 50, tuple(after.groups[group].by_revision))
    database.close()


@settings(max_examples=20)
@given(STEPS)
def test_a_whole_snapshot_has_the_past_with_its_types(steps: Steps) -> None:
    """As the host of stories keeps it: a case with its log, its snapshots and what was forgotten is read as it was."""
    live, now, snapshots = Live(), FIRST, Snapshots(BOOK)
    for number, (gap, kind, late, subject) in enumerate(steps):
        now += gap * SECOND
        live.step(number, now, kind, late, subject)
        for case in live.cases.values():
            assert snapshots.decode(snapshots.encode(case)) == case


def test_a_case_that_moves_to_another_group_is_settled() -> None:
    """What its new neighbours would have said of its log, nobody knows; what it owes goes on."""
    live = Live()
    live.step(0, FIRST, 0, 0, "a")
    live.wait(FIRST + 10 * SECOND)
    case = live.cases["a",]
    assert (len(case.log), case.base) == (1, None)
    answer = "per: contact, when: contact.waiting, expect: contact.answered, within: 20s, forget_after: 1d"
    other = rulebook(rules(answer=answer, abandoned="per: contact, when: contact.waiting, at_most: 9, within: 1h"))
    (group,) = other.groups
    assert group != GROUP
    pump = Pump(other)
    assert (group, ("a",)) in pump.adopt([case])
    moved = pump.case(group, ("a",))
    assert moved is not None
    assert moved.base is not None
    assert (moved.log, moved.base.time, moved.base.states == moved.states) == ([], case.time, True)
    assert sum(len(state.open) for state in moved.states.values()) == 1


def test_a_case_of_the_same_standards_keeps_its_past() -> None:
    """Adopted by a pump under the standards that judged it, nothing of it settles."""
    live = Live()
    live.step(0, FIRST, 0, 0, "a")
    live.wait(FIRST + 10 * SECOND)
    case = live.cases["a",]
    pump = Pump(BOOK)
    assert pump.adopt([case]) == []
    assert pump.case(GROUP, ("a",)) is case
    assert (len(case.log), case.base) == (1, None)


def test_an_id_that_was_used_again_is_stored_with_its_newer_time(tmp_path: Path) -> None:
    """A repeat of the newer event is inert after a restart too: what is stored of it is not the older one's time."""
    stored = Stored(tmp_path)
    stored.live.step(0, FIRST, 0, 0, "a")
    now = FIRST + 720 * SECOND
    stored.live.step(1, now, 0, 0, "a")
    stored.live.step(0, now + 30 * SECOND, 1, 640, "a")
    stored.save("a")
    stored.live.step(0, now + 40 * SECOND, 0, 0, "a")
    stored.save("a")
    before = dict(stored.live.cases["a",].seen)
    assert before["0"] == now + 40 * SECOND
    stored.restart()
    assert stored.live.cases["a",].seen == before
    stored.live.step(0, now + 41 * SECOND, 0, 1, "a")
    stored.live.wait(now + 50 * SECOND)
    assert sum(event.at == now + 40 * SECOND for event in stored.live.cases["a",].log) == 1
    stored.database.close()
