"""What one value of a form can be: texts, lists of them, lengths of time, and choices by a field.

Read next: `model.py`, which makes the forms of them.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError


def _as_text(value: object) -> object:
    """Let `60` through as a text, so that the message of what it should be says what is missing: a unit, a sign."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _listed(value: object) -> object:
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    value = _as_text(value)
    return [value] if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(min_length=1)]
_ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
Texts = Annotated[list[Text], BeforeValidator(_listed), WithJsonSchema(_ONE_OR_MORE)]
NumberAsText = Annotated[Text, BeforeValidator(_as_text), WithJsonSchema({"minLength": 1, "type": "string"})]
"""A text that is easily written as a number: a share without its sign, a time with a point."""
_CHOICE: dict[str, Any] = {
    "type": "object",
    "required": ["by", "else"],
    "properties": {"by": {"type": "string", "description": "The field whose value decides."}},
    "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "object"}]},
    "description": "One of several by the value of a field: {by: priority, urgent: 1h, else: 8h}.",
}


def _subjects(value: object) -> object:
    """Let a list through. `teams` has become one by now, wherever it can stand."""
    if isinstance(value, list):
        return value
    raise PydanticCustomError("subjects", "write teams, or a list: [{team: north}, {team: south}]")


Subjects = Annotated[
    list[dict[str, Any]],
    BeforeValidator(_subjects),
    WithJsonSchema({"anyOf": [{"const": "teams"}, {"type": "array", "items": {"type": "object"}}]}),
]
"""Whoever is owed something from the start; `teams` are those of the practice document."""
_LANGUAGE = re.compile("[a-z]{2}", re.ASCII)


def _in_languages(value: object) -> object:
    """Let a text through, and one for each of some languages."""
    if isinstance(value, str) and value:
        return value
    if value == "":
        raise PydanticCustomError("string_too_short", "write something")
    if not isinstance(value, dict):
        raise PydanticCustomError("string_type", "write a text")
    if not value or not all(isinstance(key, str) and _LANGUAGE.fullmatch(key) for key in value):
        raise PydanticCustomError("language", "write a text, or one for each language: {en: ..., de: ...}")
    if not all(isinstance(text, str) for text in value.values()):
        raise PydanticCustomError("language", "write a text for each language")
    if not all(value.values()):
        raise PydanticCustomError("string_too_short", "write something")
    return value


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
_SAID: dict[str, Any] = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"pattern": "^[a-z]{2}$"},
    "additionalProperties": {"type": "string", "minLength": 1},
    "description": "The same in each language: {en: Open the next register., de: Öffnen Sie die nächste Kasse.}",
}
InLanguages = Annotated[
    str | dict[str, str],
    BeforeValidator(_in_languages),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, _SAID]}),
]
"""A text, or the same text in each of some languages, by their codes."""
Duration = Annotated[Text, BeforeValidator(_as_text), WithJsonSchema({"type": "string", "examples": ["60s", "1h30m"]})]


FORMS = frozenset({"(one)", "(several)", "(names)", "(between)"})
"""What a place in a document is called in an error besides its keys, where one may stand as well as a list of them."""
ONE, SEVERAL = Tag("(one)"), Tag("(several)")
BY_FORM = Discriminator(lambda value: "(several)" if isinstance(value, list) else "(one)")
OneOrMore = Annotated[
    Annotated[Text, ONE] | Annotated[list[Text], Field(min_length=1), SEVERAL], BY_FORM, WithJsonSchema(_ONE_OR_MORE)
]
