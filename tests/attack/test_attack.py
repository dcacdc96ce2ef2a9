"""Whatever strangers, disks and clocks do to real processes, an honest sender goes on and loses nothing acknowledged.

The table of it, for people: `make attack`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attack.__main__ import HOSTS, attack, table

pytestmark = [pytest.mark.slow, pytest.mark.attack, pytest.mark.timeout(1_800)]


@pytest.mark.parametrize("host", HOSTS)
async def test_no_attack_stops_it(host: str, tmp_path: Path, record_property: Callable[[str, str], None]) -> None:
    """Each attack comes to what it should, events are taken afterwards as before, and in the end all are there."""
    rows = await attack([host], tmp_path)
    assert all(row.ok for row in rows), table(rows)
    record_property("cases", f"attacks on {rows[0].host}: {len(rows)}; {rows[-1].happened}")
