"""What a message says after its own sentences: what held it back, who has it, who had it, what happens next.

A remark is said when its reader is known. Read next: `turns.py`, which says when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.words.words import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alerts.policy.reader import Reader

    Remark = Callable[[Reader], str]

HELD: Final[Mapping[str, str]] = {
    "silenced": phrase("It was silenced until now."),
    "muted": phrase("It came when nothing was to be told, and stands."),
    "inhibited": phrase("A graver trouble explained it until now."),
}
"""What a message says of what held it back, by the reason."""


def held_by(reason: str) -> Remark | None:
    """Say what held it back."""
    return (lambda reader: reader.words.say(HELD[reason])) if reason in HELD else None


def joined(*said: Remark | None) -> Remark | None:
    """Say one thing after another; None: there is nothing to say."""
    found = [remark for remark in said if remark is not None]
    return (lambda reader: " ".join(remark(reader) for remark in found)) if found else None


def untaken(since: int, at: int) -> Remark:
    """Say that nobody has it, since it was told first (microseconds UTC), at an instant."""
    return lambda reader: reader.words.say(
        "Told first at {since}; nobody has acknowledged it.", since=reader.clock_beside(since, at)
    )


def not_taken_on(by: str, to: str, *, known: bool) -> Remark:
    """Say that who was to go on with it has not answered, or is nobody whom the policy knows."""
    if known:
        return lambda reader: reader.words.say("{by} handed it on to {to}, who has not answered.", by=by, to=to)
    return lambda reader: reader.words.say("{by} handed it on to {to}, who is not in the policy.", by=by, to=to)


def given_back(by: str) -> Remark:
    """Say that nobody has it any more, and who gave it back, if anybody did."""
    if by:
        return lambda reader: reader.words.say("{by} gave it back; nobody has it.", by=by)
    return lambda reader: reader.words.say("Nobody has it any more.")


def handed_on(by: str) -> Remark:
    """Say who hands it on to the reader."""
    return lambda reader: reader.words.say("{by} hands it on to you.", by=by)


def asked(until: int, at: int) -> Remark:
    """Ask whether the reader still has it; others are told at an instant."""
    return lambda reader: reader.words.say(
        "You took it; take it again if you still have it. At {until} others are told.",
        until=reader.clock_beside(until, at),
    )


def taken_over(by: str) -> Remark:
    """Say who took it over."""
    return lambda reader: reader.words.say("{by} has it now.", by=by)


def at_the_shift(holder: str, *, gone: bool) -> Remark:
    """Say to who comes on shift who has it, or had it and is gone."""
    if not holder:
        return lambda reader: reader.words.say("Nobody has it yet.")
    if gone:
        return lambda reader: reader.words.say("{by} had it.", by=holder)
    return lambda reader: reader.words.say("{by} has it.", by=holder)
