"""What people do: one value for it, and what earlier versions stored is still read."""

import msgspec

from alerts.routing.actions import ACKNOWLEDGED, SILENCED
from streams.kafka.records.facts import PersonsAct
from streams.runtime.router_runtime import SiteState, stored_case

FORMER = b"""{"id": "kept/board/e1", "sort": "silenced", "at": 7, "by": "ann", "promise": "",
    "silence": {"name": "s", "match": {"terms": [["site", ["s1"]]]}, "until": 9, "by": "ann", "reason": "drill"}}"""


def test_an_act_that_an_earlier_version_holds_for_its_time_is_still_obeyed() -> None:
    """A router that is begun on stored acts has them with their names, so one that comes again is inert."""
    case = stored_case("house", b'{"acts": [%s]}' % FORMER)
    assert isinstance(case, SiteState)
    (action,) = case.actions
    assert (action.name, action.at, action.silence and action.silence.until) == ("kept/board/e1", 7, 9)


def test_an_act_that_an_earlier_version_published_is_still_heard() -> None:
    """A record of the topic has what the router hears of it apart; without that the router has no use for it."""
    row = b'{"source": "kept/board", "id": "e1", "type": "%s", "promise": "", "at": 7, "by": "ann", "data": {}}'
    read = msgspec.json.Decoder(PersonsAct).decode
    routed = read(b'{"row": %s, "act": %s}' % (row % SILENCED.encode(), FORMER)).routed
    assert routed is not None
    assert routed.silence is not None
    assert routed.name == "kept/board/e1"
    assert read(b'{"row": %s}' % (row % b"work.reported")).routed is None
    assert read(b'{"row": %s}' % (row % ACKNOWLEDGED.encode())).routed is not None
