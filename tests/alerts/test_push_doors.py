"""Push: whom it may call, and which keys are taken; whoever signs in can choose both."""

from __future__ import annotations

from base64 import urlsafe_b64decode

import pytest
from msgspec.structs import replace

from alerts.channels.posting import Connections
from alerts.channels.push import ADVICE
from alerts.channels.push_services import Services
from alerts.channels.sealing import Sealer, new_key
from standards.errors import DeliveryError
from tests.alerts.phones import KEY, SEALER, Phone, push_service


async def test_a_listed_name_that_leads_home_gets_nothing() -> None:
    """Where a name leads is looked at as the connection is made: only machines of the public internet are sent to."""
    async with push_service() as service:
        connections = Connections("the device", private=False, advice=ADVICE)
        with pytest.raises(DeliveryError, match=ADVICE) as caught:
            await connections.post(f"{service.origin}/one", b"x", {})
        await connections.close()
    assert (caught.value.again, service.posted) == (True, [])


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://evil.example/fcm.googleapis.com",
        "https://evil.example\\@fcm.googleapis.com/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com/x",
        "https://push.apple.com/x",
        "https://169.254.169.254/x",
        "https://[::1]/x",
        "https://FCM.googleapis.com/\nx",
        "https://fcm.googleapis.com",
        "http://127.0.0.1:8321/x",
        "http://localhost/x",
        "file:///etc/passwd",
        f"https://fcm.googleapis.com/{'x' * 1500}",
        "",
    ],
)
def test_only_the_push_services_are_called(endpoint: str) -> None:
    """Whoever signs in cannot have this machine call any other: only listed hosts, by https, on the usual port."""
    with pytest.raises(ValueError, match=r"this device|push service"):
        Services().check(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:APA91-_x",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://web.push.apple.com/QOl",
        "https://wns2-par02p.notify.windows.com/w/?token=BQ%3d",
    ],
)
def test_the_browsers_own_services_are_listed(endpoint: str) -> None:
    """What Chrome, Firefox, Safari and Edge give out is taken without any setting."""
    Services().check(endpoint)
    assert not Services().is_local(endpoint)


@pytest.mark.parametrize(
    "listed", ["https://fcm.googleapis.com", "*", "*.com/", "http://10.0.0.1", "ftp://localhost", "x"]
)
def test_a_list_that_cannot_be_is_refused(listed: str) -> None:
    """A slip in the list of services is told."""
    with pytest.raises(ValueError, match="is not the host of a push service"):
        Services((listed,))


def test_a_key_is_made_once_and_never_quoted() -> None:
    """A key is 32 bytes; what is none is refused without being quoted, and two servers have two keys."""
    assert len(urlsafe_b64decode(KEY + "=")) == 32
    assert Sealer(KEY, "mailto:a@b.example").public == SEALER.public != Sealer(new_key(), "mailto:a@b.example").public
    for wrong in ("", "SESAME", "SESAME" * 8, "A" * 43, "ü" * 43):
        with pytest.raises(ValueError, match="is not a key for pushes") as caught:
            Sealer(wrong, "mailto:a@b.example")
        assert "SESAME" not in str(caught.value)
    with pytest.raises(ValueError, match="is not a mail address or https address"):
        Sealer(KEY, "mailto:nobody")


@pytest.mark.parametrize(("p256dh", "auth"), [("AAAA", "AAAA"), ("B" * 87, "A" * 22), ("", ""), ("ü", "A" * 22)])
def test_keys_of_a_device_that_cannot_be_are_refused(p256dh: str, auth: str) -> None:
    """A device whose keys are none is told so, before anything is kept."""
    device = replace(Phone("https://fcm.googleapis.com/x").device(), p256dh=p256dh, auth=auth)
    with pytest.raises(ValueError, match="the keys of this device are not valid"):
        SEALER.seal(device, b"x")
