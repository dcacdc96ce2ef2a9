"""Alerts as a story follows them: one begins to fire once, goes on under another id, and ends, told or not."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from alerts.routing.firing import BY_ITSELF
from alerts.routing.notice import Notice, for_machines
from alerts.stories.machines import alerts_of, comes_to, is_for_people
from tests.alerts.samples import BROKEN, CORRECTED, KEPT, WARNED
from tests.standards.test_story import read
from tests.streams.hosting import SECOND, T0

LATER = T0 + 8 * BY_ITSELF


def alerts(*told: Notice, until: int = LATER) -> Sequence[tuple[float, str, str]]:
    """Give what alerts do where messages come each at its own time: seconds, what, and of which promise."""
    found = alerts_of([(each.at, each) for each in told], until)
    return [((each.at - T0) / SECOND, each.kind, each.notice.promise) for each in found]


def test_an_alert_fires_once_and_ends_once() -> None:
    """What is posted again while it stands, or was resolved already, is nothing new to who looks at alerts."""
    late = replace(KEPT, id="4f1c.9", kind="fulfilled_late", at=BROKEN.at + 20 * SECOND)
    again = replace(CORRECTED, at=late.at + SECOND)
    assert alerts(WARNED, BROKEN, late, again) == [(0, "fires", "4f1c"), (80, "resolved", "4f1c")]
    assert alerts(KEPT) == []


def test_an_alert_that_nobody_tells_again_ends() -> None:
    """Where nothing is owed that is an hour after it was told last; before, and after, other alerts do as they do."""
    other = replace(WARNED, promise="77", at=BROKEN.at + BY_ITSELF + SECOND)
    assert alerts(BROKEN, other) == [
        (60, "fires", "4f1c"), (60 + 3_600, "resolved", "4f1c"), (60 + 3_601, "fires", "77"),
    ]  # fmt: skip
    assert alerts(BROKEN, until=BROKEN.at + BY_ITSELF - 1) == [(60, "fires", "4f1c")]
    back = replace(BROKEN, at=BROKEN.at + BY_ITSELF)
    assert alerts(BROKEN, back, until=back.at) == [(60, "fires", "4f1c")], "told again at its last instant it goes on"


def test_an_alert_goes_on_under_another_id() -> None:
    """What replaces a promise replaces its alert; where that fires no more, it is one that begins."""
    new = replace(BROKEN, promise="9a", replaces="4f1c", at=T0 + 90 * SECOND)
    assert alerts(WARNED, new, until=new.at) == [(0, "fires", "4f1c"), (90, "replaced", "9a")]
    assert alerts(WARNED, KEPT, new, until=new.at)[1:] == [(30, "resolved", "4f1c"), (90, "fires", "9a")]
    well = replace(new, kind="fulfilled_late", verdict="broken")
    assert alerts(WARNED, well) == [(0, "fires", "4f1c"), (90, "resolved", "9a")]


def test_each_message_is_for_people_or_for_machines() -> None:
    """One to everybody is for both; one that a route, or no route, sends to machines is for those alone."""
    ann, route = replace(BROKEN, to="ann", addresses={"webhook": "ann"}), replace(BROKEN, to="webhook")
    told = [BROKEN, ann, route, for_machines(BROKEN, ["alertmanager"], T0)]
    assert [is_for_people(each) for each in told] == [True, True, False, False]
    assert [comes_to("webhook", each) for each in told] == [True, False, True, False]
    assert [comes_to("alertmanager", each) for each in told] == [True, False, False, True]


SLIPS = [
    ("notices: [{to: webhook}]", "wrong-value", "into a section of its own, webhook:"),
    ("alertmanager: [{fires: no-wiat s1/q1}]", "unknown-standard", "did you mean 'no-wait'?"),
    ("alertmanager: [{fired: no-wait s1/q1}]", "unknown-key", "did you mean 'fires'?"),
    ("alertmanager: [{fires: no-wait, resolved: no-wait}]", "bad-step", "exactly one of fires, resolved, replaced"),
    ("alertmanager: [{labels: {service: kept}}]", "bad-step", "nothing says what the alert does"),
    ("webhook: [{to: ann}]", "unknown-key", "the keys here are: at, says, about, kind"),
    ("webhook: [{kind: brokn}]", "unknown-value", "did you mean 'broken'?"),
    ("webhook: {}", "wrong-type", "write each entry with - in front"),
]


@pytest.mark.parametrize(("text", "check", "fix"), SLIPS, ids=[text for text, *_ in SLIPS])
def test_a_slip_in_what_machines_are_told_is_shown(text: str, check: str, fix: str) -> None:
    """A story that cannot mean what it says is refused, not played."""
    _, findings = read(f"    {text}\n")
    found = {finding.id: finding for finding in findings}
    assert check in found
    assert fix in f"{found[check].found}; {found[check].fix}"
