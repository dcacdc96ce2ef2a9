"""What is declared and nobody uses: calendars, tables, states and event types. Most often a line was forgotten.

Read next: `assembly.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.compiler.clauses.clause_models import state_names
from standards.compiler.targets.target_keys import calendar_names, hours_named
from standards.judge.standard import event_types

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from standards.compiler.namespace import Namespace
    from standards.documents.document import Value
    from standards.documents.entries import Entry
    from standards.documents.model import StandardModel
    from standards.judge.standard import Feed, Standard


def report_unused(names: Namespace, models: Sequence[StandardModel], standards: Sequence[Standard]) -> None:
    """Report what no standard names. Nothing, where anything is wrong: else what uses it may be what is wrong."""
    if any(finding.level == "error" for finding in names.findings):
        return
    hours = {name for model in models for name in (*calendar_names(model), hours_named(model.during or "")[0])}
    for name, (entry, _) in names.sections["calendars"].items():
        if name not in hours:
            fix = "name it under calendar or during of a standard, or remove it"
            entry.warning("unused-calendar", f"no standard uses the calendar {name!r}", fix)
    looked_up = {name for standard in standards for name in standard.tables}
    for name, (entry, _) in names.sections["tables"].items():
        if name not in looked_up:
            fix = f"remove it, or name one of its columns, {name}.COLUMN: in a where, or in a choice by it"
            entry.warning("unused-table", f"no standard looks anything up in {name!r}", fix)
    spoken_of = {name for model in models for name in state_names(model)}
    for name, (entry, _) in names.sections["states"].items():
        if name not in spoken_of:
            fix = "remove it, or name it under while or pause of a standard"
            entry.warning("unused-state", f"no standard speaks of the state {name!r}", fix)


def unused_events(
    declared: Mapping[str, tuple[Entry, Value]], builtin: Container[str], standards: Iterable[Standard],
    feeds: Iterable[Feed],
) -> None:  # fmt: skip
    """Warn of an author's own event types that no standard looks at and no feed is heard by."""
    used = {name for standard in standards for name in event_types(standard)}
    used |= {name for feed in feeds for name in feed.events}
    for name, (entry, _) in declared.items():
        if name not in used and name not in builtin:
            entry.warning("unused-event", f"no standard uses the event {name!r}", "remove it, or name it in a standard")
