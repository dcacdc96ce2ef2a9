"""A partition that time went on without: what it says comes late, and is told all the same."""

from alerts.policy.policy import Policy
from alerts.policy.reader import reader_of
from alerts.routing.notice import notice
from streams.kafka.records.facts import Telling
from streams.kafka.serve.coordinator import NotifyCoordinator
from tests.alerts.playing import STANDARDS, line, people
from tests.kafka.test_exchange import PARTITIONS, Said


def test_a_line_that_time_went_past_is_told_once_and_late() -> None:
    """Broken at noon and said an hour later: told then, under the id that it has anyway, and not when it is said again.

    An operator that begins between the two, from what was remembered, tells the same.
    """
    known = people("kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann, repeat: never}]\n")
    policy, said = Policy(STANDARDS, people=known), Said()
    ahead, late = line(3600, "broken", "q", site="s2"), line(0, "broken", "p")
    for offset, (partition, each) in enumerate([(0, ahead), (1, late), (1, late)]):
        exchange = NotifyCoordinator(policy, said.rows.items(), PARTITIONS)
        told = notice(each, STANDARDS["r-no-wait"], reader_of(policy, each))
        exchange.take(partition, offset, Telling([told], {each.id: "told"}, [each]))
        dealt = exchange.step(ahead.known + offset)
        assert dealt is not None
        said.take(dealt)
    assert [name for name, _ in said.notices] == ["q.2:ann", "p.2:ann"]
    assert said.reasons == {"q.2": "told", "p.2": "told"}
