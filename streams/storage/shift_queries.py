"""ShiftQueries: what a shift leaves behind beside its promises: thanks, notes, and what nobody was told of.

Thanks and notes of a site are those that name it, and those that name none. Read next: `streams/board/shift.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

import msgspec

from alerts.routing.actions import HANDED_OVER, THANKED
from alerts.routing.incident import Held
from streams.storage.rows import ACT, act_row

if TYPE_CHECKING:
    from alerts.routing.actions import Action
    from streams.storage.sqlite import SharedConnection

_SITE: Final = "coalesce(CAST(body AS TEXT) ->> 'site', '')"
_OF: Final = f"FROM acts WHERE type = ? AND (? = '' OR {_SITE} IN ('', ?)) AND at >= ?"
_LISTED: Final = f"SELECT {ACT} {_OF} ORDER BY seq DESC LIMIT ? OFFSET ?"
_CURRENT: Final = f"""
SELECT {ACT} FROM acts WHERE seq IN (SELECT max(seq) {_OF} GROUP BY {_SITE}) ORDER BY seq DESC LIMIT ?
"""  # noqa: S608 - fixed text
_HELD: Final = msgspec.json.encode(get_args(Held)).decode()
_WENT: Final = """
SELECT reason, count(*) FROM (
    SELECT DISTINCT CAST(w.body AS TEXT) ->> 'reason' AS reason, w.promise FROM withheld w
    WHERE w.received >= ? AND w.id LIKE '%::%' AND CAST(w.body AS TEXT) ->> 'to' = ''
        AND CAST(w.body AS TEXT) ->> 'at' >= ?
        AND CAST(w.body AS TEXT) ->> 'reason' IN (SELECT value FROM json_each(?))
        AND (? = '' OR ? = (SELECT CAST(fields AS TEXT) ->> 'site' FROM promises WHERE id = w.promise))
        AND NOT EXISTS (SELECT 1 FROM notices WHERE CAST(notices.body AS TEXT) ->> 'to' != '' AND (promise = w.promise
            OR id IN (SELECT notice FROM spoken_for WHERE promise = w.promise)))
) GROUP BY reason
"""
"""What ended while it was held back is suppressed for nobody by name; what was told all the same is left out.

The id of such a row has two colons, where the name would be: so most rows need not be read.
"""


class ShiftQueries:
    """Answers them: for any thread, and always at the last commit. Instants are microseconds UTC. Raises StateError."""

    def __init__(self, connection: SharedConnection) -> None:
        self._all = connection.all

    def thanks(self, since: int, site: str, limit: int, skipped: int = 0) -> list[Action]:
        """Give who was thanked from an instant on, the newest first."""
        return list(map(act_row, self._all(_LISTED, THANKED, site, site, since, limit, skipped)))

    def thanks_count(self, since: int, site: str) -> int:
        """Count how often somebody was thanked from an instant on."""
        ((count,),) = self._all(f"SELECT count(*) {_OF}", THANKED, site, site, since)
        return int(count)

    def notes(self, site: str, limit: int, skipped: int = 0) -> list[Action]:
        """Give the notes of shifts for those that came after them, the newest first."""
        return list(map(act_row, self._all(_LISTED, HANDED_OVER, site, site, 0, limit, skipped)))

    def notes_in_force(self, site: str, limit: int) -> list[Action]:
        """Give the last note of each site, and of those for every site, the newest first."""
        return list(map(act_row, self._all(_CURRENT, HANDED_OVER, site, site, 0, limit)))

    def came_and_went(self, since: int, site: str) -> dict[Held, int]:
        """Count the promises that were over before anybody was told, from an instant on, by what held them back."""
        return dict(self._all(_WENT, since, since, _HELD, site, site))
