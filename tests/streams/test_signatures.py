"""Who a sender is: what it signed, or the secret that it has; and what proves nothing is refused."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from standards.calendar.duration import SECOND, parse
from streams.ingest.signatures import Carried, refusal
from streams.ingest.webhook_model import SENDERS, WebhookModel
from tests.streams.test_ways_in import SECRET

BODY = b'{"a": 1}'
NOW = 1_772_438_400.0


def hexed(digest: str, *parts: bytes) -> str:
    return hmac.digest(SECRET.encode(), b"".join(parts), digest).hex()


def based(digest: str, *parts: bytes) -> str:
    return b64encode(hmac.digest(SECRET.encode(), b"".join(parts), digest)).decode()


STAMP, TIME = b"1772438400", b"2026-03-02T08:00:00Z"
ADDRESS = b"https://kept.example/v1/in/x"
SIGNED: Mapping[str, dict[str, str]] = {
    "github": {"x-hub-signature-256": f"sha256={hexed('sha256', BODY)}"},
    "glpi": {"x-glpi-signature": hexed("sha256", BODY, STAMP), "x-glpi-timestamp": STAMP.decode()},
    "jira": {"x-hub-signature": f"sha256={hexed('sha256', BODY)}"},
    "slack": {
        "x-slack-signature": f"v0={hexed('sha256', b'v0:', STAMP, b':', BODY)}",
        "x-slack-request-timestamp": STAMP.decode(),
    },
    "standard-webhooks": {
        "webhook-id": "m1",
        "webhook-timestamp": STAMP.decode(),
        "webhook-signature": f"v1,{based('sha256', b'm1.', STAMP, b'.', BODY)} v1,other",
    },
    "twilio": {"x-twilio-signature": based("sha1", ADDRESS, b"AccountSidAC1EventTypetask.created")},
    "typeform": {"typeform-signature": f"sha256={based('sha256', BODY)}"},
    "zammad": {"x-hub-signature": f"sha1={hexed('sha1', BODY)}"},
    "zendesk": {
        "x-zendesk-webhook-signature": based("sha256", TIME, BODY),
        "x-zendesk-webhook-signature-timestamp": TIME.decode(),
    },
}


@pytest.mark.parametrize("sender", SENDERS)
def test_each_sender_is_believed_by_its_own_signature(sender: str) -> None:
    """Signed as its documentation has it, it is believed; with any part changed it is not."""
    webhook = WebhookModel.model_validate({"name": "x", "signed": sender})
    body = b"EventType=task.created&AccountSid=AC1" if sender == "twilio" else BODY
    carried = Carried(SIGNED[sender], body, ADDRESS.decode())
    assert refusal(webhook, SECRET, carried, NOW) == ""
    assert refusal(webhook, "another", carried, NOW)
    assert refusal(webhook, SECRET, carried._replace(body=body + b" "), NOW)
    assert refusal(webhook, SECRET, carried._replace(headers={}), NOW)
    if SENDERS[sender].timestamp is not None:
        good_for = parse(SENDERS[sender].good_for) / SECOND
        assert refusal(webhook, SECRET, carried, NOW + good_for) == ""
        assert refusal(webhook, SECRET, carried, NOW + good_for + 1)
        assert refusal(webhook, SECRET, carried, NOW - good_for - 1)


def test_standard_webhooks_are_read_as_their_own_library_writes_them() -> None:
    """What the reference library signs is believed, with its secret in base64."""
    secret = f"whsec_{b64encode(b'0123456789abcdef01234567').decode()}"
    made = Webhook(secret).sign("m1", datetime.fromtimestamp(NOW, UTC), BODY.decode())
    headers = {"webhook-id": "m1", "webhook-timestamp": STAMP.decode(), "webhook-signature": made}
    webhook = WebhookModel.model_validate({"name": "x", "signed": "standard-webhooks"})
    assert refusal(webhook, secret, Carried(headers, BODY), NOW) == ""


@pytest.mark.parametrize(
    ("given", "believed"),
    [
        (SECRET, True),
        (f"Bearer {SECRET}", True),
        (f"Basic {b64encode(f'kept:{SECRET}'.encode()).decode()}", True),
        ("", False),
        ("Bearer", False),
        ("Basic ###", False),
        (f"Basic {b64encode(SECRET.encode()).decode()}", False),
        (f"{SECRET} ", False),
        ("Bearer \udcff", False),
    ],
)
def test_a_shared_secret_is_taken_in_the_ways_that_senders_can(given: str, *, believed: bool) -> None:
    """By itself, as a bearer's token, or as a password: senders can set one header or other."""
    webhook = WebhookModel.model_validate({"name": "x"})
    assert (refusal(webhook, SECRET, Carried({"authorization": given}, BODY), NOW) == "") is believed


def test_the_clock_of_a_signature_may_be_in_milliseconds() -> None:
    """Some senders count milliseconds."""
    stamp = b"1772438400123"
    headers = {"x-glpi-signature": hexed("sha256", BODY, stamp), "x-glpi-timestamp": stamp.decode()}
    webhook = WebhookModel.model_validate({"name": "x", "signed": "glpi"})
    assert refusal(webhook, SECRET, Carried(headers, BODY), NOW + 1) == ""


@pytest.mark.parametrize(
    ("signed_by", "words"),
    [
        ({"header": "X", "signs": "{bdy}"}, "is not a part that can be signed"),
        ({"header": "X", "signs": "{timestamp}", "timestamp": "T"}, "has no {body}"),
        ({"header": "X", "timestamp": "T"}, "go together"),
        ({"header": "X", "signs": "{timestamp}{body}"}, "go together"),
        ({"header": "X", "good_for": "soon"}, "is not a length of time"),
    ],
)
def test_a_signature_that_proves_nothing_is_refused(signed_by: dict[str, str], words: str) -> None:
    """A slip in what is signed would let one signature do for any body."""
    with pytest.raises(ValueError, match=words):
        WebhookModel.model_validate({"name": "x", "signed": signed_by})


def test_a_header_that_would_do_nothing_is_refused() -> None:
    """Who signs sends no secret: a header for it beside the signature would be passed over in silence."""
    with pytest.raises(ValueError, match="beside signed it does nothing"):
        WebhookModel.model_validate({"name": "x", "signed": "github", "header": "X-Secret"})
    webhook = WebhookModel.model_validate({"name": "x", "header": "X-Secret"})
    assert refusal(webhook, SECRET, Carried({"x-secret": SECRET}, BODY), NOW) == ""
    assert (
        refusal(webhook, SECRET, Carried({"authorization": SECRET}, BODY), NOW) == "X-Secret does not have the secret"
    )
