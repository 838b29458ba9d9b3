-- servers that share this catalog; whose number of beats stands still has ended
CREATE TABLE run_server (
    id      TEXT   NOT NULL PRIMARY KEY,
    name    TEXT   NOT NULL,
    beats   BIGINT NOT NULL,
    wall_at BIGINT NOT NULL
);

CREATE TABLE run (
    id               TEXT    NOT NULL PRIMARY KEY,
    stack            TEXT    NOT NULL,
    kind             TEXT    NOT NULL,
    state            TEXT    NOT NULL,
    cause            TEXT    NOT NULL,
    actor            TEXT    NOT NULL,
    request          TEXT    NOT NULL,
    idempotency_key  TEXT    UNIQUE,
    requested_at     BIGINT  NOT NULL,
    due_at           BIGINT,
    not_before       BIGINT  NOT NULL,
    began_at         BIGINT,
    ended_at         BIGINT,
    waiting_for      TEXT    NOT NULL,
    attempt          INTEGER NOT NULL,
    first_run        TEXT,
    error_code       TEXT,
    error_message    TEXT,
    error_hint       TEXT,
    result           TEXT,
    snapshot         TEXT,
    bytes_read       BIGINT  NOT NULL,
    bytes_stored     BIGINT  NOT NULL,
    progress         TEXT,
    server           TEXT,
    server_name      TEXT    NOT NULL,
    -- grows with each claim; whoever ends a run has to name the claim it holds
    claim            BIGINT  NOT NULL,
    -- who asked to end it while it was under way
    cancelled_by     TEXT
);
CREATE INDEX run_by_stack ON run (stack, id);
CREATE INDEX run_by_state ON run (state, id);
CREATE INDEX run_by_request ON run (requested_at);

-- a row for each stack, locked by whoever looks whether a run may begin
CREATE TABLE run_gate (
    stack TEXT   NOT NULL PRIMARY KEY,
    turns BIGINT NOT NULL
);

-- up to which moment a schedule of a stack has been followed
CREATE TABLE run_due (
    stack    TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    schedule TEXT   NOT NULL,
    last_at  BIGINT NOT NULL,
    PRIMARY KEY (stack, kind)
);

CREATE TABLE run_event (
    seq   BIGINT NOT NULL PRIMARY KEY,
    run   TEXT   NOT NULL,
    stack TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    label TEXT   NOT NULL,
    body  TEXT   NOT NULL
);
CREATE INDEX run_event_by_run ON run_event (run, seq);
CREATE INDEX run_event_by_time ON run_event (at);

-- numbers of events, given out in the order in which they become visible
CREATE TABLE run_counter (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO run_counter (name, value) VALUES ('event', 0);
