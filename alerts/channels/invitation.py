"""The invitation: a letter to one person with the link to their own page, and nothing else about them.

Whoever reads it over their shoulder learns that they work here, and no more. Read next: `mail.py`, which sends it.
"""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from alerts.words.words import phrase
from standards.judge.events import moment

if TYPE_CHECKING:
    from alerts.channels.letter import Envelope
    from alerts.words.words import Words

SUBJECT: Final = phrase("Your own page")
_SAID: Final = phrase(
    "What you were thanked for, what was said of your work, a look at it for yourself, a coach if you want one, and "
    "your vote: it is all on your own page."
)
_YOURS: Final = phrase(
    "The link is for you alone, so do not pass it on. It lasts a day; then ask for another one. Opening it does "
    "nothing by itself."
)
_PLAIN: Final = SMTP.clone(cte_type="7bit")  # any server takes it


def invitation(envelope: Envelope, link: str, words: Words, now: int) -> bytes:
    """Write the letter, as it is sent; `now`, in microseconds UTC, is its date."""
    message = EmailMessage(policy=_PLAIN)
    message["From"] = envelope.sender
    message["To"] = tuple(envelope.to)
    message["Subject"] = words.say(SUBJECT)
    message["Date"] = format_datetime(moment(now))
    message["Message-ID"] = f"<{blake2b(link.encode(), digest_size=16).hexdigest()}@{envelope.sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note is to answer it
    message["X-Auto-Response-Suppress"] = "All"  # the same, as Exchange understands it
    message.set_content(f"{words.say(_SAID)}\n\n{link}\n\n{words.say(_YOURS)}\n\n-- \nKept\n")
    return message.as_bytes()
