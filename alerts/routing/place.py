"""Where something is, as people say it: the site first, each part by the name that the policy has for it.

Must not know: sentences. Read next: `sentences.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from alerts.policy.policy import PLACE, place_of
from standards.judge.subjects import subject_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from alerts.routing.notice import Notice
    from standards.judge.ledger import Line
    from standards.judge.standard import Standard


def parts_of(line: Line, standard: Standard, names: Mapping[str, str]) -> tuple[str, ...]:
    """Give the parts of where it is, the site first; nothing where a standard has one subject alone.

    A part below another may have a name of its own there, as in `store-01/till-2`: tills of all stores may be called
    alike.
    """
    return named(ids_of(line, standard), names)


def named(parts: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    """Give the names of the parts of a place, the site first."""
    paths = ("/".join(parts[: number + 1]) for number in range(len(parts)))
    return tuple(names.get(path, names.get(part, part)) for path, part in zip(paths, parts, strict=True))


def called(subject: str, names: Mapping[str, str]) -> str:
    """Write a subject, `store-01/till-2`, for people: as it was sent, where no part of it has a name.

    It is the text of a subject, in which a `/` within an id is escaped; the id of a site is told by `called_site`.
    """
    return _written(subject_parts(subject), subject_parts(subject), names)


def called_site(site: str, names: Mapping[str, str]) -> str:
    """Write a site for people, by its id."""
    return names.get(site, site)


def called_there(subject: str, site: str, names: Mapping[str, str]) -> str:
    """Write a subject for people who know its site; without a site, or at no other place, the whole of it."""
    parts = subject_parts(subject)
    return _written(parts, parts[1:] if parts[0] == site and parts[1:] else parts, names)


def _written(whole: tuple[str, ...], parts: tuple[str, ...], names: Mapping[str, str]) -> str:
    """Write the last `parts` of a place, by their names where any part of the whole has one."""
    found = named(whole, names)
    return "/".join(parts) if found == whole else ", ".join(found[len(whole) - len(parts) :])


def ids_of(line: Line, standard: Standard) -> tuple[str, ...]:
    """Give the ids of the same parts: on one line, whatever events hold."""
    site, keys = place_of(line), _keys(line, standard)
    rest = [key for field, key in keys if field != PLACE]
    return tuple(filter(None, (" ".join(part.split()) for part in ([site, *rest] if site else rest))))


def told_apart(places: Iterable[tuple[tuple[str, ...], tuple[str, ...]]]) -> list[tuple[str, ...]]:
    """Give the names of some places, each of which is (names, ids): where two are called alike, with the id beside it.

    What lies at another place may be called alike: both have a till 2.
    """
    found = list(places)
    alike: dict[tuple[object, ...], set[str]] = {}
    for names, ids in found:
        for number, (name, own) in enumerate(zip(names, ids, strict=True)):
            alike.setdefault((ids[:number], name), set()).add(own)
    return [
        tuple(
            f"{name} ({own})" if len(alike[ids[:number], name]) > 1 else name
            for number, (name, own) in enumerate(zip(names, ids, strict=True))
        )
        for names, ids in found
    ]


def _keys(line: Line, standard: Standard) -> list[tuple[str, str]]:
    """Give the parts of a subject with their fields; of a line without fields, as its subject is written."""
    if all(field in line.fields for field in standard.per):
        return [(field, str(line.fields[field])) for field in standard.per]
    return [("", part) for part in subject_parts(line.subject)]


def called_apart(ordered: Sequence[Notice]) -> Sequence[Notice]:
    """Give notices of which no two places are called alike: two shops may have one name."""
    names = told_apart((part.where, part.ids or part.where) for part in ordered)
    return [_called(part, where) if part.where != where else part for part, where in zip(ordered, names, strict=True)]


def _called(part: Notice, where: tuple[str, ...]) -> Notice:
    """Give a notice with other names of its place, with which its sentences begin."""
    before = part.place
    after = msgspec.structs.replace(part, where=where)
    text, english = (
        f"{after.place}{said.removeprefix(before)}" if said.startswith(before) else said
        for said in (part.text, part.english)
    )
    return msgspec.structs.replace(after, text=text, english=english)
