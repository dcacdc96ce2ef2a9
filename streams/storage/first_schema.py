"""The tables of the first version of the store. Read next: `schema.py`, which has all that came after."""

from __future__ import annotations

FIRST = """
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
