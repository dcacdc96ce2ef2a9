"""What standards and a policy, each sound in itself, hardly mean together: an owner whom no route serves.

What a policy alone hardly means is found here as well.

Read next: `standards/lint/lint_input.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.policy.doubted import can_fit
from standards.documents.declared import calendar
from standards.documents.declared_model import HoursModel
from standards.documents.entries import Entry
from standards.lint.clock import overdue_holidays

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from alerts.policy.policy import People
    from standards.documents.declared import ReadFile
    from standards.documents.document import Document
    from standards.judge.standard import Standard


FORMER, PRESENT = "settle", "well_for"
"""What the wait for an all-clear was called before, and is called now."""


def owner_without_route(people: People, standards: Mapping[str, Standard], entries: Mapping[str, Entry]) -> None:
    """Report standards of which no route can tell anybody; those that are only shown (severity info) need none."""
    for standard in standards.values():
        served = any(can_fit(route.match, standard) for route in people.routes)
        if standard.severity != "info" and not served:
            who = standard.owner or "nobody"
            found = f"{standard.id} belongs to {who}, and no route of the policy tells anybody of it"
            fix = f"add a route such as - match: {{owner: {who}}}, or a last route without match:"
            entry = entries[standard.id]
            entry.at("owner" if entry.has("owner") else "promise").warning("owner-without-route", found, fix)


def renamed_keys(document: Document) -> None:
    """Report keys of routes that have another name now, and mean what they meant."""
    routes = document.data.get("routes")
    for index, route in enumerate(routes if isinstance(routes, list) else ()):
        if isinstance(route, dict) and FORMER in route:
            entry = Entry(document, ("routes", index), document.findings)
            entry.at(FORMER).warning("renamed-key", f"{FORMER} is now {PRESENT}", f"write {PRESENT}")


def policy_holidays(document: Document, read: ReadFile, today: date) -> None:
    """Report the policy's lists of holidays that have run out. The policy must be sound."""
    declared = document.data.get("calendars")
    for name, data in declared.items() if isinstance(declared, dict) else ():
        entry = Entry(document, ("calendars", name), document.findings)
        model = entry.read(HoursModel, data)
        made = None if model is None else calendar(entry, model, read)
        if made is not None:
            overdue_holidays(entry, made.model.holidays or [], today)
