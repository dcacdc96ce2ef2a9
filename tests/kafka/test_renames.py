"""Known trouble that goes on under another id: what machines are told of it on Kafka, and by whom."""

import msgspec

from alerts.policy.policy import Policy
from alerts.policy.reader import Reader
from alerts.routing.notice import notice
from standards.judge.events import Event
from standards.judge.numbers import Numbers
from standards.judge.promise import Promise, Transition
from streams.kafka.records.facts import Telling
from streams.kafka.serve.coordinator import NotifyCoordinator
from streams.kafka.worker.flushing import Judged
from streams.runtime.alert_pipeline import AlertPipeline
from tests.alerts.playing import NOON, STANDARDS, people
from tests.alerts.playing import line as made


def test_machines_hear_of_known_trouble_under_another_id() -> None:
    """Replaced by a promise that is as bad: Alertmanager gets the old alert's end and the new one in one notice."""
    known = people("kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann, repeat: never}]\n")
    line = msgspec.structs.replace(made(60, "broken", "q"), replaces="p")
    words = notice(line, STANDARDS["r-no-wait"], Reader())
    for standards in (STANDARDS, {}):  # also where its words are not known here
        exchange = NotifyCoordinator(Policy(standards, people=known), (), 1, channels=["alertmanager"])
        exchange.take(0, 0, Telling(reasons={line.id: "repeated"}, renamed=[line], renames=[words]))
        exchange.take(0, 1, Telling(reasons={line.id: "repeated"}, renamed=[line], renames=[words]))
        dealt = exchange.step(line.known)
        assert dealt is not None
        (told,) = (each for _, record in dealt.told for each in record.notices)
        assert (told.promise, told.replaces, told.addresses) == ("q", "p", {"alertmanager": ""})
        assert all(record.reasons == {line.id: "repeated"} for _, record in dealt.told)


def test_a_worker_says_what_machines_have_to_know_of_another_id() -> None:
    """Nobody has to hear of it, and its notice goes along all the same, with the numbers of its line."""
    standard = STANDARDS["r-no-wait"]
    gone: Promise[Event] = Promise(NOON, id="p")
    here: Promise[Event] = Promise(NOON, id="q", numbers=Numbers(NOON, {"waiting": 5}))
    changes: list[Transition[Event]] = [
        Transition(standard, ("s1", "q1"), gone, "withdrawn", NOON, NOON, 2, NOON, 0, "broken", "withdrawn",
                   replaced_by="q"),
        Transition(standard, ("s1", "q1"), here, "broken", NOON, NOON, 1, NOON, 0, "open", "broken", replaces="p",
                   numbers=here.numbers),
    ]  # fmt: skip
    judged = Judged()
    judged.tell(changes, AlertPipeline(Policy(STANDARDS)), NOON)
    telling = judged.telling()
    assert (telling.notices, [each.id for each in telling.renamed]) == ([], ["q.1"])
    (machines,) = telling.renames
    assert (machines.promise, machines.replaces) == ("q", "p")
    assert "5 people waiting since" in machines.text
