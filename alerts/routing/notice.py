"""A notice: what someone should get to know, in words, and why they get it.

Knows: how a line of the ledger becomes sentences. Must not know: whom it goes to, or by
which channel. Read next: `relevance.py`, which decides what is told at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from alerts.policy.policy import UTC_ZONE
from alerts.routing.deadlines import pressing
from alerts.routing.facts import PERSONS, Counted, counted, number_words
from alerts.routing.incident import WARNED
from alerts.routing.place import ids_of, parts_of
from alerts.routing.sentences import Sentences
from alerts.words.words import ENGLISH, SOURCE, Words
from standards.judge.ledger import Plain
from standards.judge.promise import Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alerts.policy.reader import Reader
    from alerts.routing.remarks import Remark
    from standards.judge.ledger import Line
    from standards.judge.standard import Standard

Reason = Literal[
    "told", "not-actionable", "nobody-waits-for-it", "overdue", "no-route", "grouped", "repeated", "flapping",
    "silenced", "muted", "inhibited", "acknowledged", "cured", "quiet-hours", "budget", "joined", "off-shift",
    "forgotten", "not-theirs", "nobody-is-told", "names-one-of-us",
]  # fmt: skip
"""Why a line of the ledger became a notice, or did not.

* `not-actionable`: nobody has to act on it. `nobody-waits-for-it`: nobody was told of the trouble. `overdue`: it warns
  of a deadline that is over already.
