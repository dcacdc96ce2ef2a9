"""`kept check --against-data`: what the defaults of now change for an author's rules, over what a host has stored."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import msgspec
import pytest

from standards.judge.events import iso
from streams.ingest.wire import encode
from streams.storage.event_log import events_in_order
from streams.storage.schema import MIGRATIONS
from streams.storage.sqlite import FILE, Database
from tests.streams.commands import ROOT, Ended, kept
from tests.streams.hosting import NO_WAIT, SECOND, T0, Clock, hosting, opened, queue
from tests.streams.test_released import RELEASED, opened_folder
from tests.streams.test_table_data import OFFICES, needs_data, of_file

pytestmark = pytest.mark.timeout(60)

WARSAW = ROOT / "examples" / "warsaw"


def check(rules: Path, data: Path, *more: str) -> Ended:
    return kept("check", str(rules), "--against-data", str(data), *more)


def written(folder: Path, text: str = NO_WAIT) -> Path:
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    return folder / "rules.yaml"


def rows(run: Ended) -> list[list[str]]:
    """Give the table's rows: which meaning it is, and opened, kept, broken, void."""
    table = run.stdout.split("\n\n")[1].splitlines()[1:]
    return [[word for word in line.split() if word not in ("rise", "done", "judged")][:6] for line in table]


async def stored(folder: Path) -> Path:
    """Let a host take in a line that stays long after a register opened, and a report that comes late."""
    clock = Clock()
    async with hosting(folder, clock) as host:
        for seconds, waiting in ((0, 5), (60, 6), (200, 2)):
            clock.at = T0 + seconds * SECOND
            await host.submit([queue(host.reader, f"q{seconds}", clock.at, waiting=waiting)])
        await host.submit([opened(host.reader, "late", T0 + 30 * SECOND)])
        await host.submit([queue(host.reader, "ahead", clock.at + 90 * SECOND, waiting=1)])
    return folder / "data"


async def test_the_counts_of_both_meanings_are_shown(tmp_path: Path) -> None:
    """One promise at the rise, or one more for who waits still; and the sentence that says how to keep the former."""
    data = await stored(tmp_path)
    run = check(written(tmp_path), data)
    assert run.returncode == 0, run.stderr
    assert rows(run) == [["no-wait", "before:", "1", "1", "0", "0"], ["no-wait", "now:", "2", "1", "1", "0"]]
    said = " ".join(run.stdout.split())
    assert said.startswith(f"5 events of {data}, from 2026-01-09 23:06 to 2026-01-09 23:10 UTC.")
    assert "To keep that, write again: rise and owed_for: 24h in it." in said
    assert "new-meaning: " in run.stdout
    assert "  fix: write again: done if that is meant, or again: rise and owed_for: 24h" in run.stdout


async def test_a_standard_that_says_it_means_the_same_as_ever(tmp_path: Path) -> None:
    """With `again` written, by whichever name, there is nothing that could mean something else now."""
    data = await stored(tmp_path)
    for key in ("again: rise", "again: done", "again: judged", "reopen: each"):
        run = check(written(tmp_path, f"{NO_WAIT}    {key}\n"), data)
        assert run.returncode == 0
        assert "Every promise comes out as it did before there was `again`." in run.stdout
        assert "new-meaning" not in run.stdout


async def test_how_long_what_is_broken_is_owed_is_held_against_too(tmp_path: Path) -> None:
    """Nothing was ever done: closed after a day before, and still owed now. That is a change, though no verdict is."""
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        for day, queue_name in ((0, "q1"), (5, "q2")):
            clock.at = T0 + day * 86_400 * SECOND
            await host.submit([queue(host.reader, f"q{day}", clock.at, waiting=5, where=queue_name)])
        clock.at += 3_600 * SECOND
        await host.submit([queue(host.reader, "end", clock.at, waiting=1, where="q3")])
    for text, meant in ((NO_WAIT, "rise"), (f"{NO_WAIT}    again: done\n", "done")):
        run = check(written(tmp_path, text), tmp_path / "data")
        assert "comes out as it did" not in run.stdout
        table = [line.split() for line in run.stdout.split("\n\n")[1].splitlines()[1:]]
        assert [row[1:3] for row in table] == [["before:", meant], ["now:", "done"]]
        assert [(row[3:7], row[-1]) for row in table] == [(["2", "0", "2", "0"], "1"), (["2", "0", "2", "0"], "0")]
        assert "new-meaning" not in run.stdout
    kept_as_it_was = written(tmp_path, f"{NO_WAIT}    again: rise\n    owed_for: 24h\n")
    assert "Every promise comes out as it did" in check(kept_as_it_was, tmp_path / "data").stdout


