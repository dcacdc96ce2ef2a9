"""What all tests share: the counts that a run is to show at its end, whichever process made them."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests recorded as `cases`: how many random ones were tried."""
    passed = terminalreporter.stats.get("passed", [])
    counts = sorted(str(text) for report in passed for name, text in report.user_properties if name == "cases")
    if counts:
        terminalreporter.section("random cases")
        for count in counts:
            terminalreporter.write_line(count)
