"""Input that cannot be read, in part or at all: what the command says of it, and with which exit code it ends."""

import json
import os
from pathlib import Path

import pytest

from tests.streams.commands import kept
from tests.streams.test_cli import COUNTS, EVENTS, GROCERY, MAPPING, RULES, bad_input, written


def bad_lines(*bodies: bytes) -> str:
    """Give what is said about lines before a good one."""
    run = kept("backtest", RULES, "--events", "-", stdin=b"\n".join(bodies) + b"\n" + Path(EVENTS).read_bytes())
    assert run.returncode == 1, "more than one line in twenty could not be read"
    return run.stdout


def test_ten_kinds_of_bad_lines_are_shown() -> None:
    """Of twelve kinds of bad lines ten are shown, with the first and not the last, and the two more are counted."""
    said = bad_lines(*(b" " * column + b"x" for column in range(12)))
    shown = [line for line in said.splitlines() if line.startswith("  -:")]
    assert [int(line.split(":")[1]) for line in shown] == list(range(1, 11))
    assert "... and 2 more" in said


def test_equal_bad_lines_are_told_once() -> None:
    """Lines of one fault are one sentence that says which lines, in a row or scattered."""
    assert "  -, lines 1 to 12: an event is a JSON object" in bad_lines(*[b"[]"] * 12)
    said = bad_lines(b"[]", b"x", b"[]", b"[]")
    assert "  -, 3 lines from 1 to 4: an event is a JSON object" in said
    assert "  -:2: not JSON" in said


def test_nothing_readable_is_bad_input() -> None:
    """Input of which not one line could be read is no history without events: exit code 2, and the lines are told."""
    said = bad_input("backtest", RULES, "--events", "-", "--json", stdin=b"a\tb\n" * 3)
    assert "3 of 3 lines could not be read (not-json 3):\n  -, lines 1 to 3: not JSON" in said
    assert said.endswith("\n\nkept: nothing of this input could be read.\n")


@pytest.mark.parametrize("name", ["rows.csv", "rows.TSV", "rows.tab.gz"])
def test_a_table_needs_a_mapping(tmp_path: Path, name: str) -> None:
    """A table without `--map` is refused before it is read, by name, with what to give."""
    said = bad_input("backtest", RULES, "--events", EVENTS, "--events", written(tmp_path, "t,w", name))
    assert f"no-mapping: {tmp_path / name}:1:1" in said
    assert "--map FILE" in said


def test_a_mapping_needs_a_table(tmp_path: Path) -> None:
    """`--map` for JSON lines is refused: nobody would know that it was not used."""
    said = bad_input("backtest", RULES, "--events", EVENTS, "--map", written(tmp_path, MAPPING, "map.yaml"))
    assert "map.yaml:1:1" in said
    assert f"no table to read of {EVENTS}: all of them hold events as they are" in said


def test_a_mapping_is_no_standards_file(tmp_path: Path) -> None:
    """Who gives the mapping where standards belong is told how it is given."""
    said = bad_input("backtest", written(tmp_path, MAPPING, "map.yaml"), "--events", EVENTS)
    assert "map.yaml:1:1" in said
    assert "--map" in said


@pytest.mark.parametrize("kind", ["pipe", "device"])
@pytest.mark.parametrize("document", [RULES, MAPPING, "kept: 1\nroutes: []\n"], ids=["standards", "mapping", "policy"])
def test_a_document_is_a_file(tmp_path: Path, kind: str, document: str) -> None:
    """A pipe or a device where a document belongs is refused at once: neither waits for anybody, nor ever ends."""
    odd = tmp_path / "odd.yaml"
    if kind == "pipe":
        os.mkfifo(odd)
    else:
        odd.symlink_to("/dev/zero")
    rules = [str(odd)] if document is RULES else [RULES, str(odd)]
    given = [*rules[:1], "--events", written(tmp_path, "t,w", "rows.csv"), "--map", str(odd)]
    said = bad_input("backtest", *given) if document is MAPPING else bad_input("check", *rules)
    assert "this is a pipe or a device" in said


@pytest.mark.parametrize("name", ["endless.jsonl", "endless.csv", "endless.jsonl.gz"])
def test_events_come_from_what_ends(tmp_path: Path, name: str) -> None:
    """A device where events belong is refused by name: it would be read for ever."""
    endless = tmp_path / name
    endless.symlink_to("/dev/zero")
    more = ["--map", written(tmp_path, MAPPING, "map.yaml")] if name.endswith("csv") else []
    said = bad_input("backtest", RULES, "--events", str(endless), *more)
    assert f"{endless}: this is a device" in said


def test_a_link_that_leads_nowhere_is_named_as_one(tmp_path: Path) -> None:
    """Where a file is a link to what is gone, it is said where the link leads, and no other name is guessed."""
    (tmp_path / "shop.yaml").symlink_to("gone.yaml")
    ended = kept("check", str(tmp_path))
    assert (ended.returncode, "did you mean" in ended.stderr) == (2, False)
    assert "it is a link to gone.yaml; mend the link, or remove it" in ended.stderr + ended.stdout


def test_bad_lines_are_told_and_the_rest_is_judged() -> None:
    """A bad line is counted, shown with its line and reason, and does not stop the others; more than one in 20 is told.

    The exit code says so too, as a rate of what could be read says little then.
    """
    body = b"nonsense\n" + (GROCERY / "events.jsonl").read_bytes()
    run = kept("backtest", RULES, "--events", "-", "--json", stdin=body)
    assert run.returncode == 1
    assert json.loads(run.stdout)["bad_lines"] == {"not-json": 1}
    assert json.loads(run.stdout)["standards"]["no-wait"] == COUNTS
    assert "1 of 17 lines could not be read (not-json 1):\n  -:1: not JSON: " in run.stderr
    said = kept("backtest", RULES, "--events", "-", stdin=body).stdout
    assert said.startswith("1 of 17 lines could not be read. What follows is of the others alone: mend the input")
    few = kept("backtest", RULES, "--events", "-", stdin=body + b" \n" + _repeated(24))
    assert (few.returncode, few.stdout.splitlines()[0].partition(" ")[0]) == (0, "40")


def _repeated(count: int) -> bytes:
    """Give so many events more, of which each is another one."""
    first = json.loads((GROCERY / "events.jsonl").read_bytes().splitlines()[0])
    return b"".join(json.dumps({**first, "id": f"more-{at}"}).encode() + b"\n" for at in range(count))
