"""The webhook: what is posted, how it is signed, and which answers are worth another try."""

import hmac
import time
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from standardwebhooks import Webhook as verifier  # noqa: N813 - beside ours
from standardwebhooks import WebhookVerificationError
from structlog.testing import capture_logs

from alerts.channels import TryLaterError
from alerts.channels.webhook import Webhook, body, signature, signing_key
from alerts.routing.notice import Notice
from standards.errors import DeliveryError
from tests.alerts.receiver import Answer, receiving
from tests.streams.hosting import SECOND, T0, Clock, hosting, queue, until

NOTICE = Notice(
    id="4f1c.2", kind="warned", promise="4f1c", standard="no-wait", revision="r1", subject="s3/q1", at=T0,
    text="Open the next register at s3/q1.", due=T0 + 60 * SECOND,
)  # fmt: skip


async def attempt(*answers: Answer, patience: float = 5.0) -> DeliveryError | None:
    async with receiving(answers) as receiver:
        webhook = Webhook(receiver.url, clock=Clock(), timeout=patience)
        try:
            await webhook.deliver(NOTICE)
        except DeliveryError as error:
            return error
        finally:
            await webhook.close()
    return None


def test_a_signature_is_the_one_of_the_specification() -> None:
    """Any library for Standard Webhooks can check our signatures: this is the specification's own example."""
    key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    payload = b'{"test": 2432232314}'
    told = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, payload)
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_a_notice_is_posted_signed_and_complete() -> None:
    """The receiver gets the whole notice as JSON, and headers by which it can trust it."""
    secret = "whsec_" + b64encode(b"a secret of the shop").decode()
    async with receiving() as receiver:
        webhook = Webhook(receiver.url, secret=secret, clock=Clock())
        await webhook.deliver(NOTICE)
        await webhook.close()
        (headers,), (posted,) = receiver.headers, receiver.bodies
    assert headers["webhook-id"] == NOTICE.id
    assert headers["webhook-timestamp"] == str(T0 // SECOND)
    signed = f"{NOTICE.id}.{T0 // SECOND}.".encode() + posted
    expected = hmac.new(b"a secret of the shop", signed, sha256).digest()
    assert b64decode(headers["webhook-signature"].removeprefix("v1,")) == expected
    told = msgspec.json.decode(posted)
    assert (told["type"], told["data"]["text"], told["data"]["due"]) == (
        "promise.warned", NOTICE.text, "2026-01-09T23:07:40Z",
    )  # fmt: skip


async def test_the_specification_s_own_library_trusts_what_is_posted() -> None:
    """A receiver that uses the library of Standard Webhooks accepts our posts, and none that was changed on the way."""
    secret = "whsec_" + b64encode(b"a secret of the shop").decode()
    async with receiving() as receiver:
        webhook = Webhook(receiver.url, secret=secret, clock=lambda: time.time_ns() // 1_000)
        await webhook.deliver(NOTICE)
        await webhook.close()
        (posted,), (headers,) = receiver.bodies, receiver.headers
    lowered = {name.lower(): value for name, value in headers.items()}
    assert verifier(secret).verify(posted, lowered)["data"]["id"] == NOTICE.id
    with pytest.raises(WebhookVerificationError):
        verifier(secret).verify(posted.replace(b"no-wait", b"no-weit"), lowered)


async def test_without_a_secret_nothing_is_signed() -> None:
    """No secret, no signature: never one that only looks like one."""
    async with receiving() as receiver:
        webhook = Webhook(receiver.url, clock=Clock())
        await webhook.deliver(NOTICE)
        await webhook.close()
    assert "webhook-signature" not in receiver.headers[0]


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 408, 413, 422, 425, 429, 500, 503, 599])
async def test_trouble_that_passes_or_can_be_mended_is_worth_another_try(status: int) -> None:
    """A failing receiver gets the notice again, and so does one that is set up wrongly; no redirect is followed."""
    error = await attempt(Answer(status, {"Location": "/hook"}))
    assert error is not None
    assert error.again
    assert str(status) in str(error)


async def test_a_receiver_that_is_gone_for_good_is_not_asked_again() -> None:
    """Who says that nothing more is wanted gets nothing more."""
    error = await attempt(Answer(410, {"Retry-After": "5"}))
    assert error is not None
    assert not error.again


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("17", 17), ("999999999999", 86_400), ("Fri, 09 Jan 2026 23:07:10 GMT", 30), ("Fri, 09 Jan 2026 22:00:00 GMT", 0)],
)
async def test_a_receiver_that_names_a_time_is_obeyed(given: str, seconds: int) -> None:
    """`Retry-After` in seconds or as a date says when to come again, a day from now at the latest."""
    error = await attempt(Answer(503, {"Retry-After": given}))
    assert isinstance(error, TryLaterError)
    assert error.seconds == seconds


@pytest.mark.parametrize("answer", [Answer(hang_up=True), Answer(silent=True)])
async def test_a_connection_that_fails_is_worth_another_try(answer: Answer) -> None:
    """A receiver that hangs up, or says nothing, gets the notice again."""
    error = await attempt(answer, patience=0.5)
    assert error is not None
    assert error.again


