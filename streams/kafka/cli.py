"""The verbs for Kept on Kafka: `kept topics`, and the three processes `kept intake`, `kept worker` and `kept serve`.

An edge: here arguments are read. The libraries for Kafka are loaded by the verbs, as who runs one machine has none.
Read next: `streams/kafka/clients/admin.py`, and the `*_process.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from standards.errors import StateError
from streams import options
from streams.options import libraries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.kafka.clients.admin import Difference
    from streams.kafka.records.topics import Topic
    from streams.settings import Settings

LIBRARIES: Final = frozenset({"aiokafka", "cramjam", "faust", "kafka", "mode", "rocksdict"})
"""What `pip install 'kept[kafka]'` brings."""
FOUND: Final = 1
"""The exit code where topics are not as they should be."""

Data = Annotated[str | None, typer.Option(metavar="FOLDER", help="Where state is kept (KEPT_DATA).")]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command(epilog="Example: KEPT_KAFKA__BROKERS=10.0.0.5:9092 kept topics --create")(topics)
    app.command(epilog="Example: kept intake --standards grocery.yaml --data intake --http")(intake)
    app.command(epilog="Example: kept worker --standards grocery.yaml --data worker --listen 127.0.0.1:8322")(worker)
    app.command(epilog="Example: kept serve --standards grocery.yaml --data serve --listen 127.0.0.1:8323")(serve)


def topics(
    *,
    create: Annotated[bool, typer.Option("--create", help="Create the topics that are missing.")] = False,
    rekey: Annotated[bool, typer.Option("--rekey", help="Have names be found under another secret.")] = False,
) -> None:
    """Compare the Kafka topics with what Kept needs.

    Says what would mend each difference. Changes and deletes nothing. Where Kafka is: KEPT_KAFKA__BROKERS.
    With --rekey names are found under KEPT_PERSON_SECRET from then on; the secret before it is
    KEPT_PERSON_SECRET_OLD. References stay as they are. Stop every intake and serve first.
    """
    from streams.kafka.records.topics import wanted
    from streams.settings import read_settings

    if rekey:
        typer.echo(_rekeyed(read_settings()))
        return

    with libraries("kafka", "Kafka", *LIBRARIES):
        from streams.kafka.clients import admin

    kafka = read_settings().kafka
    listed = wanted(kafka.names, partitions=kafka.partitions, events_partitions=kafka.events_partitions)
    created = admin.create(kafka, listed) if create else []
    differences = admin.check(kafka, listed)
    for line in _listing(listed, created, differences):
        typer.echo(line)
    if not differences:
        typer.echo(f"{len(listed)} topics, {len(created)} of them new: all as they should be.", err=True)
        return
    missing = sum(difference.missing for difference in differences)
    typer.echo(f"{len(listed)} topics: {missing} missing, {len(differences) - missing} other differences.", err=True)
    raise typer.Exit(FOUND)


def _rekeyed(settings: Settings) -> str:
    """Have names be found under another secret, and say so. Raises StateError, also while somebody looks them up."""
    import asyncio

    from streams.delivery.channel_settings import secret_of

    with libraries("kafka", "Kafka", *LIBRARIES):
        from streams.kafka.clients.admin import at_work
        from streams.kafka.persons.rekeying import rekey
    names = settings.kafka.names
    former, secret = secret_of(settings.person_secret_old), secret_of(settings.person_secret)
    if not former or not secret or former == secret:
        raise StateError("set KEPT_PERSON_SECRET to the new secret, and KEPT_PERSON_SECRET_OLD to the one before it")
    if working := at_work(settings.kafka, (names.intake_group, names.dispatch_group)):
        raise StateError(f"a process of {' and '.join(working)} runs still; stop every intake and serve first")
    count = asyncio.run(rekey(settings.kafka, former.encode(), secret.encode()))
    found = "1 name is" if count == 1 else f"{count} names are"
    return f"{found} found under the secret in KEPT_PERSON_SECRET now. References are what they were."


def intake(
    *,
    standards: options.Standards = None,
    data: Data = None,
    listen: options.Listen = None,
    http: Annotated[bool, typer.Option("--http", help="Take events in over HTTP too.")] = False,
) -> None:
    """Run an intake on Kafka.

    Reads the topic `events`, finds whose they are, and passes them on to the workers.
    """
    import asyncio

    from streams.embedded.steady_clock import SteadyClock

    settings = _settings(standards=standards, data=data, listen=listen)
    with libraries("kafka", "Kafka", *LIBRARIES):
        from streams.kafka.intake.intake_process import run
    clock = SteadyClock(settle=settings.clock_settle, by_hand="when this intake is started anew")
    asyncio.run(run(settings, clock=clock, http=http))


def worker(*, standards: options.Standards = None, data: Data = None, listen: options.Listen = None) -> None:
    """Run a worker on Kafka.

    Judges its share of the subjects, and decides who is told. Start as many as there is work for.
    """
    settings = _settings(standards=standards, data=data, listen=listen)
    with libraries("kafka", "Kafka", *LIBRARIES):
        from streams.kafka.worker.worker_process import run
    run(settings)


def serve(*, standards: options.Standards = None, data: Data = None, listen: options.Listen = None) -> None:
    """Serve the board and the API on Kafka.

    Shows what the workers publish, and delivers the notices.
    """
    import asyncio

    settings = _settings(standards=standards, data=data, listen=listen)
    with libraries("kafka", "Kafka", *LIBRARIES):
        from streams.kafka.serve.serve_process import run
    asyncio.run(run(settings))


def _settings(*, standards: list[str] | None, listen: str | None, data: str | None = None) -> Settings:
    from streams.settings import read_settings

    return read_settings(standards=tuple(standards) if standards else None, listen=listen, data=data)


def _listing(listed: Sequence[Topic], created: Sequence[str], differences: Sequence[Difference]) -> Iterator[str]:
    """Give a line for each topic, and below it what is wrong with it and what would mend that."""
    from standards.calendar.duration import describe

    wide = max(len(topic.name) for topic in listed)
    for topic in listed:
        wrong = [difference for difference in differences if difference.topic == topic.name]
        keep = "compacted" if topic.compacted else "for ever" if topic.keep < 0 else describe(topic.keep * 1_000)
        state = "created" if topic.name in created else "fine"
        if wrong:
            state = "missing" if wrong[0].missing else "differs"
        yield f"{topic.name:{wide}}  {topic.partitions:4d} partitions  {keep:9}  {state}"
        for difference in wrong:
            yield f"    {difference.found}: {difference.fix}"
