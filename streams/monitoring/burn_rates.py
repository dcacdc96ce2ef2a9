"""Objectives as rules: multi-window, multi-burn-rate alerts on the error budget, honest where promises are few.

The windows and shares of the budget are those of the Google SRE workbook, chapter 5, "Alerting on SLOs": a page when
2 % of the budget of four weeks or a month went in an hour, or 5 % in six; a ticket when 10 % went in a day, or in
three. A burn rate is how many times faster than it may the budget is used; it must show in the long window, and in a
short one too, so that the alert ends soon after its cause. At 30 days the rates are the workbook's 14.4, 6, 3 and 1.

Three promises prove nothing, so two conditions are added: at least `FEWEST` promises were judged in the long window,
and the lower end of the 95 % interval of the share broken (Wilson 1927) lies above the threshold as well. `increase()`
extrapolates to the ends of a window, and makes ten of nine; so the floor is held by the counters' own difference, too.
Read next: `rule_file.py`, which prints them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from standards.calendar.duration import DAY, HOUR, MINUTE, describe
from standards.judge.score import Z

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from standards.judge.standard import Objective, Standard
    from streams.metrics.described import Host

    Rule = dict[str, Any]

FEWEST: Final = 10
"""How many promises must have been judged in the long window; of fewer, one more or less would change the picture."""
LEAST_SPAN: Final = 28 * DAY
"""An objective over a shorter span is watched by the rates of four weeks: shares of a day's budget would be noise."""
COUNT: Final = 'printf "%.0f"'
"""Shows a number of promises; over a window Prometheus gives one with decimals."""


class Window(NamedTuple):
    """A pair of windows (microseconds): an alert when this share of the budget went within the long one."""

    long: int
    short: int
    budget: float
    severity: str

    def burn_rate(self, over: int) -> float:
        """Give how many times too fast the budget of a span is used then."""
        return self.budget * max(over, LEAST_SPAN) / self.long


WINDOWS: Final = (
    Window(HOUR, 5 * MINUTE, 0.02, "page"),
    Window(6 * HOUR, 30 * MINUTE, 0.05, "page"),
    Window(DAY, 2 * HOUR, 0.10, "warning"),
    Window(3 * DAY, 6 * HOUR, 0.10, "warning"),
)


def windows_of(objective: Objective) -> list[Window]:
    """Give the windows in which an objective can be missed so fast at all.

    At a goal of 80 % everything broken is a burn rate of 5: an alert on 14.4 could never fire.
    """
    budget = 1 - objective.kept
    return [each for each in WINDOWS if each.burn_rate(objective.over) * budget < 1]


def recording_rules(host: Host) -> Iterable[Rule]:
    """Give the rules that count, by standard, what was judged and broken in each window, and how sure the share is."""
    spans = {span: None for each in WINDOWS for span in (each.long, each.short)}
    for span in sorted(spans):
        yield {"record": judged(span), "expr": _increase(host, "kept|broken", span)}
        yield {"record": broken(span), "expr": _increase(host, "broken", span)}
        yield {"record": ratio(span), "expr": f"{broken(span)} / ({judged(span)} > 0)"}
    for each in WINDOWS:
        yield {"record": seen(each.long), "expr": _difference(host, "kept|broken", each.long)}
        for end, sign in (("low", "-"), ("high", "+")):
            yield {"record": bound(end, each.long), "expr": _wilson(each.long, sign)}


def alerts_of(standard: Standard) -> Iterable[Rule]:
    """Give the alerts on one standard's error budget.

    None where it has no objective, or one that bears nothing, or where nobody is to be disturbed by its promises; and
    none of what is owed for each person alone, which no metric counts.
    """
    objective = standard.objective
    if objective is None or objective.kept >= 1 or standard.severity == "info" or standard.owed_to:
        return
    for each in windows_of(objective):
        rate, budget = number(each.burn_rate(objective.over)), number(1 - objective.kept)
        mine, long, threshold = f'{{standard="{standard.id}"}}', each.long, f"({rate} * {budget})"
        yield {
            "alert": "KeptErrorBudgetBurn",
            "expr": (
                f"{ratio(long)}{mine} > {threshold}\n"
                f"and {ratio(each.short)}{mine} > {threshold}\n"
                f"and {bound('low', long)}{mine} > {threshold}\n"
                f"and {judged(long)}{mine} >= {FEWEST}\n"
                f"and {seen(long)}{mine} >= {FEWEST}"
            ),
            "labels": {
                "severity": each.severity, "standard": standard.id, "owner": literal(standard.owner),
                "aspect": standard.aspect, "window": describe(long),
            },
            "annotations": {
                "summary": f"{standard.id}: {{{{ $value | humanizePercentage }}}} of its promises were broken within"
                f" {describe(long)}; its goal of {number(100 * objective.kept)} % bears"
                f" {number(100 * (1 - objective.kept))} % (burn rate above {rate})",
                "interval": f"{_asked(bound('low', long), mine)} to {_asked(bound('high', long), mine)} broken, by the"
                f" 95 % interval; about {_asked(judged(long), mine, COUNT)} promises were judged; first verdicts,"
                " whatever was corrected or excused later",
            },
        }  # fmt: skip


