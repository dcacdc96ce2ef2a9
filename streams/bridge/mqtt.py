"""MQTT: what is published under a topic filter, a record each. Acknowledged is what Kept has (QoS 1).

The only file that imports paho-mqtt. It acknowledges a message when the callback for it returns, so the callback waits
until the message is durable. The session outlives the connection: what is published meanwhile waits at the broker.
Read next: `destination.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote, urlsplit

import structlog
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from standards.errors import StateError
from streams.bridge.destination import AT_ONCE
from streams.ingest.carried_records import TOPIC

if TYPE_CHECKING:
    from paho.mqtt.client import MQTTMessage

    from streams.bridge.destination import Destination

PORT, TLS_PORT = 1883, 8883
ONCE_AT_LEAST: Final = 1
"""The quality of service: each message comes, perhaps more than once."""
KEEPALIVE: Final = 60
LONGEST_TOPIC: Final = 2_000
"""How much of a topic is told, in characters; it goes into a header."""

log = structlog.get_logger("kept")


class Broker(NamedTuple):
    """Where to subscribe: `mqtt://USER@HOST:PORT`, or `mqtts://` with TLS, and the topic filter."""

    url: str
    topic: str
    password: str = ""


async def carry(broker: Broker, name: str, destination: Destination) -> None:
    """Carry what is published, for ever. Raises StateError for a wrong address, or where the broker refuses."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    client = _client(broker, name)

    def connected(_client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:  # noqa: ANN401 - as the library calls it
        if reason.is_failure:
            loop.call_soon_threadsafe(_fail, ended, f"the broker at {broker.url} refuses: {reason}")
            return
        log.info("subscribed", at=broker.url, topic=broker.topic)
        try:
            client.subscribe(broker.topic, qos=ONCE_AT_LEAST)
        except ValueError:
            loop.call_soon_threadsafe(_fail, ended, f"{broker.topic} is not a valid topic filter; write counters/#")

    def came(_client: Client, _data: Any, message: MQTTMessage) -> None:  # noqa: ANN401 - the same
        if len(message.payload) > AT_ONCE:
            log.warning("a message is longer than can be sent; its beginning is sent", bytes=len(message.payload))
        topic = quote(message.topic[:LONGEST_TOPIC], safe="/")
        sent = asyncio.run_coroutine_threadsafe(
            destination.send(bytes(message.payload[:AT_ONCE]), {TOPIC: topic}), loop
        )
        try:
            sent.result()
        except BaseException as error:
            loop.call_soon_threadsafe(_fail, ended, str(error))
            raise  # so that it is not acknowledged

    def subscribed(_client: Client, _data: Any, _mid: int, reasons: list[Any], _properties: Any) -> None:  # noqa: ANN401 - the same
        if any(each.is_failure for each in reasons):
            loop.call_soon_threadsafe(_fail, ended, f"the broker at {broker.url} does not let us hear {broker.topic}")

    def unconnected(_client: Client, _data: Any) -> None:  # noqa: ANN401 - the same
        log.warning("the broker does not answer; it is tried again until it does", at=broker.url)

    client.on_connect, client.on_message, client.on_subscribe = connected, came, subscribed
    client.on_connect_fail = unconnected
    working: asyncio.Future[Any] = loop.run_in_executor(None, lambda: client.loop_forever(retry_first_connection=True))
    try:
        waited: set[asyncio.Future[Any]] = {ended, working}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        await (ended if ended.done() else working)
    finally:
        client.disconnect()
        working.cancel()


def _fail(ended: asyncio.Future[None], why: str) -> None:
    if not ended.done():
        ended.set_exception(StateError(why))


def _client(broker: Broker, name: str) -> Client:
    parts = urlsplit(broker.url)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname or parts.password:
        words = "write mqtt://HOST:PORT, mqtts:// for TLS, USER@ before the host; the password is KEPT_MQTT_PASSWORD"
        raise StateError(f"this is not a valid address of an MQTT broker: {words}")
    if broker.password and not parts.username:
        raise StateError("KEPT_MQTT_PASSWORD is set, and the address names no user; write mqtt://USER@HOST:PORT")
    client = Client(CallbackAPIVersion.VERSION2, client_id=f"kept-in-{name}", clean_session=False)
    if parts.scheme == "mqtts":
        client.tls_set()
    if parts.username:
        client.username_pw_set(parts.username, broker.password or None)
    client.connect_async(parts.hostname, parts.port or (TLS_PORT if parts.scheme == "mqtts" else PORT), KEEPALIVE)
    return client
