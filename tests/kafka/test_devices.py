"""Phones on Kafka: one that is switched on at any board rings for what any process delivers, and outlives them all."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec

from alerts.channels.push import Push
from alerts.channels.sealing import Sealer, new_key
from alerts.routing.notice import Notice
from standards.judge.ledger import Line
from streams.delivery.pushing import checking
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.persons.name_records import MARK, Named
from streams.kafka.records.facts import Telling, Told
from streams.kafka.records.topics import DEVICES, NOTICES
from streams.storage.devices import DeviceBook, device_id
from tests.alerts.phones import KEY, SEALER, Phone, PushService, claims, push_service
from tests.alerts.receiver import Answer
from tests.board.peopled import ALL, TOKENS
from tests.board.serving import proof_in
from tests.kafka.comparing import whole
from tests.kafka.history import Said, progress
from tests.kafka.serve import Served, process, published, served, settings_of, until
from tests.streams.hosting import SECOND, T0, Clock

POLICY = """
kept: 1
people:
  ann: {addresses: {push: Ania}}
routes:
  - {match: no-wait, tell: ann, well_for: 0s}
"""
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class Ringing(NamedTuple):
    """A `kept serve` of this process, the devices that it knows, and its clock."""

    serve: Served
    devices: DeviceBook
    clock: Clock

    async def enter(self) -> tuple[dict[str, str], str]:
        """Sign in as Ania; gives the headers that say so, and the proof for forms."""
        form = {"token": TOKENS["supervisor"], "name": "ania", "next": "/people"}
        headers, _ = await self.send("/sign-in", form, {})
        cookie = {"Cookie": headers["Set-Cookie"].partition(";")[0]}
        async with self.serve.session.get(f"{self.serve.url}/people", headers=cookie) as page:
            return cookie, proof_in(await page.text())

    async def send(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[Mapping[str, str], int]:
        body, url = urlencode(form).encode(), self.serve.url + path
        async with self.serve.session.post(
            url, data=body, headers={**FORM, **headers}, allow_redirects=False
        ) as answer:
            return answer.headers.copy(), answer.status

    async def switch(self, phone: Phone, path: str = "/acts/ring") -> int:
        """Switch a phone on, or off, by the board of this process."""
        cookie, proof = await self.enter()
        device = phone.device()
        form = {"proof": proof, "endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth}
        return (await self.send(path, form, cookie))[1]

    async def page(self, path: str = "/people") -> str:
        cookie, _ = await self.enter()
        async with self.serve.session.get(self.serve.url + path, headers=cookie) as page:
            return await page.text()

    @property
    def shares(self) -> int:
        """How many partitions of notices it delivers."""
        return len(self.serve.host.outbox.shards)


@asynccontextmanager
async def ringing(
    folder: Path, kafka: KafkaSettings, service: PushService, *, name: str = "one", sealer: Sealer = SEALER
) -> AsyncIterator[Ringing]:
    """Run a `kept serve` here that sends pushes to the tests' own service."""
    settings, clock = settings_of(folder, kafka, name=name), Clock()
    (folder / "rules" / "policy.yaml").write_text(POLICY, encoding="utf-8")
    devices = DeviceBook(sealer.public, clock, checking(sealer, service.services))
    channel = Push(devices, sealer, service.services, clock=clock)
    async with served(settings, clock=clock, channels=[channel], devices=devices, access=ALL) as serve:
        yield Ringing(serve, devices, clock)


async def reference(kafka: KafkaSettings, name: str) -> str:
    """Give the reference of somebody, by what stands in the topic: of Ania, by which phones ring, or of Ann."""
    said = [(it.key, it.value) for it in await whole(kafka, kafka.names.persons, 1)]
    found = [msgspec.json.decode(value, type=Named) for key, value in said if key != MARK and value is not None]
    return next(each.reference for each in found if each.text == name)


def notice(name: str, whose: str = "", to: str = "ann") -> Notice:
    text = "s3, q1: Open the next register."
    return Notice(f"{name}.2", "broken", name, "no-wait", "r", "q1", T0, text, to=to, addresses={"push": whose})


async def tell(kafka: KafkaSettings, *names: str) -> None:
    """Publish notices for Ania, in all partitions."""
    to, whose = [await reference(kafka, name) for name in ("ann", "Ania")]
    await published(
        kafka,
        [
            Said(NOTICES, number % kafka.partitions, msgspec.json.encode(Told([notice(name, whose, to)])))
            for number, name in enumerate(names)
        ],
    )


