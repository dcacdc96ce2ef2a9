"""The form by which somebody says that a promise is kept: it asks of the event what is not known yet.

Read next: `reportable.py`, which knows what that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.expressions.fields import FieldType
from streams.board.markup import Child, Html, el, sentence
from streams.board.reportable import BY
from streams.board.shell import LONGEST, Shell, acting_as, form, hidden
from streams.board.wording import Wording, field_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from standards.judge.ledger import Plain
    from streams.board.reportable import Asked, Report

GIVEN: Final = "data."
"""What stands before a field's name in the form: the form has names of its own."""
YES, NO = "yes", "no"
_INPUTS: Final[Mapping[FieldType, dict[str, str]]] = {
    "text": {"type": "text"}, "integer": {"type": "number", "step": "1"}, "number": {"type": "number", "step": "any"},
    "time": {"type": "datetime-local", "step": "1"},
}  # fmt: skip


def report_forms(shell: Shell, promise: str, reports: Sequence[Report]) -> list[Html]:
    """Draw a form for each event that says it and asks for anything."""
    return [_form(shell, promise, each, alone=len(reports) == 1) for each in reports if each.asked or len(reports) > 1]


def _form(shell: Shell, promise: str, report: Report, *, alone: bool) -> Html:
    say, kind = shell.words.say, report.kind
    which = el("p", el("b", kind.name), ": ", el("span", kind.meaning, lang="en"), class_="quiet")
    return form(
        shell, "/acts/done", None if alone else which, hidden("promise", promise), hidden("event", kind.name),
        acting_as(shell), _said(shell, report), (asked_field(shell, each) for each in report.asked),
        el("button", say("It is done")),
    )  # fmt: skip


def _said(shell: Shell, report: Report) -> Html | None:
    """Tell what the event will say without being asked."""
    said: dict[str, Plain] = {**report.known, **report.fixed}
    if not said:
        return None
    words = "; ".join(f"{field_words(name, shell.words)}: {plain(value, shell)}" for name, value in said.items())
    return el("p", sentence(shell.words, "It will say: {what}.", what=el("span", words)), class_="quiet")


def plain(value: Plain, wording: Wording) -> str:
    """Say a value: yes and no as people do."""
    say = wording.words.say
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    return str(value)


def asked_field(shell: Shell, asked: Asked) -> Html:
    """Draw what asks for one field of an event."""
    name, says = GIVEN + asked.name, asked.field.meaning
    mine = asked.name == BY and not asked.required
    hint: list[Child] = [el("small", says, lang="en")] if says else []
    if mine:
        hint.append(el("small", shell.words.say("You, if nothing stands here.")))
    label = el("span", field_words(asked.name, shell.words))
    return el("label", label, _control(shell, asked, name), *hint, class_="field")


def _control(shell: Shell, asked: Asked, name: str) -> Html:
    say = shell.words.say
    options = [(str(value), str(value)) for value in asked.among]
    if asked.field.type == "boolean":
        options = [(YES, say("yes")), (NO, say("no"))]
    if options:
        none = el("option", "", value="")
        return el("select", none, (el("option", said, value=value) for value, said in options), name=name,
                  required=asked.required)  # fmt: skip
    if asked.field.free:
        return el("textarea", name=name, required=asked.required, maxlength=LONGEST, rows=2)
    return el("input", name=name, required=asked.required, maxlength=LONGEST, **_INPUTS[asked.field.type])
