"""What was excused afterwards, by what a scenario lets everybody do: which promise, by whom, when, and why.

Read next: `today.py`, which shows it; `alerts/routing/afterwards.py`, which says what that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.board.markup import Html, el, section
from streams.board.paging import more_than
from streams.board.shell import promise_link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.practice.practice import Scenario
    from streams.board.paging import Paged
    from streams.board.shell import Shell
    from streams.board.wording import Wording
    from streams.storage.practice_queries import Excused


def excused_afterwards(shell: Shell, shown: Paged[Excused], scenarios: Mapping[str, Scenario]) -> Html | None:
    """Draw it; nothing where there is none."""
    if not shown.rows:
        return None
    rows = [el("li", _place(shell, each), el("p", _how(shell, each, scenarios))) for each in shown.rows]
    title = shell.words.say("Excused afterwards, in seven days")
    return section(title, el("ul", rows, class_="notices"), more_than(shell, shown), id="excused")


def _place(shell: Shell, each: Excused) -> Html:
    site = each.row.fields.get("site")
    link = promise_link(shell.words, each.row.id, shell.placed(each.row.subject, site), each.row.standard)
    return el("p", link, " ", shell.at(site).clock(each.act.at), class_="where")


def _how(shell: Shell, each: Excused, scenarios: Mapping[str, Scenario]) -> str:
    return excused_words(shell, each, scenarios, by=str(each.act.data.get("person") or "") if shell.joins else "")


def excused_words(wording: Wording, each: Excused, scenarios: Mapping[str, Scenario], *, by: str) -> str:
    """Say how long after its failure a promise was excused, by whom, and why; `by` nobody, it is a colleague."""
    say, scenario = wording.words.say, scenarios.get(each.scenario)
    case = scenario.when if scenario is not None else each.scenario
    note = str(each.act.data.get("reason") or "") if by else ""
    why = case if note in ("", case) else say("{label}: {said}", label=case.rstrip("."), said=note)
    after = wording.words.length(each.act.at - each.failed)
    return say("{length} after it failed, by {name}. {why}", length=after, name=by or say("a colleague"), why=why)
