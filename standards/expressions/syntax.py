"""Read the text of an expression into Python's syntax tree, or say where it stops making sense.

Python's parser gives precedence and chained comparisons; `tokens.py` has allowed every token before it sees one.

Read next: `typecheck.py`, which allows the nodes and gives each a type.
"""

import ast
from decimal import Decimal
from typing import Final

import msgspec

from standards.expressions.tokens import SIMPLIFY, TOO_DEEP, TWO_SIDES, ExpressionError, Token, tokens_of

MAX_LENGTH: Final = 1000


class Syntax(msgspec.Struct, frozen=True):
    """A parsed text: the raw tree, and what is needed to point from a node back into `source`."""

    source: str
    tree: ast.expr
    code: bytes
    indent: int

    def start(self, node: ast.expr) -> int:
        """Return the character of `source` at which `node` starts; Python counts UTF-8 bytes."""
        return self.indent + len(self.code[: node.col_offset].decode())

    def text(self, node: ast.expr) -> str:
        """Return the author's words for `node`."""
        start = self.start(node)
        end = start + len(self.code[node.col_offset : node.end_col_offset].decode())
        return self.source[start : end + (self.source[end : end + 1] == "%")]

    def number(self, node: ast.Constant) -> int | float:
        """Return the number written at `node`: 0.8 for 80%. By Decimal, because 7.1 / 100 in binary is not 0.071."""
        written = self.text(node)
        if written.endswith("%"):
            return float(Decimal(written[:-1]).scaleb(-2))
        return float(written) if "." in written else int(written)

    def error(self, node: ast.expr, message: str, fix: str, *, unknown: str = "", check: str = "") -> ExpressionError:
        """Return the error that points at `node`."""
        start, length = self.start(node), len(self.text(node))
        return ExpressionError(message, offset=start, length=length, fix=fix, unknown=unknown, check=check)


def parse(source: str) -> Syntax:
    """Return the raw syntax tree of `source`. Line breaks count as spaces. Raises ExpressionError."""
    _check_extent(source)
    tokens = tokens_of(source)
    indent = tokens[0].offset
    code = _respaced(tokens)
    return Syntax(source=source, tree=_tree(code, indent), code=code.encode(), indent=indent)


def _check_extent(source: str) -> None:
    if len(source) > MAX_LENGTH:
        found = f"this has {len(source)} characters, and {MAX_LENGTH} is the limit"
        fix = "split it over several standards"
        raise ExpressionError(found, offset=MAX_LENGTH, length=len(source) - MAX_LENGTH, fix=fix)
    half = next((place for place, character in enumerate(source) if "\ud800" <= character <= "\udfff"), None)
    if half is not None:
        raise ExpressionError("half a character stands here", offset=half, length=1, fix="type it again")


def _respaced(tokens: list[Token]) -> str:
    """Return the tokens on one line, the sign of 80% left out, each in the column where the author wrote it."""
    code = ""
    for token in tokens:
        written = token.text.rstrip("%") if token.kind == "number" else token.text
        code = code.ljust(token.offset - tokens[0].offset) + written
    return code


def _tree(code: str, indent: int) -> ast.expr:
    try:
        return ast.parse(code, mode="eval").body
    except SyntaxError as error:
        place = min(max((error.offset or 1) - 1, 0), len(code) - 1)
        message = "something is missing or out of place here"
        raise ExpressionError(message, offset=indent + place, length=1, fix=TWO_SIDES) from None
    except (RecursionError, MemoryError):
        raise ExpressionError(TOO_DEEP, offset=indent, length=len(code), fix=SIMPLIFY) from None
