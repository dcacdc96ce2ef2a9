"""How far apart the summaries of pages over somebody's budget are. Read next: `alerts/routing/waiting.py`."""

from typing import Final

from standards.calendar.duration import MINUTE, SECOND

FIRST_SUMMARY: Final = 30 * SECOND
"""How long the first summary collects."""
SUMMARY_STEPS: Final = (0, MINUTE, 2 * MINUTE, 4 * MINUTE, 5 * MINUTE)
"""How long after the summary before the next goes at the earliest, by how many there were since the budget was over."""
