PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS actorllm_journal (
    ordering INTEGER PRIMARY KEY AUTOINCREMENT,
    persistence_id TEXT NOT NULL,
    sequence_number INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    created INTEGER NOT NULL,
    identifier INTEGER NOT NULL,
    manifest TEXT NOT NULL,
    message BLOB NOT NULL,
    tags TEXT
);
-- The fence between two live incarnations of one conversation.
CREATE UNIQUE INDEX IF NOT EXISTS actorllm_journal_uq ON actorllm_journal (persistence_id, sequence_number);
CREATE TABLE IF NOT EXISTS actorllm_snapshot (
    persistence_id TEXT NOT NULL,
    sequence_number INTEGER NOT NULL,
    created INTEGER NOT NULL,
    snapshot BLOB NOT NULL,
    manifest TEXT NOT NULL,
    serializer_id INTEGER NOT NULL,
    PRIMARY KEY (persistence_id, sequence_number)
);
CREATE TABLE IF NOT EXISTS actorllm_watermark (
    name TEXT PRIMARY KEY,
    ordering INTEGER NOT NULL
);
-- The nodes that are in the cluster, and when each last said so.
CREATE TABLE IF NOT EXISTS actorllm_node (
    address TEXT PRIMARY KEY,
    incarnation INTEGER NOT NULL,
    members INTEGER NOT NULL,
    seen REAL NOT NULL
);
-- What was shown of replies that are being streamed; a turn's rows go once its reply is committed.
CREATE TABLE IF NOT EXISTS actorllm_stream (
    stream TEXT NOT NULL,
    position INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    start INTEGER NOT NULL,
    piece TEXT NOT NULL,
    written REAL NOT NULL,
    PRIMARY KEY (stream, position)
);
-- What operators ordered. Each row has a hash over its content and the hash of the row before it.
CREATE TABLE IF NOT EXISTS actorllm_audit (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    node TEXT NOT NULL,
    who TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    of_order INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);
-- Replies that are owed to someone who does not ask for them. A row goes once its reply was delivered and that is acknowledged.
CREATE TABLE IF NOT EXISTS actorllm_outbox (
    id TEXT PRIMARY KEY,
    conversation TEXT NOT NULL,
    turn TEXT NOT NULL,
    carrier TEXT NOT NULL,
    address TEXT NOT NULL,
    made INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    owner TEXT NOT NULL,
    parked INTEGER NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS actorllm_outbox_due ON actorllm_outbox (carrier, parked, next_at);
