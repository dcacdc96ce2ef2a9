"""The agreement: live events held against the practice document, and what its scenarios excuse of promises.

Every host passes each event here once, after names in it became references, so that all of them refuse alike.
Read next: `standards/practice/agreed.py`, which has what is held against an event.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from alerts.routing.actions import EXCUSED, MADE
from standards.judge.case import Unused
from standards.judge.events import iso, type_of
from standards.judge.standard import SCENARIO
from standards.practice.agreed import NAMED, objection
from streams.ingest.wire import Refusal, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from standards.judge.case import UnusedReason
    from standards.judge.events import Event
    from standards.practice.practice import Practice
    from streams.ingest.wire import Reader

    Find = Callable[[str], tuple[str, str] | None]
    """Gives the standard and the subject of a promise by its id; None where there is none."""


class Agreed(NamedTuple):
    """The events that are taken, each grant behind what it follows from; and those that excused nothing, and why."""

    events: Sequence[Event]
    unused: Sequence[Unused[Event]] = ()


def gone(came: Iterable[Event], went: Iterable[Event], why: Iterable[Refusal]) -> Iterator[tuple[Event, Refusal]]:
    """Give the events that came and went no further, each with why: the refusals are in the order of the events."""
    on = set(map(id, went))
    return zip((event for event in came if id(event) not in on), why, strict=True)


class Agreement:
    """Knows a practice document; without one nothing is held against an event, and nothing is excused by it.

    Where a host can `find` promises, their ids alone say which they are. `nobody` stands for each who was forgotten.
    """

    def __init__(
        self, practice: Practice | None, reader: Reader, find: Find | None = None, *, nobody: str = ""
    ) -> None:
        self._practice, self._reader, self._find, self._nobody = practice, reader, find, nobody
        self._concerned = {cls for name, cls in reader.classes.items() if name in NAMED}

    def held(self, events: Sequence[Event], refused: list[Refusal]) -> Agreed:
        """Refuse what was not agreed on, in the order of the events, and grant what an `exception.made` excuses."""
        if self._concerned.isdisjoint(map(type, events)):
            return Agreed(events)
        taken: list[Event] = []
        unused: list[Unused[Event]] = []
        for event in events:
            against = objection(event, self._practice, self._nobody) if self._practice is not None else None
            if against is not None:
                refused.append(Refusal(0, against.reason, against.found, encode(event)))
                continue
            taken.append(event)
            if type_of(event) == MADE and (event.data.promise or event.data.standard):
                granted = self._granted(event)
                if isinstance(granted, str):
                    unused.append(Unused(event, granted, event.data.standard or ""))
                else:
                    taken.append(granted)
        return Agreed(taken, unused)

    def _granted(self, made: Event) -> Event | UnusedReason:
        """Make the grant of an exception, by the scenario in the place of a role; or say why it excuses nothing."""
        data, scenarios = made.data, self._practice.scenarios if self._practice is not None else {}
        about = (data.standard, data.subject) if data.standard and data.subject is not None else None
        if about is None:
            if self._find is None or not data.promise:
                return "no-subject"
            about = self._find(data.promise)
        if about is None:
            return "nothing-to-excuse"
        scenario = scenarios.get(data.scenario)
        if scenario is None or about[0] not in scenario.excuses:
            return "scenario-may-not"
        said = {"standard": about[0], "subject": about[1], "promise": data.promise, "person": data.by}
        said |= {"by": f"{SCENARIO}{data.scenario}", "reason": data.note or scenario.when}
        return self._made_of(made, said)

    def _made_of(self, made: Event, said: dict[str, Any]) -> Event:
        """Make a grant that comes from whom the other comes from; its id follows from theirs, so repeats are inert."""
        identity = msgspec.json.encode([EXCUSED, made.source, made.id])
        raw = {
            "specversion": "1.0", "id": blake2b(identity, digest_size=10).hexdigest(), "source": made.source,
            "type": EXCUSED, "time": iso(made.at), "data": said,
        }  # fmt: skip
        granted = self._reader.one(msgspec.json.encode(raw))
        granted.received, granted.place = made.received, made.place
        return granted
