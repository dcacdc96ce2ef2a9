"""The words that somebody looks for, as an address has them that may be kept: a random token in the place of a name.

They are held in memory alone, for the session that sent them: no other one, and no log, comes from the token to them.
Whoever looks keeps them; half an hour after the last look they go, with a restart at once.
Read next: `searching.py`, which keeps them.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from typing import Final, NamedTuple

LASTS: Final = 1_800.0
"""How long words are kept after the last look at what they find, in seconds."""
MOST: Final = 1_000
"""How many are kept, of all sessions together; beyond that, those go first that nobody has looked at for longest."""


class _Kept(NamedTuple):
    session: str
    words: str
    until: float


class LookedFor:
    """Keeps them. `session` is the secret number of one, `now` seconds of a clock that is never set back."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()  # the one that is over first at the front

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, session: str, words: str, now: float) -> str:
        """Keep words; gives their token."""
        token = os.urandom(16).hex()
        self._kept[token] = _Kept(session, words, now + LASTS)
        while len(self._kept) > MOST or next(iter(self._kept.values())).until <= now:
            self._kept.popitem(last=False)
        return token

    def words(self, session: str, token: str, now: float) -> str | None:
        """Give the words of a token, which begins its time anew; None: this session has none that is not over."""
        kept = self._kept.get(token)
        if kept is None or kept.session != session or kept.until <= now:
            return None
        self._kept[token] = kept._replace(until=now + LASTS)
        self._kept.move_to_end(token)
        return kept.words
