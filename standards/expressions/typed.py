"""A node of an expression with its type, and the words for it.

Read next: `typecheck.py`, which makes them; `persons.py` for those of which little can be asked.
"""

import ast
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from standards.expressions.fields import FieldType, Sort

WORDS: Final[Mapping[str, str]] = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "time": "a point in time",
    "list": "a list",
    "person": "a person's name",
    "free": "what somebody wrote",
}


class Typed(NamedTuple):
    """A node as written, the one rebuilt from it, and its type; whole numbers and fractions compare with each other.

    Of a value of another sort than a plain one little can be asked, whatever its type.
    """

    raw: ast.expr
    node: ast.expr
    type: FieldType | Literal["list"]
    sort: Sort = "plain"

    @property
    def family(self) -> str:
        """Return the type as far as comparing goes."""
        return "number" if self.type == "integer" else self.type

    @property
    def called(self) -> str:
        """Return the words for what it is."""
        return WORDS[self.type if self.sort == "plain" else self.sort]
