"""One message for several promises: those of one group, and the digest of what did not reach somebody at once.

Read next: `throttle.py`, which sends them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alerts.routing.notice import Notice

NAMED = 10
"""So many subjects, or lines of a digest, are written out in the text; the message speaks for all of them."""

_SEVERITIES = {"page": 0, "ticket": 1, "info": 2}
_KINDS = {"warned": 0, "broken": 1, "lost": 2}
"""What can still be prevented comes before what can only be made good, and that before what is over."""


def risk(notice: Notice) -> tuple[object, ...]:
    """Give what notices are ordered by: severity, what can still be done, the nearest deadline, the oldest trouble."""
    severity = _SEVERITIES.get(notice.severity, len(_SEVERITIES))
    kind = _KINDS.get(notice.looks_like, len(_KINDS))
    due = notice.due if notice.looks_like == "warned" and notice.due >= 0 else NEVER
    return severity, kind, due, notice.at, notice.id


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


def _name(notice: Notice, first: Notice) -> str:
    if notice.standard == first.standard:
        return notice.subject or notice.standard
    return f"{notice.standard} {notice.subject}".rstrip()


def _rest(count: int) -> str:
    return f" and {count} more" if count > 0 else ""
