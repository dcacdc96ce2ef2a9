"""One entry of what is given in a story, as an author wrote it, becomes one event or many.

`every` and `times` repeat an entry; a list gives one value to each event, `2 to 6` a ramp, and `<n>` in a text is the
event's number. Acts are events too; the promise that one is about gets its id only when the story is played.
Read next: `story_given.py`, which joins them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from standards.calendar.duration import SECOND
from standards.calendar.hours import did_you_mean
from standards.judge.events import DERIVED_SOURCE, iso
from standards.stories.story_clock import LATEST
from standards.stories.story_model import MOST_TIMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.compiler.spec import Loaded
    from standards.documents.entries import Entry
    from standards.expressions.expression import Field
    from standards.stories.story_clock import StoryClock
    from standards.stories.story_model import GivenModel

SOURCE = "story"
ACTS = {
    "acknowledge": "alert.acknowledged",
    "hand on": "alert.handed_on",
    "give back": "alert.given_back",
    "silence": "alert.silenced",
    "unsilence": "alert.unsilenced",
    "grant": "exception.granted",
    "debrief": "debrief.completed",
}
_RAMP = re.compile(r"(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)", re.ASCII)
_NAMES = {"text": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}
_INSTEAD = {"integer": 0, "number": 0.0, "boolean": False, "time": iso(SECOND)}
"""What stands for a value that was refused, so that the others are looked at too."""


class Named(msgspec.Struct, frozen=True):
    """A promise as stories call it: the standard, then whom it is owed to. `nth` of that name, 0 for the newest."""

    text: str
    standard: str
    nth: int = 0


class Draft(msgspec.Struct, frozen=True):
    """An event whose id may still be to be counted; times are microseconds UTC."""

    at: int
    arrives: int
    kind: str
    source: str
    data: dict[str, Any]
    id: str = ""
    promise: Named | None = None
    entry: int = 0


def named_promise(text: str, loaded: Loaded, *, nth: int = 0) -> Named | None:
    """Read `no-wait s1/q1`: a standard's id, then the subject. None where no standard is called so."""
    words = text.split()
    known = {standard.id for standard in loaded.standards}
    return Named(" ".join(words), words[0], nth) if words and words[0] in known else None


