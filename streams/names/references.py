"""References: what stands in events, the ledger and messages in the place of a name, or of what somebody wrote.

Pure but for the one function that makes them. Read next: `names.py`, which knows what each of them stands for.
"""

from __future__ import annotations

import hmac
import os
import re
from base64 import b32encode
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal
from unicodedata import normalize

from standards.natural import name_key

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["p", "t"]
"""Of what a reference is: a person, or a text."""

REFERENCE: Final = re.compile(r"\b([pt])~[a-z2-7]{20}\b", re.ASCII)
"""A reference, wherever in a text it stands."""

ERASED: Final = f"p~{'erased':a<20}"
"""The one reference of all who were erased, where something that happened before then names them afterwards."""
ERASED_TEXT: Final = f"t~{'erased':a<20}"
"""The one reference of all texts that were erased, where one comes again."""


_BEGINS: Final = {"p": "p~", "t": "t~"}


def new(kind: Kind) -> str:
    """Make a reference: a hundred bits of chance (base32, RFC 4648), so that two never meet and none is guessed."""
    return f"{kind}~{b32encode(os.urandom(13))[:20].decode().lower()}"


def is_reference(text: str, kind: Kind) -> bool:
    """Say whether a text is a reference of a kind, and nothing else."""
    return text.startswith(_BEGINS[kind]) and REFERENCE.fullmatch(text) is not None


def canonical(name: str) -> str:
    """Give a name as two are compared: composed (Unicode's NFC), in lower case, with single blanks."""
    return normalize("NFC", name_key(normalize("NFC", name)))


def index_of(secret: bytes, *parts: str) -> bytes:
    """Give what a row is found by: HMAC-SHA-256 (RFC 2104) under the secret, of parts that cannot run together."""
    return hmac.digest(secret, "\0".join(parts).encode("utf-8", "surrogatepass"), "sha256")


@lru_cache(20_000)  # most events name somebody who was named just before
def person_index(secret: bytes, name: str) -> bytes:
    """Give what a person's row is found by, however their name is written."""
    return index_of(secret, "p", canonical(name))


def put_back(text: str, said: Callable[[str], str]) -> str:
    """Give a text with `said` of each reference in its place."""
    return REFERENCE.sub(lambda found: said(found[0]), text)


def references_in(text: str) -> set[str]:
    """Name the references that stand in a text."""
    return {found[0] for found in REFERENCE.finditer(text)} if "~" in text else set()
