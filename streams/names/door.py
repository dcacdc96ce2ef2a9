"""The door: where the names and the free texts of events become references, before anything is judged or stored.

Which fields they are the vocabulary marks: `person` and `free`. A reference that was given before may come back, as it
does when an event is sent again; one that nobody was given is refused.
Read next: `names.py`; `streams/embedded/admission.py`, which has every event pass here.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from alerts.routing.actions import MADE, SILENCED
from standards.judge.events import type_of
from standards.judge.rulebook import GRANT, opening_fields, subject_key, subject_text
from streams.ingest.refusals import NOT_MAPPED
from streams.ingest.wire import UNREADABLE, Refusal, encode
from streams.names.references import ERASED, ERASED_TEXT, is_reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from standards.judge.events import Event, EventType
    from standards.judge.rulebook import Rulebook
    from standards.judge.standard import Standard
    from streams.names.names import Names

UNKNOWN: Final = "unknown-reference"
"""Why an event is refused that names somebody by a reference that nobody was given."""
_WHOLE: Final = ("data", "data_base64")
"""The members whose text could be a whole event's data, which nobody looks through."""
_SUBJECT: Final = "subject"
_ABOUT: Final = frozenset({GRANT, MADE, SILENCED})
"""The events that say in a text of one field, their subject, whom they are about."""
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
        self._naming = {name for name, fields in self._marked.items() if any(fields)} | _ABOUT

    def let_in(self, events: Sequence[Event], refused: list[Refusal]) -> list[Event]:
        """Put references into events, and give those that are taken; the others are refused.

        Who was erased is nobody in what happened before then, and somebody new in what happened since.
        """
        concerned = [event for event in events if type_of(event) in self._naming]
        if not concerned:
            return list(events)
        people: list[tuple[Event, str, str]] = []
        texts: dict[tuple[str, ...], str] = {}
        for event in concerned:
            persons, free = self._marked[type_of(event)]
            people += [(event, name, said) for name in persons if (said := getattr(event.data, name))]
            texts |= {(event.source, event.id, name): said for name in free if (said := getattr(event.data, name))}
        told = {said for said in (*(said for *_, said in people), *texts.values()) if _is_any(said)}
        known = self._names.are_known(told) | {ERASED, ERASED_TEXT}
        named = {(said, event.at) for event, _, said in people if said.strip() and not _is_any(said)}
        references = self._names.persons_at(named)
        self._note_late(people)
        written = self._names.texts({place: said for place, said in texts.items() if said not in known})
        gone = set()
        for event in concerned:
            if stranger := self._refer(event, references, written, known):
                words = f"{stranger} stands for nobody here; send the name, and Kept finds or makes its reference"
                refused.append(Refusal(0, UNKNOWN, words, encode(event)))
                gone.add(id(event))
        return [event for event in events if id(event) not in gone] if gone else list(events)

    def _note_late(self, people: Sequence[tuple[Event, str, str]]) -> None:
        """Note which senders name who was erased."""
        erased = self._names.erased({said for _, _, said in people})
        late = [event for event, _, said in people if said in erased]
        if late:
            latest = max(event.received for event in late)
            self._names.still_named(Counter(event.source for event in late), latest)

    def _refer(
        self, event: Event, persons: Mapping[tuple[str, int], str], texts: Mapping[tuple[str, ...], str],
        known: set[str],
    ) -> str:  # fmt: skip
        """Put references into an event; gives the reference in it that stands for nobody, if there is one."""
        people, free = self._marked[type_of(event)]
        for name in people:
            said = getattr(event.data, name) or ""
            if _is_any(said) and said not in known:
                return str(said)
            if (said, event.at) in persons:
                setattr(event.data, name, persons[said, event.at])
        for name in free:
            if (place := (event.source, event.id, name)) in texts:
                setattr(event.data, name, texts[place])
        if type_of(event) in _ABOUT and (subject := event.data.subject):
            place = (event.source, event.id, _SUBJECT)
            event.data.subject = self._subject(event.data.standard or "", subject, place, event.at)
        return ""

    def _subject(self, standard: str, subject: str, place: tuple[str, ...], at: int | None) -> str:
        """Put references into a subject, where its standard is owed by person; one that it cannot have is a text.

        Without a standard, as a silence may be, it is read as the standards in force have subjects, if they agree.
        """
        if not standard:
            return self._of_any(subject, place, at)
        found = self._current.get(standard)
        read = None if found is None else self._parts(found, subject)
        return self._text(subject, place) if read is None else self._put(read, at)

    def _of_any(self, subject: str, place: tuple[str, ...], at: int | None) -> str:
        """Put references into a subject of any standard; where they disagree, in the place of names that are known."""
        read = [parts for each in self._current.values() if (parts := self._parts(each, subject)) is not None]
        if not read:
            return self._text(subject, place)
        alike = {tuple(is_one for _, is_one in parts) for parts in read}
        return self._put(read[0], at) if len(alike) == 1 else self._names.in_subject(subject)

    def _parts(self, standard: Standard, subject: str) -> list[tuple[str | int, bool]] | None:
        """Give the values of a subject, and which of them are people; None where the standard cannot have it."""
        fields = opening_fields(standard, self._vocabulary)
        key = subject_key(subject, [fields[name].type if name in fields else "text" for name in standard.per])
        if key is None:
            return None
        return [(part, name in self._every.persons) for part, name in zip(key, standard.per, strict=True)]

    def _put(self, parts: Iterable[tuple[str | int, bool]], at: int | None) -> str:
        return subject_text(tuple(self._person(str(part), at) if is_one else part for part, is_one in parts))

    def _text(self, text: str, place: tuple[str, ...]) -> str:
        return text if _is_any(text) or not text.strip() else self._names.texts({place: text})[place]

    def _person(self, name: str, at: int | None = None) -> str:
        """Give the reference of a name. Who was erased is nobody before then, and where nothing says when it was."""
        if _is_any(name) or not name.strip():
            return name
        when = -1 if at is None else at
        return self._names.persons_at([(name, when)])[name, when]

    def kept_of(self, refusal: Refusal) -> Refusal:
        """Give what is kept of a refused event: with references, where it is JSON; else without its body.

        A record of another system may name people anywhere, so all of it is a text that somebody wrote.
        """
        if refusal.reason == NOT_MAPPED:
            record = refusal.raw.decode("utf-8", "replace")
            return msgspec.structs.replace(refusal, raw=self._text(record, ("refused", "record", record)).encode())
        try:
            found = msgspec.json.decode(refusal.raw)
        except UNREADABLE:
            size = f"{len(refusal.raw)} bytes, which are not kept: nobody can say whether they name somebody"
            return msgspec.structs.replace(refusal, raw=b"", message=f"{refusal.message} ({size})")
        return msgspec.structs.replace(refusal, raw=msgspec.json.encode(self._replaced(found)))

    def _replaced(self, found: Any, name: str = "", depth: int = 0) -> Any:  # noqa: ANN401 - whatever somebody sent
        """Put references into what was sent, at every depth down to a bound: into all that stands under a mark."""
        if depth > DEEPEST:
            return None
        match found:
            case dict():
                return {key: self._member(found, key, name, depth) for key in found}
            case list():
                return [self._replaced(value, name, depth + 1) for value in found]
            case bool() | None:
                return found
            case str() if not found.strip() or _is_any(found):
                return found
            case str() if name in _WHOLE:
                return None
            case str() | int() | float():
                return self._scalar(found, name)
            case _:
                return found

    def _member(self, whole: dict[str, Any], key: str, name: str, depth: int) -> Any:  # noqa: ANN401 - as it was sent
        """Give a member of an object; what has no mark of its own has that under which the object stands."""
        value = whole[key]
        inherits = name in self._every.persons | self._every.free
        if key == _SUBJECT and isinstance(value, str) and value.strip() and not inherits:
            standard = whole.get("standard")
            about = standard if isinstance(standard, str) else ""
            return self._subject(about, value, ("refused", key, value), None)
        marks = key in self._every.persons | self._every.free
        return self._replaced(value, name if inherits and not marks else key, depth + 1)

    def _scalar(self, found: str | float, name: str) -> str | float:
        said = str(found)
        if name in self._every.persons:
            return self._person(said)
        return self._text(said, ("refused", name, said)) if name in self._every.free else found


def _is_any(said: str) -> bool:
    return is_reference(said, "p") or is_reference(said, "t")
