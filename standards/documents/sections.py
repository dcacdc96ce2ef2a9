"""A document that is read section by section: its version and keys, and what is declared under names or in a list.

Read next: `entries.py`, which reads one declaration. Read so: a policy, and what belongs to people's practice.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, TypeVar, get_origin

from standards.calendar.hours import did_you_mean
from standards.documents.entries import Entry
from standards.documents.model import keys_of
from standards.documents.strict import Strict
from standards.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from standards.documents.document import Document, Value

T = TypeVar("T")
M = TypeVar("M", bound=Strict)

VERSION: Final = 1
"""The version of the forms of all documents."""
NAME: Final = re.compile(r"(?=.{1,64}\Z)[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""What calendars, feeds, standards and people are called by."""


_LETTERS: Final = str.maketrans({
    "ł": "l", "ø": "o", "ß": "ss", "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th",
})  # fmt: skip
"""Letters that are no letter of ASCII's with a mark."""


def name_meant(name: str, known: Collection[str] = ()) -> str:
    """Say how a name is written as one, or how names are written; `known` are those that are there already."""
    letters = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    joined = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if joined in known:
        return f"choose another name, in lower case words joined by -: {joined} is there already"
    return f"write {joined if NAME.fullmatch(joined) else 'no-wait, for example'}: lower case words joined by -"


class Sections:
    """A document by its sections, which `form` has as its keys. What is wrong goes to the document's findings."""

    def __init__(self, document: Document, form: type[Strict]) -> None:
        self.top = Entry(document, (), document.findings)
        self.form = form

    def check_top(self) -> None:
        """Report another version, keys that there are not, and sections that are no list, or no mapping."""
        top, data = self.top, self.top.document.data
        if data.get("kept") != VERSION or isinstance(data["kept"], bool):
            top.at("kept").error("wrong-value", "only version 1 of this form is known", "begin it with kept: 1")
        known = keys_of(self.form)
        for key in data:
            if key not in known:
                fix = did_you_mean(key, known) or f"the keys here are: {', '.join(known)}"
                top.at(key).error("unknown-key", f"{key!r} is not a valid key here", fix, key=True)
        for name, field in self.form.model_fields.items():
            listed = get_origin(field.annotation) is list
            if name != "kept" and name in data and not isinstance(data[name], list if listed else dict):
                fix = "write each entry with - in front" if listed else "write each name on a line of its own"
                top.at(name).error("wrong-type", f"{name} must be a {'list' if listed else 'mapping'}", fix)

    def of(self, section: str) -> Mapping[str, Value]:
        """Give what stands in a section, by name."""
        found = self.top.document.data.get(section)
        return found if isinstance(found, dict) else {}

    def named(self, section: str, model: type[M], *apart: str) -> Iterator[tuple[Entry, M]]:
        """Read a section's entries by name; the keys `apart` are read by themselves."""
        for name, data in self.of(section).items():
            entry = self.top.at(section, name)
            if not NAME.fullmatch(name):
                entry.error("bad-name", f"{name!r} is not a valid name", name_meant(name, self.of(section)), key=True)
            if (found := entry.read(model, without(data, apart))) is not None:
                yield entry, found

    def listed(self, section: str, model: type[M], *apart: str) -> Iterator[tuple[Entry, M]]:
        """Do the same for a section that is a list."""
        found = self.top.document.data.get(section)
        for index, data in enumerate(found if isinstance(found, list) else []):
            entry = self.top.at(section, index)
            if (read := entry.read(model, without(data, apart))) is not None:
                yield entry, read


def without(data: Value, keys: tuple[str, ...]) -> Value:
    """Leave some keys of a mapping out."""
    return {key: value for key, value in data.items() if key not in keys} if isinstance(data, dict) else data


def accepted(document: Document, found: T | None) -> T:
    """Give what a document came to. Raises SpecError with all findings, in their order, where one is an error."""
    if found is None or any(finding.level == "error" for finding in document.findings):
        raise SpecError(sorted(document.findings, key=lambda f: (f.place.line, f.place.column, f.id)))
    return found
