-- who may do what: users, their sessions and tokens, tries to sign in, and what was done

-- one row; whoever decides about administrators writes it first, so that two decisions never run beside each other
CREATE TABLE access_guard (
    id   INTEGER PRIMARY KEY,
    turn BIGINT  NOT NULL
);
INSERT INTO access_guard (id, turn) VALUES (1, 0);

CREATE TABLE access_user (
    id            TEXT    PRIMARY KEY,
    name          TEXT    NOT NULL,
    name_key      TEXT    NOT NULL UNIQUE, -- the name in lower case
    password      TEXT,                    -- PHC string; null: no sign-in by password
    role          TEXT    NOT NULL,
    stacks        TEXT,                    -- JSON array of names; null: every stack
    enabled       INTEGER NOT NULL,
    issuer        TEXT,                    -- of the identity provider; null: a user of Holdfast's own
    subject       TEXT,                    -- the user's id at that provider
    token_version BIGINT  NOT NULL,        -- raised to end every JWT that was issued
    made_at       BIGINT  NOT NULL,
    signed_in_at  BIGINT,
    UNIQUE (issuer, subject)
);

CREATE TABLE access_session (
    id       TEXT   PRIMARY KEY,
    secret   TEXT   NOT NULL UNIQUE, -- SHA-256 of what the browser holds
    user_id  TEXT   NOT NULL REFERENCES access_user (id) ON DELETE CASCADE,
    began_at BIGINT NOT NULL,
    seen_at  BIGINT NOT NULL,
    address  TEXT   NOT NULL,
    agent    TEXT   NOT NULL
);
CREATE INDEX access_session_user ON access_session (user_id);

CREATE TABLE access_token (
    id         TEXT   PRIMARY KEY,
    secret     TEXT   NOT NULL UNIQUE, -- SHA-256 of what was shown once
    user_id    TEXT   NOT NULL REFERENCES access_user (id) ON DELETE CASCADE,
    label      TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    stacks     TEXT,
    made_at    BIGINT NOT NULL,
    expires_at BIGINT,
    used_at    BIGINT
);
CREATE INDEX access_token_user ON access_token (user_id);

CREATE TABLE access_attempt (
    subject  TEXT   PRIMARY KEY, -- a user's name or an address, hashed
    failures BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    until_at BIGINT NOT NULL     -- no further try before
);
CREATE INDEX access_attempt_last ON access_attempt (last_at);

CREATE TABLE access_setup_code (
    hash    TEXT   PRIMARY KEY,
    made_at BIGINT NOT NULL
);

-- rows are only ever added
CREATE TABLE access_audit (
    id       TEXT   PRIMARY KEY,
    at       BIGINT NOT NULL,
    actor    TEXT   NOT NULL,
    user_id  TEXT,
    token_id TEXT,
    action   TEXT   NOT NULL,
    object   TEXT   NOT NULL,
    stack    TEXT,
    address  TEXT   NOT NULL,
    outcome  TEXT   NOT NULL,
    detail   TEXT   NOT NULL
);
CREATE INDEX access_audit_user ON access_audit (user_id, id);
CREATE INDEX access_audit_stack ON access_audit (stack, id);
CREATE INDEX access_audit_action ON access_audit (action, id);
