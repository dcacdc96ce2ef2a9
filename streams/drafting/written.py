"""Values written as YAML has them, on one line.

Read next: `mapping_draft.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

_PLAIN: Final = re.compile(r"[A-Za-z_][\w .\-/]*")
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "none", "y", "n"})


def quoted(text: str) -> str:
    """Write a text as YAML has it: in quotes where it could be something else."""
    plain = _PLAIN.fullmatch(text) and text == text.strip() and text.lower() not in _WORDS and " #" not in text
    return text if plain else json.dumps(text, ensure_ascii=False)


def whole(text: str) -> str:
    """Write a condition so that YAML reads it as one text."""
    return f"'{text}'" if ": " in text or " #" in text else text


def written(value: object) -> str:
    """Write a value, a list or a mapping on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {quoted(str(each))}" for key, each in value.items()) + "}"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Iterable):
        return "[" + ", ".join(quoted(str(each)) for each in value) + "]"
    return str(value)
