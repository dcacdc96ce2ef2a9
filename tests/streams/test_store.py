"""Snapshots: what is stored is what is read back, in this version and in every one before."""

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.compiler.spec import Source, load
from standards.errors import StateError
from standards.judge.case import Case
from streams.runtime.pump import Pump
from streams.storage.cases.case_parts import take_over
from streams.storage.cases.case_store import VERSION, Snapshots
from tests.history import events_of, judge, rulebook, rules, told

GOLDENS = Path(__file__).resolve().parents[1] / "data" / "snapshots"
TEXT = rules(
    answer="""per: contact, carry: [team], when: contact.waiting, expect: contact.answered, within: 60s,
        unless: contact.abandoned, warn: 50%, pause: {when: contact.held, until: contact.resumed}""",
    once="per: contact, when: contact.waiting, at_most: 2, within: 1h",
    warm="per: contact, when: contact.waiting, expect: contact.resumed, within_last: 10m",
    mean="per: contact, when: contact.answered, measure: p90(waited), over: 30m, must: '<= 30'",
    meet="per: team, expect: contact.answered, every: day",
)
BEFORE = """
    08:00:00 contact.waiting contact=a team=north
    08:00:10 contact.held contact=a
    08:00:20 contact.resumed contact=a
    08:00:50 contact.answered contact=b team=south waited=40
    08:01:30 contact.waiting contact=b team=south
    08:01:31 contact.waiting contact=c
"""
AFTER = """
    08:01:35 contact.answered contact=c waited=4 id=x1
    08:02:00 contact.answered contact=a waited=120 id=x2
    08:02:05 contact.waiting contact=a id=x3
    08:02:20 contact.answered contact=b waited=50 id=x4
    +1d 08:00 nothing id=x5
"""


def before() -> Pump:
    pump = Pump(rulebook(TEXT))
    pump.push(events_of(BEFORE, pump.rulebook))
    return pump


def stored() -> list[bytes]:
    """Store the cases of the golden file."""
    pump = before()
    snapshots = Snapshots(pump.rulebook)
    return [snapshots.encode(case) for case in sorted(pump.cases(), key=lambda case: (case.group, case.key))]


def going_on(snapshots: list[bytes], excerpts: Sequence[str] = ()) -> list[str]:
    """Judge on from stored cases, by what they were stored under too, and tell the ledger from there."""
    pump = Pump(load([Source("rules.yaml", TEXT)], retired=excerpts).rulebook, position=before().position())
    reader = Snapshots(pump.rulebook)
    cases = [reader.decode(raw) for raw in snapshots]
    for case in cases:
        take_over(case)
    assert pump.adopt(cases) == []
    outcome = pump.push(events_of(AFTER, pump.rulebook))
    return sorted(told([*outcome.transitions, *pump.finish().transitions]))


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_every_version_ever_written_is_read(version: int) -> None:
    """What Kept stored in any version is read by this one, and judged on as if nothing had been."""
    snapshots = msgspec.msgpack.decode((GOLDENS / f"version-{version}.bin").read_bytes(), type=list[bytes])
    assert {raw[0] for raw in snapshots} == {version}
    lines = json.loads((GOLDENS / f"version-{version}.json").read_text(encoding="utf-8"))
    beside = GOLDENS / f"version-{version}.excerpts.json"
    excerpts = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else []
    assert going_on(snapshots, excerpts) == lines


def test_what_is_written_changes_with_its_version_only() -> None:
    """The bytes of this version are those of its golden: another form of a case needs another version."""
    golden = (GOLDENS / f"version-{VERSION}.bin").read_bytes()
    same = msgspec.msgpack.decode(golden, type=list[bytes]) == stored()
    assert same, "a case is stored in another form: count VERSION up, read the old form too, and run this file"


def test_the_golden_lines_are_those_of_one_run() -> None:
    """What follows the snapshot in the golden is what an undisturbed run tells."""
    whole = judge(TEXT, BEFORE + AFTER)
    lines = json.loads((GOLDENS / f"version-{VERSION}.json").read_text(encoding="utf-8"))
    assert sorted([*lines, *told_before()]) == sorted(whole)


def told_before() -> list[str]:
    book = rulebook(TEXT)
    return told(Pump(book).push(events_of(BEFORE, book)).transitions)


def test_reading_back_gives_the_same_case() -> None:
    """Encode, decode, encode: the same bytes and an equal case."""
    pump = before()
    snapshots = Snapshots(pump.rulebook)
    cases = list(pump.cases())
    assert len(cases) >= 4
    for case in cases:
        raw = snapshots.encode(case)
        again = snapshots.decode(raw)
        assert again == case
        assert snapshots.encode(again) == raw


@pytest.mark.parametrize("raw", [b"", b"\x00", bytes([VERSION + 1]) + b"\x80", b"\xff"])
def test_an_unknown_version_stops_with_the_data_kept(raw: bytes) -> None:
    """A snapshot of a newer Kept is a StateError that says which version it is and what to do."""
    with pytest.raises(
        StateError, match=r"snapshot version (none|\d+), and this Kept reads up to 5; run the Kept that wrote it"
    ):
        Snapshots(rulebook(TEXT)).decode(raw)


@given(st.data())
def test_a_damaged_snapshot_is_a_state_error(data: st.DataObject) -> None:
    """Any byte changed or cut off: the case is read, or a StateError says so; nothing else is raised."""
    pump = before()
    snapshots = Snapshots(pump.rulebook)
    raw = bytearray(snapshots.encode(data.draw(st.sampled_from(list(pump.cases())))))
    place = data.draw(st.integers(1, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(raw), place]))
    try:
        found = snapshots.decode(bytes(raw[:cut]))
    except StateError as error:
        found, said = None, str(error)
    assert isinstance(found, Case) or "put back the standards it was stored under" in said


def test_a_case_whose_events_are_unknown_says_so() -> None:
    """Held events of a type that the vocabulary lost are not thrown away: a StateError stops the host."""
    own = "events:\n  bell.rang: {desk: text}"
    text = rules(own, bell="per: desk, when: bell.rang, expect: bell.rang, within: 1h")
    pump = Pump(rulebook(text))
    pump.push(events_of("08:00 bell.rang desk=d", pump.rulebook))
    (case,) = pump.cases()
    raw = Snapshots(pump.rulebook).encode(case)
    with pytest.raises(StateError, match="a stored case cannot be read"):
        Snapshots(rulebook(TEXT)).decode(raw)


if __name__ == "__main__":  # writes the golden of a new version; those of older ones stay as they are
    (GOLDENS / f"version-{VERSION}.bin").write_bytes(msgspec.msgpack.encode(stored()))
    told_on = json.dumps(going_on(stored()), indent=1)
    (GOLDENS / f"version-{VERSION}.json").write_text(f"{told_on}\n", encoding="utf-8")
