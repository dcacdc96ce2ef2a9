"""Silences: for a time nobody is told of what matches. Which hold, who laid them and why, and the forms for them.

Read next: `notices.py`, on whose page they are.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from alerts.routing.actions import SILENCED
from standards.calendar.duration import DAY, spoken
from standards.judge.events import microseconds, moment
from streams.board.markup import Html, el, listed, section
from streams.board.shell import Shell, acting_as, field, form, hidden
from streams.board.wording import hour_and_minute

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from alerts.policy.policy import People
    from alerts.routing.actions import Action

TERMS: Final = ("standard", "site", "subject", "owner", "severity", "aspect")
"""By what a silence is narrowed."""
SPANS: Final = {"30m": "half an hour", "1h": "an hour", "4h": "four hours", "8h": "a shift, eight hours"}
"""For how long one is laid on the board: long ones are for the policy."""


def holding(acts: Iterable[Action], now: int) -> list[tuple[Action, int]]:
    """Give the silences that hold at an instant, each with its end (microseconds UTC); `acts` come newest first."""
    newest: dict[str, Action] = {}
    for act in acts:
        newest.setdefault(str(act.data.get("silence", "")), act)
    laid = [(act, _end_of(act)) for act in newest.values() if act.type == SILENCED]
    return [(act, until) for act, until in laid if until > now]


def muted(acts: Iterable[Action], people: People, now: int, zone: tzinfo) -> tuple[str, ...]:
    """Say of what nobody is told at an instant: what somebody silenced, here or in the policy, and routes at rest."""
    laid = [f"{_terms(act.data)} until {_until(until, now, zone)}" for act, until in holding(acts, now)]
    for each in people.silences:
        if each.until > now:
            terms = {name: " or ".join(values) for name, values in each.match.terms}
            laid.append(f"{_terms(terms)} until {_until(each.until, now, zone)}")
    resting = [
        f"the route {it.name} at this time" for it in people.routes if any(mute.is_open(now) for mute in it.mute)
    ]
    return (*laid, *resting)


def _terms(given: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {given[name]}" for name in TERMS if given.get(name)) or "everything"


def _until(at: int, now: int, zone: tzinfo) -> str:
    day = "" if at - now < DAY else f"{moment(at).astimezone(zone):%Y-%m-%d} "
    return f"{day}{hour_and_minute(at, zone)}"


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
    policy: Sequence[str] = ()


def silence_section(shell: Shell, acts: Sequence[Action], known: Known) -> Html:
    """Draw the silences that hold, and the form for another one. `acts` are those that laid and lifted some."""
    rows = [_row(shell, act, until) for act, until in holding(acts, shell.now)]
    rows += [el("li", el("p", el("strong", words)), el("p", "by the policy", class_="said")) for words in known.policy]
    lay = el("details", el("summary", "Lay a silence"), _form(shell, known)) if shell.acts else None
    return section("Silences", listed(rows, "acts", "Nothing is silenced."), lay, id="silences")


def _row(shell: Shell, act: Action, until: int) -> Html:
    head = el("p", el("strong", _terms(act.data)), f", for another {spoken(until - shell.now)}, until ",
              shell.clock(until))  # fmt: skip
    why = f": {act.data['reason']}" if act.data.get("reason") else ""
    name = hidden("silence", str(act.data.get("silence", "")))
    lift = form(shell, "/acts/unsilence", name, acting_as(shell), el("button", "Lift it", class_="plain"))
    return el("li", head, el("p", f"by {act.by}{why}", class_="said"), lift if shell.acts else None)


def _form(shell: Shell, known: Known) -> Html:
    spans = (el("option", words, value=span) for span, words in SPANS.items())
    standards = el("option", "every standard", value=""), (el("option", name, value=name) for name in known.standards)
    sites = el("datalist", (el("option", value=site) for site in known.sites), id="sites")
    new = el("input", type="checkbox", name="new", value="1")
    everything = el("input", type="checkbox", name="everything", value="1")
    return form(
        shell, "/acts/silence", acting_as(shell),
        field("Standard", "standard", control=el("select", standards, name="standard")),
        field("Site", "site", maxlength=200, list="sites", hint="empty is every site"), sites,
        el("label", new, el("span", "It is a new site, of which Kept has not heard yet"), class_="tick"),
        el("label", everything, el("span", "Everything: every standard at every site"), class_="tick"),
        field("For how long", "span", control=el("select", spans, name="span")),
        field("Why", "reason", required=True, maxlength=500), el("button", "Lay the silence"),
    )  # fmt: skip
