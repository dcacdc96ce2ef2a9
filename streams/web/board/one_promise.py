"""The page of one promise, served.

Read next: `streams/board/story.py`, which draws it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from alerts.routing.actions import ACKNOWLEDGED, HANDED_ON
from streams.board import story
from streams.board.having import present
from streams.board.reportable import not_reportable, reports
from streams.live.joined import stands_on
from streams.web.board import seen_by
from streams.web.board.board_looks import persons
from streams.web.board.fields import no_promise
from streams.web.operation import asked
from streams.web.problem import Problem

if TYPE_CHECKING:
    from aiohttp import web

    from streams.host import Host
    from streams.web.board.board import Board


class OnePromise:
    """Answers it, for the board that it is part of."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._host: Host = board.host

    async def show(self, request: web.Request) -> web.Response:
        """Show its lines, what was told of it, and what can be done about it."""
        board, shell = self._board, self._board.shell(request)
        read_model, wanted = self._host.read_model, request.match_info["id"]
        found = await asked(read_model.promise, wanted)
        if found is None:
            return board.refusal(request, Problem(HTTPStatus.NOT_FOUND, no_promise(wanted)))
        shell = shell.about(found.row.fields.get("site"))
        causes = [line.cause for line in found.lines if line.cause is not None]
        rulebook = self._host.rulebook
        standard = rulebook.standards.get(found.row.revision) or rulebook.current.get(found.row.standard)
        acts = await asked(read_model.board.actions_on, [found.row.id], causes)
        held = await asked(read_model.board.holdings, [found.row.id])
        drawn = story.Story(
            await seen_by.promise(self._host, shell, found), standard and standard.in_language(shell.words.language),
            seen_by.acts(shell, acts),
            await asked(read_model.board.reasons, found.row.id),
            stands=stands_on(standard, rulebook.vocabulary),
            overdue=board.is_overdue(found.row),
            excusable=board.excusable(found.row),
            acknowledges=ACKNOWLEDGED in rulebook.classes,
            hands=HANDED_ON in rulebook.classes, others=persons(self._host),
            having=present(acts, held.get(found.row.id)),
            without_effect=await asked(read_model.board.without_effect, acts),
            reports=reports(standard, rulebook.vocabulary, found.row.fields),
            not_reportable=not_reportable(standard, rulebook.vocabulary),
        )  # fmt: skip
        return board.answer(request, story.draw(shell, drawn))
