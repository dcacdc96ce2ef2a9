"""What an author likely meant where a condition makes no sense: a word of another language, quotes forgotten.

Read next: `tokens.py` and `typecheck.py`, which ask.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final, Protocol

from standards.expressions.fields import SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

JOIN: Final = "put a comparison, and, or or in between"
_TIME_WORDS: Final = frozenset({
    "date", "datetime", "day", "dayofweek", "day_of_week", "hour", "minute", "month", "now", "time", "time_of_day",
    "timestamp", "today", "weekday", "weekend", "year", "wochentag", "stunde", "uhrzeit", "dzien", "godzina",
})  # fmt: skip
NOTHING: Final = frozenset({"null", "none", "nil", "empty", "missing", "undefined", "na"})
"""What other languages call a value that is not there."""
_TRUTHS: Final = {"yes": "true", "no": "false", "y": "true", "n": "false", "ja": "true", "nein": "false"}
_LIKE: Final = frozenset({"contains", "like", "matches", "has", "includes", "starts", "startswith", "ends", "endswith"})
_EQUAL: Final = frozenset({"equals", "equal", "eq", "ist", "be"})
_JUNCTIONS: Final = {"und": "and", "oraz": "and", "et": "and", "oder": "or", "lub": "or", "ou": "or"}
_COLUMN: Final = re.compile(r"[a-z][a-z0-9-]*\.\w+", re.IGNORECASE)
_DECIMAL: Final = re.compile(r"(?<![\w.\"'])([0-9]+),([0-9]+)(?![\w\"'])")


class Piece(Protocol):
    """A token, as far as a guess looks at it."""

    @property
    def kind(self) -> str:
        """Text, number, name, sign or foreign."""

    @property
    def text(self) -> str:
        """As it is written."""

    @property
    def offset(self) -> int:
        """Where it begins."""


def between(tokens: Sequence[Piece], place: int) -> str:
    """Say what would fix two operands beside each other, of which the second is at `place`."""
    before, after = tokens[place - 1], tokens[place]
    following = [token.text for token in tokens[place + 1 :]]
    word = after.text.lower()
    if word in _JUNCTIONS:
        return f"write {_JUNCTIONS[word]}"
    if word == "between" and len(following) > 2 and following[1] == "and":  # noqa: PLR2004 - a bound, and, a bound
        return f"write {following[0]} <= {before.text} and {before.text} <= {following[2]}"
    if word in _LIKE and following:
        return f"a text is compared as a whole: write {before.text} == {following[-1]}"
    if word in _EQUAL and following:
        return f"write {before.text} == {following[-1]}"
    if before.kind == "number" and after.kind == "name":
        return (
            unit_after(before.text, word)
            if word in SECONDS
            else f"write {before.text} alone: numbers have no unit here"
        )
    if place > 1 and tokens[place - 2].text in ("==", "!=") and before.kind == after.kind == "name":
        return f'put the text in quotes: "{_words(tokens, place - 1)}"'
    return JOIN


def _words(tokens: Sequence[Piece], first: int) -> str:
    """Join the words of a text that has no quotes, up to the next and, or, or sign."""
    words = []
    for token in tokens[first:]:
        if token.kind not in ("name", "number") or token.text in ("and", "or"):
            break
        words.append(token.text)
    return " ".join(words)


def unit_after(number: str, unit: str) -> str:
    """Say what would fix a number that runs into a word: `60s` is 60."""
    if unit.lower() in SECONDS:
        return f"write {_in_seconds(number, unit.lower())}: it has no unit here, and lengths are in seconds"
    return "write a plain number, in the unit of the field"


def _in_seconds(number: str, unit: str) -> str:
    return f"{float(number.rstrip('%')) * SECONDS[unit]:.10g}"


def decimal_comma(source: str) -> re.Match[str] | None:
    """Find a number with a decimal comma: groups 1 and 2 are what stands before and after it."""
    return _DECIMAL.search(source)


def unknown_field(name: str, fields: Mapping[str, object], prefix: str = "") -> str:
    """Say what would fix a name that no field has."""
    plain = name.lower()
    if plain in _TRUTHS and plain not in fields:
        return f"write {_TRUTHS[plain]}"
    if plain in _TIME_WORDS:
        return "no field says when it was: in a standard, write during: and a calendar of these hours, beside when"
    if plain in NOTHING:
        return "write FIELD is missing: a comparison with a missing field is already false"
    own = [field for field in fields if "." not in field]
    near = difflib.get_close_matches(name, [*own, "true", "false"], n=1)
    near += [field for field in fields if field.endswith(f".{name}")]
    known = ", ".join(sorted(own)) or "none"
    return f"did you mean {prefix}{near[0]}?" if near else f"the fields are: {known}{_quoted(name)}"


def unknown_column(written: str, fields: Mapping[str, object]) -> tuple[str, str] | None:
    """Say what is wrong with `TABLE.COLUMN` where that is not there, and what would fix it; None for anything else."""
    table, _, column = written.partition(".")
    tables = sorted({name.partition(".")[0] for name in fields if "." in name})
    if not _COLUMN.fullmatch(written) or table.endswith("opening") or not tables:
        return None
    if table in tables:
        columns = sorted(name.partition(".")[2] for name in fields if name.startswith(f"{table}."))
        near = [f"{table}.{each}" for each in difflib.get_close_matches(column, columns, n=1)]
        return f"there is no column {written}", _meant(near) or f"its columns are: {', '.join(columns)}"
    near = [
        each if f"{each}.{column}" not in fields else f"{each}.{column}"
        for each in difflib.get_close_matches(table.lower(), tables, n=1)
    ]
    if not near and ("-" in table or column in fields):  # a difference, or a field with something before it
        return None
    return f"there is no table {table}", _meant(near) or f"the tables are: {', '.join(tables)}"


def _meant(near: Sequence[str]) -> str:
    return f"did you mean {near[0]}?" if near else ""


def _quoted(name: str) -> str:
    return f'; texts are quoted: "{name}"'


def likely_text(written: str, fields: Mapping[str, object]) -> str:
    """Say how to write a word that is compared with a text, where no field has that name; empty where one is near."""
    if difflib.get_close_matches(written, list(fields), n=1, cutoff=0.8):
        return ""
    return f'put it in quotes: "{written}"'
