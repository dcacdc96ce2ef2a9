"""The shell: what all pages of the board share: head, navigation, who looks, and what is wrong with the server itself.

Read next: `now.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

import msgspec

from alerts.words.words import phrase
from standards.calendar.duration import SECOND
from standards.judge.events import iso, moment
from streams.board.markup import Child, Html, document, el, join, sentence
from streams.board.script_words import script_words
from streams.board.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from alerts.words.words import Words
    from streams.storage.status import Status

PAGES: Final = (
    ("/", phrase("Now")), ("/shift", phrase("Shift")), ("/standards", phrase("Standards")),
    ("/debriefs", phrase("Debriefs")), ("/notices", phrase("Notices")), ("/feeds", phrase("Feeds")),
)  # fmt: skip
LONGEST: Final = 2_000
"""How many characters somebody may write into a field of a form at most, where it does not say otherwise."""
BEHIND: Final = 30 * SECOND
"""How much longer than the grace judging may take before a page says so, in microseconds."""

_CURTAIN: Final = el("p", id="curtain", class_="curtain", role="alert", hidden=True)
"""What is drawn over a page that is not up to date."""


class Shell(Wording, frozen=True, kw_only=True):
    """What every page is drawn with, and how it is worded: `now` is the host's clock, `words` are the reader's.

    `name` is whoever looks, and `self_name` what they read of themselves; `proof` is what their forms carry.
    `acts`: they may do something, and not only look; `corrects`: deal with events that could not be read, too;
    `administers`: everything.
    `unguarded`: there is no token. `overdue` counts the promises that are, for those who may look. `version` is of the
    rows that the page shows, `changes` counts what else changed; `mark` is of its own style and script.
    `urgent` counts the promises that need a hand: what is overdue, and what was warned of. `rings`: devices can be
    told while no page is open. `joins`: they read whom it is about, and take part in what a team does for each other;
    who acts does that everywhere. `zones` are those of the sites that have one of their own, `usual` is that of all
    others; None: the page's. `answers`: the page answers a form, and so cannot be asked for again. `scenarios` says
    when each holds in which everybody may act, by its name.
    """

    status: Status
    self_name: str = ""
    proof: str = ""
    acts: bool = False
    unguarded: bool = False
    corrects: bool = False
    administers: bool = False
    version: str = ""
    changes: int = 0
    overdue: int = 0
    urgent: int = 0
    mark: str = ""
    rings: bool = False
    answers: bool = False
    joins: bool = False
    zones: Mapping[str, ZoneInfo] = {}
    usual: ZoneInfo | None = None
    scenarios: Mapping[str, str] = {}

    def about(self, site: object) -> Self:
        """Give the shell for a page about a site, which tells times in its zone; about none, as it does."""
        return msgspec.structs.replace(self, zone=self._zone(site) or self.zone)

    def at(self, site: object) -> Self:
        """Give the shell for a line about a site, which tells times in its zone; about none, as the page does."""
        return self.in_zone(self._zone(site))

    def _zone(self, site: object) -> ZoneInfo | None:
        return self.zones.get(str(site), self.usual) if site else None

    @property
    def looks(self) -> bool:
        """Say whether whoever asks may look at all: a page for who has not signed in leads nowhere."""
        return bool(self.proof)

    def clock(self, at: int) -> Html:
        """Show an instant (microseconds UTC) as the time of day, and the day where it is another one than today."""
        local = moment(at).astimezone(self.zone)
        return el("time", self.told(at), datetime=iso(at), title=f"{local:%Y-%m-%d %H:%M:%S %Z}")


def page(shell: Shell, title: str, path: str, *content: Child, every: int = 5, urgent: int | None = None) -> str:
    """Draw a whole page. `path` is that of its entry in the navigation; it is drawn anew at most each `every` seconds.

    0: it changes row by row instead. `urgent` is how many promises need a hand, where that is not the shell's count.
    """
    count, say = shell.urgent if urgent is None else urgent, shell.words.say
    drawn = (
        el("a", say("To the content"), href="#content", class_="skip"),
        el("header", _navigation(path, shell), _who(shell), class_="top"),
        _CURTAIN,
        el("main", *_trouble(shell), el("h1", title), *content, id="content", tabindex="-1"),
        el("p", id="said", class_="unseen", role="status"),
        el("section", id="notes", class_="notes", aria_label=say("What you just did")),
        el("footer", _foot(shell)),
    )
    return _document(shell, title, drawn, every=every, urgent=count)


def bare_page(shell: Shell, title: str, *content: Child, urgent: int) -> str:
    """Draw a page to be seen from afar: nothing but its content, drawn anew each two seconds at most."""
    drawn = _CURTAIN, el("main", *_trouble(shell), *content, id="content", tabindex="-1", class_="bare")
    return _document(shell, title, drawn, every=2, urgent=urgent)


def _document(shell: Shell, title: str, drawn: Child, *, every: int, urgent: int) -> str:
    name = f"{title} – Kept"
    head = (
        el("link", rel="icon", href="/board.svg"),
        el("link", rel="stylesheet", href=f"/board.css?{shell.mark}"),
        el("link", rel="manifest", href="/kept.webmanifest"),
        el("script", src=f"/board.js?{shell.mark}", defer=True),
        el("script", src=f"/push.js?{shell.mark}", defer=True),
    )
    body = el(
        "body", drawn,
        data_now=shell.now // 1000, data_version=shell.version, data_changes=shell.changes, data_every=every,
        data_title=name, data_urgent=urgent, data_live=shell.looks and not shell.answers, data_zone=shell.zone.key,
        data_words=script_words(shell.words),
    )  # fmt: skip
    whole = f"({shell.number(urgent)}) {name}" if urgent else name
    return document(whole, body, head=head, language=shell.words.language)


def promise_link(words: Words, promise: str, subject: str, standard: str, *, part: str = "") -> tuple[Child, ...]:
    """Name a promise by its subject, which leads to its page (or a `part` of that), and its standard."""
    name = el("a", subject or words.say("everywhere"), href=f"/promises/{promise}{part}", class_="subject")
    return (name, " ", el("span", standard, class_="standard"))


def hidden(name: str, value: str) -> Html:
    """Draw a field of a form that nobody sees."""
    return el("input", type="hidden", name=name, value=value)


def form(shell: Shell, path: str, *content: Child, **attributes: str) -> Html:
    """Draw a form that goes to one of our own paths, with the proof that it came from here."""
    return el("form", hidden("proof", shell.proof), *content, method="post", action=path, **attributes)


def field(
    label: str, name: str, *, control: Html | None = None, hint: str = "", **attributes: str | int | bool | None
) -> Html:
    """Draw a labelled field; a text unless another control is given."""
    text = control or el("input", type=attributes.pop("type", "text"), name=name, **attributes)
    return el("label", el("span", label), text, el("small", hint) if hint else None, class_="field")


def your_name(words: Words, *, hint: str = "") -> Html:
    """Draw the field for who does something: every act carries a name."""
    return field(words.say("Your name"), "name", required=True, maxlength=80, autocomplete="name", hint=hint)


def acting_as(shell: Shell) -> Html:
    """Ask who does something, once: who has signed in, or has said it, is not asked again."""
    say = shell.words.say
    if not shell.name:
        label = say("Your name, for what you do here")
        return field(label, "name", required=True, maxlength=80, autocomplete="name")
    name = sentence(shell.words, "You act as {name}", name=el("b", shell.name))
    if not shell.unguarded:
        return el("p", name, ".", class_="quiet")
    hint = say("from the next thing you do on")
    other = field(say("Your name"), "name", maxlength=80, autocomplete="name", hint=hint)
    return el("details", el("summary", name), other, class_="acting")


def excuse_fields(shell: Shell, may: Iterable[str], known: Iterable[str] = ()) -> tuple[Html, ...]:
    """Draw what is asked of whoever grants an exception, beside their name; `may` are the roles that may.

    Each of the `known` reasons is one tap: the button says it, whatever is written above.
    """
    choice = el("select", (el("option", role, value=role) for role in may), name="by", required=True)
    reason = el("textarea", name="reason", required=True, maxlength=LONGEST, rows=2)
    taps = [el("button", each, name="reason", value=each, formnovalidate=True, class_="plain") for each in known]
    say = shell.words.say
    at_once = el("p", el("span", say("or at one tap:"), class_="quiet"), taps, class_="actions") if taps else join()
    return field(say("In the role of"), "by", control=choice), field(say("Why"), "reason", control=reason), at_once


def overdue_words(words: Words, count: int) -> dict[str, str]:
    """Say on every page how many promises are overdue: in words, and as a number for narrow screens."""
    said = words.how_many(count, "{count} overdue", "{count} overdue") if count else ""
    return {"overdue": said, "overdue-number": words.number(count) if count else ""}


def _navigation(path: str, shell: Shell) -> Html:
    """Draw what leads to the other pages: only for those who may look at them."""
    brand = el("a", "Kept", href="/", class_="brand")
    if not shell.looks:
        return el("span", "Kept", class_="brand")
    told = overdue_words(shell.words, shell.overdue)
    badge = join(
        el("span", told["overdue"], id="overdue", class_="badge"),
        el("span", told["overdue-number"], id="overdue-number", class_="badge", aria_hidden="true"),
    )
    links = (
        el(
            "li",
            el(
                "a",
                shell.words.say(name),
                badge if to == "/" else None,
                href=to,
                aria_current="page" if to == path else None,
            ),
        )
        for to, name in PAGES
    )
    return join(brand, el("nav", el("ul", links), aria_label=shell.words.say("Pages")))


def _who(shell: Shell) -> Html | None:
    """Say whether the page is up to date, and who looks."""
    if not shell.looks:
        return None
    say = shell.words.say
    link = el("span", id="link", class_="link")
    bell = el("button", say("Ring"), type="button", id="bell", class_="plain", aria_pressed="false", hidden=True,
              title=say("Sound and vibration when something needs a hand"))  # fmt: skip
    phone = _phone(shell) if shell.rings and shell.acts else None
    if shell.unguarded:
        return el(
            "div",
            link,
            bell,
            phone,
            el("span", shell.self_name, class_="name") if shell.self_name else None,
            class_="who",
        )
    name = el("span", shell.self_name, title=say("may look and act") if shell.acts else say("may look"), class_="name")
    out = form(shell, "/sign-out", el("button", say("Sign out"), class_="plain"))
    return el("div", link, bell, phone, name, out, class_="who")


def _phone(shell: Shell) -> Html:
    """Draw the switch by which this device is told while no page is open; its script shows it."""
    say = shell.words.say
    title = say("What you are told comes to this device also while the board is closed")
    words = el("span", say("Ring this phone"), class_="wide"), el("span", say("Phone"), class_="narrow")
    label = say("Ring this phone")
    return el("button", words, type="button", id="phone", class_="plain", aria_label=label, hidden=True,
              aria_pressed="false", data_proof=shell.proof, title=title)  # fmt: skip


def _trouble(shell: Shell) -> list[Html]:
    """Say what keeps the page from being true."""
    status, say, found = shell.status, shell.words.say, []
    if not status.ready:
        found.append(
            el(
                "p",
                el("strong", say("Kept takes no events now.")),
                " ",
                el("span", status.reason, lang="en"),
                class_="trouble",
            )
        )
    if status.low >= 0 and (behind := shell.now - status.low - status.grace) > BEHIND:
        span = shell.words.length(behind)
        words = say("Judging is {span} behind the clock; what you see was true then.", span=span)
        found.append(el("p", words, class_="trouble"))
    if status.problems:
        problems = el("ul", (el("li", el("pre", problem, lang="en")) for problem in status.problems))
        words = say("Something is wrong here:")
        found.append(el("div", el("strong", words), problems, class_="trouble"))
    return found


def _foot(shell: Shell) -> Html:
    words, say = shell.words, shell.words.say
    time = el("span", sentence(words, "Drawn at {time}.", time=shell.clock(shell.now)), id="drawn")
    drawn = el("p", time, " ", say("Times are those of {zone}, where they name no other.", zone=shell.zone.key))
    if not shell.looks:
        return drawn
    more = (
        (say("Today"), "/today"), (say("Thanks"), "/thanks"), (say("Voices"), "/voices"),
        (say("Handbook"), "/handbook"), (say("What people did"), "/people"), (say("For the wall"), "/wall"),
    )  # fmt: skip
    people = el("p", ((el("a", name, href=to), ". ") for name, to in more))
    api, metrics = el("a", say("the API"), href="/openapi.json"), el("a", say("metrics"), href="/metrics")
    programs = el("p", sentence(words, "For programs: {api}, {metrics}.", api=api, metrics=metrics))
    open_to_all = say("Nobody has to sign in: whoever uses this machine may look and act, and nobody else can reach "
                      "this page. Set KEPT_TOKEN to let others in.")  # fmt: skip
    return join(el("p", open_to_all) if shell.unguarded else None, drawn, people, programs)
