"""What an author likely meant where YAML cannot be read on: a space forgotten, a bracket or a quote left open.

The parser stops where it can make no sense of what follows, which is often a line or more after the slip.
Read next: `document.py`, which asks; `indents.py` for lines that begin in the wrong column.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from standards.documents.indents import misaligned, usual_indent
from standards.errors import Place

_KEY: Final = r"[A-Za-z_][\w-]*"
_UNSPACED: Final = re.compile(rf"\s*(?:- +)*(?P<key>{_KEY}):(?=[^\s:/])(?P<value>.*)$", re.ASCII)
_KEYED: Final = re.compile(rf"(?P<lead>\s*(?:- +)*)(?P<key>{_KEY}):\s+(?P<value>\S.*?)\s*$")
_INNER: Final = re.compile(rf"(?P<key>{_KEY}):\s+(?P<value>\S.*)$")
_HARD: Final = "\u00a0\u2007\u202f\u2060\u200b\u3000"
"""Characters that look like a space, and are none to YAML: word processors write them."""
_HARD_SPACE: Final = re.compile(rf"(?:[ ]*(?:- *)?(?:{_KEY}:)?[ ]*)(?P<hard>[{_HARD}]+)(?P<rest>.*)$")
_OPEN: Final = {
    "while parsing a flow mapping": ("this { is not closed", "write } where it ends"),
    "while parsing a flow sequence": ("this [ is not closed", "write ] where it ends"),
    "while scanning a quoted scalar": ("this quote is not closed", "write the same quote where the text ends"),
}
_CLOSES: Final = {"{": "}", "[": "]", '"': '"', "'": "'"}
_DASHED: Final = re.compile(r"\s*-\s")
_CLAUSES: Final = frozenset({"when", "expect", "unless", "until", "pause", "objective", "follow", "undo"})
_SIGNS: Final = "%@`*&!>|?"
_TYPESET: Final = '"\u201c\u201d\u201e\u00ab\u00bb'
_ELSE: Final = "look at the indentation, and put texts that hold ': ' or begin with a sign into quotes"

Slip = tuple[Place, str, str]
"""Where it is, what was found, what would fix it."""


class Stop(NamedTuple):
    """Where the parser stopped, where what it was reading began, and its words: what it was doing, what it met."""

    place: Place
    begun: Place | None
    words: tuple[str, str]
    line_of: Callable[[int], str]

    @property
    def line(self) -> str:
        """The line that it stopped in."""
        return self.line_of(self.place.line)

    def at(self, line: int, column: int, length: int = 1) -> Place:
        """Give a place in the same file; `column` from 0."""
        return Place(self.place.file, line, column + 1, max(1, length))


def unspaced(line: str) -> re.Match[str] | None:
    """Find a key whose colon has no space behind it, so that it is none: groups `key` and `value`."""
    return _UNSPACED.match(line)


def unspaced_entries(text: str) -> list[str]:
    """Give the entries of a list whose dashes have no space behind them: YAML takes all of it for one text."""
    if not re.match(r"-[A-Za-z_\"'{\[]", text):
        return []
    return [entry.strip() for entry in re.split(r"(?:^|\s)-", text) if entry.strip()]


def in_quotes(text: str) -> str:
    """Write a text in quotes, in those that need the least."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def slip_at(
    stop: Place, begun: Place | None, words: tuple[str, str], line_of: Callable[[int], str]
) -> tuple[Place, str, str]:
    """Say what is likely wrong where the parser stopped: the place, what was found, what would fix it.

    `begun` is where what it was reading began, `words` are its own: what it was doing, and what it met. `line_of` gives
    a line by its number.
    """
    here = Stop(stop, begun, words, line_of)
    for guess in _GUESSES:
        found = guess(here)
        if found is not None:
            return found
    return stop, ", ".join(filter(None, words)), _ELSE


def _hard_space(stop: Stop) -> Slip | None:
    for number in (stop.place.line - 1, stop.place.line):
        hard = _HARD_SPACE.match(stop.line_of(number))
        if hard is not None:
            place = stop.at(number, hard.start("hard"), len(hard["hard"]))
            return place, "this looks like a space, and is a non-breaking one", "write an ordinary space instead"
    return None


