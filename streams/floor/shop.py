"""The shops of the simulated floor: lines, registers, a shift lead who opens one more, and tills that fall silent.

Read next: `calls.py`, the call centre.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.calendar.duration import MINUTE
from standards.judge.events import iso

if TYPE_CHECKING:
    from streams.floor.stage import Process, Stage

COUNT_EVERY = 5.0
"""The camera over a line counts every so many seconds."""
TOO_MANY = 3
MOST_REGISTERS = 5
IDLE_MOST = 60.0
"""A register without customers closes after so many seconds."""
NEVER_COMES, COMES_LATE, COMES_AT_LAST = 0.03, 0.09, 0.25
"""The share of long lines that nobody relieves, and those up to which help is late, or comes at the last moment."""
REFIT = 30
"""For so many minutes from the start one shop is rebuilt."""


class Shop:
    """One shop: its tills report what they do, unless their feed is silent."""

    def __init__(self, stage: Stage, site: str) -> None:
        self.stage = stage
        self.site = site
        self.silent = False

    def till(self, event_type: str, **data: object) -> None:
        """Let the tills tell something; while their feed is silent, nobody hears it."""
        if not self.silent:
            self.stage.tell(f"{self.site}/tills", event_type, site=self.site, **data)

    def heartbeat(self) -> Process:
        """Say that the tills' feed is alive."""
        while True:
            self.till("feed.heartbeat", feed="tills")
            yield 15

    def outages(self, first: float) -> Process:
        """Let the feed fall silent for some minutes: first after `first` seconds, then about every 50 minutes."""
        yield first
        while True:
            self.silent = True
            yield self.stage.lots.uniform(180, 300)
            self.silent = False
            yield self.stage.lots.uniform(1800, 3600)

    def walks(self) -> Process:
        """Walk the floor every few minutes; now and then something comes up."""
        stage = self.stage
        yield stage.lots.uniform(20, 90)
        while True:
            stage.tell(f"{self.site}/lead", "floor.walked", site=self.site, by="lead")
            yield stage.lots.uniform(330, 480) if stage.fails(0.1) else stage.lots.uniform(120, 225)

    def refit(self, minutes: int) -> Process:
        """Be rebuilt for some minutes: the lead has silenced what is told of this shop."""
        until = iso(self.stage.now + minutes * MINUTE)
        why = "the entrance is rebuilt; customers are told at the door"
        self.stage.tell("lead", "alert.silenced", silence=f"refit-{self.site}", site=self.site, until=until,
                        by="clara", reason=why)  # fmt: skip
        yield from ()


class Line:
    """One line in a shop: who waits, and the registers that serve it.

    `planned` are how many seconds the lead takes the first times that the line is too long; after them it is drawn.
    """

    def __init__(self, shop: Shop, queue: str, *, planned: tuple[float, ...] = ()) -> None:
        self.shop = shop
        self.stage = shop.stage
        self.queue = queue
        self.planned = list(planned)
        self.waiting = 0
        self.registers = 0

    def customers(self) -> Process:
        """Join the line, alone or as a small group."""
        while True:
            yield self.stage.pause(30 / self.stage.bustle)
            self.waiting += self.stage.lots.randint(2, 3) if self.stage.happens(0.12) else 1

    def crowd(self, size: int) -> Process:
        """Join the line all at once."""
        self.waiting += size
        yield from ()

    def register(self) -> Process:
        """Open a register and serve until nobody has come for a minute; the last one stays open."""
        self.registers += 1
        number = f"{self.queue}-{self.registers}"
        self.shop.till("register.opened", queue=self.queue, register=number)
        idle = 0.0
        while idle < IDLE_MOST or self.registers == 1:
            serves = self.waiting > 0
            self.waiting -= serves
            wait = self.stage.lots.uniform(15, 50) if serves else 2.0
            idle = 0.0 if serves else idle + wait
            yield wait
        self.registers -= 1
        self.shop.till("register.closed", queue=self.queue, register=number)

    def camera(self) -> Process:
        """Count the line, and call the lead when it has become too long."""
        site, was_long = self.shop.site, False
        yield self.stage.lots.uniform(1, COUNT_EVERY)
        while True:
            counted = {"site": site, "queue": self.queue, "waiting": self.waiting, "serving": self.registers}
            self.stage.tell(f"{site}/camera", "queue.length", **counted)
            is_long = self.waiting > TOO_MANY
            if is_long and not was_long:
                self.stage.begin(self.relief())
            was_long = is_long
            yield COUNT_EVERY

    def relief(self) -> Process:
        """Open one more register: mostly at once, sometimes at the last moment, now and then late or never.

        On a calm day always in time, and another one while the line is still too long.
        """
        lots = self.stage.lots
        way = lots.uniform(COMES_LATE, 1) if self.stage.calm else lots.random()
        if self.planned:
            yield self.planned.pop(0)
        elif way < NEVER_COMES:
            return
        elif way < COMES_LATE:
            yield lots.uniform(33, 55)
        else:
            yield lots.uniform(17, 28) if way < COMES_AT_LAST else lots.uniform(5, 14)
        if self.registers < MOST_REGISTERS:
            self.stage.begin(self.register())
        if self.stage.calm and self.waiting > TOO_MANY:
            self.stage.begin(self.relief())


def open_shops(stage: Stage) -> None:
    """Open the shops.

    In the first minute one line is relieved in time, and another one long after its time; a few minutes later the tills
    of the south are silent, and nobody can know whether a third line was. The third shop is rebuilt at first, and
    nobody is told of it. On a calm day every line is relieved in time, and no till is silent.
    """
    north, south = Shop(stage, "north"), Shop(stage, "south")
    slow, quick = Line(north, "q2", planned=(24 if stage.calm else 47, 10)), Line(south, "q1", planned=(13,))
    unheard = Line(south, "q2")
    west = Shop(stage, "west")
    stage.begin(west.refit(REFIT))
    for line in (Line(north, "q1"), slow, Line(north, "q3"), quick, unheard, Line(west, "q1")):
        for process in (line.register(), line.camera(), line.customers()):
            stage.begin(process)
    stage.begin(quick.crowd(5))
    stage.begin(slow.crowd(7), after=6)
    stage.begin(unheard.crowd(9), after=345)
    for shop, outage in ((north, 3000), (south, 270), (west, 4800)):
        for process in (shop.heartbeat(), *(() if stage.calm else (shop.outages(outage),)), shop.walks()):
            stage.begin(process)
