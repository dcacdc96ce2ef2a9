"""What is left of a notice, and of the fields of a promise, for whoever may not see who of us it is about.

Messages to the team are kept as they were told; who only looks on reads them without that.
Read next: `facts.py`, which says who it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from alerts.policy.policy import PLACE
from alerts.routing.facts import NAMING, PERSONS, whom_by
from alerts.words.words import ENGLISH, SOURCE, Words, phrase
from standards.judge.rulebook import subject_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from alerts.routing.notice import Notice
    from standards.judge.ledger import Plain

ONE_OF_US: Final = phrase("one of the team")
"""What is said in place of a name."""
_BEFORE: Final = r"(?m)(^|- |[,;:] |\()"
_AFTER: Final = r"(?=[,;:.)]+(?:\s|$)| \(|$)"
"""What stands before and after a part of a place: others are named in the same way beside it."""


def fields_without_persons(fields: Mapping[str, Plain], persons: Collection[str] = PERSONS) -> dict[str, Plain]:
    """Give the fields that name none of us; `persons` are those that do."""
    return {name: value for name, value in fields.items() if name not in persons}


def named_in(subject: str, fields: Mapping[str, Plain], persons: Collection[str] = PERSONS) -> frozenset[str]:
    """Give who of us a subject names, as the fields of its promise have them: nobody, unless it is owed by person.

    `persons` are the fields that name one of us.
    """
    parts = set(subject.split("/"))
    found = {str(fields[name]) for name in persons if fields.get(name)}
    return frozenset(each for each in found if subject_text((each,)) in parts)


def subject_without_persons(subject: str, named: Collection[str], site: str, words: Words) -> str:
    """Give a subject with "one of the team" in place of who is named in it, after the site, so that it says where."""
    if not named:
        return subject
    ours, place, said = {subject_text((each,)) for each in named}, subject_text((site,)), words.say(ONE_OF_US)
    parts = [said if part in ours else part for part in subject.split("/")]
    return "/".join([place, *parts] if site and place not in parts else parts)


def without_persons(
    notice: Notice, names: Mapping[str, str], others: Collection[str] = (), reader: Words = ENGLISH
) -> Notice:
    """Give a notice as whoever may not see who of us it is about is shown it; `names` are those of the policy.

    `others` are who is named in the subjects of all that it tells of: those of a message to a machine say it alone.
    The subject is told in the words of its `reader`.
    A message about several names the others too, and names may have changed since: that is shown in English, which
    names nobody.
    """
    words = Words(notice.language)
    said = whom_by(notice.fields, words, names)
    text = notice.text.replace(f" {said}", "").replace(said, "") if said else notice.text
    named = any(words.translated(each).partition("{")[0] in text for each in NAMING)
    told, language = (notice.english, SOURCE) if named and notice.english else (text, notice.language)
    who, site = {*named_in(notice.subject, notice.fields), *others}, str(notice.fields.get(PLACE) or "")
    told = _unnamed(told, who, names, Words(language))
    subject = subject_without_persons(notice.subject, who, site, reader)
    fields = fields_without_persons(notice.fields)
    return msgspec.structs.replace(notice, text=told, language=language, subject=subject, fields=fields)


def _unnamed(text: str, named: Collection[str], names: Mapping[str, str], words: Words) -> str:
    """Put something else for who is named in a text, also by what the policy calls them.

    Who is called by a number is named in places alone: elsewhere that is a time, a count or a span.
    """
    called = {" ".join(each.split()) for each in named}
    called |= {name for path, name in names.items() if path.rpartition("/")[2] in named}
    said = words.say(ONE_OF_US)
    numbers = [re.escape(each) for each in called if each and not any(char.isalpha() for char in each)]
    if numbers:
        one = f"(?:{'|'.join(numbers)})"
        several = words.say("{first} to {last}", first=one, last=one)
        text = re.sub(f"{_BEFORE}(?:{several}|{one}){_AFTER}", lambda found: f"{found[1]}{said}", text)
    for each in sorted((each for each in called if any(map(str.isalpha, each))), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", said, text)
    return text
