"""Stories: scripted tests of standards. A document in, its stories out, or everything that is wrong with it.

A section of what is expected is complete: whatever is not in it must not happen. One that is left out is not looked at.
Lines that only start, stop or move a clock (opened, paused, resumed, moved) are looked at where the story names one
of their kind.
Must not know: hosts, or who is told (`alerts/stories/`).
Read next: `story_model.py` for the keys, `story_given.py` for what is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from standards.calendar.hours import did_you_mean
from standards.documents.document import Document, Value
from standards.documents.entries import Entry
from standards.documents.sections import VERSION
from standards.documents.strict import Strict
from standards.judge.promise import Kind, Verdict
from standards.stories.story_clock import StoryClock, read_start
from standards.stories.story_given import Fault, Given, Sent
from standards.stories.story_model import KINDS, ExpectModel, GivenModel, StoriesModel, StoryModel
from standards.stories.story_writing import named_promise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from standards.compiler.spec import Loaded, Source

CLOCKWORK: frozenset[Kind] = frozenset({"opened", "ended", "given_up", "undone", "paused", "resumed", "moved"})
"""Kinds of lines that settle nothing: looked at only where a story names one."""
M = TypeVar("M", bound=Strict)
_EACH = "write each entry with - in front"


class Expected(msgspec.Struct, frozen=True):
    """A line of the ledger that is expected: `promise` by its name. -1 and None are not looked at.

    `entry` is the place in the list, for findings.
    """

    at: int
    kind: Kind
    promise: str
    entry: int
    verdict: Verdict | None = None
    due: int = -1
    known: int = -1
    reason: str | None = None


class Story(msgspec.Struct, frozen=True):
    """One story. `only` are the standards and the kinds that are looked at; `until` is how far time goes, at least.

    `expect` is None where the judge is not looked at. `entry` is where it stands, `apart` what is read elsewhere.
    """

    name: str
    entry: Entry
    clock: StoryClock
    until: int
    sent: tuple[Sent, ...]
    faults: tuple[Fault, ...]
    expect: tuple[Expected, ...] | None
    standards: frozenset[str]
    kinds: frozenset[Kind]
    apart: dict[str, Value]

    def looks_at(self, standard: str, kind: Kind) -> bool:
        """Say whether a line of the ledger is looked at."""
        return standard in self.standards and kind in self.kinds


class StoryDocument:
    """One story document, read in two steps: which standards it is about, then its stories under them.

    `apart` are the keys of a story that are read elsewhere. All findings go to `document.findings`.
    """

    def __init__(self, source: Source, apart: Sequence[str] = ()) -> None:
        self.document = Document(source.name, source.text)
        self.top = Entry(self.document, (), self.document.findings)
        self.apart = apart
        self.model: StoriesModel | None = None
        if self.document.whole:
            self._read_top()

    def _read_top(self) -> None:
        data = self.document.data
        if data.get("kept") != VERSION or isinstance(data["kept"], bool):
            self.top.at("kept").error("wrong-value", "only version 1 of this form is known", "begin it with kept: 1")
            data = {**data, "kept": VERSION}
        stories = data.get("stories")
        if isinstance(data.get("standards"), dict):
            fix = "put the stories into a file of their own, and name this one there: standards: this-file.yaml"
            self.top.at("standards").error("wrong-type", "stories and standards stand in one file", fix, key=True)
            data = {name: value for name, value in data.items() if name != "standards"}
        if not isinstance(stories, dict) or not stories:
            fix = "name each story by a sentence, on a line of its own"
            self.top.at("stories").error("wrong-type", "there are no stories here", fix, key=True)
        self.model = self.top.read(StoriesModel, {**data, "stories": {}})

    @property
    def standards(self) -> list[str] | None:
        """The files and folders of standards that it names, seen from its own place; None where it names none."""
        return None if self.model is None else self.model.standards

    def stories(self, loaded: Loaded) -> Iterator[Story]:
        """Read the stories under some standards. What is wrong goes to the findings; then less is given."""
        found = self.document.data.get("stories")
        model = self.model
        if model is None or not isinstance(found, dict):
            return
        if model.with_:
            _Reading(self.top, loaded, model).check_common(self.top.at("with"), model.with_)
        for name, data in found.items():
            story = _Reading(self.top.at("stories", name), loaded, model).story(data, self.apart)
            if story is not None:
                yield story


class _Reading:
    """One story."""

    def __init__(self, entry: Entry, loaded: Loaded, document: StoriesModel) -> None:
        self.entry = entry
        self.loaded = loaded
        self.document = document

    def story(self, data: Value, apart: Sequence[str]) -> Story | None:
        """Read it all; None where it cannot be played."""
        entry = self.entry
        parts = data if isinstance(data, dict) else {}
        rest = {key: value for key, value in parts.items() if key not in ("given", "expect", *apart)}
        model = entry.read(StoryModel, rest if isinstance(data, dict) else data)
        clock = None if model is None else self._clock(model)
        if model is None or clock is None:
            return None
        self.check_common(entry.at("with"), model.with_)
        given = Given(self.loaded, clock, {**self.document.with_, **model.with_})
        written = [] if parts.get("given") is None else parts["given"]
        for part, found, sound in entries_of(entry.at("given"), GivenModel, written, fix=_EACH):
            if sound:
                given.take(part, found)
        sent, faults = tuple(given.sent()), tuple(given.faults)
        expect = tuple(self._expected(clock, parts["expect"])) if "expect" in parts else None
        last = max([clock.start, *(each.arrives for each in sent), *(fault.back for fault in faults)])
        until = self._until(model, clock, last, max([last, *(each.at for each in expect or ())]))
        standards, kinds = self._only(model, expect or ())
        others = {key: parts[key] for key in apart if key in parts}
        return Story(entry.name, entry, clock, until, sent, faults, expect, standards, kinds, others)

    def _until(self, model: StoryModel, clock: StoryClock, last: int, said: int) -> int:
        """Give how far time goes: as the story says, or to the last that happens or is expected (`said`)."""
        if model.until is None:
            return said
        entry = self.entry.at("until")
        until = entry.attempt("bad-time", lambda: clock.read(str(model.until)))
        if until is not None and until < said:
            more = "happens" if until < last else "is expected"
            entry.error("bad-time", f"more {more} after that", "let the story go on for longer")
        return said if until is None else until

    def check_common(self, entry: Entry, common: Mapping[str, object]) -> None:
        """See that each field that is meant for every event is one of some event."""
        known = {name for kind in self.loaded.vocabulary.values() for name in kind.fields}
        for name in common:
            if name not in known:
                fix = did_you_mean(name, known) or "name a field of your events"
                entry.at(name).error("unknown-field", f"no event has a field {name!r}", fix, key=True)

    def _clock(self, model: StoryModel) -> StoryClock | None:
        text = model.start or self.document.start
        if text is None:
            found, fix = f"{self.entry.name} has no 'start'", "add start: 2026-03-02 10:00 Europe/Warsaw"
            self.entry.error("missing-key", found, fix, key=True)
            return None
        at = self.entry.at("start") if model.start else Entry(self.entry.document, ("start",), self.entry.findings)
        return at.attempt("bad-time", lambda: read_start(text))

    def _expected(self, clock: StoryClock, data: Value) -> Iterator[Expected]:
        at = clock.start
        for entry, model, sound in entries_of(self.entry.at("expect"), ExpectModel, data):
            if sound:
                at = at_of(entry, "at", model.at, clock) if model.at is not None else at
                yield from self._lines(entry, model, at, clock)

    def _lines(self, entry: Entry, model: ExpectModel, at: int, clock: StoryClock) -> Iterator[Expected]:
        kinds = [kind for kind in KINDS if getattr(model, kind) is not None]
        if len(kinds) != 1:
            found = f"this has {' and '.join(kinds)}" if kinds else "nothing says what is expected"
            fix = f"write exactly one of {', '.join(KINDS)}"
            if kinds:
                fix = "write each as an entry of its own: " + ", ".join(f"- {{{kind}: ...}}" for kind in kinds)
            entry.error("bad-step", found, fix)
            return
        due, known = (at_of(entry, key, getattr(model, key), clock) for key in ("due", "known"))
        for text in getattr(model, kinds[0]):
            named = promise_name(entry.at(kinds[0]), text, self.loaded)
            if named is not None:
                yield Expected(at, kinds[0], named, int(entry.path[-1]), model.to, due, known, model.reason)

    def _only(self, model: StoryModel, expect: Sequence[Expected]) -> tuple[frozenset[str], frozenset[Kind]]:
        """Say which standards and kinds are looked at."""
        ids = {standard.id for standard in self.loaded.standards}
        standards, kinds = set(), set()
        for index, name in enumerate(model.only or ()):
            if name in ids:
                standards.add(name)
            elif name in KINDS:
                kinds.add(name)
            else:
                place = self.entry.at("only", index)
                fix = did_you_mean(name, [*ids, *KINDS]) or f"name a standard, or one of {', '.join(KINDS)}"
                place.error("unknown-name", f"{name!r} is neither a standard nor a kind of line", fix)
        usual = {kind for kind in KINDS if kind not in CLOCKWORK} | {each.kind for each in expect}
        return frozenset(standards or ids), frozenset({*kinds, *(each.kind for each in expect)} if kinds else usual)


def entries_of(
    part: Entry, model: type[M], data: Value, *, fix: str = f"{_EACH}; [] is nothing at all"
) -> Iterator[tuple[Entry, M, bool]]:
    """Read the entries of a section, and say of each whether nothing is wrong with its form."""
    if not isinstance(data, list):
        part.error("wrong-type", f"{part.name} must be a list", fix)
        return
    for index, value in enumerate(data):
        findings = len(part.findings)
        found = part.at(index).read(model, value)
        if found is not None:
            yield part.at(index), found, len(part.findings) == findings


def at_of(entry: Entry, key: str, text: str | None, clock: StoryClock) -> int:
    """Read a time of an entry, or -1 where it has none; a slip goes to the findings."""
    found = None if text is None else entry.at(key).attempt("bad-time", lambda: clock.read(text))
    return -1 if found is None else found


def promise_name(entry: Entry, text: str, loaded: Loaded) -> str | None:
    """Read a promise's name, at its place. None, and a finding, where no standard is called so."""
    named = named_promise(text, loaded)
    if named is None:
        entry.unknown("standard", text.partition(" ")[0], [standard.id for standard in loaded.standards])
        return None
    return named.text


def about_promises(loaded: Loaded) -> frozenset[str]:
    """Give the standards whose subjects are promises: theirs are named after those, `talked-over no-wait s1/q1`."""
    return frozenset(standard.id for standard in loaded.standards if standard.per == ("promise",))
