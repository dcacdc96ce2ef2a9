"""What the board's scripts put on the screen, in the reader's language: they find it on the page that they are on.

A value stands in braces, as in all messages; what counts has the forms that its language has. Read next: `board.js`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import msgspec

from alerts.words.words import phrase, several
from streams.board.wording import LATE, LEFT, UP

if TYPE_CHECKING:
    from alerts.words.words import Words

PUSH_TROUBLE: Final = phrase("Push does not get through. Tell whoever runs Kept: {trouble}.")
"""What is said of a device that a push service does not reach."""
_SAID: Final = {
    "left": LEFT, "late": LATE, "up": UP,
    "ring": phrase("Ring"), "rings": phrase("Rings"), "touch": phrase("Rings once you touch the page"),
    "undo": phrase("Undo"), "close": phrase("Close"), "again": phrase("Try again"),
    "sure": phrase("Yes, that is right"),
    "can_undo": phrase("{act}. You can undo this for {seconds} seconds."), "undone": phrase("Undone: {act}."),
    "noted": phrase("Noted. {act}."), "failed": phrase("Not done: {act}. {why}"),
    "not_taken": phrase("Not taken: {what}. {why}"),
    "signed_out": phrase("You are signed out. Sign in, then do it again."),
    "not_reached": phrase("Kept could not be reached."), "not_done": phrase("Kept could not do it."),
    "live": phrase("live"), "no_connection": phrase("no connection"),
    "lost_since": phrase("Not up to date since {time}, as the connection is lost; trying again."),
    "lost": phrase("The connection is lost; trying again."),
    "otherwise": phrase("While this page is open, its sound and its title still tell you."),
    "phone_rings": phrase("This phone rings"), "ring_phone": phrase("Ring this phone"),
    "needs_https": phrase("This phone can ring only where the board is reached by https."),
    "cannot_ring": phrase(
        "This browser cannot ring while the page is closed. On an iPhone, add the board to the Home Screen, and switch "
        "this on there."
    ),
    "push_silent": phrase("Push does not get through: this browser's push service does not answer ({error})."),
    "push_trouble": PUSH_TROUBLE,
    "not_allowed": phrase(
        "This browser lets the board show nothing. Allow notifications for this page in its settings, then try again."
    ),
    "rings_no_more": phrase("This phone does not ring any more."),
    "switched_off": phrase("Notifications are switched off for this page in this browser's settings."),
    "rings_for": phrase("This phone rings for {name}. Switch it on to have it ring for you instead."),
    "rings_now": phrase("This phone rings now, also while the board is closed."),
    "open_tapped": phrase("Open the promise that was just tapped"), "needs_look": phrase("Something needs a look."),
}  # fmt: skip
_COUNTED: Final = {
    "days": several("{count} day", "{count} days"),
    "need_hand": several("{count} promise needs a hand", "{count} promises need a hand"),
}


@cache
def script_words(words: Words) -> str:
    """Give them as JSON: each message by its name, and what counts by the forms of its language."""
    said = {name: words.translated(message) for name, message in _SAID.items()}
    counted = {name: words.forms(*both) for name, both in _COUNTED.items()}
    return msgspec.json.encode(said | counted).decode()
