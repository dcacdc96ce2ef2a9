"""One message for several promises: those of one group, the summary of pages, the digest of what could wait.

Read next: `throttle.py`, which sends them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from alerts.policy.policy import PLACE
from alerts.routing.deadlines import clock_of, due_words
from alerts.routing.ends import SAME, ends
from alerts.routing.facts import range_words
from alerts.routing.place import called_apart
from alerts.routing.unsure import unsure
from alerts.words.words import ENGLISH, Words, phrase, several
from standards.judge.promise import NEVER
from standards.natural import natural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from alerts.routing.notice import Notice

NAMED = 10
"""So many subjects, or lines of a digest, are written out in the text; the message speaks for all of them."""

PLACES_NAMED = 100
"""So many places are named in a summary for one thing to do."""

AND_MORE: Final = phrase("- and {count} more")
"""The last line of a list that is cut."""
OTHERS: Final = several("And {count} more: {names}.", "And {count} more: {names}.")
"""What a message says of the others of its group where something else is to be done."""
BROKEN: Final = several("{place} (broken)", "{place} (all broken)")
HELD_BACK: Final = phrase("Held back until now.")
SOME_BROKEN: Final = several("{place} (broken: {names})", "{place} (broken: {names})")
FEW: Final = 3
"""So many others have their facts beside them, and so many that are broken are named; more are counted."""
IN_ONE: Final = several(
    "{count} promise in this message, as there are so many.", "{count} promises in this message, as there are so many."
)

_SEVERITIES = {"page": 0, "ticket": 1, "info": 2}
_KINDS = {"warned": 0, "broken": 1, "lost": 2}
"""What can still be prevented comes before what can only be made good, and that before what is over."""


def risk(notice: Notice) -> tuple[object, ...]:
    """Give what notices are ordered by.

    Trouble before what is over, then severity, what can still be done, the nearest deadline, the oldest trouble.
    """
    severity = _SEVERITIES.get(notice.severity, len(_SEVERITIES))
    kind = _KINDS.get(notice.looks_like, len(_KINDS))
    due = notice.due if notice.looks_like == "warned" and notice.due >= 0 else NEVER
    return not notice.is_trouble, severity, kind, due, notice.at, natural(notice.subject), notice.id


def promises_of(notices: Iterable[Notice]) -> tuple[str, ...]:
    """Give all promises that some notices speak for, each once."""
    return tuple(dict.fromkeys(promise for notice in notices for promise in notice.speaks_for))


def joined(notices: Sequence[Notice], at: int = -1) -> Notice:
    """Make one message of the notices of a group: the most pressing one, and for whom or where it is the same.

    It is told at an instant, in microseconds UTC, or as the last of them took effect.
    """
    first, *others = sorted(notices, key=risk)
    if not others:
        return first
    now = max(at, *(part.at for part in notices))
    return _one([first, *others], lambda ordered, words: _joined(ordered, words, now))


def digest(notices: Sequence[Notice], name: str, at: int) -> Notice:
    """Make the digest of what was held back from somebody, at an instant (microseconds UTC): nothing is left out."""
    made = _one(sorted(notices, key=risk), lambda ordered, words: _digest(ordered, words, at))
    return msgspec.structs.replace(made, id=f"digest:{name}:{at}", decided=at, how="", why="", exceptions="")


def summary(notices: Sequence[Notice], name: str, at: int) -> Notice:
    """Make the summary of pages over somebody's budget, at an instant (microseconds UTC): every place is named."""
    return msgspec.structs.replace(gathered(notices, IN_ONE, at), id=f"summary:{name}:{at}", decided=at)


def gathered(notices: Sequence[Notice], remark: tuple[str, str], at: int) -> Notice:
    """Make one message of notices that are no group: where and what to do, how many they are, then place by place.

    `remark` says of one, and of `{count}`, why they are told together; they are at an instant, in microseconds UTC.
    """
    made = _one(sorted(notices, key=risk), lambda ordered, words: _gathered(ordered, remark, words, at))
    return msgspec.structs.replace(made, how="", why="", exceptions="")


def _one(ordered: Sequence[Notice], write: Callable[[Sequence[Notice], Words], str]) -> Notice:
    """Make one message of several, as it is written in the language of the most pressing, and in English."""
    ordered = called_apart(ordered)
    first, words = ordered[0], Words(ordered[0].language)
    places = {promise: part.place for part in ordered for promise in part.speaks_for}
    for part in ordered:
        places |= dict(zip(part.promises, part.places, strict=False))
    text = write(ordered, words)
    other = words != ENGLISH or any(part.english for part in ordered)
    english = write([part.in_english for part in ordered], ENGLISH) if other else ""
    return msgspec.structs.replace(
        first, text=text, english=english, promises=tuple(places), places=tuple(places.values()),
        names_one_of_us=any(part.names_one_of_us for part in ordered),
    )  # fmt: skip


