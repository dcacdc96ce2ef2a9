"""What a message says after its own sentences: what held it back, who has it, who had it, what happens next.

A remark is said when its reader is known. Read next: `turns.py`, which says when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.words.words import phrase, several
from standards.natural import same

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alerts.policy.reader import Reader
    from alerts.routing.incident import LastHold

    Remark = Callable[[Reader], str]

HELD: Final[Mapping[str, str]] = {
    "silenced": phrase("Silenced until {until}."),
    "muted": phrase("Muted until {until}."),
    "inhibited": phrase("Explained by a graver trouble until {until}."),
}
"""What a message says of what held it back, by the reason; of one promise and of several."""
SILENCED_BY: Final = phrase("Silenced by {by} until {until}.")
YOU_HANDED: Final = phrase("You handed it on to {to}, who has not answered.")
YOU_HANDED_TO_NOBODY: Final = phrase("You handed it on to {to}, who is not in the policy.")
STANDS_AGAIN: Final = several(
    "{count} more of the same stands there, since {since}.", "{count} more of the same stand there, since {since}."
)


def stands_again(count: int, since: int, at: int) -> Remark:
    """Say after an end that so many others of the same standard and subject stand, the oldest `since`, at an instant.

    Both are in microseconds UTC.
    """
    return lambda reader: reader.words.how_many(count, *STANDS_AGAIN, since=reader.clock_beside(since, at))


def held_by(last: LastHold | None, at: int) -> Remark | None:
    """Say what held it back, and until when: not later than it is told, as a silence may be lifted."""
    if last is None or last.reason not in HELD:
        return None
    until, message = min(last.until, at), SILENCED_BY if last.by and last.reason == "silenced" else HELD[last.reason]
    return lambda reader: reader.words.say(message, until=reader.clock_beside(until, at), by=last.by)


def joined(*said: Remark | None) -> Remark | None:
    """Say one thing after another; None: there is nothing to say."""
    found = [remark for remark in said if remark is not None]
    if not found[1:]:
        return found[0] if found else None
    return lambda reader: " ".join(remark(reader) for remark in found)


def untaken(since: int, at: int) -> Remark:
    """Say that nobody has it, since it was told first (microseconds UTC), at an instant."""
    return lambda reader: reader.words.say(
        "Told first at {since}; nobody has acknowledged it.", since=reader.clock_beside(since, at)
    )


def not_taken_on(by: str, to: str, whose: str, *, known: bool) -> Remark:
    """Say to somebody that who was to go on with it has not answered, or is nobody whom the policy knows."""
    if same(to, whose):
        return lambda reader: reader.words.say("{by} handed this to you and had no answer.", by=by)
    if same(by, whose):
        said = YOU_HANDED if known else YOU_HANDED_TO_NOBODY
        return lambda reader: reader.words.say(said, to=to)
    if known:
        return lambda reader: reader.words.say("{by} handed it on to {to}, who has not answered.", by=by, to=to)
    return lambda reader: reader.words.say("{by} handed it on to {to}, who is not in the policy.", by=by, to=to)


def given_back(by: str) -> Remark:
    """Say that nobody has it any more, and who gave it back, if anybody did."""
    if by:
        return lambda reader: reader.words.say("{by} gave it back; nobody has it.", by=by)
    return lambda reader: reader.words.say("Nobody has it any more.")


def handed_on(by: str, note: str = "") -> Remark:
    """Say who hands it on to the reader, and what they wrote beside it."""
    if note:
        return lambda reader: reader.words.say("{by} hands it on to you: “{note}”", by=by, note=note)
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


def has_it(by: str, to: str) -> Remark:
    """Say to somebody who has it: they, or somebody else."""
    if same(by, to):
        return lambda reader: reader.words.say("You have it.")
    return lambda reader: reader.words.say("{by} has it.", by=by)


def at_the_shift(holder: str, *, gone: bool) -> Remark:
    """Say to who comes on shift who has it, or had it and is gone."""
    if not holder:
        return lambda reader: reader.words.say("Nobody has it yet.")
    if gone:
        return lambda reader: reader.words.say("{by} had it.", by=holder)
    return lambda reader: reader.words.say("{by} has it.", by=holder)
