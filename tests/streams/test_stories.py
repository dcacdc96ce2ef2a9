"""Stories prove what they say: those that are shipped hold, and those of the desk hold on every host alike."""

from collections import Counter
from pathlib import Path
from typing import get_args

import jsonschema_rs
import pytest

from alerts.routing.notice import Reason
from alerts.stories.story_model import story_schema
from standards.calendar.duration import HOUR
from standards.documents.document import Document
from streams.documents.documents import load_standards, read_documents
from streams.stories.comparing import compare
from streams.stories.files import Script
from streams.stories.playing import Playing
from streams.stories.running import run
from tests.alerts.playing import MOST_AN_HOUR
from tests.streams.storying import (
    DESK,
    FEEDS,
    HELD,
    HUNDRED,
    ROOT,
    RULES,
    Host,
    check_everybody_is_reached,
    come_again,
    embedded,
    in_memory,
    played,
    scripts,
)

SHIPPED = [
    *sorted((ROOT / "standards" / "packs" / "stories").glob("*.yaml")),
    *sorted((ROOT / "examples").glob("*/stories.yaml")),
    DESK / "desk.yaml",
    DESK / "storm.yaml",
    RULES / "rules.yaml",
    HELD / "held.yaml",
    FEEDS / "feeds.yaml",
    RULES / "hundred.yaml",
]
ON_HOSTS = [*scripts(DESK), *scripts(RULES), *scripts(HELD), *scripts(FEEDS)]
HOSTS: dict[str, Host] = {"embedded": embedded}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SHIPPED, ids=named)
def test_what_is_shipped_holds(path: Path) -> None:
    """Every story that comes with Kept goes as it says."""
    results = list(run(scripts(path)))
    assert results
    assert ["\n".join([result.name, *result.failure]) for result in results if result.failure] == []


@pytest.mark.parametrize("path", SHIPPED, ids=named)
def test_editors_accept_what_is_shipped(path: Path) -> None:
    """The JSON Schema for editors has nothing against a story that Kept takes, and something against a slip."""
    validator = jsonschema_rs.Draft7Validator(story_schema())
    data = Document(path.name, path.read_text(encoding="utf-8")).data
    assert [error.message for error in validator.iter_errors(data)] == []
    assert not validator.is_valid({**data, "storys": {}})
    assert not validator.is_valid({**data, "stories": {"one": {"notices": [{"too": "ann"}]}}})


STARTS = [*(ROOT / "standards" / "packs").glob("*.yaml"), *(ROOT / "examples").glob("*/standards.yaml")]
"""The files of standards that people start from."""


def stories_of(file: Path) -> tuple[list[Script], set[str]]:
    """Give the stories of a pack or an example, and the names of its own standards."""
    beside = file.with_name("stories.yaml")
    path = beside if beside.exists() else file.parent / "stories" / file.name
    mine = {standard.id for standard in load_standards(read_documents([str(file)])).standards}
    assert mine
    return scripts(path), mine


def test_every_pack_and_example_has_stories() -> None:
    """No pack and no example goes out without stories, and each of their standards is kept and broken in one."""
    for file in STARTS:
        found, mine = stories_of(file)
        kinds: dict[str, set[str]] = {}
        for script in found:
            for expected in script.story.expect or ():
                kinds.setdefault(expected.promise.partition(" ")[0], set()).add(expected.kind)
        assert {name for name in mine if "broken" not in kinds.get(name, ())} == set()
        bounded = {name for name in mine if "kept" not in kinds[name]}
        assert bounded <= {"moved-once-at-most"}, "only a count without an end is never kept"


def test_every_pack_and_example_says_what_happens_the_second_time() -> None:
    """A second complaint, who is put back into the queue, a line that stays long: a story of each response plays it."""
    for file in STARTS:
        found, mine = stories_of(file)
        assert [name for name, said in come_again(found).items() if name in mine and not said] == []


def test_every_reason_occurs() -> None:
    """Each reason why somebody is told, or not, stands in a story of the desk, so none is given without being seen."""
    found: set[str] = set()
    for script in ON_HOSTS:
        went = played(script)
        found |= set(went.reasons.values()) | {each.reason for each in went.withheld}
    # the one takes more acts than a story has, the other a machine: test_machines.py holds it
    assert found == set(get_args(Reason)) - {"forgotten", "names-one-of-us"}


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
@pytest.mark.parametrize("script", ON_HOSTS, ids=lambda script: script.story.name)
async def test_a_story_is_the_same_on_every_host(script: Script, host: Host, tmp_path: Path) -> None:
    """Ledger, notices and what was withheld are the same, byte for byte, in memory and on a real host that crashes."""
    went = played(script)
    stored = await host(script, went.moments, tmp_path)
    assert stored == in_memory(went)
    assert stored.ledger


def test_a_storm_wears_nobody_out_and_loses_nothing() -> None:
    """Five hundred broken promises: nobody has many more messages than their budget, and each one stands in one."""
    (storm,) = scripts(DESK / "storm.yaml")
    went = played(storm)
    people = storm.rules.people
    assert people is not None
    for name in {notice.to for notice in went.notices}:
        told = sorted(notice.decided for notice in went.notices if notice.to == name)
        most = max(sum(at <= other < at + HOUR for other in told) for at in told)
        assert most <= people.person(name).budget + MOST_AN_HOUR
    broken = {line.promise for line in went.lines if line.kind == "broken"}
    spoken_for = Counter(promise for notice in went.notices for promise in notice.speaks_for)
    assert len(broken) == 500
    assert broken <= spoken_for.keys()


@pytest.mark.parametrize("host", [None, *HOSTS.values()], ids=["memory", *HOSTS])
async def test_a_hundred_at_once_reach_everybody(host: Host | None, tmp_path: Path) -> None:
    """Each of a hundred promises reaches each step of the chain as broken; nobody hears more than the policy says."""
    went = played(HUNDRED)
    check_everybody_is_reached(in_memory(went) if host is None else await host(HUNDRED, went.moments, tmp_path))


def test_a_story_without_an_end_is_stopped() -> None:
    """A story in which far too much happens fails and says so, rather than hold up whoever waits for it."""
    storm = next(script for script in ON_HOSTS if script.story.name.startswith("storm"))
    went = Playing(storm.story, storm.rules, most=20).play(storm.until)
    compared = compare(storm.story, storm.telling, went)
    assert len(went.moments) == 20
    assert not compared.passed
    assert compared.problems == [
        "at 10:00:37 the 20th thing happened, and the story was stopped; let it end sooner by until:"
    ]
