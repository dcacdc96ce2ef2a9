"""What is given in a story: entries as an author wrote them become events, each with when it happened and when it came.

A silent feed's events are left out; then ids are counted, for each source by itself, and anew where it restarts. What
comes at one instant comes in the order in which it is written.
Read next: `story_writing.py` for one entry, `story.py`, which calls this.
"""

from __future__ import annotations

from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import msgspec

from standards.calendar.hours import did_you_mean
from standards.errors import EventError
from standards.judge.events import Event, moment
from standards.judge.fitting import Fitting
from standards.stories.story_clock import LATEST
from standards.stories.story_model import Step
from standards.stories.story_writing import Draft, Named, Writing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.compiler.spec import Loaded
    from standards.documents.entries import Entry
    from standards.judge.standard import Feed
    from standards.stories.story_clock import StoryClock
    from standards.stories.story_model import GivenModel

_STEPS = get_args(Step)


FaultKind = Literal["restart", "crash", "reload", "clock"]


class Sent(msgspec.Struct, frozen=True):
    """An event, and when it comes to Kept (microseconds UTC). `promise`: whose id it is still to be given."""

    arrives: int
    event: Event
    entry: int
    promise: Named | None = None


class Fault(msgspec.Struct, frozen=True):
    """What happens to Kept itself at an instant, and when it goes on; both are microseconds UTC.

    It is restarted, crashes, reads another `policy` (a file, as the story names it), or its clock is set forward.
    """

    at: int
    back: int
    kind: FaultKind
    entry: int
    policy: str = ""


class Given:
    """The entries of one story. What is wrong with one goes to its findings."""

    def __init__(self, loaded: Loaded, clock: StoryClock, common: Mapping[str, object]) -> None:
        self.loaded = loaded
        self.clock = clock
        self.common = common
        self.faults: list[Fault] = []
        self.at = clock.start
        self._drafts: list[Draft] = []
        self._silent: list[tuple[Feed, int, int, dict[str, Any]]] = []
        self._restarts: list[tuple[int, str, Entry]] = []
        self._entries: dict[int, Entry] = {}
        self._fitting = Fitting(loaded.rulebook.classes.values())

    def take(self, entry: Entry, model: GivenModel) -> None:
        """Take one entry."""
        number = int(entry.path[-1])
        steps = [name for name in _STEPS if getattr(model, name) is not None]
        if len(steps) != 1:
            found = f"this has {' and '.join(steps)}" if steps else "nothing says what happens here"
            entry.error("bad-step", found, f"write exactly one of {', '.join(_STEPS)}")
            return
        if model.at is not None:
            at = entry.at("at").attempt("bad-time", lambda: self.clock.read(str(model.at)))
            if at is None:
                return
            self.at = at
            if at < self.clock.start:
                entry.at("at").error("bad-time", f"{model.at} is before the story begins", "let it start earlier")
            if any(it.kind == "clock" and it.at < at < it.back for it in self.faults):
                entry.at("at").error("bad-time", f"the clock was set past {model.at}", "write a later time")
                return
        match steps[0]:
            case "event" | "act":
                writing = Writing(entry, model, self.loaded, self.clock)
                drafts = writing.drafts(self.at, self.common)
                self._drafts += [msgspec.structs.replace(draft, entry=number) for draft in drafts]
                self._entries[number] = entry
                self.at = max([self.at, *(draft.at for draft in drafts)])
            case "silent":
                self._silence(entry, model)
            case "restart" if model.restart != "kept":
                self._restarts.append((self.at, str(model.restart), entry.at("restart")))
            case step:
                self._fault(entry, model, cast("FaultKind", step))

    def _fault(self, entry: Entry, model: GivenModel, kind: FaultKind) -> None:
        key = "clock" if kind == "clock" else "for"
        span = entry.at(key).duration(model.clock if kind == "clock" else model.for_) or 0
        if model.for_ is not None and kind in ("reload", "clock"):
            entry.at("for").error("unknown-field", f"{kind} takes no time", "leave it out", key=True)
        for other in sorted(model.model_fields_set - {"at", "for_", kind}) + sorted(model.model_extra or ()):
            entry.at(other).error("unknown-field", f"{kind} has no {other}", "leave it out", key=True)
        if self.faults and self.at < self.faults[-1].back:
            entry.error("bad-step", "Kept is not back yet from the one before", "write a later time")
        fault = Fault(self.at, min(LATEST, self.at + span), kind, int(entry.path[-1]), model.reload or "")
        self.faults.append(fault)
        if kind == "clock":
            self.at = fault.back

    def _silence(self, entry: Entry, model: GivenModel) -> None:
        feeds = {feed.name: feed for feed in self.loaded.feeds}
        feed = feeds.get(str(model.silent))
        span = entry.at("for").duration(model.for_)
        if feed is None:
            entry.at("silent").unknown("feed", str(model.silent), feeds)
        elif span is None:
            entry.error("missing-key", "nothing says how long it is silent", "add for: 10m")
        else:
            self._silent.append((feed, self.at, self.at + span, dict(model.model_extra or {})))

    def sent(self) -> list[Sent]:
        """Give all events in the order in which they come, with their ids."""
        drafts = sorted((draft for draft in self._drafts if not self._is_silent(draft)), key=attrgetter("at"))
        for draft in drafts:
            self._check_is(draft)
        sources = {draft.source for draft in drafts} | {feed.name for feed in self.loaded.feeds}
        for _, source, entry in self._restarts:
            if source not in sources:
                fix = did_you_mean(source, {*sources, "kept"}) or "name kept, a feed, or a source"
                entry.error("unknown-source", f"nothing here is called {source!r}", fix)
        counts: Counter[str] = Counter()
        restarts = sorted((at, source) for at, source, _ in self._restarts)
        found = []
        for draft in drafts:
            while restarts and restarts[0][0] <= draft.at:
                counts[restarts.pop(0)[1]] = 0
            counts[draft.source] += not draft.id
            found.append(self._made(draft, draft.id or str(counts[draft.source])))
        return sorted(found, key=attrgetter("arrives"))

    def _check_is(self, draft: Draft) -> None:
        """Refuse an event at a time that the clock was set past."""
        if any(it.kind == "clock" and it.at < draft.at < it.back for it in self.faults):
            found = f"the clock was set past the time of {draft.kind}"
            self._entries[draft.entry].error("bad-time", found, "write another time")

    def _is_silent(self, draft: Draft) -> bool:
        return any(
            (draft.kind in feed.events or (draft.kind == "feed.heartbeat" and draft.data.get("feed") == feed.name))
            and begin <= draft.at < end
            and all(draft.data.get(name) == value for name, value in where.items())
            for feed, begin, end, where in self._silent
        )

    def _made(self, draft: Draft, name: str) -> Sent:
        cls = self.loaded.rulebook.classes[draft.kind]
        form = next(field.type for field in msgspec.structs.fields(cls) if field.name == "data")
        data = msgspec.convert(draft.data, form)
        event = cls(id=name, source=draft.source, time=moment(draft.at), data=data, at=draft.at)
        try:
            if draft.promise is None:  # else it is still to be named
                self._fitting.checked(event)
        except EventError as error:
            found, _, fix = str(error).partition("; ")
            self._entries[draft.entry].error("wrong-value", found, fix)
        return Sent(draft.arrives, event, draft.entry, draft.promise)
