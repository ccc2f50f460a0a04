/** The proxy's store, version by version. `key` columns hold names in small letters. */
export const migrations = [
  `
  CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- How far each stream to a destination has come. The marks are cumulative sequences.
  CREATE TABLE destination (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    stream TEXT NOT NULL UNIQUE,
    next INTEGER NOT NULL DEFAULT 1,
    acknowledged INTEGER NOT NULL DEFAULT 0,
    received INTEGER NOT NULL DEFAULT 0,
    read INTEGER NOT NULL DEFAULT 0,
    kind TEXT
  ) WITHOUT ROWID;

  -- Messages on their way; body is NULL where one was given up and only its place in the sequence remains.
  CREATE TABLE outbox (
    destination TEXT NOT NULL,
    stream TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    id TEXT UNIQUE,
    body TEXT,
    accepted INTEGER NOT NULL,
    PRIMARY KEY (destination, sequence)
  ) WITHOUT ROWID;

  -- Ids that were accepted, kept for a while after their messages left: the same one again is known.
  CREATE TABLE accepted_id (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    stream TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    accepted INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX accepted_id_by_age ON accepted_id (accepted);

  -- How far each stream from a source has come here; a source has one for each name under which it knows this proxy.
  CREATE TABLE source (
    key TEXT NOT NULL,
    addressed TEXT NOT NULL,
    name TEXT NOT NULL,
    stream TEXT NOT NULL,
    expected INTEGER NOT NULL,
    received INTEGER NOT NULL DEFAULT 0,
    read INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (key, addressed)
  ) WITHOUT ROWID;

  -- What the own peer has not acknowledged yet: messages that arrived, and failures of its own.
  CREATE TABLE event (
    cursor INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT,
    stream TEXT,
    sequence INTEGER,
    body TEXT NOT NULL
  );

  -- Questions to an API: recorded before the call, so that a crash in mid-call is known.
  CREATE TABLE question (
    id TEXT PRIMARY KEY,
    destination TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('accepted', 'asking', 'done')),
    answer TEXT NOT NULL,
    accepted INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  -- The sequence at which a stream begins: after a restart it is not 1.
  ALTER TABLE destination ADD COLUMN begin INTEGER NOT NULL DEFAULT 1;
  -- The id of the message before the expected one: tells a repeat from another message under the same number.
  ALTER TABLE source ADD COLUMN last TEXT;
  -- Streams that another one took the place of: what comes late of them is taken no more.
  CREATE TABLE ended_stream (stream TEXT PRIMARY KEY, ended INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX ended_stream_by_age ON ended_stream (ended);
  CREATE INDEX outbox_by_age ON outbox (accepted);
  `,
  `
  -- What answers of AIs used, by day in UTC, under the name of the store that counted; currency is '' without a cost.
  CREATE TABLE usage (
    store TEXT NOT NULL,
    day TEXT NOT NULL,
    route TEXT NOT NULL,
    model TEXT NOT NULL,
    currency TEXT NOT NULL,
    demo INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    interrupted INTEGER NOT NULL,
    input INTEGER NOT NULL,
    output INTEGER NOT NULL,
    cached INTEGER NOT NULL,
    thinking INTEGER NOT NULL,
    withoutUsage INTEGER NOT NULL,
    cost REAL NOT NULL,
    withoutCost INTEGER NOT NULL,
    firstPieceMs REAL NOT NULL,
    firstPieces INTEGER NOT NULL,
    totalMs REAL NOT NULL,
    timed INTEGER NOT NULL,
    PRIMARY KEY (store, day, route, model, currency, demo)
  ) WITHOUT ROWID;
  CREATE INDEX usage_by_revision ON usage (revision);
  CREATE INDEX usage_by_day ON usage (day);
  `,
]
