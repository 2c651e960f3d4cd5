CREATE TABLE IF NOT EXISTS actorllm_journal (
    ordering bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    persistence_id varchar(255) NOT NULL,
    sequence_number bigint NOT NULL,
    deleted boolean NOT NULL,
    created bigint NOT NULL,
    identifier integer NOT NULL,
    manifest varchar(500) NOT NULL,
    message bytea NOT NULL,
    tags varchar(100)
);
-- The fence between two live incarnations of one conversation.
CREATE UNIQUE INDEX IF NOT EXISTS actorllm_journal_uq ON actorllm_journal (persistence_id, sequence_number);
CREATE TABLE IF NOT EXISTS actorllm_snapshot (
    persistence_id varchar(255) NOT NULL,
    sequence_number bigint NOT NULL,
    created bigint NOT NULL,
    snapshot bytea NOT NULL,
    manifest varchar(500) NOT NULL,
    serializer_id integer NOT NULL,
    PRIMARY KEY (persistence_id, sequence_number)
);
CREATE TABLE IF NOT EXISTS actorllm_watermark (
    name varchar(50) PRIMARY KEY,
    ordering bigint NOT NULL
);
-- The nodes that are in the cluster, and when each last said so.
CREATE TABLE IF NOT EXISTS actorllm_node (
    address varchar(300) PRIMARY KEY,
    incarnation bigint NOT NULL,
    members integer NOT NULL,
    seen timestamptz NOT NULL
);
-- What was shown of replies that are being streamed; a turn's rows go once its reply is committed.
CREATE TABLE IF NOT EXISTS actorllm_stream (
    stream varchar(400) NOT NULL,
    position integer NOT NULL,
    attempt integer NOT NULL,
    start integer NOT NULL,
    piece text NOT NULL,
    written timestamptz NOT NULL,
    PRIMARY KEY (stream, position)
);
-- What operators ordered. Each row has a hash over its content and the hash of the row before it.
CREATE TABLE IF NOT EXISTS actorllm_audit (
    number bigint PRIMARY KEY,
    at bigint NOT NULL,
    node text NOT NULL,
    who text NOT NULL,
    address text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    of_order bigint NOT NULL,
    outcome text NOT NULL,
    previous char(64) NOT NULL,
    hash char(64) NOT NULL
);
-- Replies that are owed to someone who does not ask for them. A row goes once its reply was delivered and that is acknowledged.
CREATE TABLE IF NOT EXISTS actorllm_outbox (
    id varchar(64) PRIMARY KEY,
    conversation varchar(255) NOT NULL,
    turn varchar(128) NOT NULL,
    carrier varchar(32) NOT NULL,
    address text NOT NULL,
    made bigint NOT NULL,
    attempts integer NOT NULL,
    next_at bigint NOT NULL,
    owner varchar(64) NOT NULL,
    parked boolean NOT NULL,
    reason text NOT NULL
);
CREATE INDEX IF NOT EXISTS actorllm_outbox_due ON actorllm_outbox (carrier, parked, next_at);
