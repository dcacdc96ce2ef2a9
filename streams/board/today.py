"""Today: what a team still owes, how its goals stand, from deadline to done, and what its lead has promised.

A share is told with how sure it is, and speed never without what stands beside it. Where nothing is known, the page
says which event has not come.
Read next: `streams/web/board/practised.py`, which asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.words.words import phrase
from standards.judge.score import Score
from standards.judge.standard import clauses
from streams.board.blocks import block
from streams.board.counted import ON_STANDARDS
from streams.board.excused import excused_afterwards
from streams.board.markup import Child, Html, el, facts, section, sentence
from streams.board.now import block_id, titled
from streams.board.paging import Paged, more_than
from streams.board.shell import Shell, acting_as, form, hidden, page, promise_link
from streams.board.standards import goal_words
from streams.board.team_bar import TODAY, Team, begins_with, team_bar

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from standards.judge.standard import Standard
    from standards.practice.practice import Goal, GoalPeriod, Scenario
    from streams.board.items import Item
    from streams.storage.practice_queries import Excused, Handled
    from streams.storage.rows import PromiseRow

SHOWN: Final = 20
"""How many rows of each list are on the page."""
_PERIODS: Final[dict[GoalPeriod, str]] = {
    "day": phrase("today"), "week": phrase("this week"), "month": phrase("this month"),
}  # fmt: skip


class GoalStanding(msgspec.Struct, frozen=True):
    """A goal, and what was kept and broken in its period, by standard: of its own, and of those beside it."""

    goal: Goal
    counts: Mapping[str, tuple[int, int]]


class Today(msgspec.Struct, frozen=True):
    """All of the page. `late` counts what is overdue, `overdue` has the first of it.

    `led` are the standards that the lead answers for, `own` what they owe now, `owing` those of which they owe any,
    `kept` what was kept and broken of them in 28 days. `excused` was so afterwards in seven days, by `scenarios`.
    `came` counts what came since the start, by event type.
    """

    team: Team
    standards: Mapping[str, Standard]
    late: int = 0
    overdue: Sequence[Item] = ()
    goals: Sequence[GoalStanding] = ()
    handled: Paged[Handled] = Paged()
    led: Sequence[str] = ()
    own: Paged[PromiseRow] = Paged()
    owing: Collection[str] = ()
    kept: Mapping[str, tuple[int, int]] = {}
    excused: Paged[Excused] = Paged()
    scenarios: Mapping[str, Scenario] = {}
    came: Mapping[str, int] = {}


def draw(shell: Shell, today: Today) -> str:
    """Draw the page."""
    say, back = shell.words.say, today.team.address(TODAY)
    taker = form(shell, "/acts/acknowledge", hidden("next", back), acting_as(shell), id="take", class_="taker")
    return page(
        shell, say("Today"), "", *team_bar(shell, TODAY, today.team), taker if shell.acts and today.overdue else None,
        _overdue(shell, today), _goals(shell, today), _handled(shell, today),
        excused_afterwards(shell, today.excused, today.scenarios), _own(shell, today),
    )  # fmt: skip


def _overdue(shell: Shell, today: Today) -> Html:
    say = shell.words.say
    drawn = (block(each, block_id("overdue", each), shell, acts=shell.acts)
             for each in today.overdue)  # fmt: skip
    rows = el("ol", drawn, class_="rows overdue") if today.overdue else None
    none = None if today.overdue else el("p", say("Nothing is overdue that Kept has heard of."), class_="quiet")
    more = el("p", el("a", say("All that is overdue"), href="/?part=overdue")) if today.late > SHOWN else None
    return section(titled(shell, phrase("Overdue"), today.late), rows, none, more, id="overdue-today")


def _goals(shell: Shell, today: Today) -> Html | None:
    if not today.team.agreed:
        return None
    say = shell.words.say
    cards = [_goal(shell, today, each) for each in today.goals]
    none = el("p", say("This team has no goals yet: they stand under goals in the practice document."), class_="quiet")
    return section(say("Goals"), el("ul", cards, class_="cards goal-of") if cards else none, id="goals")


def _goal(shell: Shell, today: Today, standing: GoalStanding) -> Html:
    """Draw a goal, and beside it what it must not be bought with."""
    say, goal = shell.words.say, standing.goal
    aim = say("{goal} {period}", goal=shell.percent(goal.kept), period=say(_PERIODS[goal.over]))
    own = _standing(shell, today, goal.standard, standing, goal.kept)
    beside = [
        el("li", el("h4", _promise(shell, today, name)), _standing(shell, today, name, standing, None))
        for name in goal.beside
    ]
    shown = (el("p", say("Beside it:"), class_="quiet"), el("ul", beside, class_="beside")) if beside else None
    return el("li", el("h3", _promise(shell, today, goal.standard)), el("p", say("Goal: {goal}.", goal=aim),
              class_="quiet"), own, shown)  # fmt: skip


def _standing(shell: Shell, today: Today, name: str, standing: GoalStanding, aim: float | None) -> list[Html]:
    """Say how a standard stands in the goal's period; `aim` is the goal, its own objective without."""
    standard, counted = today.standards.get(name), standing.counts.get(name)
    if standard is not None and standard.owed_to:
        return [el("p", shell.words.say(ON_STANDARDS), class_="quiet")]
    if counted is None:
        return [
            el("p", begins_with(shell, standard, _begins(standard), today.came) if standard else name, class_="quiet")
        ]
    score = Score(kept=counted[0], broken=counted[1])
    rate, of = shell.share(score)
    aim = _objective(standard) if aim is None else aim
    words, kind = goal_words(shell, score.interval, aim, score) if aim is not None else ("", "")
    shares = el("p", el("span", rate, class_="rate"), " ", el("span", of, class_="quiet"))
    return [shares, el("p", words, class_=kind)] if words else [shares]


