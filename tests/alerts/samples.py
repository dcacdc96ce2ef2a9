"""Notices to send: one of each kind, of one promise, as the desk makes them."""

from msgspec.structs import replace

from alerts.routing.notice import Notice
from tests.streams.hosting import SECOND, T0

WARNED = Notice(
    id="4f1c.2",
    kind="warned",
    promise="4f1c",
    standard="no-wait",
    revision="r1",
    subject="s3/q1",
    at=T0,
    text="s3, q1: Open the next register. Since 23:06:40, due 23:07:40 UTC.",
    due=T0 + 60 * SECOND,
    severity="page",
    owner="floor-lead",
    wording="You will never stand behind more than three people.",
    how="Call the next name on the standby list; greet the first person in line.",
    why='A broken "No Wait" sign costs more trust than no sign at all.',
    exceptions="Fire alarm or till outage; the shift lead may grant one.",
    fields={"site": "s3", "queue": "q1"},
    where=("s3", "q1"),
)
BROKEN = replace(
    WARNED,
    id="4f1c.3",
    kind="broken",
    verdict="broken",
    at=WARNED.due,
    text="s3, q1: Open the next register. Since 23:06:40, broken at 23:07:40 UTC.",
)
KEPT = replace(
    WARNED,
    id="4f1c.4",
    kind="kept",
    verdict="kept",
    at=T0 + 30 * SECOND,
    text="s3, q1: Kept at 23:07:10 UTC. You will never stand behind more than three people.",
)
CORRECTED = replace(
    WARNED,
    id="4f1c.5",
    kind="corrected",
    verdict="kept",
    at=T0 + 50 * SECOND,
    text="s3, q1: Corrected. It was reported broken. It was kept after all, at 23:07:30 UTC.",
)
WICKED = replace(
    WARNED,
    id="<b>\r\nBcc: all@x",
    promise="4f1c>\r\nBcc: all@x",
    subject="<script>alert(1)</script>\r\nBcc: all@x\x1b[2J",
    text="<script>alert(1)</script>\r\nBcc: all@x\x1b[2J: Open the next register.",
    owner="<img src=x onerror=alert(1)>",
    how="<a href='javascript:alert(1)'>here</a> & there\nand on a second line",
)
"""What came with events may be anything."""
