"""What `kept new` writes without a pack: a standard from a few answers, and stories that hold for it.

All of it is tried before the first byte is written.
Read next: `standards/stories/own_rule.py`; `making.py` for what begins from a pack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from standards.calendar.hours import did_you_mean
from standards.compiler.spec import Source
from standards.documents.vocabulary import builtin_vocabulary
from standards.expressions.expression import ExpressionError, compile_condition
from standards.stories.own_rule import OwnRule, Said, named_by, said, standard_text, stories
from streams.documents.documents import load_standards
from streams.drafting.making import SCHEMAS, holds, names_in, with_standards, write_all

if TYPE_CHECKING:
    from pathlib import Path

    from standards.errors import Finding
    from standards.judge.events import EventType
    from streams.documents.documents import Documents

SHOWN = 8
"""So many events are shown where none is near what was answered."""


class Events(NamedTuple):
    """The event types that there are, with those that files beside declare."""

    vocabulary: dict[str, EventType]

    def read(self, text: str, opening: Said | None = None) -> Said:
        """Read an event and its condition, on its own fields and on those of the opening. Raises ValueError."""
        found = said(text)
        kind = self.vocabulary.get(found.event)
        if kind is None:
            fix = did_you_mean(found.event, self.vocabulary) or f"such as {', '.join(list(self.vocabulary)[:SHOWN])}"
            raise ValueError(f"there is no event {found.event!r}; {fix}; all are in docs/reference/events.md")
        if found.where:
            around = self.vocabulary[opening.event].fields if opening is not None else None
            try:
                compile_condition(found.where, kind.fields, opening=around)
            except ExpressionError as error:
                raise ValueError(f"{error.message}; {error.fix}") from None
        if opening is not None and not named_by(self.vocabulary[opening.event], kind):
            raise ValueError(f"{opening.event} and {found.event} have no field in common that says whom they are about")
        return found


def events_beside(beside: Documents) -> Events:
    """Give the event types of Kept, and those that standards beside a new one declare."""
    return Events(load_standards(beside).vocabulary if beside.standards else builtin_vocabulary())


def write_own(rule: OwnRule, beside: Documents, file: Path, stories_file: Path) -> tuple[list[Path], list[Finding]]:
    """Write a rule and its stories, or nothing; give the files, and what `kept check` would say of them.

    Raises SpecError where it does not load.
    """
    head = f"# yaml-language-server: $schema={SCHEMAS}/"
    text = f"{head}standards.json\n{standard_text(rule, events_beside(beside).vocabulary)}"
    loaded = load_standards(with_standards(beside, Source(str(file), text)))
    standard = next(each for each in loaded.standards if each.id == rule.name)
    top, made = stories(standard, loaded.vocabulary)
    top = f"{head}stories.json\n{top}"
    kept = [each for each in made if holds(str(stories_file), f"{top}\n{each}", loaded)]
    bodies = {file: text} | ({stories_file: "\n".join([top, *kept])} if kept else {})
    files = list(bodies)
    write_all(bodies, file.parent / SCHEMAS)
    return files, [each for each in loaded.warnings if each.place.file == str(file)]


def namesake(name: str, beside: Documents) -> str:
    """Give the file beside that has a standard of that name; empty where none has."""
    return names_in(beside.standards, "standards").get(name, "")
