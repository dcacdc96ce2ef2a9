"""Changes: what is different on the page since a version that somebody has, so that only that is sent.

Every picture that differs from the one before gets the next version. What changed with each of the last versions is
remembered, so that whoever was away for a while is told once what is different now; whoever was away for longer, or
has a version of another server, gets everything.
Read next: `streams/web/board/board_live.py`.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

from streams.board.now import Picture, row, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.board.now import Item

REMEMBERED: Final = 500
"""How many versions back differences are told."""

Message = dict[str, Any]


class Changes:
    """The picture that is shown, and its versions. `server` is this process's own name among all that ever run."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.number = 0
        self.picture = Picture()
        self._past: deque[tuple[str, set[str]]] = deque(maxlen=REMEMBERED)

    @property
    def version(self) -> str:
        """The version of the picture now."""
        return f"{self.server}.{self.number}"

    def take(self, picture: Picture) -> None:
        """Take the next picture."""
        if picture == self.picture:
            return
        before, after = self.picture.items, picture.items
        different = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        self._past.append((self.version, different))
        self.number += 1
        self.picture = picture

    def since(self, version: str, now: int, *, acts: bool) -> Message | None:
        """Give what is different from a version, as a message; None if nothing is. `acts`: rows have buttons."""
        if version == self.version:
            return None
        items, names = self.picture.items, set[str]()
        for before, different in reversed(self._past):
            names |= different
            if before == version:
                found = [items[name] for name in items if name in names]
                gone = [f"p-{name}" for name in sorted(names - items.keys())]
                return self._message(found, now, acts=acts) | {"gone": gone}
        return self._message(items.values(), now, acts=acts) | {"whole": True}

    def _message(self, items: Iterable[Item], now: int, *, acts: bool) -> Message:
        return {
            "version": self.version,
            "now": now // 1000,
            "rows": [
                {"id": f"p-{item.id}", "list": f"list-{item.sort}", "html": str(row(item, now, acts=acts))}
                for item in items
            ],
            "words": texts(self.picture),
            "hidden": {"part-paused": not self.picture.counts.get("paused", 0), "broken": not self.picture.undebriefed},
        }
