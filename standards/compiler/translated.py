"""The texts of a standard by language: what people are told of it, in the words of its author.

Where a text is given by language, `en` stands for all that have none of their own, or else the first by its code: in an
excerpt the order in which they were written is gone. Read next: `compiling.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from standards.documents.model import StandardModel

TEXTS: Final = ("promise", "what", "how", "why", "exceptions")
"""The keys of a standard under which a text for people stands."""
FIRST: Final = "en"


def words(model: StandardModel) -> dict[str, str]:
    """Give the texts for whoever reads a language that they are not given in."""
    return {key: _first(getattr(model, key)) for key in TEXTS}


def _first(said: str | dict[str, str] | None) -> str:
    if isinstance(said, dict):
        return said.get(FIRST) or said[min(said)]
    return said or ""


def translations(model: StandardModel) -> dict[str, dict[str, str]]:
    """Give the texts by language, those alone that are given so."""
    found: dict[str, dict[str, str]] = {}
    for key in TEXTS:
        said = getattr(model, key)
        for language, text in said.items() if isinstance(said, dict) else ():
            found.setdefault(language, {})[key] = text
    return found
