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
    text="Open the next register at s3/q1. Promise due 23:07:40 UTC, 60 s left.",
    due=T0 + 60 * SECOND,
    severity="page",
    owner="floor-lead",
    wording="You will never stand behind more than three people.",
    how="Call the next name on the standby list; greet the first person in line.",
    why='A broken "No Wait" sign costs more trust than no sign at all.',
    exceptions="Fire alarm or till outage; the shift lead may grant one.",
    fields={"site": "s3", "queue": "q1"},
)
BROKEN = replace(
    WARNED,
    id="4f1c.3",
    kind="broken",
    verdict="broken",
    at=WARNED.due,
    text="Open the next register at s3/q1. The promise was broken at 23:07:40 UTC, 60 s after it was made.",
)
KEPT = replace(
    WARNED,
    id="4f1c.4",
    kind="kept",
    verdict="kept",
    at=T0 + 30 * SECOND,
    text="All is well again at s3/q1: the promise no-wait was kept at 23:07:10 UTC.",
)
CORRECTED = replace(
    WARNED,
    id="4f1c.5",
    kind="corrected",
    verdict="kept",
    at=T0 + 50 * SECOND,
    text="Corrected at s3/q1: the promise no-wait, reported broken, was kept after all, at 23:07:30 UTC.",
)
WICKED = replace(
    WARNED,
    id="<b>\r\nBcc: all@x",
    promise="4f1c>\r\nBcc: all@x",
    subject="<script>alert(1)</script>\r\nBcc: all@x\x1b[2J",
    text="Open the next register at <script>alert(1)</script>\r\nBcc: all@x\x1b[2J.",
    owner="<img src=x onerror=alert(1)>",
    how="<a href='javascript:alert(1)'>here</a> & there\nand on a second line",
)
"""What came with events may be anything."""
