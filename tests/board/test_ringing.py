"""A phone that rings, in a real browser: the switch, what is shown when a push comes, and where a tap leads.

A browser under test has no push service of its own maker, so the page is given one of the tests' own instead; what that
is sent is brought to the browser by its own means (`ServiceWorker.deliverPushMessage`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, CDPSession, expect

from tests.alerts.phones import Phone, text
from tests.board.peopled import TOKENS
from tests.board.ringing import RingingShop, ringing
from tests.board.serving import owed, until
from tests.streams.asking import waiting

SUBSCRIBES: Final = """
({ endpoint, p256dh, auth, fails }) => {
  const kept = { endpoint, toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
    unsubscribe: async () => { localStorage.removeItem("subscribed"); return true; } };
  PushManager.prototype.getSubscription = async () => (localStorage.getItem("subscribed") ? kept : null);
  PushManager.prototype.subscribe = async () => {
    if (fails) throw new DOMException("Registration failed", "AbortError");
    localStorage.setItem("subscribed", "1");
    return kept;
  };
}
"""
"""What stands in for the browser's own push service."""
SHOWN: Final = """
() => navigator.serviceWorker.ready.then((worker) => worker.getNotifications()).then((all) => all.map(
  ({ title, tag, silent, requireInteraction, data }) => ({ title, tag, silent, requireInteraction, at: data.at })))
"""
TAPS: Final = """
async () => {
  const [notification] = await registration.getNotifications();
  dispatchEvent(new NotificationEvent("notificationclick", { notification }));
}
"""


class Hand:
    """A phone in somebody's hand: a browser that takes pushes, and its page."""

    def __init__(self, context: BrowserContext, shop: RingingShop, *, fails: bool = False) -> None:
        self.shop, self.context = shop, context
        self.phone = Phone(f"{shop.service.origin}/one")
        given = {"endpoint": self.phone.endpoint, "p256dh": text(self.phone.public), "auth": text(self.phone.auth)}
        context.add_init_script(f"({SUBSCRIBES})({json.dumps({**given, 'fails': fails})})")
        self.page = context.new_page()
        self._devtools: CDPSession = context.new_cdp_session(self.page)
        self._workers: list[dict[str, Any]] = []
        self._devtools.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self._devtools.send("ServiceWorker.enable")

    def _note(self, told: dict[str, Any]) -> None:
        """Note our own registrations: a browser tells of those of former tests too."""
        ours = f"{self.shop.served.url}/"
        self._workers += [it for it in told["registrations"] if it["scopeURL"] == ours and not it["isDeleted"]]

    def enter(self, name: str = "Ania") -> None:
        self.page.goto(f"{self.shop.served.url}/sign-in")
        self.page.get_by_label("Token").fill(TOKENS["supervisor"])
        self.page.get_by_label("Your name").fill(name)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.locator("#link")).to_have_text("live")

    def switch(self) -> None:
        self.page.locator("#phone").click()

    def switch_on(self) -> None:
        self.switch()
        expect(self.page.locator("#phone")).to_have_accessible_name("This phone rings", timeout=20_000)
        assert len(self.shop.devices.of("Ania")) == 1

    def working(self) -> None:
        """Have the worker at work, whether the switch is on or not: what comes before is not for it."""
        self.page.evaluate("navigator.serviceWorker.register('/worker.js').then(() => 1)")
        self.page.wait_for_function(
            "navigator.serviceWorker.ready.then((worker) => worker.active.state === 'activated')"
        )

    def push(self, news: object) -> None:
        """Bring a message to the browser, as its maker's service does; returns when its worker has shown it."""
        self.working()
        (worker,) = self.context.service_workers
        worker.evaluate("() => { self.came = new Promise((done) => addEventListener('push', done, { once: true })); }")
        data = news if isinstance(news, str) else json.dumps(news)
        registration = self._workers[-1]["registrationId"]
        given = {"origin": self.shop.served.url, "registrationId": registration, "data": data}
        self._devtools.send("ServiceWorker.deliverPushMessage", given)
        worker.evaluate("() => self.came.then(() => shown)")

    def shown(self) -> list[dict[str, Any]]:
        return list(self.page.evaluate(SHOWN))

    def tap(self) -> None:
        self.context.service_workers[0].evaluate(TAPS)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[RingingShop]:
    with ringing(tmp_path) as made:
        yield made


