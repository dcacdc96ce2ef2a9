"""What all tests share: the counts that a run is to show at its end, whichever process made them."""

import signal

import pytest
from hypothesis import settings

settings.register_profile("short", settings.get_profile("ci"), max_examples=25)  # the same ones each time
settings.register_profile("long", max_examples=1_000, deadline=None)  # no test asserts how long real work takes
signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background Ctrl-C is ignored, by our children as well


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests recorded as `cases`: how many random ones were tried."""
    passed = terminalreporter.stats.get("passed", [])
    counts = sorted(str(text) for report in passed for name, text in report.user_properties if name == "cases")
    if counts:
        terminalreporter.section("random cases")
        for count in counts:
            terminalreporter.write_line(count)
