"""Reading what a policy document says of places and languages: `names`, `sites`, `language`.

Which sites there are, nobody can know beforehand: any name is taken. Read next: `policy_document.py`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from alerts.policy.policy import Person, Site, Team
from alerts.policy.policy_model import SiteModel
from alerts.words.words import LANGUAGES
from standards.calendar.hours import zone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from standards.documents.document import Value
    from standards.documents.entries import Entry


def zone_in(entry: Entry, name: str | None) -> ZoneInfo | None:
    """Read the zone of an entry; what is wrong goes to its findings."""
    return None if name is None else entry.at("timezone").attempt("unknown-zone", partial(zone, name))


def language_in(entry: Entry, name: str | None) -> str:
    """Read the language of an entry, or nothing; one that Kept does not have is a finding."""
    if name is None or name in LANGUAGES:
        return name or ""
    fix = f"write one of: {', '.join(LANGUAGES)}"
    entry.at("language").error("unknown-language", f"{name!r} is not a language that Kept has", fix)
    return ""


def sites_in(entry: Entry, section: Mapping[str, Value]) -> dict[str, Site]:
    """Read the sites, by their ids."""
    found = {}
    for name, data in section.items():
        place = entry.at(name)
        model = place.read(SiteModel, data)
        if model is not None:
            found[name] = Site(zone_in(place, model.timezone), language_in(place, model.language))
    return found


def names_in(entry: Entry, section: Mapping[str, Value]) -> dict[str, str]:
    """Read what people call places: a text for each."""
    found = {}
    for name, said in section.items():
        if isinstance(said, str) and said.strip():
            found[name] = said.strip()
        else:
            entry.at(name).error("wrong-type", f"the name of {name} must be a text", f"write {name}: Kraków 3")
    return found


def in_their_teams_language(people: Mapping[str, Person], teams: Mapping[str, Team]) -> dict[str, Person]:
    """Give people who have no language of their own that of the first of their teams that has one."""
    spoken: dict[str, str] = {}
    for team in teams.values():
        if team.language:
            spoken = {member.person: team.language for member in team.members} | spoken
    return {name: replace(it, language=it.language or spoken.get(name, "")) for name, it in people.items()}
