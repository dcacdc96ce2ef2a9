"""The door: where the names and the free texts of events become references, before anything is judged or stored.

Which fields they are the vocabulary marks: `person` and `free`. A reference that was given before may come back, as it
does when an event is sent again; one that nobody was given is refused.
Read next: `names.py`; `streams/embedded/engine.py`, which has every event pass here.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from standards.judge.events import type_of
from standards.judge.rulebook import GRANT, opening_fields, subject_key, subject_text
from streams.ingest.wire import UNREADABLE, Refusal, encode
from streams.names.references import ERASED, is_reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from standards.judge.events import Event, EventType
    from standards.judge.rulebook import Rulebook
    from streams.names.names import Names

UNKNOWN: Final = "unknown-reference"
"""Why an event is refused that names somebody by a reference that nobody was given."""
_WHOLE: Final = ("data", "data_base64")
"""The members whose text could be a whole event's data, which nobody looks through."""
DEEPEST: Final = 40
"""How deep what was refused is looked through; what lies deeper is left out."""


class Marked(NamedTuple):
    """The fields that name a person, and those that somebody writes freely."""

    persons: frozenset[str]
    free: frozenset[str]


def marked(kinds: Iterable[EventType]) -> Marked:
    """Give the marked fields of some event types together."""
    fields = [(name, field) for kind in kinds for name, field in kind.fields.items()]
    persons = frozenset(name for name, field in fields if field.person)
    return Marked(persons, frozenset(name for name, field in fields if field.free))


class Door:
    """Lets the events of a rulebook in. Raises StateError where names cannot be stored; then none is in."""

    def __init__(self, rulebook: Rulebook, names: Names) -> None:
        self.rulebook = rulebook
        self._names, self._current, self._vocabulary = names, rulebook.current, rulebook.vocabulary
        self._marked = {name: marked([kind]) for name, kind in rulebook.vocabulary.items()}
        self._every = marked(rulebook.vocabulary.values())
        self._naming = {name for name, fields in self._marked.items() if any(fields)} | {GRANT}

    def let_in(self, events: Sequence[Event], refused: list[Refusal]) -> list[Event]:
        """Put references into events, and give those that are taken; the others are refused.

        Who was erased is nobody in what happened before then, and somebody new in what happened since.
        """
        concerned = [event for event in events if type_of(event) in self._naming]
        if not concerned:
            return list(events)
        self._leave_out(concerned)
        persons: dict[str, str] = {}
        texts: dict[tuple[str, ...], str] = {}
        for event in concerned:
            people, free = self._marked[type_of(event)]
            persons |= {said: said for name in people if (said := getattr(event.data, name))}
            texts |= {(event.source, event.id, name): said for name in free if (said := getattr(event.data, name))}
        known = self._names.are_known({said for said in (*persons, *texts.values()) if _is_any(said)}) | {ERASED}
        references = self._names.persons(name for name in persons if not _is_any(name) and name.strip())
        written = self._names.texts({place: said for place, said in texts.items() if said not in known})
        gone = set()
        for event in concerned:
            if stranger := self._refer(event, references, written, known):
                words = f"{stranger} stands for nobody here; send the name, and Kept finds or makes its reference"
                refused.append(Refusal(0, UNKNOWN, words, encode(event)))
                gone.add(id(event))
        return [event for event in events if id(event) not in gone] if gone else list(events)

    def _leave_out(self, events: Sequence[Event]) -> None:
        """Put the one reference of all who were erased where they are named, and note which senders name them."""
        people = [(event, name) for event in events for name in self._marked[type_of(event)].persons]
        named = [(event, name, said) for event, name in people if (said := getattr(event.data, name))]
        erased = self._names.erased({said for _, _, said in named})
        late = [(event, name, erased[said]) for event, name, said in named if said in erased]
        for event, name, at in late:
            if event.at < at:
                setattr(event.data, name, ERASED)
        if late:
            latest = max(event.received for event, _, _ in late)
            self._names.still_named(Counter(event.source for event, _, _ in late), latest)

    def _refer(
        self, event: Event, persons: Mapping[str, str], texts: Mapping[tuple[str, ...], str], known: set[str]
    ) -> str:
        """Put references into an event; gives the reference in it that stands for nobody, if there is one."""
        people, free = self._marked[type_of(event)]
        for name in people:
            said = getattr(event.data, name) or ""
            if _is_any(said) and said not in known:
                return str(said)
            if said in persons:
                setattr(event.data, name, persons[said])
        for name in free:
            if (place := (event.source, event.id, name)) in texts:
                setattr(event.data, name, texts[place])
        if type_of(event) == GRANT:
            event.data.subject = self._subject(event.data.standard, event.data.subject)
        return ""

    def _subject(self, standard: str, subject: str) -> str:
        """Put references into the subject of a grant, where its standard is owed by person."""
        found = self._current.get(standard)
        if found is None or self._every.persons.isdisjoint(found.per):
            return subject
        fields = opening_fields(found, self._vocabulary)
        key = subject_key(subject, [fields[name].type for name in found.per])
        if key is None:
            return subject
        named = [name in self._every.persons for name in found.per]
        parts = [self._person(str(part)) if is_one else part for part, is_one in zip(key, named, strict=True)]
        return subject_text(tuple(parts))

    def _person(self, name: str) -> str:
        """Give the reference of somebody whose name came without a time: who was erased is nobody."""
        return ERASED if self._names.erased([name]) else self._names.persons([name])[name]

    def kept_of(self, refusal: Refusal) -> Refusal:
        """Give what is kept of a refused event: with references, where it is JSON; else without its body."""
        try:
            found = msgspec.json.decode(refusal.raw)
        except UNREADABLE:
            size = f"{len(refusal.raw)} bytes, which are not kept: nobody can say whether they name somebody"
            return msgspec.structs.replace(refusal, raw=b"", message=f"{refusal.message} ({size})")
        return msgspec.structs.replace(refusal, raw=msgspec.json.encode(self._replaced(found)))

    def _replaced(self, found: Any, name: str = "", depth: int = 0) -> Any:  # noqa: ANN401 - whatever somebody sent
        """Put references into what was sent, at every depth down to a bound."""
        if depth > DEEPEST:
            return None
        match found:
            case dict():
                return {key: self._replaced(value, key, depth + 1) for key, value in found.items()}
            case list():
                return [self._replaced(value, name, depth + 1) for value in found]
            case str() if not found.strip() or _is_any(found):
                return found
            case str() if name in _WHOLE:
                return None
            case str() if name in self._every.persons:
                return self._person(found)
            case str() if name in self._every.free:
                return self._names.texts({("refused", name, found): found})["refused", name, found]
            case _:
                return found


def _is_any(said: str) -> bool:
    return is_reference(said, "p") or is_reference(said, "t")
