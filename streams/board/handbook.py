"""The handbook: each standard with all that its author says of it, and the cases in which nobody has to ask first.

It is made of the standards and the practice document alone, so that it says what holds, and is the same for everybody.
Read next: `sheet.py`, which draws it; `streams/sheets/cli.py`, which prints it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.words.words import phrase
from standards.practice.practice import Practice
from streams.board.markup import Html, el
from streams.board.sheet import Entry, Part, Sheet, content
from streams.board.shell import LONGEST, acting_as, field, form, hidden, page
from streams.board.team_bar import HANDBOOK, Team, tabs
from streams.board.wording import ASPECTS
from streams.live.wording import breaks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from alerts.words.words import Words
    from standards.judge.standard import Standard
    from standards.practice.practice import Consequence, Scenario, Step
    from streams.board.sheet import Said
    from streams.board.shell import Shell
    from streams.storage.rows import PromiseRow

SELDOM: Final = 60
"""How far apart the page is drawn anew, in seconds: it is read and printed, and hardly ever changes."""
_STEPS: Final[dict[Step, str]] = {
    "talk": phrase("a talk"), "debrief": phrase("a debrief"), "coaching": phrase("coaching"),
    "training": phrase("a training"),
}  # fmt: skip
_NOTHING: Final = Practice()
OFFERED: Final = 200
"""How many promises are offered for each scenario, the newest."""
Owed = tuple["Sequence[PromiseRow]", int]
"""The newest promises that a scenario may excuse, and how many there are in all."""


def draw(
    shell: Shell, standards: Sequence[Standard], practice: Practice | None, owed: Mapping[str, Owed] | None = None,
    teams: Sequence[str] = (),
) -> str:  # fmt: skip
    """Draw the page. `standards` are those in force.

    Who takes part says for one of the `teams` what they did, of the promises that are `owed`, by scenario.
    """
    sheet = handbook(shell.words, standards, practice)
    if shell.joins and practice is not None and practice.scenarios and teams:
        *others, scenarios = sheet.parts
        pairs = zip(scenarios.entries, practice.scenarios, strict=True)
        forms = [
            entry._replace(done=_done(shell, name, practice, (owed or {}).get(name, ([], 0)), teams))
            for entry, name in pairs
        ]
        sheet = sheet._replace(parts=[*others, scenarios._replace(entries=forms)])
    bar = tabs(shell, HANDBOOK, Team(teams[0] if len(teams) == 1 else ""))
    return page(shell, sheet.title, HANDBOOK, bar, content(sheet), every=SELDOM)


def _done(shell: Shell, name: str, practice: Practice, owed: Owed, teams: Sequence[str]) -> Html:
    """Ask whoever did what a scenario lets everybody do for whom, and which promise it was about."""
    say, scenario, (rows, count) = shell.words.say, practice.scenarios[name], owed
    choice = el("select", (el("option", each, value=each) for each in teams), name="team")
    about = [el("option", _named(shell, row), value=row.id) for row in rows]
    left = shell.words.how_many(count - len(rows), "and {count} more", "and {count} more") if count > len(rows) else ""
    none = el("option", say("none of these"), value="")
    note = el("textarea", name="note", rows=2, maxlength=LONGEST)
    label = say("{label}: {said}", label=say("I did this"), said=scenario.when)
    content = form(
        shell, "/acts/make-exception", hidden("next", HANDBOOK), hidden("scenario", name),
        hidden("drawn", str(shell.now)), acting_as(shell),
        field(say("Team"), "team", control=choice),
        field(say("Which promise it was about"), "promise", control=el("select", none, about, name="promise"),
              hint=say("it is excused by that; more than {span} after it failed, whoever leads hears of it",
                       span=shell.words.length(scenario.within))) if about else None,
        el("p", left, class_="quiet") if left else None,
        field(say("What you did"), "note", control=note), el("button", say("I did this")),
    )  # fmt: skip
    return el("details", el("summary", say("I did this"), aria_label=label), content, class_="excuse")


def _named(shell: Shell, row: PromiseRow) -> str:
    place = shell.placed(row.subject, row.fields.get("site"))
    return f"{place} {row.standard}, {shell.at(row.fields.get('site')).told(row.opened)}"


def handbook(words: Words, standards: Iterable[Standard], practice: Practice | None) -> Sheet:
    """Make the handbook in a language, as far as its authors have written in it."""
    practice = practice or _NOTHING
    told = sorted((each.in_language(words.language) for each in standards), key=lambda each: each.id)
    parts = [part for aspect in ASPECTS if (part := _aspect(words, aspect, told, practice)).entries]
    if practice.scenarios:
        promises = {each.id: each.promise or each.id for each in told}
        entries = [Entry(each.when, tuple(_of_scenario(words, each, promises))) for each in practice.scenarios.values()]
        parts.append(Part(words.say("When nobody has to ask first"), entries=entries))
    lead = words.say("What we have promised, how it is done, when an exception is right, and what follows.")
    return Sheet(words.say("Handbook"), lead, parts)


def _aspect(words: Words, aspect: str, standards: Sequence[Standard], practice: Practice) -> Part:
    entries = [
        Entry(
            each.promise or each.id, tuple(_of_standard(words, each, practice.consequences.get(each.id))), each.id
        )
        for each in standards
        if each.aspect == aspect
    ]  # fmt: skip
    return Part(words.say(ASPECTS[aspect]), entries=entries)


def _of_standard(words: Words, standard: Standard, consequence: Consequence | None) -> Iterator[tuple[str, Said]]:
    say = words.say
    told = (
        (say("What"), standard.what), (say("How"), standard.how), (say("Exceptions"), standard.exceptions),
        (say("Who may grant one"), words.either(standard.granting)), (say("Why"), standard.why),
        (say("Counts as broken"), breaks(standard, words)),
    )  # fmt: skip
    yield from ((name, text) for name, text in told if text)
    if consequence is not None:
        yield say("When it was broken"), consequence.says
        yield say("What is done then"), words.together([say(_STEPS[step]) for step in consequence.steps])


def _of_scenario(words: Words, scenario: Scenario, promises: dict[str, str]) -> Iterator[tuple[str, Said]]:
    say = words.say
    yield say("You may at once"), scenario.do
    amount = words.number(scenario.up_to)
    spent = say("Up to {amount} each time, in our own currency", amount=amount) if scenario.up_to else say("Nothing")
    yield say("What it may cost"), spent
    if scenario.excuses:
        yield say("What it is a reason to excuse"), tuple(promises[name] for name in scenario.excuses)
