"""What a practice document, sound in itself, hardly means: speed that is asked for alone, and teams of another name.

Read next: `practice_document.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.calendar.hours import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from standards.documents.entries import Entry
    from standards.judge.standard import Standard
    from standards.practice.practice import Practice


def check_practice(
    practice: Practice, standards: Iterable[Standard], top: Entry, teams: Collection[str] | None = None
) -> None:
    """Report what is doubtful; `top` is the document's, `teams` are those of the policy, where there is one."""
    quick = {standard.id for standard in standards if standard.aspect == "speed"}
    if teams is not None:
        _other_spelling(practice, top, teams)
    _reward_for_speed(practice, top, quick)
    _speed_alone(practice, top, quick)


def _other_spelling(practice: Practice, top: Entry, teams: Collection[str]) -> None:
    """Find teams that the policy does not have: nobody there would hear of what they are owed."""
    for name in practice.teams:
        if name not in teams:
            known = f"name one of: {', '.join(sorted(teams)) or 'none yet'}; or add {name} to the policy"
            fix = did_you_mean(name, teams) or known
            top.at("teams", name).warning("other-spelling", f"the policy has no team {name!r}", fix)


def _reward_for_speed(practice: Practice, top: Entry, quick: Collection[str]) -> None:
    """Find rewards for speed and nothing else: what is rewarded alone is bought with what is not."""
    for name, reward in practice.rewards.items():
        entry = top.at("rewards", name)
        if entry.has("for") and quick and set(reward.standards) <= set(quick):
            found = f"{name} is for {', '.join(reward.standards)}, and so for speed alone"
            fix = "add a standard of quality, ownership or courtesy, or leave for: out"
            entry.at("for").warning("reward-for-speed", found, fix)


def _speed_alone(practice: Practice, top: Entry, quick: Collection[str]) -> None:
    """Find goals of speed with nothing beside them that says how the work is to be done."""
    for name, goal in practice.goals.items():
        if goal.standard in quick and set(goal.beside) <= set(quick):
            entry = top.at("goals", name)
            found = f"{name} asks for speed, and nothing beside it says how the work is to be done"
            fix = "add beside: with a standard of quality, ownership or courtesy"
            entry.at("beside" if entry.has("beside") else "standard").warning("speed-alone", found, fix)
