"""What the forms of all files have in common.

Read next: `model.py`, the form of a standards document.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """What all parts have in common: no unknown keys, no conversion of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)
    short: ClassVar[dict[str, Any] | None] = None
    """The JSON Schema of the short form, where there is one."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:  # noqa: ANN401
        """Let editors accept the short form too."""
        schema: dict[str, Any] = handler(core_schema)
        return schema if cls.short is None else {"anyOf": [cls.short, handler.resolve_ref_schema(schema)]}
