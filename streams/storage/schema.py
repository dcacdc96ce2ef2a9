"""The store's tables, as ordered migrations. A migration that was released is never edited; changes are new ones.

The number of migrations a database has been through is its schema version, kept in SQLite's `user_version`.
Bodies that people may ask for are JSON, so that any SQLite shell can read them; instants are microseconds UTC.
"""

from __future__ import annotations

from streams.storage.first_schema import FIRST

_BEYOND_ONE_MACHINE = """
CREATE TABLE topic_offsets (     -- how far each partition of each topic was folded: `next` is the first record not yet
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (topic, partition)
) WITHOUT ROWID;

CREATE TABLE progress (          -- how far the worker of each partition had come by its own last word
    partition INTEGER PRIMARY KEY,
    body BLOB NOT NULL
);

CREATE TABLE reasons (           -- why a line was told or not, where the reason came before its line
    id TEXT PRIMARY KEY,
    reason TEXT NOT NULL
) WITHOUT ROWID;

ALTER TABLE notices ADD COLUMN shard INTEGER NOT NULL DEFAULT 0;   -- who delivers it: the owner of this partition

CREATE TABLE new_outbox (        -- one row per notice and channel; how a notice fared may come before the notice
    notice TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    tries INTEGER NOT NULL DEFAULT 0,
    next_try INTEGER NOT NULL DEFAULT -1,
    delivered INTEGER NOT NULL DEFAULT -1,
    error TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (notice, channel)
) WITHOUT ROWID;
INSERT INTO new_outbox SELECT notice, channel, state, tries, next_try, delivered, error FROM outbox;
DROP TABLE outbox;
ALTER TABLE new_outbox RENAME TO outbox;
CREATE INDEX outbox_waiting ON outbox (next_try) WHERE state = 'waiting';

ALTER TABLE dead_letters ADD COLUMN origin TEXT NOT NULL DEFAULT '';   -- where it came from, for what may come again
CREATE UNIQUE INDEX dead_letters_origin ON dead_letters (origin) WHERE origin != '';
ALTER TABLE late ADD COLUMN origin TEXT NOT NULL DEFAULT '';           -- the same
CREATE UNIQUE INDEX late_origin ON late (origin) WHERE origin != '';
"""

_THE_BOARD = """
CREATE TABLE acts (              -- what people said they did about promises: events of some types, kept apart
    seq INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    promise TEXT NOT NULL,       -- empty for an exception granted for whatever a subject was owed
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (source, id)
);
CREATE INDEX acts_promise ON acts (promise);
CREATE INDEX promises_due ON promises (state, due, id) WHERE verdict IS NULL;   -- what needs a hand next
CREATE INDEX promises_broken ON promises (settled) WHERE verdict = 'broken';    -- what is to be talked over
"""

_PEOPLE = """
CREATE TABLE call_cases (        -- the desk's state: by place, by promise, by person, and what concerns every place
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;

CREATE TABLE withheld (          -- notices that were not sent, each with its reason
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    promise TEXT NOT NULL,
    received INTEGER NOT NULL,   -- when that was decided, by the host's clock
    body BLOB NOT NULL
);
CREATE INDEX withheld_promise ON withheld (promise);

CREATE TABLE spoken_for (        -- the other promises that a notice speaks for, beside its own
    promise TEXT NOT NULL,
    notice TEXT NOT NULL,
    PRIMARY KEY (promise, notice)
) WITHOUT ROWID;
CREATE INDEX spoken_for_notice ON spoken_for (notice);
"""

_LETTERS = """
ALTER TABLE dead_letters ADD COLUMN mark TEXT NOT NULL DEFAULT '';   -- the same in every store that has the letter
CREATE INDEX dead_letters_mark ON dead_letters (mark);
"""

_RELEVANCE = """
DROP TABLE desk_cases;           -- who waits for an all-clear follows from a promise's own state
"""

_OVERDUE = """
CREATE INDEX promises_overdue ON promises (revision, settled) WHERE state = 'broken';
"""

_JUDGING_AGAIN = """
CREATE TABLE past (              -- what cases are judged again by, and what they have settled: one row per commit
    seq INTEGER PRIMARY KEY,
    body BLOB NOT NULL
);
INSERT INTO past SELECT seq, body FROM settled;
DROP TABLE settled;
"""

_GAUGES = """
CREATE TABLE source_clocks (     -- how the senders' clocks stood, by half-hours; for a day
    since INTEGER NOT NULL,
    source TEXT NOT NULL,
    ahead INTEGER NOT NULL,
    behind INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    late BLOB NOT NULL,
    PRIMARY KEY (since, source)
) WITHOUT ROWID;

ALTER TABLE promises ADD COLUMN joined INTEGER NOT NULL DEFAULT 0;       -- how many events joined it while it was owed
ALTER TABLE promises ADD COLUMN joined_at INTEGER NOT NULL DEFAULT -1;   -- the last of them
"""

