"""The board's times: those of a site are told by its own clock, which is named where the page goes by another one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from standards.judge.events import moment
from streams.board.wording import Wording
from streams.delivery.links import PATH, Link, Links
from streams.explain.why import story
from streams.storage.rows import PromiseFilter
from tests.board.peopled import ALL, BASE, entered
from tests.board.serving import Served, fill, owed
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled, cloud
from tests.streams.hosting import NO_WAIT, SECOND, T0
from tests.streams.hosting import shop as shop_of

POLICY = """
kept: 1
people:
  ann: {addresses: {mail: ann@shop.example}}
sites:
  s3: {timezone: Asia/Tokyo}
  s4: {timezone: America/Lima}
routes:
  - {match: no-wait, tell: ann, well_for: 0s}
silences:
  - {match: {site: s3}, until: 2027-01-01T00:00:00Z, by: ann, why: rebuilding}
"""
TOKYO, LIMA = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Lima")
_TIME = re.compile(r'<time datetime="([^"]+)"[^>]*>([^<]+)</time>')


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    """A host that goes by UTC, with promises at a site in Tokyo and at one in Lima, of which somebody has one each."""
    with Served(tmp_path, ALL, Peopled(POLICY)) as served:
        fill(served)
        served.send(cloud("queue.length", "l1", served.now, site="s4", queue="q1", waiting=5))
        served.go(46)
        visitor, proof = entered(served)
        for promise in owed(served).values():
            given = {"proof": proof, "promise": promise, "name": "Ania"}
            assert visitor.ask("/acts/acknowledge", given)[0] == 303
        assert visitor.ask("/acts/hand-over", {"proof": proof, "site": "s3", "note": "x", "name": "Ania"})[0] == 303
        yield served


def told(page: str) -> list[tuple[str, str]]:
    """Give the instants of a page, each with how it is told: the time alone, and what stands after it."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return _TIME.findall(main)


def by(zone: ZoneInfo, written: str) -> str:
    return f"{datetime.fromisoformat(written).astimezone(zone):%H:%M:%S}"


def promise_at(served: Served, site: str) -> str:
    rows = served.caller.host.read_model.promises(PromiseFilter()).items
    return next(row.id for row in rows if row.fields["site"] == site)


def test_a_page_about_a_site_goes_by_its_clock(shop: Served) -> None:
    """Wall, shift, the story of a promise and the page behind a link tell times as they are there, and name none."""
    visitor, _ = entered(shop)
    promise = promise_at(shop, "s3")
    link = PATH + Links(ALL.secret, BASE).seal(Link("acknowledge", promise, "", shop.now + SECOND))
    for path in ("/?site=s3", "/wall?site=s3", "/shift?site=s3", f"/promises/{promise}", link):
        page = visitor.ask(path)[2]
        assert 'data-zone="Asia/Tokyo"' in page, path
        times = told(page)
        assert [by(TOKYO, at) in said and "JST" not in said for at, said in times] == [True] * len(times), path
        assert times or path == "/?site=s3"
    assert "Drawn at" in page
    assert "Times are those of Asia/Tokyo, where they name no other." in page


def test_the_shift_of_a_site_without_shifts_begins_at_its_midnight(shop: Served) -> None:
    """The day begins there when it does: fifteen hours of Tokyo's day are over at midnight in Lima."""
    visitor, _ = entered(shop)
    for site, zone in (("s3", TOKYO), ("s4", LIMA)):
        (at, said), *_ = told(visitor.ask(f"/shift?site={site}")[2])
        assert (by(zone, at), said) == ("00:00:00", "00:00:00")


def test_a_list_over_sites_tells_each_time_as_it_is_there(shop: Served) -> None:
    """Each line goes by the clock of its own site, and names it, as the page goes by the host's."""
    visitor, _ = entered(shop)
    shop.go(400)
    shop.send(cloud("register.opened", "r1", shop.now, site="s3", queue="q2"))
    shop.go(3)
    for path in ("/shift", "/notices", "/people", "/debriefs", "/standards/no-wait"):
        page = visitor.ask(path)[2]
        assert 'data-zone="UTC"' in page
        assert any("JST" in said for _, said in told(page)), path
        for at, said in told(page):
            zone = TOKYO if "JST" in said else LIMA if "-05" in said else ZoneInfo("UTC")
            assert by(zone, at) in said, path


