"""Which sites the board offers: those where something is owed, those of the policy, and those that were heard lately.

Read next: `board.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from standards.natural import natural
from streams.board.markup import el
from streams.board.shell import page
from streams.board.view import NOWHERE
from streams.web.actions import known_sites
from streams.web.board.wall_silence import REMEMBERED
from streams.web.operation import asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from streams.board.shell import Shell
    from streams.host import Host


async def sites_offered(host: Host, owing: Iterable[str]) -> tuple[str, ...]:
    """Name the sites that can be looked at; `owing` are those where something is owed."""
    heard = await asked(host.read_model.readings.last, "", host.wall() - REMEMBERED)
    people = host.people
    named = people.known_sites if people else ()
    found = {*owing, *named, *(each.site for each in heard), *host.sites_of_feeds()}
    return tuple(sorted(filter(None, found), key=natural))


async def is_known(host: Host, site: str, offered: Iterable[str]) -> bool:
    """Say whether a page can be about a site: before the first event it can be about any."""
    if site in ("", NOWHERE, *offered) or host.now_status().newest < 0:
        return True
    return site in await known_sites(host)


def unknown_site(shell: Shell, site: str, path: str, offered: Iterable[str]) -> str:
    """Draw the page that says that a site is not known, and offers those that are, on the page that was asked for."""
    say = shell.words.say
    links = (el("li", el("a", shell.called_site(each), href=f"{path}?{urlencode({'site': each})}")) for each in offered)
    every = el("p", el("a", say("All sites"), href=path))
    title = say("{site} is not known here", site=site)
    said = el("p", say("Kept knows no such site. These it knows:"), class_="trouble")
    return page(shell, title, "", said, el("ul", links), every)


def names_of(host: Host) -> Mapping[str, str]:
    """Give what places are called, by their ids, as the policy says."""
    return host.people.names if host.people else {}


def zones_of(host: Host) -> Mapping[str, ZoneInfo]:
    """Give the zones of the sites that have one of their own, by their ids, as the policy says."""
    sites = host.people.sites if host.people else {}
    return {name: site.zone for name, site in sites.items() if site.zone is not None}


def zone_at(host: Host, site: object, usual: ZoneInfo) -> ZoneInfo:
    """Give the zone in which a page about a site tells times; about none, that of pages about several."""
    return zones_of(host).get(str(site), usual) if site else zone_of_all(host, usual)


def zone_of_all(host: Host, usual: ZoneInfo) -> ZoneInfo:
    """Give the zone of pages about several sites: the one of all sites of the policy, else the `usual` one."""
    zones, sites = zones_of(host), host.people.known_sites if host.people else frozenset[str]()
    shared = set(zones.values())
    return shared.pop() if len(shared) == 1 and zones.keys() >= sites else usual
