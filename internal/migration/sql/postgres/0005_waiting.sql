-- Generated from ent/schema by internal/migration/generate; read before committing.
-- Modify "sessions" table
ALTER TABLE "sessions" ADD COLUMN "waiting_since" timestamptz NULL;
-- An expiry that waited was a due time set forward by a hundred years of 365 days. It comes back, with since when it waits.
UPDATE sessions SET due_at = due_at - interval '876000 hours', waiting_since = (SELECT COALESCE(a.decided_at, a.created_at) FROM accommodations a WHERE a.organization_id = sessions.organization_id AND a.session_id = sessions.id AND a.state = 'REQUESTED') WHERE state = 'INVITED' AND due_at > created_at + interval '438000 hours';
