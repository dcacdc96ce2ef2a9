"""Mappings that are shipped: what their page counts by hand is what comes out of their example."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.streams.commands import kept

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "mappings"
PAGES = sorted(FOLDER.glob("*/README.md"))
_COMMAND = re.compile(r"^    kept (backtest .+\\\n.+)$", re.MULTILINE)
_TABLE = re.compile(r"^\| standard \|.+\n\|[-|]+\|\n((?:\|.+\n)+)", re.MULTILINE)


def counted(table: str) -> dict[str, dict[str, int]]:
    rows = ([cell.strip() for cell in line.strip("|\n").split("|")] for line in table.splitlines())
    names = ("opened", "kept", "void", "broken", "open")
    return {name: dict(zip(names, map(int, cells), strict=True)) for name, *cells in rows}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_the_example_gives_what_was_counted_by_hand(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever types the page's command gets its table, and nothing of the example is unread or odd."""
    monkeypatch.chdir(ROOT)
    text = page.read_text(encoding="utf-8")
    found = _COMMAND.search(text)
    assert found is not None
    commands = [shlex.split(found[1].replace("\\\n", " "))]
    beside = re.search(r"`--map (\S+)` too", text)
    commands += [[*commands[0], "--map", beside[1]]] if beside else []
    tables = _TABLE.findall(text)
    assert len(tables) == len(commands)
    for command, table in zip(commands, tables, strict=True):
        run = kept(*command, "--json")
        told = json.loads(run.stdout)
        assert (run.returncode, told["bad_lines"], told["doubts"]) == (0, {}, []), run.stderr
        wanted = counted(table)
        assert {name: {key: told["standards"][name][key] for key in each} for name, each in wanted.items()} == wanted
        assert {name for name, each in told["standards"].items() if each["opened"]} == wanted.keys()


def test_every_mapping_has_its_page_and_example() -> None:
    """No mapping is shipped that nobody has counted."""
    assert {file.parent for file in FOLDER.glob("*/*.yaml")} == {page.parent for page in PAGES}
    assert len(PAGES) == 13
