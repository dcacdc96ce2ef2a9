"""Topics: made as they should be, compared with what is there, and never changed."""

from __future__ import annotations

from contextlib import closing

import pytest
from kafka import KafkaAdminClient

from standards.errors import StateError
from streams.kafka.clients.admin import check, create
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.records.topics import Topic, wanted


def as_set(settings: KafkaSettings) -> list[Topic]:
    return wanted(settings.names, partitions=settings.partitions, events_partitions=settings.events_partitions)


def also(settings: KafkaSettings, **changes: object) -> KafkaSettings:
    """Give the settings with other values."""
    return KafkaSettings.model_validate({**settings.model_dump(), **changes})


def made_by_hand(settings: KafkaSettings, name: str, partitions: int, **config: str) -> None:
    """Create a topic as somebody might who has not read what Kept needs."""
    configs = {key.replace("_", "."): value for key, value in config.items()}
    with closing(KafkaAdminClient(**settings.client_options())) as admin:
        admin.create_topics(
            {name: {"num_partitions": partitions, "replication_factor": 1, "configs": configs}}, wait_for_metadata=True
        )


def said(settings: KafkaSettings) -> dict[str, list[str]]:
    """Give what is said of each topic that is there."""
    found: dict[str, list[str]] = {}
    for difference in check(settings, as_set(settings)):
        if not difference.missing:
            found.setdefault(difference.topic, []).append(f"{difference.found}: {difference.fix}")
    return found


def missing(settings: KafkaSettings) -> set[str]:
    return {difference.topic for difference in check(settings, as_set(settings)) if difference.missing}


def test_a_new_place_gets_all_topics_and_then_nothing_is_wrong(kafka: KafkaSettings) -> None:
    """What Kept creates is what it wants to find, and creating it again changes nothing."""
    assert check(kafka, as_set(kafka)) == []
    assert create(kafka, as_set(kafka)) == []


def test_before_anything_is_there_all_is_missing(kafka: KafkaSettings) -> None:
    """An empty broker is no error: every topic is named, with the command that creates it, and one call makes them."""
    new = also(kafka, prefix=f"{kafka.prefix}new.")
    differences = check(new, as_set(new))
    assert [difference.topic for difference in differences] == [topic.name for topic in as_set(new)]
    assert {(each.found, each.fix) for each in differences} == {
        ("there is no such topic", "create it with `kept topics --create`")
    }
    assert create(new, as_set(new)) == [topic.name for topic in as_set(new)]
    assert check(new, as_set(new)) == []


def test_what_differs_is_told_with_what_would_mend_it_and_left_as_it_is(kafka: KafkaSettings) -> None:
    """Partitions, retention, limits and compaction are compared; creating what is missing touches none of it."""
    new = also(kafka, prefix=f"{kafka.prefix}hand.")
    names = new.names
    made_by_hand(new, names.events, 3, retention_ms="3600000", max_message_bytes="1000")
    made_by_hand(new, names.progress, 1, max_message_bytes="8388608")
    made_by_hand(new, names.dead_letters, 2, max_message_bytes="8388608", retention_ms="-1")
    before = said(new)
    alter = f"kafka-configs.sh --alter --entity-type topics --entity-name {names.events} --add-config"
    assert before[names.events] == [
        "it has 3 partitions, and the settings say 2: set KEPT_KAFKA__EVENTS_PARTITIONS=3",
        f"retention.ms is 1h, and should be 1w: {alter} retention.ms=604800000",
        f"max.message.bytes is 1000, and should be 8388608: {alter} max.message.bytes=8388608",
        (
            "message.timestamp.type is CreateTime, and should be LogAppendTime: "
            f"{alter} message.timestamp.type=LogAppendTime"
        ),
    ]
    compacted, *segments = before[names.progress]
    assert [segment.partition(" ")[0] for segment in segments] == ["segment.bytes", "segment.ms"]
    assert compacted.startswith("cleanup.policy is delete, and should be compact: ")
    (divided,) = before[names.dead_letters]
    assert divided.endswith("a topic keeps its number of partitions; begin anew under another KEPT_KAFKA__PREFIX")
    assert len(create(new, as_set(new))) == 11
    assert said(new) == before
    assert missing(new) == set()


def test_topics_that_go_together_are_never_divided_differently(kafka: KafkaSettings) -> None:
    """Where `facts` has another number of partitions, `ledger` and the others are not made beside it."""
    new = also(kafka, prefix=f"{kafka.prefix}six.")
    names = new.names
    made_by_hand(new, names.facts, 6, max_message_bytes="8388608", message_timestamp_type="LogAppendTime")
    create(new, as_set(new))
    assert missing(new) == {names.ledger, names.tellings, names.notices, names.changelog}
    (told,) = said(new).values()
    assert told == [
        (
            "it has 6 partitions, and the settings say 4: "
            "set KEPT_KAFKA__PARTITIONS=6, the number that the topics which go with it have"
        )
    ]
    settled = also(new, partitions=6)
    create(settled, as_set(settled))
    assert check(settled, as_set(settled)) == []


def test_more_than_is_needed_is_no_difference(kafka: KafkaSettings) -> None:
    """Who keeps events for ever, or allows larger records, need not explain it; a limit by size is told."""
    new = also(kafka, prefix=f"{kafka.prefix}more.")
    append = {"message_timestamp_type": "LogAppendTime"}
    made_by_hand(new, new.names.events, 2, max_message_bytes="9000000", retention_ms="-1", **append)
    made_by_hand(new, new.names.ledger, 4, max_message_bytes="9000000", retention_ms="-1", retention_bytes="1000000")
    found = said(new)
    assert list(found) == [new.names.ledger]
    assert found[new.names.ledger][0].startswith("retention.bytes is 1000000, and should be without limit: ")


def test_too_few_brokers_are_told_in_the_brokers_own_words(kafka: KafkaSettings) -> None:
    """What the broker refuses is one sentence with its reason; nothing is half made."""
    three = also(kafka, prefix=f"{kafka.prefix}three.", replication=3)
    with pytest.raises(StateError, match=r"Kafka does not create .*replication factor of 3 cannot be reached"):
        create(three, as_set(three))
    assert len(missing(three)) == len(as_set(three))
    assert "it is on 1 broker, and the settings say 3: move it with" in str(said(also(kafka, replication=3)))


def test_a_broker_that_is_away_is_told_at_once() -> None:
    """Nobody waits to read that nothing listens there, and where that is."""
    away = KafkaSettings(brokers="127.0.0.1:1, 127.0.0.1:2")
    with pytest.raises(StateError) as caught:
        check(away, as_set(away))
    assert str(caught.value) == (
        "Kafka does not answer at 127.0.0.1:1 (connection refused); start it, or set KEPT_KAFKA__BROKERS"
    )