class Writing:
    """One entry that is events."""

    def __init__(self, entry: Entry, model: GivenModel, loaded: Loaded, clock: StoryClock) -> None:
        self.entry = entry
        self.model = model
        self.loaded = loaded
        self.clock = clock
        self.at = clock.start
        self.kind = ACTS.get(model.act or "", model.event or "")
        self.promise: Named | None = None

    def drafts(self, at: int, common: Mapping[str, object]) -> list[Draft]:
        """Give the events of the entry, of which the first happens at an instant; none where something is wrong.

        `common` are fields of every event whose type has them.
        """
        self.at = at
        entry, types = self.entry, self.loaded.rulebook.classes
        if self.kind not in types or self.kind.startswith("promise."):
            known = [name for name in types if not name.startswith("promise.")]
            fix = did_you_mean(self.kind, known) or "declare it under events: in the standards"
            entry.at("event").error("unknown-event", f"there is no event {self.kind!r}", fix)
            return []
        findings = len(entry.findings)
        data = self._data(common)
        times = self._times(data)
        every = entry.at("every").duration(self.model.every, least=0) or 0
        if at + (times - 1) * every >= LATEST:
            entry.at("every").error("bad-repeat", "the last one comes after the year 2199", "let it come less often")
        arrives = None if self.model.arrives is None else entry.at("arrives").attempt("bad-time", self._arrival)
        if arrives is not None and arrives < at + (times - 1) * every:
            entry.at("arrives").error("bad-time", "it arrives before it happens", "write a later time")
        source = self._source()
        if len(entry.findings) > findings:
            return []
        rows = [self._row(data, index, times) for index in range(times)]
        if len(entry.findings) > findings:
            return []
        made = []
        for index, row in enumerate(rows):
            then, name = at + index * every, (self.model.id or "").replace("<n>", str(index + 1))
            made.append(Draft(then, then if arrives is None else arrives, self.kind, source, row, name, self.promise))
        return made

    def _source(self) -> str:
        source = self.model.source or next((f.name for f in self.loaded.feeds if self.kind in f.events), SOURCE)
        if source == DERIVED_SOURCE:
            self.entry.at("source").error("reserved-source", f"{source} is Kept's own", "give the sender's name")
        return source

    def _arrival(self) -> int:
        return self.clock.read(str(self.model.arrives))

    def _data(self, common: Mapping[str, object]) -> dict[str, Any]:
        """Gather the fields as they are written, and check that they are those of the type."""
        model, entry = self.model, self.entry
        fields = self.loaded.vocabulary[self.kind].fields
        data = {name: value for name, value in common.items() if name in fields and model.act is None}
        written = {**(model.model_extra or {}), **(model.data or {})}
        for name in written:
            if name not in fields:
                where = entry.at("data", name) if name in (model.data or {}) else entry.at(name)
                fix = did_you_mean(name, fields) or f"its fields are: {', '.join(fields)}"
                where.error("unknown-field", f"{self.kind} has no field {name!r}", fix, key=True)
        data.update((name, value) for name, value in written.items() if name in fields)
        if model.promise is not None and "promise" not in fields:
            fix = f"leave it out; its fields are: {', '.join(fields)}"
            entry.at("promise").error("unknown-field", f"{self.kind} has no field 'promise'", fix, key=True)
            return data
        self._act(data)
        self._heartbeat(data)
        missing = [name for name, field in fields.items() if not field.optional and name not in data]
        if missing and all(name in fields for name in written):
            entry.error("missing-field", f"{self.kind} needs {' and '.join(missing)}", f"add {missing[0]}:")
        return data

    def _heartbeat(self, data: Mapping[str, Any]) -> None:
        """See that a heartbeat is one of a feed that there is, where feeds are declared."""
        feeds, name = {feed.name for feed in self.loaded.feeds}, data.get("feed")
        if self.kind == "feed.heartbeat" and feeds and isinstance(name, str) and name not in feeds:
            self.entry.at("feed").unknown("feed", name, feeds)

    def _act(self, data: dict[str, Any]) -> None:
        """Fill in what an act says by itself, and the promise that it is about."""
        model = self.model
        if model.act in ("silence", "unsilence"):
            data.setdefault("silence", "silence")
        if model.act == "silence":
            span = self.entry.at("for").duration(model.for_)
            if span is not None:
                data["until"] = iso(self.at + span)
        if model.act == "grant":
            data.setdefault("reason", "an exception")
        if model.promise is None:
            return
        named = named_promise(model.promise, self.loaded, nth=model.nth or 0)
        if named is None and model.act is None:  # some other id, as it stands
            data["promise"] = model.promise
            return
        if named is None:
            known = [standard.id for standard in self.loaded.standards]
            self.entry.at("promise").unknown("standard", model.promise.partition(" ")[0], known)
        self.promise = named
        data["promise"] = ""
        if self.kind == "exception.granted":
            data["standard"], data["subject"] = named.standard if named is not None else "", ""

    def _times(self, data: Mapping[str, Any]) -> int:
        """Say how many events these are."""
        lengths = {name: len(value) for name, value in data.items() if isinstance(value, list)}
        times = self.model.times or max(lengths.values(), default=1)
        for name, length in lengths.items():
            if length != times:
                found = f"{name} has {length} values for {times} events"
                self.entry.at(name).error("bad-repeat", found, "write one value for each event")
        if self.model.every is not None and times == 1 and self.model.times is None:
            self.entry.at("every").error("bad-repeat", "nothing says how often it comes", "add times: 20", key=True)
        if times > MOST_TIMES:
            self.entry.error("bad-repeat", f"these are {times} events", f"write {MOST_TIMES} at most")
        return times

    def _row(self, data: Mapping[str, Any], index: int, times: int) -> dict[str, Any]:
        fields = self.loaded.vocabulary[self.kind].fields
        return {name: self._value(name, fields[name], value, (index, times)) for name, value in data.items()}

    def _value(self, name: str, field: Field, value: object, place: tuple[int, int]) -> object:
        """Give a field's value for one event, in the type that it has to have."""
        index, times = place
        if isinstance(value, list):
            value = value[index]
        numeric = field.type in ("integer", "number")
        if numeric and isinstance(value, str) and (ramp := _RAMP.fullmatch(value)):
            if times == 1:
                self.entry.at(name).error("bad-repeat", "a ramp needs several events", "add times: 5 and every: 10s")
            return _on_ramp(ramp, place, whole=field.type == "integer")
        if isinstance(value, str) and field.type == "time":
            read = lambda: value if "T" in value else iso(self.clock.read(value))  # noqa: E731 - said once
            return self.entry.at(name).attempt("bad-time", read) or iso(SECOND)
        if field.type == "text" and isinstance(value, str | int) and not isinstance(value, bool):
            return str(value).replace("<n>", str(index + 1))
        right = {"integer": int, "number": int | float, "boolean": bool}.get(field.type)
        if right is not None and isinstance(value, right) and isinstance(value, bool) == (field.type == "boolean"):
            return float(value) if field.type == "number" else value
        if index == 0 and times:
            wanted = _NAMES.get(field.type, "a time")
            more = ", 2 to 6 for a ramp, or a list" if numeric else ""
            self.entry.at(name).error("wrong-type", f"{name} is {value!r}", f"write {wanted}{more}")
        return _INSTEAD.get(field.type, "")


def _on_ramp(ramp: re.Match[str], place: tuple[int, int], *, whole: bool) -> int | float:
    """Give the value on the way from one number to another, both of them reached; whole ones are rounded."""
    index, times = place
    first, last = float(ramp[1]), float(ramp[2])
    value = first + (last - first) * index / max(1, times - 1)
    return round(value) if whole else value
