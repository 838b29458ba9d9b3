-- what download links are signed with: one row, sealed
CREATE TABLE access_link_key (
    id      INTEGER NOT NULL PRIMARY KEY,
    content TEXT    NOT NULL,
    made_at BIGINT  NOT NULL
);
