"""The names that files declare together: calendars, feeds, event types and standards, each name once.

Read next: `spec.py`, which compiles what is collected here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.calendar.hours import did_you_mean
from standards.documents.entries import Entry
from standards.documents.model import DocumentModel, keys_of
from standards.documents.sections import NAME, VERSION, name_meant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.documents.document import Document, Value
    from standards.errors import Finding

SECTIONS = ("calendars", "tables", "feeds", "events", "states", "standards")
_KEYS = keys_of(DocumentModel)
_STANDARD = frozenset({"promise", "when", "expect", "per", "within"})
"""Keys that only a standard has."""


class Namespace:
    """What documents declare, by section and name. What is wrong goes to `findings`."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        self.sections: dict[str, dict[str, tuple[Entry, Value]]] = {section: {} for section in SECTIONS}
        self.readings: dict[str, Entry] = {}

    def add(self, document: Document) -> None:
        """Take in a document: check its top and collect what stands under its sections."""
        top = Entry(document, (), self.findings)
        if document.data or not document.findings:  # else the reader has said that there is nothing to check
            _check_top(top, document.data)
        for section in SECTIONS:
            declared = document.data.get(section)
            if isinstance(declared, dict):
                for name in declared:
                    self._declare(top.at(section, name), section, declared)
            elif declared is not None:
                fix = "write each name on a line of its own, followed by a colon"
                if isinstance(declared, list) and declared and isinstance(declared[0], dict):
                    fix = f"write {next(iter(declared[0]))}: without the dash in front"
                top.at(section).error("wrong-type", f"{section} must be a mapping of names", fix)
        given = document.data.get("readings", [])
        readings = [given] if isinstance(given, str) else given
        if isinstance(readings, list) and all(isinstance(name, str) for name in readings):
            self.readings |= {str(name): top.at("readings", index) for index, name in enumerate(readings)}
        else:
            top.at("readings").error("wrong-type", "readings must be a list of event types", "write [floor.counted]")

    def _declare(self, entry: Entry, section: str, declared: Mapping[str, Value]) -> None:
        first = self.sections[section].setdefault(entry.name, (entry, declared[entry.name]))[0]
        if first is not entry:
            found = f"{entry.name!r} is declared already, in {first.where}"
            entry.error("duplicate-name", found, "choose another name, or remove one of the two", key=True)
        if section != "events" and not NAME.fullmatch(entry.name):
            found = f"{entry.name!r} is not a valid name"
            entry.error("bad-name", found, name_meant(entry.name, {*self.sections[section], *declared}), key=True)


def _check_top(top: Entry, data: dict[str, Value]) -> None:
    misspelt = [key for key in data if key not in _KEYS and key.lower() == "kept"]
    if "kept" not in data and not misspelt:
        found = "the file does not say which version of this form it is written in"
        top.error("missing-key", found, "begin it with kept: 1")
    elif not misspelt and (data["kept"] != VERSION or isinstance(data["kept"], bool)):
        top.at("kept").error("wrong-value", "only version 1 of this form is known", "write kept: 1")
    for key, value in data.items():
        if key not in _KEYS:
            fix = did_you_mean(key, _KEYS) or f"the keys here are: {', '.join(_KEYS[:-1])}"
            if isinstance(value, dict) and not _STANDARD.isdisjoint(value):
                fix = f"indent {key}: and what is under it by two spaces, under standards:"
            top.at(key).error("unknown-key", f"{key!r} is not a valid key here", fix, key=True)