@pytest.fixture
def context(browser: Browser, shop: RingingShop) -> Iterator[BrowserContext]:
    made = browser.new_context()
    made.grant_permissions(["notifications"], origin=shop.served.url)
    yield made
    made.close()


@pytest.fixture
def hand(context: BrowserContext, shop: RingingShop) -> Hand:
    made = Hand(context, shop)
    made.enter()
    return made


def news(**other: object) -> dict[str, object]:
    usual = {"title": "s3/q1: open it", "body": "7 wait.", "path": "/notices", "tag": "t", "at": 5, "rings": True}
    return {**usual, **other}


def test_a_phone_rings_and_a_tap_leads_to_the_promise(hand: Hand, shop: RingingShop) -> None:
    """From the switch to the tap: what the policy tells somebody comes to her phone, rings, and opens the promise."""
    expect(hand.page.locator("#phone")).to_have_accessible_name("Ring this phone")
    hand.switch_on()
    expect(hand.page.locator("#phone")).to_have_attribute("aria-pressed", "true")
    shop.served.send(waiting("a", shop.served.now))
    shop.served.go(45)
    until(lambda: bool(shop.service.posted))
    promise = owed(shop.served)["s3/q1"]
    hand.page.goto(f"{shop.served.url}/standards")
    expect(hand.page.locator("#phone")).to_have_accessible_name("This phone rings")
    hand.push(hand.phone.read(shop.service.posted[0]))
    (shown,) = hand.shown()
    assert shown["title"] == "s3, q1: Open the next register."
    assert (shown["silent"], shown["requireInteraction"]) == (False, True)
    hand.tap()
    hand.page.wait_for_url(f"**/promises/{promise}")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_switch_can_be_used_by_everybody(hand: Hand, width: int) -> None:
    """With the switch, and with what is said of phones, pages stay as wide as the screen, and axe finds nothing."""
    hand.page.set_viewport_size({"width": width, "height": 800})
    hand.switch_on()
    (device,) = hand.shop.devices.of("Ania")
    hand.shop.devices.heard(device, "no connection to https://push.example: connection refused")
    for path in ("/", "/people"):
        hand.page.goto(hand.shop.served.url + path)
        expect(hand.page.locator("#phone-note")).to_contain_text("Push does not get through")
        assert Axe().run(hand.page).violations_count == 0
        inner = hand.page.evaluate("[document.documentElement.scrollWidth, document.querySelector('.who').scrollWidth]")
        assert inner[0] <= width
        brand, switch = hand.page.locator(".brand").bounding_box(), hand.page.locator(".who").bounding_box()
        assert brand is not None
        assert switch is not None
        assert brand["x"] + brand["width"] <= switch["x"] + 1, "the head's parts lie on each other"


def test_a_phone_that_was_switched_off_rings_no_more(hand: Hand, shop: RingingShop) -> None:
    """Off means off: the device is forgotten here and in the browser, and stays off on the next page."""
    hand.switch_on()
    hand.switch()
    until(lambda: len(shop.devices) == 0)
    expect(hand.page.locator("#phone")).to_have_accessible_name("Ring this phone")
    hand.page.reload()
    expect(hand.page.locator("#phone")).to_have_accessible_name("Ring this phone")
    assert hand.page.evaluate("localStorage.getItem('subscribed')") is None


def test_a_phone_that_was_dropped_comes_back_by_itself(hand: Hand, shop: RingingShop) -> None:
    """A device that is on, and that the server does not know any more, is switched on anew when a page is opened."""
    hand.switch_on()
    (device,) = shop.devices.of("Ania")
    shop.served.do(shop.devices.drop(device, "gone"))
    hand.page.reload()
    until(lambda: len(shop.devices) == 1)
    expect(hand.page.locator("#phone")).to_have_accessible_name("This phone rings")


