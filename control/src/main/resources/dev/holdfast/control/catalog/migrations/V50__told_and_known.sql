-- 0: everybody who listens has heard how the run ended; otherwise how often telling them was begun
ALTER TABLE run ADD COLUMN untold INTEGER NOT NULL DEFAULT 0;
CREATE INDEX run_untold ON run (id) WHERE untold > 0;

-- names of the stacks that a server knows, one on each line; null while it has not said so
ALTER TABLE run_server ADD COLUMN stacks TEXT;

-- how much the last snapshots of a stack had in each of their tables, JSON
CREATE TABLE notify_size (
    stack    TEXT   NOT NULL,
    snapshot TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    sizes    TEXT   NOT NULL,
    PRIMARY KEY (stack, snapshot)
);
