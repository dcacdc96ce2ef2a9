"""A feed is missed while somebody had to hear of it: out of the hours of all that rests on it, it may be silent."""

from datetime import datetime
from pathlib import Path

import pytest
from msgspec import field, structs

from standards.judge.feed_hours import FeedHours
from standards.judge.feeds import Hearing
from standards.judge.standard import Standard
from streams.runtime.feeds import dark_by_feed, standings_by
from tests.history import rulebook
from tests.streams.asking import asking, cloud
from tests.streams.hosting import NO_WAIT, SECOND, shop

HOURS = """
feeds:
  tills: {events: [queue.length, register.opened], per: [site], silent_after: 15m}
calendars:
  shop: {timezone: UTC, hours: {mon-sat: ["08:00-20:00"]}}
  night: {timezone: UTC, hours: {mon-sun: ["20:00-24:00", "00:00-08:00"]}}
standards:
"""
"""A feed by site, and a shop that is open from eight to eight."""


def at(text: str) -> int:
    """Read an instant of a text, in microseconds UTC."""
    return round(datetime.fromisoformat(text).timestamp()) * SECOND


def shop_with(keys: str = "", more: str = "") -> str:
    text = NO_WAIT.replace("standards:\n", HOURS, 1).replace("    within: 60s\n", f"    within: 60s\n{keys}")
    return text + more


def missed(text: str, last: str, now: str, site: str = "s3") -> bool:
    """Say whether the feed of a site, that spoke last at an instant, is missed at another."""
    book = rulebook(text)
    heard = Hearing(900 * SECOND)
    heard.hear(at(last))
    (found,) = standings_by(book, [(("tills", (site,)), heard)], at(now))
    counted = dark_by_feed(book.feeds, [found], at(now))
    assert counted == {"tills": int(found.dark(at(now)))}
    return found.dark(at(now))


OPEN, DURING, NOT = "    calendar: shop\n", "    during: shop\n", "    during: not night\n"


@pytest.mark.parametrize("keys", [OPEN, DURING, NOT])
def test_a_closed_shop_is_not_missed(keys: str) -> None:
    """Silence counts in open time, whichever key has the hours; at night and just after opening nobody waits."""
    text = shop_with(keys)
    assert missed(text, "2026-03-02T10:00:00Z", "2026-03-02T10:15:01Z")
    assert not missed(text, "2026-03-02T10:00:00Z", "2026-03-02T10:15:00Z")
    assert not missed(text, "2026-03-02T19:50:00Z", "2026-03-02T23:00:00Z")
    assert not missed(text, "2026-03-02T18:00:00Z", "2026-03-02T21:00:00Z")
    assert not missed(text, "2026-03-02T19:50:00Z", "2026-03-03T08:04:59Z")
    assert missed(text, "2026-03-02T19:50:00Z", "2026-03-03T08:05:01Z")


OTHER = """
  at-night:
    promise: Somebody is there.
    owner: lead
    per: [site, queue]
    when: {event: queue.length, where: waiting > 9}
    expect: register.opened
    within: 60s
"""
_CALL = "queue.length, where: waiting > 9", "contact.waiting"
CALLS = OTHER.replace(*_CALL).replace("register.opened", "contact.answered")


def test_a_standard_without_hours_waits_at_night() -> None:
    """Of the standards that rest on a feed one that is open is enough; one that hears nothing by it does not count."""
    last, now = "2026-03-02T19:50:00Z", "2026-03-02T23:00:00Z"
    assert missed(shop_with(), last, now)
    assert missed(shop_with(OPEN, OTHER), last, now)
    assert not missed(shop_with(OPEN, CALLS.replace("[site, queue]", "[contact]")), last, now)
    assert missed(shop_with(OPEN).replace("[queue.length, register.opened]", "[contact.started]"), last, now)