def test_who_is_not_told_by_push_is_said_why(hand: Hand, shop: RingingShop) -> None:
    """A name that the policy does not tell by push is told so in plain words, and nothing is switched on."""
    hand.page.get_by_role("button", name="Sign out").click()
    hand.enter("Chris")
    hand.switch()
    note = hand.page.locator("#phone-note")
    expect(note).to_contain_text("The policy tells nobody by push who signs in as Chris.")
    expect(hand.page.locator("#phone")).to_have_attribute("aria-pressed", "false")
    assert len(shop.devices) == 0


def test_a_browser_without_its_service_says_so(context: BrowserContext, shop: RingingShop) -> None:
    """Where push does not get through, the page says so, and that sound and title tell one still."""
    hand = Hand(context, shop, fails=True)
    hand.enter()
    hand.switch()
    note = hand.page.locator("#phone-note")
    expect(note).to_contain_text("Push does not get through: this browser's push service does not answer")
    expect(note).to_contain_text("While this page is open, its sound and its title still tell you.")
    expect(hand.page.locator("#phone")).to_have_accessible_name("Ring this phone")


def test_what_does_not_get_through_is_said_on_the_phone_s_page(hand: Hand, shop: RingingShop) -> None:
    """While the server cannot reach a device, each page on that device says so."""
    hand.switch_on()
    (device,) = shop.devices.of("Ania")
    shop.devices.heard(device, "no connection to https://push.example: connection refused")
    hand.page.reload()
    words = "Push does not get through. Tell whoever runs Kept: no connection to https://push.example: connection "
    words += "refused. While this page"
    expect(hand.page.locator("#phone-note")).to_contain_text(words)


def test_only_pages_make_a_sound(hand: Hand) -> None:
    """What is no page is shown in silence, and goes by itself."""
    hand.push(news(rings=False))
    (shown,) = hand.shown()
    assert (shown["silent"], shown["requireInteraction"]) == (True, False)


def test_the_newest_message_of_a_promise_is_shown(hand: Hand) -> None:
    """A newer message takes the older one's place; one that was under way for longer neither does nor rings again."""
    for at, title in ((5, "due soon"), (9, "broken"), (7, "due sooner")):
        hand.push(news(at=at, title=title))
    hand.push(news(tag="other", at=1))
    assert {each["tag"]: each["title"] for each in hand.shown()} == {"t": "broken", "other": "s3/q1: open it"}
    assert {each["tag"]: each["silent"] for each in hand.shown()} == {"t": True, "other": False}


@pytest.mark.parametrize("came", ["", "not JSON", "[1]", '{"body": "no title"}', '{"title": {}}'])
def test_what_cannot_be_read_is_shown_as_something(hand: Hand, came: str) -> None:
    """Whatever came, something is shown: a browser takes push away from a page that keeps silent."""
    hand.push(came)
    assert [each["title"] for each in hand.shown()] == ["Kept"]


def test_a_tap_never_leads_elsewhere(hand: Hand) -> None:
    """A message's page is one of this board, whatever it names."""
    hand.page.goto(f"{hand.shop.served.url}/notices")
    hand.push(news(path="https://evil.example/"))
    hand.tap()
    expect(hand.page).to_have_url(f"{hand.shop.served.url}/")


def test_a_tap_takes_away_nothing_that_is_being_written(hand: Hand) -> None:
    """Where somebody is writing, the page stays and offers the promise as a link."""
    hand.page.goto(f"{hand.shop.served.url}/notices")
    reason = hand.page.locator("#silences textarea, #silences input[name=reason]").first
    hand.page.locator("#silences details").first.evaluate("each => { each.open = true; }")
    reason.fill("the shop is rebuilt")
    hand.push(news(path="/promises/x"))
    hand.tap()
    link = hand.page.get_by_role("link", name="Open the promise that was just tapped")
    expect(link).to_have_attribute("href", "/promises/x")
    expect(reason).to_have_value("the shop is rebuilt")


def test_a_tap_opens_the_board_where_it_is_closed(hand: Hand) -> None:
    """Where no page of the board is open, a tap asks for one: a browser opens it only for a real finger."""
    hand.push(news())
    hand.page.goto("about:blank")
    worker = hand.context.service_workers[0]
    worker.evaluate("() => { self.asked = new Promise((given) => { clients.openWindow = async (to) => given(to); }); }")
    hand.tap()
    assert worker.evaluate("() => self.asked") == f"{hand.shop.served.url}/notices"
