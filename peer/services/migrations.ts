/** A service's store, version by version. `key` columns hold names in small letters. */
export const migrations = [
  `
  CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE outbox (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
  CREATE TABLE subscriber (key TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  -- Commands that were carried out: one that is handed over again is not carried out again.
  CREATE TABLE handled (position INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT NOT NULL, id TEXT NOT NULL, UNIQUE (sender, id));
  `,
  `
  -- Commands that are still to be carried out: each is kept with the acknowledgement of its arrival, and goes with its reply.
  CREATE TABLE job (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    asker_key TEXT NOT NULL,
    asker TEXT NOT NULL,
    id TEXT NOT NULL,
    text TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX job_of_asker ON job (asker_key, position);
  `,
]
