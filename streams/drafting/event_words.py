"""Which events the columns and the states of an export may make, by what they mean.

Read next: `mapping_draft.py`.
"""

from collections.abc import Mapping
from typing import Final

TICKET: Final = {
    "opened": "ticket.opened", "replied": "ticket.replied", "reopened": "ticket.reopened",
    "completed": "ticket.completed",
}  # fmt: skip
CONTACT: Final = {
    "waiting": "contact.waiting", "opened": "contact.waiting", "answered": "contact.answered",
    "replied": "contact.answered", "abandoned": "contact.abandoned", "left": "contact.closed",
    "completed": "contact.closed",
}  # fmt: skip
STATES: Final[Mapping[str, Mapping[str, str]]] = {
    "contact": {
        "contact.waiting": r"enter.?queue|wait|offer|^ring(ing)?$|join|arriv|queued|new",
        "contact.abandoned": r"abandon|hang|gave|porzuc|aufgeleg",
        "transfer.completed": r"transfer",
        "contact.held": r"hold",
        "contact.closed": r"complete|closed?|end|exit|disconnect|ende",
        "contact.answered": r"^connect|answer|agent|serv",
    },
    "ticket": {
        "ticket.reopened": r"re.?open|wieder",
        "ticket.queued": r"queued",
        "ticket.opened": r"open|new|creat|offen|neu|nowe|submitted",
        "ticket.waiting": r"wait|pend|hold|wart|oczek",
        "ticket.accepted": r"accept|assign|progress|bearbeit|przyj",
        "ticket.moved": r"transfer|moved|weiter",
        "ticket.completed": r"resol|solv|clos|complet|done|erledig|gelost|geschloss|abgeschloss|rozw|zamk",
    },
}
"""What a state may make happen, by its words; the first that fits."""
ORDER: Final = ("ticket.completed", "ticket.reopened", "ticket.replied", "contact.closed", "contact.abandoned",
                "contact.answered")  # fmt: skip
"""What ends stands before what begins."""