def _objective(standard: Standard | None) -> float | None:
    return standard.objective.kept if standard is not None and standard.objective is not None else None


def _promise(shell: Shell, today: Today, name: str) -> str:
    standard = today.standards.get(name)
    return standard.in_language(shell.words.language).promise or name if standard else name


def _begins(standard: Standard) -> tuple[str, ...]:
    """Name the events by which a promise of a standard begins, or else is kept."""
    found = clauses(standard.shape)
    return found["when" if "when" in found else "expect"].events


def _handled(shell: Shell, today: Today) -> Html:
    say = shell.words.say
    title = say("From deadline to done, today")
    if not today.handled.rows:
        return section(title, el("p", say("Nothing that was due today needed a hand so far."), class_="quiet"))
    steps = el("ol", (_steps(shell, each) for each in today.handled.rows), class_="steps")
    return section(title, steps, more_than(shell, today.handled), id="handled")


def _steps(shell: Shell, each: Handled) -> Html:
    say, row, here = shell.words.say, each.row, shell.at(each.row.fields.get("site"))
    link = promise_link(shell.words, row.id, shell.placed(row.subject, row.fields.get("site")), row.standard)
    undone = say("not yet") if each.owed else say("no: {state}", state=shell.state(row.state))
    times: list[tuple[str, Child]] = [
        (say("Deadline"), here.clock(row.due)),
        (say("Told"), here.clock(each.told) if each.told >= 0 else say("nobody")),
        (say("Taken"), here.clock(each.taken) if each.taken >= 0 else say("nobody")),
        (say("Done"), here.clock(each.done) if each.done >= 0 else undone),
    ]
    return el("li", el("p", link, class_="where"), facts(times, "facts"))


def _own(shell: Shell, today: Today) -> Html:
    """Show what the lead has promised: what is owed now, and how it went."""
    say, lead = shell.words.say, today.team.lead
    title = say("What {lead} has promised", lead=lead) if lead else say("What those who lead have promised")
    if not today.led:
        none = say("No standard of follow-through is answered for by {lead}.", lead=lead or say("anybody"))
        return section(title, el("p", none, class_="quiet"), id="own")
    drawn = [_owed(shell, today, row) for row in today.own.rows]
    owed = el("ul", drawn, class_="notices") if drawn else None
    known = [name for name in today.led if _is_known(today, name)]
    unknown = [name for name in today.led if not _is_known(today, name)]
    rows = el("ul", (_kept(shell, today, name) for name in known), class_="handed") if known else None
    return section(title, owed, more_than(shell, today.own), el("h3", say("In 28 days")), rows,
                   _unknown(shell, today, unknown), id="own")  # fmt: skip


def _is_known(today: Today, name: str) -> bool:
    return bool(today.standards[name].owed_to) or name in today.kept or name in today.owing


def _unknown(shell: Shell, today: Today, names: Sequence[str]) -> Html | None:
    """Fold away that nothing is known of some standards yet, and which events would tell."""
    if not names:
        return None
    said = shell.words.how_many(
        len(names), "Nothing is known yet of {count} standard", "Nothing is known yet of {count} standards"
    )
    return el("details", el("summary", said), el("ul", (_kept(shell, today, name) for name in names), class_="handed"))


def _owed(shell: Shell, today: Today, row: PromiseRow) -> Html:
    site, standard = row.fields.get("site"), today.standards.get(row.standard)
    head = promise_link(shell.words, row.id, shell.placed(row.subject, site), row.standard, part="#take-it")
    when = sentence(shell.words, "until {time}", time=shell.at(site).clock(row.due)) if row.due >= 0 else None
    what = standard.in_language(shell.words.language).what if standard else ""
    return el("li", el("p", head, " ", when, class_="where"), el("p", what, class_="quiet") if what else None)


def _kept(shell: Shell, today: Today, name: str) -> Html:
    standard = today.standards[name]
    if standard.owed_to:
        how = shell.words.say(ON_STANDARDS)
    elif name in today.kept:
        rate, of = shell.share(Score(kept=today.kept[name][0], broken=today.kept[name][1]))
        how = shell.words.say("kept {rate} {of}", rate=rate, of=of)
    elif name in today.owing:
        how = shell.words.say("no verdict yet")
    else:
        how = begins_with(shell, standard, _begins(standard), today.came)
    return el("li", _promise(shell, today, name), " ", el("span", how, class_="quiet"))
