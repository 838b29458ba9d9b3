-- stacks made in the dashboard; content is sealed
CREATE TABLE stack (
    name     TEXT   NOT NULL PRIMARY KEY,
    content  TEXT   NOT NULL,
    revision BIGINT NOT NULL
);

-- what was seen when the repository of a stack was looked at last
CREATE TABLE stack_look (
    stack        TEXT   NOT NULL PRIMARY KEY,
    at           BIGINT NOT NULL,
    destinations TEXT   NOT NULL,
    findings     TEXT   NOT NULL
);

-- the listing of snapshots, copied from the repositories
CREATE TABLE snapshot (
    stack        TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    began_at     BIGINT  NOT NULL,
    committed_at BIGINT  NOT NULL,
    host         TEXT    NOT NULL,
    version      TEXT    NOT NULL,
    parts        TEXT    NOT NULL,
    labels       TEXT    NOT NULL,
    findings     TEXT    NOT NULL,
    entries      BIGINT  NOT NULL,
    bytes        BIGINT  NOT NULL,
    stored_bytes BIGINT  NOT NULL,
    copies       INTEGER NOT NULL,
    destinations INTEGER NOT NULL,
    PRIMARY KEY (stack, id)
);
CREATE INDEX snapshot_by_id ON snapshot (id);

-- what only the catalog knows of a snapshot
CREATE TABLE snapshot_mark (
    stack       TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    pinned      INTEGER NOT NULL,
    note        TEXT    NOT NULL,
    intact_at   BIGINT,
    restored_at BIGINT,
    matched_at  BIGINT,
    complete_at BIGINT,
    PRIMARY KEY (stack, id)
);