* `no-route`: the policy names nobody for it. `grouped`: it waits for others, or a later message speaks for it too.
* `repeated`: the same person was told the same already. `flapping`: it comes and goes, and that was told.
* `silenced`, `muted`, `inhibited`: by a person, by the time of day, by a graver trouble at the same place.
* `acknowledged`: somebody looks after it. `cured`: it was over before it would have been told.
* `quiet-hours`, `budget`: it stands in that person's next digest or, if it is a page over their budget, summary.
* `off-shift`: their shift ended before it was told; who is on now hears of it.
* `forgotten`: what somebody did about it, before there was trouble, is one of too many to be remembered.
* `not-theirs`: who gave it back had not had it. `nobody-is-told`: it was talked over, or handed on, while nobody was.
* `names-one-of-us`: its subject does, and machines are told of nobody.
* `joined`: it goes with others, in a message that tells what is well again, or in a digest that was due.
"""
WAITS: Final[frozenset[Reason]] = frozenset({"quiet-hours", "budget", "joined"})
"""For these it waits for a message of its reader that tells of several."""
LEFT_TO_ANOTHER: Final[frozenset[Reason]] = WAITS | {"grouped"}
"""For these another message is to name the promise: whether one does is seen by those that were sent."""


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message. Its id is that of the ledger's line it tells of, so a repeat can be told by it.

    `text` stands alone: where, what to do and by when, or which promise is settled. It is in `language`, and where that
    is another one, or it names one of us, `english` is the same in English, for machines. `where` are the parts of the
    place, by their names, the site first, and `ids` their ids, where those differ; `places` are those of all of
    `promises`. `what`, `how`, `why` and `exceptions` are the standard's own words beside it.
    `at` is when what it tells of took effect, `due` the promise's deadline or -1: microseconds UTC.
    Where a policy says whom to tell, `to` is that person or team and `addresses` say where it is reached, by channel;
    without one both are empty, and where `to` alone is, it goes to machines by these channels. `promises` are all those
    that it speaks for, where they are more than its own. `decided` is when it was to be told, in the time of the
    ledger, or -1. `still_warned` says of a correction that the promise can still be kept, and that it is time to act.
    `explained` counts promises whose trouble is not told as this one is its cause, `came_and_went` those that were over
    before anybody was told of them, `others_have`, by name, how many of the same group somebody has, and `others_stand`
    how many of it nobody has and its reader was told of before. `stands_again` says of an end how many of the same
    standard and subject stand.
    `replaces` is the id under which its promise was told before. `held` says what held it back up to now: in its
    language and, last, in English. So does `fact` say the number in it, of which `counted` is what was counted;
    `presses` is the deadline that still runs or, of one that is overdue, since when it is, or -1. `zone`, by its IANA
    name, is in which its times are told; `names_zone`: they say so.
    """

    id: str
    kind: Kind
    promise: str
    standard: str
    revision: str
    subject: str
    at: int
    text: str
    due: int = -1
    severity: str = ""
    owner: str = ""
    wording: str = ""
    how: str = ""
    why: str = ""
    exceptions: str = ""
    verdict: Verdict | None = None
    fields: dict[str, Plain] = {}
    reason: Reason = "told"
    to: str = ""
    addresses: dict[str, str] = {}
    promises: tuple[str, ...] = ()
    decided: int = -1
    owed_until: int = -1
    still_warned: bool = False
    what: str = ""
    explained: int = 0
    came_and_went: int = 0
    others_have: dict[str, int] = {}
    others_stand: int = 0
    stands_again: int = 0
    replaces: str = ""
    where: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    language: str = SOURCE
    english: str = ""
    authors_english: dict[str, str] = {}
    held: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    fact: tuple[str, ...] = ()
    counted: Counted | None = None
    presses: int = -1
    zone: str = UTC_ZONE.key
    names_zone: bool = True
    names_one_of_us: bool = False

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return ", ".join(self.where) or self.subject

    @property
    def in_english(self) -> Notice:
        """The same as machines are told it: in English, and without who of us it is about."""
        fields = {name: value for name, value in self.fields.items() if name not in PERSONS}
        text, held, fact = self.english or self.text, self.held[-1:], self.fact[-1:]
        authors = {name: said for name, said in self.authors_english.items() if getattr(self, name)}
        return msgspec.structs.replace(
            self, text=text, language=SOURCE, english="", authors_english={}, fields=fields, held=held, fact=fact,
            **authors,
        )  # fmt: skip

    @property
    def looks_like(self) -> Kind:
        """The kind that people take it for: a correction after which somebody has to act is trouble like any other."""
        if self.kind == "undone":
            return "broken" if self.verdict == "broken" else "warned"
        if self.kind != "corrected":
            return self.kind
        if self.still_warned:
            return "warned"
        return "broken" if self.verdict == "broken" else "lost" if self.verdict == "unknown" else self.kind

    @property
    def is_trouble(self) -> bool:
        """Whether somebody has to act on it, or to know how bad it is."""
        return self.looks_like in ("warned", "broken", "lost")

    @property
    def is_all_clear(self) -> bool:
        """Whether it says that all is well again, rather than that something told before was wrong or is given up."""
        return not self.is_trouble and self.kind not in ("corrected", "withdrawn", "given_up")

    @property
    def speaks_for(self) -> tuple[str, ...]:
        """All promises that it tells of, by their ids."""
        return self.promises or (self.promise,)


class Withheld(msgspec.Struct, frozen=True):
    """A notice that was not sent: the line it would have told of, to whom (empty: nobody was named), when, and why not.

    `at` is when it would have been told, in microseconds UTC. The id is derived, so that a repeat can be told by it.
    """

    id: str
    promise: str
    line: str
    to: str
    reason: Reason
    at: int


def for_machines(notice: Notice, machines: Iterable[str], at: int) -> Notice:
    """Address a notice, as it is told without a policy, to machines alone; it is told at an instant."""
    channels = dict.fromkeys(machines, "")
    return msgspec.structs.replace(notice.in_english, id=f"{notice.id}:machines", addresses=channels, decided=at)


def kept_from_machines(notice: Notice, machines: Iterable[str], at: int) -> list[Withheld]:
    """Note that machines are not told of what names one of us, at an instant; nothing of what does not."""
    reason: Reason = "names-one-of-us"
    return [
        Withheld(f"{notice.id}:{name}:{reason}", notice.promise, notice.id, name, reason, at)
        for name in (machines if notice.names_one_of_us else ())
    ]


