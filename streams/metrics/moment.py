"""What is so at the time of a scrape, rather than counted: deadlines, what is overdue, objectives, clocks.

Read next: `attainment.py` for how objectives stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, get_args

from standards.calendar.duration import SECOND
from standards.judge.promise import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from standards.judge.score import Score
    from standards.judge.standard import Standard
    from streams.storage.status import Status

    Gauges = dict[str, dict[tuple[str, ...], float]]


class Moment(NamedTuple):
    """What is read from the store and the rulebook for one scrape.

    Of what is owed for each person alone, `personal` by the standards' ids, nothing is told but that there is such a
    standard.
    `nearest` are the next deadlines by standard, `overdue` how many promises are overdue and the oldest deadline,
    `ahead` how far the fastest of the senders' clocks is ahead; None: there is nothing to tell it by. `standards` are
    those in force, by id, `attained` the scores of those with an objective, over its span. `totals` are how many lines
    the ledger has by standard, owner and kind; None while what is stored is not all of it. `silent` counts the devices
    that are switched on and do not ring, by the reason; None: nobody is told by push. `dark` are the declared feeds,
    each with the number of its keys for which it is silent.
    """

    nearest: Mapping[str, int]
    overdue: Mapping[str, tuple[int, int]]
    ahead: int | None = None
    standards: Mapping[str, Standard] = {}
    attained: Mapping[str, Score] = {}
    totals: Mapping[tuple[str, str, str], int] | None = None
    silent: Mapping[str, int] | None = None
    dark: Mapping[str, int] = {}
    personal: Collection[str] = ()


def at_scrape(status: Status, wall: int, asked: Moment, owed: Mapping[str, float] = {}) -> Gauges:
    """Give the gauges of this moment; `wall` in microseconds UTC. What cannot be known is left out.

    `owed` counts what is open, by standard.
    """
    told = {name: each for name, each in asked.standards.items() if name not in asked.personal}
    found: Gauges = {
        "kept_open_promises": _by_standard(asked, {**dict.fromkeys(told, 0), **owed}),
        "kept_nearest_deadline_timestamp_seconds": _by_standard(
            asked, {name: due / SECOND for name, due in asked.nearest.items()}
        ),
        "kept_promises_overdue": _by_standard(
            asked, dict.fromkeys(told, 0) | {name: count for name, (count, _) in asked.overdue.items()}
        ),
        "kept_oldest_overdue_seconds": _by_standard(
            asked,
            dict.fromkeys(told, 0.0) | {name: max(0, wall - due) / SECOND for name, (_, due) in asked.overdue.items()},
        ),
        "kept_feeds_silent": {(feed,): count for feed, count in asked.dark.items()},
        "kept_backlog_events": {(): status.waiting},
        "kept_clock_step_seconds": {(): status.clock_step / SECOND},
        "kept_ready": {(): int(status.ready)},
        "kept_kafka_operator": {(): int(status.operator)},
        **reload_gauges(status),
        "kept_standard_info": {(it.id, it.owner, it.aspect, it.severity): 1 for it in asked.standards.values()},
        **_objectives(told.values(), asked.attained),
    }
    if asked.totals is not None:
        totals = {key: count for key, count in asked.totals.items() if key[0] not in asked.personal}
        found["kept_promises_total"] = _lines(told.values(), totals)
    if asked.silent is not None:
        found["kept_push_devices_silent"] = {(reason,): count for reason, count in asked.silent.items()}
    if status.low >= 0:
        found["kept_watermark_lag_seconds"] = {(): max(0, wall - status.low) / SECOND}
    if asked.ahead is not None:
        found["kept_source_clock_ahead_seconds"] = {(): max(0, asked.ahead) / SECOND}
    return found


def _lines(standards: Iterable[Standard], totals: Mapping[tuple[str, str, str], int]) -> dict[tuple[str, ...], float]:
    """Give how many lines there are, also of the kinds of which there are none yet."""
    found: dict[tuple[str, ...], float] = {(it.id, it.owner, kind): 0 for it in standards for kind in get_args(Kind)}
    found.update({(*key,): count for key, count in totals.items()})
    return found


def _by_standard(asked: Moment, values: Mapping[str, float]) -> dict[tuple[str, ...], float]:
    """Give values by the standard's label; what is owed for each person alone is told by the month's page alone."""
    return {(name,): value for name, value in values.items() if name not in asked.personal}


def reload_gauges(status: Status) -> Gauges:
    """Give when the standards in force were read, and whether the last try to read them went well."""
    return {
        "kept_standards_last_reload_successful": {(): int(not status.is_stale)},
        "kept_standards_last_reload_success_timestamp_seconds": {(): status.standards_read / SECOND},
    }


def _objectives(standards: Iterable[Standard], attained: Mapping[str, Score]) -> Gauges:
    made: list[dict[tuple[str, ...], float]] = [{} for _ in range(5)]
    share, span, judged, reached, left = made
    for each in standards:
        if each.objective is None:
            continue
        share[each.id,], span[each.id,] = each.objective.kept, each.objective.over / SECOND
        score = attained.get(each.id)
        judged[each.id,] = score.judged if score else 0
        for bound, value in _bounds(score).items():
            reached[each.id, bound] = value
            if each.objective.kept < 1:
                left[each.id, bound] = 1 - (1 - value) / (1 - each.objective.kept)
    return {
        "kept_objective_ratio": share, "kept_objective_window_seconds": span,
        "kept_objective_judged_promises": judged, "kept_attained_ratio": reached,
        "kept_error_budget_remaining_ratio": left,
    }  # fmt: skip


def _bounds(score: Score | None) -> dict[str, float]:
    """Give the share kept and the ends of its interval; nothing while nothing was judged, as nobody can know."""
    if score is None or score.kept_rate is None or score.interval is None:
        return {}
    low, high = score.interval
    return {"seen": score.kept_rate, "low": low, "high": high}