def _escape(stop: Stop) -> Slip | None:
    """Find an escape of what is not a character, or of half of one in a document too long to be read with those."""
    if "escape code" not in stop.words[1]:
        return None
    return stop.place, "this escape is not read here: it is half of a character, or none", "write the character itself"


def _tab(stop: Stop) -> Slip | None:
    indent = len(stop.line) - len(stop.line.lstrip())
    if "\t" not in stop.line[:indent]:
        return None
    usual = usual_indent(stop.place.line, stop.line_of)
    fix = "indent with spaces instead of tabs" + (f": {usual} of them, as around it" if usual else "")
    return stop.at(stop.place.line, 0), "a tab stands in front of this line", fix


def _no_space(stop: Stop) -> Slip | None:
    for number in (stop.place.line - 1, stop.place.line):  # a line without a key is taken for one text with the next
        key = unspaced(stop.line_of(number))
        if key is not None:
            place = stop.at(number, key.start("key"), len(key["key"]) + 1)
            return place, f"{key['key']}: has no space behind its colon", f"write {key['key']}: {key['value']}"
    return None


def _left_open(stop: Stop) -> Slip | None:
    if stop.words[0] not in _OPEN or stop.begun is None or stop.begun.line == stop.place.line:
        return None
    found, fix = _OPEN[stop.words[0]]
    text = stop.line_of(stop.begun.line)[stop.begun.column - 1 :].rstrip()
    if _KEYED.match(stop.line_of(stop.begun.line + 1)) and text[-1] not in ",{[":  # the next line begins another key
        fix = f"write {text}{_CLOSES[text[0]]}"
    return stop.begun, found, fix


def _no_comma(stop: Stop) -> Slip | None:
    """Find a comma that is missing in braces or brackets, or a text there that needs quotes."""
    if stop.words[0] not in _OPEN or stop.begun is None:
        return None
    line, at = stop.line, stop.place.column - 1
    before, rest = line[:at], line[at:]
    if rest.startswith(":"):  # a second key: the comma belongs before its name
        name = re.search(rf"(?<=\s)({_KEY})$", before)
        before, rest = (before[: name.start()], line[name.start() :]) if name else (before, rest)
    if before.rstrip()[-1:] in ("]", "}", '"', "'") or before != line[:at]:
        word = re.match(r"[^\s:,}\]]*:?", rest)
        whole = f"{before.rstrip()[stop.begun.column - 1 :]}, {rest.strip()}"
        place = stop.at(stop.place.line, len(before))
        return place, f"no comma stands in front of {word[0] if word else rest}", f"write {whole}"
    return _text_in_braces(stop, before)


def _text_in_braces(stop: Stop, before: str) -> Slip | None:
    keys = list(re.finditer(rf"(?:(?<=[{{,\s])|^)({_KEY}):\s+", before))
    if not keys:
        return None
    start = keys[-1].end()
    value = re.split(rf",\s+(?={_KEY}:\s)", stop.line[start:].rstrip().removesuffix("}"))[0].rstrip()
    place = stop.at(stop.place.line, start, len(value))
    return place, "in braces, a text with a sign of its own needs quotes", f"write {keys[-1][1]}: {in_quotes(value)}"


def _after_quote(stop: Stop) -> Slip | None:
    """Find a text that goes on behind a quote that ends it."""
    keyed = _KEYED.match(stop.line)
    if keyed is None or keyed["value"][0] not in "\"'" or stop.place.column <= keyed.start("value") + 1:
        return None
    value = keyed["value"]
    inner = value[1:-1] if len(value) > 1 and value[0] == value[-1] else value
    place = stop.at(stop.place.line, keyed.start("value"), len(value))
    return place, "this text ends at its second quote", f"write {keyed['key']}: {in_quotes(inner)}"


def _behind_bracket(stop: Stop) -> Slip | None:
    """Find what stands behind a bracket or brace that ends a value."""
    at = stop.place.column - 1
    rest = stop.line[at:].strip()
    if not rest or stop.line[:at].rstrip()[-1:] not in ("]", "}"):
        return None
    return stop.at(stop.place.line, at, len(rest)), f"{rest} stands behind what ends the value", f"remove {rest}"


