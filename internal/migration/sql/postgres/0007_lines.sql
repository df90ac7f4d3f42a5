-- Written by hand. The counters count what they did (0006_counters, docs/metrics.md) for less: a change writes the lines that it
-- changes, and PostgreSQL adds up what a statement inserts.
CREATE OR REPLACE FUNCTION tally_new_session() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE invited text := to_char(NEW.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD');
BEGIN
INSERT INTO tallies (organization_id, job_role_id, template_version_id, metric, day, label, detail, amount)
	SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, m.metric, m.day, m.label, m.detail, m.n FROM (VALUES
		('SESSIONS', '', NEW.state, '', 1),
		('STEPS', invited, 'INVITED', '', 1),
		('STEPS', invited, 'OPENED', '', (NEW.opened_at IS NOT NULL)::int),
		('STEPS', invited, 'STARTED', '', (NEW.started_at IS NOT NULL)::int),
		('STEPS', invited, 'SUBMITTED', '', (NEW.ended_at IS NOT NULL AND NEW.state NOT IN ('CANCELLED', 'DECLINED', 'VOIDED'))::int),
		('STEPS', invited, 'SCORED', '', (NEW.scored_at IS NOT NULL AND NEW.state <> 'VOIDED')::int),
		('STEPS', invited, 'RELEASED', '', (NEW.released_at IS NOT NULL AND NEW.state <> 'VOIDED')::int),
		('STEPS', invited, 'EXPIRED', '', (NEW.state = 'EXPIRED')::int),
		('STEPS', invited, 'CANCELLED', '', (NEW.state = 'CANCELLED')::int),
		('STEPS', invited, 'DECLINED', '', (NEW.state = 'DECLINED')::int),
		('STEPS', invited, 'VOIDED', '', (NEW.state = 'VOIDED')::int)
	) m(metric, day, label, detail, n) WHERE m.n <> 0;
	RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION tally_session() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE invited text := to_char(NEW.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD');
BEGIN
INSERT INTO tallies (organization_id, job_role_id, template_version_id, metric, day, label, detail, amount)
	SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, m.metric, m.day, m.label, m.detail, m.n FROM (VALUES
		('SESSIONS', '', OLD.state, '', -(OLD.state <> NEW.state)::int),
		('SESSIONS', '', NEW.state, '', (OLD.state <> NEW.state)::int),
		('STEPS', invited, 'OPENED', '', (NEW.opened_at IS NOT NULL)::int - (OLD.opened_at IS NOT NULL)::int),
		('STEPS', invited, 'STARTED', '', (NEW.started_at IS NOT NULL)::int - (OLD.started_at IS NOT NULL)::int),
		('STEPS', invited, 'SUBMITTED', '', (NEW.ended_at IS NOT NULL AND NEW.state NOT IN ('CANCELLED', 'DECLINED', 'VOIDED'))::int - (OLD.ended_at IS NOT NULL AND OLD.state NOT IN ('CANCELLED', 'DECLINED', 'VOIDED'))::int),
		('STEPS', invited, 'SCORED', '', (NEW.scored_at IS NOT NULL AND NEW.state <> 'VOIDED')::int - (OLD.scored_at IS NOT NULL AND OLD.state <> 'VOIDED')::int),
		('STEPS', invited, 'RELEASED', '', (NEW.released_at IS NOT NULL AND NEW.state <> 'VOIDED')::int - (OLD.released_at IS NOT NULL AND OLD.state <> 'VOIDED')::int),
		('STEPS', invited, 'EXPIRED', '', (NEW.state = 'EXPIRED')::int - (OLD.state = 'EXPIRED')::int),
		('STEPS', invited, 'CANCELLED', '', (NEW.state = 'CANCELLED')::int - (OLD.state = 'CANCELLED')::int),
		('STEPS', invited, 'DECLINED', '', (NEW.state = 'DECLINED')::int - (OLD.state = 'DECLINED')::int),
		('STEPS', invited, 'VOIDED', '', (NEW.state = 'VOIDED')::int - (OLD.state = 'VOIDED')::int)
	) m(metric, day, label, detail, n) WHERE m.n <> 0;
	RETURN NULL;
END $$;
DROP TRIGGER tally_new_report ON reports;
DROP FUNCTION tally_new_report();
CREATE OR REPLACE FUNCTION tally_new_reports() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
INSERT INTO tallies (organization_id, job_role_id, template_version_id, metric, day, label, detail, amount)
	SELECT r.organization_id, r.job_role_id, r.template_version_id, m.metric, m.day, m.label, m.detail, SUM(m.n) FROM made r
	-- The limit keeps this a look at one row each time, whatever the plan was made for.
	CROSS JOIN LATERAL (SELECT to_char(s.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS invited, (s.state <> 'VOIDED')::int AS stands
		FROM sessions s WHERE s.id = r.session_id LIMIT 1) s
	CROSS JOIN LATERAL (VALUES
		('REPORTS', '', r.state, r.band, (r.superseded_at IS NULL)::int),
		('SCORES', to_char(r.ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), r.percent::text, r.band, s.stands * (r.superseded_at IS NULL AND r.state IN ('READY', 'RELEASED'))::int),
		('STEPS', s.invited, 'PASSED', '', s.stands * (r.superseded_at IS NULL AND r.state IN ('READY', 'RELEASED') AND r.passed)::int)
	) m(metric, day, label, detail, n) WHERE m.n <> 0
	GROUP BY r.organization_id, r.job_role_id, r.template_version_id, m.metric, m.day, m.label, m.detail;
	RETURN NULL;
END $$;
CREATE TRIGGER tally_new_reports AFTER INSERT ON reports REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION tally_new_reports();
CREATE OR REPLACE FUNCTION tally_report() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	invited text;
	stands int;
BEGIN
	SELECT to_char(s.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), (s.state <> 'VOIDED')::int INTO invited, stands FROM sessions s WHERE s.id = NEW.session_id;
INSERT INTO tallies (organization_id, job_role_id, template_version_id, metric, day, label, detail, amount)
	SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, m.metric, m.day, m.label, m.detail, m.n FROM (VALUES
		('REPORTS', '', OLD.state, OLD.band, -(OLD.superseded_at IS NULL)::int),
		('REPORTS', '', NEW.state, NEW.band, (NEW.superseded_at IS NULL)::int),
		('SCORES', to_char(NEW.ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), NEW.percent::text, NEW.band, stands * ((NEW.superseded_at IS NULL AND NEW.state IN ('READY', 'RELEASED'))::int - (OLD.superseded_at IS NULL AND OLD.state IN ('READY', 'RELEASED'))::int)),
		('STEPS', invited, 'PASSED', '', stands * NEW.passed::int * ((NEW.superseded_at IS NULL AND NEW.state IN ('READY', 'RELEASED'))::int - (OLD.superseded_at IS NULL AND OLD.state IN ('READY', 'RELEASED'))::int))
	) m(metric, day, label, detail, n) WHERE m.n <> 0;
	RETURN NULL;
END $$;
