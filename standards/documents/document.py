"""Reading YAML: from text to plain values, and from every value back to its line and column.

Authors may use little of YAML: mappings, lists and scalars. Aliases, anchors, tags, several documents and duplicate
keys are refused. Plain scalars are whole numbers, decimal fractions, `true`, `false`, `null` or text: `NO`, `on` and
`22:30` stay text. Read next: `scalars.py` for what a text is, `model.py`, which says which keys there are.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, NoReturn

import yaml

from standards.documents.scalars import HALVES, Comment, Extent, comments, joined, lone_half, typed, writes_halves
from standards.documents.shown import around, shortened
from standards.documents.slips import slip_at, unspaced_entries
from standards.errors import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = dict[str, "Value"] | list["Value"] | str | int | float | bool | None
Path = tuple[str | int, ...]

MAX_DEPTH: Final = 32
MAX_NODES: Final = 100_000
MAX_CHARACTERS: Final = 4_000_000
SHOWN: Final = 5
"""So many findings of one sort are shown; the others are counted."""

_PARSER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BREAK: Final = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")  # the line breaks of YAML 1.1
_REFERENCES: Final = "anchors, aliases and tags"
_SORTS: Final = {
    "yaml-alias": _REFERENCES, "yaml-anchor": _REFERENCES, "yaml-tag": _REFERENCES,
    "duplicate-key": "keys given a second time", "wrong-type": "keys that are not plain text",
}  # fmt: skip


class Spot(NamedTuple):
    """Where a value stands, and the key that it is under; 1-based. In a list, the key's place is the value's."""

    key: Place
    value: Place


class Document:
    """One file as plain values: `data`, where each of them stands, and what was wrong with the YAML itself.

    `whole` says that the text was read to its end, so that what is not in `data` is not in the text.
    """

    __slots__ = ("_lines", "data", "extents", "findings", "name", "spots", "whole")

    def __init__(self, name: str, text: str) -> None:
        """Read `text`; `name` is what findings call the file. Never raises: see `findings`."""
        self.name = name
        self.data: dict[str, Value] = {}
        self.spots: dict[Path, Spot] = {}
        self.findings: list[Finding] = []
        self.extents: list[Extent] = []
        self._lines = _BREAK.split(text) if len(text) <= MAX_CHARACTERS else []
        self.whole = False
        try:
            _Composer(self, text).compose()
        except _Stop:
            return
        self.whole = True

    def line(self, number: int) -> str:
        """Return a line of the source by its 1-based number, or nothing."""
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

    def comments(self) -> Iterator[Comment]:
        """Give the comments, as they come; those of a document that is not `whole` are not known."""
        return comments(self._lines, self.extents)

    def spot(self, path: Path) -> Spot:
        """Return where a value stands or, if it is not in the text, the nearest thing around it."""
        start = Place(self.name, 1, 1)
        around = (self.spots.get(path[:end]) for end in range(len(path), -1, -1))
        return next(filter(None, around), Spot(start, start))

    def inside(self, path: Path, offset: int, length: int) -> Place:
        """Return the place of some characters of a text; the whole text where it is not written in one piece."""
        place = self.spot(path).value
        text = self._at(path)
        if not isinstance(text, str):
            return place
        first = place.column - 1
        rows = [(place.line, first), (place.line, first + 1)]
        below = self.line(place.line + 1)
        rows.append((place.line + 1, len(below) - len(below.lstrip())))  # a block scalar of one line
        for line, start in rows:
            written = self.line(line)[start:].rstrip() if "\n" in text else self.line(line)[start : start + len(text)]
            if written == text.rstrip("\n"):
                return Place(self.name, line, start + offset + 1, max(1, length))
        return place

    def finding(
        self, check: str, place: Place, found: str, *, fix: str = "", level: Literal["error", "warning"] = "error"
    ) -> Finding:
        """Make a finding that shows its line, or of a long one what stands around its place."""
        shown, cut = around(self.line(place.line), place.column - 1)
        return Finding(check, place, shortened(found), shortened(fix), level, shown, cut)

    def _at(self, path: Path) -> Value:
        value: Value = self.data
        for part in path:
            if isinstance(value, dict) and isinstance(part, str):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                return value  # a short form: the text stands for the mapping or list that the path goes on into
        return value


class _Stop(Exception):  # noqa: N818 - it is not an error: it ends the reading
    """Nothing more can be read."""


class _Composer:
    """Builds the values of one document from the parser's events, and its index of places."""

    def __init__(self, document: Document, text: str) -> None:
        self.document = document
        self.text = text
        self.nodes = 0
        self.counts: Counter[str] = Counter()
        self.hidden: dict[str, tuple[str, Place]] = {}
        self.events: Iterator[yaml.Event] = iter(())

    def compose(self) -> None:
        """Fill the document. Raises _Stop where reading cannot go on."""
        self._check_text()
        self.events = yaml.parse(self.text, Loader=yaml.SafeLoader if writes_halves(self.text) else _PARSER)
        try:
            self._stream()
            self._count_others()
        except yaml.MarkedYAMLError as error:
            self._misread(error)
        except yaml.YAMLError as error:
            found = str(error).partition("\n")[0].lower()
            self._stop("yaml-syntax", self._start(), f"this is no YAML: {found}", "save the file as plain UTF-8 text")

    def _check_text(self) -> None:
        if len(self.text) > MAX_CHARACTERS:
            found = f"the file has {len(self.text):,} characters; {MAX_CHARACTERS:,} are read at most"
            self._stop("too-large", self._start(), found, "split it into several files")
        if half := HALVES.search(self.text):
            place = Place(self.document.name, len(_BREAK.findall(self.text[: half.start()])) + 1, 1)
            self._stop("yaml-syntax", place, "half a character stands here", "save the file as UTF-8")

    def _stream(self) -> None:
        begun = False
        for event in self.events:
            if not isinstance(event, yaml.DocumentStartEvent):
                continue
            if begun:
                fix = "put it into a file of its own; files are loaded together"
                self._stop("several-documents", self._place(event), "a second document begins here", fix)
            begun = True
            self._root(next(self.events))
        if not begun:
            self._note("wrong-type", self._start(), "the file is empty", "begin it with kept: 1")

    def _root(self, event: yaml.Event) -> None:
        place = self._place(event)
        self.document.spots[()] = Spot(place, place)
        root = self._value(event, ())
        if isinstance(root, dict):
            self.document.data = root
        else:
            self._note("wrong-type", place, "the file holds no keys", "begin it with kept: 1, each key on its own line")

    def _value(self, event: yaml.Event, path: Path) -> Value:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            found = f"the file has more than {MAX_NODES:,} values"
            self._stop("too-large", self._place(event), found, "split it into several files")
        if isinstance(event, yaml.NodeEvent):
            self._look_at(event)
        if isinstance(event, yaml.CollectionStartEvent) and len(path) >= MAX_DEPTH:
            self._stop("too-deep", self._place(event), f"this is nested more than {MAX_DEPTH} deep", "write it flatter")
        match event:
            case yaml.ScalarEvent() if entries := self._unspaced_entries(event):
                return entries
            case yaml.ScalarEvent():
                return typed(joined(str(event.value)), plain=bool(event.implicit[0]))
            case yaml.MappingStartEvent():
                return self._mapping(path)
            case yaml.SequenceStartEvent():
                return self._sequence(path)
            case _:  # an alias: already refused
                return None

    def _unspaced_entries(self, event: yaml.ScalarEvent) -> list[Value]:
        """Give the entries of a list whose dashes have no space behind them, so that YAML takes all for one text."""
        place = self._place(event)
        alone = not self.document.line(place.line)[: place.column - 1].strip()
        entries = unspaced_entries(str(event.value)) if event.implicit[0] and alone else []
        if entries:
            self._note("yaml-syntax", place, "no space stands behind this dash", f"write - {entries[0]}")
        return [*entries]

    def _mapping(self, path: Path) -> dict[str, Value]:
        mapping: dict[str, Value] = {}
        spots = self.document.spots
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key_place = self._place(event)
            key = self._key(event, path)
            event = next(self.events)
            if key in mapping:
                first = spots[(*path, key)].key.line
                found, fix = f"{key} is given a second time; the first is in line {first}", "keep one of the two"
                self._note("duplicate-key", key_place, found, fix)
                self._value(event, (*path, f"{key} again"))
                continue
            spots[(*path, key)] = Spot(key_place, self._place(event))
            mapping[key] = self._value(event, (*path, key))
        return mapping

    def _key(self, event: yaml.Event, path: Path) -> str:
        if isinstance(event, yaml.ScalarEvent):
            self._look_at(event)
            return joined(str(event.value))
        if not isinstance(event, yaml.AliasEvent):
            self._note("wrong-type", self._place(event), "a key is one plain text", "write key: value")
        self._value(event, (*path, "?"))
        return f"? {self.nodes}"

    def _sequence(self, path: Path) -> list[Value]:
        items: list[Value] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            place = self._place(event)
            within = (*path, len(items))
            self.document.spots[within] = Spot(place, place)
            items.append(self._value(event, within))
        return items

    def _look_at(self, event: yaml.NodeEvent) -> None:
        if isinstance(event, yaml.AliasEvent):
            found = f"*{event.anchor} repeats another value; aliases are not read"
            self._note("yaml-alias", self._place(event), found, "write it out")
            return
        if event.anchor is not None:
            self._note(
                "yaml-anchor", self._place(event), f"&{event.anchor} names a value; anchors are not read", "remove it"
            )
        if isinstance(event, yaml.ScalarEvent) and event.start_mark is not None and event.end_mark is not None:
            start, end = ((mark.line, mark.column) for mark in (event.start_mark, event.end_mark))
            # Behind the sign of a block, on its first line, there is room for a comment.
            self.document.extents.append(((start[0] + 1, 0) if event.style in {"|", ">"} else start, end))
        if isinstance(event, yaml.ScalarEvent) and (said := lone_half(str(event.value))):
            self._note("yaml-syntax", self._place(event), said, "write the character itself, or both halves")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            self._note("yaml-tag", self._place(event), f"{event.tag} sets a type; tags are not read", "remove it")

    def _misread(self, error: yaml.MarkedYAMLError) -> NoReturn:
        stop, begun = (
            None if mark is None else Place(self.document.name, mark.line + 1, mark.column + 1)
            for mark in (error.problem_mark or error.context_mark, error.context_mark)
        )
        words = (error.context or "", error.problem or "")
        self._stop("yaml-syntax", *slip_at(stop or self._start(), begun, words, self.document.line))

    def _start(self) -> Place:
        return Place(self.document.name, 1, 1)

    def _place(self, event: yaml.Event) -> Place:
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:  # never so with events that were parsed
            return self._start()
        scalar = isinstance(event, yaml.ScalarEvent | yaml.AliasEvent)
        if scalar and end.line == start.line:
            length = end.column - start.column
        else:
            length = len(self.document.line(start.line)) - start.column if scalar else 1
        return Place(self.document.name, start.line + 1, start.column + 1, max(1, length))

    def _note(self, check: str, place: Place, found: str, fix: str) -> None:
        sort = _SORTS.get(check, check)
        self.counts[sort] += 1
        if self.counts[sort] <= SHOWN:
            self.document.findings.append(self.document.finding(check, place, found, fix=fix))
        else:
            self.hidden.setdefault(sort, (check, place))

    def _count_others(self) -> None:
        for sort, (check, place) in self.hidden.items():
            found, fix = f"from here on there are {self.counts[sort] - SHOWN:,} more {sort}", "mend them all in one go"
            self.document.findings.append(self.document.finding(check, place, found, fix=fix))

    def _stop(self, check: str, place: Place, found: str, fix: str) -> NoReturn:
        self._count_others()
        self._note(check, place, found, fix)
        raise _Stop
