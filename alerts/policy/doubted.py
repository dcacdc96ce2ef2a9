"""What the checks of a policy look at, and which standards' lines can come to a route.

Read next: `doubts.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from alerts.policy.policy import LINE_FIELDS, PLACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from alerts.policy.policy import Match, People
    from standards.documents.entries import Entry
    from standards.judge.standard import Standard


class Doubted(NamedTuple):
    """What a check looks at: the policy, as read and as written, the standards, now (microseconds UTC).

    `channels` are those that are set up, where that is known.
    """

    people: People
    standards: Sequence[Standard]
    top: Entry
    now: int
    channels: frozenset[str] | None = None

    def route(self, index: int, *path: str | int) -> Entry:
        """Give the place of a route, or of its key where it is written."""
        at = self.top.at("routes", index)
        return at.at(*path) if path and at.has(str(path[0])) else at.at("tell")

    def coming_to(self, index: int) -> Iterator[Standard]:
        """Give the standards whose lines can come to a route."""
        before = [route.match for route in self.people.routes[:index] if not route.go_on]
        for standard in self.standards:
            if can_fit(self.people.routes[index].match, standard) and not any(takes(it, standard) for it in before):
                yield standard


def can_fit(match: Match, standard: Standard) -> bool:
    """Say whether a match can fit a line of the standard; what a field of its subject holds is not known."""
    known = {name: str(getattr(standard, {"standard": "id"}.get(name, name), "")) for name in LINE_FIELDS}
    del known["subject"]
    own = {"subject", PLACE, *standard.per, *standard.carry}
    return all(name in own or known.get(name, "") in values for name, values in match.terms)


def takes(match: Match, standard: Standard) -> bool:
    """Say whether a match fits every line of the standard."""
    asked = {name for name, _ in match.terms}
    return can_fit(match, standard) and not asked & {"subject", PLACE, *standard.per, *standard.carry}
