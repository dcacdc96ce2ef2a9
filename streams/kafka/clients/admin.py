"""The topics on the broker: created where they are missing, and compared with what they should be.

The only file that imports kafka-python. Nothing that exists is ever changed: a topic with fewer or more partitions
would send subjects elsewhere, and a shorter retention would lose what was promised to be kept.
Read next: `streams/kafka/records/topics.py`.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, KafkaTimeoutError

from standards.calendar.duration import describe
from standards.errors import StateError
from streams.kafka.clients.log import refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from streams.kafka.clients.connection import KafkaSettings
    from streams.kafka.records.topics import Topic

BOOTSTRAP_MS: Final = 6_000
"""How long brokers may take to answer at all."""
REQUEST_MS: Final = 15_000
"""How long one request may take."""
_ALREADY_EXISTS: Final = 36
_FORBIDDEN: Final = 29
_FOREVER: Final = -1

logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what went wrong is raised; and it logs passwords when debugging


class Difference(NamedTuple):
    """How a topic is not as it should be, and what would mend that."""

    topic: str
    found: str
    fix: str
    missing: bool = False


class _Found(NamedTuple):
    """A topic as it is."""

    partitions: int
    replication: int
    config: Mapping[str, str]


def check(settings: KafkaSettings, wanted: Sequence[Topic]) -> list[Difference]:
    """Compare all topics with what they should be. Raises StateError when no broker answers or lets us in."""
    with _admin(settings) as admin:
        there = _look(admin, wanted)
    return [each for topic in wanted for each in _differences(settings, topic, there)]


def create(settings: KafkaSettings, wanted: Sequence[Topic]) -> list[str]:
    """Create the topics that are missing and give their names; what is there stays as it is.

    A topic is left out where those that are divided alike have another number of partitions: `check` says so.
    Raises StateError when no broker answers, or one refuses.
    """
    with _admin(settings) as admin:
        there = _look(admin, wanted)
        missing = [topic for topic in wanted if topic.name not in there and not _companions(settings, topic, there)]
        if not missing:
            return []
        answer = admin.create_topics(
            {
                topic.name: {
                    "num_partitions": topic.partitions,
                    "replication_factor": settings.replication,
                    "configs": _config(settings, topic),
                }
                for topic in missing
            },
            timeout_ms=REQUEST_MS,
            raise_errors=False,
        )
        for each in answer["topics"]:
            if each["error_code"] not in (0, _ALREADY_EXISTS):
                raise StateError(f"Kafka does not create {each['name']}: {each['error_message']}")
        admin.wait_for_topics([topic.name for topic in missing], timeout_ms=REQUEST_MS)
    return [each["name"] for each in answer["topics"] if not each["error_code"]]


def at_work(settings: KafkaSettings, groups: Iterable[str]) -> list[str]:
    """Name those of some consumer groups that have members. Raises StateError when no broker answers or lets us in."""
    with _admin(settings) as admin:
        found = admin.describe_groups(list(groups))
    return sorted(name for name, group in found.items() if group["members"])


@contextmanager
def _admin(settings: KafkaSettings) -> Iterator[Any]:
    """Give a connected client; whatever goes wrong is told in plain words, without the login."""
    with ThreadPoolExecutor(1) as aside:  # whoever calls may have a loop of its own
        refused = aside.submit(lambda: asyncio.run(refusal(settings))).result()
    if refused is not None:
        raise StateError(refused)
    try:
        admin = KafkaAdminClient(
            **settings.client_options(),
            bootstrap_timeout_ms=BOOTSTRAP_MS,
            request_timeout_ms=REQUEST_MS,
            reconnect_backoff_max_ms=1_000,
        )
        try:
            yield admin
        finally:
            admin.close()
    except KafkaTimeoutError:
        raise StateError(f"Kafka at {settings.brokers} takes too long; try again, or look at its log") from None
    except KafkaError as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise StateError(f"Kafka at {settings.brokers} refuses: {reason}") from None


def _look(admin: Any, wanted: Iterable[Topic]) -> dict[str, _Found]:  # noqa: ANN401 - the client has no types
    """Read what those topics are like that are there. Raises StateError when we may not."""
    answers = admin.describe_topics([topic.name for topic in wanted])
    described = {each["name"]: each for each in answers if not each["error_code"]}
    hidden = [each["name"] for each in answers if each["error_code"] == _FORBIDDEN]
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in described]
    configs = admin.describe_configs(asked, config_filter="all")["topic"] if asked else {}
    hidden += [name for name in described if not configs.get(name)]
    if hidden:
        raise StateError(
            f"this user may not see {', '.join(sorted(hidden))}, or how it is set up; give it the rights to DESCRIBE "
            "and DESCRIBE_CONFIGS with kafka-acls.sh"
        )
    return {
        name: _Found(
            len(each["partitions"]),
            min((len(partition["replica_nodes"]) for partition in each["partitions"]), default=0),
            {key: str(entry["value"]) for key, entry in configs[name].items()},
        )
        for name, each in described.items()
    }


def _config(settings: KafkaSettings, topic: Topic) -> dict[str, str]:
    """Give a new topic's settings: no limit but time, and what was acknowledged survives the loss of one of three."""
    survives = {"min.insync.replicas": "2"} if settings.replication > 2 else {}  # noqa: PLR2004 - of two, one may be away
    return {"retention.bytes": str(_FOREVER), **topic.config, **survives}


