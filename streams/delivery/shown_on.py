"""Who a notice names, as each channel is told it: people read names, machines nobody, the log references.

Read next: `streams/names/showing.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from alerts.channels.console import Console
from alerts.policy.policy import MACHINES
from alerts.words.words import Words
from standards.errors import DeliveryError
from streams.names.references import is_reference
from streams.names.showing import Showing

if TYPE_CHECKING:
    from alerts.routing.notice import Notice
    from streams.names.names import Names


def shown_on(channel: str, notice: Notice, names: Names | None) -> Notice:
    """Give a notice as it goes to a channel; as it is, where names are not kept apart.

    The log has the reference of whom it goes to, also where the policy has a name for them there: logs are sent on, and
    kept by others. To a machine it goes to nobody, so that a link in it leads to a page that names nobody. Raises
    DeliveryError for who has no address there any more.
    """
    if names is None:
        return notice
    notice = _addressed(notice, channel, names)
    if channel == Console.name:
        return notice
    if channel not in MACHINES:
        return Showing(names, Words(notice.language)).notice(notice)
    shown = Showing(names, Words(notice.language), named=False).notice(notice)
    return msgspec.structs.replace(shown, to="") if is_reference(notice.to, "p") else shown


def _addressed(notice: Notice, channel: str, names: Names) -> Notice:
    """Give a notice with the one address that its channel needs, as the policy in force has it: none is stored."""
    if channel not in notice.addresses or not notice.to:
        return msgspec.structs.replace(notice, addresses=dict.fromkeys(notice.addresses, ""))
    address = names.address(notice.to, channel)
    if address is None:
        words = f"the policy has no address for {channel} any more at {notice.to}, so nobody can be told by it"
        raise DeliveryError(words, again=False)
    return msgspec.structs.replace(notice, addresses={**dict.fromkeys(notice.addresses, ""), channel: address})
