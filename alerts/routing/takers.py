"""Who has others of a group already, as its messages say. Read next: `counts.py`, for the words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alerts.routing.all_clear import AllClears
    from alerts.routing.calling import Said
    from alerts.routing.incident import Incident, Turn

GROUPED: Final[frozenset[Turn]] = frozenset({"trouble", "climb"})
"""Turns that tell of a group."""


def note_takers(all_clears: AllClears, said: Iterable[tuple[Incident, Turn, Said]]) -> None:
    """Note in messages of a group that nobody has yet who has others of it."""
    found: dict[tuple[str, tuple[str, ...]], Counter[str]] = {}
    for incident, turn, each in said:
        if turn not in GROUPED or incident.acknowledged:
            continue
        group = incident.route, incident.group
        if group not in found:
            rest = all_clears.rest_of_group(incident)
            found[group] = Counter(it.acknowledged for it in rest if it.acknowledged and it.over is None)
        others = {name: count for name, count in found[group].items() if name != each.notice.to}
        if others:
            each.notice = msgspec.structs.replace(each.notice, others_have=others)
