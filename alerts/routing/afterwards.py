"""What somebody excused long after it failed, by what a scenario lets everybody do: who leads hears of that.

Soon after the failure it is what the scenario is for, and only who heard of the trouble hears that it is over.
Must not know: who did it, and why; that stands on the promise's page. Read next: `changes.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.standard import SCENARIO
from standards.practice.practice import WITHIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from alerts.policy.policy import People
    from alerts.routing.incident import Incident
    from standards.judge.ledger import Line
    from standards.practice.practice import Scenario


def by_scenario(line: Line) -> str:
    """Give the scenario by which a line excuses what had failed; nothing, where it does not."""
    excuses = line.kind == "corrected" and line.verdict == "excused" and line.reason.startswith(SCENARIO)
    return line.reason.removeprefix(SCENARIO) if excuses else ""


def is_afterwards(failed: int, at: int, scenario: Scenario | None) -> bool:
    """Say whether what failed at one instant and was excused at another (microseconds UTC) was so afterwards."""
    return at - failed > (WITHIN if scenario is None else scenario.within)


def tell_who_leads(
    line: Line, incidents: Iterable[Incident], people: People, scenarios: Mapping[str, Scenario]
) -> None:
    """Have all of an incident's chain hear of a line that excuses afterwards, as if they had heard of the trouble."""
    name, found = by_scenario(line), list(incidents)
    failed = [each.line.at for each in found if each.line.verdict in ("broken", "unknown")]
    if not name or not failed or not is_afterwards(max(failed), line.at, scenarios.get(name)):
        return
    for incident in found:
        chain = people.route(incident.route).chain
        others = (who for step in chain for who in people.reached(step.tell, line.known))
        incident.told = list(dict.fromkeys([*incident.told, *others]))
