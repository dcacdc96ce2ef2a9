"""How standards went that owe for each person alone, looked up: by the month that was counted last, in the whole house.

Read next: `streams/board/counted.py`, which says it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.practice.practice import Whose
from streams.board.counted import Rates
from streams.web.operation import asked

if TYPE_CHECKING:
    from streams.host import Host


async def counted_rates(host: Host) -> Rates:
    """Look them up, and when the months are counted that were not yet. Raises Problem."""
    cells = host.read_model.cells
    months, uncounted = await asked(cells.closed, "month", 1), await asked(cells.waiting, "month")
    if not months:
        return Rates(uncounted=uncounted)
    return Rates(months[0], await asked(cells.rates, months[0], Whose()), uncounted)