def came(service: PushService, phone: Phone) -> list[str]:
    """Give what was pushed to a phone, as it reads it: the promises, in any order."""
    path = phone.endpoint.removeprefix(service.origin)
    read = [phone.read(each) for each in service.posted if each.path == path]
    return sorted(str(each["path"]).removeprefix("/promises/") for each in read)


async def test_phones_of_any_board_ring_for_what_any_process_delivers(tmp_path: Path, kafka: KafkaSettings) -> None:
    """Two processes, a phone switched on at each: both phones get all, decrypted, and each but once."""
    async with push_service() as service, AsyncExitStack() as stack:
        one, two = [
            await stack.enter_async_context(ringing(tmp_path, kafka, service, name=name)) for name in ("one", "two")
        ]
        phones = [Phone(f"{service.origin}/one"), Phone(f"{service.origin}/two")]
        assert [await each.switch(phone) for each, phone in zip((one, two), phones, strict=True)] == [204, 204]
        await until(lambda: [len(one.devices), len(two.devices)] == [2, 2])
        await until(lambda: [one.shares, two.shares] == [2, 2])
        names = [f"p{number}" for number in range(8)]
        await tell(kafka, *names)
        for phone in phones:
            await until(lambda phone=phone: came(service, phone) == names)  # type: ignore[misc]
        assert phones[0].endpoint not in await two.page()
        assert await two.switch(phones[0], "/acts/ring-off") == 204
        await until(lambda: [len(one.devices), len(two.devices)] == [1, 1])


async def test_a_phone_rings_for_what_the_policy_tells_after_every_process_was_replaced(
    tmp_path: Path, kafka: KafkaSettings
) -> None:
    """From a worker's line to the phone: the operator knows the channel, and whoever delivers knows the device."""
    warned = Line("p.2", "p", "no-wait", "r", "s3/q1", "warned", T0, T0, T0, "warned", due=T0 + 60 * SECOND)
    async with push_service() as service:
        phone = Phone(f"{service.origin}/one")
        async with ringing(tmp_path, kafka, service) as first:
            assert await first.switch(phone) == 204
            revision = first.serve.host.kafka_host.rulebook.current["no-wait"].revision
        shutil.rmtree(tmp_path / "one")
        warned = msgspec.structs.replace(warned, revision=revision)
        telling = Telling([msgspec.structs.replace(notice("p"), kind="warned")], {"p.2": "told"}, [warned])
        async with ringing(tmp_path, kafka, service, name="two"):
            await published(kafka, [Said("tellings", 0, msgspec.json.encode(telling))])
            await published(kafka, [progress(number, [T0 + SECOND]) for number in range(kafka.partitions)])
            await until(lambda: came(service, phone) == ["p"])


async def test_a_whole_process_rings_by_the_key_that_it_is_given(tmp_path: Path, kafka: KafkaSettings) -> None:
    """`kept serve` with a contact and the key of all others rings what was switched on at the board of another one."""
    async with push_service() as service:
        phone = Phone(f"{service.origin}/one")
        async with ringing(tmp_path, kafka, service) as one:
            assert await one.switch(phone) == 204
        given = {"KEPT_PUSH_CONTACT": "ops@shop.example", "KEPT_PUSH_KEY": KEY, "KEPT_PUSH_SERVICES": service.origin}
        log = tmp_path / "two.log"
        running = process(settings_of(tmp_path, kafka, name="two"), log=log, given=given)
        try:
            await tell(kafka, "p")
            await until(lambda: came(service, phone) == ["p"])
        finally:
            running.kill()
            running.wait()
        assert claims(service.posted[0].headers["authorization"])[0] == SEALER.public
        assert not any(secret in log.read_text(encoding="utf-8") for secret in (KEY, phone.endpoint))


