"""What a works council signs: what is known of people by some standards, where it is stored, and who sees it.

It says what is so today. Whoever changes what is stored, shown or deleted changes a sentence here.
Read next: `personal.py`, which finds the fields; `places.py`, which says where they are and for how long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from alerts.routing.facts import PERSONS
from alerts.words.words import phrase
from streams.board.sheet import Entry, Part, Sheet
from streams.live.event_names import event_name
from streams.live.wording import breaks
from streams.sheets.personal import heard, marked, owed_to, uses
from streams.sheets.places import on_kafka, on_one_machine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from alerts.words.words import Words
    from standards.judge.events import EventType
    from standards.judge.standard import Standard
    from streams.board.sheet import Said
    from streams.sheets.personal import Use

_USES: Final[dict[Use, str]] = {
    "each": phrase("{standard}: a promise is owed for each of them, and the ledger has the reference"),
    "carried": phrase("{standard}: it stands on the promise, and in the ledger"),
    "looked-at": phrase("{standard}: it is compared or counted"),
}
_SIGNED: Final = (
    phrase("Place and date"), phrase("Works council"), phrase("Management"), phrase("Data protection officer"),
)  # fmt: skip
_NOT_YET: Final = (
    phrase("With Kafka the topic of events has names as they were sent, until it forgets them."),
    phrase("Which role somebody named who granted an exception or changed a day is stored as it was sent, for ever."),
    phrase(
        "Rates of places and cases are shown of groups of any size, also of one. What is owed for each person alone is "
        "told by the month, of five people or more; but its single promises are listed, and can be counted."
    ),
    phrase(
        "Votes, complaints, scores and self-assessments are told to nobody one by one, but they are stored as events "
        "until they are forgotten: an admin who has them given out (kept export events, /v1/events), and whoever reads "
        "the data folder, can count them. In what is given out people are references. By the API it takes the admins' "
        "token, and the log has a line each time; of kept export, which reads the folder, it has none."
    ),
    phrase("A complaint's topic is a word that its sender chooses. A promise that is owed by topic is listed with it."),
    phrase("A name in an id, or in a field that is not marked, is not known to be one."),
    phrase("Who can be told by place and time, as at a till where one person works, no reference hides."),
)
_NEVER: Final = (
    phrase("It ranks nobody: no page and no sheet puts people in an order by how they did. It gives no points."),
    phrase(
        "It does not count a colleague's work unasked. Who writes a standard that does is warned by kept check, and "
        "can keep it."
    ),
    phrase(
        "It suggests nobody's dismissal, and nothing else that punishes. The steps that a practice document can name "
        "are a talk, a debrief, coaching and a training; with any other it is refused."
    ),
    phrase("It listens to no calls, reads no mail and watches no screens: it hears the events that are sent to it."),
    phrase("It guesses neither feelings nor intentions."),
    phrase("It sends nothing anywhere but by the channels that the house has set up."),
)


class Known(NamedTuple):
    """What the sheet is made from: the standards, all event types by name, and which Kept this is."""

    standards: Sequence[Standard]
    vocabulary: Mapping[str, EventType]
    version: str


def privacy(words: Words, known: Known) -> Sheet:
    """Make the sheet in a language."""
    say = words.say
    told = [each.in_language(words.language) for each in sorted(known.standards, key=lambda each: each.id)]
    known = known._replace(standards=told)
    lead = say(
        "How Kept {version} deals with the names of people by the standards below. It says what is so today, also "
        "where that is not as it should be.",
        version=known.version,
    )
    parts = (
        Part(say("The standards"), points=[f"{each.id}: {each.promise}" for each in told]),
        _person_by_person(words, known),
        _named(words, known),
        _others(words, known),
        on_one_machine(words, told, known.vocabulary),
        on_kafka(words),
        Part(say("Who sees it"), points=tuple(_seen(words))),
        Part(say("What is not so yet"), points=[say(each) for each in _NOT_YET]),
        Part(say("What Kept does not do"), points=[say(each) for each in _NEVER]),
    )
    return Sheet(say("What is known of people"), lead, parts, [say(name) for name in _SIGNED])


def _person_by_person(words: Words, known: Known) -> Part:
    say, title = words.say, words.say("Promises that are owed for each person alone")
    entries = []
    for standard in known.standards:
        if people := owed_to(standard, known.vocabulary):
            facts: list[tuple[str, Said]] = [(say("For each"), words.together(people))]
            facts += [(say("Why"), standard.why)] if standard.why else []
            entries.append(
                Entry(standard.promise, [*facts, (say("Counts as broken"), breaks(standard, words))], standard.id)
            )
    none = say("There is none: no standard here judges person by person.")
    return Part(title, () if entries else (none,), entries)


def _named(words: Words, known: Known) -> Part:
    title, none = words.say("Where these standards hear of people"), words.say("They hear of nobody.")
    entries = [
        Entry(event_name(event.name, words), tuple(_fields(words, event, known.standards)), event.name)
        for event in heard(known.standards, known.vocabulary)
    ]
    return Part(title, () if entries else (none,), entries)


def _fields(words: Words, event: EventType, standards: Sequence[Standard]) -> Iterator[tuple[str, Said]]:
    for name, field in marked(event).items():
        said = [field.meaning] if field.meaning else []
        said += [words.say("Somebody writes what they like; it may hold names.")] if field.free else []
        used = [
            words.say(_USES[use], standard=standard.id)
            for standard in standards
            for use in uses(standard, event.name, name)
        ]
        yield name, (*said, *(used or [words.say("No standard looks at it. It is stored all the same.")]))


def _others(words: Words, known: Known) -> Part:
    """List what may come in too, though no standard asks for it."""
    say, ours = words.say, {event.name for event in heard(known.standards, known.vocabulary)}
    rest = [event for name, event in sorted(known.vocabulary.items()) if name not in ours and marked(event)]
    said = say("Whoever may send events may send these. No standard here hears them; they are stored as is said below.")
    return Part(say("Other events that would be taken in"), (said,), (), [
        f"{event.name}: {', '.join(marked(event))}" for event in rest
    ])  # fmt: skip


def _seen(words: Words) -> Iterator[str]:
    say, hidden = words.say, words.together(sorted(PERSONS))
    yield say("Without a token (KEPT_TOKEN): whoever uses the machine sees everything, and nobody else can reach it.")
    yield say(
        "Viewers: all pages, the API and the metrics. They read “somebody” for each name, and nothing that was "
        "written; they find nobody by asking. Of moments and thanks they see at most how many, and of rewards nothing; "
        "of what was refused they see when and why."
    )
    yield say(
        "Frontliners: the same as viewers; on the pages of the team that they sign in for, also names and what was "
        "written, but not whose a promise is that is owed for each person alone. Their token is one for all teams, so "
        "nothing but their word says which team is theirs."
    )
    yield say("Supervisors: all of it, with names and what was written, and what was refused.")
    yield say(
        "Authors and admins: references in the place of names and of what was written, and an admin can erase a name. "
        "Where there is no token for supervisors, the admins' token is theirs too, and reads names."
    )
    yield say(
        "Reviews: who wrote one and whom it is about, on the page to which the link in their own mail leads. What "
        "somebody answers about their own work is shown to them once, and stored nowhere; of a vote nobody learns "
        "whose."
    )
    yield say(
        "Whoever gets a message: who a promise is about stands in it for the team that it concerns. Where a promise is "
        "owed for each person alone, the name is in every message about it."
    )
    yield say(
        "Machines: metrics name nobody but the owner of a standard, if that is a person. The webhook and Alertmanager "
        "get none of these fields: {fields}; for any other name they read “somebody”, and of a promise that is owed "
        "for one person alone they are told nothing.",
        fields=hidden,
    )
    yield say(
        "Whoever runs the machine can read the data folder, and so everything. The sheets of a day and for a meeting "
        "are made from it, and name people."
    )
