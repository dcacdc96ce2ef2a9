"""Silences: for a time nobody is told of what matches. Which hold, who laid them and why, and the forms for them.

Read next: `notices.py`, on whose page they are.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from alerts.routing.actions import SILENCED
from alerts.words.words import phrase
from standards.calendar.duration import DAY
from standards.judge.events import microseconds
from streams.board.markup import Html, el, listed, section, sentence
from streams.board.shell import Shell, acting_as, field, form, hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from alerts.policy.policy import People
    from alerts.routing.actions import Action
    from streams.board.wording import Wording

_TERMS: Final = {
    "standard": phrase("standard {name}"), "site": phrase("site {name}"), "subject": phrase("subject {name}"),
    "owner": phrase("owner {name}"), "severity": phrase("severity {name}"), "aspect": phrase("aspect {name}"),
}  # fmt: skip
_PLACES: Final = frozenset({"site", "subject"})
"""Those of them that people have names for."""
TERMS: Final = tuple(_TERMS)
"""By what a silence is narrowed."""
SPANS: Final = {
    "30m": phrase("half an hour"), "1h": phrase("an hour"), "4h": phrase("four hours"),
    "8h": phrase("a shift, eight hours"),
}  # fmt: skip
"""For how long one is laid on the board: long ones are for the policy."""


def holding(acts: Iterable[Action], now: int) -> list[tuple[Action, int]]:
    """Give the silences that hold at an instant, each with its end (microseconds UTC); `acts` come newest first."""
    newest: dict[str, Action] = {}
    for act in acts:
        newest.setdefault(str(act.data.get("silence", "")), act)
    laid = [(act, _end_of(act)) for act in newest.values() if act.type == SILENCED]
    return [(act, until) for act, until in laid if until > now]


class Muted(msgspec.Struct, frozen=True):
    """Of what nobody is told: what has these `terms`, each with its values, `until` an instant (microseconds UTC).

    Or what goes by a `route` that rests.
    """

    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    until: int = -1
    route: str = ""

    @property
    def site(self) -> str:
        """The one site that it is about, or nothing."""
        sites = dict(self.terms).get("site", ())
        return sites[0] if len(sites) == 1 else ""

    def said(self, wording: Wording) -> str:
        """Say it, to follow "nobody is told of"."""
        if self.route:
            return wording.words.say("the route {name} at this time", name=self.route)
        until = _until(self.until, wording)
        return wording.words.say("{what} until {time}", what=_what(self.terms, wording), time=until)


def muted(acts: Iterable[Action], people: People, now: int) -> tuple[Muted, ...]:
    """Say of what nobody is told at an instant: what somebody silenced, here or in the policy, and routes at rest."""
    laid = [Muted(_terms(act.data), until) for act, until in holding(acts, now)]
    fixed = [Muted(tuple(each.match.terms), each.until) for each in people.silences if each.until > now]
    resting = [Muted(route=it.name) for it in people.routes if any(mute.is_open(now) for mute in it.mute)]
    return (*laid, *fixed, *resting)


def _terms(given: Mapping[str, object]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, (str(given[name]),)) for name in TERMS if given.get(name))


def _what(terms: Iterable[tuple[str, tuple[str, ...]]], wording: Wording) -> str:
    by_name, words = dict(terms), wording.words
    for name in _PLACES & by_name.keys():
        by_name[name] = tuple(map(wording.called_site if name == "site" else wording.called, by_name[name]))
    said = [words.say(text, name=words.either(by_name[name])) for name, text in _TERMS.items() if name in by_name]
    return ", ".join(said) or words.say("everything")


def _until(at: int, wording: Wording) -> str:
    if at - wording.now < DAY:
        return wording.hour(at)
    return wording.words.say("{day} {time}", day=wording.day(at), time=wording.hour(at))


def _end_of(act: Action) -> int:
    """Give when a silence ends, in microseconds UTC; -1 where it does not say so."""
    try:
        return microseconds(datetime.fromisoformat(str(act.data.get("until", ""))))
    except ValueError:
        return -1


class Known(msgspec.Struct, frozen=True):
    """What a silence can be about; and of what nobody is told because the policy says so."""

    standards: Sequence[str] = ()
    sites: Sequence[str] = ()
    policy: Sequence[Muted] = ()


def silence_section(shell: Shell, acts: Sequence[Action], known: Known) -> Html:
    """Draw the silences that hold, and the form for another one. `acts` are those that laid and lifted some."""
    rows = [_row(shell, act, until) for act, until in holding(acts, shell.now)]
    rows += [_fixed(shell, each) for each in known.policy]
    say = shell.words.say
    lay = el("details", el("summary", say("Lay a silence")), _form(shell, known)) if shell.acts else None
    return section(say("Silences"), listed(rows, "acts", say("Nothing is silenced.")), lay, id="silences")


def _fixed(shell: Shell, muted: Muted) -> Html:
    by = el("p", shell.words.say("by the policy"), class_="said")
    return el("li", el("p", el("strong", muted.said(shell.at(muted.site)))), by)


def _row(shell: Shell, act: Action, until: int) -> Html:
    words = shell.words
    head = sentence(
        words, "{what}, for another {span}, until {time}", what=el("strong", _what(_terms(act.data), shell)),
        span=words.length(until - shell.now), time=shell.at(act.data.get("site")).clock(until),
    )  # fmt: skip
    reason = str(act.data.get("reason") or "")
    by = words.say("by {name}: {reason}", name=act.by, reason=reason) if reason else words.say("by {name}", name=act.by)
    name = hidden("silence", str(act.data.get("silence", "")))
    lift = form(shell, "/acts/unsilence", name, acting_as(shell), el("button", words.say("Lift it"), class_="plain"))
    return el("li", el("p", head), el("p", by, class_="said"), lift if shell.acts else None)


def _form(shell: Shell, known: Known) -> Html:
    say = shell.words.say
    spans = (el("option", say(words), value=span) for span, words in SPANS.items())
    every = el("option", say("every standard"), value="")
    standards = every, (el("option", name, value=name) for name in known.standards)
    sites = el("datalist", (el("option", value=site) for site in known.sites), id="sites")
    new = el("input", type="checkbox", name="new", value="1")
    everything = el("input", type="checkbox", name="everything", value="1")
    return form(
        shell, "/acts/silence", acting_as(shell),
        field(say("Standard"), "standard", control=el("select", standards, name="standard")),
        field(say("Site"), "site", maxlength=200, list="sites", hint=say("empty is every site")), sites,
        el("label", new, el("span", say("It is a new site, of which Kept has not heard yet")), class_="tick"),
        el("label", everything, el("span", say("Everything: every standard at every site")), class_="tick"),
        field(say("For how long"), "span", control=el("select", spans, name="span")),
        field(say("Why"), "reason", required=True, maxlength=500), el("button", say("Lay the silence")),
    )  # fmt: skip