async def test_a_standard_that_hears_another_changes_with_it(tmp_path: Path) -> None:
    """It is in the table, as its counts differ, and nothing is asked of it: the other one is what changed."""
    hearing = """
  not-often:
    promise: It is rarely broken.
    what: Look at why.
    how: Together.
    why: It is not bad luck.
    exceptions: None.
    owner: floor-lead
    aspect: follow-through
    per: [standard]
    when: {event: promise.broken, where: 'standard == "no-wait"'}
    at_most: 3
    within: 30d
"""
    run = check(written(tmp_path, NO_WAIT + hearing), await stored(tmp_path))
    assert rows(run)[2:] == [["not-often", "before", "0", "0", "0", "0"], ["not-often", "now", "1", "0", "0", "0"]]
    assert run.stdout.count("new-meaning: ") == 1


async def test_it_fails_a_strict_check_unless_it_sleeps(tmp_path: Path) -> None:
    """What is not decided fails a strict check; a snooze with a reason lets it, and is idle for nobody without data."""
    data = await stored(tmp_path)
    assert check(written(tmp_path), data, "--strict").returncode == 1
    snooze = "    # snooze new-meaning until 2999-01-01: the team decides it in spring\n    when:"
    rules = written(tmp_path, NO_WAIT.replace("    when:", snooze))
    run = check(rules, data, "--strict")
    assert (run.returncode, run.stderr) == (0, "1 standard: no findings, 1 asleep.\n")
    assert kept("check", str(rules), "--strict").stderr == "1 standard: no findings.\n"


async def test_a_host_goes_on_while_its_folder_is_read(tmp_path: Path) -> None:
    """Nothing has to be stopped to look, and what the host takes in meanwhile is stored."""
    data = await stored(tmp_path)
    rules = written(tmp_path)
    async with hosting(tmp_path, Clock(T0 + 300 * SECOND)) as host:
        assert check(rules, data).stdout.startswith("5 events of ")
        await host.submit([queue(host.reader, "more", T0 + 300 * SECOND, waiting=1)])
        assert check(rules, data).stdout.startswith("6 events of ")


def test_a_folder_of_the_released_version_is_read_as_it_is(tmp_path: Path) -> None:
    """An author looks before the version is changed: nothing in the folder is."""
    folder = opened_folder(tmp_path)
    before = hashlib.sha256((folder / FILE).read_bytes()).digest()
    run = check(RELEASED / "standards.yaml", folder)
    assert run.returncode == 0, run.stderr
    assert rows(run) == [["no-wait", "before:", "6", "0", "4", "1"], ["no-wait", "now:", "7", "0", "5", "1"]]
    same = "Nothing changes for called-back, complaint-answered, taken-on, moved-once, soon-heard, checked."
    assert same in " ".join(run.stdout.split())
    assert hashlib.sha256((folder / FILE).read_bytes()).digest() == before


async def test_events_are_given_as_they_happened(tmp_path: Path) -> None:
    """By their times, whenever they came; one that claims to be ahead of its receipt happened when it was received."""
    events = [msgspec.json.decode(raw) for raw in events_in_order(await stored(tmp_path))]
    assert [event["id"] for event in events] == ["q0", "late", "q60", "q200", "ahead"]
    assert events[-1]["time"] == iso(T0 + 200 * SECOND)
    assert all(event.keys() == {"type", "id", "source", "time", "data"} for event in events)


async def test_what_is_given_is_what_was_sent(tmp_path: Path) -> None:
    """All but what Kept itself noted: an event that is read again from it is the same."""
    data = await stored(tmp_path)
    async with hosting(tmp_path, Clock(T0 + 300 * SECOND)) as host:
        first = next(events_in_order(data))
        assert encode(host.reader.one(first)) == encode(queue(host.reader, "q0", T0, waiting=5))


@pytest.mark.data
@needs_data
def test_four_days_of_two_offices_come_out_as_counted_by_other_means(tmp_path: Path) -> None:
    """Of a folder that took in the offices' polls, both meanings are those that scripts of other people's counted."""
    text = (WARSAW / "standards.yaml").read_text(encoding="utf-8").replace("    again: rise\n", "")
    events = of_file(OFFICES, "warsaw_offices_2020-01-07_10.csv")
    database = Database(tmp_path / FILE)
    with database.writing():  # the last poll first: they are read in the order in which they happened
        stored_rows = [(event.at, event.at, event.at, encode(event)) for event in reversed(events)]
        database.put("INSERT INTO events (received, first, last, body) VALUES (?,?,?,?)", stored_rows)
    database.close()
    run = check(written(tmp_path, text), tmp_path)
    assert run.stdout.startswith(f"{len(events):,} events of ")
    assert {(name, when): counts for name, when, *counts in rows(run)} == {
        ("counter-opened-in-ten-minutes", "before:"): ["329", "11", "158", "160"],
        ("counter-opened-in-ten-minutes", "now:"): ["348", "11", "176", "161"],
        ("counter-opened-in-five-minutes", "before:"): ["329", "7", "228", "94"],
        ("counter-opened-in-five-minutes", "now:"): ["348", "7", "246", "95"],
    }


