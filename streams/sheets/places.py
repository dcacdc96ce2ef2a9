"""Where what is known of people is stored, and for how long: on one machine, and on Kafka.

The lengths are those that the hosts go by.
Read next: `streams/storage/retention.py`, `streams/kafka/records/topics.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.calendar.duration import MILLISECOND
from streams.board.sheet import Part
from streams.kafka.records.topics import Names, wanted
from streams.sheets.personal import on_promises
from streams.storage.store_writer import KEEP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from alerts.words.words import Words
    from standards.judge.events import EventType
    from standards.judge.standard import Standard

_NAMES: Final = Names("")


def on_one_machine(words: Words, standards: Sequence[Standard], vocabulary: Mapping[str, EventType]) -> Part:
    """Say where it is with `kept run`."""
    title = words.say("Where it is stored on one machine (kept run), and for how long")
    said = words.say(
        "It lies in the data folder, but for copies and for the house's own files. {keep} is what KEPT_KEEP is, unless "
        "it is set.",
        keep=words.length(KEEP),
    )
    return Part(title, (said,), points=tuple(_stored(words, standards, vocabulary)))


def _stored(words: Words, standards: Sequence[Standard], vocabulary: Mapping[str, EventType]) -> Iterator[str]:
    say, keep = words.say, words.length(KEEP)
    named = [each.id for each in standards if on_promises(each, vocabulary)]
    longest = words.length(max(each.forget_after for each in standards))
    yield say(
        "Names, and what people wrote: in a file of their own (names.sqlite), until kept erase deletes them, and for "
        "400 days after they came last. In all else stands a reference of chance, which tells nothing without that "
        "file. kept export --person gives all that is stored about one person."
    )
    yield say("Events, with all their fields: {keep}; then they are deleted, a few at a time.", keep=keep)
    yield say(
        "What standards remember of each subject: until nothing is owed, and then {span} after its last event at most.",
        span=longest,
    )
    if named:
        yield say(
            "The ledger, with its promises: for ever. References of people stand in it by: {standards}.",
            standards=words.together(named),
        )
    else:
        yield say(
            "The ledger, with its promises: for ever. No field that names people stands in it by these standards."
        )
    yield say(
        "What people did (who took something, excused it, talked it over, shared a moment, thanked, rewarded, or was "
        "thanked or rewarded), with references: for ever."
    )
    yield say(
        "Votes, complaints, scores and how many were asked, with team, site, topic and, for a score, the number of the "
        "matter, and without names and what was written: until a month after their month or quarter was counted, "
        "a day after its end. What is shown of it, and no more, stays for ever."
    )
    yield say("Messages, and why others were not sent: {keep}, and longer while one waits to be delivered.", keep=keep)
    yield say(
        "Events that were refused, with references in fields that are marked: {keep}. Of what cannot be read at all "
        "only its length and the reason are stored.",
        keep=keep,
    )
    yield say(
        "Phones that ring: the device's address and whose it is, until it is switched off or its service gives it up."
    )
    yield say(
        "What the process writes (log, ledger), with references, and backups: as long as the house keeps them. Of the "
        "names none is to be kept for longer than 30 days: who was erased is in older ones."
    )
    yield say("Who was erased: for 35 days a code by which the name is known again if somebody sends it.")
    yield say(
        "The files of standards, policy and practice, with people's names and addresses: they are the house's own."
    )


def on_kafka(words: Words) -> Part:
    """Say where it is with `kept intake`, `worker` and `serve`."""
    say = words.say
    kept = {topic.name: topic for topic in wanted(_NAMES, partitions=1, events_partitions=1)}
    spans = {name: words.length(topic.keep * MILLISECOND) for name, topic in kept.items() if topic.keep >= 0}
    points = (
        say("Events as they were sent, with names: {span}. Those that a standard hears, once more, with references in "
            "the place of names, as in all that follows: {facts}.",
            span=spans[_NAMES.events], facts=spans[_NAMES.facts]),
        say("What is to be told: {span}.", span=spans[_NAMES.tellings]),
        say("The ledger, what people did, and messages: for ever."),
        say("What was refused, or changed nothing: {span}.", span=spans[_NAMES.dead_letters]),
        say("What standards remember, who has what, and phones: the last of each, until it is replaced or removed."),
        say("Who it is that a reference stands for, and what was written: in the topic names, and in a file of each "
            "kept intake and kept serve, until it is deleted there. Then the brokers overwrite it within a day or so."),
        say("What kept serve shows, it keeps in a folder of its own, as on one machine."),
    )  # fmt: skip
    said = say("So Kept makes the topics. Whoever runs the brokers may have set them otherwise.")
    return Part(say("Where it is stored on Kafka, and for how long"), (said,), points=points)
