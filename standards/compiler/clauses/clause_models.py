"""The clauses of a standard as they are written, each with where it stands.

Read next: `clausing.py`, which compiles them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.documents.model import BetweenModel, written
from standards.expressions.states import names_in

if TYPE_CHECKING:
    from standards.documents.model import ClauseModel, StandardModel

TAKES_FOR: Final = "only a response takes for: it stands in when, expect and unless of a standard with within or due"
TAKES_APART: Final = "it goes with when"


def clause_models(model: StandardModel) -> dict[tuple[str | int, ...], ClauseModel]:
    """Give the clauses by their path, the opening one first."""
    found: dict[tuple[str | int, ...], ClauseModel | list[ClauseModel] | None] = {
        ("when",): model.when, ("expect",): model.expect, ("unless",): model.unless, ("until",): model.until,
        ("follow",): model.follow,
    }  # fmt: skip
    for key, said in (("pause", model.pause), ("while", model.needed)):
        if isinstance(said, BetweenModel):
            found |= {(key, "when"): said.when, (key, "until"): said.until}
    if model.undo is not None:
        found["undo", "when"] = model.undo.when
    return {(*path, *place): clause for path, some in found.items() for place, clause in written(some)}


def state_names(model: StandardModel) -> frozenset[str]:
    """Give the names of states that a standard speaks of."""
    return frozenset().union(*(names_in(said) for said in (model.pause, model.needed) if isinstance(said, str)))


def opening_events(model: StandardModel) -> list[str]:
    """Name the types of the events that open a standard's promises, or that it judges."""
    first = model.when if model.when is not None else model.expect
    return [name for _, clause in written(first) for name in clause.events]
