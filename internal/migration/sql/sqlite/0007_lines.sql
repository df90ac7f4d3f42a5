-- Written by hand. The counters count what they did (0006_counters, docs/metrics.md) for less: a change writes the lines that it
-- changes, and PostgreSQL adds up what a statement inserts.
DROP TRIGGER tally_new_session;
DROP TRIGGER tally_session;
DROP TRIGGER tally_new_report;
DROP TRIGGER tally_report;
CREATE TRIGGER tally_new_session AFTER INSERT ON sessions BEGIN
INSERT INTO tallies (organization_id, job_role_id, template_version_id, metric, day, label, detail, amount)
	SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'SESSIONS', '', NEW.state, '', 1
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'INVITED', '', 1
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'OPENED', '', 1 WHERE NEW.opened_at IS NOT NULL
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'STARTED', '', 1 WHERE NEW.started_at IS NOT NULL
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'SUBMITTED', '', 1 WHERE NEW.ended_at IS NOT NULL AND NEW.state NOT IN ('CANCELLED', 'DECLINED', 'VOIDED')
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'SCORED', '', 1 WHERE NEW.scored_at IS NOT NULL AND NEW.state <> 'VOIDED'
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'RELEASED', '', 1 WHERE NEW.released_at IS NOT NULL AND NEW.state <> 'VOIDED'
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'EXPIRED', '', 1 WHERE NEW.state = 'EXPIRED'
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'CANCELLED', '', 1 WHERE NEW.state = 'CANCELLED'
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'DECLINED', '', 1 WHERE NEW.state = 'DECLINED'
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'VOIDED', '', 1 WHERE NEW.state = 'VOIDED';
END;
CREATE TRIGGER tally_session AFTER UPDATE OF state, opened_at, started_at, ended_at, scored_at, released_at ON sessions BEGIN
INSERT INTO tallies (organization_id, job_role_id, template_version_id, metric, day, label, detail, amount)
	SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'SESSIONS', '', OLD.state, '', -1 WHERE OLD.state <> NEW.state
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'SESSIONS', '', NEW.state, '', 1 WHERE OLD.state <> NEW.state
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'OPENED', '', (NEW.opened_at IS NOT NULL) - (OLD.opened_at IS NOT NULL) WHERE (NEW.opened_at IS NOT NULL) <> (OLD.opened_at IS NOT NULL)
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'STARTED', '', (NEW.started_at IS NOT NULL) - (OLD.started_at IS NOT NULL) WHERE (NEW.started_at IS NOT NULL) <> (OLD.started_at IS NOT NULL)
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'SUBMITTED', '', (NEW.ended_at IS NOT NULL AND NEW.state NOT IN ('CANCELLED', 'DECLINED', 'VOIDED')) - (OLD.ended_at IS NOT NULL AND OLD.state NOT IN ('CANCELLED', 'DECLINED', 'VOIDED')) WHERE (NEW.ended_at IS NOT NULL AND NEW.state NOT IN ('CANCELLED', 'DECLINED', 'VOIDED')) <> (OLD.ended_at IS NOT NULL AND OLD.state NOT IN ('CANCELLED', 'DECLINED', 'VOIDED'))
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'SCORED', '', (NEW.scored_at IS NOT NULL AND NEW.state <> 'VOIDED') - (OLD.scored_at IS NOT NULL AND OLD.state <> 'VOIDED') WHERE (NEW.scored_at IS NOT NULL AND NEW.state <> 'VOIDED') <> (OLD.scored_at IS NOT NULL AND OLD.state <> 'VOIDED')
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'RELEASED', '', (NEW.released_at IS NOT NULL AND NEW.state <> 'VOIDED') - (OLD.released_at IS NOT NULL AND OLD.state <> 'VOIDED') WHERE (NEW.released_at IS NOT NULL AND NEW.state <> 'VOIDED') <> (OLD.released_at IS NOT NULL AND OLD.state <> 'VOIDED')
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'EXPIRED', '', (NEW.state = 'EXPIRED') - (OLD.state = 'EXPIRED') WHERE (NEW.state = 'EXPIRED') <> (OLD.state = 'EXPIRED')
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'CANCELLED', '', (NEW.state = 'CANCELLED') - (OLD.state = 'CANCELLED') WHERE (NEW.state = 'CANCELLED') <> (OLD.state = 'CANCELLED')
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'DECLINED', '', (NEW.state = 'DECLINED') - (OLD.state = 'DECLINED') WHERE (NEW.state = 'DECLINED') <> (OLD.state = 'DECLINED')
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(NEW.created_at, 1, 10), 'VOIDED', '', (NEW.state = 'VOIDED') - (OLD.state = 'VOIDED') WHERE (NEW.state = 'VOIDED') <> (OLD.state = 'VOIDED');
END;
CREATE TRIGGER tally_new_report AFTER INSERT ON reports BEGIN
INSERT INTO tallies (organization_id, job_role_id, template_version_id, metric, day, label, detail, amount)
	SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'REPORTS', '', NEW.state, NEW.band, 1 WHERE NEW.superseded_at IS NULL
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'SCORES', substr(NEW.ended_at, 1, 10), CAST(NEW.percent AS text), NEW.band, 1
		FROM sessions s WHERE s.id = NEW.session_id AND s.state <> 'VOIDED' AND NEW.superseded_at IS NULL AND NEW.state IN ('READY', 'RELEASED')
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(s.created_at, 1, 10), 'PASSED', '', 1
		FROM sessions s WHERE s.id = NEW.session_id AND s.state <> 'VOIDED' AND NEW.superseded_at IS NULL AND NEW.state IN ('READY', 'RELEASED') AND NEW.passed;
END;
CREATE TRIGGER tally_report AFTER UPDATE OF state, superseded_at ON reports BEGIN
INSERT INTO tallies (organization_id, job_role_id, template_version_id, metric, day, label, detail, amount)
	SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'REPORTS', '', OLD.state, OLD.band, -1 WHERE OLD.superseded_at IS NULL
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'REPORTS', '', NEW.state, NEW.band, 1 WHERE NEW.superseded_at IS NULL
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'SCORES', substr(NEW.ended_at, 1, 10), CAST(NEW.percent AS text), NEW.band, (NEW.superseded_at IS NULL AND NEW.state IN ('READY', 'RELEASED')) - (OLD.superseded_at IS NULL AND OLD.state IN ('READY', 'RELEASED'))
		FROM sessions s WHERE s.id = NEW.session_id AND s.state <> 'VOIDED' AND (NEW.superseded_at IS NULL AND NEW.state IN ('READY', 'RELEASED')) <> (OLD.superseded_at IS NULL AND OLD.state IN ('READY', 'RELEASED'))
	UNION ALL SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, 'STEPS', substr(s.created_at, 1, 10), 'PASSED', '', (NEW.superseded_at IS NULL AND NEW.state IN ('READY', 'RELEASED')) - (OLD.superseded_at IS NULL AND OLD.state IN ('READY', 'RELEASED'))
		FROM sessions s WHERE s.id = NEW.session_id AND s.state <> 'VOIDED' AND (NEW.superseded_at IS NULL AND NEW.state IN ('READY', 'RELEASED')) <> (OLD.superseded_at IS NULL AND OLD.state IN ('READY', 'RELEASED')) AND NEW.passed;
END;
