-- channels of the whole server that were made while it ran; content is sealed
CREATE TABLE notify_channel (
    name       TEXT   NOT NULL PRIMARY KEY,
    content    TEXT   NOT NULL,
    revision   BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT   NOT NULL
);
