"""The database file: versions, transactions, locks, and what is said when it cannot be used."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from standards.errors import StateError
from streams.storage.read_model import ReadModel
from streams.storage.schema import MIGRATIONS
from streams.storage.sqlite import FILE, Database, FolderLock

ROOT = Path(__file__).resolve().parents[2]
LETTER = "INSERT INTO dead_letters (received, reason, message, raw) VALUES (1, 'not-json', 'no', x'00')"


def tables(file: Path) -> set[str]:
    with sqlite3.connect(file) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def write_a_letter_and_fail(database: Database) -> None:
    with database.writing():
        database.put(LETTER, [()])
        database.put("INSERT INTO nowhere VALUES (1)", [()])


def test_a_database_of_version_1_opens_and_becomes_the_newest(tmp_path: Path) -> None:
    """What the first Kept wrote can be opened by every later one, with nothing lost."""
    file = tmp_path / FILE
    with sqlite3.connect(file) as connection:
        connection.executescript(f"{MIGRATIONS[0]};PRAGMA user_version = 1;{LETTER}")
    database = Database(file)
    assert database.one("PRAGMA user_version") == (len(MIGRATIONS),)
    assert database.all("SELECT reason FROM dead_letters") == [("not-json",)]
    database.close()


def test_what_the_desk_remembered_in_an_earlier_version_is_dropped(tmp_path: Path) -> None:
    """A folder with the table of what had been told opens; nothing reads it any more, so it is gone."""
    file = tmp_path / FILE
    with sqlite3.connect(file) as connection:
        connection.executescript(f"{''.join(MIGRATIONS[:5])};PRAGMA user_version = 5;")
        connection.execute("INSERT INTO desk_cases VALUES ('line', 's3/q1', '{}')")
    database = Database(file)
    assert database.all("SELECT name FROM sqlite_master WHERE name = 'desk_cases'") == []
    database.close()


def test_a_database_of_a_newer_kept_is_refused_and_left_alone(tmp_path: Path) -> None:
    """A store that a newer Kept wrote is not touched, and the message says what to run instead."""
    file = tmp_path / FILE
    Database(file).close()
    with sqlite3.connect(file) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = file.read_bytes()
    with pytest.raises(StateError, match="run the newer Kept that wrote it"):
        Database(file)
    assert file.read_bytes() == before


def test_an_earlier_store_knows_its_sites(tmp_path: Path) -> None:
    """Whoever brings a store up to date still finds each site of its promises, by the newest opening there."""
    file = tmp_path / FILE
    columns = "id, ordinal, standard, revision, subject, owner, aspect, severity, fields, state, opened, due, settled"
    with sqlite3.connect(file) as connection:
        connection.executescript(f"{''.join(MIGRATIONS[:14])};PRAGMA user_version = 14;")
        for number, fields in enumerate(('{"site":"s1"}', '{"site":"s1"}', '{"site":null}', "{}", '{"site":7}')):
            row = (f"p{number}", 1, "s", "r", "x", "", "", "", fields.encode(), "open", number, -1, -1)
            connection.execute(
                f"INSERT INTO promises ({columns}, elapsed, waited, warned, corrected)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,0,0,0,0)", row,
            )  # fmt: skip
    Database(file).close()
    read_model = ReadModel(tmp_path)
    assert [sorted(read_model.owed.sites(since)) for since in (0, 2)] == [["7", "s1"], ["7"]]
    read_model.close()


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    """A schema is brought up to date as a whole or not at all."""
    file = tmp_path / FILE
    with sqlite3.connect(file) as connection:
        connection.executescript(f"{''.join(MIGRATIONS[:8])};PRAGMA user_version = 8;")
        connection.execute("CREATE TABLE source_clocks (something TEXT)")
    before = tables(file)
    with pytest.raises(StateError, match="already exists"):
        Database(file)
    assert tables(file) == before


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("read_only", [True, False])
def test_another_programs_database_is_named_and_left_alone(tmp_path: Path, version: int, read_only: bool) -> None:
    """Whoever names the wrong folder is told that it is not Kept's, and nothing is written there."""
    file = tmp_path / FILE
    with sqlite3.connect(file) as connection:
        connection.executescript(f"CREATE TABLE events (something TEXT);PRAGMA user_version = {version}")
    with pytest.raises(StateError, match=r"not a database of Kept: it lacks the table 'ledger'; .* a host of Kept ran"):
        Database(file, read_only=read_only)
    assert tables(file) == {"events"}


def test_an_empty_file_is_not_read_as_a_database(tmp_path: Path) -> None:
    """A file in which nothing was written yet can become a database, and cannot be read as one."""
    file = tmp_path / FILE
    file.touch()
    with pytest.raises(StateError, match="not a database of Kept"):
        Database(file, read_only=True)
    Database(file).close()
    Database(file, read_only=True).close()


