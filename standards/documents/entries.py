"""One declaration in a file, and how to speak of it: every finding is placed at the key or the value that it is about.

Read next: `declared.py` for calendars, feeds and event types, `compiler/shaping.py` for standards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from standards.calendar.duration import parse
from standards.calendar.hours import did_you_mean
from standards.documents.meant import ALL_KEYS, after_comma, clause_meant, key_meant, names_in_braces, whole_meant
from standards.documents.model import keys_of
from standards.documents.slips import unspaced
from standards.documents.strict import Strict
from standards.documents.values import FORMS
from standards.expressions.expression import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pydantic_core import ErrorDetails

    from standards.documents.document import Document, Path, Value
    from standards.errors import Finding

T = TypeVar("T")
M = TypeVar("M", bound=Strict)

SECTION = 2
"""The longest path of a section, or of what is declared in one: below it a name can stand for a value."""
LISTED = 20
"""So many names are listed where none is near the one that was found."""
_EXPECTED = {
    "string_type": "text", "int_type": "a whole number", "bool_type": "true or false",
    "dict_type": "a mapping of keys and values", "model_type": "a mapping of keys and values", "list_type": "a list",
    "model_attributes_type": "a mapping of keys and values",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A declaration at `path` of a document. What is found goes to `findings`, which all entries share."""

    document: Document
    path: Path
    findings: list[Finding]

    @property
    def name(self) -> str:
        """The name that it was declared by."""
        return str(self.path[-1])

    @property
    def where(self) -> str:
        """Where it stands, for other findings to point at: file and line."""
        place = self.document.spot(self.path).key
        return f"{place.file}:{place.line}"

    def at(self, *tail: str | int) -> Entry:
        """Go down to a part."""
        return Entry(self.document, (*self.path, *tail), self.findings)

    def has(self, key: str | int) -> bool:
        """Say whether a key, or an entry of a list, is written there."""
        return (*self.path, key) in self.document.spots

    def error(self, check: str, found: str, fix: str = "", *, key: bool = False) -> None:
        """Report an error at the value or, with `key`, at the key."""
        spot = self.document.spot(self.path)
        self.findings.append(self.document.finding(check, spot.key if key else spot.value, found, fix=fix))

    def warning(self, check: str, found: str, fix: str) -> None:
        """Report a warning at the key."""
        place = self.document.spot(self.path).key
        self.findings.append(self.document.finding(check, place, found, fix=fix, level="warning"))

    def attempt(self, check: str, read: Callable[[], T], *, key: bool = False) -> T | None:
        """Read something that may raise ValueError with a message `what was found; what would fix it`."""
        try:
            return read()
        except ExpressionError as error:
            place = self.document.inside(self.path, error.offset, error.length)
            self.findings.append(self.document.finding(error.check or check, place, error.message, fix=error.fix))
        except ValueError as error:
            found, _, fix = str(error).partition("; ")
            self.error(check, found, fix, key=key)
        return None

    def duration(self, text: str | None, *, least: int = 1) -> int | None:
        """Read a length of time in microseconds, of at least `least`."""
        found = None if text is None else self.attempt("bad-duration", lambda: parse(text))
        if found is not None and found < least:
            self.error("bad-duration", f"{text} is too short", "write a longer time")
            return None
        return found

    def unknown(self, kind: str, name: str, known: Iterable[str], *, key: bool = False) -> None:
        """Report a name that nothing has, at the value or, with `key`, at the key."""
        names = sorted(known)
        some = names if len(names) <= LISTED else [*names[:LISTED], f"and {len(names) - LISTED} more: docs/reference"]
        whole = clause_meant(name, names) if kind == "event" else ""
        fix = f"declare it under {kind}s, or name one of: {', '.join(some) or 'none yet'}"
        fix = whole or did_you_mean(name, names) or fix
        self.error(f"unknown-{kind}", f"there is no {kind} {name!r}", fix, key=key)

    def read(self, model: type[M], data: Value) -> M | None:
        """Read by a model; report what it refuses, and leave those keys out. None where the rest cannot stand alone."""
        if data is None:
            self.error("empty-value", *_empty(self.name, None), key=True)
            return None
        data = without_empty(self, data)
        try:
            return model.model_validate(data)
        except ValidationError as error:
            problems = error.errors(include_url=False)
        for problem in problems:
            _report(self, model, problem)
        refused = {problem["loc"][0] for problem in problems if problem["loc"]}
        if not isinstance(data, dict):
            return None
        try:
            return model.model_validate({key: value for key, value in data.items() if key not in refused})
        except ValidationError:
            return None


def without_empty(entry: Entry, data: Value) -> Value:
    """Report every key without a value, and leave it out."""
    if isinstance(data, list):
        return [without_empty(entry.at(index), value) for index, value in enumerate(data)]
    if not isinstance(data, dict):
        return data
    spot = entry.document.spot(entry.path).value
    written = entry.document.line(spot.line)[spot.column - 1 :]
    if len(entry.path) > SECTION and (meant := names_in_braces(entry.name, data, written)):
        found = f"{entry.name} has names in braces, which are for keys with values"
        entry.error("wrong-type", found, f"write {entry.name}: {meant}")
        return list(data) if len(data) > 1 else meant
    kept: dict[str, Value] = {}
    before: tuple[str, Value] | None = None
    for key, value in data.items():
        if value is None:
            entry.at(key).error("empty-value", *_empty(key, before), key=True)
        else:
            kept[key] = without_empty(entry.at(key), value)
            before = key, value
    return kept


def _empty(key: str, before: tuple[str, Value] | None) -> tuple[str, str]:
    """Say what a key without a value is, and what would fix it."""
    joined = unspaced(key)
    if joined:
        return f"{joined['key']}: has no space behind its colon", f"write {joined['key']}: {joined['value'].strip()}"
    rest = after_comma(key, before, ALL_KEYS)
    return rest or (f"{key} has no value", "give it one, or remove the key")


def _report(entry: Entry, model: type[Strict], problem: ErrorDetails) -> None:
    path, value = tuple(part for part in problem["loc"] if part not in FORMS), problem["input"]
    part = entry.at(*path)
    key = next((name for name in reversed(path) if isinstance(name, str)), part.name)
    match problem["type"]:
        case "extra_forbidden":
            known = keys_of(model, under=path[:-1])
            part.error("unknown-key", f"{key!r} is not a valid key here", key_meant(key, known), key=True)
        case "missing":
            owner = entry.at(*path[:-1])
            owner.error("missing-key", f"{owner.name} has no {key!r}", f"add {key}:", key=True)
        case "literal_error":
            allowed = str(problem["ctx"]["expected"])
            choices = allowed.replace("'", "").replace(" or ", ", ").split(", ")
            fix = did_you_mean(str(value), choices) or f"write {allowed}"
            part.error("unknown-value", f"{key} cannot be {_shown(value)}", fix)
        case "string_too_short":
            part.error("empty-value", f"{key} is empty", "write something, or remove the key")
        case kind if kind in _EXPECTED:
            unquoted = kind == "string_type" and isinstance(value, int | float)
            fix = f'put it in quotes: "{_shown(value)}"' if unquoted else whole_meant(key, value)
            part.error("wrong-type", f"{key} is {_shown(value)}, where {_EXPECTED[kind]} is expected", fix)
        case _:
            part.error("wrong-value", f"{key} is {_shown(value)}", problem["msg"].removeprefix("Input ").lower())


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            return repr(value if len(value) <= 40 else f"{value[:40]}...")  # noqa: PLR2004 - as much as fits a line
        case _:
            return str(value)