def _joined(ordered: Sequence[Notice], words: Words, now: int) -> str:
    first, *others = ordered
    if not first.is_trouble:
        return " ".join([first.text, *ends(first, others, words, now, partial(_ended, first, words))])
    if first.looks_like == "lost":
        return "\n".join([first.text, *unsure(first, others, words, partial(_ended, first, words))])
    same = [part for part in others if part.standard == first.standard]
    rest = dict.fromkeys(f"{_beside(part, first)} ({part.what or part.wording})" for part in others if part not in same)
    few = bool(same) and len(same) <= FEW and any(part.fact for part in same)
    said = [first.text]
    if few:
        said += _each(same, first, words)
    elif same:
        said += _same(same, first, words, now)
    if rest:
        said.append(words.how_many(len(others) - len(same), *OTHERS, names=_some(list(rest), words)))
    return ("\n" if few else " ").join(said)


def _ended(first: Notice, words: Words, parts: Sequence[Notice]) -> str:
    """Name where some promises of one wording ended, beside the first of the message: which, if another one is."""
    names = _some(words.named(_beside(part, first) for part in parts), words)
    other = parts[0].wording != first.wording
    return f"{names} ({parts[0].what or parts[0].wording})" if other else names


def _each(same: Sequence[Notice], first: Notice, words: Words) -> Iterator[str]:
    """Name where it is the same line by line, with the fact of each."""
    yield words.how_many(len(same), "The same for {count} more:", "The same for {count} more:")
    for part in sorted(same, key=lambda part: natural(_beside(part, first))):
        place = _beside(part, first)
        yield f"- {words.say('{place}: {said}', place=place, said=part.fact[0]) if part.fact else place}"


def _same(same: Sequence[Notice], first: Notice, words: Words, now: int) -> Iterator[str]:
    """Name where it is the same; where each of them counts something, say between how few and how many."""
    yield words.how_many(len(same), *SAME, names=_some(words.named(_beside(part, first) for part in same), words))
    found = [part.counted for part in same if part.counted is not None]
    if len(found) == len(same) and len({each.field for each in found}) == 1:
        yield range_words(found, words, lambda at: clock_of(first, at, words, now))


def _some(names: Sequence[str], words: Words) -> str:
    """Write names beside each other: the first ones, and how many more there are."""
    more = [words.say("{count} more", count=len(names) - NAMED)] if names[NAMED:] else []
    return ", ".join([*names[:NAMED], *more])


def _digest(ordered: Sequence[Notice], words: Words, at: int) -> str:
    if len(ordered) == 1 and ordered[0].is_trouble:
        return "\n".join([ordered[0].text, words.say(HELD_BACK)])
    lines = [f"- {part.text}" for part in ordered[:NAMED]]
    if len(ordered) > NAMED:
        lines.append(_more(len(ordered) - NAMED, words))
    count = words.how_many(
        len(promises_of(ordered)),
        "Held back until now: {count} promise.",
        "Held back until now: {count} promises, the most pressing first.",
    )
    trouble = [part for part in ordered if part.is_trouble]
    said = " ".join([count, *(due_words(trouble, words, at) if len(ordered) > 1 else ())])
    return "\n".join([*([_heading(trouble, words)] if trouble else []), said, *lines])


def _gathered(ordered: Sequence[Notice], remark: tuple[str, str], words: Words, at: int) -> str:
    trouble = [part for part in ordered if part.is_trouble]
    well = [part for part in ordered if not (part.is_trouble or part.stands_again)]
    again = [part for part in ordered if part.stands_again]
    by_action = _by(trouble, lambda part: _to_do(part, words))
    alone = remark == IN_ONE and len(promises_of(trouble)) == 1
    count = [] if alone else [_count(trouble, remark, words)]
    said = " ".join([*count, *_held(trouble), *due_words(trouble, words, at)])
    lines = [_heading(trouble, words), *([said] if said else [])]
    if alone and len(trouble) == 1:  # its own text says all that a list would
        lines, by_action = [trouble[0].text], {}
    for to_do, parts in by_action.items():
        lines += [f"{to_do}:"] * (len(by_action) > 1) + [f"- {line}" for line in _places(parts, words)]
    if well:
        lines += [words.say("Over:"), *(f"- {line}" for line in _places(well, words))]
    if again:
        lines += [words.say("Over, while more of the same stands there:")]
        lines += [f"- {line}" for line in _places(again, words)]
    return "\n".join(lines)