def _divided_alike(settings: KafkaSettings) -> tuple[str, ...]:
    names = settings.names
    return names.facts, names.ledger, names.tellings, names.notices, names.changelog


def _companions(settings: KafkaSettings, topic: Topic, there: Mapping[str, _Found]) -> set[int]:
    """Give the other numbers of partitions that those topics have which are to be divided like this one."""
    alike = _divided_alike(settings)
    if topic.name not in alike:
        return set()
    return {there[name].partitions for name in alike if name in there} - {topic.partitions}


def _differences(settings: KafkaSettings, topic: Topic, there: Mapping[str, _Found]) -> Iterator[Difference]:
    found = there.get(topic.name)
    others = _companions(settings, topic, there)
    if found is None:
        fix = _partitions_fix(settings, topic, others) if others else "create it with `kept topics --create`"
        yield Difference(topic.name, "there is no such topic", fix, missing=True)
        return
    if found.partitions != topic.partitions:
        message = f"it has {_some(found.partitions, 'partition')}, and the settings say {topic.partitions}"
        yield Difference(topic.name, message, _partitions_fix(settings, topic, others or {found.partitions}))
    if found.replication < settings.replication:
        message = f"it is on {_some(found.replication, 'broker')}, and the settings say {settings.replication}"
        fix = f"move it with kafka-reassign-partitions.sh, or set KEPT_KAFKA__REPLICATION={found.replication}"
        yield Difference(topic.name, message, fix)
    for name, value in _config(settings, topic).items():
        if _falls_short(name, found.config.get(name, ""), value):
            message = f"{name} is {_told(name, found.config.get(name, ''))}, and should be {_told(name, value)}"
            alter = f"kafka-configs.sh --alter --entity-type topics --entity-name {topic.name}"
            yield Difference(topic.name, message, f"{alter} --add-config {name}={value}")


def _partitions_fix(settings: KafkaSettings, topic: Topic, numbers: set[int]) -> str:
    """Say what mends a number of partitions; the topic's own cannot change, or its subjects would be elsewhere."""
    if topic.name == settings.names.events:
        return f"set KEPT_KAFKA__EVENTS_PARTITIONS={min(numbers)}"
    if topic.name in _divided_alike(settings) and len(numbers) == 1:
        return f"set KEPT_KAFKA__PARTITIONS={min(numbers)}, the number that the topics which go with it have"
    return "a topic keeps its number of partitions; begin anew under another KEPT_KAFKA__PREFIX"


def _falls_short(name: str, found: str, value: str) -> bool:
    """Say whether a setting is worse than it should be: who keeps more, or for longer, loses nothing."""
    if name == "cleanup.policy":
        return {part.strip() for part in found.split(",")} != {value}
    if name == "message.timestamp.type":
        return found != value
    if name.startswith("segment.") or name == "max.compaction.lag.ms":  # the larger, the later it is compacted
        return _amount(found) > _amount(value)
    return _amount(found) < _amount(value)


def _amount(value: str) -> float:
    number = int(value) if value.lstrip("-").isdecimal() else 0
    return float("inf") if number == _FOREVER else number


def _told(name: str, value: str) -> str:
    if value == str(_FOREVER):
        return "without limit"
    return describe(int(value) * 1_000) if name == "retention.ms" and value.isdecimal() else value or "not set"


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
