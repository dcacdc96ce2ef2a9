"""Moving cases to where another set of standards looks for them.

When standards change, so can the groups in which they are judged. Each slot goes to the group that judges its revision
now, each event that waits to every group that concerns itself with it, and what was seen goes along. A slot of a
revision that is no longer loaded is dropped, so a host keeps loading the revisions under which promises are open or
can be corrected.
Read next: `pump.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.judging_again import settle_now

if TYPE_CHECKING:
    from collections.abc import Container

    from standards.judge.case import Case, Identity
    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook


class Homes:
    """Where a rulebook judges each revision, and each event of a subject.

    `lasting` are groups that had the events of their own cases before: no other case's events go to them, unless that
    case's group is gone, and may have become a part of them.
    """

    def __init__(self, rulebook: Rulebook, lasting: Container[str] = ()) -> None:
        self._groups = rulebook.groups
        self._lasting = lasting
        self._home = {m.standard.revision: name for name, group in self._groups.items() for m in group.machines}

    def of(self, case: Case[Event]) -> set[str]:
        """Name the groups that a case's slots and waiting events belong to now."""
        found = {self._home[revision] for revision in case.states if revision in self._home}
        types = {type(event) for event in case.held}
        if types:
            same = (group for group in self._groups.values() if ",".join(group.per) == _fields(case.group))
            found |= {
                group.name
                for group in same
                if types & group.reactions.keys()
                and (group.name == case.group or group.name not in self._lasting or case.group not in self._groups)
            }
        if not found and case.group in self._groups and not case.states:
            found.add(case.group)
        return found

    def joined(self, known: Case[Event], other: Case[Event]) -> Case[Event]:
        """Join to a case what belongs to its group of another one of the same subject; gives the first, changed."""
        group = self._groups[known.group]
        held = {_whole(event.id, event.source): event for event in known.held}
        judged = {_whole(name, known.home) for name in (*known.seen, *known.seen_before)}
        for event in other.held:
            name = _whole(event.id, event.source)
            if type(event) in group.reactions and name not in judged:
                held.setdefault(name, event)
        known.held = sorted(held.values(), key=group.order)
        known.states |= {rev: state for rev, state in other.states.items() if self._home.get(rev) == known.group}
        known.seen_before = {**_seen(other, known.home), **_seen(known, known.home)}
        known.seen = {}
        known.generation = (
            max(known.generation, other.generation) + 2
        )  # both leaves are other ones than any that was stored
        known.time = other.time if known.time < 0 else min(known.time, other.time)  # all of it was judged up to here
        known.rotated = max(known.rotated, other.rotated)
        known.rotated_before = max(known.rotated_before, other.rotated_before)
        known.newest = max(known.newest, other.newest)
        known.touched = max(known.touched, other.touched)
        known.wake = 0  # every clock is asked anew
        settle_now(known, group)  # neither log says what the other's standards were told
        return known


def _fields(group: str) -> str:
    return group.split(":")[1]


def _whole(name: Identity, home: str) -> tuple[str, str]:
    return (home, name) if isinstance(name, str) else name


def _seen(case: Case[Event], home: str) -> dict[Identity, int]:
    """Give what a case has seen, named as a case with this home would."""
    found: dict[Identity, int] = {}
    for name, at in (case.seen_before | case.seen).items():
        source, event_id = _whole(name, case.home)
        found[event_id if source == home else (source, event_id)] = at
    return found
