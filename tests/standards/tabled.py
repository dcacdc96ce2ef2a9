"""Rules with tables: contracts of customers, and old sites.

Knows: how to load and judge them. Must not know: what comes of it.
"""

import re
from collections.abc import Mapping

from standards.compiler.spec import Loaded, Source, load
from streams.runtime.pump import Pump
from tests.history import events_of, pump_all, rules, told

EVENTS = """
tables:
  contracts: {file: contracts.csv, key: customer}
  old-sites: {file: sites.csv, key: site}
events:
  job.asked: {contact: text, customer: text?, site: integer?, priority: integer?, level: text?}
  job.told: {contact: text, customer: text?}
  job.done: {contact: text}
"""
ROWS = "customer,level,hours\nacme,gold,always\nbolt,silver,\ncora,,\n"
SITES = "site,kind\n7,outlet\n"
IS_GOLD = 'where: contracts.level == "gold"'
GOLD = """per: contact, when: {event: job.asked, where: contracts.level == "gold"}, expect: job.done, within: 1h"""


def with_rows(keys: str, rows: str = ROWS, *, retired: tuple[str, ...] = (), events: str = EVENTS) -> Loaded:
    files: Mapping[str, str] = {"contracts.csv": rows, "sites.csv": SITES}
    return load([Source("rules.yaml", rules(events, job=keys))], read=files.__getitem__, retired=retired)


def judged(keys: str, history: str, rows: str = ROWS) -> list[str]:
    book = with_rows(keys, rows).rulebook
    return sorted(told(pump_all(Pump(book), events_of(history, book)).transitions))


def judged_shortly(keys: str, history: str) -> str:
    """Judge `0800 asked acme, 0820 done`: times, events of `job.`, and perhaps the customer, all of one contact.

    Gives the lines in the same way: `0800 opened, 0820 kept`.
    """
    keys = re.sub(r": (asked|told|done)\b", r": job.\1", keys)
    lines = judged(f"per: contact, {keys}", "\n".join(map(_event, history.split(", "))))
    return ", ".join(f"{line[:2]}{line[3:5]}{line[8:-2]}" for line in lines)


def _event(text: str) -> str:
    at, kind, *customer = text.split()
    fields = [f"customer={name}" for name in customer]
    return " ".join([f"{at[:2]}:{at[2:]}", kind if kind == "nothing" else f"job.{kind} contact=a", *fields])
