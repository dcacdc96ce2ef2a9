"""What of a group was told already, and who has it, as its messages say. Read next: `counts.py`, for the words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alerts.routing.all_clear import AllClears
    from alerts.routing.calling import Said
    from alerts.routing.incident import Incident, Turn

GROUPED: Final[frozenset[Turn]] = frozenset({"trouble", "climb"})
"""Turns that tell of a group."""


def note_others(all_clears: AllClears, said: Sequence[tuple[Incident, Turn, Said]]) -> None:
    """Note in messages of a group that nobody has yet what stands of it otherwise.

    That is who has others and, for somebody who hears of one for the first time, how many they were told of before.
    """
    now = {(incident.route, incident.line.promise) for incident, _, _ in said}
    _note_takers(all_clears, said)
    before: dict[tuple[str, tuple[str, ...]], Counter[str]] = {}
    for incident, turn, each in said:
        if turn != "trouble" or not each.fresh or incident.acknowledged:
            continue
        group = incident.route, incident.group
        if group not in before:
            rest = (it for it in all_clears.rest_of_group(incident) if (it.route, it.line.promise) not in now)
            before[group] = Counter(name for it in rest if not it.acknowledged and it.over is None for name in it.told)
        if standing := before[group][each.notice.to]:
            each.notice = msgspec.structs.replace(each.notice, others_stand=standing)


def _note_takers(all_clears: AllClears, said: Iterable[tuple[Incident, Turn, Said]]) -> None:
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
