"""Which promises somebody acts on at once: a group as they saw it, those of a site, those of one kind.

Read next: `board_acts.py`, which acts on them.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from standards.calendar.duration import parse
from streams.board import debriefs
from streams.board.blocks import URGENT
from streams.board.silences import SPANS
from streams.board.view import View
from streams.web.board.board_looks import owed_filter
from streams.web.operation import asked
from streams.web.problem import Problem

if TYPE_CHECKING:
    from streams.storage.rows import PromiseRow
    from streams.web.board.board import Board

MOST: Final = 500
"""How many promises one button acts on at most."""
_FIELDS: Final = 20
_LONGEST_NUMBER: Final = 18


class Chosen:
    """Finds them. All of it raises Problem where there are none."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._host = board.host

    async def group(self, asked_for: str, name: str) -> list[PromiseRow]:
        """Give the promises of a group, as its button names it, that were open when it was drawn."""
        query = dict(parse_qsl(asked_for, max_num_fields=_FIELDS))
        view, seen = View.of(query), query.get("seen", "")
        if view.part not in URGENT or not (seen.isascii() and seen.isdecimal() and len(seen) < _LONGEST_NUMBER):
            raise Problem(HTTPStatus.BAD_REQUEST, "This is no group of this board.")
        rows = partial(self._host.read_model.owed.rows, limit=MOST)
        wanted, owed_since = owed_filter(self._host, view, name), self._host.rulebook.owed_since(self._host.wall())
        found = await asked(rows, "overdue", owed_since, wanted)
        if view.part == "warned":  # what has become overdue since it was drawn was there, too
            warned = await asked(rows, "warned", owed_since, wanted)
            found = [*warned, *(row for row in found if row.due > int(seen))]
        found = [row for row in found if row.opened <= int(seen)]
        if not found:
            raise Problem(HTTPStatus.CONFLICT, "Nothing of this group is owed any more.")
        return found

    async def of_site(self, site: str, span: str, by: str) -> list[PromiseRow]:
        """Give what a site owes or has broken since a span ago, as far as somebody in this role may excuse it."""
        if span not in SPANS:
            raise Problem(HTTPStatus.BAD_REQUEST, "Say for how long: choose one of the spans.")
        rulebook, since = self._host.rulebook, self._host.wall() - parse(span)
        rows = await asked(self._host.read_model.owed.of_site, site, since, MOST)
        may = {revision for revision, standard in rulebook.standards.items() if by in standard.may_excuse}
        found = [row for row in rows if row.revision in may and self._board.excusable(row)]
        if not found:
            words = f"Nothing that {by[:100]} may excuse was owed at {site[:100]} in that time."
            raise Problem(HTTPStatus.CONFLICT, words)
        return found

    async def of_its_kind(self, promise: PromiseRow) -> list[PromiseRow]:
        """Give the broken promises of the same standard and site that nobody has talked over yet."""
        rows, _ = await asked(partial(self._host.read_model.board.broken, MOST, debriefed=False))
        return [row for row in rows if debriefs.kind_of(row) == debriefs.kind_of(promise)]
