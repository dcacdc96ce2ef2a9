"""Why a promise went as it did: its events, its clock's arithmetic, the clause, who was told or not, who did what.

All of it is read from the data folder of an embedded host; nothing is changed, whether or not the host runs.
Read next: `acts.py`, `streams/storage/read_model.py`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from alerts.routing.notice import LEFT_TO_ANOTHER, printable
from alerts.routing.place import called
from standards.calendar.duration import spoken
from standards.errors import Finding, Place, SpecError, StateError
from standards.judge.events import moment
from standards.judge.promise import CHANGED_DAY
from streams.explain.acts import WANTED, did, said, way, who
from streams.storage.read_model import ReadModel
from streams.storage.sqlite import FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from alerts.routing.actions import Action
    from alerts.routing.notice import Withheld
    from standards.judge.ledger import Line
    from streams.storage.promise_view import PromiseView

BECAUSE: dict[str, str] = {
    "told": "it was told",
    "not-actionable": "nobody has to act on it",
    "nobody-waits-for-it": "nobody waited to hear of it",
    "overdue": "the deadline was over when it came to be told",
    "no-route": "the policy names nobody for it",
    "grouped": "it was left to another message",
    "repeated": "the same person was told the same already",
    "flapping": "it comes and goes, and that was told",
    "silenced": "somebody silenced it",
    "muted": "nothing is told at this time of day",
    "inhibited": "a graver trouble at the same place explains it",
    "acknowledged": "somebody looks after it",
    "cured": "it was over before it would have been told",
    "quiet-hours": "it was kept for the digest after their quiet hours",
    "budget": "it was kept for a message with others, as they had as many as they want in an hour",
    "joined": "it was to be told together with others",
    "not-theirs": "who gave it back did not have it",
    "nobody-is-told": "it was talked over or handed on while nobody was told of it, so who has it stays as it was",
    "names-one-of-us": "it names one of us, and machines are told of nobody",
    "forgotten": "what somebody did about it came before any trouble, with more than can be remembered",
    "off-shift": "their shift ended before it was told, and who is on shift hears of it",
}
"""Each reason of a notice, or of none, in a sentence."""


class _Event(msgspec.Struct):
    """What is shown of an event."""

    type: str
    source: str
    id: str
    data: dict[str, object] = {}


class _Excerpt(msgspec.Struct):
    """What is shown of the text of a revision."""

    standards: dict[str, dict[str, object]] = {}
    calendars: dict[str, object] = {}


_document = msgspec.json.Decoder(_Excerpt).decode
_event = msgspec.json.Decoder(_Event).decode


def story(folder: Path, promise: str, zone: ZoneInfo) -> str:
    """Tell why a promise went as it did. Raises StateError for a folder without data, SpecError for no such promise."""
    if not (folder / FILE).is_file():
        raise StateError(f"{folder} holds no data of Kept; name the folder of a host with --data FOLDER, or KEPT_DATA")
    read_model = ReadModel(folder)
    try:
        view = read_model.promise(promise)
        if view is None:
            fix = "copy the id from a message, from the board or from GET /v1/promises"
            raise SpecError([Finding("unknown-promise", Place(promise, 1, 1), f"{folder} knows no such promise", fix)])
        causes = [line.cause for line in view.lines if line.cause is not None]
        acts = read_model.board.actions_on([view.row.id], causes)
        vain = read_model.board.without_effect(acts)
        return _Story(view, read_model.board.reasons(promise), acts, read_model.event, zone, vain).whole()
    finally:
        read_model.close()


class _Story(NamedTuple):
    """What is known of a promise. `reasons` say why each line was told or not; `find` gives an event as it came.

    `without_effect` says, by their names, why acts changed nothing of who has it or who is told.
    """

    view: PromiseView
    reasons: Mapping[str, str]
    acts: Sequence[Action]
    find: Callable[[str, str, int], bytes | None]
    zone: ZoneInfo
    without_effect: Mapping[str, str]

    def whole(self) -> str:
        parts = [
            self.head(), self.happened(), self.clock(), self.clause(), self.told(), self.not_told(), self.done(),
        ]  # fmt: skip
        return "\n\n".join("\n".join(printable(line) for line in part) for part in parts)

    def head(self) -> Iterator[str]:
        row = self.view.row
        state = row.verdict or row.state
        late = ", made good late" if row.state == "late" else ""
        corrected = ", corrected on late evidence" if row.corrected else ""
        yield f"{row.standard}{f' at {called(row.subject, {})}' if row.subject else ''}: {state}{late}{corrected}"
        yield f"  promise {row.id}, severity {row.severity}{f', owner {row.owner}' if row.owner else ''}"
        if row.fields:
            yield f"  {', '.join(f'{name} {value}' for name, value in row.fields.items())}"

    def happened(self) -> Iterator[str]:
        yield "What happened"
        for line in self.view.lines:
            known = f", learned at {self._at(line.known)}" if line.known != line.at else ""
            was = f" from {line.was or 'open'} to {line.verdict or 'open'}" if line.kind == "corrected" else ""
            to = f" to {self._at(line.due)}" if line.kind == "moved" else ""
            since = ", since a day of its calendar was changed" if line.reason == CHANGED_DAY else ""
            dark = f", as nothing was heard of {', '.join(line.silent)}" if line.silent else ""
            yield f"  {self._at(line.at)}  {line.kind}{was}{to}{since}{dark}{self._cause(line)}{known}"

    def _cause(self, line: Line) -> str:
        if line.cause is None:
            return ""
        source, name = line.cause
        raw = self.find(source, name, line.opened if line.kind == "opened" else line.at)
        if raw is None:
            return f"  by event {name} from {source}"
        event = _event(raw)
        data = ", ".join(f"{field} {value}" for field, value in event.data.items() if value is not None)
        return f"  by {event.type} {name} from {source}{f': {data}' if data else ''}"

    def clock(self) -> Iterator[str]:
        """Tell how the open time came about: between two lines the clock ran, stood still, or was out of hours."""
        yield "The clock"
        lines = [line for line in self.view.lines if line.kind not in ("fulfilled_late", "corrected")]
        for before, after in pairwise(lines):
            span, counted = after.at - before.at, after.elapsed - before.elapsed
            stretch = f"  {self._at(before.at)} to {self._at(after.at)}  {spoken(span)}"
            if before.state in ("paused", "paused_warned"):
                yield f"{stretch}, paused: {spoken(counted)} counted"
            elif counted < span:
                yield f"{stretch}, of which {spoken(span - counted)} out of hours: {spoken(counted)} counted"
            else:
                yield f"{stretch}: {spoken(counted)} counted"
        last = lines[-1]
        yield f"  {spoken(last.elapsed)} counted in all, {spoken(last.at - last.opened)} by the customer's own clock"
        if self.view.row.due >= 0:
            yield f"  due at {self._at(self.view.row.due)}"
        elif self.view.row.verdict is None:
            yield "  no deadline runs at the moment"

    def clause(self) -> Iterator[str]:
        """Give the standard as it was, key by key, and the calendars that its clock goes by."""
        yield f"The clause, revision {self.view.row.revision}"
        try:
            document = _document(self.view.revision_text)
        except msgspec.DecodeError:
            document = _Excerpt()
            yield from (f"  {line}" for line in self.view.revision_text.splitlines())
        for name, value in document.standards.get(self.view.row.standard, {}).items():
            yield f"  {name}: {_plain(value)}"
        for name, value in document.calendars.items():
            yield f"  calendar {name}: {_plain(value)}"

    def told(self) -> Iterator[str]:
        yield "What was told"
        for row in self.view.notices:
            notice = row.notice
            ways = ", ".join(f"{it.channel} {it.state}" for it in row.deliveries) or "by no channel"
            at = self._at(notice.decided if notice.decided >= 0 else notice.at)
            yield f"  {at}  {notice.kind} to {notice.to or 'everybody'} ({ways})"
            yield from (f"    {line}" for line in notice.text.splitlines())
        if self.view.waits_to_be_told:
            yield "  nothing yet; it waits for a message that tells of several"
        elif not self.view.notices:
            yield "  nothing"

    def not_told(self) -> Iterator[str]:
        yield "What was not told"
        kinds: dict[str, str] = {line.id: line.kind for line in self.view.lines}
        for it in self.view.withheld:
            to = f" to {it.to}" if it.to else ""
            yield f"  {self._at(it.at)}  {kinds.get(it.line, it.line)}{to}: {it.reason}, {self._because(it)}"
        named = {it.line for it in self.view.withheld}
        reasons = [(line, self.reasons.get(line.id, "")) for line in self.view.lines if line.id not in named]
        quiet = [(line, reason) for line, reason in reasons if reason not in ("", "told", "grouped")]
        for line, reason in quiet:
            yield f"  {self._at(line.known)}  {line.kind}: {reason}, {BECAUSE.get(reason, 'no reason is known')}"
        if not self.view.withheld and not quiet:
            yield "  nothing"

    def _because(self, held: Withheld) -> str:
        """Say why a notice was not sent and, of what was left to another message, whether one named it since."""
        why, named = BECAUSE[held.reason], self.view.named_at(held)
        if held.reason not in LEFT_TO_ANOTHER:
            return why
        return f"{why}, which is that of {self._at(named)}" if named >= 0 else f"{why}, and none has named it so far"

    def done(self) -> Iterator[str]:
        yield "What people did"
        causes = {line.cause for line in self.view.lines}
        for act in self.acts:
            why = self.without_effect.get(act.name)
            deed = WANTED.get(act.type, did(act, causes)) if why else did(act, causes)
            yield f"  {self._at(act.at)}  {who(act)} {deed}, {way(act)}"
            yield from (f"    {text}" for text in said(act, self._at))
            yield from [f"    {why}, {BECAUSE[why]}"] if why else []
        if not self.acts:
            yield "  nothing"

    def _at(self, at: int) -> str:
        """Tell an instant, to the millisecond where it needs it."""
        told = moment(at).astimezone(self.zone)
        part = f".{told.microsecond // 1000:03}" if told.microsecond else ""
        return f"{told:%Y-%m-%d %H:%M:%S}{part}{' UTC' if self.zone.key == 'UTC' else ''}"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
