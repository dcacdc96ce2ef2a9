"""Devices that ring, without a browser: who may switch one on, which are taken, and what people are shown of them."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from streams.storage.device_file import FILE, stored_in
from streams.storage.devices import MOST_OF_ONE, Change, DeviceBook, device_id
from tests.alerts.phones import SEALER, Phone
from tests.alerts.receiver import Answer
from tests.board.peopled import TOKENS
from tests.board.ringing import RingingShop, ringing
from tests.board.serving import proof_in, until
from tests.board.visiting import Visitor
from tests.streams.asking import waiting
from tests.streams.hosting import Clock

JSON = "application/json"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[RingingShop]:
    with ringing(tmp_path) as made:
        yield made


def entered(shop: RingingShop, name: str = "ania", role: str = "supervisor") -> tuple[Visitor, str]:
    visitor = Visitor(shop.served)
    assert visitor.enter(TOKENS[role], name) == 303
    return visitor, proof_in(visitor.ask("/people")[2])


def fields(phone: Phone, proof: str) -> dict[str, str]:
    device = phone.device()
    return {"proof": proof, "endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth}


def switch_on(shop: RingingShop, path: str = "one", name: str = "ania") -> tuple[Visitor, str, Phone]:
    visitor, proof = entered(shop, name)
    phone = Phone(f"{shop.service.origin}/{path}")
    assert visitor.ask("/acts/ring", fields(phone, proof), Accept=JSON)[0] == 204
    return visitor, proof, phone


def warn(shop: RingingShop) -> None:
    shop.served.send(waiting("a", shop.served.now))
    shop.served.go(45)


def deliveries(shop: RingingShop) -> list[tuple[str, str, str]]:
    found = shop.served.caller.host.read_model.notices()
    return [(each.channel, each.state, each.error) for row in found for each in row.deliveries]


def test_whoever_is_told_by_push_can_switch_a_device_on_and_off(shop: RingingShop) -> None:
    """Who signs in by the name that the policy tells, however it is written, gets on a device what she is told."""
    visitor, proof, phone = switch_on(shop)
    name = device_id(phone.endpoint)
    state = json.loads(visitor.ask(f"/acts/ring?device={name}")[2])
    assert state == {"key": SEALER.public, "why": "", "on": True, "whose": "ania", "trouble": ""}
    warn(shop)
    until(lambda: deliveries(shop) == [("push", "delivered", "")])
    assert phone.read(shop.service.posted[0])["title"] == "s3, q1: Open the next register."
    off = {"proof": proof, "endpoint": phone.endpoint}
    assert visitor.ask("/acts/ring-off", off, Accept=JSON)[0] == 204
    assert (len(shop.devices), json.loads(visitor.ask(f"/acts/ring?device={name}")[2])["on"]) == (0, False)


def test_devices_outlive_a_restart_and_are_nobody_else_s_to_read(shop: RingingShop, tmp_path: Path) -> None:
    """What was switched on stays on; the file of it can be read by its owner alone, and no page shows an address."""
    visitor, _, phone = switch_on(shop)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert [each.endpoint for each in stored_in(tmp_path, DeviceBook(SEALER.public, Clock())).of("ANIA")] == [
        phone.endpoint
    ]
    shown = "".join(
        visitor.ask(path)[2] for path in ("/people", "/acts/ring", f"/acts/ring?device={device_id(phone.endpoint)}")
    )
    assert phone.endpoint not in shown


def test_another_key_of_the_server_drops_its_devices(shop: RingingShop, tmp_path: Path) -> None:
    """A device takes pushes from one key alone: with another one it is dropped, counted, and its person sees why."""
    switch_on(shop)
    reasons: list[str] = []
    book = stored_in(tmp_path, DeviceBook("another key", Clock()))
    book.listen(reasons.append)
    dropped = book.dropped("ania")
    assert (len(book), reasons, dropped is not None and dropped.reason) == (0, ["other-key"], "other-key")


def test_a_form_from_elsewhere_switches_nothing_on(shop: RingingShop) -> None:
    """Without the proof of the session, or from another origin, no device is taken; a viewer may not either."""
    visitor, proof = entered(shop)
    phone = Phone(f"{shop.service.origin}/one")
    assert visitor.ask("/acts/ring", fields(phone, "x" * 64))[0] == 403
    assert visitor.ask("/acts/ring", fields(phone, proof), Origin="https://evil.example")[0] == 403
    viewer, seen = Visitor(shop.served), fields(phone, proof)
    assert viewer.enter(TOKENS["viewer"], "ania") == 303
    assert viewer.ask("/acts/ring", seen)[0] == 403
    assert 'id="phone"' not in viewer.ask("/")[2]
    assert Visitor(shop.served).ask("/acts/ring", seen)[0] == 401
    assert Visitor(shop.served).ask("/acts/ring")[0] == 303, "it leads to the sign-in"
    assert len(shop.devices) == 0


def test_who_is_not_told_by_push_hears_why(shop: RingingShop) -> None:
    """A name that the policy tells nothing by push cannot ring, and is told what the policy would have to say."""
    visitor, proof = entered(shop, "chief")
    why = (
        "The policy tells nobody by push who signs in as chief. Ask whoever writes it for an address: "
        "{addresses: {push: chief}}."
    )
    assert json.loads(visitor.ask("/acts/ring")[2])["why"] == why
    status, _, answer = visitor.ask("/acts/ring", fields(Phone(f"{shop.service.origin}/x"), proof), Accept=JSON)
    assert (status, json.loads(answer)["detail"], len(shop.devices)) == (422, why, 0)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"endpoint": "http://169.254.169.254/latest"}, "has to begin with https://"),
        ({"endpoint": "https://evil.example/x"}, "push service is evil.example, and this server does not send there"),
        ({"endpoint": "http://127.0.0.1:1/x"}, "has to begin with https://"),
        ({"endpoint": "https://fcm.googleapis.com/" + "x" * 3_000}, "is longer than 1,500 characters"),
        ({"p256dh": "B" * 87}, "The keys of this device are not valid"),
        ({"auth": "short"}, "The keys of this device are not valid"),
        ({"auth": ""}, "Say with which key"),
    ],
)
def test_only_what_can_be_sent_to_is_kept(shop: RingingShop, wrong: dict[str, str], words: str) -> None:
    """An address that is not of a push service, or keys that are none, are refused before anything is sent there."""
    visitor, proof = entered(shop)
    status, _, answer = visitor.ask("/acts/ring", fields(Phone(f"{shop.service.origin}/x"), proof) | wrong, Accept=JSON)
    assert status in (400, 422)
    assert words in json.loads(answer)["detail"]
    assert (len(shop.devices), shop.service.posted) == (0, [])


def test_one_person_has_so_many_devices(shop: RingingShop) -> None:
    """A person's devices are bounded; one that is on already can be switched on again."""
    for number in range(MOST_OF_ONE):
        visitor, proof, phone = switch_on(shop, f"phone-{number}")
    assert visitor.ask("/acts/ring", fields(phone, proof), Accept=JSON)[0] == 204
    more = fields(Phone(f"{shop.service.origin}/more"), proof)
    status, _, answer = visitor.ask("/acts/ring", more, Accept=JSON)
    assert (status, len(shop.devices)) == (422, MOST_OF_ONE)
    assert f"has {MOST_OF_ONE} devices that ring already" in json.loads(answer)["detail"]


