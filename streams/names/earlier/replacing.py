"""References in the place of names in what was stored, wherever a mark of the vocabulary says that one stands there.

What is stored is looked at as plain JSON or MessagePack: names of fields say what is in them, in whatever form an
earlier Kept had. Things are replaced many at a time, as each new name waits for the disk.
Read next: `ids.py`, for ids that were made of names; `router.py`, for what has people under names of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from standards.judge.subjects import subject_parts
from streams.names.door import Marked, marked
from streams.names.references import is_reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from standards.judge.events import EventType
    from standards.judge.standard import Standard
    from streams.names.earlier.ids import Ids
    from streams.names.names import Names

_ID: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{20}(?![0-9a-f])")
_SHORTEST: Final = 20
DERIVED: Final = "promise."
"""How the types of events begin that carry what their promises do, under whatever mark."""


class Place(NamedTuple):
    """Where something stands: the marks that hold there, and the event that it is of."""

    marks: Marked
    event: tuple[str, str] = ("", "")


class Replacing:
    """Puts references into what is stored. Raises StateError where names cannot be stored."""

    def __init__(
        self, names: Names, vocabulary: Mapping[str, EventType], standards: Iterable[Standard], ids: Ids
    ) -> None:
        self._names, self.ids = names, ids
        own = {name: kind for name, kind in vocabulary.items() if not name.startswith(DERIVED)}
        self.marked = {name: marked([kind]) for name, kind in own.items()}
        self.every = marked(own.values())
        self._per = {standard.id: standard.per for standard in standards}
        self._persons: dict[str, str] = {}
        self._texts: dict[tuple[str, ...], str] = {}
        self._wanted: set[str] | None = None
        self._written: dict[tuple[str, ...], str] = {}

    def all(self, things: Sequence[Any]) -> list[Any]:
        """Put references into some things; each is what `msgspec` decodes."""
        self._wanted, self._written = set(), {}
        top = Place(self.every)
        for thing in things:
            self.walk(thing, top)
        self._persons = self._names.persons(self._wanted)
        self._texts = self._names.texts(self._written)
        self._wanted = None
        return [self.walk(thing, top) for thing in things]

    def person(self, name: str) -> str:
        """Give the reference of a name; what is a reference stays."""
        if not name.strip() or is_reference(name, "p"):
            return name
        if self._wanted is not None:
            self._wanted.add(name)
            return name
        return self._persons[name]

    def text(self, text: str, *place: str) -> str:
        """Give the reference of a text that stands in a place."""
        if not text or is_reference(text, "t"):
            return text
        if self._wanted is not None:
            self._written[place] = text
            return text
        return self._texts[place]

    def walk(self, found: Any, place: Place) -> Any:  # noqa: ANN401 - whatever is stored
        """Replace what stands anywhere in something."""
        match found:
            case dict():
                return self.fields(found, place)
            case list():
                return [self.walk(each, place) for each in found]
            case str():
                return self.said(found)
            case bytes():
                return msgspec.msgpack.encode(self.walk(msgspec.msgpack.decode(found), place)) if found else found
            case _:
                return found

    def fields(self, found: dict[Any, Any], place: Place) -> dict[Any, Any]:
        """Replace what stands in fields, by their names."""
        marks = self.marked.get(str(found.get("type")), place.marks)
        source, name = found.get("source"), found.get("id")
        event = (source, name) if isinstance(source, str) and isinstance(name, str) else place.event
        here = Place(marks, event)
        return {self.key(key): self.value(key, value, found, here) for key, value in found.items()}

    def key(self, key: Any) -> Any:  # noqa: ANN401 - a name of a field, or a number
        """Give the name of a field; one that has ids in it has the new ones."""
        return self.said(key) if isinstance(key, str) else key

    def value(self, key: Any, value: Any, found: dict[Any, Any], here: Place) -> Any:  # noqa: ANN401 - a field of anything
        """Give the value of a field."""
        if key == "key" and "group" in found:
            return self.case_key(str(found["group"]), value)
        if not isinstance(value, str):
            return self.walk(value, here)
        if key in here.marks.persons:
            return self.person(value)
        if key in here.marks.free:
            return self.text(value, *here.event, key)
        if key == "subject":
            return self.subject(str(found.get("standard") or ""), value)
        return self.said(value)

    def said(self, text: str) -> str:
        """Give a text with new ids in the place of those that were made of names."""
        if len(text) < _SHORTEST:  # as nearly all that is walked over
            return text
        return _ID.sub(lambda id_: self.ids.new(id_[0]), text)

    def subject(self, standard: str, subject: str) -> str:
        """Put references into a subject, by the fields of its standard; of an unknown one, where a name is known."""
        parts, per = subject.split("/"), self._per.get(standard, ())
        if len(per) != len(parts):
            return self._names.in_subject(subject)
        plain = subject_parts(subject)
        named = [name in self.every.persons for name in per]
        return "/".join(self.person(said) if is_one else self.said(part)
                        for part, said, is_one in zip(parts, plain, named, strict=True))  # fmt: skip

    def case_key(self, group: str, key: Any) -> Any:  # noqa: ANN401 - values of fields
        """Put references into the key of a case, whose group is called by its fields: `1:site,agent:standard`."""
        per = group.split(":")[1].split(",") if ":" in group else []
        if not isinstance(key, list) or len(per) != len(key):
            return key
        return [value if not isinstance(value, str) else self.person(value) if name in self.every.persons
                else self.said(value) for name, value in zip(per, key, strict=True)]  # fmt: skip