def test_now_tells_since_when_somebody_has_it_as_it_is_there(shop: Served) -> None:
    """On the cards of all sites the hour says whose clock it is; on those of one site it needs not to."""
    visitor, _ = entered(shop)
    hour = f"{moment(shop.now).astimezone(TOKYO):%H:%M}"
    assert f"Ania has it, since {hour} JST." in visitor.ask("/")[2]
    assert f"Ania has it, since {hour} JST." in visitor.ask("/wall")[2]
    assert f"Ania has it, since {hour}." in visitor.ask("/?site=s3")[2]


async def live_row(served: Served, query: str) -> str:
    address = f"{served.url}/live?rows&version=x&{query}"
    headers = {"Origin": served.url, "Authorization": f"Bearer {ALL.token}"}
    async with served.caller.session.ws_connect(address, headers=headers) as socket:
        news = await socket.receive_json(timeout=20)
    return " ".join(news["rows"].values())


def test_what_comes_live_goes_by_the_same_clock(shop: Served) -> None:
    """A row that is drawn anew while the page is open tells the time as the page did."""
    hour = f"{moment(shop.now).astimezone(TOKYO):%H:%M}"
    assert f"since {hour} JST." in shop.do(live_row(shop, "x"))
    assert f"since {hour}." in shop.do(live_row(shop, "site=s3"))


def test_a_zone_whose_clocks_show_the_same_is_not_named() -> None:
    """Warsaw and Berlin read one time, so nobody has to be told whose it is."""
    berlin, warsaw = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Warsaw")
    page = Wording(T0, berlin)
    assert page.in_zone(warsaw).hour(T0) == page.hour(T0)
    assert page.in_zone(TOKYO).hour(T0).endswith(" JST")
    assert page.in_zone(None) == page


FED = NO_WAIT.replace(
    "standards:\n", "feeds:\n  tills: {events: [queue.length], per: [site], silent_after: 5m}\nstandards:\n", 1
)


def test_the_wall_of_all_tells_silences_as_it_is_there(tmp_path: Path) -> None:
    """Since when a site, or a feed at it, is silent goes by the clock of the site, and says so."""
    with Served(tmp_path, peopled=Peopled(POLICY), standards=shop_of(tmp_path, FED)) as served:
        served.send(cloud("queue.length", "l1", served.now, site="s3", queue="q1", waiting=1))
        since = f"{moment(served.now).astimezone(TOKYO):%H:%M:%S}"
        served.go(1_200)
        page = Visitor(served).ask("/wall")[2]
        assert [said for _, said in told(page) if "JST" in said] == [f"{since} JST"] * 2
        assert [said for _, said in told(Visitor(served).ask("/wall?site=s3")[2]) if said == since] == [since] * 2


def test_a_site_without_a_zone_goes_by_the_hosts_though_all_that_have_one_share_theirs(tmp_path: Path) -> None:
    """The policy has one site, in Tokyo; another one that only sends events tells its own times as messages do."""
    policy = "kept: 1\npeople: {ann: {}}\nsites: {s3: {timezone: Asia/Tokyo}}\nroutes: [{tell: ann}]\n"
    with Served(tmp_path, peopled=Peopled(policy)) as served:
        visitor = Visitor(served)
        for site, zone in (("s3", "Asia/Tokyo"), ("z", "UTC")):
            served.send(cloud("queue.length", f"w-{site}", served.now, site=site, queue="q1", waiting=5))
            served.go(3)
            for path in (f"/?site={site}", f"/wall?site={site}", f"/shift?site={site}"):
                assert f'data-zone="{zone}"' in visitor.ask(path)[2], path


def test_the_day_of_a_next_step_ends_where_the_promise_is(tmp_path: Path) -> None:
    """What is to be done by a day is due in its last second in Tokyo; each page and kept why say so as a time."""
    with Served(tmp_path, ALL, Peopled(POLICY)) as served:
        fill(served)
        visitor, proof = entered(served, "supervisor")
        rows = served.caller.host.read_model.promises(PromiseFilter()).items
        broken = next(row.id for row in rows if row.verdict == "broken")
        form = {"proof": proof, "promise": broken, "cause": "a jam", "next_step": "a key", "next_step_by": "2026-03-09"}
        assert visitor.ask("/acts/debrief", form)[0] == 303
        (act,) = served.caller.host.read_model.board.actions_on([broken])
        assert act.data["next_step_by"] == "2026-03-09T14:59:59Z"
        for path in (f"/promises/{broken}", "/debriefs", "/people"):
            page = visitor.ask(path)[2]
            assert ("23:59:59" in page, re.search("[Bb]y when", page) is not None) == (True, True), path
        assert "next step by: 2026-03-09 23:59:59" in story(tmp_path / "data", broken, TOKYO)