def test_a_device_goes_to_whoever_switched_it_on_last(shop: RingingShop) -> None:
    """A phone that is shared rings for one person; the other can see whose it is, and take it over."""
    _, _, phone = switch_on(shop)
    bob, proof = entered(shop, "bob")
    state: dict[str, Any] = json.loads(bob.ask(f"/acts/ring?device={device_id(phone.endpoint)}")[2])
    assert (state["on"], state["whose"]) == (False, "ania")
    assert bob.ask("/acts/ring", fields(phone, proof), Accept=JSON)[0] == 204
    assert ([each.whose for each in shop.devices.of("bob")], shop.devices.of("ania")) == (["bob"], [])


def test_a_lost_phone_is_switched_off_by_its_person_or_an_admin(shop: RingingShop) -> None:
    """Nobody else may switch a device off; where it goes back to says what rings still."""
    _, _, phone = switch_on(shop)
    name = device_id(phone.endpoint)
    bob, bobs = entered(shop, "bob")
    assert bob.ask("/acts/ring-off", {"proof": bobs, "device": name})[0] == 422
    assert name not in bob.ask("/people")[2]
    admin, proof = entered(shop, "chief", "admin")
    assert name in admin.ask("/people")[2]
    status, headers, _ = admin.ask("/acts/ring-off", {"proof": proof, "device": name})
    assert (status, headers["Location"], len(shop.devices)) == (303, "/people#phones", 0)


