"""A review as one page, with pictures and a table beside each: for those who decide, and for the file.

Read next: `pictures.py`, `streams/board/standalone.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import spoken
from standards.review.tally import PER_DEADLINE
from streams.backtest.report import DAYS, left_out, remarks
from streams.backtest.table import Row, Table
from streams.board.markup import Html, el, join
from streams.board.standalone import html_table, legend, paragraphs, standalone
from streams.review import wording
from streams.review.pictures import kept_rates, timeline, waits, week
from streams.review.scales import days_of, scale_of, shades, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from standards.review.tally import Tally
    from streams.review.judging import Judged
    from streams.review.scales import Scale
    from streams.review.sweeping import Sweep
    from streams.review.wording import Reviewed

_STYLE: Final = Path(__file__).with_name("page.css")
_KEYS: Final = (
    ("kept", "kept"), ("broken", "broken, or done after the deadline"), ("other", "void, excused, unknown or open"),
)  # fmt: skip
_ENDS: Final = ("when", "kept", "broken", "other")
_TOOK: Final = ("open time", "done")
_BROKEN: Final = "By weekday and hour: how many were broken, and of how many"


def backtest_page(judged: Judged) -> str:
    """Draw what one version would have promised and kept."""
    tallies = judged.tallies
    never = [name for name in judged.result.scores if name not in tallies]
    content = (
        paragraphs(wording.judged(judged.result, judged.clock), kind="lead"),
        legend(*_KEYS),
        (_section(judged, name, tally) for name, tally in tallies.items()),
        paragraphs("Nothing was owed." if not tallies else "", f"Never owed: {', '.join(never)}." if never else ""),
        _not_judged(judged),
    )
    return standalone("What would have been promised, and kept", content, style=_STYLE)


def review_page(reviewed: Reviewed) -> str:
    """Draw two versions beside each other, and what is different."""
    content = (
        paragraphs(wording.both(reviewed), kind="lead"),
        paragraphs(wording.verdict(reviewed), kind="come"),
        legend(*_KEYS),
        (_compared(reviewed, name) for name in reviewed.names),
        _cases(reviewed),
        _not_judged(reviewed.now),
    )
    return standalone("What the change does", content, style=_STYLE)


def sweep_page(sweep: Sweep) -> str:
    """Draw what each value would keep."""
    most = max((each.messages for each in sweep.tried), default=0)
    said = "Points, and the scale at the left: the share kept, with its 95 % interval. Dashed: the objective. "
    said += f"Bars, and the scale at the right: messages, {most:,} at most."
    content = (
        paragraphs(wording.judged(sweep.result, sweep.clock), kind="lead"),
        el("h2", sweep.promise or sweep.standard),
        el("p", f"{sweep.standard}, by {sweep.knob}", class_="quiet"),
        paragraphs(wording.advice(sweep), kind="come"),
        el("figure", el("figcaption", said), kept_rates(sweep)),
        html_table(f"Values of {sweep.knob}", wording.sweep_table(sweep), cards=True),
        paragraphs(wording.told_by(sweep), *wording.impossible(sweep)),
    )
    return standalone("What could be kept", content, style=_STYLE)


def _section(judged: Judged, name: str, tally: Tally) -> Html:
    return el(
        "section",
        el("h2", judged.standards[name].promise or name),
        el("p", f"{name}, by the clock of {judged.zone_of(name).key}", class_="quiet"),
        html_table(name, wording.standard_table(name, tally), cards=True),
        paragraphs(*remarks(judged.result.scores[name], judged.standards[name])),
        el("div", _pictures([("", judged, tally)], name), class_="pair"),
    )


def _compared(reviewed: Reviewed, name: str) -> Html:
    both = zip(("before", "now"), (reviewed.before, reviewed.now), reviewed.tallies(name), strict=True)
    found = [(label, judged, tally) for label, judged, tally in both if tally is not None]
    found_ways = wording.ways(reviewed, name)
    kinds = list(_pictures(found, name))
    groups = [each for each in kinds if each] if len(found) > 1 else [join(*kinds)]
    return el(
        "section",
        el("h2", reviewed.promise(name) or name),
        el("p", f"{name}, by the clock of {reviewed.zone(name).key}", class_="quiet"),
        paragraphs(wording.place_of(reviewed, name)),
        html_table(name, wording.version_table(reviewed, name, column="version"), cards=True),
        el("ul", (el("li", f"{count:,} {words}") for count, words in found_ways), class_="ways")
        if found_ways
        else None,
        paragraphs(wording.when(reviewed, name)),
        (el("div", each, class_="pair") for each in groups),
    )


def _pictures(found: Sequence[tuple[str, Judged, Tally]], name: str) -> Iterator[list[Html]]:
    """Give each kind of picture, for each version that has it, to one scale and with its table."""
    scale = scale_of([tally for _, _, tally in found])
    yield [
        _figure(("Day by day", label, name), timeline(tally, name, scale), _ENDS, _days(tally, scale))
        for label, _, tally in found
    ]
    yield [
        _figure(("How long it took", label, name), waits(tally, within, name), _TOOK, _took(tally, within))
        for label, judged, tally in found
        if (within := judged.within(tally.standard)) is not None
    ]
    drawn = ((label, tally, join(week(tally, name, scale), legend(*shades(scale.most)))) for label, _, tally in found)
    yield [_figure((_BROKEN, label, name), picture, _ENDS, _hours(tally)) for label, tally, picture in drawn]


def _figure(said: tuple[str, str, str], picture: Html, columns: Sequence[str], rows: Iterable[Row]) -> Html:
    """Give a picture and its table; `said` is what it shows, of which version, and of which standard."""
    what, label, name = said
    title = f"{what}, {label}" if label else what
    folded = el("details", el("summary", "as a table"), html_table(f"{name}: {title}", Table(columns, list(rows))))
    return el("figure", el("figcaption", title), picture, folded)


def _days(tally: Tally, scale: Scale) -> Iterator[Row]:
    return (Row(label, _numbers(counts)) for label, counts in days_of(tally, scale))


def _hours(tally: Tally) -> Iterator[Row]:
    return (Row(f"{DAYS[day]} {hour:02}", _numbers(split(ends))) for (day, hour), ends in sorted(tally.week.items()))


def _took(tally: Tally, within: int) -> Iterator[Row]:
    bins = [(at, count) for at, count in enumerate(tally.took) if count]
    return (Row(f"from {spoken(within * at // PER_DEADLINE)}", [f"{count:,}"]) for at, count in bins)


def _cases(reviewed: Reviewed) -> Html | None:
    told = wording.case_table(reviewed)
    if not told.rows:
        return None
    return el("section", el("h2", "The cases that say most"), html_table("Cases", told, cards=True, words=True))


def _not_judged(judged: Judged) -> Html | None:
    lines = [line for line in left_out(judged.result) if line]
    return el("section", el("h2", "What was not judged"), join(el("p", line) for line in lines)) if lines else None


def _numbers(counts: Sequence[int]) -> list[str]:
    return [f"{count:,}" for count in counts]
