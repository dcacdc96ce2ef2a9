"""Names: their natural order, till 2 before till 10, in which each has a place; runs of them; and one person's."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER: Final = re.compile(r"0*(\d+)", re.ASCII)


def name_key(name: str) -> str:
    """Give a person's name as it is compared: people write their own as they like."""
    return " ".join(name.casefold().split())


def same(one: str, other: str) -> bool:
    """Say whether two names are those of one person."""
    return name_key(one) == name_key(other)


def as_known(name: str, known: Iterable[str]) -> str:
    """Give a name as those who are known write it or, where it is nobody's of them, as it is."""
    return next((each for each in known if same(each, name)), name)


def is_among(name: str, names: Iterable[str]) -> bool:
    """Say whether a name is that of one of these people, or roles."""
    return any(same(each, name) for each in names)


def by_person(names: Iterable[str]) -> Counter[str]:
    """Count how often each person is named, by the name that stands first for them."""
    first: dict[str, str] = {}
    return Counter(first.setdefault(name_key(name), name) for name in names)


def natural(name: str) -> str:
    """Give a text by which names come in the order in which people count: each number after how long it is."""
    return _NUMBER.sub(lambda found: f"{len(found[1]):03}{found[1]}", name.casefold())


LEAST = 3
"""From so many on, things that follow each other are named by the first and the last."""


def runs(names: Iterable[str]) -> list[list[str]]:
    """Give names in the order in which people count, together where each follows the one before."""
    found: list[list[str]] = []
    for name in sorted({name for name in names if name}, key=lambda name: (natural(name), name)):
        if found and _follows(found[-1][-1], name):
            found[-1].append(name)
        else:
            found.append([name])
    return found


def in_runs(names: Iterable[str]) -> list[str]:
    """Name things in the order in which people count: from three on that follow each other, the first and the last."""
    return [part for run in runs(names) for part in ([f"{run[0]} to {run[-1]}"] if len(run) >= LEAST else run)]


def _follows(before: str, name: str) -> bool:
    (left, one), (right, other) = (_numbered(each) for each in (before, name))
    return left == right and one is not None and other == one + 1


def _numbered(name: str) -> tuple[str, int | None]:
    found = re.search(r"\d{1,9}$", name)
    return (name, None) if found is None else (name[: found.start()], int(found[0]))
