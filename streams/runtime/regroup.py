"""Moving cases to where another set of standards looks for them.

When standards change, so can the groups in which they are judged. Each slot goes to the group that judges its revision
now, and what was seen goes along. Each event that waits is routed anew, as if it had come now: its subject can be
another one, too. A slot of a revision that is no longer loaded is dropped, so a host keeps loading the revisions under
which promises are open or can be corrected.
Read next: `pump.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.events import microseconds
from standards.judge.judging_again import must_settle, settle_now

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable, Mapping

    from standards.judge.case import Case, Identity
    from standards.judge.events import Event
    from standards.judge.rulebook import Group, Key, Rulebook


class Homes:
    """Where a rulebook judges each revision, and each event that waits.

    `lasting` are groups that had their own events before, and have judged them up to what `reached` gives: no other
    case's events go to them up to there, unless that case's group is gone, and may have become a part of them.
    That a group has the very standards that it had, `judged_by` says, by its name, or one of `cases`, which are all
    that were stored.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        lasting: Container[str],
        reached: Callable[[Group], int],
        cases: Iterable[Case[Event]],
        judged_by: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._rulebook = rulebook
        self._groups = rulebook.groups
        self._lasting = lasting
        known = [case for case in cases if case.group in self._groups and case.revisions]
        shown = (case.group for case in known if not must_settle(case, self._groups[case.group]))
        self._unchanged = {name for name, group in self._groups.items() if judged_by.get(name) == group.judged_by}
        self._unchanged.update(shown)
        self._reached = reached
        self._home = {m.standard.revision: name for name, group in self._groups.items() for m in group.machines}

    def of(self, case: Case[Event]) -> set[str]:
        """Name the groups that a case's slots belong to now, and its waiting events where their subject is the same."""
        found = {self._home[revision] for revision in case.states if revision in self._home}
        found |= {
            group.name
            for event in case.held
            for group, key in self._routed(event)
            if self._goes_along(case, group, key)
        }
        if not found and case.group in self._groups and not case.states:
            found.add(case.group)
        if case.holds:  # what is so of a subject is so for all who speak of it
            found |= {group.name for group in self._groups.values() if self._asks(group, case)}
        return found

    def _asks(self, group: Group, case: Case[Event]) -> bool:
        """Say whether a group asks for states of a case's subject; one that is as it was has followed them itself."""
        asked = {state.key for standard in group.standards for state in standard.states}
        same = ",".join(group.per) == case.group.split(":")[1] and not asked.isdisjoint(case.holds)
        return same and (group.name == case.group or group.name not in self._unchanged)

    def elsewhere(self, case: Case[Event], event: Event) -> list[tuple[str, Key]]:
        """Give the (group, key) where an event that waits in a case has yet to be judged, beside where that case is."""
        return [
            (group.name, key)
            for group, key in self._routed(event)
            if not self._goes_along(case, group, key)
            and (self._is_open(group, case) or event.at > self._reached(group))
        ]

    def _goes_along(self, case: Case[Event], group: Group, key: Key) -> bool:
        same = key == case.key and ",".join(group.per) == case.group.split(":")[1]
        return same and self._is_open(group, case)

    def _is_open(self, group: Group, case: Case[Event]) -> bool:
        return group.name == case.group or group.name not in self._lasting or case.group not in self._groups

    def concerns_nobody(self, event: Event) -> bool:
        """Say whether no standard listens to an event any more, or it names no subject."""
        return not self._routed(event)

    def _routed(self, event: Event) -> list[tuple[Group, Key]]:
        routes = self._rulebook.routes.get(type(event))
        if routes is None:
            return self._rulebook.named(event)
        keys = [(route.group, route.key(event.data)) for route in routes]
        return [(group, key) for group, key in keys if None not in key]

    def leave(self, case: Case[Event]) -> bool:
        """Take from a case those events that its group no longer concerns itself with; say whether there were any."""
        reactions = self._groups[case.group].reactions
        left = [event for event in case.held if type(event) in reactions]
        changed, case.held = len(left) < len(case.held), left
        return changed

    def receive(self, known: Case[Event], event: Event) -> bool:
        """Let an event wait in a case of another subject than the one in which it waited; False: it was there."""
        known.home = known.home or event.source
        name = event.id if event.source == known.home else (event.source, event.id)
        if name in known.seen or name in known.seen_before:
            return False
        group = self._groups[known.group]
        known.seen[name] = event.at if event.at != event.received else microseconds(event.time)
        known.rotated = max(known.rotated, event.at) if known.newest < 0 else known.rotated
        known.newest = max(known.newest, event.at)
        known.held = sorted([*known.held, event], key=lambda each: (group.order(each), each.received))
        if event.at <= known.time:  # a group that is gone had waited longer
            known.time, known.wake = event.at - 1, 0
            settle_now(known, group)
        return True

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
        known.holds = _newest({state.key for each in group.standards for state in each.states}, known, other)
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


def _newest(keys: Collection[str], *cases: Case[Event]) -> dict[str, tuple[bool, int]]:
    """Give of some states how each stands, as the case knows it that has heard of it last."""
    heard = [(since, key, so) for case in cases for key, (so, since) in case.holds.items() if key in keys]
    return {key: (so, since) for since, key, so in sorted(heard)}


def _whole(name: Identity, home: str) -> tuple[str, str]:
    return (home, name) if isinstance(name, str) else name


def _seen(case: Case[Event], home: str) -> dict[Identity, int]:
    """Give what a case has seen, named as a case with this home would."""
    found: dict[Identity, int] = {}
    for name, at in (case.seen_before | case.seen).items():
        source, event_id = _whole(name, case.home)
        found[event_id if source == home else (source, event_id)] = at
    return found
