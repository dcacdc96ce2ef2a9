"""The rules that the benchmarks judge by: the no-wait rule as its file has it, and many like it.

Knows: the documents. Must not know: what is measured with them. Read next: `no-wait.yaml`, the rule itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.events import kind_names
from standards.compiler.spec import Source, load

if TYPE_CHECKING:
    from standards.judge.rulebook import Rulebook

NO_WAIT = Path(__file__).parent / "no-wait.yaml"
_STANDARD = """\
  {name}:
    promise: You will not stand in a long line.
    owner: floor-lead
    aspect: speed
    per: [site, queue]
    when: {{event: {report}, where: waiting > {many}}}
    expect: {{event: {opening}}}
    within: {within}
    again: rise
    unless: {{event: {report}, where: waiting <= {many}}}
    severity: page
"""


def no_wait(*, within: str = "60s") -> Rulebook:
    """Load the no-wait rule, with another time to keep it in where one is given."""
    text = NO_WAIT.read_text(encoding="utf-8").replace("within: 60s", f"within: {within}")
    return load([Source(NO_WAIT.name, text)]).rulebook


def many(kinds: int, each: int = 3) -> Rulebook:
    """Load `each` standards for every kind of event: the standards that one event concerns, among all there are."""
    return load([Source("many.yaml", many_text(kinds, each))]).rulebook


def many_text(kinds: int, each: int = 3) -> str:
    """Write `each` standards for every kind of event."""
    text = "kept: 1\nevents:\n  floor.swept: {site: text}\n"
    for kind in range(1, kinds):
        report, opening = kind_names(kind)
        text += f"  {report}: {{site: text, queue: text, waiting: integer}}\n"
        text += f"  {opening}: {{site: text, queue: text}}\n"
    text += "standards:\n"
    for kind in range(kinds):
        report, opening = kind_names(kind)
        for number in range(each):
            name = f"no-wait-{kind}-{number}"
            text += _STANDARD.format(name=name, report=report, opening=opening, many=3 + number, within="60s")
    return text
