-- what goes on and people were told of; at most one of a name is open
CREATE TABLE notify_incident (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    stack TEXT NOT NULL,
    notice TEXT NOT NULL,
    began BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    told INTEGER NOT NULL,
    due BIGINT NOT NULL,
    ended BIGINT
);
CREATE UNIQUE INDEX notify_incident_open ON notify_incident (name) WHERE ended IS NULL;
CREATE INDEX notify_incident_due ON notify_incident (due) WHERE ended IS NULL;

-- messages on their way, in the order of their ids for each channel, and for some time those that have ended
CREATE TABLE notify_delivery (
    id TEXT PRIMARY KEY,
    stack TEXT NOT NULL,
    channel TEXT NOT NULL,
    about TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    state TEXT NOT NULL,
    created BIGINT NOT NULL,
    due BIGINT NOT NULL,
    claimed BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    answer TEXT NOT NULL,
    ended BIGINT
);
CREATE INDEX notify_delivery_waiting ON notify_delivery (stack, channel, id) WHERE ended IS NULL;
CREATE INDEX notify_delivery_ended ON notify_delivery (ended) WHERE ended IS NOT NULL;

-- which digests were made, so that one server makes each
CREATE TABLE notify_digest (
    scope TEXT NOT NULL,
    due BIGINT NOT NULL,
    PRIMARY KEY (scope, due)
);
