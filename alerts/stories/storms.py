"""Storms for a drill of the policy: lines of a promise of 60 s, warned at half, at twenty shops of five tills.

Nobody acts. Whatever its standard says, a line breaks after a minute: a drill is of the policy, not of the promises.
Read next: `streams/checking/drill.py`, which plays them.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from standards.calendar.duration import HOUR, MINUTE, SECOND
from standards.judge.ledger import Line
from standards.judge.promise import VERDICTS, Kind, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from standards.judge.ledger import Plain
    from standards.judge.standard import Standard

SHOPS = 20
TILLS = 5
_WARNED, _BROKEN = 30 * SECOND, 60 * SECOND


class Storm(NamedTuple):
    """One storm: what it is, its lines in the order of time, and whether its promises are tickets."""

    name: str
    lines: tuple[Line, ...]


class _Till(NamedTuple):
    """Where a promise is made."""

    standard: Standard
    shop: int
    till: int
    fixed: Mapping[str, str]

    def life(self, opened: int, done: int | None = None, *, number: int = 0) -> Iterator[Line]:
        """Give the lines of a promise that is made at an instant, and done at another or never."""
        kinds: list[tuple[int, Kind, State]] = []
        if done is None or done > opened + _WARNED:
            kinds.append((opened + _WARNED, "warned", "warned"))
        if done is None or done > opened + _BROKEN:
            kinds.append((opened + _BROKEN, "broken", "broken"))
        if done is not None and kinds:
            broken = len(kinds) > 1
            kinds.append((done, "fulfilled_late" if broken else "kept", "late" if broken else "kept"))
        for ordinal, (at, kind, state) in enumerate(kinds, 2):
            yield self._line(opened, at, kind, state, f"{number}.{ordinal}")

    def ticket(self, at: int) -> Line:
        """Give the line of a promise that is broken at an instant."""
        return self._line(at - MINUTE, at, "broken", "broken", "0.2")

    def _line(self, opened: int, at: int, kind: Kind, state: State, number: str) -> Line:
        standard = self.standard
        names: dict[str, Plain] = {"site": f"shop-{self.shop:02}", **self.fixed}
        others = [field for field in (*standard.per, *standard.carry) if field not in names] or ["till"]
        names.update(dict.fromkeys(others, f"till-{self.till}"))
        per = standard.per or ("site", "till")
        subject = "/".join(str(names[field]) for field in per if field in names)
        promise = f"{names['site']}-{self.till}-{number.partition('.')[0]}"
        return Line(
            f"{promise}.{number.rpartition('.')[2]}", promise, standard.id, standard.revision, subject, kind, at, at,
            opened, state, standard.owner, standard.aspect, standard.severity, due=opened + _BROKEN,
            verdict=VERDICTS.get(state), fields=names,
        )  # fmt: skip


def page_storms(standard: Standard, start: int, fixed: Mapping[str, str]) -> list[Storm]:
    """Give the storms of pages, from an instant on; `fixed` are fields that have to have a value."""
    tills = [_Till(standard, shop, till, fixed) for shop in range(1, SHOPS + 1) for till in range(1, TILLS + 1)]
    one = tills[0]

    def over(span: int) -> Iterable[Line]:
        return chain(*(till.life(start + span * at // len(tills)) for at, till in enumerate(tills)))

    def swings(bad: int, good: int, until: int) -> Iterable[Line]:
        begins = range(start, start + until, bad + good)
        return chain(*(one.life(at, at + bad, number=number) for number, at in enumerate(begins)))

    growing = (
        till.life(start + shop * MINUTE) for shop in range(120) for till in (
            _Till(standard, shop + 1, number, fixed) for number in range(1, TILLS + 1)
        )
    )  # fmt: skip
    done = start + 20 * MINUTE
    return [
        _storm("100 tills at once", over(0)),
        _storm("the same, done at 20:00", chain(*(till.life(start, done) for till in tills))),
        _storm("100 tills over 1 min", over(MINUTE)),
        _storm("100 tills over 20 min", over(20 * MINUTE)),
        _storm("one more shop each minute", chain(*growing)),
        _storm("a till swings each 90 s, 20 min", swings(45 * SECOND + 45 * SECOND, 90 * SECOND, 20 * MINUTE)),
        _storm("calm 3.5 min between, an hour", swings(90 * SECOND, 210 * SECOND, HOUR)),
        _storm("one promise, done at 4:00", one.life(start, start + 4 * MINUTE)),
        _storm("one promise, done at 6:40", one.life(start, start + 400 * SECOND)),
    ]


def ticket_storm(standard: Standard, start: int, fixed: Mapping[str, str]) -> Storm:
    """Give a storm of 500 tickets in an hour."""
    lines = (
        _Till(standard, number % SHOPS + 1, number // SHOPS + 1, fixed).ticket(start + HOUR * number // 500)
        for number in range(500)
    )
    return _storm("500 tickets in an hour", lines)


def _storm(name: str, lines: Iterable[Line]) -> Storm:
    return Storm(name, tuple(sorted(lines, key=lambda line: (line.known, line.id))))