async def test_nobody_there_is_worth_another_try() -> None:
    """A receiver that is down will be up again."""
    async with receiving() as receiver:
        url = receiver.url
    webhook = Webhook(url, clock=Clock())
    with pytest.raises(DeliveryError, match="no connection") as caught:
        await webhook.deliver(NOTICE)
    await webhook.close()
    assert caught.value.again


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://till:SESAME@127.0.0.1:{port}/hook/SESAME?token=SESAME", "no connection to http://127.0.0.1: "),
        ("http://till:SESAME@127.0.0.1:99999/SESAME", "http://127.0.0.1 ... is not a valid address"),
        ("http://[SESAME/SESAME", "the receiver ... is not a valid address"),
        ("gopher://127.0.0.1/SESAME", "no connection to gopher://127.0.0.1: "),
    ],
)
async def test_the_address_is_never_told(tmp_path: Path, url: str, told: str) -> None:
    """An address with a token in it is a secret: the books and the log name its scheme and host, and no more."""
    async with receiving() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
    clock = Clock()
    with capture_logs() as logs:
        webhook = Webhook(url.format(port=port), clock=clock)
        async with hosting(tmp_path, clock, channels=[webhook]) as host:
            await host.submit([queue(host.reader, "a", T0, waiting=4)])
            clock.go(45)
            await until(
                lambda: bool(host.read_model.notices()) and host.read_model.notices()[0].deliveries[0].tries == 1
            )
            (delivery,) = host.read_model.notices()[0].deliveries
    assert delivery.state == "waiting"
    assert told in delivery.error
    assert told in str(logs)
    assert "SESAME" not in delivery.error + str(logs)


async def test_a_notice_says_everything_in_fields_of_its_own() -> None:
    """Whoever builds a page from the JSON finds how, why and the exceptions beside the text."""
    beside = {"how": "Call the next name.", "why": "A broken sign costs trust.", "exceptions": "Till outage."}
    told = msgspec.json.decode(body(msgspec.structs.replace(NOTICE, **beside)))["data"]
    assert {name: told[name] for name in beside} == beside
    assert told["text"] == NOTICE.text


async def test_an_endless_answer_is_not_read() -> None:
    """A receiver cannot fill our memory or hold us up: the status is all that counts."""
    assert await attempt(Answer(200, endless=True)) is None


async def test_a_notice_comes_again_with_its_id_until_it_is_taken(tmp_path: Path) -> None:
    """What a failing receiver missed is delivered later, under the same id, and then never again."""
    clock = Clock()
    async with receiving([Answer(500), Answer(429, {"Retry-After": "100"})]) as receiver:
        webhook = Webhook(receiver.url, clock=clock)
        async with hosting(tmp_path, clock, channels=[webhook]) as host:
            await host.submit([queue(host.reader, "a", T0, waiting=4)])
            clock.go(45)
            await until(lambda: len(receiver.bodies) == 1 and host.read_model.notices()[0].deliveries[0].tries == 1)
            clock.go(2)
            await until(lambda: len(receiver.bodies) == 2 and host.read_model.notices()[0].deliveries[0].tries == 2)
            (told,) = host.read_model.notices()
            assert told.deliveries[0].state == "waiting"
            assert told.deliveries[0].next_try == clock.at + 100 * SECOND
            assert told.deliveries[0].error == "answered 429 Too Many Requests"
        clock.go(4)
    async with receiving(port=int(receiver.url.split(":")[2].split("/")[0])) as again:
        webhook = Webhook(again.url, clock=clock)
        async with hosting(tmp_path, clock, channels=[webhook]) as host:
            clock.go(100)
            await until(lambda: all(row.deliveries[0].state == "delivered" for row in host.read_model.notices()))
            await until(lambda: len(host.read_model.notices()) == 2)
            await until(lambda: all(row.deliveries[0].state == "delivered" for row in host.read_model.notices()))
    ids = [headers["webhook-id"] for headers in (*receiver.headers, *again.headers)]
    assert len(set(ids)) == 2
    assert ids.count(ids[0]) == 3
    assert len(ids) == 4


async def test_a_notice_that_was_refused_is_shown_as_failed(tmp_path: Path) -> None:
    """What can never be delivered is not tried for ever, and not forgotten either."""
    clock, tried = Clock(), []
    async with receiving([Answer(410)]) as receiver:
        webhook = Webhook(receiver.url, clock=clock)
        async with hosting(tmp_path, clock, channels=[webhook]) as host:
            host.listen_deliveries(lambda channel, result: tried.append((channel, result)))
            await host.submit([queue(host.reader, "a", T0, waiting=4)])
            clock.go(45)
            await until(lambda: bool(tried) and host.read_model.notices()[0].deliveries[0].state == "failed")
    assert tried == [("webhook", "failed")]
    assert len(receiver.bodies) == 1


async def test_a_notice_for_a_channel_that_is_gone_is_shown_as_failed(tmp_path: Path) -> None:
    """A channel that is no longer set up does not leave its notices waiting for ever."""
    clock = Clock()
    async with receiving([Answer(500)]) as receiver:
        webhook = Webhook(receiver.url, clock=clock)
        async with hosting(tmp_path, clock, channels=[webhook]) as host:
            await host.submit([queue(host.reader, "a", T0, waiting=4)])
            clock.go(45)
            await until(
                lambda: bool(host.read_model.notices()) and host.read_model.notices()[0].deliveries[0].tries == 1
            )
    clock.go(10)
    async with hosting(tmp_path, clock) as host:
        await until(lambda: host.read_model.notices()[0].deliveries[0].state == "failed")
        assert "no channel webhook is set up any more" in host.read_model.notices()[0].deliveries[0].error
