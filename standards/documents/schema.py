"""The JSON Schema of a form of document, in the draft that editors read.

Read next: `model.py`; `compiler/schema.py`, which says more of standards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from standards.documents.strict import Strict


def schema_of(model: type[Strict]) -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of a document, for editors."""
    schema = model.model_json_schema(ref_template="#/definitions/{model}")
    schema["definitions"] = schema.pop("$defs")
    return {"$schema": "http://json-schema.org/draft-07/schema#", **_draft_7(schema)}


def _draft_7(node: Any) -> Any:  # noqa: ANN401 - any part of a JSON Schema
    """Wrap every reference that has neighbours: draft 7 reads nothing beside a $ref. One form or another is any."""
    if isinstance(node, list):
        return [_draft_7(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {"anyOf" if key == "oneOf" else key: _draft_7(value) for key, value in node.items()}
    if "$ref" in node and len(node) > 1:
        node = {"allOf": [{"$ref": node.pop("$ref")}], **node}
    return node
