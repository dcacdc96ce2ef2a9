"""The promises of counting on Kafka: a folder that is made anew from the topics tells what it told before."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from alerts.routing.actions import COMPLAINED, Action
from standards.calendar.duration import DAY
from standards.practice.cells import Tree
from standards.practice.periods import begun, next_month
from standards.practice.practice import Whose
from streams.kafka.records.facts import PersonsAct
from streams.kafka.records.topics import ACTS
from streams.kafka.records.unpacking import Record
from streams.kafka.serve.projection import Projection
from streams.storage.cell_queries import CellQueries
from streams.storage.closings import Closings, House
from streams.storage.sqlite import FILE, Database, SharedConnection
from tests.streams.hosting import T0

ZONE = ZoneInfo("UTC")
SINCE, UNTIL = begun("month", T0, ZONE), next_month(T0, ZONE)
HOUSE = House(Tree({"north": ""}))
number = count()


def complained(received: int) -> Record:
    place = next(number)
    act = Action(str(place), SINCE, "", "", COMPLAINED, "till", {"team": "north", "topic": "price"})
    return Record(ACTS, ACTS, 0, place, received, msgspec.json.encode(PersonsAct(act)))


def test_a_folder_that_was_lost_tells_the_same(tmp_path: Path) -> None:
    """What came after a month was counted is read with the rest then, and is not counted all the same."""
    early = [complained(SINCE), *(complained(UNTIL - each) for each in range(6))]
    late = [complained(UNTIL + DAY + each) for each in range(9)]
    told = []
    for name, batches in (("live", [early[:3], early[3:], late]), ("anew", [[*early, *late]])):
        (tmp_path / name).mkdir()
        database = Database(tmp_path / name / FILE)
        fold, closings = Projection(database), Closings(database, ZONE, refilled=True)
        for wall, records in zip((UNTIL, UNTIL + 2 * DAY, UNTIL + 3 * DAY), batches, strict=False):
            fold.fold(records, wall)
            if name == "live":
                closings.close(HOUSE, wall)
        closings.close(HOUSE, UNTIL + 40 * DAY)
        connection = SharedConnection(tmp_path / name)
        cells = CellQueries(connection)
        told.append([(span, cells.topics(span, Whose("north"))) for span in cells.closed("month", 9)
                     if span.since == SINCE])  # fmt: skip
        connection.close()
        database.close()
    assert told[0] == told[1]
    assert told[0][0][1].counts == {"price": 7}
