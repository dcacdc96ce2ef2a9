"""Judge a whole history at once and give the ledger's lines.

Every standard is judged over every subject; what its ledger says becomes events; and all is judged again with those,
until nothing new is said. That needs no order of standards, no watermark and no memory: only patience.

Read next: `watch.py`, then `shapes.py`.
"""

import json
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from tests.oracle.lasting import watch_class
from tests.oracle.states import resolved
from tests.oracle.watch import Event, Owed, Subject, Watch, World, names

Line = tuple[str, Subject, str, int, int, str, str]
"""Standard, subject, kind, at, opened at, verdict after, id."""


def evaluate(document: dict[str, Any], history: list[Event]) -> list[Line]:
    """Judge `history` (in the order of arrival, no event more than `lateness` late) to its newest event."""
    document = resolved(document)
    end = max((event["time"] for event in history), default=0)
    heard = _without_repeats(history)
    derived: list[Event] = []
    for _ in range(len(document["standards"]) + 1):
        world = World(document, in_order(heard, derived), end)
        watches = [watch for name in document["standards"] for watch in _watches(world, name)]
        told = [event for name, watch in watches for event in _derived(name, watch)]
        if told == derived:
            return sorted((line for name, watch in watches for line in _lines(name, watch)), key=repr)
        derived = told
    raise AssertionError("standards that never come to rest")


def in_order(heard: list[Event], derived: list[Event]) -> list[Event]:
    """Sort by time; at one instant what Kept derived comes first, by promise and place, and the rest as it arrived."""
    own = sorted(derived, key=lambda event: (event["time"], event["id"].split(".")[0], int(event["id"].split(".")[1])))
    return sorted([*own, *heard], key=lambda event: event["time"])


def _without_repeats(history: list[Event]) -> list[Event]:
    seen: set[tuple[str, str]] = set()
    kept = []
    for event in history:
        name = (event["source"], event["id"])
        if name not in seen:
            kept.append(event)
        seen.add(name)
    return kept


def subject_text(subject: Subject) -> str:
    return "/".join(str(value) for value in subject)


def _subject(per: list[str], event: Event) -> Subject | None:
    values = tuple(event["data"].get(name) for name in per)
    return None if None in values else values


def _watches(world: World, name: str) -> list[tuple[str, Watch]]:
    standard = world.document["standards"][name]
    per, types = standard["per"], set().union(*names(standard).values())
    routed: dict[Subject, list[Event]] = {}
    events = _hearable(world, name)
    for event in events:
        subject = _subject(per, event)
        if event["type"] in types and subject is not None:
            routed.setdefault(subject, []).append(event)
    watches = []
    for subject in routed:
        watch = watch_class(standard)(world, standard, subject)
        watch.run([e for e in events if _concerns(name, standard, subject, e)], _memory(world, per, subject))
        watches.append((name, watch))
    return watches


def _concerns(name: str, standard: dict[str, Any], subject: Subject, event: Event) -> bool:
    if event["type"] == "exception.granted":
        return bool(event["data"]["standard"] == name and event["data"]["subject"] == subject_text(subject))
    return event["type"] in set().union(*names(standard).values()) and _subject(standard["per"], event) == subject


def _height(standards: dict[str, Any], name: str) -> int:
    """Give how many standards stand below this one: it hears the promises of those that stand lower."""
    clauses = json.dumps(standards[name])
    if "promise." not in clauses:
        return 0
    heard = [one for one in standards if f'standard == \\"{one}\\"' in clauses]
    return 1 + max(_height(standards, one) for one in heard)


def _hearable(world: World, name: str) -> list[Event]:
    standards = world.document["standards"]
    height = _height(standards, name)
    return [e for e in world.events if e["source"] != "kept" or _height(standards, e["data"]["standard"]) < height]


def _memory(world: World, per: list[str], subject: Subject) -> Callable[[Event], int | None]:
    """Tell when the subject's last event before this one was: of any standard that is `per` the same fields."""
    standards = {name: one for name, one in world.document["standards"].items() if one["per"] == per}
    mine = [e for e in world.events if any(_concerns(n, one, subject, e) for n, one in standards.items())]

    def last_seen(event: Event) -> int | None:
        place = next(i for i, one in enumerate(mine) if one is event)
        return mine[place - 1]["time"] if place else None

    return last_seen


def _lines(name: str, watch: Watch) -> list[Line]:
    return [
        (name, watch.subject, kind, at, promise.opened, verdict, f"{promise_id(name, watch.subject, promise)}.{place}")
        for promise in watch.promises
        for place, (kind, at, verdict) in enumerate(promise.told, 1)
    ]


def promise_id(name: str, subject: Subject, promise: Owed) -> str:
    opening = promise.opening
    cause = [opening["source"], opening["id"]] if opening else ["", ""]
    parts = json.dumps([name, list(subject), cause, promise.opened], separators=(",", ":"), ensure_ascii=False)
    return blake2b(parts.encode(), digest_size=10).hexdigest()


def _derived(name: str, watch: Watch) -> list[Event]:
    standard = watch.standard
    events = []
    for promise in watch.promises:
        own = promise_id(name, watch.subject, promise)
        data = {"standard": name, "owner": standard.get("owner", ""), "aspect": standard.get("aspect", "speed")}
        data |= {"severity": standard.get("severity", "ticket"), "promise": own, "subject": subject_text(watch.subject)}
        data |= dict(zip(standard["per"], watch.subject, strict=True))
        if promise.opening:
            data |= {field: promise.opening["data"].get(field) for field in standard.get("carry", [])}
        events += [
            {"id": f"{own}.{place}", "source": "kept", "type": f"promise.{kind}", "time": at, "data": data}
            for place, (kind, at, _) in enumerate(promise.told, 1)
        ]
    return events
