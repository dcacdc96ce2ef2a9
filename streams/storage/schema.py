"""The store's tables, as ordered migrations. A migration that was released is never edited; changes are new ones.

The number of migrations a database has been through is its schema version, kept in SQLite's `user_version`.
Bodies that people may ask for are JSON, so that any SQLite shell can read them; instants are microseconds UTC.
"""

from __future__ import annotations

_FIRST = """
CREATE TABLE events (            -- everything that was taken in, as it came: the log, one row per commit
    seq INTEGER PRIMARY KEY,
    received INTEGER NOT NULL,
    first INTEGER NOT NULL,      -- the earliest and the latest time of its events
    last INTEGER NOT NULL,
    body BLOB NOT NULL           -- JSON lines
);

CREATE TABLE cases (             -- the judge's state: one snapshot per subject, but for what the next three tables have
    grp TEXT NOT NULL,
    key BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (grp, key)
) WITHOUT ROWID;

CREATE TABLE identities (        -- the identities that cases have seen, leaf by leaf, as they came in
    seq INTEGER PRIMARY KEY,
    grp TEXT NOT NULL,
    key BLOB NOT NULL,
    leaf INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX identities_case ON identities (grp, key);

CREATE TABLE held (              -- the events that cases hold until time has passed them: one row per commit
    seq INTEGER PRIMARY KEY,
    newest INTEGER NOT NULL,     -- the latest time in it: when time has come so far, nothing in it is held any more
    body BLOB NOT NULL
);
CREATE INDEX held_newest ON held (newest);

CREATE TABLE settled (           -- the promises of cases whose verdict can still be corrected: one row per commit
    seq INTEGER PRIMARY KEY,
    newest INTEGER NOT NULL,     -- when the last one in it was settled
    body BLOB NOT NULL
);
CREATE INDEX settled_newest ON settled (newest);

CREATE TABLE desk_cases (        -- the desk's state: what was told of one standard and subject
    standard TEXT NOT NULL,
    subject TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (standard, subject)
) WITHOUT ROWID;

CREATE TABLE ledger (            -- every transition; append only
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    promise TEXT NOT NULL,
    standard TEXT NOT NULL,
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    told TEXT NOT NULL,          -- why it was told, or not
    body BLOB NOT NULL
);
CREATE INDEX ledger_promise ON ledger (promise);

CREATE TABLE totals (            -- how many lines the ledger has
    standard TEXT NOT NULL,
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (standard, owner, kind)
) WITHOUT ROWID;

CREATE TABLE promises (          -- the ledger folded: one row per promise
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    ordinal INTEGER NOT NULL,
    standard TEXT NOT NULL,
    revision TEXT NOT NULL,
    subject TEXT NOT NULL,
    owner TEXT NOT NULL,
    aspect TEXT NOT NULL,
    severity TEXT NOT NULL,
    fields BLOB NOT NULL,
    state TEXT NOT NULL,
    verdict TEXT,
    opened INTEGER NOT NULL,
    due INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    elapsed INTEGER NOT NULL,
    waited INTEGER NOT NULL,
    warned INTEGER NOT NULL,
    corrected INTEGER NOT NULL
);
CREATE INDEX promises_open ON promises (standard, revision) WHERE verdict IS NULL;
CREATE INDEX promises_settled ON promises (settled);
CREATE INDEX promises_standard ON promises (standard, opened);

CREATE TABLE notices (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    promise TEXT NOT NULL,
    received INTEGER NOT NULL,   -- when it was decided, by the host's clock
    body BLOB NOT NULL
);
CREATE INDEX notices_promise ON notices (promise);

CREATE TABLE outbox (            -- one row per notice and channel
    notice TEXT NOT NULL REFERENCES notices (id),
    channel TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    tries INTEGER NOT NULL DEFAULT 0,
    next_try INTEGER NOT NULL DEFAULT -1,
    delivered INTEGER NOT NULL DEFAULT -1,
    error TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (notice, channel)
) WITHOUT ROWID;
CREATE INDEX outbox_waiting ON outbox (next_try) WHERE state = 'waiting';

CREATE TABLE dead_letters (
    seq INTEGER PRIMARY KEY,
    received INTEGER NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    raw BLOB NOT NULL
);

CREATE TABLE late (              -- events that changed nothing
    seq INTEGER PRIMARY KEY,
    received INTEGER NOT NULL,
    reason TEXT NOT NULL,
    type TEXT NOT NULL,
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL
);

CREATE TABLE revisions (         -- the text of every standard ever in force: its promises are judged by it
    revision TEXT PRIMARY KEY,
    standard TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    loaded_at INTEGER NOT NULL,
    current INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE position (          -- one row: how far the judge has come
    one INTEGER PRIMARY KEY CHECK (one = 1),
    body BLOB NOT NULL
);
"""

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

_READINGS = """
CREATE TABLE readings (          -- how many wait in each line, as workers read it last: a folded store has no events
    site TEXT NOT NULL, name TEXT NOT NULL, what TEXT NOT NULL, value REAL NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (site, name, what)
) WITHOUT ROWID;
"""

MIGRATIONS: tuple[str, ...] = (
    _FIRST,
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
)
"""Applied in order, each in one transaction; their number is the schema version that this Kept writes."""