def withheld(line: Line, to: str, reason: Reason, at: int) -> Withheld:
    """Note that a line was not told to somebody."""
    return Withheld(f"{line.id}:{to}:{reason}:{at}", line.promise, line.id, to, reason, at)


def printable(text: str) -> str:
    r"""Make visible what a terminal would obey rather than show: the escape character becomes `\x1b`."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def shortened(text: str, longest: int) -> str:
    """Give a text, or its beginning and an ellipsis where it is longer: up to the end of a word, if one is near."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    whole = cut.rstrip() if text[longest - 1].isspace() else cut.rsplit(None, 1)[0]
    return f"{whole if len(whole) > longest // 2 else cut}…"


def notice(line: Line, standard: Standard, reader: Reader, *, now: int = -1, more: Remark | None = None) -> Notice:
    """Make the notice of a line for a reader; `standard` is the revision that judged it.

    `now` is when it is told, in microseconds UTC, where that is later than the line; `more` says what follows.
    """
    where, ids = parts_of(line, standard, reader.names), ids_of(line, standard)

    def said(to_them: Reader) -> str:
        spoken = standard.in_language(to_them.words.language)
        text = Sentences(line, spoken, to_them, max(now, line.at)).text(where)
        return f"{text} {more(to_them)}" if more else text

    text, english = said(reader), ""
    own, authors = _authors_words(standard, reader.words), _authors_words(standard, ENGLISH)
    if reader.sees_persons or reader.words != ENGLISH:
        english = said(msgspec.structs.replace(reader, words=ENGLISH, sees_persons=False))

    made = Notice(
        id=line.id,
        kind=line.kind,
        promise=line.promise,
        standard=line.standard,
        revision=line.revision,
        subject=line.subject,
        at=line.at,
        text=text,
        due=line.due,
        severity=line.severity,
        owner=line.owner,
        wording=own["wording"],
        what=own["what"],
        how=own["how"],
        why=own["why"],
        exceptions=own["exceptions"],
        authors_english={} if own == authors else authors,
        verdict=line.verdict,
        fields=line.fields,
        owed_until=owed_until(line, standard),
        still_warned=line.kind == "corrected" and line.state in WARNED,
        replaces=line.replaces,
        where=where,
        ids=ids if ids != where else (),
        language=reader.words.language,
        english="" if english == text else english,
        zone=reader.zone.key,
        names_zone=reader.names_zone,
        names_one_of_us=not (PERSONS | standard.persons).isdisjoint(standard.per),
    )
    return _with_numbers(made, line, standard, reader, max(now, line.at)) if made.is_trouble else made


def _with_numbers(made: Notice, line: Line, standard: Standard, reader: Reader, now: int) -> Notice:
    """Give a notice of trouble with what a message for several says of each of them."""
    return msgspec.structs.replace(
        made, fact=_fact(line, standard, reader, now), counted=counted(line), presses=pressing(line, made)
    )


def _fact(line: Line, standard: Standard, reader: Reader, now: int) -> tuple[str, ...]:
    """Give the number in what is said of a line, in the reader's language and, last, in English."""
    readers = (reader, msgspec.structs.replace(reader, words=ENGLISH))
    said = (number_words(line, standard, each, now) for each in readers)
    return tuple(dict.fromkeys(filter(None, said)))


def _authors_words(standard: Standard, words: Words) -> dict[str, str]:
    """Give what a standard's author says, in a language, by the names of a notice's fields."""
    said = standard.in_language(words.language)
    return {
        "wording": said.promise, "what": said.what.rstrip(" ."), "how": said.how, "why": said.why,
        "exceptions": said.exceptions,
    }  # fmt: skip


def owed_until(line: Line, standard: Standard) -> int:
    """Give up to when a broken promise is owed, or -1: then there is nothing to wait for."""
    owed_for = getattr(standard.shape, "owed_for", 0)
    return max(line.due, line.opened) + owed_for if line.verdict == "broken" and owed_for else -1