def _sign(stop: Stop) -> Slip | None:
    """Find a text that begins with a sign of YAML's."""
    values = re.finditer(rf"(?P<key>{_KEY}):\s+(?P<value>[{re.escape(_SIGNS)}][^,}}\]]*)", stop.line)
    found = next((value for value in values if value.start("value") <= stop.place.column), None)
    if found is None:
        return None
    key, value = found["key"], found["value"].rstrip()
    place = stop.at(stop.place.line, found.start("value"), len(value))
    if key == "where":
        return place, "this condition has nothing before its sign", f"name the field: {key}: waiting {value}"
    rest = stop.line[found.start("value") :].strip()
    whole = value if "{" in stop.line[: found.start("key")] else rest
    return place, f"a text cannot begin with {value[0]} here", f"write {key}: {in_quotes(whole)}"


def _colon(stop: Stop) -> Slip | None:
    """Find a second colon in a line: a text with one, or a clause without braces."""
    keyed = _KEYED.match(stop.line)
    if keyed is None or stop.place.column <= keyed.end("key") + 1 or "not allowed" not in stop.words[1]:
        return None
    key, value, inner = keyed["key"], keyed["value"], _INNER.match(keyed["value"])
    place = stop.at(stop.place.line, keyed.start("value"), len(value))
    if key in _CLAUSES and inner is not None:
        return place, f"{inner['key']}: is a key of {key}, and stands beside it", f"write {key}: {{{value}}}"
    return place, "this text has a colon in it", f"write {key}: {in_quotes(value.strip(_TYPESET))}"


def _no_dash(stop: Stop) -> Slip | None:
    """Find an entry of a list without a dash in front, or without a space behind it."""
    number = stop.place.line
    if "':'" in stop.words[1] and stop.begun is not None:
        number = stop.begun.line
    elif _DASHED.match(stop.line) and "expected key" in stop.words[1]:
        number -= 1
    line = stop.line_of(number)
    indent = len(line) - len(line.lstrip())
    beside = (stop.line_of(number - 1), stop.line_of(number + 1))
    in_list = "'-' indicator" in stop.words[1] or any(
        _DASHED.match(each) and len(each) - len(each.lstrip()) == indent for each in beside
    )
    bare = line.strip().removeprefix("-").strip()
    if not in_list or not bare or _DASHED.match(line):
        return None
    found = "this line has no - in front, as the others have"
    if line.lstrip().startswith("-"):
        found = "no space stands behind this dash"
    return stop.at(number, indent, len(line.strip())), found, f"write - {bare}"


def _no_colon(stop: Stop) -> Slip | None:
    """Find a key that has no colon: what follows on its line is taken for one text with it."""
    number = stop.place.line - 1
    if "':'" in stop.words[1] and stop.begun is not None:
        number = stop.begun.line
    words = re.fullmatch(rf"(?P<lead>\s*(?:- +)*)(?P<key>{_KEY})(?:\s+(?P<value>[^:#]*?))?\s*", stop.line_of(number))
    if words is None or (words["value"] and "':'" not in stop.words[1]):
        return None
    place = stop.at(number, words.start("key"), len(words["key"]))
    value = f" {words['value'].lstrip('= ')}" if words["value"] else ""
    return place, f"no colon stands behind {words['key']}", f"write {words['key']}:{value}"


def _indented(stop: Stop) -> Slip | None:
    found = misaligned(stop.place.line, stop.line_of)
    if found is None:
        return None
    line, indent, like = found
    spaces = f"{indent} {'space' if indent == 1 else 'spaces'}"
    here = len(stop.line_of(line)) - len(stop.line_of(line).lstrip())
    fix = f"begin it with {spaces}, as line {like} begins" if indent else f"begin it without spaces, as line {like}"
    return stop.at(line, here), f"this line begins with {here} spaces, and its neighbours with {indent}", fix


_GUESSES: Final = (
    _hard_space, _escape, _tab, _no_space, _left_open, _no_comma, _after_quote, _sign, _colon, _no_dash, _no_colon,
    _behind_bracket, _indented,
)  # fmt: skip
"""What is looked for, in this order."""