async def test_a_file_of_events_will_do(tmp_path: Path) -> None:
    """Where no folder has them, as on Kafka: JSON lines or, with its mapping, a table."""
    data, rules = await stored(tmp_path), written(tmp_path)
    lines, table, mapping = tmp_path / "events.jsonl", tmp_path / "events.csv", tmp_path / "map.yaml"
    lines.write_bytes(b"\n".join(events_in_order(data)))
    assert rows(check(rules, lines)) == rows(check(rules, data))
    table.write_text("t,waiting\n2026-01-05 09:00,5\n2026-01-05 09:09,2\n", encoding="utf-8")
    fields = "{site: {value: s}, queue: {value: q}, waiting: waiting}"
    head = "kept: 1\ntable: {zone: UTC, source: s, time: t}\n"
    mapping.write_text(f"{head}events: [{{event: queue.length, fields: {fields}}}]\n", encoding="utf-8")
    assert check(rules, table, "--map", str(mapping)).stdout.startswith(f"2 events of {table}, ")
    both = check(rules, data, "--map", str(mapping), "--history", str(table))
    assert (both.returncode, both.stdout.startswith(f"5 events of {data}, ")) == (0, True)
    assert "no-mapping: " in check(rules, table).stderr


@pytest.mark.parametrize(
    ("made", "code", "said"),
    [
        ("nothing", 2, f"this folder has no data of Kept: {FILE} is missing"),
        ("empty", 2, "it holds no events"),
        ("newer", 3, f"has schema version {len(MIGRATIONS) + 1}, and this Kept knows {len(MIGRATIONS)}; run the newer"),
        ("damaged", 3, "the file is not a database"),
    ],
)
def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path, made: str, code: int, said: str) -> None:
    """A folder that is none, one without events as on Kafka, a newer Kept's, a damaged one: each by its sentence."""
    data = tmp_path / "data"
    data.mkdir()
    if made in ("empty", "newer"):
        Database(data / FILE).close()
    if made == "newer":
        with sqlite3.connect(data / FILE) as database:
            database.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        database.close()
    if made == "damaged":
        (data / FILE).write_bytes(b"no database at all" * 100)
    run = check(written(tmp_path), data)
    assert (run.returncode, run.stdout) == (code, "")
    assert said in run.stderr


def test_a_folder_that_another_program_holds_is_told(tmp_path: Path) -> None:
    """A backup or a shell that has the file to itself: the author is told to end it and to try again."""
    folder = opened_folder(tmp_path)
    with sqlite3.connect(folder / FILE, isolation_level=None) as database:
        database.execute("BEGIN EXCLUSIVE")
        run = check(RELEASED / "standards.yaml", folder)
    database.close()
    assert run.returncode == 3
    assert "another program holds the file; end it and try again" in run.stderr


@pytest.mark.parametrize(
    ("keys", "before", "now", "fix"),
    [
        ("when: queue.length, measure: mean(waiting), must: <= 3, over: 1d", "4", "3", "one that has a timezone alone"),
        ("expect: queue.length, every: day", "5", "3", "one that has a timezone alone"),
        ("expect: queue.length, every: 2d", "1", "3", "write every: 48h"),
    ],
)
def test_what_keeps_to_hours_now_is_held_against_what_did_not(
    keys: str, before: str, now: str, fix: str, tmp_path: Path
) -> None:
    """A Saturday that counted, and two days that were six: each is shown, with what keeps the former meaning."""
    office = 'calendars: {office: {timezone: UTC, hours: {mon-fri: ["08:00-16:00"]}}}'
    told = "promise: We do., what: w, how: h, why: y, exceptions: none, owner: lead"
    rules = written(tmp_path, f"kept: 1\n{office}\nstandards:\n  it: {{{told}, per: site, calendar: office, {keys}}}\n")
    lines = [
        f'{{"specversion": "1.0", "id": "{day}", "source": "s", "type": "queue.length", "time": '
        f'"2026-01-{day:02}T09:00:00Z", "data": {{"site": "s1", "queue": "q1", "waiting": 2}}}}'
        for day in (8, 9, 10, 12)
    ]
    data = tmp_path / "events.jsonl"
    data.write_text("\n".join(lines))
    run = check(rules, data)
    assert [row[:3] for row in rows(run)] == [["it", "before", before], ["it", "now", now]]
    assert "new-meaning: " in run.stderr + run.stdout
    assert fix in run.stderr + run.stdout