def test_each_site_has_its_own_hours() -> None:
    """Where the calendar is chosen by the site, the feed of that site is missed in its hours alone."""
    text = shop_with("    calendar: {by: site, s4: night, else: shop}\n")
    assert [missed(text, "2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z", site) for site in ("s3", "s4")] == [
        True,
        False,
    ]
    assert [missed(text, "2026-03-02T21:00:00Z", "2026-03-02T22:00:00Z", site) for site in ("s3", "s4")] == [
        False,
        True,
    ]


class Counted(Standard, frozen=True):
    """A standard that counts how often somebody asks on what it rests."""

    times: list[str] = field(default_factory=list)

    @property
    def all_feeds(self) -> tuple[str, ...]:
        self.times.append(self.id)
        return super().all_feeds


def test_of_ten_thousand_keys_those_that_are_chosen_alike_have_one_answer() -> None:
    """What rests on a feed is looked up once, and each key has the answer that it would have by itself."""
    book, now = rulebook(shop_with("    calendar: {by: site, s4: night, else: shop}\n")), at("2026-03-02T22:00:00Z")
    (feed,), times = book.feeds, list[str]()
    standards = [Counted(**structs.asdict(each), times=times) for each in book.standards.values()]
    hours = FeedHours(standards, now)
    for number in range(10_000):
        key = {"site": f"s{number % 7}", "queue": f"q{number}"}
        assert hours.missed_since(feed, key) == (-1 if key["site"] != "s4" else now - feed.silent_after)
    assert len(times) == len(standards)


def test_a_feed_that_was_never_heard_is_missed_in_hours() -> None:
    """Before anything came, a feed counts once, while somebody waits for it."""
    book = rulebook(shop_with(OPEN))
    for now, dark in (("2026-03-02T11:00:00Z", True), ("2026-03-02T22:00:00Z", False)):
        assert [each.dark(at(now)) for each in standings_by(book, [], at(now))] == [dark]


async def test_board_answer_and_metric_agree(tmp_path: Path) -> None:
    """At night the page says that nobody waits, `/v1/feeds` that it is out of hours, and the metric counts none."""
    standards = shop(tmp_path, shop_with(OPEN))
    async with asking(tmp_path, standards=standards) as caller:
        caller.clock.at = at("2026-03-02T19:50:00Z")
        await caller.send(cloud("register.opened", "a", caller.clock.at, site="s3", queue="q1"))
        await caller.pass_time(3 * 3_600)
        (item,) = (await caller.get("/v1/feeds")).json["items"]
        assert (item["key"], item["silent"], item["out_of_hours"]) == ("s3", False, True)
        assert 'kept_feeds_silent{feed="tills"} 0.0' in (await caller.get("/metrics")).text
        page = (await caller.get("/feeds")).text
        assert "It is out of hours, so nobody waits for it." in page
        assert "<summary>1 feed is out of hours</summary>" in page
        assert "No feed is silent that somebody waits for." in page
        assert "speaks" not in page
        await caller.pass_time(9.5 * 3_600)
        (item,) = (await caller.get("/v1/feeds")).json["items"]
        assert (item["silent"], item["out_of_hours"]) == (True, False)
        assert 'kept_feeds_silent{feed="tills"} 1.0' in (await caller.get("/metrics")).text


async def test_a_day_that_is_closed_is_out_of_hours(tmp_path: Path) -> None:
    """A shop that is closed today by an act on the board is not missed today."""
    standards = shop(tmp_path, shop_with(OPEN))
    async with asking(tmp_path, standards=standards) as caller:
        caller.clock.at = at("2026-03-02T10:00:00Z")
        await caller.send(cloud("register.opened", "a", caller.clock.at, site="s3", queue="q1"))
        answer = await caller.post("/v1/calendars/shop/days", {"date": "2026-03-02", "by": "lead", "reason": "storm"})
        assert answer.status == 202, answer.text
        await caller.pass_time(3_600)
        assert 'kept_feeds_silent{feed="tills"} 0.0' in (await caller.get("/metrics")).text
