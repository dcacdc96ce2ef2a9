"""What a standard says that its author can hardly mean: warnings, each with a page of its own in `docs/checks/`.

Each check is one function that gives at most a few findings; a document with warnings is still used.
Read next: `lint_input.py` for what a check can see, then one file for each sort.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from standards.lint import clock, endings, feeds, hours, names, people, scopes, together, windows, wording

if TYPE_CHECKING:
    from collections.abc import Mapping

Need = Literal["documents", "policy", "practice", "channels", "history", "data"]

CHECKS: Final[Mapping[str, Need]] = {
    "absent-channel": "channels", "absent-text": "history", "always-true": "documents", "at-most-before": "documents",
    "bad-snooze": "documents", "between-hours": "documents", "counted-person": "documents", "cut-text": "documents",
    "days-of-hours": "documents", "due-at-midnight": "documents", "empty-window": "documents",
    "equal-routes": "policy", "for-too-long": "documents", "forgets-first": "documents", "forgets-state": "documents",
    "full-objective": "documents", "given-up": "documents", "hidden-route": "policy", "holidays-over": "documents",
    "incomplete": "documents", "info-chain": "policy", "inhibition-circle": "policy", "kept-closed": "history",
    "late-chain": "policy", "late-summary": "policy", "left-out": "history", "likely-happening": "history",
    "likely-reading": "history", "long-silence": "policy", "long-wait": "policy", "looks-back": "documents",
    "matches-all": "policy", "matches-nothing": "policy", "minute-short": "documents", "missing-breaks": "documents",
    "missing-language": "documents", "muted-pages": "policy", "never-closed": "documents", "never-counts": "documents",
    "never-ends": "documents", "never-needed": "documents", "never-opens": "documents", "never-resumed": "documents",
    "never-true": "documents", "never-void": "documents", "new-meaning": "data", "newest-alone": "documents",
    "no-address": "policy", "no-debrief": "documents", "no-feed": "documents", "no-scope": "history",
    "no-time-to-act": "documents", "no-value": "documents", "nobody-owed": "documents", "nobody-there": "policy",
    "not-yet-so": "documents",
    "odd-window": "documents", "one-for-many": "documents", "other-number": "documents", "other-spelling": "documents",
    "out-of-reach": "history", "outlives-correction": "documents", "over-budget": "history",
    "owed-from-before": "documents",
    "owner-without-route": "policy", "renamed-key": "documents", "reward-for-speed": "practice",
    "reward-untied": "documents", "same-again": "policy", "same-hours": "documents", "seldom-seen": "history",
    "shift-cut": "documents", "short-repeat": "policy", "silence-over": "policy", "snooze-idle": "documents",
    "snooze-over": "documents", "speed-alone": "documents", "swings": "history", "take-it-down": "history",
    "too-few": "history", "too-late": "history", "too-short": "documents", "two-promises": "documents",
    "understaffed": "history", "unreached-channel": "channels", "unread-language": "documents",
    "unused-calendar": "documents", "unused-event": "documents", "unused-state": "documents",
    "unused-table": "documents", "utc-days": "documents", "warns-at-once": "documents",
}  # fmt: skip
"""All checks that warn, and what each needs beside the standards.

`cut-text`, `incomplete`, `renamed-key` and those of what is unused are made where documents are read, those of snoozes
by `documents/snooze.py`, those that need a policy by `alerts/policy/doubts.py` and `alerts/policy/policy_lint.py`,
those of people's practice by `practice/practice_lint.py`, those that need history or a host's data by
`streams/checking`.
"""
NEVER_ASLEEP: Final = frozenset({"bad-snooze", "snooze-idle", "snooze-over"})

EACH: Final = (
    wording.never_or_always_true, wording.other_number, wording.missing_language, wording.unread_language,
    wording.at_most_before, wording.forgets_first, wording.full_objective, wording.one_for_many, wording.never_ends,
    endings.never_void, endings.no_value, endings.missing_breaks, scopes.never_resumed,
    scopes.owed_from_before, scopes.newest_alone, scopes.never_opens,
)  # fmt: skip
"""What is doubtful in each standard by itself."""
TOGETHER: Final = (
    clock.too_short, clock.no_time_to_act, clock.warns_at_once, clock.never_needed, clock.given_up, clock.never_closed,
    clock.holidays_over,
    hours.days_of_hours, hours.minute_short, hours.same_hours, hours.between_hours,
    windows.shift_cut, windows.looks_back, windows.odd_window, windows.due_at_midnight, windows.utc_days,
    windows.empty_window, windows.never_counts, scopes.not_yet_so,
    scopes.for_too_long, scopes.forgets_state, feeds.no_feed, feeds.unknown_feed, names.other_spelling,
    people.counted_person, people.reward_untied, people.nobody_owed, together.speed_alone, together.two_promises,
    together.no_debrief, endings.outlives_correction,
)  # fmt: skip
"""What is doubtful in standards and declarations beside each other; nothing must be wrong with them."""