async def test_a_phone_that_is_gone_is_dropped_everywhere(tmp_path: Path, kafka: KafkaSettings) -> None:
    """Its service says so to one process: no other one sends to it again, and all boards say that it was dropped."""
    async with push_service() as service, AsyncExitStack() as stack:
        phone, gone = Phone(f"{service.origin}/one"), Phone(f"{service.origin}/gone")
        service.by_path["/gone"] = [Answer(410) for _ in range(9)]
        both = [
            await stack.enter_async_context(ringing(tmp_path, kafka, service, name=name)) for name in ("one", "two")
        ]
        for each in (phone, gone):
            assert await both[0].switch(each) == 204
        await until(lambda: [len(each.devices) for each in both] == [2, 2])
        await until(lambda: [each.shares for each in both] == [2, 2])
        await tell(kafka, "p0")
        whose = await reference(kafka, "Ania")
        await until(lambda: [len(each.devices) for each in both] == [1, 1])
        for serve in both:
            await until(lambda serve=serve: serve.devices.dropped(whose) is not None)  # type: ignore[misc]
            assert "Its push service said that there is no such device any more." in await serve.page()
        await tell(kafka, "p1", "p2", "p3", "p4")
        await until(lambda: came(service, phone) == ["p0", "p1", "p2", "p3", "p4"])
        assert len([each for each in service.posted if each.path == "/gone"]) == 1
    async with push_service() as service, ringing(tmp_path, kafka, service, name="three") as later:
        assert later.devices.get(device_id(gone.endpoint)) is None
        assert later.devices.dropped(whose) == both[0].devices.dropped(whose)


async def test_a_phone_that_was_not_reached_is_tried_again_alone(tmp_path: Path, kafka: KafkaSettings) -> None:
    """A service that is busy is asked again, when that is due, for the device that has nothing yet."""
    async with push_service() as service, ringing(tmp_path, kafka, service) as only:
        phones = [Phone(f"{service.origin}/{name}") for name in ("busy", "well")]
        service.by_path["/busy"] = [Answer(503)]
        for phone in phones:
            assert await only.switch(phone) == 204
        await tell(kafka, "p")
        await until(lambda: len(service.posted) == 2)
        await until(lambda: bool(fates(only)) and fates(only)[0][1] == 1)
        only.clock.go(60)
        await until(lambda: fates(only) == [("delivered", 2)])
        assert [len(came(service, phone)) for phone in phones] == [2, 1]


def fates(serve: Ringing) -> list[tuple[str, int]]:
    rows = serve.serve.host.kafka_host.read_model.notices()
    return [(fate.state, fate.tries) for row in rows for fate in row.deliveries]


async def test_a_process_with_another_key_rings_no_phone_and_loses_none(tmp_path: Path, kafka: KafkaSettings) -> None:
    """A phone takes pushes of one key: who has another says so, and whoever has the first one goes on."""
    other = Sealer(new_key(), "mailto:ops@shop.example")
    async with push_service() as service:
        phone = Phone(f"{service.origin}/one")
        async with ringing(tmp_path, kafka, service) as one:
            assert await one.switch(phone) == 204
        async with ringing(tmp_path, kafka, service, name="two", sealer=other) as two:
            assert len(two.devices) == 0
            page = await two.page()
            assert "No device: nothing reaches them by push." in page
            assert "It does not ring: it was switched on for another key than this server has." in page
            assert 'kept_push_devices_silent{reason="other-key"} 1.0' in await two.page("/metrics")
        async with ringing(tmp_path, kafka, service, name="three") as three:
            whose = await reference(kafka, "Ania")
            assert [each.id for each in three.devices.of(whose)] == [device_id(phone.endpoint)]
            assert three.devices.dropped(whose) is None
        (device,) = [it.value for it in await whole(kafka, kafka.names.devices, 1)]
        assert b"ania" not in device.lower()


async def test_a_row_that_cannot_be_read_is_told_of(tmp_path: Path, kafka: KafkaSettings) -> None:
    """What a newer Kept wrote is named where people look, and all other devices ring."""
    async with push_service() as service:
        async with ringing(tmp_path, kafka, service) as one:
            assert await one.switch(Phone(f"{service.origin}/one")) == 204
        strange = [Said(DEVICES, 0, b"{}", key) for key in (b'["tablet","x"]', b'["device","y"]', b"")]
        await published(kafka, strange)
        async with ringing(tmp_path, kafka, service, name="two") as two:
            said = two.serve.host.kafka_host.now_status().problems
            assert [re.sub(r"\S+devices", "devices", each) for each in said] == [
                f"the device in devices/0/{number} cannot be read; run the Kept that wrote it" for number in (1, 2, 3)
            ]
            assert len(two.devices) == 1
