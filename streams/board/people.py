"""What people did: every act that was taken in, newest first: who, when, by which way, and why.

Read next: `story.py`, which shows a promise's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from alerts.routing.actions import (
    ACKNOWLEDGED,
    DEBRIEFED,
    DONE,
    EXCUSED,
    GIVEN_BACK,
    HANDED_ON,
    MADE,
)
from alerts.words.words import phrase
from standards.judge.standard import SCENARIO
from standards.natural import same
from streams.board.markup import Html, el, listed, section, sentence
from streams.board.paging import Paged, pager
from streams.board.shell import Shell, page, promise_link
from streams.explain.acts import DID, GRANTED, INSTANTS, SAID, WANTED, WAYS, as_told

if TYPE_CHECKING:
    from collections.abc import Collection

    from alerts.routing.actions import Action
    from streams.explain.acts import Cause
    from streams.storage.rows import PromiseRow

_ABOUT: Final = (ACKNOWLEDGED, HANDED_ON, GIVEN_BACK, DEBRIEFED, DONE, EXCUSED, MADE)
"""The acts that are about one promise."""
_WITHOUT_EFFECT: Final[Mapping[str, str]] = {
    "not-theirs": phrase("Without effect: they did not have it."),
    "nobody-is-told": phrase("Nobody was told of it then: who has it, and who is told, stays as it was."),
}
_KNOWN: Final = frozenset({"standard", "subject"})
"""What an act says that is about one promise, which says that itself."""
HOW: Final = {"sent it again": phrase("sent it again"), "set it aside": phrase("set it aside")}
"""How an event that could not be read was dealt with."""
LABELS: Final = {
    "to": phrase("to"), "agent": phrase("whom it is about"), "calendar": phrase("calendar"), "date": phrase("date"),
    "open": phrase("open"), "reason": phrase("reason"), "note": phrase("note"), "how": phrase("how"),
    "involved": phrase("involved"), "cause": phrase("cause"), "missed": phrase("missed"),
    "next_step": phrase("next step"), "next_step_by": phrase("by when"), "reward": phrase("reward"),
    "scenario": phrase("scenario"), "team": phrase("team"), "silence": phrase("silence"), "until": phrase("until"),
    "standard": phrase("standard"), "subject": phrase("subject"), "site": phrase("site"), "owner": phrase("owner"),
    "severity": phrase("severity"),
}  # fmt: skip
"""What is said of an act, by its field."""


class Acts(NamedTuple):
    """A page of what people did, the promises that it is `about`, by id, and which of it made a line of the ledger.

    `without_effect` says, by the act's name, why it changed nothing of who has it or who is told.
    """

    page: Paged[Action]
    about: Mapping[str, PromiseRow] = {}
    granted: Collection[Cause] = ()
    without_effect: Mapping[str, str] = {}


def draw(
    shell: Shell,
    acts: Acts,
    query: Mapping[str, str],
    phones: Html | None = None,
) -> str:
    """Draw the page; `query` is what its address asks, `phones` what is said of the devices that ring, if any can."""
    say = shell.words.say
    lead = el("p", say("Who did what about a promise, and why. This is kept for ever."), class_="lead")
    drawn = [
        act_row(shell, act, acts.granted, acts.about.get(act.promise), why=acts.without_effect.get(act.name, ""))
        for act in acts.page.rows
    ]
    rows = listed(drawn, "acts", say("Nobody had to do anything yet."))
    pages = pager(shell, acts.page, "/people", query, part="#acts")
    return page(shell, say("What people did"), "", phones, section(say("Acts"), lead, rows, pages, id="acts"))


def act_row(
    shell: Shell, act: Action, causes: Collection[Cause], promise: PromiseRow | None = None, *, why: str = ""
) -> Html:
    """Draw one act; `causes` are those of the ledger's lines, `promise` what it is about, where that is not plain.

    `why` is the reason for which it had no effect, if it had none.
    """
    site = act.data.get("site") if promise is None else promise.fields.get("site")
    here, about = shell.at(site), None
    if promise is not None and act.type in _ABOUT:
        place = shell.placed(promise.subject, site)
        about = el("p", promise_link(shell.words, promise.id, place, promise.standard), class_="where")
    granted = act.type == EXCUSED and (act.source, act.id) in causes
    head = el("p", _head(here, act, WANTED if why else DID, granted=granted))
    said = (el("p", text, class_="said") for text in _said(here, act))
    vain = el("p", shell.words.say(_WITHOUT_EFFECT[why]), class_="said") if why in _WITHOUT_EFFECT else None
    return el("li", about, head, said, vain)


def _head(shell: Shell, act: Action, named: Mapping[str, str], *, granted: bool) -> Html:
    """Say who did what, when and by which way; an exception that made a line of the ledger was `granted`."""
    words, person = shell.words, str(act.data.get("person") or "")
    deed = named.get(act.type) or DID.get(act.type)
    known = words.say(deed) if deed else act.type
    way = words.say(WAYS[act.source]) if act.source in WAYS else words.say("from {source}", source=act.source)
    values = {
        "name": el("strong", person or act.by or words.say("somebody")), "time": shell.clock(act.at), "way": way,
        "deed": words.say(GRANTED) if granted else known,
    }  # fmt: skip
    if act.by.startswith(SCENARIO):
        return sentence(words, "{name}, as everybody may then, {deed}, {time}, {way}", **values)
    if person and not same(person, act.by):
        return sentence(words, "{name}, as {role}, {deed}, {time}, {way}", role=act.by, **values)
    return sentence(words, "{name} {deed}, {time}, {way}", **values)


def _said(shell: Shell, act: Action) -> list[str]:
    """Give what they said of it, each with its name."""
    found, words = [], shell.words
    known = _KNOWN if act.promise else frozenset[str]()
    for name in SAID:
        value = str(act.data.get(name) or "")
        if value and name not in known:
            shown = words.say(HOW[value]) if name == "how" and value in HOW else value
            shown = as_told(value, shell.told) if name in INSTANTS else shown
            shown = shell.scenarios.get(value, value) if name == "scenario" else shown
            shown = shell.called(value) if name == "subject" else shell.called_site(value) if name == "site" else shown
            found.append(words.say("{name}: {value}", name=words.say(LABELS[name]), value=shown))
    return found
