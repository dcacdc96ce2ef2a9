"""The description of the API, as OpenAPI 3.1: made from the operations, their classes and the vocabulary in force.

Nothing is written twice: a route that is not here does not exist, and the events are described by the classes that
read them.
Read next: `streams/web/operation.py`.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from streams.web.actions import LONGEST_KEY
from streams.web.api.intake import BATCH, BINARY, LINES, ONE
from streams.web.api.views import IntakeProblem, ProblemItem, View
from streams.web.api.ways_in import FORM as FIELDS
from streams.web.forms import DayChange, Erasure, Export, Grant, OwnPages, Settlement, ShiftNote
from streams.web.problem import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from standards.judge.events import Event
    from streams.web.operation import Operation

Json = dict[str, Any]

_REF: Final = "#/components/schemas/{name}"
_FORM: Final = "#/components/schemas/{model}"
_EVENT: Final = "#/components/schemas/event.{name}"
_ALWAYS: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_STORE: Final = HTTPStatus.SERVICE_UNAVAILABLE
_RETRIED: Final = (HTTPStatus.TOO_MANY_REQUESTS, _STORE)


def document(
    operations: Sequence[Operation], classes: Mapping[str, type[Event]], *, version: str, open_paths: Collection[str]
) -> Json:
    """Describe the operations; `classes` are those of the events that are read, `open_paths` need no token."""
    paths: Json = {}
    for operation in operations:
        described = _operation(operation)
        if operation.path in open_paths:
            described["security"] = []
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kept",
            "version": version,
            "description": "Events in, promises out. Instants are RFC 3339 in UTC, spans are seconds.",
        },
        "security": [{"token": []}, {}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {**_models(operations), **_events(classes)},
        },
    }


def _operation(operation: Operation) -> Json:
    described: Json = {
        "operationId": re.sub(r"\W+", "_", f"{operation.method.lower()}{operation.path}").strip("_"),
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation.path), *_query_parameters(operation.query)],
        "responses": {str(int(status)): _answer(status, answer) for status, answer in operation.answers.items()},
    }
    text = {"schema": {"type": "string"}}
    described["responses"].get("200", {"content": {}})["content"] |= dict.fromkeys(operation.texts, text)
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _content(operation.body)}
    if operation.body in (Grant, ShiftNote):
        schema = {"type": "string", "maxLength": LONGEST_KEY}
        words = "The same request again with the same key changes nothing."
        key = {"name": "Idempotency-Key", "in": "header", "description": words, "schema": schema}
        described["parameters"].append(key)
    for status in sorted({*_ALWAYS, _STORE, *operation.problems}):
        model = IntakeProblem if operation.body == "events" and status == HTTPStatus.BAD_REQUEST else ProblemItem
        known = described["responses"].setdefault(str(int(status)), {"description": status.phrase, "content": {}})
        known["content"][CONTENT_TYPE] = {"schema": _ref(model)}
        if status in _RETRIED:
            known["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return described


def _answer(status: HTTPStatus, answer: type[View] | str) -> Json:
    if isinstance(answer, str):
        kind = "object" if answer == "application/json" else "string"
        return {"description": status.phrase, "content": {answer: {"schema": {"type": kind}}}}
    return {"description": status.phrase, "content": {"application/json": {"schema": _ref(answer)}}}


def _content(body: type[Grant | Settlement | DayChange | Erasure | ShiftNote | OwnPages | Export] | str) -> Json:
    if isinstance(body, type):
        return {"application/json": {"schema": _ref(body)}}
    if body == "records":
        words = "Records as the other system writes them: one, an array, or one a line; or a form."
        return {kind: {"schema": {"description": words}} for kind in (BINARY, *LINES, FIELDS)}
    event = {"$ref": "#/components/schemas/Event"}
    text = {"type": "string", "description": "One event a line, as JSON."}
    binary = {"type": "object", "description": "The data alone; the other attributes stand in ce-* headers."}
    return {
        ONE: {"schema": event},
        BATCH: {"schema": {"type": "array", "items": event}},
        BINARY: {"schema": binary},
        **{kind: {"schema": text} for kind in LINES},
    }


def _path_parameters(path: str) -> list[Json]:
    schema = {"type": "string", "minLength": 1}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in re.findall(r"\{(\w+)\}", path)]


def _query_parameters(model: type[BaseModel]) -> list[Json]:
    """Describe each field of a query; one that may be left out is not null but absent."""
    parameters = []
    for name, schema in model.model_json_schema()["properties"].items() if model.model_fields else ():
        described = schema.pop("description", "")
        schema.pop("title", None)
        present = [kind for kind in schema.pop("anyOf", ()) if kind != {"type": "null"}]
        if present:
            schema = present[0]  # noqa: PLW2901 - what may be null in the model may be absent in the query
        parameters.append({"name": name, "in": "query", "description": described, "schema": schema})
    return parameters


def _ref(model: type[BaseModel | View]) -> Json:
    return {"$ref": _REF.format(name=model.__name__)}


def _models(operations: Iterable[Operation]) -> Json:
    answers = [answer for operation in operations for answer in operation.answers.values()]
    views = dict.fromkeys(answer for answer in answers if not isinstance(answer, str))
    _, answered = msgspec.json.schema_components([*views, ProblemItem, IntakeProblem], ref_template=_REF)
    forms = (Grant, Settlement, DayChange, Erasure, ShiftNote, OwnPages, Export)
    _, asked = models_json_schema([(form, "validation") for form in forms], ref_template=_FORM)
    return {**answered, **asked["$defs"]}


def _events(classes: Mapping[str, type[Event]]) -> Json:
    """Describe the events by the classes that read them, without the field that only the judge sees."""
    _, schemas = msgspec.json.schema_components(classes.values(), ref_template=_EVENT)
    for cls in classes.values():
        schemas[cls.__name__]["properties"].pop("$at", None)
    kinds = [{"$ref": _EVENT.format(name=cls.__name__)} for cls in classes.values()]
    described = {f"event.{name}": schema for name, schema in schemas.items()}
    return {"Event": {"anyOf": kinds, "description": "A CloudEvents 1.0 event of the vocabulary."}, **described}
