"""A review as text for people, as Markdown for a pull request, and as JSON for programs.

Read next: `wording.py`, `page.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from standards.calendar.hours import zone as zone_of
from standards.judge.events import iso
from streams.backtest.report import remarks, score_table
from streams.backtest.table import markdown_table, plain, text_table
from streams.review import wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.judge.standard import Standard
    from standards.review.difference import Change
    from standards.review.fate import Fate
    from streams.backtest.result import Result
    from streams.review.sweeping import Sweep
    from streams.review.wording import Reviewed


def review_text(reviewed: Reviewed) -> str:
    """Tell a review on a terminal."""
    lines = [wording.both(reviewed), "", wording.verdict(reviewed)]
    for name in reviewed.names:
        lines += ["", f"{name}: {reviewed.promise(name)}"]
        lines += [f"  {said}"] if (said := wording.place_of(reviewed, name)) else []
        lines += [f"  {line}" for line in text_table(wording.version_table(reviewed, name))]
        found = wording.ways(reviewed, name)
        width = max((len(f"{count:,}") for count, _ in found), default=0)
        lines += ["", *(f"  {count:>{width},} {words}" for count, words in found)] if found else []
        lines += [f"  {said}"] if (said := wording.when(reviewed, name)) else []
    told = wording.case_table(reviewed).rows
    lines += ["", "The cases that say most, of each way by turns:"] if told else []
    for begun, (what, before, now, why), _ in told:
        lines += [f"  {begun}  {what} ({why})", f"    {before}  ->  {now}"]
    return "\n".join(lines)


def review_markdown(reviewed: Reviewed) -> str:
    """Tell a review in a pull request."""
    lines = ["## What the change does", "", wording.verdict(reviewed), "", plain(wording.both(reviewed))]
    for name in reviewed.names:
        lines += ["", f"### {name}", "", f"> {plain(reviewed.promise(name))}", ""]
        lines += markdown_table(wording.version_table(reviewed, name))
        lines += ["", said] if (said := wording.place_of(reviewed, name)) else []
        found = wording.ways(reviewed, name)
        lines += ["", *(f"* {count:,} {words}" for count, words in found)] if found else []
        lines += ["", said] if (said := wording.when(reviewed, name)) else []
    told = wording.case_table(reviewed)
    lines += ["", "### The cases that say most", "", *markdown_table(told)] if told.rows else []
    return "\n".join(lines)


def review_json(reviewed: Reviewed) -> dict[str, Any]:
    """Give a review for programs: all changes, and the counts by standard. Instants are ISO 8601, spans seconds."""
    return {
        "events": reviewed.now.result.events,
        "older": reviewed.older,
        "standards": {name: _standard(reviewed, name) for name in reviewed.names},
        "changes": [_change(change) for change in reviewed.difference.changes],
        "renamed": dict(reviewed.difference.renamed),
        "telling": [each.change.promise for each in reviewed.difference.telling()],
    }


def _standard(reviewed: Reviewed, name: str) -> dict[str, Any]:
    before, now = reviewed.tallies(name)
    return {
        "before": None if before is None else before.score.counts(),
        "now": None if now is None else now.score.counts(),
        "ways": [{"before": was, "now": is_now, "count": count}
                 for (was, is_now), count in sorted(reviewed.difference.ways(name).items())],
        "timezone": reviewed.zone(name).key,
        "changes_by_weekday_and_hour": {
            f"{day}-{hour:02}": count for (day, hour), count in sorted(reviewed.changes_by_hour(name).items())
        },
    }  # fmt: skip


def _change(change: Change) -> dict[str, Any]:
    return {"promise": change.promise, "before": _fate(change.before), "now": _fate(change.now)}


def _fate(fate: Fate | None) -> dict[str, Any] | None:
    if fate is None:
        return None
    return {
        "standard": fate.standard, "subject": fate.subject, "opened": iso(fate.opened), "ends": fate.end,
        "at": iso(fate.at) if fate.at >= 0 else None, "took": fate.took / 1_000_000 if fate.took >= 0 else None,
        "told": [iso(at) for at in fate.told],
    }  # fmt: skip


def sweep_text(sweep: Sweep) -> str:
    """Tell a sweep on a terminal."""
    lines = [wording.judged(sweep.result, sweep.clock), "", f"{sweep.standard}: {sweep.promise}", ""]
    lines += [*text_table(wording.sweep_table(sweep)), *wording.impossible(sweep)]
    return "\n".join([*lines, "", wording.advice(sweep), wording.told_by(sweep)])


def sweep_markdown(sweep: Sweep) -> str:
    """Tell a sweep in a pull request."""
    lines = [f"### {sweep.standard}: what could be kept", "", f"> {plain(sweep.promise)}", ""]
    lines += [*markdown_table(wording.sweep_table(sweep)), ""]
    lines += [f"* {plain(said)}" for said in wording.impossible(sweep)]
    return "\n".join([*lines, "", plain(wording.advice(sweep)), wording.told_by(sweep)])


def sweep_json(sweep: Sweep) -> dict[str, Any]:
    """Give a sweep for programs."""
    return {
        "events": sweep.result.events, "standard": sweep.standard, "varies": sweep.knob, "now": sweep.now,
        "objective": sweep.goal, "days": round(sweep.days, 3), "by_policy": sweep.policy,
        "values": [
            {"value": each.value, "cannot_be": each.why_not} if each.score is None else
            {"value": each.value, **each.score.counts(), "kept_rate": each.score.kept_rate,
             "interval": each.score.interval, "messages": each.messages}
            for each in sweep.tried
        ],
        "keeps_objective": None if sweep.best is None else sweep.best.value,
    }  # fmt: skip


def result_markdown(result: Result, standards: Mapping[str, Standard]) -> str:
    """Tell a backtest of one version in a pull request."""
    owed = {name: score for name, score in result.scores.items() if score.opened}
    lines = [wording.judged(result, zone_of(result.zone)), "", *markdown_table(score_table(owed, standards)), ""]
    told = {name: [plain(standards[name].promise), *remarks(score, standards[name])] for name, score in owed.items()}
    return "\n".join([*lines, *(f"* {name}: {' '.join(said)}" for name, said in told.items())])
