-- which version of the application a snapshot shows, said later; null: as its label says
ALTER TABLE snapshot_mark ADD COLUMN app_version TEXT;
