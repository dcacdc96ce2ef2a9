"""How small groups are told: not at all, so that nobody is counted out of them (k-anonymity, Sweeney 2002).

Read next: `streams/board/thanks.py` and `streams/board/voices.py`, which show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

K = TypeVar("K")

LEAST: Final = 5
"""From how many answers on a group is shown."""


def shown(counts: Mapping[K, int], least: int = LEAST) -> dict[K, int | None]:
    """Give the count of each group, None for those that are hidden: all with fewer than `least`.

    Where those that are hidden have fewer together, the smallest that is shown hides too: else it could be worked out
    from the sum what they are.
    """
    found: dict[K, int | None] = {name: count if count >= least else None for name, count in counts.items()}
    hidden = sum(count for name, count in counts.items() if found[name] is None)
    open_ones = [name for name in counts if found[name] is not None]
    if 0 < hidden < least and open_ones:
        found[min(open_ones, key=lambda name: counts[name])] = None
    return found
