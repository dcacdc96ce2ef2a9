"""Long lists, page by page: everything in them can be reached, and nobody has to count it first.

Read next: `notices.py`, which has three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar
from urllib.parse import urlencode

import msgspec

from alerts.words.words import phrase
from streams.board.markup import Html, el

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streams.board.shell import Shell

T = TypeVar("T")

ROWS: Final = 20
"""How many rows of a list are on a page."""
ASKED: Final = ROWS + 1
"""How many are asked for: one more says that there is a page after this one."""
BY_TIME: Final = (phrase("Newer"), phrase("Older"))
BY_NAME: Final = (phrase("Previous"), phrase("Next"))
"""What leads to the page before and after, by the order of a list."""
MORE_THAN: Final = phrase("There are more than these {count}.")
"""What is said of a list that has one page, and does not hold all."""
_PAGES: Final = 10_000


class Paged(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list, the first of which is 1; `more`: there is one after it."""

    rows: Sequence[T] = ()
    page: int = 1
    more: bool = False


def page_of(query: Mapping[str, str], name: str = "page") -> int:
    """Read from an address which page of a list is wanted; what is not a number is the first."""
    number = query.get(name, "")
    whole = number.isascii() and number.isdecimal() and len(number) < len(str(_PAGES))
    return max(1, int(number)) if whole else 1


def skipped(page: int) -> int:
    """Say how many rows come before a page."""
    return ROWS * (page - 1)


def paged(rows: Sequence[T], page: int) -> Paged[T]:
    """Make a page of the `ASKED` rows that begin with it."""
    return Paged(rows[:ROWS], page, len(rows) > ROWS)


def first(rows: Sequence[T], most: int) -> Paged[T]:
    """Make the one page of a list of which one more than `most` was asked for."""
    return Paged(rows[:most], 1, len(rows) > most)


def more_than(shell: Shell, shown: Paged[T]) -> Html | None:
    """Say of a list of one page that there are more; nothing where there are none."""
    said = shell.words.say(MORE_THAN, count=shell.number(len(shown.rows)))
    return el("p", said, class_="quiet") if shown.more else None


def page_from(rows: Sequence[T], page: int) -> Paged[T]:
    """Make a page of a list that is here as a whole."""
    return paged(rows[skipped(page) : skipped(page) + ASKED], page)


def pager(  # noqa: PLR0913 - what a list is, and where it stands
    shell: Shell,
    shown: Paged[T],
    path: str,
    query: Mapping[str, str],
    *,
    name: str = "page",
    part: str = "",
    order: tuple[str, str] = BY_TIME,
) -> Html | None:
    """Draw what leads to the pages before and after, nothing for a list of one; `part` is where the list stands."""
    if shown.page == 1 and not shown.more:
        return None

    say = shell.words.say

    def link(words: str, page: int, rel: str) -> Html:
        given = {key: value for key, value in {**query, name: str(page) if page > 1 else ""}.items() if value}
        address = f"{path}?{urlencode(given)}" if given else path
        return el("a", words, href=f"{address}{part}", rel=rel)

    before = link(say(order[0]), shown.page - 1, "prev") if shown.page > 1 else None
    after = link(say(order[1]), shown.page + 1, "next") if shown.more else None
    return el("p", before, el("span", say("Page {page}", page=shell.number(shown.page))), after, class_="pages")
