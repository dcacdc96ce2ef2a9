"""Debriefs: the promises that were broken, those that nobody has talked over yet first.

Read next: `story.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.routing.persons import fields_without_persons, named_in, subject_without_persons
from alerts.words.words import phrase, several
from streams.board.filters import place
from streams.board.markup import Html, el, facts, section, sentence
from streams.board.now import titled
from streams.board.offers import held_in
from streams.board.paging import Paged, pager
from streams.board.shell import LONGEST, Shell, acting_as, field, form, hidden, page, promise_link
from streams.board.view import NOWHERE, View
from streams.board.wording import FIELDS
from streams.explain.acts import as_told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.routing.actions import Action
    from standards.judge.standard import Standard
    from streams.storage.rows import OwedGroup, PromiseRow


TO_TALK_OVER: Final = phrase("To talk over")
TALKED_OVER: Final = phrase("Talked over")


class Waiting(msgspec.Struct, frozen=True):
    """What waits to be talked over, as far as a `view` goes: `count` promises, of which there are these `groups`.

    `first` is the one that is talked over first, and `alike` are the ids of others of its kind. `rows` are those of one
    kind, where the page is about that. `owed` counts what is broken and still owed: that is done first.
    """

    view: View = View()
    count: int = 0
    first: PromiseRow | None = None
    alike: Sequence[str] = ()
    groups: Sequence[OwedGroup] = ()
    rows: Paged[PromiseRow] | None = None
    owed: int = 0


class Done(msgspec.Struct, frozen=True):
    """What was talked over: `count` promises, a page of them, and the acts that say so."""

    count: int = 0
    rows: Paged[PromiseRow] = Paged()
    acts: Sequence[Action] = ()


def kind_of(promise: PromiseRow) -> tuple[str, str]:
    """Say what is talked over together: what was broken by one standard at one site."""
    return promise.standard, str(promise.fields.get("site") or "")


def draw(shell: Shell, waiting: Waiting, done: Done, standards: Mapping[str, Standard]) -> str:
    """Draw the page: one form at a time, for the first that waits. `standards` are by revision."""
    say = shell.words.say
    why = say(
        "Broken promises are where a team learns. Ten minutes, the people concerned, no blame: what got in the way, "
        "and what do we try now?"
    )
    query, title = waiting.view.queried, titled(shell, TALKED_OVER, done.count)
    by_promise = {act.promise: act for act in done.acts}
    over = [_row(shell, row, standards.get(row.revision), by_promise.get(row.id)) for row in done.rows.rows]
    pages = pager(shell, done.rows, "/debriefs", query, name="done", part="#done")
    here = place(shell, waiting.view.site)
    name = say("{label}: {said}", label=say("Debriefs"), said=here) if here else say("Debriefs")
    return page(
        shell, name, "/debriefs", el("p", why, class_="lead"), _still_owed(shell, waiting),
        _shown(shell, waiting.view),
        _talk(shell, waiting, standards), _then(shell, waiting, standards),
        section(title, el("ul", over, class_="cards"), pages, id="done") if over else None,
    )  # fmt: skip


def _still_owed(shell: Shell, waiting: Waiting) -> Html | None:
    """Say of what is broken and still owed that it is done first: nobody talks while it burns."""
    if not waiting.owed:
        return None
    words = shell.words
    owed = words.how_many(
        waiting.owed, "{count} broken promise is still owed", "{count} broken promises are still owed"
    )
    link = el("a", owed, href=waiting.view.address(part="overdue"))
    said = sentence(words, "{owed}: first it is done, then it is talked over.", owed=link)
    return el("p", said, class_="muted")


def _shown(shell: Shell, view: View) -> Html | None:
    if not view.narrowed:
        return None
    say = shell.words.say
    said = ", ".join(filter(None, (view.q, place(shell, view.site), view.standard, view.owner, view.team)))
    every = el("a", say("Show everything"), href="/debriefs")
    return el("p", say("Shown: {what}", what=said or say("mine")), ". ", every, class_="quiet")


def _talk(shell: Shell, waiting: Waiting, standards: Mapping[str, Standard]) -> Html | None:
    """Draw the promise that is talked over first, with the form for it; after it comes the next one."""
    promise, say = waiting.first, shell.words.say
    if promise is None:
        none, here = say("Nothing waits to be talked over."), say("Nothing of what you look at waits.")
        return section(say(TO_TALK_OVER), el("p", here if waiting.view.narrowed else none, class_="calm"))
    row = el("ul", _row(shell, promise, standards.get(promise.revision), None), class_="cards")
    title = titled(shell, TO_TALK_OVER, waiting.count)
    if not shell.acts:
        return section(title, row)
    content = form(
        shell, "/acts/debrief", hidden("promise", promise.id), hidden("next", waiting.view.address("/debriefs")),
        acting_as(shell),
        debrief_fields(shell), _together(shell, promise, waiting.alike), el("button", say("We have talked it over")),
    )  # fmt: skip
    return section(title, row, content)


def _together(shell: Shell, promise: PromiseRow, alike: Sequence[str]) -> Html | None:
    """Offer to say the same of others of its kind."""
    if not alike:
        return None
    _, site = kind_of(promise)
    box = el("input", type="checkbox", name="alike", value=held_in(alike))
    there = several("It was the same with {count} more promise of {standard} at {site}",
                    "It was the same with {count} more promises of {standard} at {site}")  # fmt: skip
    anywhere = several("It was the same with {count} more promise of {standard}",
                       "It was the same with {count} more promises of {standard}")  # fmt: skip
    both = there if site else anywhere
    said = shell.words.how_many(len(alike), *both, standard=promise.standard, site=site)
    return el("label", box, el("span", said), class_="tick")


def _then(shell: Shell, waiting: Waiting, standards: Mapping[str, Standard]) -> Html | None:
    """List what waits beside the first: by site and standard or, where the page is about one of these, one by one."""
    if waiting.rows is not None:
        rows = [_row(shell, row, standards.get(row.revision), None) for row in waiting.rows.rows]
        pages = pager(shell, waiting.rows, "/debriefs", waiting.view.queried, part="#then")
        return (
            section(shell.words.say("All of these"), el("ul", rows, class_="cards"), pages, id="then") if rows else None
        )
    if waiting.count <= 1:
        return None
    return section(
        shell.words.say("By site and standard"),
        el("ul", (_group(shell, each) for each in waiting.groups), class_="groups"),
        id="then",
    )


def _group(shell: Shell, group: OwedGroup) -> Html:
    address = View(site=group.site or NOWHERE, standard=group.standard).address("/debriefs")
    place = (
        el("b", shell.called_site(group.site) or shell.words.say("no site")),
        " ",
        el("span", group.standard, class_="standard"),
    )
    words = shell.words.how_many(group.count, "{count} promise to talk over", "{count} promises to talk over")
    return el("li", el("span", place), el("a", words, href=address))


def debrief_fields(shell: Shell) -> tuple[Html, ...]:
    """Draw what is asked of a talk, beside who led it."""
    say = shell.words.say
    cause = el("textarea", name="cause", required=True, maxlength=LONGEST, rows=2)
    missed = el("textarea", name="missed", maxlength=LONGEST, rows=2)
    following = el("textarea", name="next_step", required=True, maxlength=LONGEST, rows=2)
    return (
        field(say("Who was there"), "involved", maxlength=500, hint=say("names or roles; nobody is to blame")),
        field(say("Team"), "team", maxlength=200, hint=say("if it is one team’s")),
        field(say("What got in the way"), "cause", control=cause, hint=say("the circumstances, not the person")),
        field(say("The steps that should have been taken"), "missed", control=missed, hint=say("if any were missed")),
        field(say("What we try now"), "next_step", control=following),
        field(say("By when"), "next_step_by", type="date", hint=say("else within a week")),
    )  # fmt: skip


def _row(shell: Shell, promise: PromiseRow, standard: Standard | None, act: Action | None) -> Html:
    site = promise.fields.get("site")
    shell, named = shell.at(site), named_in(promise.subject, promise.fields)
    subject = subject_without_persons(promise.subject, named, str(site or ""), shell.words)
    link = promise_link(shell.words, promise.id, shell.placed(subject, site), promise.standard, part="#debrief")
    head = el("p", link, class_="where")
    broken = sentence(shell.words, "broken {time}", time=shell.clock(promise.settled))
    when = el("p", broken, class_="quiet")
    late = el("p", shell.words.say("It was done later."), class_="quiet") if promise.state == "late" else None
    about = ", ".join(
        f"{_label(shell, name)} {value}" for name, value in fields_without_persons(promise.fields).items()
    )
    learned = _learned(shell, act) if act else None
    told = standard.in_language(shell.words.language).promise if standard else ""
    promised = el("p", told, class_="promise")
    return el("li", head, promised, el("p", about, class_="quiet"), when, late, learned)


def _label(shell: Shell, name: str) -> str:
    """Give what a field is called; one of an author's own by its name."""
    return shell.words.say(FIELDS[name]) if name in FIELDS else name.replace("_", " ")


def _learned(shell: Shell, act: Action) -> list[Html]:
    say = shell.words.say
    said = (
        (say("Who was there"), "involved"),
        (say("What got in the way"), "cause"),
        (say("The steps that should have been taken"), "missed"),
        (say("What we try now"), "next_step"),
    )
    pairs = [(name, str(act.data[key])) for name, key in said if act.data.get(key)]
    if until := act.data.get("next_step_by"):
        pairs.append((say("By when"), as_told(str(until), shell.told)))
    led = sentence(shell.words, "{name} led the talk, {time}", name=el("strong", act.by), time=shell.clock(act.at))
    who = el("p", led, class_="note")
    return [who, facts(pairs, "advice")] if pairs else [who]
