"""Take the text of an expression apart into tokens, and refuse every token that an expression cannot have.

Python's parser later sees only text in which every token was allowed here, so no call prefix, comment, exponent or
literal of unbounded size ever reaches it.

Read next: `syntax.py`.
"""

import keyword
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from standards.expressions.slips import between, unit_after

MAX_DEPTH: Final = 50
MAX_DIGITS: Final = 15
# Thirteen factors of 64 bits, each a sum of at most 500, stay below the 1024 bits that fit a float. So whole
# numbers can never grow until mixing them with a fraction raises OverflowError.
MAX_PRODUCTS: Final = 12

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
      | (?P<text>"(?:[^"\\\x00-\x1f]|\\["'\\])*" | '(?:[^'\\\x00-\x1f]|\\["'\\])*')
      | (?P<number>[0-9]+(?:\.[0-9]+)?%?)
      | (?P<name>[^\W\d]\w*)
      | (?P<foreign>===|!==|\*\*|//|&&|\|\||<>|:=|=>|=<|<<|>>|->|=(?!=)|!(?!=)|[%&|^~@?;:{}\#$`\\])
      | (?P<sign>==|!=|<=|>=|[-<>+*/(),.\[\]])""",
    re.VERBOSE,
)
_COMBINING: Final = frozenset({"and", "or", "not", "in", "is"})
MISSING: Final = "missing"
"""`x is missing`: what an optional field without a value is."""
TOO_DEEP: Final = f"this is nested more than {MAX_DEPTH} deep"
SIMPLIFY: Final = "simplify it"
TWO_SIDES: Final = "every comparison needs a value on both sides"
_WRITE_EQUALS: Final = "use == to compare"
_FOREIGN: Final = {
    "=": _WRITE_EQUALS,
    ":=": _WRITE_EQUALS,
    "===": _WRITE_EQUALS,
    "!==": "use != for not equal",
    "<>": "use != for not equal",
    "!": "write not",
    "=>": "write >=",
    "=<": "write <=",
    "&": "write and",
    "&&": "write and",
    "|": "write or",
    "||": "write or",
    "%": "80% means 0.8, with no space before the sign; there is no remainder",
    "**": "multiply instead: x * x",
    "//": "use / to divide",
    "None": "leave it out: a comparison with a missing field is already false",
    "AND": "write and",
    "OR": "write or",
    "NOT": "write not",
    "IN": "write in",
    "TRUE": "write true",
    "FALSE": "write false",
}
_TYPESET_QUOTES: Final = (
    "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}"
    "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
)
ONLY_COMPARISONS: Final = "write comparisons, joined by and, or, not"


class ExpressionError(ValueError):
    """The author's text is not a valid expression: what was found, where in the text, and what would fix it.

    `offset` counts characters from 0 in the source exactly as it was given; `length` is at least 1, save that it is
    0 at the very end of the text. `unknown` is what is not there, if so: a field, or a table with its column. `check`
    is the id of the check that finds it, where it has one of its own.
    """

    def __init__(  # noqa: PLR0913 - an error says where, what, and what would fix it
        self, message: str, *, offset: int, length: int, fix: str, unknown: str = "", check: str = ""
    ) -> None:
        super().__init__(f"{message}; {fix}")
        self.message = message
        self.offset = offset
        self.length = length
        self.fix = fix
        self.unknown = unknown
        self.check = check or ("unknown-field" if unknown else "")

    def within(self, source: str, start: int) -> "ExpressionError":
        """Return the same finding, placed in `source`, of which the part from `start` was read.

        `start` is negative where text was put before `source` to read it.
        """
        offset = min(max(self.offset + start, 0), len(source))
        length = min(self.length, len(source) - offset)
        return ExpressionError(
            self.message, offset=offset, length=length, fix=self.fix, unknown=self.unknown, check=self.check
        )


class Token(NamedTuple):
    """One token: `kind` is text, number, name, sign, or foreign (a sign that is always refused)."""

    kind: str
    text: str
    offset: int

    def error(self, message: str, fix: str) -> ExpressionError:
        """Return the error that points at this token."""
        return ExpressionError(message, offset=self.offset, length=len(self.text), fix=fix)

    @property
    def ends_operand(self) -> bool:
        """Tell whether a value may end here."""
        return self.starts_operand or self.text in {")", "]"}

    @property
    def starts_operand(self) -> bool:
        """Tell whether a value starts here, bracketed ones aside."""
        return self.kind in {"text", "number"} or self.is_word

    @property
    def is_word(self) -> bool:
        """Tell whether this is a name rather than and, or, not, in, is."""
        return self.kind == "name" and self.text not in _COMBINING


def tokens_of(source: str) -> list[Token]:
    """Return the tokens of `source`, white space left out. Raises ExpressionError where one may not stand."""
    tokens: list[Token] = []
    for token in _tokens(source):
        _check_token(token, tokens)
        tokens.append(token)
    if not tokens:
        raise ExpressionError("there is nothing here", offset=0, length=len(source), fix="write a comparison")
    _check_sequence(tokens)
    _check_brackets(tokens)
    if not tokens[-1].ends_operand:
        end = tokens[-1].offset + len(tokens[-1].text)
        raise ExpressionError("the end comes too early", offset=end, length=0, fix=TWO_SIDES)
    return tokens


def _tokens(source: str) -> Iterator[Token]:
    offset = 0
    while offset < len(source):
        match = _TOKEN.match(source, offset)
        if match is None:
            raise _unreadable(source, offset)
        token = Token(match.lastgroup or "", match.group(), offset)
        offset = match.end()
        if token.kind != "space":
            yield token


def _unreadable(source: str, offset: int) -> ExpressionError:
    if source[offset] in "\"'":
        found = "this text has no end, or holds a line break or a backslash"
        fix = "close it with the same quote; write a backslash twice"
        return ExpressionError(found, offset=offset, length=len(source) - offset, fix=fix)
    found = f"{source[offset]!r} has no meaning here"
    fix = ONLY_COMPARISONS
    if source[offset] in _TYPESET_QUOTES:
        text = re.match(rf"[{_TYPESET_QUOTES}](.*?)[{_TYPESET_QUOTES}\"']", source[offset:])
        fix = f'write texts in straight quotes: "{text[1] if text else "phone"}"'
    return ExpressionError(found, offset=offset, length=1, fix=fix)


def _check_token(token: Token, before: Sequence[Token]) -> None:
    if token.kind == "number":
        if before and before[-1].kind == "number" and re.fullmatch("[0-9]{3}", token.text):
            raise _apart(before[-1], token, "a space stands in this number")
        _check_number(token)
    if token.kind == "name" and not token.text.isidentifier():
        raise token.error(f"{token.text} is not a valid name", "names are made of letters, digits and _")
    if token.text == "=" and before and before[-1].text in ("<", ">"):
        raise _apart(before[-1], token, "a space stands in this sign")
    reserved = keyword.iskeyword(token.text) and token.text not in _COMBINING | {"True", "False"}
    if reserved or token.text in _FOREIGN or token.kind == "foreign":
        raise token.error(f"{token.text} has no meaning here", _FOREIGN.get(token.text, ONLY_COMPARISONS))


def _apart(first: Token, second: Token, found: str) -> ExpressionError:
    """Give the error that points at two tokens that are meant as one."""
    length = second.offset + len(second.text) - first.offset
    return ExpressionError(found, offset=first.offset, length=length, fix=f"write {first.text}{second.text}")


def _check_number(token: Token) -> None:
    digits = token.text.rstrip("%")
    if len(digits.replace(".", "")) > MAX_DIGITS:
        raise token.error(f"this number has more than {MAX_DIGITS} digits", "round it")
    if digits[0] == "0" and digits[1:2].isdigit():
        fix = f'write it without, or "{digits}" if it is a text'
        raise token.error(f"{token.text} starts with a superfluous 0", fix)


def _check_sequence(tokens: list[Token]) -> None:
    """Refuse what Python would read as something else: "a" "b", 1e999, b"text", 5.real, 7 % x."""
    for place, (before, after) in enumerate(pairwise(tokens), start=1):
        if before.kind == "number" and before.text.endswith("%") and (after.starts_operand or after.text == "("):
            raise before.error("% here only means per cent", "80% means 0.8; there is no remainder")
        if before.kind == "number" and after.kind == "name" and before.offset + len(before.text) == after.offset:
            raise after.error(f"a number runs into {after.text}", unit_after(before.text, after.text))
        if before.ends_operand and after.starts_operand:
            raise after.error(f"nothing joins this to {before.text}", between(tokens, place))
        if after.text == "." and not before.is_word:
            raise after.error("this point belongs to nothing", "write numbers as 5 or 0.5")
    for place, token in enumerate(tokens):
        said = [each.text for each in tokens[place + 1 : place + 3] if each.text != "not"]
        if token.kind == "name" and token.text == "is" and said[:1] != [MISSING]:
            raise token.error("is goes with missing only", "write == to compare, or: is missing, is not missing")
    products = [token for token in tokens if token.text == "*"]
    if len(products) > MAX_PRODUCTS:
        message = f"there are more than {MAX_PRODUCTS} multiplications"
        raise products[MAX_PRODUCTS].error(message, "work constants out beforehand")


def _check_brackets(tokens: list[Token]) -> None:
    opened: list[Token] = []
    for token in tokens:
        if token.text in {"(", "["}:
            opened.append(token)
            if len(opened) > MAX_DEPTH:
                raise token.error(TOO_DEEP, SIMPLIFY)
        elif token.text in {")", "]"} and (not opened or opened.pop().text + token.text not in {"()", "[]"}):
            raise token.error(f"this {token.text} closes nothing", "remove it, or open it before")
    if opened:
        raise opened[-1].error(f"this {opened[-1].text} is never closed", "close it")
