"""The letter: a notice as a mail with a text and an HTML part, to be read at a glance on a phone.

All letters of one promise are one thread: each answers a letter that was never sent, named after the promise. The id of
a letter is made of the notice's, so that a repeat can be told by it. Nothing is loaded from elsewhere.
Read next: `mail.py`, which sends it.
"""

from __future__ import annotations

import re
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import blake2b
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from alerts.routing.notice import printable, shortened
from alerts.routing.place import called
from alerts.words.words import Words, phrase
from standards.judge.events import moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from email.headerregistry import Address

    from alerts.routing.notice import Notice

ACTIONS: Final = {
    "acknowledge": phrase("I have it"), "excuse": phrase("Excuse it"), "debrief": phrase("We have talked it over"),
    "why": phrase("Its whole story"),
}  # fmt: skip
"""What stands on each link, in this order. Opening one does nothing yet: the page behind it has the button."""
NO_LINKS: Final[Mapping[str, str]] = MappingProxyType({})
LONGEST_SUBJECT: Final = 150
LONGEST_PART: Final = 2_000
_LONGEST_LINE: Final = 998  # of a header, by RFC 5322
_PLAIN: Final = SMTP.clone(cte_type="7bit")  # any server takes it

THANKS: Final = phrase("Thank you.")
FOR_INFORMATION: Final = phrase("This is so that you know.")
FACES: Final = {
    "warned": (phrase("Due soon"), "#b45309", ""),
    "broken": (phrase("Broken"), "#b91c1c", ""),
    "lost": (phrase("Nobody can say"), "#6d28d9", ""),
    "kept": (phrase("Kept"), "#15803d", THANKS),
    "fulfilled_late": (phrase("Done late"), "#15803d", THANKS),
    "ended": (phrase("Not needed any more"), "#4b5563", FOR_INFORMATION),
    "given_up": (phrase("Given up"), "#4b5563", ""),
    "voided": (phrase("Not needed any more"), "#4b5563", ""),
    "excused": (phrase("Excused"), "#4b5563", ""),
    "undone": (phrase("Owed again"), "#b45309", ""),
    "corrected": (phrase("Corrected"), "#4b5563", FOR_INFORMATION),
    "withdrawn": (phrase("Taken back"), "#4b5563", FOR_INFORMATION),
}
"""How each kind of notice looks: a word, a colour beside it, and how the letter ends."""
_PAGE: Final = """\
<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{subject}</title>
</head>
<body style="margin:0;padding:16px;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:36em;margin:0 auto;border-left:6px solid {colour};padding:4px 0 4px 16px;overflow-wrap:anywhere">
<p style="margin:0"><strong style="color:#fff;background:{colour};padding:2px 8px;border-radius:4px">{word}</strong></p>
<p style="margin:8px 0 16px;font-size:20px;line-height:1.35"><strong>{text}</strong></p>
{rows}\
<p style="margin:16px 0 0;font-size:14px;color:#767676">{signature}</p>
</div>
</body>
</html>
"""
_WAY: Final = (
    '<a href="{to}" style="display:inline-block;margin:0 8px 8px 0;padding:10px 16px;border:1px solid #767676;'
    'border-radius:8px">{said}</a>'
)
_ROW: Final = '<p style="margin:0 0 12px"><span style="font-size:14px;color:#767676">{label}</span><br>{said}</p>\n'


class Envelope(NamedTuple):
    """Who writes to whom."""

    sender: Address
    to: Sequence[Address]


def letter(notice: Notice, envelope: Envelope, now: int, links: Mapping[str, str] = NO_LINKS) -> bytes:
    """Write the letter for a notice, as it is sent; `now`, in microseconds UTC, is its date.

    `links` are those by which its reader can act, by what each does: `ACTIONS`; of a message for several promises also
    those to their pages, by the promise.
    """
    message = EmailMessage(policy=_PLAIN)
    domain = envelope.sender.domain
    thread = f"<promise.{_word(notice.promise)}@{domain}>"
    message["From"] = envelope.sender
    message["To"] = tuple(envelope.to)
    message["Date"] = format_datetime(moment(now))
    message["Message-ID"] = f"<{_word(notice.id)}@{domain}>"
    message["In-Reply-To"] = thread
    message["References"] = thread
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note is to answer it
    message["X-Auto-Response-Suppress"] = "All"  # the same, as Exchange understands it
    message.set_content(text(notice, links))
    message.add_alternative(html(notice, links), subtype="html")
    return _header(subject(notice)) + message.as_bytes()


