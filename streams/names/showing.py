"""The last step: names and texts in the place of references, as far as whoever reads may see them.

Everything up to here has references in it: pages, answers, messages. In HTML an address, or anything else that a
program reads, keeps them. Read next: `references.py`.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from hashlib import blake2b
from html import escape
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from alerts.routing.holder import LONGEST_NOTE
from alerts.routing.notice import Notice, shortened
from alerts.words.words import ENGLISH, phrase
from streams.names.names import Names, kept_in
from streams.names.references import put_back, references_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from alerts.words.words import Words

FORMER: Final = {"p": phrase("a former colleague"), "t": phrase("(deleted)")}
"""What is said in the place of who, or what, was erased."""
UNNAMED: Final = {"p": phrase("somebody"), "t": phrase("(not shown to everybody)")}
"""What is said to who may not see names."""
IDS: Final = frozenset({"id", "promise", "promises", "notice", "line", "replaces", "about", "reference"})
"""The members of answers and messages that are ids."""
_TAG: Final = re.compile(r"<[^>]*>")
_READ: Final = re.compile(r'\b(?:aria-label|title|alt|placeholder|content)="[^"]*"')
"""The attributes that people read."""
_HELD: Final = re.compile(r'\bvalue="(p~[a-z2-7]{20})"')
"""What a field holds that people write in, where it is somebody and nothing else."""
_INSIDE: Final = re.compile(r"<(/?)(datalist|textarea)\b")
_UNWRITTEN: Final = re.compile(r'\btype="(?:hidden|checkbox|radio|submit)"')


@contextmanager
def showing_from(folder: Path, secret: str, words: Words = ENGLISH) -> Iterator[Showing | None]:
    """Show what the names of a folder know, beside a host or not; None where it has none. Raises StateError."""
    names = kept_in(folder, secret)
    try:
        yield None if names is None else Showing(names, words)
    finally:
        if names is not None:
            names.close()


class Showing(NamedTuple):
    """Shows what `names` know to somebody who reads `words`; `named`: they may see it."""

    names: Names
    words: Words = ENGLISH
    named: bool = True

    def text(self, text: str) -> str:
        """Put back what stands in a plain text."""
        return put_back(text, self._said(text))

    def json(self, text: str) -> str:
        """Put back what people read in a JSON text; ids keep references, as programs send them back."""
        if not references_in(text):
            return text
        return msgspec.json.encode(self._shown(msgspec.json.decode(text), self._said(text))).decode()

    def html(self, text: str) -> str:
        """Put back what people read on a page; addresses, and what its scripts read, keep references.

        So does what a form sends by itself. Where people write, a name stands only if it leads back to who has it.
        """
        if not references_in(text):
            return text
        said = self._said(text)

        def shown(reference: str) -> str:
            return escape(said(reference))

        def in_tag(tag: str, *, offered: bool) -> str:
            read = _READ.sub(lambda found: put_back(found[0], shown), tag)
            written = tag.startswith("<input") and not _UNWRITTEN.search(tag)
            held = written or (offered and tag.startswith("<option"))
            return _HELD.sub(lambda found: f'value="{escape(self._typed(found[1]))}"', read) if held else read

        def between(content: str, *, written: bool) -> str:
            return put_back(content, (lambda it: escape(self._typed(it) or it)) if written else shown)

        parts, end, inside = [], 0, ""
        for tag in _TAG.finditer(text):
            parts += [
                between(text[end : tag.start()], written=inside == "textarea"),
                in_tag(tag[0], offered=inside == "datalist"),
            ]
            if found := _INSIDE.match(tag[0]):
                inside = "" if found[1] else found[2]
            end = tag.end()
        return "".join([*parts, put_back(text[end:], shown)])

    def notice(self, notice: Notice) -> Notice:
        """Put back what stands in a message, but for whom it goes to: there its channel looks addresses up."""
        written = msgspec.json.encode(notice).decode()
        if not references_in(written):
            return notice
        said = self._said(written)

        def brief(reference: str) -> str:
            """Say what was written as briefly as any note in a message."""
            found = said(reference)
            return found if reference[0] == "p" else shortened(" ".join(found.split()), LONGEST_NOTE)

        shown = msgspec.convert(self._shown(msgspec.json.decode(written), brief), Notice)
        return msgspec.structs.replace(shown, to=notice.to, addresses=notice.addresses)

    def _shown(self, found: Any, said: Callable[[str], str]) -> Any:  # noqa: ANN401 - any JSON
        match found:
            case str():
                return put_back(found, said)
            case list():
                return [self._shown(value, said) for value in found]
            case dict():
                return {
                    put_back(name, said): self._id(value) if name in IDS else self._shown(value, said)
                    for name, value in found.items()
                }
            case _:
                return found

    def _id(self, found: Any) -> Any:  # noqa: ANN401 - an id, or several
        """Give an id; to who may not see names one that says no more than that it is another one."""
        if self.named or not isinstance(found, str):
            return found
        return put_back(found, lambda _: blake2b(found.encode(), digest_size=6).hexdigest())

    def _typed(self, reference: str) -> str:
        """Give the name to write for somebody: one that leads back to them, or nothing."""
        given = (self.names.shown([reference]).get(reference), self.names.entry(reference)) if self.named else ()
        return next((name for name in given if name and self.names.find(name) == reference), "")

    def _said(self, text: str) -> Callable[[str], str]:
        if not self.named:
            return lambda reference: self.words.say(UNNAMED[reference[0]])
        known = self.names.shown(references_in(text))
        known |= self.names.shown(references_in(" ".join(known.values())) - known.keys())  # who is named in a text

        def person(reference: str) -> str:
            return known.get(reference) or self.words.say(FORMER[reference[0]])

        return lambda reference: put_back(person(reference), person) if reference[0] == "t" else person(reference)
