"""Changes: what is different on the page since a version that somebody has, so that only that is sent.

Every picture that differs from the one before gets the next version. What changed with each of the last versions is
remembered, so that whoever was away for a while is told once what is different now; whoever was away for longer, or
has a version of another server, gets everything.
Read next: `streams/web/board/board_live.py`.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Any, Final

from streams.board.blocks import block
from streams.board.now import Picture, hides, pager, texts
from streams.board.view import PARTS

if TYPE_CHECKING:
    from collections.abc import Collection

    from streams.board.wording import Wording

REMEMBERED: Final = 500
"""How many versions back differences are told."""

MOST_DRAWN: Final = 32
"""How many of the last differences are kept as they were drawn, each up to a few hundred kB."""

Message = dict[str, Any]


class Changes:
    """The picture that is shown, and its versions. `server` is a name of its own among all that there ever are."""

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
        before, after = self.picture.blocks(), picture.blocks()
        different = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        self._past.append((self.version, different))
        self.number += 1
        self.picture = picture

    def since(self, version: str, wording: Wording, *, acts: bool) -> Message | None:
        """Give what is different from a version, as a message; None if nothing is. `acts`: blocks have buttons."""
        if version == self.version:
            return None
        names = set[str]()
        for before, different in reversed(self._past):
            names |= different
            if before == version:
                return self._message(names, wording, acts=acts)
        return self._message(self.picture.blocks().keys(), wording, acts=acts) | {"whole": True}

    def _message(self, names: Collection[str], wording: Wording, *, acts: bool) -> Message:
        """Give the blocks of these names, and the order of all."""
        shown, blocks = self.picture, self.picture.blocks()
        order: dict[str, list[str]] = {f"list-{sort}": [] for sort in PARTS}
        for name, (sort, _) in blocks.items():
            order[f"list-{sort}"].append(name)
        return {
            "version": self.version,
            "now": wording.now // 1000,
            "rows": {
                name: str(block(it, name, wording, acts=acts)) for name, (_, it) in blocks.items() if name in names
            },
            "order": order,
            "urgent": shown.urgent,
            "words": texts(shown, wording),
            "pages": {f"pages-{sort}": str(pager(shown, sort, wording.words)) for sort in PARTS},
            "hidden": {
                **{f"part-{sort}": hides(shown, sort) for sort in PARTS},
                "broken": not shown.undebriefed,
                "unsaid": not shown.count("unknown"),
                "part-silent": not shown.silent,
                "part-muted": not shown.muted,
                "first": not shown.unheard,
            },
        }


class Drawn:
    """The last differences as they were drawn: once for all who know one version and read one language.

    For those who may act by their name too: what one of them has is theirs alone to give back.
    """

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[str, str, str, str, bool], Message | None] = OrderedDict()

    def since(self, changes: Changes, version: str, wording: Wording, *, acts: bool) -> Message | None:
        """Give what is different from a version, as `Changes.since` does, with the time of the moment in it.

        What is said of times left is from when it was drawn; the page counts on from the time at once.
        """
        key = changes.version, version, wording.words.language, wording.name if acts else "", acts
        if key not in self._last:
            self._last[key] = changes.since(version, wording, acts=acts)
            while len(self._last) > MOST_DRAWN:
                self._last.popitem(last=False)
        drawn = self._last[key]
        return None if drawn is None else {**drawn, "now": wording.now // 1000}
