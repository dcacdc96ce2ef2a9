"""Debriefs: the promises that were broken, those that nobody has talked over yet first.

Read next: `story.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from streams.board.markup import Html, el, facts, listed, section
from streams.board.offers import TOGETHER, held_in
from streams.board.shell import Shell, acting_as, field, form, hidden, older, page, promise_link
from streams.board.wording import how_many, time_over

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from alerts.routing.actions import Action
    from standards.judge.standard import Standard
    from streams.storage.rows import PromiseRow

MOST: Final = 100
"""How many of each sort are on the page."""


class Broken(msgspec.Struct, frozen=True):
    """The newest broken promises that were, or were not, talked over; `count` is how many there are in all.

    `overdue` are the ids of those that are still owed.
    """

    rows: list[PromiseRow]
    count: int
    overdue: Collection[str] = ()


def kind_of(promise: PromiseRow) -> tuple[str, str]:
    """Say what is talked over together: what was broken by one standard at one site."""
    return promise.standard, str(promise.fields.get("site") or "")


def draw(
    shell: Shell, waiting: Broken, done: Broken, acts: Sequence[Action], *, standards: Mapping[str, Standard]
) -> str:
    """Draw the page: one form at a time, for the first that waits. `standards` are by revision."""
    by_promise = {act.promise: act for act in acts}
    why = (
        "Broken promises are where a team learns. Ten minutes, the people concerned, no blame: what got in the way, "
        "and what do we try now?"
    )
    first, second = (
        [
            _row(shell, row, standards.get(row.revision), by_promise.get(row.id), overdue=row.id in broken.overdue)
            for row in broken.rows
        ]
        for broken in (waiting, done)
    )
    talk = _talk(shell, waiting, first[0]) if first and shell.acts else None
    rest = first[1:] if talk is not None else first
    count = waiting.count - (talk is not None)
    return page(
        shell, "Debriefs", "/debriefs", el("p", why, class_="lead"), talk,
        _section("Then" if talk else "To talk over", waiting, rest, count) if rest or not first else None,
        _section("Talked over", done, second, done.count) if done.count else None,
    )  # fmt: skip


def _talk(shell: Shell, waiting: Broken, row: Html) -> Html:
    """Draw the promise that is talked over first, with the form for it; after it comes the next one."""
    promise = waiting.rows[0]
    alike = [other.id for other in waiting.rows[1:] if kind_of(other) == kind_of(promise)][:TOGETHER]
    _, site = kind_of(promise)
    box = el("input", type="checkbox", name="alike", value=held_in(alike))
    where = f" at {site}" if site else ""
    words = f"It was the same with {how_many(len(alike), 'more promise')} of {promise.standard}{where}"
    together = el("label", box, el("span", words), class_="tick") if alike else None
    content = form(
        shell, "/acts/debrief", hidden("promise", promise.id), hidden("next", "/debriefs"), acting_as(shell),
        debrief_fields(), together, el("button", "We have talked it over"),
    )  # fmt: skip
    return section(f"To talk over · {waiting.count:,}", el("ul", row, class_="cards"), content)


def _section(title: str, broken: Broken, rows: Sequence[Html], count: int) -> Html:
    calm = "Every broken promise was talked over."
    drawn = listed(rows, "cards", calm)
    return section(f"{title} · {count:,}" if count else title, drawn, older(broken.count - len(broken.rows)))


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


def _row(shell: Shell, promise: PromiseRow, standard: Standard | None, act: Action | None, *, overdue: bool) -> Html:
    head = el("p", promise_link(promise.id, promise.subject, promise.standard, part="#debrief"), class_="where")
    when = el("p", "broken ", shell.clock(promise.settled), class_="quiet")
    late = el("p", "It was done later.", class_="quiet") if promise.state == "late" else None
    if overdue:
        late = el("p", el("strong", f"It is still owed: {time_over(promise.due, shell.now)}."), class_="goal below")
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
