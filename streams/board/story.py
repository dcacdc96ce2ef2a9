"""The story of one promise: what was promised, both clocks, every line, every notice with its reason, what people did.

Read next: `timeline.py`, which draws it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from alerts.routing.actions import DEBRIEFED
from standards.natural import same
from streams.board.debriefs import debrief_fields
from streams.board.having import Having, asked_words, having_words
from streams.board.markup import Child, Html, el, facts, section
from streams.board.notices import notice_list, withheld_list
from streams.board.people import act_row
from streams.board.reasons import reasons
from streams.board.report_form import report_forms
from streams.board.shell import Shell, acting_as, excuse_fields, field, form, hidden, page
from streams.board.story_times import legend, lines, times
from streams.board.timeline import timeline
from streams.board.wording import OVERDUE
from streams.live.joined import Joined, joined_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from alerts.routing.actions import Action
    from standards.judge.ledger import Line
    from standards.judge.standard import Standard
    from streams.board.reportable import Report
    from streams.storage.promise_view import PromiseView


class Story(msgspec.Struct, frozen=True):
    """All there is about one promise. `reasons` are by the line's id; `standard` is None if its revision is not here.

    `stands`: what came since says how things stand; `overdue`: it is broken and still owed; `excusable`: an exception
    can be granted; `acknowledges`: one may say that one has it. `reports` are the events by which one may say that it
    is done; `not_reportable` those that would, where nobody can. `hands`: it can be handed on, to one of the `others`
    or whoever is named. `having` says who has it, `without_effect`, by their names, why acts changed nothing of that.
    """

    view: PromiseView
    standard: Standard | None
    acts: list[Action]
    reasons: Mapping[str, str] = {}
    stands: bool = False
    overdue: bool = False
    excusable: bool = False
    acknowledges: bool = False
    reports: Sequence[Report] = ()
    not_reportable: Sequence[str] = ()
    hands: bool = False
    others: Sequence[str] = ()
    having: Having = Having()
    without_effect: Mapping[str, str] = {}

    @property
    def debriefs(self) -> bool:
        """Say whether it waits to be talked over: not while something can still be done about it."""
        broken = self.view.row.verdict == "broken" and not self.overdue
        return broken and DEBRIEFED not in {act.type for act in self.acts}

    @property
    def done_at_once(self) -> bool:
        """Say whether one tap says that it is done."""
        return bool(self.reports) and self.reports[0].at_once

    @property
    def owed(self) -> bool:
        """Say whether it can still be taken, and done."""
        return self.overdue or self.view.row.verdict is None

    @property
    def failed(self) -> Line | None:
        """Give the line by which it failed that was excused later; None for any other one."""
        if self.view.row.verdict != "excused":
            return None
        failed = (line for line in self.view.lines if line.kind in ("broken", "lost", "corrected"))
        return next((line for line in failed if line.verdict in ("broken", "unknown")), None)

    def elapsed(self, line: Line) -> int:
        """Give its own clock as of a line, in microseconds: for what is excused later, it ended when that failed."""
        after = self.failed is not None and line.kind == "corrected" and line.verdict == "excused"
        return self.failed.elapsed if self.failed is not None and after else line.elapsed

    def waited_until(self, now: int) -> int:
        """Give until when the customer waited: now, if they still do; else until it was done, or came to nothing."""
        if self.owed:
            return now
        promise, lines = self.view.row, self.view.lines
        done = [line for line in lines if line.kind in ("fulfilled_late", "undone")]
        if done and done[-1].kind == "fulfilled_late":
            return done[-1].at  # an excuse that comes later makes nobody wait
        ended = promise.state in ("ended", "given_up") and lines
        return lines[-1].at if ended else promise.settled


def draw(shell: Shell, story: Story) -> str:
    """Draw the page."""
    promise, withheld, say = story.view.row, story.view.withheld, shell.words.say
    place = shell.placed(promise.subject, promise.fields.get("site"))
    title = place or say("{label}: {said}", label=promise.standard, said=say("everywhere"))
    nothing = say("Nobody was told anything about it.")
    if story.view.waits_to_be_told:
        nothing = say("Nobody has been told yet: it waits for a message that tells of several.")
    told = el("p", nothing, class_="quiet")
    told_to = notice_list(shell, story.view.notices, owed={promise.id} if story.overdue else ())
    happened = (
        section(say("Its time"), times(shell, story)),
        el(
            "div",
            timeline(shell, promise, story.view.lines, story.waited_until(shell.now), story.failed),
            legend(shell),
        ),
        _done(shell, story),
        lines(shell, story),
        section(say("Notices"), told_to if story.view.notices else told),
        section(say("Notices that were not sent"), withheld_list(shell, story.view)) if withheld else None,
        _judged_by(shell, story.view),
    )
    todo = (*_actions(shell, story), _advice(shell, story.standard))
    columns = el("div", el("div", *happened), el("div", *todo), class_="columns")
    return page(shell, title, "", _head(shell, story), columns, every=1)


def _judged_by(shell: Shell, view: PromiseView) -> Html:
    text = el("pre", _pretty(view.revision_text), tabindex="0")
    say = shell.words.say
    whole = el("details", el("summary", say("Revision {revision}", revision=view.row.revision)), text)
    words = say("The promise is judged to its end by the words that stood when it was made.")
    return section(say("Judged by"), el("p", words, class_="quiet"), whole)


def _head(shell: Shell, story: Story) -> Html:
    promise, standard = story.view.row, story.standard
    runs = promise.verdict is None and promise.due >= 0 and not promise.state.startswith("paused")
    left = _count(shell, promise.due, overdue=story.overdue) if runs or story.overdue else None
    say = shell.words.say
    word = say(OVERDUE) if story.overdue else shell.state(promise.state)
    asked = asked_words(story.having, story.acts, story.view.notices, shell)
    has = " ".join(filter(None, (having_words(story.having, shell) or say("Nobody has it yet."), asked)))
    owner = say("answered for by {name}", name=promise.owner) if promise.owner else ""
    about = [shell.aspect(promise.aspect), owner, say("corrected later") if promise.corrected else ""]
    joined, when = Joined(promise.joined, promise.joined_at), shell.hour(promise.joined_at)
    since = joined_words(joined, when, stands=story.stands, words=shell.words)
    return el(
        "div",
        el("p", el("span", word, class_=f"state {promise.state}"), " ", left),
        el("p", standard.what, class_="what") if standard and standard.what and story.owed else None,
        el("p", standard.how, class_="how") if standard and standard.how and story.owed else None,
        el("p", has, class_="note" if story.having.taken else "note free") if story.owed else None,
        el("p", since, class_="joined") if since and story.owed else None,
        _at_once(shell, story),
        _nobody_tells(shell, story),
        el("p", standard.promise if standard else promise.standard, class_="words"),
        el("p", ", ".join(filter(None, about)), ". ", el("span", promise.standard, class_="standard"), class_="quiet"),
        class_="story",
    )


def _count(shell: Shell, due: int, *, overdue: bool) -> Html:
    """Say how long there is still, or how long it has been due; the page's script goes on counting."""
    words = shell.time_over(due) if overdue else shell.time_left(due)
    return el("span", words, class_="count overdue" if overdue else "count", data_due=due // 1000)


def _advice(shell: Shell, standard: Standard | None) -> Html | None:
    if standard is None:
        return None
    say = shell.words.say
    words = (
        (say("What"), standard.what), (say("How"), standard.how), (say("Why"), standard.why),
        (say("Exceptions"), standard.exceptions),
    )  # fmt: skip
    return section(say("What helps"), facts(((name, text) for name, text in words if text), "advice"))


def _at_once(shell: Shell, story: Story) -> Html | None:
    """Offer what is done in a moment, right under the headline: who comes from a message has a phone in the hand."""
    takes, hands = story.acknowledges and story.having.can_be_taken, story.hands and story.having.holder
    back = story.hands and story.having.is_with(shell.name)
    if not shell.acts or not story.owed or not (takes or story.reports or hands or back):
        return None
    say = shell.words.say
    buttons = (
        el("button", say("I have it"), formaction="/acts/acknowledge") if takes else None,
        _done_button(shell, story, plain=takes),
        el("button", say("Give it back"), formaction="/acts/give-back", class_="plain") if back else None,
        el("a", say("Hand it on"), href="#hand-on", class_="plain") if hands else None,
    )
    content = hidden("promise", story.view.row.id), acting_as(shell), el("p", *buttons, class_="actions")
    return el("div", form(shell, "/acts/acknowledge", *content), id="take-it")


def _done_button(shell: Shell, story: Story, *, plain: bool) -> Html | None:
    said, kind = shell.words.say("It is done"), "plain" if plain else None
    if story.done_at_once:
        return el("button", said, formaction="/acts/done", class_=kind)
    return el("a", said, href="#done", class_="plain") if story.reports else None


def _nobody_tells(shell: Shell, story: Story) -> Html | None:
    """Say that nobody can report it: what keeps it is counted by a machine, or made by Kept itself."""
    if not shell.acts or not story.owed or not story.not_reportable:
        return None
    events = shell.words.either(story.not_reportable)
    said = shell.words.say("Nobody can say here that it is done: {event} tells it, and that no person sends.",
                           event=events)  # fmt: skip
    return el("p", said, class_="quiet")


def _to_whom(shell: Shell, story: Story) -> Html:
    """Ask to whom it is handed on: somebody of the policy or, without one, whoever is named."""
    others = [name for name in story.others if not same(name, story.having.holder)]
    say = shell.words.say
    hint = say("they are told at once") if others else ""
    if not others:
        return field(say("To whom"), "to", required=True, maxlength=200)
    options = (el("option", name, value=name) for name in others)
    return field(say("To whom"), "to", control=el("select", options, name="to", required=True), hint=hint)


def _actions(shell: Shell, story: Story) -> Iterator[Html]:
    """Offer what takes some words."""
    promise = story.view.row
    may = story.standard.granting if story.standard else ()

    def offer(title: str, action: str, button: str, fields: Child) -> Html:
        content = hidden("promise", promise.id), acting_as(shell), fields, el("button", button)
        return section(title, form(shell, f"/acts/{action}", *content), id=action)

    if not shell.acts:
        return
    say = shell.words.say
    if story.owed and (forms := report_forms(shell, promise.id, story.reports)):
        yield section(say("It is done"), forms, id="done")
    if story.hands and story.owed:
        yield offer(say("Hand it on"), "hand-on", say("Hand it on"), _to_whom(shell, story))
    if story.excusable and may and story.standard:
        yield offer(
            say("Excuse it"),
            "excuse",
            say("Grant the exception"),
            excuse_fields(shell, may, reasons(story.standard.exceptions)),
        )
    if story.debriefs:
        yield offer(say("Talk it over"), "debrief", say("We have talked it over"), debrief_fields(shell))


def _done(shell: Shell, story: Story) -> Html | None:
    if not story.acts:
        return None
    causes = {line.cause for line in story.view.lines}
    vain = story.without_effect
    rows = (act_row(shell, act, causes, why=vain.get(act.name, "")) for act in story.acts)
    return section(shell.words.say("What people did"), el("ul", rows, class_="acts"))


def _pretty(text: str) -> str:
    """Break a document that is one line of JSON into lines that people can read."""
    try:
        return msgspec.json.format(text, indent=2)
    except msgspec.DecodeError:
        return text
