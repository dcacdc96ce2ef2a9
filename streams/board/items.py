"""What Now and the wall are made of: a promise that is owed, and a group of those of one standard at one site.

Read next: `blocks.py`, which draws them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from alerts.routing.facts import COUNTED, Counted, range_words
from alerts.routing.persons import subject_without_persons
from alerts.routing.place import called_there
from standards.natural import natural, runs
from streams.board.having import Having, Noted, Shares, having_words, noted_words
from streams.board.offers import TOGETHER
from streams.board.reasons import reasons
from streams.board.wording import field_words
from streams.live.joined import Joined, joined_words
from streams.storage.rows import Sort

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from alerts.words.words import Words
    from standards.judge.promise import State
    from streams.board.view import View
    from streams.board.wording import Wording
    from streams.storage.readings import Reading

URGENT: Final[tuple[Sort, Sort]] = ("overdue", "warned")
"""The sorts that need a hand."""
ACTED_ON: Final[tuple[Sort, ...]] = (*URGENT, "unknown")
"""The sorts that somebody can do something about where they stand."""
_AUTHORS: Final = frozenset({"promise", "what", "how"})
"""What of an item its standard's author wrote."""
_NAMED: Final = 3
"""How many of a group are named on its line."""


class Item(msgspec.Struct, frozen=True):
    """A promise that is owed. `due`, `opened` and `settled` are microseconds UTC; `noted` is what people did about it.

    `joined` is what came since that would have opened another one; `stands`: it says how things stand.
    `takes`: one may still say that one has it; `does`: that it is done, at one tap; `asks`: by a form. `roles` may
    excuse it, mostly for `reasons`. Who has it may give it back, or hand it on to one of the `others`. People say
    `called` for the subject, and `part` for it at its site; `named` are those of us whom it names. Times are told in
    the `zone` of the site, where it has one. `number` is what was counted there last.
    """

    id: str
    sort: Sort
    due: int
    opened: int
    subject: str
    standard: str
    site: str = ""
    promise: str = ""
    what: str = ""
    how: str = ""
    state: State = "open"
    settled: int = -1
    joined: Joined = Joined()
    stands: bool = False
    having: Having = Having()
    noted: tuple[Noted, ...] = ()
    takes: bool = False
    does: bool = False
    asks: bool = False
    roles: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = {}
    called: str = ""
    part: str = ""
    zone: ZoneInfo | None = None
    named: frozenset[str] = frozenset()
    number: Reading | None = None

    def in_language(self, language: str) -> Item:
        """Give it with its author's words in a language, as far as there are any in it."""
        said = self.translations.get(language, {})
        words: dict[str, Any] = {name: text for name, text in said.items() if name in _AUTHORS}
        if "exceptions" in said:
            words["reasons"] = reasons(said["exceptions"])
        return replace(self, **words) if words else self

    def told(self, wording: Wording, *, acts: bool) -> Item:
        """Give it as it is told; to who only looks on without who of us it is about."""
        item = self.in_language(wording.words.language)
        if acts or not self.named:
            return item
        subject = subject_without_persons(self.subject, self.named, self.site, wording.words)
        part = called_there(subject, self.site, wording.names)
        return replace(item, subject=subject, called=wording.called(subject), part=part)

    @property
    def taken(self) -> bool:
        """Say whether somebody has it."""
        return self.having.taken

    @property
    def urgent(self) -> bool:
        """Say whether it needs a hand."""
        return self.sort in URGENT

    @property
    def excusable(self) -> bool:
        """Say whether one may ask for an exception where it stands."""
        return self.sort in ACTED_ON

    @property
    def timed(self) -> bool:
        """Say whether a clock of it runs, or has run out."""
        return self.sort not in ("paused", "unknown")

    def place(self, wording: Wording) -> str:
        """Say where it is, the site first."""
        return wording.placed(self.subject, self.site)

    def so_far(self, wording: Wording) -> str:
        """Say what was counted there last and when, and since when it is open."""
        if not self.urgent:
            return ""
        since = wording.words.say("Open since {time}.", time=wording.hour(self.opened))
        return " ".join(filter(None, (counted_words(self.number, wording), since)))

    def name(self, words: Words) -> str:
        """Give what it is called at its site."""
        if self.subject and self.subject == self.site:
            return self.standard
        return self.part or self.subject.removeprefix(f"{self.site}/") or words.say("everywhere")

    def note(self, wording: Wording) -> str:
        """Say who has it, and what people did about it."""
        return " ".join(filter(None, (having_words(self.having, wording), *self._noted(wording))))

    def _noted(self, wording: Wording) -> list[str]:
        return [noted_words(each, wording) for each in self.noted]

    def since(self, wording: Wording) -> str:
        """Say what came since it was made; nothing of one that needs no hand."""
        if not self.urgent:
            return ""
        return joined_words(self.joined, wording.hour(self.joined.at), stands=self.stands, words=wording.words)


