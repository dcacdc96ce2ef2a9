"""The forms of all documents that people write, as JSON Schemas for their editors.

Read next: `standards/documents/model.py`.
"""

from __future__ import annotations

from typing import Any, Literal, assert_never

from alerts.policy.policy_model import PolicyModel
from alerts.stories.story_model import story_schema
from standards.documents.model import DocumentModel, schema_of
from streams.ingest.mapping_model import MappingModel

Form = Literal["standards", "policy", "mapping", "stories"]


def schema_for(form: Form) -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of a kind of document."""
    match form:
        case "standards":
            return schema_of(DocumentModel)
        case "policy":
            return schema_of(PolicyModel)
        case "mapping":
            return schema_of(MappingModel)
        case "stories":
            return story_schema()
        case _:
            assert_never(form)
