"""The natural order of names: till 2 before till 10. Whatever a subject is called, it has a place in it."""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = re.compile(r"0*(\d+)", re.ASCII)


def natural(name: str) -> str:
    """Give a text by which names come in the order in which people count: each number after how long it is."""
    return _NUMBER.sub(lambda found: f"{len(found[1]):03}{found[1]}", name.casefold())
