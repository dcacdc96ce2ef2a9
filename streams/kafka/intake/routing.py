"""Routing: which partitions of `facts` an event concerns, which feeds it lets be heard, and what concerns nobody.

The rules are the pump's own (`streams/runtime/pump.py`), asked before the events are judged: whom an event concerns is
looked up in the rulebook's routes, a grant names its subject, and an event of a feed tells that its feed speaks.
Read next: `intake.py`, which publishes what is sorted here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from standards.judge.changed_days import CHANGED, change_of
from standards.judge.events import type_of
from standards.judge.rulebook import GRANT
from streams.kafka.records.facts import HeardAt, Late, partition_of
from streams.runtime.feed_hearings import HEARTBEAT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from standards.judge.events import Event
    from standards.judge.rulebook import Key, Route, Rulebook
    from standards.judge.standard import Feed

MEMORY: Final = 200_000
"""How many subjects' partitions are remembered; beyond that the memory begins anew."""


class Routed(NamedTuple):
    """What a batch of events came to. `buckets` has one list for each partition of `facts`, in arrival order."""

    buckets: list[list[Event]]
    hearings: list[HeardAt]
    unmatched: dict[str, int]
    late: list[Late]


class Routing:
    """Sorts events by the partitions of `facts`, under one rulebook."""

    def __init__(self, rulebook: Rulebook, partitions: int) -> None:
        self.rulebook = rulebook
        self.partitions = partitions
        self._routes = rulebook.routes
        self._single = {
            cls: routes[0].key
            for cls, routes in rulebook.routes.items()
            if all(route.sure and route.group.per == routes[0].group.per for route in routes)
        }
        self._places: dict[Key, int] = {}
        self._feeds_of = {
            cls: tuple(feed for feed in rulebook.feeds if name in feed.events) for name, cls in rulebook.classes.items()
        }

    def route(self, events: Sequence[Event], wall: int) -> Routed:
        """Sort a batch, in arrival order; `wall` is the clock in microseconds UTC, for what is told to be of no use.

        This loop runs for every event there is: it does nothing else.
        """
        buckets: list[list[Event]] = [[] for _ in range(self.partitions)]
        routed = Routed(buckets, self._heard(events) if self.rulebook.feeds else [], {}, [])
        single, places = self._single, self._places
        for event in events:
            key_of = single.get(type(event))
            if key_of is None:
                self._route_rest(event, routed, wall)
                continue
            key = key_of(event.data)
            place = places.get(key)
            if place is None:
                place = self._place(key)
            buckets[place].append(event)
        return routed

    def _route_rest(self, event: Event, routed: Routed, wall: int) -> None:
        """Route what concerns several groups, may name no subject, or is not routed by its type."""
        routes = self._routes.get(type(event))
        keys = self._keys_by_name(event, routed, wall) if routes is None else self._keys(event, routes, routed, wall)
        concerned = {self._place(key) for key in keys}
        for place in range(self.partitions) if type_of(event) == CHANGED else concerned:
            routed.buckets[place].append(event)

    def _keys(self, event: Event, routes: Iterable[Route], routed: Routed, wall: int) -> Iterable[Key]:
        for route in routes:
            key = route.key(event.data)
            if not route.sure and None in key:
                routed.late.append(Late.of(event, "no-subject", wall))
            else:
                yield key

    def _keys_by_name(self, event: Event, routed: Routed, wall: int) -> Iterable[Key]:
        name, found = type_of(event), self.rulebook.named(event)
        if name == GRANT and not found:
            routed.late.append(Late.of(event, "nothing-to-excuse", wall))
        if name == CHANGED and isinstance(why := change_of(event, self.rulebook.may_change), str):
            routed.late.append(Late.of(event, why, wall))
        if found or name in (GRANT, CHANGED):
            return [key for _, key in found]
        if name != HEARTBEAT and not self._feeds_of.get(type(event)):
            routed.unmatched[name] = routed.unmatched.get(name, 0) + 1
        return ()

    def _place(self, key: Key) -> int:
        place = self._places.get(key)
        if place is None:
            if len(self._places) >= MEMORY:
                self._places.clear()
            place = self._places[key] = partition_of(key, self.partitions)
        return place

    def _heard(self, events: Iterable[Event]) -> list[HeardAt]:
        """Tell when which feeds spoke. A feed whose key is not all there is no subject's, so nobody will ask for it."""
        times: dict[tuple[str, Key], list[int]] = {}
        silences: dict[str, int] = {}
        for event in events:
            for feed in self._feeds_heard(event):
                key = tuple(getattr(event.data, field, "") for field in feed.per)
                if None not in key:
                    heard = min(
                        event.at, event.received or event.at
                    )  # not before it was, whatever its sender's clock says
                    times.setdefault((feed.name, key), []).append(heard)
                    silences[feed.name] = feed.silent_after
        return [(name, key, thinned(heard, silences[name])) for (name, key), heard in times.items()]

    def _feeds_heard(self, event: Event) -> Iterable[Feed]:
        if event.__struct_config__.tag == HEARTBEAT:
            return [feed for feed in self.rulebook.feeds if feed.name == event.data.feed]
        return self._feeds_of.get(type(event), ())


def thinned(times: Iterable[int], silent_after: int) -> list[int]:
    """Leave out the times, in microseconds, that change nothing for any `Hearing`; gives the rest in order.

    What is left out lies between two times that are no further apart than `silent_after`, so with it or without it
    there is no gap between them, whatever else was heard before or will be heard later.
    """
    kept: list[int] = []
    for at in sorted(set(times)):
        if len(kept) > 1 and at - kept[-2] <= silent_after:
            kept[-1] = at
        else:
            kept.append(at)
    return kept
