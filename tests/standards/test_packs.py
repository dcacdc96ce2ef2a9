"""The packs and the examples are the first things that people read and run: they must be whole, and without a slip."""

from __future__ import annotations

from pathlib import Path

import pytest

from standards.compiler.spec import Loaded, Source, load
from tests.standards.samples import awake

ROOT = Path(__file__).parents[2]
PACKS = sorted((ROOT / "standards" / "packs").glob("*.yaml"))
EXAMPLES = sorted((ROOT / "examples").glob("*/standards.yaml"))
TEXTS = ("promise", "what", "how", "why", "exceptions", "owner")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sources(*paths: Path) -> list[Source]:
    return [Source(name=named(path), text=path.read_text(encoding="utf-8")) for path in paths]


def loaded(*paths: Path) -> Loaded:
    """Load them beside a practice document that names a team."""
    return load(sources(*paths), teams=["floor"])


def test_all_of_them_are_found() -> None:
    """The tests below look at every pack and every example there is, not at an empty folder."""
    assert [path.stem for path in PACKS] == ["call_centre", "grocery", "practice", "service_desk", "team"]
    assert [path.parent.name for path in EXAMPLES] == ["bank", "grocery", "mappings", "volvo", "warsaw"]


@pytest.mark.parametrize("path", [*PACKS, *EXAMPLES], ids=named)
def test_loads_without_a_finding(path: Path) -> None:
    """Whoever starts from a pack or an example starts without an error and without a warning that is awake."""
    found = loaded(path)
    assert found.standards
    assert awake(found.warnings, *sources(path)) == []


@pytest.mark.parametrize("path", PACKS, ids=named)
def test_without_a_practice_document_a_pack_can_be_used(path: Path) -> None:
    """Copied alone, a pack loads; what is owed to each team asks once for the teams, and for nothing else."""
    found = load(sources(path)).warnings
    asks = path.stem in {"practice", "team"}
    assert [(each.id, each.level) for each in found] == [("nobody-owed", "warning")] * asks


@pytest.mark.parametrize("path", [*PACKS, *EXAMPLES], ids=named)
def test_every_text_is_there(path: Path) -> None:
    """Whoever gets a message about a promise is told what to do, how, why, when not, and whose it is."""
    standards = loaded(path).standards
    missing = [(standard.id, text) for standard in standards for text in TEXTS if not getattr(standard, text)]
    assert missing == []
    assert [standard.id for standard in standards if standard.objective is None] == []


@pytest.mark.parametrize("path", PACKS, ids=named)
def test_speed_is_never_alone(path: Path) -> None:
    """A pack never asks for speed alone: what is measured alone is bought with what is not."""
    assert {standard.aspect for standard in loaded(path).standards} - {"speed"}


@pytest.mark.parametrize("path", PACKS, ids=named)
def test_says_what_it_is_for(path: Path) -> None:
    """A pack begins, below the editor's line, with three lines that say what it is for and which events it needs."""
    head = path.read_text(encoding="utf-8").splitlines()[1:5]
    assert [line.startswith("# ") for line in head] == [True, True, True, False]
    assert any("Needs: " in line for line in head)


def test_packs_go_together() -> None:
    """A house may load every pack at once: no name is taken twice, and no standard hears itself in a circle."""
    found = loaded(*PACKS)
    assert len(found.standards) == sum(len(loaded(path).standards) for path in PACKS)
    assert found.warnings == []
