"""View: which part of what is owed somebody looks at, as it stands in the address of the page.

Read next: `now.py`, which shows it, and `filters.py`, the form for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlencode

import msgspec

from alerts.words.words import phrase
from streams.storage.rows import Sort

if TYPE_CHECKING:
    from collections.abc import Mapping

NARROWS: Final = ("q", "site", "standard", "owner", "team", "mine")
"""The fields that narrow what is shown; the others only say how much of it."""
PARTS: Final[dict[Sort, str]] = {
    "overdue": phrase("Overdue"), "warned": phrase("Act now"), "unknown": phrase("Nobody can say"),
    "running": phrase("On the clock"), "paused": phrase("Paused"),
}  # fmt: skip
"""The parts of the page, each with its title."""
NOWHERE: Final = "-"
"""How an address names what has no site."""
OVER: Final = "over"
"""What stands in an address in the place of the token of a search that is over."""
SEARCH_IS_OVER: Final = f"/?find={OVER}"
"""Where a page is that says so."""
_LONGEST: Final = 200
_PAGES: Final = 10_000


class View(msgspec.Struct, frozen=True):
    """What is looked for (`q`), where, of whom; one `part` of the page alone, or all of them; and which page of it.

    `find` is the token of what is looked for where no address says that, as it may be a name.
    """

    q: str = ""
    site: str = ""
    standard: str = ""
    owner: str = ""
    team: str = ""
    mine: str = ""
    part: str = ""
    page: int = 1
    find: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Read it from an address; what it does not know, it leaves."""
        q, site, standard, owner, team, mine = (query.get(name, "").strip()[:_LONGEST] for name in NARROWS)
        part = query.get("part", "")
        number = query.get("page", "")
        page = int(number) if number.isascii() and number.isdecimal() and len(number) < len(str(_PAGES)) else 1
        find = query.get("find", "")[:_LONGEST]
        return cls(
            "" if find else q, site, standard, owner, team, mine, part if part in PARTS else "", max(1, page), find
        )

    @property
    def narrowed(self) -> bool:
        """Say whether it leaves anything out that is owed."""
        return any(getattr(self, name) for name in NARROWS)

    @property
    def alone(self) -> bool:
        """Say whether it is of one standard at one site: there is nothing to group."""
        return bool(self.site and self.standard)

    @property
    def queried(self) -> dict[str, str]:
        """Give what it narrows to, as the query of an address has it."""
        searched = {"find": self.find} if self.find not in ("", OVER) else {"q": self.q}
        rest = {name: getattr(self, name) for name in NARROWS if name != "q"}
        return {name: value for name, value in (searched | rest).items() if value}

    @property
    def query(self) -> str:
        """Write it as the query of an address, without what says nothing."""
        part = {"part": self.part} if self.part else {}
        return urlencode(self.queried | part | ({"page": str(self.page)} if self.page > 1 else {}))

    def address(self, path: str = "/", **changes: str | int) -> str:
        """Give the address of the page with some of it changed; the first page of that, unless it is said."""
        query = msgspec.structs.replace(self, **{"page": 1, **changes}).query
        return f"{path}?{query}" if query else path
