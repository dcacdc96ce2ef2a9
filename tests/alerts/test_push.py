"""Push: what a phone gets, what its push service sees, and what is done when that does not take it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace

from alerts.channels import TryLaterError
from alerts.channels.push import Push
from alerts.channels.push_message import LONGEST_BODY, LONGEST_TITLE, said
from alerts.channels.push_services import Services
from alerts.routing.notice import Notice
from standards.errors import DeliveryError
from streams.storage.device_file import stored_in
from streams.storage.devices import DeviceBook
from tests.alerts.phones import SEALER, Phone, PushService, claims, push_service, raw
from tests.alerts.receiver import Answer
from tests.alerts.samples import BROKEN, CORRECTED, KEPT, WARNED, WICKED
from tests.streams.hosting import SECOND, T0, Clock

FOR_ANN = replace(WARNED, to="ann", addresses={"push": "ann"})
EMPTY = "ann has no device that rings"


class AnnsPhones:
    """A channel for some phones of Ann, with its book."""

    def __init__(self, folder: Path, service: PushService, names: Sequence[str] = ("one",)) -> None:
        self.service = service
        self.phones = [Phone(f"{service.origin}/{name}") for name in names]
        self.book = stored_in(folder, DeviceBook(SEALER.public, Clock()))
        self.channel = Push(self.book, SEALER, service.services, clock=Clock())

    async def __aenter__(self) -> Self:
        for phone in self.phones:
            await self.book.add(phone.device())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.channel.close()

    async def missed(self, notice: Notice = FOR_ANN) -> DeliveryError:
        with pytest.raises(DeliveryError) as caught:
            await self.channel.deliver(notice)
        return caught.value


def test_a_phone_reads_as_the_standard_has_it() -> None:
    """The tests' phone opens the message of RFC 8291's own example, so it is a fair judge of ours."""
    private = int.from_bytes(raw("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    phone = Phone("x", ec.derive_private_key(private, ec.SECP256R1()), raw("BTBZMqHH6r4Tts7J_aSIgg"))
    body = (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert phone.opened(raw(body)) == b"When I grow up, I want to be a watermelon"


async def test_each_of_her_phones_says_what_to_do(tmp_path: Path) -> None:
    """A page comes to all devices that are hers, with what to do first, the promise's page, and a sound."""
    async with push_service() as service, AnnsPhones(tmp_path, service, ("one", "two")) as anns:
        await anns.book.add(Phone(f"{service.origin}/other").device("bob"))
        await anns.channel.deliver(FOR_ANN)
    assert sorted(posted.path for posted in service.posted) == ["/one", "/two"]
    phones = {f"/{name}": phone for name, phone in zip(("one", "two"), anns.phones, strict=True)}
    for posted in service.posted:
        read = phones[posted.path].read(posted)
        assert read["title"] == "s3, q1: Open the next register."
        assert read["body"].startswith("Since 23:06:40, due 23:07:40 UTC.\nCall the next name")
        assert (read["path"], read["rings"], read["at"]) == ("/promises/4f1c", True, T0 // 1000)


async def test_its_service_learns_no_name(tmp_path: Path) -> None:
    """What is not encrypted says how urgent it is and for how long it is worth keeping: no person, place or promise."""
    names = {
        "subject": "krakow-3/till-2",
        "promise": "promise-4f1c",
        "standard": "standard-no-wait",
        "owner": "floor-lead",
    }
    warned = replace(FOR_ANN, to="annaliese", addresses={"push": "annaliese"}, **names)
    async with push_service() as service, AnnsPhones(tmp_path, service, ()) as anns:
        phone = Phone(f"{service.origin}/one")
        await anns.book.add(phone.device("annaliese"))
        for each in (warned, replace(warned, id="4f1c.3", kind="broken"), replace(warned, id="5a", promise="5a2d")):
            await anns.channel.deliver(each)
    for posted in service.posted:
        seen = f"{posted.path} {dict(posted.headers)} {posted.body!r}".lower()
        assert not [name for name in ("annaliese", *names.values(), "register", "shop.example/") if name in seen]
        assert (posted.headers["Content-Encoding"], posted.headers["TTL"]) == ("aes128gcm", "14400")
    topics = [posted.headers["Topic"] for posted in service.posted]
    assert topics[0] == topics[1] != topics[2], "a newer message of a promise takes the older one's place"
    assert all(len(topic) == 32 and topic.replace("-", "").replace("_", "").isalnum() for topic in topics)
    tags = [phone.read(posted)["tag"] for posted in service.posted]
    assert tags[0] == tags[1] != tags[2]


async def test_it_is_signed_for_its_service(tmp_path: Path) -> None:
    """The token of each post is of this server's key, for that service alone, names a contact, and ends soon."""
    async with push_service() as service, AnnsPhones(tmp_path, service) as anns:
        await anns.channel.deliver(FOR_ANN)
    key, claimed = claims(service.posted[0].headers["Authorization"])
    assert key == SEALER.public
    expected = {"aud": service.origin, "sub": "mailto:ops@shop.example", "exp": T0 // SECOND + 12 * 3600}
    assert claimed == expected


@pytest.mark.parametrize(
    ("notice", "urgency", "rings"),
    [
        (WARNED, "high", True),
        (BROKEN, "high", True),
        (replace(WARNED, severity="ticket"), "normal", False),
        (replace(WARNED, severity="info"), "normal", False),
        (KEPT, "low", False),
        (CORRECTED, "low", False),
    ],
)
async def test_only_pages_ring(tmp_path: Path, notice: Notice, urgency: str, rings: bool) -> None:
    """Trouble of the severity page makes a sound and wakes the device; all else comes in silence."""
    async with push_service() as service, AnnsPhones(tmp_path, service) as anns:
        await anns.channel.deliver(replace(notice, to="ann", addresses={"push": "ann"}))
    (posted,) = service.posted
    assert (posted.headers["Urgency"], anns.phones[0].read(posted)["rings"]) == (urgency, rings)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_device_that_is_gone_is_dropped(tmp_path: Path, status: int) -> None:
    """A device that its service does not know any more is not asked for again, counted, and remembered as dropped."""
    reasons: list[str] = []
    async with push_service([Answer(status)]) as service, AnnsPhones(tmp_path, service) as anns:
        anns.book.listen(reasons.append)
        error = await anns.missed()
        assert (error.again, "says that the device is gone" in str(error)) == (False, True)
        assert EMPTY in str(await anns.missed())
    assert (len(service.posted), reasons, len(stored_in(tmp_path, DeviceBook(SEALER.public, Clock())))) == (
        1,
        ["gone"],
        0,
    )
    dropped = stored_in(tmp_path, DeviceBook(SEALER.public, Clock())).dropped("Ann")
    assert dropped is not None
    assert (dropped.reason, dropped.at) == ("gone", T0)


async def test_who_has_no_device_is_not_told_in_silence(tmp_path: Path) -> None:
    """Without a device, or without an address, a notice has failed, and says what would help."""
    async with push_service() as service, AnnsPhones(tmp_path, service, ()) as anns:
        nobody = await anns.missed()
        unnamed = await anns.missed(replace(FOR_ANN, to="bob", addresses={}))
    assert (nobody.again, str(nobody)) == (
        False,
        'ann has no device that rings; on the board, "Ring this phone" switches one on',
    )
    assert str(unnamed) == "bob has no address for push; give one in the policy: addresses: {push: ...}"
    assert not unnamed.again


@pytest.mark.parametrize(
    ("answer", "again", "seconds"),
    [
        (Answer(429, {"Retry-After": "17"}), True, 17),
        (Answer(500), True, None),
        (Answer(503, {"Retry-After": "999999999"}), True, 86_400),
        (Answer(403), True, None),
        (Answer(413), False, None),
        (Answer(400, {"Retry-After": "17"}), False, None),
        (Answer(hang_up=True), True, None),
    ],
)
async def test_another_try_or_none(tmp_path: Path, answer: Answer, again: bool, seconds: int | None) -> None:
    """What passes, or a setting can mend, is tried again, when the service says; what it can never take is not."""
    async with push_service([answer]) as service, AnnsPhones(tmp_path, service) as anns:
        error = await anns.missed()
        assert (error.again, error.seconds if isinstance(error, TryLaterError) else None) == (again, seconds)
        assert service.origin.rpartition(":")[0] in str(error)
        assert "/one" not in str(error), "the address of a device is a secret"
        assert anns.book.trouble() == str(error)
        await anns.channel.deliver(FOR_ANN)
        assert anns.book.trouble() == ""


async def test_a_repeat_goes_to_those_alone_who_missed_it(tmp_path: Path) -> None:
    """A device that has a notice does not get it a second time because another one has not."""
    async with push_service() as service, AnnsPhones(tmp_path, service, ("one", "two", "three")) as anns:
        service.by_path = {"/two": [Answer(500)], "/three": [Answer(410)]}
        assert (await anns.missed()).again
        await anns.channel.deliver(FOR_ANN)
    assert sorted(posted.path for posted in service.posted) == ["/one", "/three", "/two", "/two"]


async def test_one_device_that_takes_it_is_enough(tmp_path: Path) -> None:
    """Where one device can never take a notice and another one has it, she was told; the trouble is remembered."""
    async with push_service() as service, AnnsPhones(tmp_path, service, ("one", "two")) as anns:
        service.by_path = {"/two": [Answer(413)]}
        await anns.channel.deliver(FOR_ANN)
    assert len(service.posted) == 2
    assert "answered 413" in anns.book.trouble([anns.phones[1].device()])
    assert anns.book.trouble([anns.phones[0].device()]) == ""


async def test_nothing_goes_to_an_address_that_is_not_listed(tmp_path: Path) -> None:
    """A device whose service was taken from the list is not sent to, and that is told."""
    async with push_service() as service, AnnsPhones(tmp_path, service) as anns:
        other = Push(anns.book, SEALER, Services(), clock=Clock())
        with pytest.raises(DeliveryError, match="has to begin with https://") as caught:
            await other.deliver(FOR_ANN)
        await other.close()
    assert (caught.value.again, service.posted) == (False, [])


def test_several_promises_lead_to_what_is_due_now() -> None:
    """A message that speaks for many opens the page of what is due; one of one promise opens that."""
    assert said(replace(FOR_ANN, promises=("4f1c", "5a2d")), "t").path == "/"
    assert said(replace(FOR_ANN, promise="a/b c"), "t").path == "/promises/a%2Fb%20c"


def test_what_comes_with_events_cannot_make_a_push_too_long() -> None:
    """Whatever the words are, they are bounded, printable, and the promise's page stays on this server."""
    long = replace(WICKED, text="Ż" * 5_000 + ". " + "ó" * 9_000, how="ł" * 9_000, promise="p" * 900)
    found = said(long, "t")
    assert (len(found.title), len(found.body), found.path) == (LONGEST_TITLE, LONGEST_BODY, "/")
    wicked = said(WICKED, "t")
    assert "\x1b" not in wicked.title + wicked.body
    assert wicked.path.startswith("/promises/4f1c%3E%0D%0A")


def test_a_name_with_a_full_stop_is_not_cut() -> None:
    """The title ends with the first sentence, and a short name with a full stop in it is not one."""
    assert (
        said(replace(FOR_ANN, text="St. Mary 3, till 2: open it. 7 wait."), "t").title == "St. Mary 3, till 2: open it."
    )
