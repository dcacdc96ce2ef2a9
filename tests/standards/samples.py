"""What several tests of the language read: a document with all its sections, and fields of every type.

Knows: texts and types. Must not know: what the loader should make of them.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from standards.documents.document import Document
from standards.documents.snooze import Checks, sift
from standards.expressions.expression import Field
from standards.lint import CHECKS, NEVER_ASLEEP

if TYPE_CHECKING:
    from standards.compiler.spec import Source
    from standards.errors import Finding

TODAY = date(2026, 5, 4)
"""The day of all tests that need one."""

FULL = """
kept: 1
calendars:
  trading:
    timezone: Europe/Warsaw
    hours: {mon-fri: ["08:00-16:00"], sat: ["09:00-13:00", "14:00-17:00"]}
    holidays: ["2026-12-25"]
feeds:
  tills: {events: [register.opened, register.closed], per: [site], silent_after: 15m}
events:
  window.cleaned: {site: text, window: integer, by: text?, streaks: {type: number, optional: true, unit: streaks}}
standards:
  no-wait:
    promise: You will never stand behind more than three people.
    what: Open the next register.
    how: Call the next name on the standby list.
    why: A broken sign costs more trust than no sign.
    exceptions: Fire alarm; the shift lead may grant one.
    owner: floor-lead
    aspect: speed
    per: [site, queue]
    when: {event: queue.length, where: waiting > 3}
    expect: {event: register.opened}
    within: 60s
    unless: {event: queue.length, where: waiting <= 3}
    calendar: trading
    warn: [15s before, 50%]
    severity: page
    objective: {kept: 95%, over: 28d}
"""

TELL = "what: w, how: h, why: y, exceptions: none, owner: lead, promise: We do."

FIELDS = {
    "waiting": Field("integer"),
    "serving": Field("integer"),
    "score": Field("number", optional=True),
    "channel": Field("text"),
    "agent": Field("text", optional=True),
    "briefed": Field("boolean"),
    "upset": Field("boolean", optional=True),
    "due": Field("time"),
    "done": Field("time", optional=True),
    "größe": Field("number"),
}


def awake(warnings: list[Finding], *sources: Source) -> list[str]:
    """Print the warnings of shipped documents that do not sleep, and whatever is wrong with their snoozes."""
    known = CHECKS.keys() - NEVER_ASLEEP
    checks = Checks(known, {check for check in known if CHECKS[check] == "documents"})
    found = sift(warnings, [Document(source.name, source.text) for source in sources], checks, TODAY)
    return [finding.render() for finding in found.awake]