def test_the_page_of_people_says_who_has_no_device(shop: RingingShop) -> None:
    """Who is told by push and has no device stands there, and so does a device that was dropped, until one is on."""
    visitor, _, phone = switch_on(shop)
    shown = visitor.ask("/people")[2]
    assert "<strong>Ania</strong> 1 device." in shown
    assert "<strong>Bob</strong> No device: nothing reaches them by push." in shown
    shop.service.by_path = {"/one": [Answer(410)]}
    warn(shop)
    until(lambda: [it[1] for it in deliveries(shop)] == ["failed"])
    assert "says that the device is gone" in deliveries(shop)[0][2]
    shown = visitor.ask("/people")[2]
    assert "<strong>Ania</strong> No device" in shown
    assert "Its push service said that there is no such device any more." in shown
    switch_on(shop, "two")
    assert "no such device any more" not in visitor.ask("/people")[2].partition("<main")[2]
    assert phone.endpoint not in shown


def test_push_that_does_not_get_through_is_said(shop: RingingShop) -> None:
    """While its service refuses what is sent to a device, its page and the page of people say so; then no more."""
    visitor, _, phone = switch_on(shop)
    shop.service.by_path = {"/one": [Answer(403)]}
    warn(shop)
    until(lambda: "answered 403 Forbidden" in "".join(it[2] for it in deliveries(shop)))
    trouble = "http://127.0.0.1 answered 403 Forbidden"
    assert json.loads(visitor.ask(f"/acts/ring?device={device_id(phone.endpoint)}")[2])["trouble"] == trouble
    assert (
        f'Push does not get through. Tell whoever runs Kept: <span lang="en">{trouble}</span>.'
        in visitor.ask("/people")[2]
    )
    shop.served.go(5)
    until(lambda: deliveries(shop)[0][1] == "delivered")
    assert "does not get through" not in visitor.ask("/people")[2].partition("<main")[2]


def test_what_makes_it_an_app_needs_no_sign_in(shop: RingingShop) -> None:
    """A browser asks for the manifest, the icons and the worker as nobody; each icon is there, as its kind says."""
    stranger = Visitor(shop.served)
    status, headers, text = stranger.ask("/kept.webmanifest")
    manifest = json.loads(text)
    assert (status, headers["Content-Type"].partition(";")[0]) == (200, "application/manifest+json")
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    for icon in manifest["icons"]:
        assert shop.served.do(kind_of(shop, icon["src"])) == (200, icon["type"])
    status, headers, _ = stranger.ask("/worker.js")
    assert (status, headers["Cache-Control"], headers["Content-Security-Policy"][:18]) == (
        200,
        "no-cache",
        "default-src 'none'",
    )
    policy = stranger.ask("/sign-in")[1]["Content-Security-Policy"]
    assert {"worker-src 'self'", "manifest-src 'self'", "default-src 'none'"} <= set(policy.split("; "))


async def kind_of(shop: RingingShop, path: str) -> tuple[int, str]:
    async with shop.served.caller.session.get(shop.served.url + path) as answer:
        return answer.status, answer.headers["Content-Type"].partition(";")[0]


def test_a_phone_of_another_key_is_shown_as_it_is(shop: RingingShop) -> None:
    """It counts among none that ring: its row says why, ops see how many; it can be switched off, or on anew."""
    switch_on(shop)
    visitor, proof = entered(shop)
    phones = [Phone(f"{shop.service.origin}/{name}") for name in ("former", "lost")]
    for phone in phones:
        made = replace(phone.device(), id=device_id(phone.endpoint), whose="Ania", key="another key")
        shop.devices.take(Change("device", made.id, made))
    page = visitor.ask("/people")[2]
    assert ("1 device." in page, page.count("It does not ring: it was switched on for another key")) == (True, 2)
    assert 'kept_push_devices_silent{reason="other-key"} 2.0' in visitor.ask("/metrics")[2]
    former, lost = (device_id(phone.endpoint) for phone in phones)
    state = json.loads(visitor.ask(f"/acts/ring?device={former}")[2])
    assert (state["on"], state["why"]) == (False, "")
    bob, _ = entered(shop, "bob")
    assert json.loads(bob.ask(f"/acts/ring?device={former}")[2])["why"].startswith("It was switched on for Ania, and")
    again = fields(Phone(f"{shop.service.origin}/again"), proof) | {"former": phones[0].endpoint}
    assert visitor.ask("/acts/ring", again, Accept=JSON)[0] == 204
    assert visitor.ask("/acts/ring-off", {"proof": proof, "device": lost}, Accept=JSON)[0] == 204
    page = visitor.ask("/people")[2]
    assert ("2 devices." in page, "It does not ring" in page, shop.devices.silent_count) == (True, False, 0)
