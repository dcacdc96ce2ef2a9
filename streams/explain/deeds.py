"""What people did, in words: what kind of act it was, by which way it came, and what they said of it.

Knows: acts. Must not know: pages or terminals. Read next: `board/people.py` and `why.py`, which show them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.storage.actions import ACKNOWLEDGED, DEBRIEFED, DONE, EXCUSED, SETTLED, SILENCED, UNSILENCED

if TYPE_CHECKING:
    from collections.abc import Collection

    from streams.storage.rows import Act

_DID: Final = {
    ACKNOWLEDGED: "took it",
    DONE: "said that it is done",
    DEBRIEFED: "talked it over",
    EXCUSED: "asked for an exception",
    SILENCED: "laid a silence",
    UNSILENCED: "lifted a silence",
    SETTLED: "dealt with an event that could not be read",
}
_WAYS: Final = {"kept/board": "on the board", "kept/link": "by a link in a message", "kept/exceptions": "by the API"}
_SAID: Final = ("reason", "note", "how", "involved", "cause", "missed", "next_step", "team", "silence", "until",
                "standard", "subject", "site", "owner", "severity")  # fmt: skip

Cause = tuple[str, str] | None
"""The event that made a line of the ledger, by its source and id; None where time did."""


def did(act: Act, causes: Collection[Cause] = ()) -> str:
    """Say what an act was; one that made a line of the ledger, which are those of `causes`, was granted."""
    return "granted an exception" if (act.source, act.id) in causes else _DID.get(act.type, act.type)


def way(act: Act) -> str:
    """Say by which way it came."""
    return _WAYS.get(act.source, f"from {act.source}")


def said(act: Act) -> list[str]:
    """Give what they said of it, each with its name."""
    return [f"{name.replace('_', ' ')}: {act.data[name]}" for name in _SAID if act.data.get(name)]