def _heading(trouble: Sequence[Notice], words: Words) -> str:
    """Say where and what to do, as far as that is one thing."""
    to_do = dict.fromkeys(_to_do(part, words) for part in trouble)
    what = next(iter(to_do))
    if len(to_do) > 1:
        what = words.how_many(len(to_do), "{count} thing to do", "{count} things to do")
    return words.say("{place}: {what}.", place=_where(trouble, words), what=what.rstrip(" ."))


def _to_do(part: Notice, words: Words) -> str:
    """Say what to do about a promise; of one that nobody can vouch for, to ask."""
    return (
        words.say("Find out how it went") if part.looks_like == "lost" else part.what or part.wording or part.standard
    )


def _where(trouble: Sequence[Notice], words: Words) -> str:
    """Name the first place, in the order in which people count, and how many more there are."""
    found = {_site(part) or part.place for part in trouble}
    first, *others = sorted(found, key=lambda name: (natural(name), name))
    if not others:
        only = words.named(_rest_of(part) for part in trouble)
        return f"{first}, {only[0]}" if len(only) == 1 and _site(trouble[0]) and only[0] else first
    if len(others) == 1:
        return words.say("{first} and {second}", first=first, second=others[0])
    if not all(_site(part) for part in trouble):
        return words.say("{first} and {count} more", first=first, count=words.number(len(others)))
    return words.how_many(len(others), "{first} and {count} more place", "{first} and {count} more places", first=first)


def _count(trouble: Sequence[Notice], remark: tuple[str, str], words: Words) -> str:
    count = len(promises_of(trouble))
    broken = sum(part.looks_like == "broken" for part in trouble)
    said = words.how_many(count, *remark)
    if not broken or count == 1:
        return said
    if broken == count:
        return f"{said} {words.say('All of them are broken.')}"
    return f"{said} {words.how_many(broken, '{count} of them is broken.', '{count} of them are broken.')}"


def _held(trouble: Sequence[Notice]) -> Iterable[str]:
    """Say what held them back, where something did all of them."""
    return dict.fromkeys(part.held[0] for part in trouble) if all(part.held for part in trouble) else ()


def _places(parts: Sequence[Notice], words: Words) -> list[str]:
    """Give a line for each site: what it is about there, and how much of that is broken."""
    sites = sorted(_by(parts, _site).items(), key=lambda found: natural(found[0]))
    lines = [_at_site(site, there, words) for site, there in sites]
    rest = len(lines) - PLACES_NAMED
    return lines if rest <= 0 else [*lines[:PLACES_NAMED], _more(rest, words).removeprefix("- ")]


def _at_site(site: str, parts: Sequence[Notice], words: Words) -> str:
    names = ", ".join(words.named(_rest_of(part) for part in parts))
    place = f"{site}: {names}" if site and names else site or names
    broken = [part for part in parts if part.looks_like == "broken"]
    if not broken:
        return place
    if len(broken) == len(parts):
        return words.how_many(len(parts), *BROKEN, place=place)
    worse = words.named(_rest_of(part) for part in broken)
    if all(worse) and len(worse) <= FEW:
        return words.how_many(len(broken), *SOME_BROKEN, place=place, names=", ".join(worse))
    return words.how_many(len(broken), "{place} ({count} broken)", "{place} ({count} broken)", place=place)


def _more(count: int, words: Words) -> str:
    return words.say(AND_MORE, count=count)


def _site(notice: Notice) -> str:
    """Give the name of a notice's site; nothing where it has none."""
    site = str(notice.fields.get(PLACE) or "")
    return notice.where[0] if site and notice.where else site


def _rest_of(notice: Notice) -> str:
    """Give where it is without its site, which is named before it."""
    if not notice.where:
        site = _site(notice)
        return "" if notice.subject == site else notice.subject.removeprefix(f"{site}/")
    return ", ".join(notice.where[1:] if notice.fields.get(PLACE) else notice.where)


def _beside(part: Notice, first: Notice) -> str:
    """Give where a notice's promise is, beside another one: without the site, where it is the same."""
    return (_rest_of(part) if _site(part) == _site(first) else "") or part.place or part.wording


def _by(notices: Iterable[Notice], key: Callable[[Notice], str]) -> dict[str, list[Notice]]:
    found: dict[str, list[Notice]] = {}
    for notice in notices:
        found.setdefault(key(notice), []).append(notice)
    return found
