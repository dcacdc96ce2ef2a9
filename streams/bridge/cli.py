"""The verb `kept in`: carries what another system writes into a way in. An edge: here arguments are read.

Read next: `following.py`, `topic.py`, `mqtt.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.delivery.channel_settings import secret_of
from streams.options import libraries

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from streams.bridge.destination import Destination, Place
    from streams.settings import Settings

    Work = Coroutine[Any, Any, None]


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("in", epilog="Example: kept in exchange --follow /var/log/asterisk/queue_log")(carry)


def carry(  # noqa: PLR0913 - each is an option
    name: Annotated[str, typer.Argument(metavar="NAME", help="The way in: webhook: name of a mapping there.")],
    *,
    follow: Annotated[Path | None, typer.Option(metavar="FILE", help="A file that grows, such as a log.")] = None,
    topic: Annotated[str | None, typer.Option(metavar="TOPIC", help="A Kafka topic; with --mqtt, a filter.")] = None,
    mqtt: Annotated[str | None, typer.Option(metavar="URL", help="An MQTT broker: mqtt://HOST:1883.")] = None,
    to: Annotated[str | None, typer.Option(metavar="URL", help="Where Kept is; else KEPT_LISTEN.")] = None,
    data: Annotated[str | None, typer.Option(metavar="FOLDER", help="Where positions are kept (KEPT_DATA).")] = None,
) -> None:
    """Carry what another system writes into Kept, as it comes.

    A mapping of the Kept that runs there, with `webhook: name: NAME`, makes events of it. Reads a file that grows,
    through its rotations; a Kafka topic that is not Kept's (KEPT_KAFKA__BROKERS); or what is published by MQTT. What
    Kept has not taken is sent again, also after a restart, and is the same events then. Goes on until it is stopped.
    The token is KEPT_TOKEN.
    """
    import asyncio

    from streams.bridge.destination import Place
    from streams.live.logging_setup import configure_logs
    from streams.settings import read_settings

    if mqtt is not None and topic is None:
        raise typer.BadParameter("--mqtt needs --topic FILTER, such as 'counters/#'")
    if (follow is None) == (topic is None):
        raise typer.BadParameter("say what to carry: --follow FILE, --topic TOPIC, or --mqtt URL with --topic FILTER")
    settings = read_settings(data=data)
    configure_logs(sys.stderr, as_json=settings.log_format == "json")
    address = settings.address
    place = Place(to or f"http://{address.asked}:{address.port}", name, secret_of(settings.token))
    asyncio.run(_run(settings, _source(follow, topic, mqtt), place))


def _source(follow: Path | None, topic: str | None, mqtt: str | None) -> Callable[[Settings, Destination, str], Work]:
    """Give what carries from where it was said."""
    if follow is not None:
        from streams.bridge.following import Following

        async def from_file(settings: Settings, destination: Destination, name: str) -> None:
            way = await destination.way()
            folder = settings.data / "in"
            folder.mkdir(parents=True, exist_ok=True)
            await Following(follow, folder / f"{name}.json", way.head_lines).run(destination)

        return from_file
    if mqtt is not None:
        with libraries("mqtt", "MQTT", "paho"):
            from streams.bridge.mqtt import Broker
            from streams.bridge.mqtt import carry as from_broker

        def from_mqtt(settings: Settings, destination: Destination, name: str) -> Work:
            return from_broker(Broker(mqtt, topic or "", secret_of(settings.mqtt_password)), name, destination)

        return from_mqtt
    with libraries("kafka", "Kafka", "aiokafka", "cramjam"):
        from streams.bridge.topic import carry as from_topic

    return lambda settings, destination, name: from_topic(settings.kafka, topic or "", name, destination)


async def _run(settings: Settings, source: Callable[[Settings, Destination, str], Work], place: Place) -> None:
    """Carry until asked to stop, or until it cannot go on. Raises StateError."""
    import asyncio
    import signal

    from streams.bridge.destination import Destination, session
    from streams.stopping import Stopping

    stopping = Stopping()
    stopping.hear(signal.SIGTERM, signal.SIGINT)
    async with session() as connections:
        work = asyncio.ensure_future(source(settings, Destination(place, connections), place.name))
        stopped = asyncio.ensure_future(stopping.wait())
        await asyncio.wait([work, stopped], return_when=asyncio.FIRST_COMPLETED)
        for task in (work, stopped):
            task.cancel()
        for ended in await asyncio.gather(work, stopped, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
    stopping.say(None, None, None)
