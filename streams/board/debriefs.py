"""Debriefs: the promises that were broken, those that nobody has talked over yet first.

Read next: `story.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.board.markup import Html, el, facts, section
from streams.board.offers import held_in
from streams.board.paging import Paged, pager
from streams.board.shell import Shell, acting_as, field, form, hidden, page, promise_link
from streams.board.view import NOWHERE, View
from streams.board.wording import how_many

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.routing.actions import Action
    from standards.judge.standard import Standard
    from streams.storage.rows import OwedGroup, PromiseRow


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
    why = (
        "Broken promises are where a team learns. Ten minutes, the people concerned, no blame: what got in the way, "
        "and what do we try now?"
    )
    query = waiting.view.queried
    by_promise = {act.promise: act for act in done.acts}
    over = [_row(shell, row, standards.get(row.revision), by_promise.get(row.id)) for row in done.rows.rows]
    pages = pager(done.rows, "/debriefs", query, name="done", part="#done")
    return page(
        shell, "Debriefs", "/debriefs", el("p", why, class_="lead"), _still_owed(waiting), _shown(waiting.view),
        _talk(shell, waiting, standards), _then(shell, waiting, standards),
        section(f"Talked over · {done.count:,}", el("ul", over, class_="cards"), pages, id="done") if over else None,
    )  # fmt: skip


def _still_owed(waiting: Waiting) -> Html | None:
    """Say of what is broken and still owed that it is done first: nobody talks while it burns."""
    if not waiting.owed:
        return None
    words = how_many(waiting.owed, "broken promise is still owed", "broken promises are still owed")
    link = el("a", words, href=waiting.view.address(part="overdue"))
    return el("p", link, ": first it is done, then it is talked over.", class_="muted")


def _shown(view: View) -> Html | None:
    if not view.narrowed:
        return None
    said = ", ".join(filter(None, (view.q, view.site, view.standard, view.owner, view.team)))
    return el("p", f"Shown: {said or 'mine'}. ", el("a", "Show everything", href="/debriefs"), class_="quiet")


def _talk(shell: Shell, waiting: Waiting, standards: Mapping[str, Standard]) -> Html | None:
    """Draw the promise that is talked over first, with the form for it; after it comes the next one."""
    promise, alike = waiting.first, waiting.alike
    if promise is None:
        words = "Nothing of what you look at waits." if waiting.view.narrowed else "Nothing waits to be talked over."
        return section("To talk over", el("p", words, class_="calm"))
    row = el("ul", _row(shell, promise, standards.get(promise.revision), None), class_="cards")
    title = f"To talk over · {waiting.count:,}"
    if not shell.acts:
        return section(title, row)
    _, site = kind_of(promise)
    box = el("input", type="checkbox", name="alike", value=held_in(alike))
    where = f" at {site}" if site else ""
    words = f"It was the same with {how_many(len(alike), 'more promise')} of {promise.standard}{where}"
    together = el("label", box, el("span", words), class_="tick") if alike else None
    content = form(
        shell, "/acts/debrief", hidden("promise", promise.id), hidden("next", waiting.view.address("/debriefs")),
        acting_as(shell),
        debrief_fields(), together, el("button", "We have talked it over"),
    )  # fmt: skip
    return section(title, row, content)


def _then(shell: Shell, waiting: Waiting, standards: Mapping[str, Standard]) -> Html | None:
    """List what waits beside the first: by site and standard or, where the page is about one of these, one by one."""
    if waiting.rows is not None:
        rows = [_row(shell, row, standards.get(row.revision), None) for row in waiting.rows.rows]
        pages = pager(waiting.rows, "/debriefs", waiting.view.queried, part="#then")
        return section("All of these", el("ul", rows, class_="cards"), pages, id="then") if rows else None
    if waiting.count <= 1:
        return None
    return section("By site and standard", el("ul", map(_group, waiting.groups), class_="groups"), id="then")


def _group(group: OwedGroup) -> Html:
    address = View(site=group.site or NOWHERE, standard=group.standard).address("/debriefs")
    place = el("b", group.site or "no site"), " ", el("span", group.standard, class_="standard")
    words = how_many(group.count, "promise to talk over", "promises to talk over")
    return el("li", el("span", place), el("a", words, href=address))


def debrief_fields() -> tuple[Html, ...]:
    """Draw what is asked of a talk, beside who led it."""
    cause = el("textarea", name="cause", required=True, maxlength=2000, rows=2)
    missed = el("textarea", name="missed", maxlength=2000, rows=2)
    following = el("textarea", name="next_step", required=True, maxlength=2000, rows=2)
    return (
        field("Who was there", "involved", maxlength=500, hint="names or roles; nobody is to blame"),
        field("Team", "team", maxlength=200, hint="if it is one team’s"),
        field("What got in the way", "cause", control=cause, hint="the circumstances, not the person"),
        field("The steps that should have been taken", "missed", control=missed, hint="if any were missed"),
        field("What we try now", "next_step", control=following),
    )  # fmt: skip


def _row(shell: Shell, promise: PromiseRow, standard: Standard | None, act: Action | None) -> Html:
    head = el("p", promise_link(promise.id, promise.subject, promise.standard, part="#debrief"), class_="where")
    when = el("p", "broken ", shell.clock(promise.settled), class_="quiet")
    late = el("p", "It was done later.", class_="quiet") if promise.state == "late" else None
    people = ", ".join(f"{field_name.replace('_', ' ')} {value}" for field_name, value in promise.fields.items())
    learned = _learned(shell, act) if act else None
    promised = el("p", standard.promise if standard else "", class_="promise")
    return el("li", head, promised, el("p", people, class_="quiet"), when, late, learned)


def _learned(shell: Shell, act: Action) -> list[Html]:
    said = (("Who was there", "involved"), ("What got in the way", "cause"),
            ("The steps that should have been taken", "missed"), ("What we try now", "next_step"))  # fmt: skip
    pairs = [(name, str(act.data[key])) for name, key in said if act.data.get(key)]
    who = el("p", el("strong", act.by), " led the talk, ", shell.clock(act.at), class_="note")
    return [who, facts(pairs, "advice")] if pairs else [who]
