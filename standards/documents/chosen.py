"""The form of what can be chosen by a field: a value, or `{by: FIELD, VALUE: ..., else: ...}`.

Read next: `model.py`, which has keys of this form, and `compiler/choices.py`, which compiles them.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_CHOICE: dict[str, Any] = {
    "type": "object",
    "required": ["by", "else"],
    "properties": {"by": {"type": "string", "description": "The field whose value decides."}},
    "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "object"}]},
    "description": "One of several by the value of a field: {by: priority, urgent: 1h, else: 8h}.",
}


def _chosen(value: object) -> object:
    """Let a text through, a number as the text that it was likely meant to be, and a choice with all that is in it."""
    if isinstance(value, dict):
        return {key: part if key == "by" else _chosen(part) for key, part in value.items()}
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise PydanticCustomError("string_type", "write one value, or a choice: {{by: FIELD, VALUE: ..., else: ...}}")
    if value == "":
        raise PydanticCustomError("string_too_short", "write something")
    return str(value)


_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
ChosenTime = Annotated[
    str | dict[str, Any],
    BeforeValidator(_chosen),
    WithJsonSchema({"anyOf": [_TEXT | {"examples": ["60s", "1h30m"]}, _CHOICE]}),
]
"""How long there is, or a choice by a field."""
ChosenName = Annotated[str | dict[str, Any], BeforeValidator(_chosen), WithJsonSchema({"anyOf": [_TEXT, _CHOICE]})]
"""A name, or a choice of several by a field."""
