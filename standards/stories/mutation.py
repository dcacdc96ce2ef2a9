"""Mutations: small changes to an author's rules, each of which a story should notice.

This is mutation testing (DeMillo, Lipton and Sayward 1978). A change is a slip of the pen: a number one more or less, a
deadline a second off, something left out. What is not among them, such as a promise's words, no story could notice.
Read next: `streams/stories/mutating.py`, which makes each of them and looks whether anybody notices.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

import msgspec

from standards.calendar.duration import DAY, MINUTE, SECOND, describe, parse
from standards.calendar.working_days import number_of
from standards.compiler.editions import is_whole_days
from standards.compiler.targets.choices import BY, ELSE, placed_texts
from standards.documents.document import Document, Path, Value
from standards.documents.excerpt import canonical
from standards.errors import Place
from standards.expressions.tokens import ExpressionError, tokens_of
from standards.stories.expression_edits import edits_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CONDITIONS: Final = (
    ("when", "where"), ("expect", "where"), ("unless", "where"), ("follow", "where"), ("until", "where"),
    ("pause", "when", "where"), ("pause", "until", "where"), ("while", "when", "where"), ("while", "until", "where"),
    ("undo", "when", "where"), ("must",), ("measure",),
)  # fmt: skip
_DEADLINES: Final = ("within", "within_last", "every")
_PARTS: Final = (("when", "for"), ("expect", "for"), ("unless", "for"), ("when", "apart"), ("undo", "within"))
"""Lengths of time that stand in a part of a standard."""
_COUNTS: Final[Mapping[str, str]] = {
    "at_most": "play exactly as many as are allowed, and one more",
    "at_least": "play a window with exactly as many samples, and one with one fewer",
}
_LEFT_OUT: Final[Mapping[str, str]] = {
    "unless": "let the need go away in a story, and expect voided",
    "until": "let it end in a story, and expect kept; go on counting after it in another",
    "due": "name a time in a story that is not the usual one, and expect kept or broken by it",
    "follow": "bring another value while a promise is owed, and expect moved",
    "while": "let it be over in a story, and expect voided; let an event come before it is so",
    "during": "let it happen out of these hours in a story, and expect nothing",
    "undo": "take done back in a story, and expect undone",
    "pause": "stop the clock in a story, and let what is expected come late but for the pause",
    "calendar": "play it over a closed hour, a night or a weekend",
    "again": "let it happen twice for one subject, and say how many promises there are",
    "subjects": "let nothing at all come for one of them in a story, and expect broken",
    "step": "play a stretch of time that two windows without a step would share, and say when it breaks",
    "rest": "let it be so again soon after a promise was kept, and say when the next one opens",
    "reopen": "let it happen twice for one subject, and expect two promises",
}
_SECOND_HINT: Final = "let what is expected come exactly at the deadline and, in another story, a second later"


class Change(msgspec.Struct, frozen=True):
    """One small change: the value at `path` of a document becomes `value`; it goes where that is None.

    `of` is the standard, or whatever else it is a part of. `words` say what becomes of what, `hint` which story would
    notice.
    """

    path: Path
    value: Value
    place: Place
    of: str
    words: str
    hint: str

    def applied(self, document: Document) -> str:
        """Give the text of the document with this change: JSON, which is YAML too, of the same meaning otherwise."""
        data: Any = deepcopy(document.data)
        *way, last = self.path
        part = data
        for step in way:
            part = part[step]
        if self.value is None:
            del part[last]
        else:
            part[last] = self.value
        return canonical(data)


def changes(document: Document) -> Iterator[Change]:
    """Give every change to the standards of a document, in the order of the keys. The document loads without errors."""
    standards = document.data.get("standards")
    for name, data in standards.items() if isinstance(standards, dict) else ():
        if isinstance(data, dict):
            yield from _Standard(document, name, data).changes()


class _Standard:
    """One standard, and what could be changed in it."""

    def __init__(self, document: Document, name: str, data: Mapping[str, Value]) -> None:
        self.document = document
        self.name = name
        self.data = data

    def changes(self) -> Iterator[Change]:
        for path in _CONDITIONS:
            for at, text in _found(self.data, path):
                yield from self._conditions(at, text)
            yield from self._alternatives(path[:-1])
        for key in _DEADLINES:
            yield from self._deadline(key)
        for part, key in _PARTS:
            for at, text in _found(self.data, (part, key)):
                yield from self._length(at, str(text))
        for key, hint in _COUNTS.items():
            yield from self._count(key, hint)
        yield from self._window()
        yield from self._rolling()
        for key, hint in _LEFT_OUT.items():
            if key in self.data and not self._is_usual(key) and not (key == "due" and "within" not in self.data):
                yield self._change((key,), None, f"{key} is left out", hint, key=True)
        yield from self._warnings()
        yield from self._excuses()

    def _change(self, path: Path, value: Value, words: str, hint: str, *, key: bool = False) -> Change:
        whole = ("standards", self.name, *path)
        spot = self.document.spot(whole)
        return Change(whole, value, spot.key if key else spot.value, self.name, words, hint)

    def _alternatives(self, path: Path) -> Iterator[Change]:
        """Leave out one of several clauses of which any will do, and one of several event types."""
        for at, several in (*_found(self.data, path), *_found(self.data, (*path, "event"))):
            for index, each in enumerate(several if isinstance(several, list) and len(several) > 1 else ()):
                name = each.get("event") if isinstance(each, dict) else each
                left = [*several[:index], *several[index + 1 :]]
                words = f"`{name}` is left out of {'.'.join(str(step) for step in at)}"
                change = self._change(at, left, words, "let each of them happen in a story of its own")
                yield msgspec.structs.replace(change, place=self.document.spot((*change.path, index)).value)

    def _conditions(self, path: Path, text: Value) -> Iterator[Change]:
        """Change one thing in an expression, wherever that can be done."""
        if not isinstance(text, str):
            return
        try:
            tokens = tokens_of(text)
        except ExpressionError:  # the model would have refused it
            return
        whole = ("standards", self.name, *path)
        edits = list(edits_of(tokens))
        for start, end, becomes, hint in edits:
            changed = text[:start] + becomes + text[end:]
            place = self.document.inside(whole, start, end - start)
            words = f"`{' '.join(text.split())}` becomes `{' '.join(changed.split())}`"
            yield Change(whole, changed, place, self.name, words, hint)
        if path[-1] == "where" and not edits:  # a field alone: else whoever notices an edge notices this too
            yield self._change(path, None, f"`where: {text}` is left out", "play an event that does not meet it")

    def _deadline(self, key: str) -> Iterator[Change]:
        given: Any = self.data.get(key)
        for way, text in placed_texts(given if isinstance(given, dict) or given is None else str(given)):
            yield from self._length((key, *way), text)
            if way and way[-1] != ELSE and _has_others(given, way):
                words = f"`{way[-1]}: {text}` is left out of {key}"
                yield self._change((key, *way), None, words, f"play an event with {way[-1]}, to its deadline", key=True)

    def _length(self, path: Path, text: str) -> Iterator[Change]:
        if (days := number_of(text)) is not None:
            for each in (days._replace(days=days.days - 1), days._replace(days=days.days + 1)):
                if each.days > 0 or (each.to_end and each.days == 0):
                    yield self._change(path, str(each), f"`{path[-1]}: {text}` becomes `{each}`", _SECOND_HINT)
            return
        try:
            length = parse(text)
        except ValueError:  # week and month have no other length, nor has what is owed nothing
            return
        unit, name = SECOND, "second"
        if path[-1] == "every" and "calendar" in self.data and is_whole_days(str(text)):
            unit, name = DAY, "day"  # a second more would be open time
        for by, words in ((-unit, f"a {name} shorter"), (unit, f"a {name} longer")):
            if length + by > 0:
                yield self._change(path, describe(length + by), f"`{path[-1]}: {text}` is {words}", _SECOND_HINT)

    def _count(self, key: str, hint: str) -> Iterator[Change]:
        number = self.data.get(key)
        for by in (-1, 1):
            if isinstance(number, int):
                yield self._change((key,), number + by, f"`{key}: {number}` becomes `{key}: {number + by}`", hint)

    def _rolling(self) -> Iterator[Change]:
        """A window that rolls is a step longer or shorter."""
        try:
            over, step = parse(str(self.data.get("over"))), parse(str(self.data.get("step")))
        except ValueError:
            return
        for by, words in ((-step, "a step shorter"), (step, "a step longer")):
            hint = "let a sample leave the window, and say at which step that shows"
            if over + by > step:
                yield self._change(("over",), describe(over + by), f"`over: {self.data['over']}` is {words}", hint)

    def _window(self) -> Iterator[Change]:
        """A window of so many events is one longer or shorter."""
        text = str(self.data.get("over", ""))
        number, _, unit = text.partition(" ")
        for by in (-1, 1):
            if unit and number.isdecimal():
                changed = f"{int(number) + by} {unit}"
                words = f"`over: {text}` becomes `over: {changed}`"
                yield self._change(("over",), changed, words, "play a window to its last event, and say when it ends")

    def _is_usual(self, key: str) -> bool:
        """Say whether a key says what would be so without it: a calendar without hours gives short windows a zone.

        Zones differ by whole half hours, but for three small ones. A shift cannot be had without a calendar.
        """
        if key != "calendar":
            return (key, self.data[key]) in (("reopen", "edge"), ("again", "judged"), ("again", "done"))
        if "shift" in (self.data.get("over"), self.data.get("every")):
            return True
        if isinstance(self.data[key], dict):  # a choice, so it is not a window's zone
            return False
        declared: Any = self.document.data.get("calendars", {})
        has_hours = isinstance(declared, dict) and "hours" in (declared.get(self.data[key]) or ())
        try:
            return "measure" in self.data and not has_hours and 30 * MINUTE % parse(str(self.data.get("over"))) == 0
        except ValueError:
            return False

    def _warnings(self) -> Iterator[Change]:
        for mark, left, place in self._each_left_out("warn"):
            hint = "let time go by in a story, and expect warned"
            change = self._change(("warn",), left or None, f"the warning `{mark}` is left out", hint)
            yield msgspec.structs.replace(change, place=place)

    def _excuses(self) -> Iterator[Change]:
        """One who may excuse may not any more; where nobody is named, that is the owner."""
        for name, left, place in self._each_left_out("may_excuse" if "may_excuse" in self.data else "owner"):
            hint = f"let {name} grant an exception in a story, and expect excused"
            change = self._change(("may_excuse",), left, f"{name} may not excuse any more", hint)
            yield msgspec.structs.replace(change, place=place)

    def _each_left_out(self, key: str) -> Iterator[tuple[Value, list[Value], Place]]:
        """Give each of a key's values, those that are left without it, and where it stands."""
        found, path = self.data.get(key), ("standards", self.name, key)
        values = found if isinstance(found, list) else [] if found is None else [found]
        for index, value in enumerate(values):
            left = [*values[:index], *values[index + 1 :]]
            yield value, left, self.document.spot((*path, index) if isinstance(found, list) else path).value


def _found(data: Any, path: Path, at: Path = ()) -> Iterator[tuple[Path, Any]]:  # noqa: ANN401 - any part of it
    """Give what stands at a path, and where: in each item of a list that is on the way."""
    if not path:
        yield at, data
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from _found(item, path, (*at, index))
    elif isinstance(data, dict) and path[0] in data:
        yield from _found(data[str(path[0])], path[1:], (*at, path[0]))


def _has_others(given: Any, way: tuple[str, ...]) -> bool:  # noqa: ANN401 - a choice as it is written
    """Say whether a choice lists other values than the one at the end of a way: else it would be none without it."""
    for step in way[:-1]:
        given = given[step]
    return len(given.keys() - {BY, ELSE, way[-1]}) > 0
