"""Mutation coverage: each small change to the rules is made, by itself, and the stories are played until one notices.

A change that no story notices survives; one that does not load needs no story: `kept check` tells. All stories go as
they say before anything is changed.
Read next: `standards/stories/mutation.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from standards.compiler.spec import Source
from standards.documents.document import Document
from standards.errors import SpecError
from standards.judge.events import type_of
from standards.stories.mutation import Change, changes
from streams.documents.documents import load_standards
from streams.documents.rules import Rules, read_policy
from streams.stories.comparing import compare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from standards.errors import Finding
    from standards.stories.story import Story
    from streams.documents.documents import Documents
    from streams.stories.files import Script


class Tried(NamedTuple):
    """What came of one change: `survived` is the finding where no story noticed; `refused` where it does not load."""

    change: Change
    survived: Finding | None = None
    refused: bool = False


def mutate(scripts: Sequence[Script], named: Documents | None = None) -> Iterator[Tried]:
    """Try every change to the rules that stories are about; where files of rules are `named`, to those alone.

    A file that several stories are about is changed for all of them: one that notices is enough.
    """
    wanted = set() if named is None else {_path(it) for it in (*named.standards, *named.policies)}
    groups: dict[str, _Mutating] = {}
    for script in scripts:
        for source in (*script.documents.standards, *script.documents.policies):
            if not wanted or _path(source) in wanted:
                groups.setdefault(_path(source), _Mutating(source)).scripts.append(script)
    known: dict[int, set[str]] = {}
    for script in scripts:
        played = script.play()
        known[id(script)] = {line.standard for line in played.lines}
    for group in groups.values():
        yield from group.run(known)


def coverage(tried: Sequence[Tried]) -> str:
    """Say in a line how it went."""
    survived = sum(each.survived is not None for each in tried)
    refused = sum(each.refused for each in tried)
    count = len(tried) - refused
    noticed = f"{survived} noticed by no story" if survived else "each is noticed by a story"
    more = f" {refused} more {'does' if refused == 1 else 'do'} not load." if refused else ""
    return f"{count:,} small {'change' if count == 1 else 'changes'} to the rules: {noticed}.{more}"


class _Mutating:
    """A file of rules, and the stories about it."""

    def __init__(self, source: Source) -> None:
        self.document = Document(source.name, source.text)
        self.scripts: list[Script] = []

    def run(self, known: Mapping[int, set[str]]) -> Iterator[Tried]:
        """Try every change; `known` are, by a story's identity, the standards that something comes of in it."""
        document = self.document
        found = [*changes(document), *_routes(document)]
        for change in sorted(found, key=lambda it: (it.place.line, it.place.column)):
            likely = sorted(self.scripts, key=lambda it: change.of not in known[id(it)])
            yield self._tried(change, likely)

    def _tried(self, change: Change, scripts: Sequence[Script]) -> Tried:
        changed = Source(self.document.name, change.applied(self.document))
        rules: dict[int, Rules | None] = {}
        for script in scripts:
            if id(script.rules) not in rules:
                rules[id(script.rules)] = _rules(script.documents, changed)
            under = rules[id(script.rules)]
            if under is None:
                return Tried(change, refused=True)
            if not _passes(script, under):
                return Tried(change)
        found = f"no story notices when {change.words} ({change.of})"
        return Tried(change, self.document.finding("unnoticed", change.place, found, fix=change.hint, level="warning"))


def _path(source: Source) -> str:
    return str(Path(source.name).resolve())


def _passes(script: Script, rules: Rules) -> bool:
    retold = script._replace(story=_retold(script.story, rules), rules=rules)
    return compare(retold.story, retold.telling, retold.play()).passed


def _retold(story: Story, rules: Rules) -> Story:
    """Give a story with its events as these rules know them: each rulebook has classes of its own."""
    sent = []
    for each in story.sent:
        event = each.event
        made = rules.loaded.rulebook.classes[type_of(event)]
        form = next(field.type for field in msgspec.structs.fields(made) if field.name == "data")
        known = msgspec.structs.asdict(event) | {"data": form(**msgspec.structs.asdict(event.data))}
        sent.append(msgspec.structs.replace(each, event=made(**known)))
    return msgspec.structs.replace(story, sent=tuple(sent))


def _routes(document: Document) -> Iterator[Change]:
    """Leave each route of a policy out."""
    routes = document.data.get("routes")
    for index, route in enumerate(routes if isinstance(routes, list) else ()):
        name = route.get("name", "") if isinstance(route, dict) else ""
        place = document.spot(("routes", index)).value
        hint = "expect in a story what is told by it, under notices:, alertmanager: or webhook:"
        yield Change(("routes", index), None, place, f"route {name or index + 1}", "the route is left out", hint)


def _rules(documents: Documents, changed: Source) -> Rules | None:
    """Load the rules with one document changed; None where they do not load."""
    try:
        standards = [changed if _path(it) == _path(changed) else it for it in documents.standards]
        loaded = load_standards(documents._replace(standards=standards))
        policies = [changed if _path(it) == _path(changed) else it for it in documents.policies]
        return Rules(loaded, read_policy(policies, loaded.standards))
    except SpecError:
        return None
