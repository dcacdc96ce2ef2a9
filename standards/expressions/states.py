"""What is said of states: their names, joined by `and`, `or` and `not`, with brackets: `in-support and not waiting`.

It is a language of its own, since names of states have hyphens, and a state has no fields to compare.
Read next: `standards/judge/following.py`, which follows states.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from itertools import product
from typing import Final

import msgspec

from standards.expressions.tokens import MAX_DEPTH, SIMPLIFY, TOO_DEEP, ExpressionError

Holds = Mapping[str, tuple[bool, int]]
"""Which states are so, or not, and since when (microseconds UTC), by their keys. What is not there was never seen."""
Said = Callable[[Holds], bool]

MOST_UNSEEN: Final = 8
"""Of so many states that nobody has seen yet, each combination is tried."""
_TOKEN: Final = re.compile(r"\s*(?:(?P<word>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)|(?P<sign>[()])|(?P<else>\S+))")
_WORDS: Final = frozenset({"and", "or", "not"})
_JOIN: Final = "join names of states by and, or, not"


class StateTest(msgspec.Struct, frozen=True):
    """What has to be so: `test(holds)` says whether it is, `keys` are the states that it speaks of."""

    source: str
    test: Said
    keys: tuple[str, ...]

    def could_hold(self, holds: Holds) -> bool:
        """Say whether it could be so, if states that were never seen to begin or to end were so, or not."""
        unseen = [key for key in self.keys if key not in holds][:MOST_UNSEEN]
        return any(
            self.test({**holds, **dict(zip(unseen, ((so, 0) for so in chosen), strict=True))})
            for chosen in product((False, True), repeat=len(unseen))
        )


def names_in(source: str) -> frozenset[str]:
    """Give the names of states that a text speaks of, whether or not the rest of it can be read."""
    words = (token["word"] for token in _TOKEN.finditer(source))
    return frozenset(word for word in words if word) - _WORDS


def compile_states(source: str, keys: Mapping[str, str]) -> StateTest:
    """Compile what is said of states; `keys` are those of the states by their names. Raises ExpressionError."""
    reading = _Reading(source, keys)
    test = reading.any_of(0)
    if reading.token is not None:
        raise reading.error("nothing joins this to what stands before it", _JOIN)
    return StateTest(source, test, tuple(dict.fromkeys(reading.met)))


class _Reading:
    """Reads from left to right: `or` binds less than `and`, and `and` less than `not`."""

    def __init__(self, source: str, keys: Mapping[str, str]) -> None:
        self.source = source
        self.keys = keys
        self.met: list[str] = []
        self._tokens = list(_TOKEN.finditer(source))
        self._next = 0

    @property
    def token(self) -> str | None:
        """The token that is read next; None at the end."""
        return self._tokens[self._next].group().strip() if self._next < len(self._tokens) else None

    def error(self, message: str, fix: str) -> ExpressionError:
        if self.token is None:
            return ExpressionError(message, offset=len(self.source), length=0, fix=fix)
        start = self._tokens[self._next].end() - len(self.token)
        return ExpressionError(message, offset=start, length=len(self.token), fix=fix)

    def any_of(self, depth: int) -> Said:
        parts = [self._all_of(depth)]
        while self._takes("or"):
            parts.append(self._all_of(depth))
        return parts[0] if len(parts) == 1 else lambda holds: any(part(holds) for part in parts)

    def _all_of(self, depth: int) -> Said:
        parts = [self._one(depth)]
        while self._takes("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else lambda holds: all(part(holds) for part in parts)

    def _one(self, depth: int) -> Said:
        if depth > MAX_DEPTH:
            raise self.error(TOO_DEEP, SIMPLIFY)
        if self._takes("not"):
            negated = self._one(depth + 1)
            return lambda holds: not negated(holds)
        if self._takes("("):
            inner = self.any_of(depth + 1)
            if not self._takes(")"):
                raise self.error("a bracket is not closed", "close it with )")
            return inner
        return self._state()

    def _state(self) -> Said:
        name = self.token
        if name is None:
            raise self.error("the end comes too early", "name a state")
        if name in _WORDS or not self._tokens[self._next]["word"]:
            raise self.error(f"{name} has no meaning here", _JOIN)
        if name not in self.keys:
            known, near = ", ".join(sorted(self.keys)) or "none yet", get_close_matches(name, self.keys, n=1)
            fix = f"did you mean {near[0]!r}?" if near else f"declare it under states:, or name one of: {known}"
            raise self.error(f"there is no state {name!r}", fix)
        self._next += 1
        key = self.keys[name]
        self.met.append(key)
        unseen = (False, 0)
        return lambda holds: holds.get(key, unseen)[0]

    def _takes(self, token: str) -> bool:
        taken = self.token == token
        self._next += taken
        return taken
