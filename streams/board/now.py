"""Now: what needs a hand, by the time left. One row for each promise that is open and has a clock.

A row is drawn from an `Item` alone, so two equal items need not be drawn twice: that is how changes are told.
Read next: `changes.py`, which tells what changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from alerts.routing.actions import ACKNOWLEDGED, DONE, EXCUSED
from streams.board.markup import Html, el
from streams.board.reportable import awaited
from streams.board.shell import Shell, form, hidden, overdue_words, page, promise_link
from streams.board.wording import STATES, hour_and_minute, how_many, time_left, time_over
from streams.live.joined import Joined, joined_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import tzinfo

    from alerts.routing.actions import Action
    from standards.judge.promise import State
    from standards.judge.rulebook import Rulebook
    from streams.storage.rows import Owing

Sort = Literal["overdue", "warned", "running", "paused"]

MOST: Final = 200
"""How many rows of each sort are on the page; the others are counted."""
TITLES: Final[dict[Sort, str]] = {
    "overdue": "Overdue", "warned": "Act now", "running": "On the clock", "paused": "Paused",
}  # fmt: skip
CALM: Final = "Nothing needs a hand right now."
"""What is said where nothing is overdue or was warned of, and only there."""
_NOBODY: Final[dict[Sort, str]] = {
    "overdue": "", "warned": "", "running": "No other promise is on the clock.", "paused": "",
}  # fmt: skip


class Item(msgspec.Struct, frozen=True):
    """One row: a promise that is open. `due` and `opened` are microseconds UTC; `note` says who has it.

    `joined` says what came since that would have opened another one.

    `takes`: one may still say that one has it; `does`: that it is done.
    """

    id: str
    sort: Sort
    due: int
    opened: int
    subject: str
    standard: str
    aspect: str = ""
    promise: str = ""
    what: str = ""
    how: str = ""
    state: str = ""
    joined: str = ""
    note: str = ""
    taken: bool = False
    takes: bool = False
    does: bool = False


class Picture(msgspec.Struct, frozen=True):
    """All of the page: its rows, and how many there are of each sort, shown or not.

    `undebriefed` counts the broken promises that nobody has talked over.
    """

    items: Mapping[str, Item] = {}
    counts: Mapping[str, int] = {}
    undebriefed: int = 0


def picture(owing: Owing, acts: Iterable[Action], rulebook: Rulebook, zone: tzinfo, *, undebriefed: int) -> Picture:
    """Bring together what is owed, what people did about it, and what the standards say."""
    notes: dict[str, dict[str, str]] = {}
    for act in acts:
        notes.setdefault(act.promise, {})[act.type] = _note(act, zone)
    revisions = {row.revision: rulebook.standards.get(row.revision) for row in owing.rows}
    done = {revision for revision, it in revisions.items() if it and awaited(it, rulebook.vocabulary)}
    items = {}
    for row in owing.rows:
        standard, mine = revisions[row.revision], notes.get(row.id, {})
        taken = ACKNOWLEDGED in mine
        items[row.id] = Item(
            row.id, _sort(row.state), row.due, row.opened,
            row.subject, row.standard, row.aspect, standard.promise if standard else "",
            standard.what if standard else "", standard.how if standard else "", STATES[row.state],
            joined_words(Joined(row.joined, row.joined_at), standard, rulebook.vocabulary, zone),
            " ".join(mine.values()), taken, ACKNOWLEDGED in rulebook.classes and not taken, row.revision in done,
        )  # fmt: skip
    counts = {sort: getattr(owing, sort) for sort in ("overdue", "warned", "running", "paused", "endless")}
    return Picture(items, counts, undebriefed)


def _sort(state: State) -> Sort:
    if state.startswith("paused"):
        return "paused"
    return "overdue" if state == "broken" else "warned" if state == "warned" else "running"


def _note(act: Action, zone: tzinfo) -> str:
    when = hour_and_minute(act.at, zone)
    if act.type == ACKNOWLEDGED:
        return f"{act.by} has it, since {when}."
    if act.type == DONE:
        return f"{act.by} says it is done, at {when}; it is being judged."
    if act.type == EXCUSED:
        return f"{act.by} asked for an exception at {when}; it is being judged."
    return f"{act.by} talked it over at {when}."


def draw(shell: Shell, shown: Picture, *, acknowledges: bool) -> str:
    """Draw the page. `acknowledges`: one may say here that one has it."""
    words = texts(shown)
    broken = el("a", words["broken"], href="/debriefs", id="broken", hidden=not shown.undebriefed)
    summary = el("p", el("span", words["open"], id="open"), " ", broken, class_="summary")
    taker = _taker(shell) if acknowledges and shell.acts else None
    sections = (_section(shell, shown, sort, words) for sort in TITLES)
    endless = el("p", words["endless"], id="endless", class_="quiet apart")
    return page(shell, "Now", "/", summary, taker, sections, endless, every=0, tab=page_title(shown))


def row(item: Item, now: int, *, acts: bool) -> Html:
    """Draw one row."""
    about = el("p", promise_link(item.id, item.subject, item.standard), class_="where")
    urgent = item.sort in ("overdue", "warned")
    todo = el("p", item.what, class_="what") if urgent else None
    note = el("p", item.note, class_="note") if item.note else None
    promise = el("p", item.promise, class_="promise")
    joined = el("p", item.joined, class_="joined") if item.joined and urgent else None
    how = el("p", item.how, class_="how") if urgent else None
    actions = el("p", *_actions(item), class_="actions") if acts and urgent else None
    return el(
        "li", _left(item, now), el("div", todo, about, joined, promise, how, note, actions, class_="about"),
        id=f"p-{item.id}", class_=f"{item.sort}{' taken' if item.taken else ''}",
        data_due=None if item.sort == "paused" else item.due // 1000, data_opened=item.opened // 1000,
        data_order=item.opened if item.sort == "paused" else item.due,
    )  # fmt: skip


def _actions(item: Item) -> Iterator[Html]:
    if item.takes:
        said = f"I have it: {item.what} {item.subject}"
        yield el("button", "I have it", name="promise", value=item.id, form="take", aria_label=said)
    if item.does:
        said = f"It is done: {item.what} {item.subject}"
        yield el("button", "It is done", name="promise", value=item.id, form="take", formaction="/acts/done",
                 class_="plain", aria_label=said)  # fmt: skip
    said = f"Excuse {item.standard} for {item.subject}"
    yield el("a", "Excuse", href=f"/promises/{item.id}#excuse", class_="plain", aria_label=said)


def _left(item: Item, now: int) -> Html:
    if item.sort == "paused":
        return el("p", item.state, class_="left")
    if item.sort == "overdue":
        return el("p", el("span", time_over(item.due, now), class_="count"), class_="left")
    whole = max(1, item.due - item.opened)
    share = max(0, min(1000, (item.due - now) * 1000 // whole))
    spent = el("progress", max=1000, value=share, aria_hidden="true")
    return el("p", el("span", time_left(item.due, now), class_="count"), spent, class_="left")


def texts(shown: Picture) -> dict[str, str]:
    """Give what the page says beside its rows, by the ids of the elements that say it."""
    counts, endless = shown.counts, shown.counts.get("endless", 0)
    said = "has no time: it is" if endless == 1 else "have no time: they are"
    found = {
        "page-title": page_title(shown),
        "overdue": overdue_words(counts.get("overdue", 0)),
        "open": _summary(counts),
        "endless": f"{how_many(endless, 'more promise')} {said} judged by what happens next." if endless else "",
        "broken": f"{how_many(shown.undebriefed, 'broken promise')} to talk over",
    }
    for sort, title in TITLES.items():
        count = counts.get(sort, 0)
        beyond = count - sum(item.sort == sort for item in shown.items.values())
        found[f"title-{sort}"] = f"{title} · {count:,}" if count else title
        more = f"and {beyond:,} more, {'overdue for less long' if sort == 'overdue' else 'with more time'}"
        found[f"more-{sort}"] = (more if beyond > 0 else "") if count else _NOBODY[sort]
    if not counts.get("overdue", 0) and not counts.get("warned", 0):
        found["more-warned"] = CALM
    return found


def hides(counts: Mapping[str, int], sort: Sort) -> bool:
    """Say whether a part of the page has nothing to say: then its title would only stand in the way."""
    if counts.get(sort, 0) or sort == "running":
        return False
    return sort != "warned" or bool(counts.get("overdue", 0))


def page_title(shown: Picture) -> str:
    """Give what stands on the page's tab: what is overdue comes first."""
    count = shown.counts.get("overdue", 0)
    return f"{count:,} overdue – Kept" if count else "Now – Kept"


def _summary(counts: Mapping[str, int]) -> str:
    overdue = counts.get("overdue", 0)
    found = f"{how_many(sum(counts.values()) - overdue, 'promise')} open."
    return f"{how_many(overdue, 'promise')} overdue, {found}" if overdue else found


def _taker(shell: Shell) -> Html:
    name = el("input", name="name", value=shell.name, required=True, maxlength=80, autocomplete="name")
    label = el("label", el("span", "Your name, for what you do here"), name, class_="field")
    content = hidden("next", "/"), label
    return form(shell, "/acts/acknowledge", *content, id="take", class_="taker")


def _section(shell: Shell, shown: Picture, sort: Sort, words: Mapping[str, str]) -> Html:
    rows = (row(item, shell.now, acts=shell.acts) for item in shown.items.values() if item.sort == sort)
    title = el("h2", words[f"title-{sort}"], id=f"title-{sort}")
    drawn = el("ol", rows, id=f"list-{sort}", class_=f"rows {sort}")
    more = el("p", words[f"more-{sort}"], id=f"more-{sort}", class_="quiet")
    return el("section", title, drawn, more, aria_labelledby=f"title-{sort}", id=f"part-{sort}",
              hidden=hides(shown.counts, sort))  # fmt: skip