def test_a_transaction_that_fails_changed_nothing(tmp_path: Path) -> None:
    """One batch is one transaction: when a part of it fails, no part of it stays."""
    database = Database(tmp_path / FILE)
    with pytest.raises(StateError, match="no such table"):
        write_a_letter_and_fail(database)
    assert database.all("SELECT * FROM dead_letters") == []
    with database.writing():
        database.put(LETTER, [()])
    assert len(database.all("SELECT * FROM dead_letters")) == 1
    database.close()


def test_a_commit_is_on_the_disk_before_it_returns(tmp_path: Path) -> None:
    """The writing connection waits for the disk at every commit, in the mode that lets readers read on."""
    database = Database(tmp_path / FILE)
    assert database.one("PRAGMA journal_mode") == ("wal",)
    assert database.one("PRAGMA synchronous") == (2,)
    database.close()


def test_what_can_be_had_again_need_not_wait_for_the_disk(tmp_path: Path) -> None:
    """A database that is made from something durable stays whole in a power cut, and may lose its last commits."""
    database = Database(tmp_path / FILE, derived=True)
    assert database.one("PRAGMA journal_mode") == ("wal",)
    assert database.one("PRAGMA synchronous") == (1,)
    database.close()


def test_a_reading_connection_cannot_write(tmp_path: Path) -> None:
    """Who looks things up cannot change them."""
    writer = Database(tmp_path / FILE)
    reader = Database(tmp_path / FILE, read_only=True)
    with pytest.raises(StateError, match="check the rights"):
        reader.put(LETTER, [()])
    reader.close()
    writer.close()


def test_reads_of_one_block_see_one_commit(tmp_path: Path) -> None:
    """A page that is put together from several queries never mixes two states."""
    writer, reader = Database(tmp_path / FILE), Database(tmp_path / FILE, read_only=True)
    with reader.reading():
        before = reader.one("SELECT count(*) FROM dead_letters")
        with writer.writing():
            writer.put(LETTER, [()])
        assert reader.one("SELECT count(*) FROM dead_letters") == before == (0,)
    assert reader.one("SELECT count(*) FROM dead_letters") == (1,)
    reader.close()
    writer.close()


def test_a_full_disk_is_named_and_the_data_is_kept(tmp_path: Path) -> None:
    """When no more can be written, the message says so, and what was stored stays readable."""
    database = Database(tmp_path / FILE)
    with database.writing():
        database.put(LETTER, [()])
    (pages,) = database.one("PRAGMA page_count") or (0,)
    database.all(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StateError, match="the disk is full; free some space"), database.writing():
        database.put(
            "INSERT INTO dead_letters (received, reason, message, raw) VALUES (2, '', '', ?)", [(b"x" * 10**6,)]
        )
    assert database.all("SELECT received FROM dead_letters") == [(1,)]
    database.close()


def test_a_file_that_is_no_database_is_kept(tmp_path: Path) -> None:
    """A damaged store is never overwritten: the message says to put back a backup."""
    file = tmp_path / FILE
    file.write_bytes(b"this is a shopping list, and a long one, too; " * 200)
    before = file.read_bytes()
    with pytest.raises(StateError, match="put back a backup"):
        Database(file)
    assert file.read_bytes() == before


def test_a_second_process_is_told_who_has_the_folder(tmp_path: Path) -> None:
    """Two processes never write one folder: the second one gets the number of the first, and a way out."""
    lock = FolderLock(tmp_path)
    code = (
        f"from pathlib import Path; from streams.storage.sqlite import FolderLock; FolderLock(Path({str(tmp_path)!r}))"
    )
    second = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert f"in use by process {os.getpid()}; stop it" in second.stderr
    lock.release()
    third = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert third.returncode == 0


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A data folder that cannot be used is refused in words, with what to do."""
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(StateError, match=r"taken cannot be used for data: .*; check its rights, or choose another"):
        FolderLock(tmp_path / "taken")


def test_nobody_else_reads_the_file(tmp_path: Path) -> None:
    """What is kept is for its owner alone, from the first byte on, and where it was open to others before."""
    file = tmp_path / FILE
    Database(file).close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o664)
    database = Database(file)
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    database.close()
    assert set(modes.values()) == {0o600}, modes


@pytest.mark.parametrize("by", ["removed", "replaced"])
def test_what_goes_into_a_file_that_nobody_finds_is_not_taken_for_stored(tmp_path: Path, by: str) -> None:
    """Where the file was removed, or another one lies in its place, a commit is a failure that says so."""
    database = Database(tmp_path / FILE)
    with database.writing():
        database.put("INSERT INTO totals VALUES (?, ?, ?, ?)", [("a", "b", "kept", 1)])
    (tmp_path / FILE).rename(tmp_path / "elsewhere.db")
    if by == "replaced":
        (tmp_path / FILE).touch()
    with pytest.raises(StateError, match="was removed, or another file put in its place"), database.writing():
        pass
    database.close()
