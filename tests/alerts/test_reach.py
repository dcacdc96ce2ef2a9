"""Reach: private addresses are refused by default, as they are really connected to; the public internet is not."""

import socket
import threading

import pytest

from alerts.channels.posting import public_socket_to
from alerts.channels.reach import ADVICE, PrivateAddressError, is_public, public_only
from alerts.channels.webhook import Webhook
from standards.errors import DeliveryError
from tests.alerts.receiver import receiving
from tests.alerts.samples import WARNED
from tests.streams.hosting import Clock


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "::7f00:1",
        "localhost", "intranet.example", "",
    ],
)  # fmt: skip
def test_a_private_address_is_refused(address: str) -> None:
    """This machine, networks behind it, its cloud's own services, many at once; in every way to write them."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_a_public_address_is_allowed(address: str) -> None:
    """Services on the internet are reached, also from a network that knows IPv6 alone."""
    assert is_public(address)
    public_socket_to((socket.AF_INET6, socket.SOCK_STREAM, 0, "", (address, 443, 0, 0))).close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
async def test_a_webhook_does_not_lead_into_our_own_network(host: str) -> None:
    """However the address is written, and whatever a name stands for: nobody is reached, and the way out is told."""
    async with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", host)
        webhook = Webhook(url, clock=Clock(), private=False)
        with pytest.raises(DeliveryError, match="KEPT_WEBHOOK_PRIVATE=yes would allow it") as caught:
            await webhook.deliver(WARNED)
        await webhook.close()
        assert receiver.bodies == []
    assert str(caught.value).startswith("no connection to http://")
    assert str(caught.value).endswith(ADVICE)
    assert caught.value.again


async def test_a_private_webhook_is_reached_where_that_is_wanted() -> None:
    """A receiver in one's own network is common: one setting allows it."""
    async with receiving() as receiver:
        webhook = Webhook(receiver.url, clock=Clock(), private=True)
        await webhook.deliver(WARNED)
        await webhook.close()
        assert len(receiver.bodies) == 1


def test_a_library_s_connections_are_watched_and_nobody_else_s() -> None:
    """What a library connects to is refused inside, and nobody else's connections are looked at, during and after."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with public_only() as watch:
            with pytest.raises(PrivateAddressError):
                socket.create_connection(address)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets, pytest.raises(PrivateAddressError):
                packets.sendto(b"x", address)
            others: list[str] = []
            other = threading.Thread(target=lambda: others.append(socket.create_connection(address).recv.__name__))
            other.start()
            other.join()
            assert watch.refused == 2
        assert others == ["recv"]
        socket.create_connection(address).close()
