"""Why an event that comes in live is refused, as one short stable word each: what dead letters have and metrics count.

A mapping has reasons of its own (`time`, `zone`, ...) for the cells of a table; those stop at the command that reads
the table, and no live host has them.
Read next: `wire.py`, which gives most of these.
"""

from typing import Final

NOT_MAPPED: Final = "not-mapped"
"""Why a record of another system is refused of which its mapping cannot make the events that it should."""
LIVE_REASONS: Final = (
    "not-json",
    "bad-event",
    "bad-field",
    "unknown-type",
    "reserved-type",
    "reserved-source",
    "from-the-future",
    "too-large",
    "no-event",
    "unknown-reference",
    "not-agreed",
    "private-answer",
    "own-reward",
    NOT_MAPPED,
    "defect",
)
