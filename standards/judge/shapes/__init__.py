"""The six shapes of a promise, each in a file of its own: what is declared, and the `Machine` that judges it.

A seventh shape is one more file here and one line in `Shape`. Its declared form has the attribute `awaits`, the keys
of the clauses whose absence a verdict can rest on, and the method `machine`, which builds the machine; the judge and
the rulebook know shapes by these alone. The compiler builds the declared form from its keys in
`standards/compiler/shaping.py`, and mypy names each place that explains shapes to people and lacks the new one.
Read `machine.py` first, then `response.py`.
"""

from standards.judge.shapes.bounded import Bounded
from standards.judge.shapes.instant import Precedence, Universality
from standards.judge.shapes.level import Level
from standards.judge.shapes.recurrence import Recurrence
from standards.judge.shapes.response import Response

Shape = Response | Precedence | Universality | Bounded | Recurrence | Level

__all__ = ["Bounded", "Level", "Precedence", "Recurrence", "Response", "Shape", "Universality"]
