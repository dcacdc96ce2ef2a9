"""What people did that changed nothing of who has a promise or who is told: kept for as long as their acts are.

Read next: `alerts/routing/without_effect.py`, where it is noted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.routing.actions import GIVEN_BACK
from alerts.routing.early import remember
from alerts.routing.without_effect import act_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from alerts.routing.actions import Action
    from alerts.routing.notice import Reason, Withheld
    from streams.storage.sqlite import Database, SharedConnection

_PUT: Final = "INSERT OR IGNORE INTO acts_without_effect (act, reason) VALUES (?,?)"
_FOUND: Final = "SELECT act, reason FROM acts_without_effect WHERE act IN (SELECT value FROM json_each(?))"
_HEARD: Final = "SELECT promise FROM holdings WHERE promise IN (SELECT value FROM json_each(?))"

_encode = msgspec.json.encode


def book_without_effect(database: Database, withheld: Iterable[Withheld]) -> None:
    """Write, inside a transaction, which acts had no effect, by what was noted of them."""
    database.put(_PUT, [(act, each.reason) for each in withheld if (act := act_of(each))])


def read_without_effect(connection: SharedConnection, acts: Collection[Action]) -> dict[str, Reason]:
    """Give why those of some acts, by name, had no effect that had none, as the routers noted. Raises StateError."""
    return dict(connection.all(_FOUND, _encode([act.name for act in acts]).decode()))


def without_routers(connection: SharedConnection, promises: Collection[str]) -> set[str]:
    """Give those of some promises of which no router has ever said who has them: there may be none."""
    return set(promises) - {promise for (promise,) in connection.all(_HEARD, _encode(list(promises)).decode())}


def by_acts(acts: Iterable[Action]) -> dict[str, Reason]:
    """Give what was given back by somebody who did not have it, by name, as acts alone tell, oldest first."""
    early: dict[str, list[Action]] = {}
    found = ((act, remember(early, act.promise, act)) for act in acts if act.promise)
    return {act.name: reason for act, reason in found if reason and act.type == GIVEN_BACK}
