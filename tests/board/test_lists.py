"""The lists: each of a hundred rows can be reached, much of a kind is one line, and nobody talks while it burns."""

from __future__ import annotations

import re

from streams.storage.rows import SuppressedFilter
from tests.board.crowd import STORES, TILLS, line
from tests.board.peopled import entered
from tests.board.serving import Served
from tests.board.visiting import Visitor
from tests.streams.asking import cloud

ALL_SUPPRESSED = SuppressedFilter()


def opened(served: Served, store: int) -> None:
    """Open a register for each till of a store, long after they were due."""
    tills = range(1, TILLS + 1)
    site = f"store-{store}"
    events = (
        cloud("register.opened", f"r{store}-{till}", served.now, site=site, queue=f"till {till}") for till in tills
    )
    served.send(*events)
    served.go(3)


def walked(visitor: Visitor, path: str, found: str, name: str = "page") -> list[str]:
    """Give what is found on a list's pages, from the first to the last, by the links that lead on."""
    rows: list[str] = []
    while path:
        page = visitor.ask(path)[2]
        rows += re.findall(found, page)
        after = re.findall(rf'<a href="([^"]*[?&;]{name}=\d+[^"]*)" rel="next">', page)
        path = after[0].replace("&amp;", "&").partition("#")[0] if after else ""
    return rows


def test_nobody_is_asked_to_talk_while_it_burns(crowded: Served) -> None:
    """What is broken and still owed is not asked to be talked over; done late, it is, at the site that is looked at."""
    crowded.go(30)
    visitor, _ = entered(crowded)
    assert "to talk over</a>" not in re.sub(r"<a [^>]*hidden[^>]*>[^<]*</a>", "", visitor.ask("/")[2])
    page = visitor.ask("/debriefs")[2]
    assert f"{STORES * TILLS} broken promises are still owed</a>: first it is done" in page
    assert 'action="/acts/debrief"' not in page
    opened(crowded, 2)
    assert f'<a href="/debriefs" id="broken">{TILLS} broken promises to talk over</a>' in visitor.ask("/")[2]
    assert 'id="broken" hidden>' in visitor.ask("/?site=store-1")[2]
    here = visitor.ask("/?site=store-2")[2]
    assert f'<a href="/debriefs?site=store-2" id="broken">{TILLS} broken promises to talk over</a>' in here
    assert "Nothing of what you look at waits." in visitor.ask("/debriefs?site=store-1")[2]


def test_debriefs_are_grouped_and_each_can_be_reached(crowded: Served) -> None:
    """What waits is one line for each site and standard, which leads to all of them, page by page."""
    crowded.send(*(line(f"more-{till}", crowded.now, "store-1", f"till {till + 50}") for till in range(30)))
    crowded.go(70)
    for store in (1, 2):
        opened(crowded, store)
    late = (cloud("register.opened", f"x{n}", crowded.now, site="store-1", queue=f"till {n + 50}") for n in range(30))
    crowded.send(*late)
    crowded.go(3)
    visitor, _ = entered(crowded)
    page = visitor.ask("/debriefs")[2]
    assert page.count('action="/acts/debrief"') == 1
    groups = re.findall(
        r'<a href="(/debriefs\?site=store-\d&amp;standard=no-wait)">(\d+) promises to talk over</a>', page
    )
    assert [int(count) for _, count in groups] == [TILLS + 30, TILLS]
    each = walked(visitor, "/debriefs?site=store-1&standard=no-wait", r'(?s)href="/promises/([0-9a-f]+)#debrief"')
    assert len(set(each)) == TILLS + 30


def test_the_shift_groups_what_was_not_kept(crowded: Served) -> None:
    """Much is one line for each site and standard; each line leads to its promises, page by page."""
    crowded.go(30)
    visitor, _ = entered(crowded)
    page = visitor.ask("/shift")[2]
    lines = re.findall(r'<a href="/shift\?site=(store-\d)&amp;standard=no-wait#failed">12 promises broken</a>', page)
    assert sorted(lines) == [f"store-{store}" for store in range(1, STORES + 1)]
    found = walked(visitor, "/shift?site=store-3&standard=no-wait", r'href="/promises/([0-9a-f]+)" class="subject"')
    assert len(set(found)) == TILLS
    flat = walked(visitor, "/shift?standard=no-wait", r'href="/promises/([0-9a-f]+)" class="subject"')
    assert len(set(flat)) == STORES * TILLS


def test_every_notice_can_be_reached(crowded: Served) -> None:
    """Notices come twenty at a time; by the links every one that was sent, and every one that was not, is found."""
    crowded.go(70)
    events = (line(f"n{store}", crowded.now, f"shop-{store}", "till 1") for store in range(15))
    crowded.send(*events)
    crowded.go(70)
    visitor, _ = entered(crowded)
    model = crowded.caller.host.read_model
    sent = len(model.notices("", 9_999))
    newest = walked(visitor, "/notices", r'(?s)<section id="newest">.*?</section>')
    assert sent > 20
    assert sum(each.count('class="fates"') for each in newest) == sent
    suppressed = len(model.board.suppressed(ALL_SUPPRESSED, 0, 9_999))
    found = walked(visitor, "/notices?suppressed=1", r'(?s)<section id="not-sent">.*', "suppressed")
    assert sum(each.count('class="subject"') for each in found) == suppressed
    assert visitor.ask("/notices?page=x&suppressed=-1&stuck=99999")[0] == 200
