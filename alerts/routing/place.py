"""Where something is, as people say it: the site first, each part by the name that the policy has for it.

Must not know: sentences. Read next: `sentences.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.policy.policy import PLACE, place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.judge.ledger import Line
    from standards.judge.standard import Standard


def parts_of(line: Line, standard: Standard, names: Mapping[str, str]) -> tuple[str, ...]:
    """Give the parts of where it is, the site first; nothing where a standard has one subject alone.

    A part below another may have a name of its own there, as in `store-01/till-2`: tills of all stores may be called
    alike.
    """
    site, keys = place_of(line), _keys(line, standard)
    rest = [key for field, key in keys if field != PLACE]
    parts = [" ".join(part.split()) for part in ([site, *rest] if site else rest)]  # one line, whatever events hold
    paths = ("/".join(parts[: number + 1]) for number in range(len(parts)))
    return tuple(names.get(path, names.get(part, part)) for path, part in zip(paths, parts, strict=True) if part)


def _keys(line: Line, standard: Standard) -> list[tuple[str, str]]:
    """Give the parts of a subject with their fields; of a line without fields, as its subject is written."""
    if all(field in line.fields for field in standard.per):
        return [(field, str(line.fields[field])) for field in standard.per]
    return [("", part) for part in line.subject.split("/")]