def subject(notice: Notice) -> str:
    """Give the subject, which says where and what to do first: the notice's sentences, or the heading of several."""
    said = notice.text.partition("\n")[0] if notice.places else notice.text
    return shortened(printable(" ".join(said.split())), LONGEST_SUBJECT)


def _header(said: str) -> bytes:
    """Write the subject's header: a policy folds some so that they arrive with a space more than they had."""
    charset, longest = ("us-ascii", _LONGEST_LINE) if said.isascii() else ("utf-8", None)
    folded = Header(said, charset, maxlinelen=longest, header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {folded}\r\n".encode("ascii")


def text(notice: Notice, links: Mapping[str, str] = NO_LINKS) -> str:
    """Write the text part."""
    words = Words(notice.language)
    rows = [words.say("{label}: {said}", label=label, said=said) for label, said in _rows(notice)]
    closing = _face(notice)[2]
    ways = "\n".join(words.say("{label}: {said}", label=said, said=to) for said, to in _ways(notice, links))
    parts = [_shown(notice.text), *rows, *([words.say(closing)] if closing else []), *([ways] if ways else [])]
    return "\n\n".join(parts) + f"\n\n-- \n{_signature(notice)}\n"


def html(notice: Notice, links: Mapping[str, str] = NO_LINKS) -> str:
    """Write the HTML part: a document of its own."""
    words = Words(notice.language)
    word, colour, closing = _face(notice)
    rows = [_ROW.format(label=escape(label), said=_lines(said)) for label, said in _rows(notice)]
    if closing:
        rows.append(f'<p style="margin:0 0 12px">{escape(words.say(closing))}</p>\n')
    ways = [_WAY.format(to=escape(to), said=escape(said)) for said, to in _ways(notice, links)]
    rows += [f'<p style="margin:16px 0 0">{"".join(ways)}</p>\n'] if ways else []
    return _PAGE.format(
        lang=escape(notice.language),
        subject=escape(subject(notice)),
        colour=colour,
        word=escape(words.say(word)),
        text=_lines(_shown(notice.text)),
        rows="".join(rows),
        signature=_lines(_signature(notice)),
    )


def _ways(notice: Notice, links: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give what stands on each link: those by which its reader can act, then the page of each promise of several."""
    words, places = Words(notice.language), dict(zip(notice.promises, notice.places, strict=False))
    acts = [(words.say(said), links[name]) for name, said in ACTIONS.items() if name in links]
    pages = [(_shown(places[name]), to) for name, to in links.items() if name in places]
    rest = len(places) - len(pages)
    return [
        *acts,
        *pages,
        *([(words.say("{count} more, on the board", count=rest), links["board"])] if "board" in links else []),
    ]


def _face(notice: Notice) -> tuple[str, str, str]:
    return FACES.get(notice.looks_like, (notice.looks_like, "#4b5563", ""))


def _rows(notice: Notice) -> list[tuple[str, str]]:
    """Give what stands below the sentence: how, why and the exceptions only where there is something to do."""
    words, beside = Words(notice.language), []
    if notice.looks_like in ("warned", "broken"):
        beside = [
            (words.say("How"), notice.how),
            (words.say("Why it matters"), notice.why),
            (words.say("Exceptions"), notice.exceptions),
        ]
    if notice.wording not in notice.text:
        beside.append((words.say("The promise"), notice.wording))
    return [(label, _shown(said)) for label, said in beside if said]


def _signature(notice: Notice) -> str:
    words = Words(notice.language)
    about = ", ".join(filter(None, (notice.standard, called(notice.subject, {}), notice.promise)))
    if notice.owner:
        return _shown(words.say("Written by Kept for {owner} ({about}).", owner=notice.owner, about=about))
    return _shown(words.say("Written by Kept ({about}).", about=about))


def _shown(said: str) -> str:
    """Make the lines of a text safe to show, and bounded."""
    return shortened("\n".join(printable(line) for line in said.strip().splitlines()), LONGEST_PART)


def _lines(said: str) -> str:
    return escape(said).replace("\n", "<br>")


def _word(name: str) -> str:
    """Give a name that can stand in a message's id: itself, or a hash of it."""
    fits = re.fullmatch(r"[\w-]+(\.[\w-]+)*", name, re.ASCII)
    return name if fits else blake2b(name.encode(), digest_size=16).hexdigest()