def left_out(standards: Sequence[Standard]) -> Iterable[str]:
    """Say of which standards some windows are left out, and why."""
    for standard in standards:
        if standard.objective is None:
            continue
        here = windows_of(standard.objective)
        gone = [describe(each.long) for each in WINDOWS if each not in here]
        if standard.owed_to:
            yield f"{standard.id}: it is owed for each person alone, and no metric counts that, so no alert watches it"
        elif standard.objective.kept >= 1:
            yield f"{standard.id}: its goal is that every promise is kept, so there is no budget to watch"
        elif standard.severity == "info":
            yield f"{standard.id}: nobody is told at once (severity: info), so no alert watches its goal"
        elif gone:
            most = number(1 / (1 - standard.objective.kept))
            goal = f"{number(100 * standard.objective.kept)} % over {describe(standard.objective.over)}"
            yield (
                f"{standard.id}: at its goal of {goal} no alert within {', '.join(gone)} could fire: "
                f"everything broken is a burn rate of {most}"
            )


def judged(span: int) -> str:
    """Name the series of how many promises were judged within a span, by standard."""
    return f"standard:kept_promises_judged:increase{describe(span)}"


def seen(span: int) -> str:
    """Name the series of how many of those were seen to be counted: no estimate, and never too many."""
    return f"standard:kept_promises_judged:seen{describe(span)}"


def broken(span: int) -> str:
    """Name the series of how many of them were broken."""
    return f"standard:kept_promises_broken:increase{describe(span)}"


def ratio(span: int) -> str:
    """Name the series of the share that was broken."""
    return f"standard:kept_promises_broken:ratio_rate{describe(span)}"


def bound(end: str, span: int) -> str:
    """Name the series of the `low` or `high` end of that share's interval."""
    return f"standard:kept_promises_broken:ratio_{end}{describe(span)}"


def counted(host: Host, kinds: str, span: str, more: str = "", by: str = "standard") -> str:
    """Ask how many lines of some kinds came within a span, by a label.

    Each `kept serve` counts the whole ledger, so on Kafka the largest of them is meant; several `kept run` are several
    ledgers, and add up.
    """
    return _summed(host, f"increase({_lines(kinds, span, more)})", by)


def literal(text: str) -> str:
    """Write a text of the author's for a label, which Prometheus reads as a template of Go."""
    return text.replace("{{", '{{ "{{" }}')


def number(value: float) -> str:
    """Print a number to four places that matter, and without those that do not."""
    return f"{value:.4g}"


def _increase(host: Host, kinds: str, span: int) -> str:
    return counted(host, kinds, describe(span))


def _difference(host: Host, kinds: str, span: int) -> str:
    """Ask how far the counters themselves rose. They never fall, but where a backup of the store was put back."""
    lines = _lines(kinds, describe(span))
    return _summed(host, f"max_over_time({lines}) - min_over_time({lines})", "standard")


def _lines(kinds: str, span: str, more: str = "") -> str:
    of = f'kind=~"{kinds}"' if "|" in kinds else f'kind="{kinds}"'
    return f"kept_promises_total{{{of}{more}}}[{span}]"


def _summed(host: Host, each: str, by: str) -> str:
    if host == "run":
        return f"sum by ({by}) ({each})"
    return f"max by ({by}) (sum by (instance, {by}) ({each}))"


def _wilson(span: int, sign: str) -> str:
    """Give an end of Wilson's interval of the share broken in a window, as `standards/judge/score.py` computes it."""
    share, trials, square = ratio(span), judged(span), Z * Z
    centre = f"{share} + {square / 2:.6f} / {trials}"
    spread = f"{Z} * sqrt(({share} * (1 - {share}) + {square / 4:.6f} / {trials}) / {trials})"
    return f"({centre} {sign} {spread}) / (1 + {square:.6f} / {trials})"


def _asked(series: str, selector: str, shown: str = "humanizePercentage") -> str:
    """Give the template that shows the present value of a series in an annotation."""
    quoted = (series + selector).replace('"', '\\"')
    return f'{{{{ with query "{quoted}" }}}}{{{{ . | first | value | {shown} }}}}{{{{ end }}}}'
