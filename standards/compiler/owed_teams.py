"""`subjects: teams`: the teams that the practice document names, written out as if the author had listed them.

It is done before a standard is read, so its excerpt and its revision hold the teams themselves, and whatever comes
later knows nothing of it. Read next: `spec.py`, which asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from standards.documents.document import Value
    from standards.documents.entries import Entry

WORD: Final = "teams"
FIELD: Final = "team"


def asks_for_teams(data: Value) -> bool:
    """Say whether a standard, as it is written, is owed to the teams of the practice document."""
    return isinstance(data, dict) and data.get("subjects") == WORD


def with_teams(standards: Mapping[str, tuple[Entry, Value]], teams: Collection[str]) -> dict[str, tuple[Entry, Value]]:
    """Write the teams out wherever a standard asks for them, in an order that does not hang on the document's."""
    return {name: (entry, _written_out(entry, data, teams)) for name, (entry, data) in standards.items()}


def _written_out(entry: Entry, data: Value, teams: Collection[str]) -> Value:
    if not isinstance(data, dict) or not asks_for_teams(data):
        return data
    if data.get("per", FIELD) not in (FIELD, [FIELD]):
        found = f"subjects: {WORD} lists teams, and {entry.name} is not owed per {FIELD} alone"
        fix = f"write per: [{FIELD}], or list under subjects who is owed it"
        entry.at("subjects").error("subject-field", found, fix)
        return {key: value for key, value in data.items() if key != "subjects"}
    listed: list[Value] = [{FIELD: team} for team in sorted(teams)]
    return {**data, "subjects": listed}
