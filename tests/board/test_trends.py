"""The trends' promises: where and when a standard is broken can be seen, and chance is not taken for a pattern."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from standards.judge.events import microseconds, moment
from streams.board.shell import Shell
from streams.board.trends import FEW, Trends, draw
from streams.storage.rows import Stretch
from streams.storage.status import Status
from tests.alerts.test_relevance import REGISTER
from tests.board.serving import Served
from tests.board.visiting import Visitor
from tests.streams.hosting import SECOND, T0

HOUR = 3_600 * SECOND
WARSAW = ZoneInfo("Europe/Warsaw")
SUNDAY = microseconds(moment(0).replace(year=2026, month=3, day=29, tzinfo=WARSAW))
"""The midnight before the clocks went forward there."""


def drawn(by_hour: list[Stretch], by_site: dict[str, tuple[int, int]] | None = None) -> str:
    trends = Trends(REGISTER, [T0], [Stretch(T0, 8, 2)], by_hour, by_site or {}, [])
    return draw(Shell(T0, WARSAW, status=Status(ready=True)), trends)


def test_an_hour_is_that_of_the_clock_on_the_wall() -> None:
    """Two weeks apart, with the change of the clocks between them, eight in the morning is one hour of the week."""
    page = drawn([Stretch(SUNDAY - 7 * 24 * HOUR + 8 * HOUR, 3, 1), Stretch(SUNDAY + 7 * HOUR, 1, 1)])
    assert "Hardest: Sun 8–9: 67% of 6." in page
    assert page.count('class="hour weak"') + page.count('class="hour bad"') == 1


@pytest.mark.parametrize("count", [0, 1, FEW - 1])
def test_of_few_promises_nothing_is_said(count: int) -> None:
    """An hour or a site with fewer than five verdicts has no share, however bad it was."""
    page = drawn([Stretch(SUNDAY, 0, count)], {"north": (0, count)})
    assert "too few promises" in page
    assert 'class="hour bad"' not in page
    assert "<td>–</td>" in page


def test_all_well_has_no_hardest_hour() -> None:
    """Where nothing was broken no hour is named for it."""
    assert "Hardest" not in drawn([Stretch(SUNDAY, 9, 0)])


def test_a_standard_leads_to_what_was_broken_by_site(busy: Served) -> None:
    """From Standards one comes to the sites, and from there to the promises that were broken there."""
    visitor = Visitor(busy)
    assert 'href="/standards/no-wait"' in visitor.ask("/standards")[2]
    page = visitor.ask("/standards/no-wait")[2]
    assert '<a href="/standards/no-wait?site=s3#broken" aria-label="1 broken at s3">1</a>' in page
    assert 'class="subject">s3/q2</a>' in visitor.ask("/standards/no-wait?site=s3")[2]
    assert "None was broken in four weeks." in visitor.ask("/standards/no-wait?site=s9")[2]
    assert visitor.ask("/standards/no-weight")[0] == 404
