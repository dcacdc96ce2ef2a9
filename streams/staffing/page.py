"""The plan as one page: pictures and tables in a file of its own, that needs no server, no script and no other file.

Read next: `heat.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from streams.board.markup import Html, el, join
from streams.board.standalone import html_table, legend, standalone
from streams.staffing import wording
from streams.staffing.heat import heat
from streams.staffing.text import capital, verdict

if TYPE_CHECKING:
    from standards.staffing.plan import Plan
    from streams.staffing.asking import Answer, Staffed

OPEN: Final = 3
"""How many lines of a standard are unfolded."""
_HEAD: Final = (
    "Hour",
    "Arrivals",
    "Minutes each",
    "There",
    "Needed",
    "Kept, seen",
    "Kept, expected",
    "Broken by the gap",
)
_LINES: Final = ("Line", "Broken by the gap", "Hours short", "There at most", "Needed at most", "Model off by", "Days")


def page(answer: Answer) -> str:
    """Draw the whole page."""
    content = (_how_to_read(), *map(_standard, answer.staffed), _unfit(answer))
    return standalone("Staffing", content, style=Path(__file__).with_name("page.css"))


def _how_to_read() -> Html:
    words = (
        "How many people keep a promise at its goal, hour by hour of the week, and who was there. The large number "
        "is who is needed; “was” is who was there on average. Intervals are 95 %."
    )
    keys = (
        ("enough", "enough people"),
        ("maybe", "the model would have more"),
        ("short", "more are needed, and history shows it"),
    )
    return join(el("p", words, class_="lead"), legend(*keys))


def _standard(staffed: Staffed) -> Html:
    standard = staffed.target.standard
    lines = staffed.plans
    about = f"goal: {wording.goal(staffed.target)} · history: {wording.days_of(staffed)}, {staffed.zone.key}"
    return el(
        "section",
        el("h2", standard.promise or standard.id),
        el("p", f"{standard.id} · {about}", class_="quiet"),
        el("p", f"{capital(verdict(staffed))}.", class_="come gap" if staffed.sentence else "come"),
        el("p", " ".join(filter(None, (wording.cost(staffed), wording.unexplained(staffed)))), class_="said"),
        el("p", " ".join(wording.worth(lines)), class_="said"),
        _left_out(staffed),
        html_table(f"Lines of {standard.id}", wording.line_table(_LINES, lines)) if len(lines) > 1 else None,
        (_line(plan, unfolded=at < OPEN) for at, plan in enumerate(lines)) if len(lines) > 1 else _week(lines[0]),
    )


def _left_out(staffed: Staffed) -> Html | None:
    if not staffed.left_out:
        return None
    rows = (
        el("li", f"{' / '.join(key) or 'everybody'}: {'; '.join(lacks)}")
        for key, lacks in sorted(staffed.left_out.items())
    )
    return el("details", el("summary", f"{len(staffed.left_out)} left out: too little is known"), el("ul", rows))


def _line(plan: Plan, *, unfolded: bool) -> Html:
    name = f"{wording.line_name(plan)}: {wording.with_range(plan.cost, plan.cost_span)} {wording.unit(plan.target)}"
    said = el("p", " ".join(wording.worth([plan])), class_="said")
    return el("details", el("summary", name), said, _week(plan), class_="line", open=unfolded)


def _week(plan: Plan) -> Html:
    if not plan.hours:
        return el("p", "Nobody was ever there for as much as an hour.", class_="quiet")
    table = html_table(f"Hours of {wording.line_name(plan)}", wording.hour_table(_HEAD, plan))
    return el("div", heat(plan, wording.line_name(plan)), table, class_="week")


def _unfit(answer: Answer) -> Html | None:
    if not answer.unfit:
        return None
    rows = (el("li", f"{one.standard}: {one.why}.") for one in answer.unfit)
    return el("section", el("h2", "Not a matter of how many people are there"), el("ul", rows))
