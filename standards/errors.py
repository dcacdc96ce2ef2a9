"""Whose fault it is: the four kinds of error that Kept raises on purpose, and how a finding in a file is printed.

Read next: `compiler/spec.py`, where most findings come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST: Final = 50
"""How many findings are printed where a file has more."""


class Place(msgspec.Struct, frozen=True):
    """A spot in a file: 1-based line and column, and how many characters the caret underlines.

    An option of a command line has no lines: its line is 0, and it is named alone.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    length: int = 1


class Finding(msgspec.Struct, frozen=True):
    """One thing found in an author's file: which check, where, what was found, what would fix it."""

    id: str
    place: Place
    found: str
    fix: str = ""
    level: Literal["error", "warning"] = "error"
    source: str = ""
    cut: int = 0
    """How many characters of the line stand before `source`, where that is a part of it."""

    def render(self) -> str:
        """Print like a compiler: `id: file:line:col`, the source line, a caret, what was found, what would fix it."""
        place = self.place
        file = place.file.encode("utf-8", "backslashreplace").decode()  # its name need not be UTF-8
        where = f"{file}:{place.line}:{place.column}" if place.line else file
        lines = [f"{self.id}: {where}"]
        if self.source:
            before = self.source[: place.column - 1 - self.cut]
            indent = "".join("\t" if char == "\t" else " " for char in before)
            reach = max(1, min(place.length, len(self.source) - len(before)))
            lines += [f"    {self.source}", f"    {indent}{'^' * reach}"]
        lines.append(f"  {self.level}: {self.found}")
        if self.fix:
            lines.append(f"  fix: {self.fix}")
        return "\n".join(lines)


def rendered(findings: Sequence[Finding]) -> list[str]:
    """Print findings; of many the first, errors before warnings, and how many more there are."""
    more = len(findings) - MOST
    first = findings if more <= 0 else sorted(findings, key=lambda each: each.level)  # error, warning
    shown = [finding.render() for finding in first[:MOST]]
    return shown if more <= 0 else [*shown, f"and {more:,} more; mend these first"]


class KeptError(Exception):
    """The root of the errors below; never raised itself."""


class SpecError(KeptError):
    """The author's: a document cannot be used. Carries every finding, not only the first."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("\n\n".join(rendered(findings)))


class EventError(KeptError):
    """The producer's: an event cannot be read. `reason` is a short stable word that metrics count by.

    `found` is the part of the message that quotes the event: messages of one fault differ in it alone.
    """

    def __init__(self, reason: str, message: str, *, found: str = "") -> None:
        self.reason = reason
        self.found = found
        super().__init__(message)


class DeliveryError(KeptError):
    """A channel's: a notice was not delivered. `again` says whether another try can help."""

    def __init__(self, message: str, *, again: bool) -> None:
        self.again = again
        super().__init__(message)


class StateError(KeptError):
    """Ours or the disk's: stored state cannot be used. The message says what to do; the data is kept."""


class DiskError(StateError):
    """The disk's: it is full, or fails. A host that runs goes on by itself once that is mended; else it is started."""
