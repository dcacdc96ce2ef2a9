"""What Kept's own event types are called where people read what was to happen; an author's own by its name.

Read next: `wording.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.words.words import phrase

if TYPE_CHECKING:
    from alerts.words.words import Words

EVENTS: Final = {
    "queue.length": phrase("queue length"),
    "register.opened": phrase("register opened"),
    "register.closed": phrase("register closed"),
    "contact.started": phrase("contact started"),
    "contact.waiting": phrase("contact waiting"),
    "contact.answered": phrase("contact answered"),
    "contact.abandoned": phrase("contact abandoned"),
    "contact.held": phrase("contact held"),
    "contact.resumed": phrase("contact resumed"),
    "contact.resolved": phrase("contact resolved"),
    "contact.closed": phrase("contact closed"),
    "callback.promised": phrase("callback promised"),
    "callback.made": phrase("callback made"),
    "transfer.briefed": phrase("transfer briefed"),
    "transfer.completed": phrase("transfer completed"),
    "handoff.started": phrase("handoff started"),
    "handoff.completed": phrase("handoff completed"),
    "ticket.opened": phrase("ticket opened"),
    "ticket.replied": phrase("ticket replied"),
    "ticket.queued": phrase("ticket queued"),
    "ticket.accepted": phrase("ticket accepted"),
    "ticket.waiting": phrase("ticket waiting"),
    "ticket.resumed": phrase("ticket resumed"),
    "ticket.moved": phrase("ticket moved"),
    "ticket.completed": phrase("ticket completed"),
    "ticket.reopened": phrase("ticket reopened"),
    "ticket.merged": phrase("ticket merged"),
    "ticket.closed": phrase("ticket closed"),
    "customer.wrote": phrase("customer wrote"),
    "outcome.shared": phrase("outcome shared"),
    "survey.answered": phrase("survey answered"),
    "complaint.received": phrase("complaint received"),
    "followup.completed": phrase("followup completed"),
    "review.completed": phrase("review completed"),
    "assessment.completed": phrase("assessment completed"),
    "training.completed": phrase("training completed"),
    "coaching.completed": phrase("coaching completed"),
    "debrief.completed": phrase("debrief completed"),
    "recognition.given": phrase("recognition given"),
    "meeting.held": phrase("meeting held"),
    "exception.granted": phrase("exception granted"),
    "calendar.changed": phrase("calendar changed"),
    "shift.handed_over": phrase("shift handed over"),
    "feed.heartbeat": phrase("feed heartbeat"),
    "alert.acknowledged": phrase("alert acknowledged"),
    "alert.handed_on": phrase("alert handed on"),
    "alert.given_back": phrase("alert given back"),
    "letter.settled": phrase("letter settled"),
    "work.reported": phrase("work reported"),
    "alert.silenced": phrase("alert silenced"),
    "alert.unsilenced": phrase("alert unsilenced"),
}
"""The name of each built-in type, to follow "no" or a colon."""


def event_name(kind: str, words: Words) -> str:
    """Name an event type to people."""
    return words.say(EVENTS[kind]) if kind in EVENTS else kind.replace(".", " ")
