"""Searching: what somebody looks for is sent by a form, and an address never has a name in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest

from streams.board.now import CALM, CALM_HERE, SEARCH_OVER
from streams.board.view import SEARCH_IS_OVER
from streams.names.references import is_reference, references_in
from tests.board.peopled import ALL, POLICY, entered
from tests.board.serving import Served
from tests.board.test_by_person import BY_PERSON, WHO, owed_by
from tests.board.test_by_person import POLICY as OWING
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled, cloud, waiting
from tests.streams.hosting import SECOND, shop

ADDRESSES = re.compile(r'(?:href|action)="([^"]*)"|name="next" value="([^"]*)"')


@pytest.fixture
def owing(tmp_path: Path) -> Iterator[Served]:
    """Give a house in which one of us owes a call, and has something on the desk."""
    with Served(tmp_path, ALL, Peopled(OWING, apart=True), shop(tmp_path, BY_PERSON)) as served:
        owed_by(served, WHO)
        served.go(5)
        yield served


def led_to(headers: dict[str, str]) -> str:
    return next(value for name, value in headers.items() if name.lower() == "location")


def looked_for(visitor: Visitor, proof: str, path: str = "/find", **form: str) -> tuple[str, str]:
    """Send a form of search; gives the address to which it led, and the page."""
    status, headers, _ = visitor.ask(path, {"proof": proof, **form})
    assert status == 303
    address = led_to(headers)
    status, _, page = visitor.ask(address.partition("#")[0])
    assert status == 200
    return unquote_plus(address), page


async def live_of(visitor: Visitor, query: str) -> dict[str, Any]:
    """Give the first that a page hears over its connection."""
    served = visitor.served
    headers = {"Origin": served.url, "Cookie": visitor.cookie}
    async with served.caller.session.ws_connect(f"{served.url}/live?rows&version=x&{query}", headers=headers) as socket:
        found: dict[str, Any] = await socket.receive_json(timeout=20)
        return found


def addresses(page: str) -> str:
    return unquote_plus(" ".join(one or other for one, other in ADDRESSES.findall(page)))


def test_a_name_that_is_known_is_found_by_its_reference(owing: Served) -> None:
    """Whoever may read names finds what they owe; the page has the name, and no address of it has."""
    visitor, proof = entered(owing, "supervisor")
    for words in (WHO, WHO.upper(), f" {WHO} "):
        address, page = looked_for(visitor, proof, q=words, site="")
        assert WHO.casefold() not in address.casefold()
        assert (len(references_in(address)), "/promises/" in page) == (1, True), words
        assert WHO in page
        assert WHO not in addresses(page), "nor do those that lead on, nor where a form leads back to"


def test_a_name_that_nobody_has_stands_in_no_address(owing: Served) -> None:
    """Words that find nothing may be a name misspelt, or one that only others may read: a token stands for them."""
    for role, words in (("supervisor", "Leokadja Nowak"), ("viewer", WHO)):
        visitor, proof = entered(owing, role)
        address, page = looked_for(visitor, proof, q=words, site="n")
        assert re.fullmatch(r"/\?find=[0-9a-f]{32}&site=n", address)
        assert (f'value="{words}"' in page, "/promises/" in page) == (True, False)
        assert words not in addresses(page)
        assert CALM not in page, "that is said of all there is"
        assert CALM_HERE in page


def test_a_search_that_finds_nothing_can_be_gone_back_to(owing: Served) -> None:
    """Its page is loaded anew and its parts are looked at one by one, with the words still there."""
    visitor, proof = entered(owing, "supervisor")
    address, page = looked_for(visitor, proof, q="Leokadja Nowak")
    assert visitor.ask(address)[0] == 200
    parts = [each for each in re.findall(r'href="([^"]*)"', page) if "part=" in each]
    assert parts
    for part in parts:
        assert 'value="Leokadja Nowak"' in visitor.ask(part.replace("&amp;", "&"))[2]
    assert f'name="next" value="{address}"' in page, "and what is done there leads back to it"


@pytest.mark.parametrize(("path", "to"), [("/find", "/"), ("/find/notices", "/notices")])
def test_where_a_search_is_sent_leads_to_the_page_with_the_form(owing: Served, path: str, to: str) -> None:
    """Whoever opens that address, from the history of a browser, say, stands at the page that has the form."""
    visitor, _ = entered(owing, "viewer")
    status, headers, _ = visitor.ask(path)
    assert (status, led_to(headers)) == (303, to)


def test_a_search_that_is_over_says_so(owing: Served) -> None:
    """A token that is over, or that another session was given, leads to all there is, and says why."""
    visitor, proof = entered(owing, "supervisor")
    address, _ = looked_for(visitor, proof, q="Leokadja Nowak")
    other, _ = entered(owing, "supervisor")
    for where in (address, "/?find=made-up", "/notices?find=made-up", "/debriefs?find=made-up&site=n"):
        status, headers, _ = other.ask(where)
        assert (status, led_to(headers)) == (303, SEARCH_IS_OVER), where
    assert owing.do(live_of(other, "find=made-up"))["over"], "a page that was open longer than that is told so"
    page = other.ask(SEARCH_IS_OVER)[2]
    assert SEARCH_OVER in page
    assert ("find=" in addresses(page), "Leokadja" in page) == (False, False)


def test_words_that_find_something_are_an_address_to_keep(owing: Served) -> None:
    """A site, a standard or a till can be searched for by a bookmark, as before; an empty search shows everything."""
    visitor, proof = entered(owing, "supervisor")
    address, page = looked_for(visitor, proof, q="clear-desk", standard="clear-desk")
    assert (address, "/promises/" in page) == ("/?q=clear-desk&standard=clear-desk", True)
    assert looked_for(visitor, proof, q="", site="n")[0] == "/?site=n"


def test_the_form_proves_where_it_comes_from(owing: Served) -> None:
    """A page of somebody else's cannot have a visitor search."""
    visitor, _ = entered(owing, "supervisor")
    assert visitor.ask("/find", {"q": WHO, "proof": "x"})[0] == 403


def test_what_was_not_sent_is_found_by_a_person(tmp_path: Path) -> None:
    """Notices' list of it is narrowed in the same way, and leads to its further pages by the reference."""
    with Served(tmp_path, ALL, Peopled(POLICY, apart=True)) as served:
        served.send(cloud("alert.silenced", "s", served.now, silence="x", until="2030-01-01T00:00:00Z", by="ann"))
        for number in range(30):
            served.send(waiting(f"x{number}", served.now + SECOND, queue=f"q{number}"))
        served.go(50)
        visitor, proof = entered(served, "supervisor")
        address, page = looked_for(visitor, proof, "/find/notices", reason="silenced", to="ann")
        assert is_reference(address.partition("to=")[2].partition("#")[0], "p")
        assert address.startswith("/notices?reason=silenced&to=")
        listed = page.partition('id="not-sent"')[2]
        assert ('value="ann"' in listed, listed.count('class="subject"')) == (True, 20)
        assert "suppressed=2" in addresses(listed)
        assert "to=ann" not in addresses(page)
        address, page = looked_for(visitor, proof, "/find/notices", reason="silenced", to="An Nowak")
        assert re.fullmatch(r"/notices\?reason=silenced&find=[0-9a-f]{32}#not-sent", address)
        assert ('value="An Nowak"' in page, "An Nowak" in addresses(page)) == (True, False)
