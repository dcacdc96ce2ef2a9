"""The project keeps the rules of its house, and every rule can tell a breach when it sees one.

Next: `house_rules.py`, where the rules are; `tool.ruff` and `tool.importlinter` in pyproject.toml for the others.
"""

import pytest

from tests.house_rules import (
    ROOT,
    RULES,
    Rule,
    addresses,
    empty_names,
    files,
    impurities,
    long_files,
    long_functions,
    lost_paths,
    placed_packages,
    silent_tests,
    source,
    sources,
    staged_tests,
    strayed_libraries,
    text_of,
    toothless_tests,
    unplaced,
)


def test_every_file_keeps_the_rules() -> None:
    """No Python file of the project breaks a rule of the house."""
    assert [(rule.__name__, finding) for code in sources() for rule in RULES for finding in rule(code)] == []


def test_no_file_names_a_registry_or_a_machine() -> None:
    """Any file can be read and used anywhere: none names a package registry or a path of one machine."""
    assert [found for file in files() for found in addresses(str(file.relative_to(ROOT)), text_of(file))] == []


def test_every_file_of_streams_has_its_place_in_the_layers() -> None:
    """A new package cannot slip past the layers: it gets a line in pyproject.toml or this fails."""
    placed = placed_packages()
    assert [code.path for code in sources() if unplaced(code, placed)] == []


# --- the rules can be broken --------------------------------------------------------------------------------------

BREACHES: tuple[tuple[Rule, str, str], ...] = (
    (long_files, "standards/long.py", "x = 1\n" * 301),
    (long_functions, "standards/long.py", "def f():\n" + "    x = 1\n" * 50),
    (empty_names, "streams/utils.py", ""),
    (empty_names, "streams/common/wire.py", ""),
    (strayed_libraries, "streams/board.py", "import sqlite3"),
    (strayed_libraries, "streams/clinic.py", "import typer"),
    (strayed_libraries, "standards/compiler/spec.py", "from yaml import safe_load"),
    (impurities, "standards/judge/judge.py", "def f():\n    from time import monotonic"),
    (impurities, "alerts/routing/desk.py", "import datetime as d\nx = d.datetime.now(d.UTC)"),
    (impurities, "standards/compiler/spec.py", "text = open('x').read()"),
    (impurities, "standards/compiler/spec.py", "from pathlib import Path"),
    (silent_tests, "tests/test_x.py", "def test_x():\n    assert f()"),
    (toothless_tests, "tests/test_x.py", "async def test_x():\n    '''Promise.'''\n    await f()"),
    (staged_tests, "tests/test_x.py", "from unittest.mock import patch"),
    (staged_tests, "tests/streams/recording.py", "import asyncio\nasyncio.sleep(1)"),
    (lost_paths, "standards/judge/judge.py", '"""Read next: `nowhere.py`."""'),
    (lost_paths, "standards/judge/judge.py", "x = 1  # as judge/nowhere.py has it"),
    (lost_paths, "standards/judge/judge.py", 'x = 1\n"""`spec.py` is in another package."""'),
)


@pytest.mark.parametrize(("rule", "path", "text"), BREACHES)
def test_a_breach_is_found(rule: Rule, path: str, text: str) -> None:
    """Each rule finds the file that breaks it, and says where."""
    findings = list(rule(source(path, text)))
    assert len(findings) == 1
    assert findings[0].startswith(path)


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (long_files, "standards/long.py", "x = 1\n" * 300),
        (long_functions, "standards/long.py", "def f():\n" + "    x = 1\n" * 49),
        (strayed_libraries, "streams/storage/sqlite.py", "import sqlite3"),
        (strayed_libraries, "streams/web/pages.py", "from aiohttp import web"),
        (strayed_libraries, "tests/test_x.py", "import sqlite3"),
        (impurities, "streams/embedded/embedded.py", "import time"),
        (impurities, "alerts/channels/mail.py", "import asyncio"),
        (toothless_tests, "tests/test_x.py", "def test_x():\n    with pytest.raises(ValueError):\n        f()"),
        (toothless_tests, "tests/test_x.py", "def test_x():\n    check_replay(story)"),
        (
            lost_paths,
            "standards/judge/judge.py",
            '"""`case.py`, `errors.py`, `web/guard.py`, `tests/house_rules.py`."""',
        ),
        (lost_paths, "tests/standards/samples.py", '"""`spec.py`"""'),
        (lost_paths, "standards/judge/judge.py", "x = 'nowhere.py'  # as *.py"),
    ],
)
def test_the_edge_of_a_rule_is_allowed(rule: Rule, path: str, text: str) -> None:
    """A rule ends where it says: what is just inside it is no finding."""
    assert list(rule(source(path, text))) == []


def test_an_address_is_found() -> None:
    """Hosts of registries and paths of machines are found in any text; names of files and packages are not."""
    lines = ["from python:3.13", "files.python" + "hosted.org", "/ro" + "ot/x", "--find" + "-links=x", "/rooted/x"]
    assert [found.split(":")[1] for found in addresses("Dockerfile", "\n".join(lines))] == ["2", "3", "4"]


def test_a_file_without_a_place_is_found() -> None:
    """A file whose package no layer names is unplaced; one inside a named package is placed."""
    placed = ["streams.ingest", "streams.kafka.records"]
    assert unplaced(source("streams/kafka/admin.py", ""), placed)
    assert not unplaced(source("streams/ingest/table.py", ""), placed)
    assert not unplaced(source("streams/kafka/__init__.py", ""), placed)
