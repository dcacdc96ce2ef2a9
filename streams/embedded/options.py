"""How a host on one machine judges and tells.

Read next: `engine.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from alerts.words.words import SOURCE
from standards.practice.closing import CLOSES_AFTER
from streams.ingest.wire import MAX_SKEW
from streams.runtime.pump import GRACE, SETTLE
from streams.storage.store_writer import KEEP

if TYPE_CHECKING:
    from streams.documents.rules import Policies, Practices
    from streams.names.names import Names


class Options(msgspec.Struct, frozen=True):
    """How to judge and tell. `grace`, `settle`, `max_skew`, `keep` and `closes_after` are microseconds.

    Notices go to all `channels`, unless one of the `policies` says to whom they go; `practices` read people's practice.
    What is only looked up is forgotten after `keep`; months and quarters are counted `closes_after` their end. `names`
    keep who people are apart; without them names stand where events have them, as in a story.
    """

    grace: int = GRACE
    settle: int = SETTLE
    max_skew: int = MAX_SKEW
    zone: ZoneInfo = ZoneInfo("UTC")
    language: str = SOURCE
    channels: tuple[str, ...] = ()
    keep: int = KEEP
    closes_after: int = CLOSES_AFTER
    policies: Policies | None = None
    practices: Practices | None = None
    names: Names | None = None


DEFAULTS = Options()
