"""One message for several promises: those of one group, the summary of pages, the digest of what could wait.

Read next: `throttle.py`, which sends them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from alerts.policy.policy import PLACE
from standards.judge.promise import NEVER
from standards.natural import in_runs, natural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from alerts.routing.notice import Notice

NAMED = 10
"""So many subjects, or lines of a digest, are written out in the text; the message speaks for all of them."""

PLACES_NAMED = 100
"""So many places are named in a summary for one thing to do."""

_SEVERITIES = {"page": 0, "ticket": 1, "info": 2}
_KINDS = {"warned": 0, "broken": 1, "lost": 2}
"""What can still be prevented comes before what can only be made good, and that before what is over."""


def risk(notice: Notice) -> tuple[object, ...]:
    """Give what notices are ordered by.

    Trouble before what is over, then severity, what can still be done, the nearest deadline, the oldest trouble.
    """
    severity = _SEVERITIES.get(notice.severity, len(_SEVERITIES))
    kind = _KINDS.get(notice.looks_like, len(_KINDS))
    due = notice.due if notice.looks_like == "warned" and notice.due >= 0 else NEVER
    return not notice.is_trouble, severity, kind, due, notice.at, natural(notice.subject), notice.id


def promises_of(notices: Iterable[Notice]) -> tuple[str, ...]:
    """Give all promises that some notices speak for, each once."""
    return tuple(dict.fromkeys(promise for notice in notices for promise in notice.speaks_for))


def joined(notices: Sequence[Notice]) -> Notice:
    """Make one message of the notices of a group: the most pressing one, and for whom or where it is the same."""
    first, *others = sorted(notices, key=risk)
    if not others:
        return first
    names = list(dict.fromkeys(_name(other, first) for other in others))
    more = f"The same for {len(others)} more: {', '.join(names[:NAMED])}{_rest(len(names) - NAMED)}."
    return msgspec.structs.replace(first, text=f"{first.text} {more}", promises=promises_of([first, *others]))


def digest(notices: Sequence[Notice], name: str, at: int) -> Notice:
    """Make the digest of what was held back from somebody, at an instant (microseconds UTC): nothing is left out."""
    ordered = sorted(notices, key=risk)
    first, promises = ordered[0], promises_of(ordered)
    lines = [f"- {notice.text}" for notice in ordered[:NAMED]]
    if len(ordered) > NAMED:
        lines.append(f"- and {len(ordered) - NAMED} more")
    count = f"{len(promises)} promises" if len(promises) > 1 else "1 promise"
    text = "\n".join([f"Held back until now, {count}, the most pressing first:", *lines])
    return msgspec.structs.replace(
        first, id=f"digest:{name}:{at}", text=text, promises=promises, decided=at, how="", why="", exceptions=""
    )


def summary(notices: Sequence[Notice], name: str, at: int) -> Notice:
    """Make the summary of pages over somebody's budget, at an instant (microseconds UTC): every place is named."""
    made = gathered(notices, "in this message, as there are so many")
    return msgspec.structs.replace(made, id=f"summary:{name}:{at}", decided=at)


def gathered(notices: Sequence[Notice], remark: str) -> Notice:
    """Make one message of notices that are no group: where and what to do, how many they are, then place by place."""
    ordered = sorted(notices, key=risk)
    first, promises = ordered[0], promises_of(ordered)
    trouble = [notice for notice in ordered if notice.is_trouble]
    well = [notice for notice in ordered if not notice.is_trouble]
    by_action = _by(trouble, lambda notice: notice.what or notice.standard)
    what = next(iter(by_action)) if len(by_action) == 1 else f"{len(by_action)} things to do"
    lines = [f"{_where(trouble)}: {what}", f"{_count(trouble)} {remark}:"]
    for to_do, parts in by_action.items():
        lines += [f"{to_do}:"] * (len(by_action) > 1) + [f"- {line}" for line in _places(parts)]
    if well:
        lines += ["Nothing to do any more:", *(f"- {line}" for line in _places(well))]
    text = "\n".join(lines)
    return msgspec.structs.replace(first, text=text, promises=promises, how="", why="", exceptions="")


def _where(trouble: Sequence[Notice]) -> str:
    """Name the first place, in the order in which people count, and how many more there are."""
    places = sorted({_site(notice) or notice.subject for notice in trouble}, key=lambda name: (natural(name), name))
    others = len(places) - 1
    more = "" if not others else f" and {places[1]}" if others == 1 else f" and {others} more places"
    return f"{places[0]}{more}"


def _count(trouble: Sequence[Notice]) -> str:
    count = len(promises_of(trouble))
    broken = sum(notice.looks_like == "broken" for notice in trouble)
    of = f", {'all' if broken == count else broken} of them broken," if broken and count > 1 else ""
    return f"{count} promises{of}" if count > 1 else "1 promise"


def _places(notices: Sequence[Notice]) -> list[str]:
    """Give a line for each site: what it is about there, and how much of that is broken."""
    lines = []
    for site, parts in sorted(_by(notices, _site).items(), key=lambda found: natural(found[0])):
        names = ", ".join(in_runs(_rest_of(part, site) for part in parts))
        broken = sum(part.looks_like == "broken" for part in parts)
        of = "" if not broken else " (broken)" if broken == len(parts) else f" ({broken} broken)"
        lines.append(f"{site}: {names}{of}" if site and names else f"{site or names}{of}")
    shown = lines[:PLACES_NAMED]
    return [*shown, f"and {len(lines) - len(shown)} more places"] if len(lines) > len(shown) else shown


def _site(notice: Notice) -> str:
    return str(notice.fields.get(PLACE) or "")


def _rest_of(notice: Notice, site: str) -> str:
    """Give a subject without its site, which is named before it."""
    return "" if notice.subject == site else notice.subject.removeprefix(f"{site}/")


def _by(notices: Iterable[Notice], key: Callable[[Notice], str]) -> dict[str, list[Notice]]:
    found: dict[str, list[Notice]] = {}
    for notice in notices:
        found.setdefault(key(notice), []).append(notice)
    return found


def _name(notice: Notice, first: Notice) -> str:
    if notice.standard == first.standard:
        return notice.subject or notice.standard
    return f"{notice.standard} {notice.subject}".rstrip()


def _rest(count: int) -> str:
    return f" and {count} more" if count > 0 else ""
