"""The alert of a promise, as Alertmanager knows it: its labels, whether it fires, and for how long that is told again.

Knows: what identifies an alert, and how long one stands that nobody resolves. Must not know: how it is posted.
Read next: `alerts/channels/alertmanager.py`, which posts; `alerts/stories/machines.py`, which follows it in a story.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from alerts.routing.notice import Notice, printable, shortened
from standards.calendar.duration import DAY, HOUR

LONGEST_OWED: Final = 8 * DAY
"""How long an alert that nobody resolves is told again at most, in microseconds, if it is owed for so long."""
ON_THE_CLOCK: Final = DAY
"""How long it is told again at least while its promise is on the clock: a pause moves deadlines, and tells nobody."""
BY_ITSELF: Final = HOUR
"""How long it is told again where nothing is owed: it is over, or nobody can know, and there is nothing to wait for."""
LONGEST_LABEL: Final = 200
MOST_FIELDS: Final = 16


def labels(notice: Notice) -> dict[str, str]:
    """Give what identifies the alert of a promise: the same for all its notices, and bounded whatever events hold."""
    own = {
        "alertname": notice.standard,
        "subject": notice.subject,
        "owner": notice.owner,
        "severity": notice.severity,
        "promise": notice.promise,
        "service": "kept",
    }
    fields = {}
    for name, value in sorted(notice.in_english.fields.items())[:MOST_FIELDS]:
        label = re.sub(r"\W|^(?=\d)|^__", "_", name, flags=re.ASCII)
        fields[f"field_{label}" if label in own else label] = "" if value is None else str(value)
    return {name: bounded(value, LONGEST_LABEL) for name, value in {**fields, **own}.items() if value}


def bounded(text: str, longest: int) -> str:
    """Give a text in one line that no terminal obeys, cut where it is longer."""
    return shortened(printable(text.strip().replace("\n", " ")), longest)


def told_again_until(notice: Notice, at: int) -> int:
    """Give up to when an alert is told again that was told `at` an instant: while it is owed, in microseconds UTC."""
    if notice.verdict is None:
        until = max(notice.due, at + ON_THE_CLOCK)
    else:
        until = notice.owed_until if notice.owed_until >= 0 else at + BY_ITSELF
    return min(at + LONGEST_OWED, until)


def replaced(notice: Notice) -> Notice:
    """Give a notice under the id under which its promise was told before: the alert of that one ends."""
    return msgspec.structs.replace(notice, promise=notice.replaces)
