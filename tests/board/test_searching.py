"""Searching: what somebody looks for is sent by a form, and an address never has a name in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_plus

import pytest

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


def looked_for(visitor: Visitor, proof: str, path: str = "/find", **form: str) -> tuple[str, str]:
    """Send a form of search; gives the address to which it led, if it did, and the page."""
    status, headers, page = visitor.ask(path, {"proof": proof, **form})
    if status != 303:
        assert status == 200
        return "", page
    address = next(value for name, value in headers.items() if name.lower() == "location")
    return unquote_plus(address), visitor.ask(address)[2]


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
    """Words that find nothing may be a name misspelt, or one that only others may read: they are answered at once."""
    for role, words in (("supervisor", "Leokadja Nowak"), ("viewer", WHO)):
        visitor, proof = entered(owing, role)
        address, page = looked_for(visitor, proof, q=words, site="n")
        assert (address, f'value="{words}"' in page, "/promises/" in page) == ("", True, False)
        assert words not in addresses(page)
        assert "site=n" in addresses(page), "what it was narrowed to besides does stand there"
        assert 'data-live=""' not in page, "nobody asks for the page of a form again"


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
        address, page = looked_for(visitor, proof, "/find/notices", to="An Nowak")
        assert (address, 'value="An Nowak"' in page, "An Nowak" in addresses(page)) == ("", True, False)
