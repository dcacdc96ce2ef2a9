"""The times of one promise, and its lines: what happened when, by its own clock and for the customer.

Read next: `story.py`, which shows them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.words.words import phrase
from streams.board.markup import Child, Html, el, facts, join, section, sentence
from streams.live.wording import WORDS, words

if TYPE_CHECKING:
    from standards.judge.ledger import Line
    from streams.board.shell import Shell
    from streams.board.story import Story

_COLUMNS: Final = (
    phrase("When"), phrase("What"), phrase("By its clock"), phrase("For the customer"), phrase("Notice"),
)  # fmt: skip


def times(shell: Shell, story: Story) -> Html:
    """Say when it was opened, due and settled, and how long that took by its own clock and for the customer."""
    promise = story.view.row
    say = shell.words.say
    failed = story.failed.at if story.failed is not None else -1
    names = {"broken": say("Broken"), "excused": say("Excused")}
    settled = names.get(promise.verdict or "", say("Settled"))
    instants = (
        (say("Opened"), promise.opened), (say("Due"), promise.due), (say("Failed"), failed),
        (settled, promise.settled),
    )  # fmt: skip
    waited = max(0, story.waited_until(shell.now) - promise.opened)
    # How long its own clock has run so far the last line cannot say, unless that clock stands.
    runs = promise.verdict is None and not promise.state.startswith("paused")
    spans = [
        *(() if runs else ((say("By its own clock"), story.failed.elapsed if story.failed else promise.elapsed),)),
        (say("For the customer"), waited),
    ]
    pairs: list[tuple[str, Child]] = [(name, shell.clock(at)) for name, at in instants if at >= 0]
    return facts([*pairs, *((name, shell.words.length(span)) for name, span in spans)], "facts")


def legend(shell: Shell) -> Html:
    """Say what the bars of the timeline mean."""
    say = shell.words.say
    kinds = (("runs", say("the clock runs")), ("stands", say("paused")), ("waits", say("the customer waits")))
    return el("p", (el("span", word, class_=f"key {kind}") for kind, word in kinds), class_="legend")


def lines(shell: Shell, story: Story) -> Html:
    """Draw its lines, one by one."""
    say = shell.words.say
    head = el("tr", (el("th", say(name), scope="col") for name in _COLUMNS))
    table = el("table", el("thead", head), el("tbody", (_line(shell, line, story) for line in story.view.lines)))
    words = say("What happened, line by line")
    return section(
        say("What happened"), el("div", table, class_="wide lines-of", tabindex="0", role="group", aria_label=words)
    )


def _line(shell: Shell, line: Line, story: Story) -> Html:
    say, length = shell.words.say, shell.words.length
    said = words(line, story.standard, shell.words) if story.standard else ""
    when = shell.clock(line.at)
    if line.known > line.at:
        when = sentence(shell.words, "{time}, learned at {known}", time=when, known=shell.clock(line.known))
    by = say("by {event} from {source}", event=line.cause[1], source=line.cause[0]) if line.cause else ""
    what = join(el("strong", say(WORDS[line.kind])), f": {said}" if said else "", " ", el("small", by) if by else None)
    told = shell.reason(*story.view.reason_of(line, story.reasons.get(line.id, "")))
    cells: tuple[Child, ...] = (when, what, length(story.elapsed(line)), length(line.at - line.opened), told)
    columns = zip(_COLUMNS, cells, strict=True)
    return el("tr", (el("td", cell, data_of=say(name)) for name, cell in columns), class_=line.kind)