class Group(msgspec.Struct, frozen=True):
    """Promises of one sort, standard and site: how many there are, the first deadline of them, and the first `items`.

    `view` is that of them alone. `held` are the ids of those that its buttons act on, the most urgent ones: `free` are
    those that nobody has, `had` those that somebody has, each with who, and `shares` who has how many. `whole`: that
    is what the page is about, so the group stands open.
    """

    site: str
    standard: str
    count: int
    due: int
    items: tuple[Item, ...]
    view: View
    held: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    had: Mapping[str, str] = {}
    shares: Shares = Shares()
    whole: bool = False
    called: str = ""

    def told(self, wording: Wording, *, acts: bool) -> Group:
        """Give it as it is told, each of its promises so."""
        return replace(self, items=tuple(item.told(wording, acts=acts) for item in self.items))

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of its site, where it has one."""
        return self.items[0].zone

    @property
    def place(self) -> str:
        """What its site is called."""
        return self.called or self.site

    @property
    def taken(self) -> bool:
        """Say whether somebody has each of them."""
        return len(self.had) == self.count

    def so_far(self, wording: Wording) -> str:
        """Say how few and how many were counted at each, if that is known of all, and since when the first is open."""
        if not self.items[0].urgent or self.count == 1:
            return self.items[0].so_far(wording)
        numbers = [it.number for it in self.items if it.number is not None and it.number.what in COUNTED]
        known = len(numbers) == self.count and len({each.what for each in numbers}) == 1
        counted = [Counted(each.what, int(each.value), each.at) for each in numbers] if known else []
        since = wording.words.say("Open since {time}.", time=wording.hour(min(it.opened for it in self.items)))
        return " ".join(filter(None, (range_words(counted, wording.words, wording.hour) if counted else "", since)))

    @property
    def partly(self) -> bool:
        """Say whether there are more of them than one button acts on."""
        return self.count > TOGETHER

    def names(self, words: Words) -> str:
        """Name them, those that follow each other as one; of many, the first, and how many more there are."""
        called = list(dict.fromkeys(item.name(words) for item in self.items))
        if len(self.items) == self.count and len(runs(called)) <= _NAMED:
            return ", ".join(words.named(called))
        named = sorted(called[:_NAMED], key=natural)
        more = self.count - len(named)
        first = ", ".join(named)
        return (
            words.how_many(more, "{names} and {count} more", "{names} and {count} more", names=first) if more else first
        )


def counted_words(reading: Reading | None, wording: Wording) -> str:
    """Say how many were counted, and when; nothing of what nobody counts."""
    if reading is None:
        return ""
    words, at = wording.words, wording.hour(reading.at)
    if reading.what in COUNTED and reading.value == int(reading.value):
        _, later = COUNTED[reading.what]
        return words.how_many(int(reading.value), *later, at=at)
    name = field_words(reading.what, words)
    return words.say("{name}: {number} at {at}.", name=name, number=words.number(reading.value), at=at)
