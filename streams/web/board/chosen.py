"""Which promises somebody acts on at once: a group as they saw it, those of a site, those of one kind.

Read next: `board_acts.py`, which acts on them.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import parse
from streams.board import debriefs
from streams.board.blocks import TOGETHER, members
from streams.board.silences import SPANS
from streams.board.wording import how_many
from streams.web.operation import asked
from streams.web.problem import Problem

if TYPE_CHECKING:
    from streams.storage.rows import PromiseRow
    from streams.web.board.board import Board

MOST: Final = 500
"""How many promises of a site, or of a kind, one form acts on at most."""


class Chosen:
    """Finds them, and says in words where it is not all of them. All of it raises Problem where there are none."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._host = board.host

    async def group(self, value: str) -> tuple[list[PromiseRow], str]:
        """Give the promises that a group's button holds, as far as they are owed still."""
        ids = dict.fromkeys(members(value))
        if len(ids) > TOGETHER:
            raise Problem(HTTPStatus.BAD_REQUEST, f"One button acts on {TOGETHER} promises at most.")
        rows = await asked(self._host.read_model.owed.named, list(ids))
        found = [row for row in rows if self._board.is_owed(row)]
        if not found:
            raise Problem(HTTPStatus.CONFLICT, "Nothing of this group is owed any more.")
        part = f"{len(found):,} of the {len(ids):,} that were shown"
        return found, "" if len(found) == len(ids) else f"It was for {part}; the others are not owed any more."

    async def of_site(self, site: str, span: str, by: str) -> tuple[list[PromiseRow], str]:
        """Give what a site owes or has broken since a span ago, as far as somebody in this role may excuse it."""
        if span not in SPANS:
            raise Problem(HTTPStatus.BAD_REQUEST, "Say for how long: choose one of the spans.")
        rulebook, since = self._host.rulebook, self._host.wall() - parse(span)
        rows = await asked(self._host.read_model.owed.of_site, site, since)
        may = {revision for revision, standard in rulebook.standards.items() if by in standard.may_excuse}
        found = [row for row in rows if row.revision in may and self._board.excusable(row)]
        if not found:
            words = f"Nothing that {by[:100]} may excuse was owed at {site[:100]} in that time."
            raise Problem(HTTPStatus.CONFLICT, words)
        if len(found) <= MOST:
            return found, ""
        left = how_many(len(found) - MOST, "promise")
        return found[:MOST], f"It was for {MOST:,} promises, the oldest ones. {left} more: send it once again for them."

    async def of_its_kind(self, promise: PromiseRow) -> list[PromiseRow]:
        """Give the broken promises of the same standard and site that nobody has talked over yet."""
        rows, _ = await asked(partial(self._host.read_model.board.broken, MOST, debriefed=False))
        return [row for row in rows if debriefs.kind_of(row) == debriefs.kind_of(promise)]
