"""The crowd against a real `kept run`, while that is killed, stopped, locked out and lied to about the time.

    python -m tests.crowd.mayhem --seconds 240 --rate 25 --faults 24 --seed 7

Senders with wrong clocks, lost answers and bad lines post events over HTTP; one of them is so far ahead that none of
its events may be taken. Meanwhile the process is killed and started again, stands still, waits for its database or its
disk, and has its clock set and set back. In the end it is asked to stop. What it stored must be the ideal run of what
it received (`ideal.py`): no promise lost, invented or different; every event that was accepted is there, and every one
that was refused can be looked up. It exits with 1 on any difference, and leaves the store and the log in its folder.
Knows: who does what when. Must not know: any verdict. Read next: `docs/kill-test.md` for what came of a long one.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import aiohttp

from standards.judge.ledger import Line
from streams.kafka.clients.edge import wall
from streams.settings import StandardsFiles
from tests.crowd.ideal import compare, firsts, ideal, standings
from tests.crowd.process import KINDS, Kept, disturb
from tests.crowd.reading import Stored, check_tables, check_taken, read
from tests.crowd.senders import FASTEST, SLOWEST, Habit, Request, habit, requests
from tests.crowd.sending import Post
from tests.crowd.standards import every
from tests.crowd.truths import SECOND, Scene, truths
from tests.kafka.comparing import Differences
from tests.kafka.fleet import pause

SOURCES: Final = tuple(f"s{number}" for number in range(1, 10))
AHEAD: Final = "too-far-ahead"
"""The sender whose clock is so wrong that none of its events may be taken."""
GRACE: Final = "500ms"
POLICY: Final = "kept: 1\npeople: {lead: {}}\nroutes: [{match: response-in-room, tell: lead}]\n"
"""Little is told: here the verdicts count, and this crowd would otherwise be worth a message every few milliseconds."""
PATIENCE: Final = 180.0
"""How long the host may take to be there in the end, in seconds."""


class Plan(NamedTuple):
    """What is to be done. `rate` is in events a second; a fault lasts `longest` seconds at most."""

    seconds: float
    rate: float
    faults: int
    seed: int
    guests: int = 150
    rooms: int = 15
    longest: float = 15.0

    def kinds(self, draw: Random) -> list[str]:
        """Say what is done to the host, in what order."""
        found = [KINDS[number % len(KINDS)] for number in range(self.faults)]
        draw.shuffle(found)
        return found


class Report(NamedTuple):
    """What came of it."""

    sent: int
    post: Post
    faults: Counter[str]
    stored: Stored
    wanted: list[Line]
    code: int
    differences: Differences

    @property
    def promises(self) -> int:
        """How many promises were compared."""
        return len(standings(self.wanted))

    def text(self) -> str:
        """Tell it in lines."""
        heard, wrong = self.stored.heard, self.differences
        kinds = Counter(each.kind for each in heard.lines)
        once = firsts(heard.events)
        late = sum(event.received - event.at > 2 * SECOND for event in once)
        rows = {
            "events sent": f"{self.sent:,}, accepted {len(self.post.accepted):,}, refused {len(self.post.refused):,}",
            "events received again": f"{len(heard.events) - len(once):,}",
            "events more than 2 s late": f"{late:,}",
            "events at their stamp, from clocks ahead": f"{sum(event.at == event.received for event in once):,}",
            "answers": _counted(self.post.answers),
            "faults": f"{self.faults.total()}: {_counted(self.faults)}",
            "ledger lines": f"{len(heard.lines):,}: {kinds['corrected']:,} corrected, {kinds['withdrawn']:,} withdrawn",
            "promises compared": f"{self.promises:,}",
            "promises lost": f"{wrong.count('promises lost')}",
            "promises invented": f"{wrong.count('promises invented')}",
            "promises that stand otherwise": f"{wrong.count('promises that stand otherwise')}",
            "events without effect in silence": f"{wrong.count('events without effect in silence')}",
            "exit code in the end": f"{self.code}",
        }
        told = [f"{name:44}{value}" for name, value in rows.items()]
        return "\n".join([*told, *(f"DIFFERENCE  {each}" for each in wrong.lines())])


def _counted(some: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(some.items())) or "none"


def crowd(plan: Plan, start: int) -> list[tuple[Habit, list[Request]]]:
    """Give each sender's habit and what it sends; they begin at an instant, in microseconds UTC."""
    draw, length = Random(plan.seed), round(plan.seconds * SECOND)
    scene = Scene(start, length, round(plan.seconds * plan.rate), plan.guests, plan.rooms, SOURCES, step=1)
    happened = truths(draw, scene)
    late = min(60 * SECOND, length // 3)
    habits = [habit(draw, source, span=(start, start + length), late=late, retry=late // 20) for source in SOURCES]
    habits = [own._replace(way=min(own.way, SECOND // 10)) for own in habits]  # the way is a real one here
    habits[0] = habits[0]._replace(error=FASTEST, set_right=-1)
    habits[1] = habits[1]._replace(error=SLOWEST, set_right=start + length // 2)
    found = [(own, requests(draw, [it for it in happened if it.source == own.source], own)) for own in habits]
    ahead = Habit(AHEAD, error=7_200 * SECOND, batch=5, pause=SECOND)
    few = [it._replace(source=AHEAD, id=f"ahead-{it.id}") for it in happened[:: max(1, len(happened) // 50)]]
    return [*found, (ahead, requests(draw, few, ahead))]


async def _disturb_all(kept: Kept, plan: Plan, done: Counter[str]) -> None:
    """Do one thing after another, spread over the time that there is."""
    draw = Random(plan.seed + 1)
    began, loop = asyncio.get_running_loop().time(), asyncio.get_running_loop()
    for number, kind in enumerate(plan.kinds(draw)):
        moment = began + plan.seconds * (number + draw.random()) / plan.faults
        await pause(max(0.0, moment - loop.time()))
        await _ready(kept)
        seconds = await disturb(kept, kind, draw, plan.longest, done)
        sys.stderr.write(f"{time.strftime('%H:%M:%S')} {kind}, {seconds:.1f} s\n")


async def _ready(kept: Kept) -> None:
    """Wait until it takes events."""
    last = asyncio.get_running_loop().time() + PATIENCE
    async with aiohttp.ClientSession() as session:
        while asyncio.get_running_loop().time() < last:
            try:
                async with session.get(f"{kept.url}/readyz", timeout=aiohttp.ClientTimeout(total=3)) as answer:
                    if answer.status == 200:
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass
            await pause(0.1)
    raise TimeoutError(f"kept is not ready after {PATIENCE:.0f} s; see {kept.log}")


async def run(plan: Plan, folder: Path) -> Report:
    """Do it all in a folder, and compare."""
    standards = folder / "standards"
    standards.mkdir()
    (standards / "standards.yaml").write_text(every(), encoding="utf-8")
    (standards / "policy.yaml").write_text(POLICY, encoding="utf-8")
    kept = Kept(folder, standards, {"KEPT_GRACE": GRACE})
    kept.start()
    watching = asyncio.create_task(kept.watch())
    faults: Counter[str] = Counter()
    try:
        await _ready(kept)
        senders = crowd(plan, wall() + SECOND)
        async with aiohttp.ClientSession() as session:
            post = Post(session, kept.url, wall)
            disturbing = asyncio.create_task(_disturb_all(kept, plan, faults))
            await asyncio.gather(*(post.send(sent, own) for own, sent in senders), disturbing)
        await _ready(kept)
        await pause(1.0)
    finally:
        watching.cancel()
        code = await kept.stop()
    rulebook = StandardsFiles([str(standards)]).load(()).rulebook
    stored = read(kept.database, rulebook)
    differences = compare(rulebook, stored.heard)
    check_taken(stored, post.accepted, post.refused, differences)
    check_tables(stored, differences)
    differences.note("ends that were not in order", [str(each) for each in (*kept.ended, *([code] if code else []))])
    made = {event for _, sent in senders for request in sent for event in request.events}
    wanted = ideal(rulebook, stored.heard.events, stored.heard.low)
    return Report(len(made), post, faults, stored, wanted, code, differences)


def main() -> int:
    """Read the command line, run, and print the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.crowd.mayhem", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=240, help="how long the crowd is there")
    parser.add_argument("--rate", type=float, default=25, help="events a second")
    parser.add_argument("--faults", type=int, default=24)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="where the store and the log are left")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="kept-crowd-"))
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    report = asyncio.run(run(Plan(given.seconds, given.rate, given.faults, given.seed), folder))
    sys.stdout.write(f"{report.text()}\n{'folder':44}{folder}\n{'took':44}{time.monotonic() - began:.0f} s\n")
    return 1 if report.differences.found else 0


if __name__ == "__main__":
    sys.exit(main())
