"""Drafts: a standard's text cut out of a pack, comments and layout too, with an author's own words, and its stories.

Read next: `streams/drafting/`, which asks.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any, Final

import msgspec

from standards.compiler.targets.choices import placed_texts
from standards.compiler.targets.target_keys import hours_named
from standards.documents.document import Document, Value
from standards.documents.excerpt import canonical
from standards.stories.story_model import KINDS

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from standards.compiler.spec import Source

WIDTH: Final = 116
_TOP: Final = "kept: 1\n"
_CLAUSES: Final = ("when", "expect", "unless", "until")


class Words(msgspec.Struct, frozen=True):
    """What an author says in their own words; empty where the pack's are kept."""

    promise: str = ""
    what: str = ""
    how: str = ""
    exceptions: str = ""
    why: str = ""

    def given(self) -> dict[str, str]:
        """Give those that were said, by their keys."""
        return {key: value for key, value in msgspec.structs.asdict(self).items() if value}


class Cut:
    """A document that parts are cut out of: its values, and the lines of its text."""

    def __init__(self, source: Source) -> None:
        self.document = Document(source.name, source.text)
        self.data = self.document.data
        self._lines = source.text.splitlines()

    def at(self, *path: str) -> object:
        """Give the value at a path; None where there is none."""
        value: object = self.data
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def names(self, *path: str) -> list[str]:
        """Give the keys of a mapping, in their order; nothing where there is none."""
        found = self.at(*path)
        return list(found) if isinstance(found, dict) else []

    def block(self, *path: str) -> list[str]:
        """Give the lines of a key and of all that is in it, without comments that belong to what follows."""
        start = self.document.spot(path).key
        following = [
            spot.key.line
            for spot in self.document.spots.values()
            if spot.key.line > start.line and spot.key.column <= start.column
        ]
        lines = self._lines[start.line - 1 : min(following, default=len(self._lines) + 1) - 1]
        while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
            lines.pop()
        return [f"{line}\n" for line in lines]

    def head(self, *path: str) -> str:
        """Give the line of a key alone."""
        return f"{self._lines[self.document.spot(path).key.line - 1]}\n"


def draft(pack: Cut, wanted: str, name: str, words: Words, *, there: Container[str] = ()) -> str:
    """Give a document with one standard of a pack, under its new name. Calendars that are `there` already are left out.

    The caller puts a comment above it. The pack loads without errors, and has the standard that is wanted.
    """
    parts = [_TOP]
    calendars = [each for each in _calendars(pack, wanted) if each not in there]
    if calendars:
        parts += ["calendars:\n", *(line for each in calendars for line in pack.block("calendars", each))]
    own = [event for event in _events(pack, wanted) if pack.names("events", event)]
    if own:
        parts += ["events:\n", *(line for event in own for line in pack.block("events", event))]
    parts.append("standards:\n\n")
    replaced = {key: written(key, value) for key, value in words.given().items()}
    return _renamed("".join(parts), wanted, name) + "".join(_standard(pack, wanted, name, replaced))


def stories_of(pack: Cut, wanted: str, name: str) -> Iterator[tuple[str, str]]:
    """Give the stories of a pack that are about one standard, each as (its name, its text), under the new name."""
    for title in pack.names("stories"):
        story = pack.at("stories", title)
        if isinstance(story, dict) and _is_about(story, wanted):
            head, *rest = pack.block("stories", title)
            only = [] if "only" in story else [f"    only: {wanted}\n"]  # others may lie beside it
            yield title, _renamed("".join([head, *only, *rest]), wanted, name)


def story_head(pack: Cut) -> str:
    """Give what stands above the stories of a pack, for stories about what lies beside them."""
    lines = []
    for key in ("start", "with"):
        if key in pack.data:
            lines += pack.block(key)
    return "".join([_TOP, *lines, "stories:\n"])


def _standard(pack: Cut, wanted: str, name: str, replaced: Mapping[str, list[str]]) -> Iterator[str]:
    """Give its lines: those of the pack under the new name, an author's as they were said."""
    path = ("standards", wanted)
    keys = pack.names(*path)
    yield _renamed(pack.head(*path), wanted, name)
    for key in keys:
        yield from replaced.get(key) or (_renamed(line, wanted, name) for line in pack.block(*path, key))
    for key, lines in replaced.items():
        if key not in keys:
            yield from lines


def written(key: str, value: str) -> list[str]:
    """Write a key of a standard with a text: plain, over several lines if need be, or in quotes where YAML wants it."""
    line = f"    {key}: {value}"
    folded = textwrap.wrap(
        line, WIDTH, subsequent_indent="      ", break_long_words=False, break_on_hyphens=False, expand_tabs=False
    )
    plain = "".join(f"{part}\n" for part in folded)
    quoted = canonical({"": value})[len('{"":') : -1]
    return [plain if Document("", plain).data == {key: value} else f"    {key}: {quoted}\n"]


def _calendars(pack: Cut, wanted: str) -> Iterator[str]:
    """Give the calendars of a pack that a standard names, in the pack's order."""
    given: Any = pack.at("standards", wanted, "calendar")
    during, _ = hours_named(str(pack.at("standards", wanted, "during") or ""))
    named = {during, *(name for _, name in placed_texts(given))}
    yield from (each for each in pack.names("calendars") if each in named)


def _events(pack: Cut, wanted: str) -> Iterator[str]:
    """Give the types of events that a standard names."""
    for key in _CLAUSES:
        found = pack.at("standards", wanted, key)
        for clause in found if isinstance(found, list) else [found]:
            event = clause.get("event") if isinstance(clause, dict) else clause
            yield from _texts(event)


def _is_about(story: Mapping[str, Value], wanted: str) -> bool:
    """Say whether a story looks at one standard alone, by what it says it looks at or else by what it expects."""
    named = {each for each in _texts(story.get("only")) if each not in KINDS}
    expected = story.get("expect")
    for line in expected if isinstance(expected, list) and not named else ():
        named |= {text.split()[0] for kind in KINDS if isinstance(line, dict) for text in _texts(line.get(kind))}
    return named == {wanted}


def _texts(value: object) -> list[str]:
    return [str(each) for each in (value if isinstance(value, list) else [] if value is None else [value])]


def _renamed(text: str, old: str, new: str) -> str:
    return text if old == new else re.sub(rf"(?<![\w-]){re.escape(old)}(?![\w-])", new, text)
