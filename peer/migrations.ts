/** The peer's store, version by version. `conversation` and `key` columns hold the other peer's name in small letters. */
export const migrations = [
  `
  CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- Everything up to the arrival "read" was seen by the person here; up to "told" the sender knows of it.
  CREATE TABLE conversation (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    read INTEGER NOT NULL DEFAULT 0,
    told INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;

  -- The history, in the order of arrival. "state" holds only what no cumulative mark can tell.
  CREATE TABLE message (
    arrival INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL,
    outgoing INTEGER NOT NULL,
    sender TEXT NOT NULL,
    destination TEXT NOT NULL,
    message TEXT NOT NULL,
    timestamp TEXT NOT NULL,
    type TEXT NOT NULL,
    metadata TEXT NOT NULL,
    stored INTEGER NOT NULL DEFAULT 0,
    stream TEXT,
    sequence INTEGER,
    state TEXT,
    reason TEXT
  );
  CREATE INDEX message_in_conversation ON message (conversation, arrival);
  CREATE INDEX message_in_stream ON message (conversation, stream, sequence) WHERE outgoing = 1;

  -- How far own messages have come, by stream; see the marks of the proxy.
  CREATE TABLE mark (
    conversation TEXT NOT NULL,
    stream TEXT NOT NULL,
    delivered INTEGER NOT NULL,
    received INTEGER NOT NULL,
    read INTEGER NOT NULL,
    PRIMARY KEY (conversation, stream)
  ) WITHOUT ROWID;

  -- What the own proxy has not taken yet.
  CREATE TABLE outbox (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);

  -- Questions that an assistant asks its AI for somebody, and the id its reply will have.
  CREATE TABLE errand (
    question TEXT PRIMARY KEY,
    asker TEXT NOT NULL,
    reply_to TEXT NOT NULL,
    reply TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE VIRTUAL TABLE message_text USING fts5 (message, content = 'message', content_rowid = 'arrival');
  CREATE TRIGGER message_added AFTER INSERT ON message BEGIN
    INSERT INTO message_text (rowid, message) VALUES (new.arrival, new.message);
  END;
  CREATE TRIGGER message_removed AFTER DELETE ON message BEGIN
    INSERT INTO message_text (message_text, rowid, message) VALUES ('delete', old.arrival, old.message);
  END;
  `,
  `
  -- The text index is filled behind the history, in groups: every message up to this arrival is in it.
  CREATE TABLE text_position (arrival INTEGER NOT NULL);
  INSERT INTO text_position VALUES (0);
  DROP TRIGGER message_added;
  DROP TRIGGER message_removed;
  DROP TABLE message_text;
  -- A word is found while it is typed: without an index of beginnings, each letter would read every word it begins.
  CREATE VIRTUAL TABLE message_text USING fts5
    (message, content = 'message', content_rowid = 'arrival', columnsize = 0, prefix = '1 2 3 4');
  CREATE TRIGGER message_removed AFTER DELETE ON message WHEN old.arrival <= (SELECT arrival FROM text_position) BEGIN
    INSERT INTO message_text (message_text, rowid, message) VALUES ('delete', old.arrival, old.message);
  END;

  -- With what counting the unread needs, so that the messages themselves are not read for it.
  DROP INDEX message_in_conversation;
  CREATE INDEX message_in_conversation ON message (conversation, arrival, outgoing);

  -- Every stream in which a message has a place has marks from now on.
  INSERT OR IGNORE INTO mark
    SELECT DISTINCT conversation, stream, 0, 0, 0 FROM message WHERE outgoing = 1 AND stream IS NOT NULL;
  `,
  `
  -- Ids of messages that were cleared, so that none of them is taken for another one, or taken again.
  CREATE TABLE cleared_message (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL,
    outgoing INTEGER NOT NULL,
    digest TEXT NOT NULL
  );

  -- Streams that the own proxy ended: places in them that are told late are places in the next one, or are lost.
  CREATE TABLE ended_stream (
    stream TEXT PRIMARY KEY,
    conversation TEXT NOT NULL,
    next TEXT NOT NULL,
    acknowledged INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  -- What was chosen in a conversation with an AI. What arrived up to "since" no longer goes along with a question.
  CREATE TABLE choice (
    conversation TEXT PRIMARY KEY,
    personality TEXT,
    since INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  `,
  `
  -- The latest canned reply to each sender, and when by the own clock, in milliseconds. The newest has the highest position.
  CREATE TABLE canned_reply (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL UNIQUE,
    text TEXT NOT NULL,
    at INTEGER NOT NULL
  );
  `,
  `
  -- Every three characters that stand together instead of words, of a text made for it (searchable-text.ts). The newest
  -- message has the lowest rowid: the index is read from there, and upwards is a third faster than downwards.
  DROP TRIGGER message_removed;
  DROP TABLE message_text;
  UPDATE text_position SET arrival = 0;
  CREATE VIRTUAL TABLE message_text USING fts5
    (text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1');
  CREATE TRIGGER message_removed AFTER DELETE ON message WHEN old.arrival <= (SELECT arrival FROM text_position) BEGIN
    DELETE FROM message_text WHERE rowid = -old.arrival;
  END;
  `,
]
