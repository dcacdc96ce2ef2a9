"""The natural order of names: till 2 before till 10. Whatever a subject is called, it has a place in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER: Final = re.compile(r"0*(\d+)", re.ASCII)


def natural(name: str) -> str:
    """Give a text by which names come in the order in which people count: each number after how long it is."""
    return _NUMBER.sub(lambda found: f"{len(found[1]):03}{found[1]}", name.casefold())


def in_runs(names: Iterable[str]) -> list[str]:
    """Name things in the order in which people count: from three on that follow each other, the first and the last."""
    runs: list[list[str]] = []
    for name in sorted({name for name in names if name}, key=lambda name: (natural(name), name)):
        if runs and _follows(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    return [part for run in runs for part in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else run)]  # noqa: PLR2004


def _follows(before: str, name: str) -> bool:
    (left, one), (right, other) = (_numbered(each) for each in (before, name))
    return left == right and one is not None and other == one + 1


def _numbered(name: str) -> tuple[str, int | None]:
    found = re.search(r"\d{1,9}$", name)
    return (name, None) if found is None else (name[: found.start()], int(found[0]))
