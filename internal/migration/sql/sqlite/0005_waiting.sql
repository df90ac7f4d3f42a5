-- Generated from ent/schema by internal/migration/generate; read before committing.
-- Add column "waiting_since" to table: "sessions"
ALTER TABLE `sessions` ADD COLUMN `waiting_since` datetime NULL;
-- An expiry that waited was a due time set forward by a hundred years of 365 days. It comes back, with since when it waits.
UPDATE sessions SET due_at = date(substr(due_at, 1, 10), '-36500 days') || substr(due_at, 11), waiting_since = (SELECT COALESCE(a.decided_at, a.created_at) FROM accommodations a WHERE a.organization_id = sessions.organization_id AND a.session_id = sessions.id AND a.state = 'REQUESTED') WHERE state = 'INVITED' AND julianday(substr(due_at, 1, 10)) > julianday(substr(created_at, 1, 10)) + 18250;