_PLACES = """
CREATE INDEX promises_places ON promises (state, coalesce(CAST(fields AS TEXT) ->> 'site', ''), standard, due)
    WHERE verdict IS NULL OR state = 'broken';                           -- what is owed where
CREATE INDEX acts_type ON acts (type, seq);                              -- which silences hold, of all that people did
"""

# Both hosts fill it since the wall tells from it how long a site says nothing; released text stays as it is.
_READINGS = """
CREATE TABLE readings (          -- how many wait in each line, as workers read it last: a folded store has no events
    site TEXT NOT NULL, name TEXT NOT NULL, what TEXT NOT NULL, value REAL NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (site, name, what)
) WITHOUT ROWID;
"""

_WHO_HAS_IT = """
CREATE TABLE holdings (          -- who has a promise by the routers' word, which let nobody have it for ever
    promise TEXT PRIMARY KEY,
    holder TEXT NOT NULL,        -- empty: nobody any more
    since INTEGER NOT NULL,
    asked_until INTEGER NOT NULL -- up to when they are to say whether they still have it; -1: they were not asked
) WITHOUT ROWID;
CREATE INDEX withheld_received ON withheld (received);                   -- what came and went within a shift
"""

_ONE_WORD = """
ALTER TABLE holdings ADD COLUMN giver TEXT NOT NULL DEFAULT '';          -- who handed it on, or gave it back
ALTER TABLE holdings ADD COLUMN offered TEXT NOT NULL DEFAULT '';        -- to whom, until they have taken it
ALTER TABLE holdings ADD COLUMN lapsed TEXT NOT NULL DEFAULT '';         -- who had it until then
ALTER TABLE holdings ADD COLUMN heard INTEGER NOT NULL DEFAULT -1;       -- up to when what people did is in that
UPDATE holdings SET heard = since;
"""

_NOTED = """
ALTER TABLE acts ADD COLUMN noted INTEGER NOT NULL DEFAULT 0;            -- by this serve's clock, until it comes again
"""

# Each commit forgets old readings, and forms ask which sites there are: neither may look through all that is stored.
_SOUGHT = """
CREATE INDEX readings_at ON readings (at);
CREATE TABLE sites (             -- the sites of promises, each with the newest opening there
    site TEXT PRIMARY KEY,
    opened INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO sites SELECT CAST(coalesce(CAST(fields AS TEXT) ->> 'site', '') AS TEXT) AS site, max(opened) FROM promises
    GROUP BY 1 HAVING site != '';
"""

_UNTAKEN = """
ALTER TABLE holdings ADD COLUMN untaken TEXT NOT NULL DEFAULT '';        -- to whom it was handed on, who let it lie
"""

_WITHOUT_EFFECT = """
CREATE TABLE acts_without_effect (   -- what people did that changed nothing of who has it or who is told, and why
    act TEXT PRIMARY KEY,            -- its source and id, as source/id
    reason TEXT NOT NULL
) WITHOUT ROWID;
INSERT OR IGNORE INTO acts_without_effect SELECT substr(id, 1, length(id) - length(':not-theirs')), 'not-theirs'
    FROM withheld WHERE id LIKE '%:not-theirs';
"""

# After which promise of a matter somebody scored it is asked of each score: none may look through all promises.
_MATTERS = """
CREATE INDEX promises_matter
    ON promises (coalesce(CAST(fields AS TEXT) ->> 'contact', CAST(fields AS TEXT) ->> 'ticket'))
    WHERE verdict IN ('kept', 'broken');
"""

# What is counted by the month or quarter is counted once, of what had come by then, and then goes.
_CLOSED = """
CREATE TABLE closings (          -- months and quarters: when each is counted, and whether it was
    period TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    closes INTEGER NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (period, since)
) WITHOUT ROWID;
CREATE TABLE cells (             -- all that is ever told of what is counted, by group: a team, a site, or the house
    what TEXT NOT NULL,
    since INTEGER NOT NULL,
    team TEXT NOT NULL,
    site TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (what, since, team, site)
) WITHOUT ROWID;
ALTER TABLE acts ADD COLUMN received INTEGER NOT NULL DEFAULT -1;        -- when it came; -1: before that was noted
"""

MIGRATIONS: tuple[str, ...] = (
    FIRST,
    _BEYOND_ONE_MACHINE,
    _THE_BOARD,
    _PEOPLE,
    _LETTERS,
    _RELEVANCE,
    _OVERDUE,
    _JUDGING_AGAIN,
    _GAUGES,
    _PLACES,
    _READINGS,
    _WHO_HAS_IT,
    _ONE_WORD,
    _NOTED,
    _SOUGHT,
    _UNTAKEN,
    _WITHOUT_EFFECT,
    _MATTERS,
    _CLOSED,
)
"""Applied in order, each in one transaction; their number is the schema version that this Kept writes."""
