"""What a route without a name is called: what it says. Its place among the others may change, and it is the same."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class RouteNames:
    """The names of a policy's routes that have none of their own; equal ones are told apart by their order."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def of(self, match: Mapping[str, Sequence[str]], tell: Sequence[str]) -> str:
        """Give a name, by what is matched and who is told first: `severity page: floor`."""
        terms = ", ".join(f"{field} {' or '.join(values)}" for field, values in sorted(match.items()))
        said = f"{terms or 'everything'}: {', '.join(tell)}"
        self._given[said] += 1
        return said if self._given[said] == 1 else f"{said} ({self._given[said]})"
