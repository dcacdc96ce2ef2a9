"""The JSON Schemas by which editors complete and explain: event types by name, lengths of time, the keys of a shape.

An editor cannot read what an author declares, so every word that can be a type of their own is let through;
`kept check` says more.
Read next: `documents/schema.py`, which makes a schema of a form; `shape_keys.py` for the shapes.
"""

from __future__ import annotations

from typing import Any, Final

from standards.compiler.shape_keys import FORMER, SHAPES, ShapeName
from standards.documents.model import DocumentModel
from standards.documents.schema import schema_of
from standards.documents.vocabulary import builtin_vocabulary
from standards.judge.rulebook import PROMISE_EVENTS

Schema = dict[str, Any]

LENGTH: Final = r"(?=[0-9])([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?"
"""A length of time, as `calendar/duration.py` reads it: each unit once, the largest first."""
DAYS: Final = r"(end of )?((next|[1-9][0-9]{0,3}) )?working days?"
"""Working days, as `calendar/working_days.py` reads them."""
SHARE: Final = r"[0-9]{1,3}(\.[0-9]{1,6})?%"
_TYPE: Final = r"^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$"
_FORMS: Final[dict[str, tuple[str, list[str]]]] = {
    "within": (f"{LENGTH}|{DAYS}", ["60s", "1h30m", "1d", "3 working days", "end of next working day"]),
    "every": (f"{LENGTH}|day|week|month|shift", ["day", "week", "month", "shift", "2h", "7d"]),
    "over": (
        f"{LENGTH}|[1-9][0-9]{{0,8}} events?|day|week|month|shift",
        ["30m", "day", "week", "month", "shift", "50 events"],
    ),
    "warn": (f"{SHARE}|\\S+ before", ["50%", "15s before"]),
}
"""What a key holds beside a plain length of time, and what an editor offers for it."""
_NAME: Final = "EventType"
_EVENT: Final[Schema] = {"$ref": f"#/definitions/{_NAME}"}
_LENGTHS: Final = ["60s", "15m", "1h30m", "1d"]
_SAID: Final[dict[ShapeName, str]] = {
    "response": "Something is owed when an event comes: when, expect, within.",
    "precedence": "Something must have happened before: when, expect, within_last.",
    "universality": "Each event must be as it should be: when, must.",
    "bounded": "At most so many: when, at_most, within or until.",
    "recurrence": "Again and again: expect, every.",
    "level": "A measure over a window: when, measure, over, must.",
}
_HIDDEN: Final = ("edition", "excerpt", *FORMER)
"""Keys that are understood, and that no editor should offer."""


def standards_schema() -> Schema:
    """Return the JSON Schema (draft 7) of a standards document."""
    schema: Schema = _without_null(schema_of(DocumentModel))
    parts = schema["definitions"]
    with_event_names(schema, "ClauseModel", "event")
    with_event_names(schema, "FeedModel", "events")
    parts["ClauseModel"]["anyOf"][0] = _EVENT
    _with_lengths(schema, "")
    for part, key in (("ObjectiveModel", "over"), ("FeedModel", "every")):  # a length of time, and nothing else
        _plain_length(parts[part]["properties"][key])
    parts["StandardModel"] = _by_shape(parts["StandardModel"])
    schema["properties"]["excerpt"]["doNotSuggest"] = True
    return schema


def with_event_names(schema: Schema, part: str, key: str) -> None:
    """Let an editor complete event types where a key of a part takes one or, as it does now, a list of them."""
    schema["definitions"][_NAME] = _event_name()
    found = schema["definitions"][part]
    properties = next((each for each in found.get("anyOf", ()) if "properties" in each), found)["properties"]
    described = {name: properties[key][name] for name in ("description", "title") if name in properties[key]}
    several = any(each.get("type") == "array" for each in properties[key].get("anyOf", ()))
    forms = [_EVENT, {"type": "array", "items": _EVENT}] if several else [_EVENT]
    properties[key] = {"anyOf": forms, **described}


def _event_name() -> Schema:
    """Return the schema of an event type: those that there are with what they mean, and any other that can be one."""
    known = {name: kind.meaning for name, kind in builtin_vocabulary().items()}
    known |= dict.fromkeys(PROMISE_EVENTS, "a promise's own event")
    return {
        "description": "An event type, such as register.opened.",
        "type": "string",
        "anyOf": [
            {
                "enum": list(known),
                "markdownEnumDescriptions": list(known.values()),
                "errorMessage": "write an event type of Kept's, or one of your own: words joined by dots",
            },
            {"pattern": _TYPE},
        ],
    }


def _with_lengths(node: object, key: str) -> None:
    """Give every length of time in a schema the pattern of what its key takes, and examples to complete by."""
    if isinstance(node, list):
        for each in node:
            _with_lengths(each, key)
        return
    if not isinstance(node, dict):
        return
    timed = "examples" in node and node.get("type") == "string"
    if timed or (key == "warn" and node.get("type") == "string"):
        form, examples = _FORMS.get(key, (LENGTH, _LENGTHS))
        said = f"write it like {', '.join(examples)}"  # editors that know the key show this instead of the pattern
        node |= {"pattern": f"^({form})$", "patternErrorMessage": said, "examples": examples}
    for name, part in node.items():
        if name == "properties" and isinstance(part, dict):
            for inner, value in part.items():
                _with_lengths(value, inner)
        else:
            _with_lengths(part, key)


def _plain_length(node: object) -> None:
    """Let a key take a length of time alone, where others of its name take more."""
    if isinstance(node, dict):
        if "pattern" in node:
            said = f"write it like {', '.join(_LENGTHS)}"
            node |= {"pattern": f"^({LENGTH})$", "patternErrorMessage": said, "examples": _LENGTHS}
        for part in node.values():
            _plain_length(part)
    elif isinstance(node, list):
        for part in node:
            _plain_length(part)


def _by_shape(whole: Schema) -> Schema:
    """Split the schema of a standard into one for each shape, so that an editor offers the keys of the one begun."""
    properties: Schema = whole["properties"]
    for name in _HIDDEN:
        if name in properties:
            properties[name]["doNotSuggest"] = True
    owned = {key for required, optional in SHAPES.values() for key in (*required, *optional)} | FORMER.keys()
    common = {name: value for name, value in properties.items() if name not in owned}
    shapes = []
    for shape, (required, optional) in SHAPES.items():
        keys = [*required, *optional, *(key for key, of in FORMER.items() if of == shape)]
        whole_time = {"anyOf": [{"required": ["within"]}, {"required": ["due"]}]} if shape == "response" else {}
        shapes.append(
            {
                "title": shape,
                "description": _SAID[shape],
                "type": "object",
                "properties": {**common, **{key: properties[key] for key in keys if key in properties}},
                "required": [*whole["required"], *(key for key in required if (key, shape) != ("within", "response"))],
                **whole_time,
                "additionalProperties": False,
            }
        )
    return {"description": whole["description"], "anyOf": shapes}


def _without_null(node: Any) -> Any:  # noqa: ANN401 - any part of a JSON Schema
    """Leave out that a key may be null, which no document may write, and the defaults that say so."""
    if isinstance(node, list):
        return [_without_null(each) for each in node]
    if not isinstance(node, dict):
        return node
    node = {key: _without_null(value) for key, value in node.items() if not (key == "default" and value is None)}
    forms = [each for each in node.get("anyOf", ()) if each != {"type": "null"}]
    if "anyOf" in node and len(forms) == 1:
        return {**forms[0], **{key: value for key, value in node.items() if key != "anyOf"}}
    return {**node, "anyOf": forms} if forms else node
