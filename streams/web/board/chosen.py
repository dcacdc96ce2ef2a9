"""Which promises somebody acts on at once: a group as they saw it, those of a site, those of one kind.

Read next: `board_acts.py`, which acts on them.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from alerts.words.later import Later, later, later_many
from alerts.words.words import phrase, several
from standards.calendar.duration import parse
from standards.natural import is_among
from streams.board import debriefs
from streams.board.offers import TOGETHER, members
from streams.board.silences import SPANS
from streams.board.wording import STATES
from streams.web.board.fields import needed, no_promise
from streams.web.operation import asked
from streams.web.problem import Problem

if TYPE_CHECKING:
    from streams.storage.rows import PromiseRow
    from streams.web.board.board import Board
    from streams.web.board.fields import Given

MOST: Final = 500
"""How many promises of a site one form acts on at most."""


class Chosen:
    """Finds them, and says in words where it is not all of them. All of it raises Problem where there are none."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._host = board.host

    async def one(self, given: Given) -> PromiseRow:
        """Give the promise that a form names."""
        wanted = needed(given, "promise", phrase("Say which promise; then it can be done."))
        found = await asked(self._host.read_model.promise, wanted)
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, no_promise(wanted))
        return found.row

    def check_owed(self, promise: PromiseRow) -> None:
        """Refuse what comes too late for a promise: while it is overdue, it can still be taken and done."""
        if not self._board.is_owed(promise):
            state = later(STATES[promise.state])
            raise Problem(HTTPStatus.CONFLICT, later("This promise is settled already: {state}.", state=state))

    async def one_or_group(self, given: Given) -> tuple[list[PromiseRow], Later | None]:
        """Give the group that a button holds, as `group` does, or else the one promise that is owed."""
        if given.get("group"):
            return await self.group(given["group"])
        promise = await self.one(given)
        self.check_owed(promise)
        return [promise], None

    async def group(self, value: str) -> tuple[list[PromiseRow], Later | None]:
        """Give the promises that a group's button holds, as far as they are owed still."""
        rows, shown = await self._held(value)
        found = [row for row in rows if self._board.is_owed(row)]
        if not found:
            raise Problem(HTTPStatus.CONFLICT, later("Nothing of this group is owed any more."))
        over = shown - len(found)
        return found, later_many(over, *_OVER, of=shown) if over else None

    async def of_site(self, site: str, span: str, by: str) -> tuple[list[PromiseRow], Later | None]:
        """Give what a site owes or has broken since a span ago, as far as somebody in this role may excuse it."""
        if span not in SPANS:
            raise Problem(HTTPStatus.BAD_REQUEST, later("Say for how long: choose one of the spans."))
        rulebook, since = self._host.rulebook, self._host.wall() - parse(span)
        rows = await asked(self._host.read_model.owed.of_site, site, since)
        may = {revision for revision, standard in rulebook.standards.items() if is_among(by, standard.may_excuse)}
        found = [row for row in rows if row.revision in may and self._board.excusable(row)]
        if not found:
            words = later("Nothing that {role} may excuse was owed at {site} in that time.", role=by[:100],
                          site=site[:100])  # fmt: skip
            raise Problem(HTTPStatus.CONFLICT, words)
        if len(found) <= MOST:
            return found, None
        partly = later_many(
            len(found) - MOST,
            "It was for {most} promises, the oldest ones. {count} promise more: send it once again for it.",
            "It was for {most} promises, the oldest ones. {count} promises more: send it once again for them.",
            most=MOST,
        )
        return found[:MOST], partly

    async def of_its_kind(self, promise: PromiseRow, value: str) -> tuple[list[PromiseRow], Later | None]:
        """Give the promises that a tick holds, as far as they are broken, of the same standard and site."""
        rows, shown = await self._held(value)
        kind = debriefs.kind_of(promise)
        found = [row for row in rows if row.verdict == "broken" and debriefs.kind_of(row) == kind]
        return found, None if len(found) == shown else later_many(len(found), *_BROKEN, shown=shown)

    async def _held(self, value: str) -> tuple[list[PromiseRow], int]:
        """Read the promises that a form holds by their ids, and say how many those are."""
        ids = dict.fromkeys(members(value))
        if len(ids) > TOGETHER:
            raise Problem(HTTPStatus.BAD_REQUEST, later("One button acts on {count} promises at most.", count=TOGETHER))
        return await asked(self._host.read_model.owed.named, list(ids)), len(ids)


_OVER: Final = several("{count} of {of} was over already.", "{count} of {of} were over already.")
_BROKEN: Final = several(
    "It was for {count} of the {shown} that were shown; the others are not broken any more.",
    "It was for {count} of the {shown} that were shown; the others are not broken any more.",
)
