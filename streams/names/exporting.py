"""What is stored about one person, for whoever asks what that is.

Nobody else is named in it. What was written in an event in which they stand is given as it was, so it may name others.
Read next: `streams/storage/standing.py`, which finds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from standards.errors import KeptError
from streams.names.references import put_back, references_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from streams.names.names import Names

    Standing = Callable[[str], Iterator[dict[str, Any]]]
    """Gives all that is stored in which a reference stands."""


class UnknownPersonError(KeptError):
    """Nobody is known by a name."""


def exported(names: Names, standing: Standing, person: str) -> Iterator[bytes]:
    """Give what is stored about somebody, by name or reference, as JSON lines without their ends, who it is first.

    Raises UnknownPersonError at once, and StateError.
    """
    known = names.references_of(person)
    if not known:
        raise UnknownPersonError("nobody is known by this name or reference; give the name as events write it")
    return _lines(names, standing, known)


def _lines(names: Names, standing: Standing, known: Collection[str]) -> Iterator[bytes]:
    own, *_ = known
    called = sorted({name for each in known for name in names.called(each)})
    yield _encoded(names, known, {"person": own, "names": called})
    for reference in known:
        for found in standing(reference):
            yield _encoded(names, known, found)


def _encoded(names: Names, known: Collection[str], found: dict[str, Any]) -> bytes:
    """Give something with the names of one person, and what was written, in the place of references."""
    text = msgspec.json.encode(found).decode()
    shown = names.shown([each for each in references_in(text) if each in known or each.startswith("t")])

    def said(reference: str) -> str:
        return msgspec.json.encode(shown.get(reference, reference)).decode()[1:-1]

    return put_back(text, said).encode()
