"""The promises about revisions: what can be loaded is in force, and what cannot is named, and stops nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

from standards.compiler.spec import Source, load
from streams.kafka.records.facts import Revision
from streams.kafka.rulebooks.revisions import Revisions
from streams.kafka.rulebooks.revisions import load as load_with
from tests.streams.hosting import NO_WAIT, shop

OTHER = NO_WAIT.replace("60s", "90s")
HEARS = """
kept: 1
standards:
  {name}:
    promise: Broken promises are few.
    what: Coach.
    how: Kindly.
    why: Trust.
    exceptions: None.
    owner: floor-lead
    aspect: quality
    per: []
    when: {{event: promise.broken, where: standard == "{heard}"}}
    at_most: 3
    within: 1h
"""


class Record(NamedTuple):
    value: bytes | None
    topic: str = "revisions"
    partition: int = 0
    offset: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


def revision_of(text: str, at: int = 1) -> Revision:
    loaded = load([Source("x.yaml", text)])
    (standard,) = loaded.standards
    return Revision(standard.revision, standard.id, loaded.excerpt(standard.id), at)


def test_other_revisions_are_loaded_beside_our_own(tmp_path: Path) -> None:
    """Another process' revision is loaded as a retired one, and our own ones are not loaded twice."""
    theirs, ours = revision_of(OTHER), revision_of(NO_WAIT)
    loaded, problems = load_with(shop(tmp_path), [theirs, ours])
    assert problems == []
    assert set(loaded.rulebook.standards) == {theirs.revision, ours.revision}
    assert [standard.revision for standard in loaded.standards] == [ours.revision]


def test_what_cannot_be_loaded_is_named_and_stops_nothing(tmp_path: Path) -> None:
    """A revision that is beyond this version is left out and named; all others are in force."""
    theirs = revision_of(OTHER)
    unknown = Revision("r-new", "no-rush", theirs.excerpt.replace("within", "withinn"), 2)
    broken = Revision("r-torn", "torn", "{", 3)
    loaded, problems = load_with(shop(tmp_path), [broken, unknown, theirs])
    assert theirs.revision in loaded.rulebook.standards
    named = [problem.split(" cannot")[0] for problem in problems]
    assert sorted(named) == ["revision r-new of no-rush", "revision r-torn of torn"]


def test_revisions_that_do_not_go_together_are_loaded_as_far_as_they_do(tmp_path: Path) -> None:
    """Of two revisions that hear each other in a circle, the newer one is in force, and the other one is named."""
    one = revision_of(HEARS.format(name="one", heard="two"), at=1)
    two = revision_of(HEARS.format(name="two", heard="one"), at=2)
    loaded, problems = load_with(shop(tmp_path), [one, two])
    assert two.revision in loaded.rulebook.standards
    assert len(loaded.rulebook.standards) == 2
    assert len(problems) == 1
    assert problems[0].startswith(f"revision {one.revision} of one cannot be loaded here: ")


def test_only_what_is_missing_is_published(tmp_path: Path) -> None:
    """A revision that the topic holds is not published again, and what is not a revision is named and passed over."""
    loaded, revisions = shop(tmp_path).load(()), Revisions()
    assert revisions.missing(loaded, 7) == [msgspec.structs.replace(revision_of(NO_WAIT), loaded_at=7)]
    revisions.take(Record(None))
    for _ in range(2):  # the topic is read again whenever Kafka was away
        revisions.take(Record(b"{", offset=4))
    revisions.take(Record(msgspec.json.encode(revision_of(NO_WAIT))))
    assert revisions.missing(loaded, 7) == []
    assert [words.split(" is no")[0] for words in revisions.unreadable] == ["revisions/0/4"]
