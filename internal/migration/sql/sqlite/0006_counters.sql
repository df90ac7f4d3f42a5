-- Generated from ent/schema by internal/migration/generate; read before committing.
-- Create "tallies" table
CREATE TABLE `tallies` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `organization_id` uuid NOT NULL, `job_role_id` uuid NOT NULL, `template_version_id` uuid NOT NULL, `metric` text NOT NULL, `day` text NOT NULL, `label` text NOT NULL, `detail` text NOT NULL, `amount` integer NOT NULL, `folded` bool NOT NULL DEFAULT (false));
-- Create index "tallies_folded" to table: "tallies"
CREATE UNIQUE INDEX `tallies_folded` ON `tallies` (`organization_id`, `metric`, `job_role_id`, `day`, `template_version_id`, `label`, `detail`) WHERE folded;
-- Create index "tallies_pending" to table: "tallies"
CREATE INDEX `tallies_pending` ON `tallies` (`organization_id`, `metric`, `job_role_id`) WHERE NOT folded;

-- Written by hand from here on. What the counters count is said in docs/metrics.md; internal/tenant/tally.go computes the
-- same from the rows, and assay doctor compares. Rows are never deleted, so nothing counts back then. A migration that makes
-- sessions or reports anew, as SQLite has to for most changes, must make their triggers anew.
CREATE TRIGGER tally_new_session AFTER INSERT ON sessions BEGIN
INSERT INTO tallies (organization_id, job_role_id, template_version_id, metric, day, label, detail, amount)
	SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, m.metric, m.day, m.label, m.detail, SUM(m.n) FROM (
		SELECT 'SESSIONS' AS metric, '' AS day, NEW.state AS label, '' AS detail, 1 AS n
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'INVITED', '', 1 * (TRUE)
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'OPENED', '', 1 * (NEW.opened_at IS NOT NULL)
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'STARTED', '', 1 * (NEW.started_at IS NOT NULL)
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'SUBMITTED', '', 1 * (NEW.ended_at IS NOT NULL AND NEW.state NOT IN ('CANCELLED', 'DECLINED', 'VOIDED'))
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'SCORED', '', 1 * (NEW.scored_at IS NOT NULL AND NEW.state <> 'VOIDED')
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'RELEASED', '', 1 * (NEW.released_at IS NOT NULL AND NEW.state <> 'VOIDED')
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'EXPIRED', '', 1 * (NEW.state = 'EXPIRED')
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'CANCELLED', '', 1 * (NEW.state = 'CANCELLED')
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'DECLINED', '', 1 * (NEW.state = 'DECLINED')
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'VOIDED', '', 1 * (NEW.state = 'VOIDED')
	) m GROUP BY m.metric, m.day, m.label, m.detail HAVING SUM(m.n) <> 0;
END;
CREATE TRIGGER tally_session AFTER UPDATE OF state, opened_at, started_at, ended_at, scored_at, released_at ON sessions BEGIN
INSERT INTO tallies (organization_id, job_role_id, template_version_id, metric, day, label, detail, amount)
	SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, m.metric, m.day, m.label, m.detail, SUM(m.n) FROM (
		SELECT 'SESSIONS' AS metric, '' AS day, NEW.state AS label, '' AS detail, 1 AS n
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'INVITED', '', 1 * (TRUE)
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'OPENED', '', 1 * (NEW.opened_at IS NOT NULL)
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'STARTED', '', 1 * (NEW.started_at IS NOT NULL)
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'SUBMITTED', '', 1 * (NEW.ended_at IS NOT NULL AND NEW.state NOT IN ('CANCELLED', 'DECLINED', 'VOIDED'))
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'SCORED', '', 1 * (NEW.scored_at IS NOT NULL AND NEW.state <> 'VOIDED')
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'RELEASED', '', 1 * (NEW.released_at IS NOT NULL AND NEW.state <> 'VOIDED')
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'EXPIRED', '', 1 * (NEW.state = 'EXPIRED')
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'CANCELLED', '', 1 * (NEW.state = 'CANCELLED')
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'DECLINED', '', 1 * (NEW.state = 'DECLINED')
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'VOIDED', '', 1 * (NEW.state = 'VOIDED')
		UNION ALL SELECT 'SESSIONS' AS metric, '' AS day, OLD.state AS label, '' AS detail, -1 AS n
		UNION ALL SELECT 'STEPS', substr(OLD.created_at, 1, 10), 'INVITED', '', -1 * (TRUE)
		UNION ALL SELECT 'STEPS', substr(OLD.created_at, 1, 10), 'OPENED', '', -1 * (OLD.opened_at IS NOT NULL)
		UNION ALL SELECT 'STEPS', substr(OLD.created_at, 1, 10), 'STARTED', '', -1 * (OLD.started_at IS NOT NULL)
		UNION ALL SELECT 'STEPS', substr(OLD.created_at, 1, 10), 'SUBMITTED', '', -1 * (OLD.ended_at IS NOT NULL AND OLD.state NOT IN ('CANCELLED', 'DECLINED', 'VOIDED'))
		UNION ALL SELECT 'STEPS', substr(OLD.created_at, 1, 10), 'SCORED', '', -1 * (OLD.scored_at IS NOT NULL AND OLD.state <> 'VOIDED')
		UNION ALL SELECT 'STEPS', substr(OLD.created_at, 1, 10), 'RELEASED', '', -1 * (OLD.released_at IS NOT NULL AND OLD.state <> 'VOIDED')
		UNION ALL SELECT 'STEPS', substr(OLD.created_at, 1, 10), 'EXPIRED', '', -1 * (OLD.state = 'EXPIRED')
		UNION ALL SELECT 'STEPS', substr(OLD.created_at, 1, 10), 'CANCELLED', '', -1 * (OLD.state = 'CANCELLED')
		UNION ALL SELECT 'STEPS', substr(OLD.created_at, 1, 10), 'DECLINED', '', -1 * (OLD.state = 'DECLINED')
		UNION ALL SELECT 'STEPS', substr(OLD.created_at, 1, 10), 'VOIDED', '', -1 * (OLD.state = 'VOIDED')
	) m GROUP BY m.metric, m.day, m.label, m.detail HAVING SUM(m.n) <> 0;
END;
CREATE TRIGGER tally_new_report AFTER INSERT ON reports BEGIN
INSERT INTO tallies (organization_id, job_role_id, template_version_id, metric, day, label, detail, amount)
	SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, m.metric, m.day, m.label, m.detail, SUM(m.n) FROM (
		SELECT 'REPORTS' AS metric, '' AS day, NEW.state AS label, NEW.band AS detail, 1 * (NEW.superseded_at IS NULL) AS n
		UNION ALL SELECT 'SCORES', substr(NEW.ended_at, 1, 10), CAST(NEW.percent AS text), NEW.band, 1 * (NEW.superseded_at IS NULL AND NEW.state IN ('READY', 'RELEASED') AND NOT (SELECT s.state = 'VOIDED' FROM sessions s WHERE s.id = NEW.session_id))
		UNION ALL SELECT 'STEPS', (SELECT substr(s.created_at, 1, 10) FROM sessions s WHERE s.id = NEW.session_id), 'PASSED', '', 1 * (NEW.superseded_at IS NULL AND NEW.state IN ('READY', 'RELEASED') AND NOT (SELECT s.state = 'VOIDED' FROM sessions s WHERE s.id = NEW.session_id) AND NEW.passed)
	) m GROUP BY m.metric, m.day, m.label, m.detail HAVING SUM(m.n) <> 0;
END;
CREATE TRIGGER tally_report AFTER UPDATE OF state, superseded_at ON reports BEGIN
INSERT INTO tallies (organization_id, job_role_id, template_version_id, metric, day, label, detail, amount)
	SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, m.metric, m.day, m.label, m.detail, SUM(m.n) FROM (
		SELECT 'REPORTS' AS metric, '' AS day, NEW.state AS label, NEW.band AS detail, 1 * (NEW.superseded_at IS NULL) AS n
		UNION ALL SELECT 'SCORES', substr(NEW.ended_at, 1, 10), CAST(NEW.percent AS text), NEW.band, 1 * (NEW.superseded_at IS NULL AND NEW.state IN ('READY', 'RELEASED') AND NOT (SELECT s.state = 'VOIDED' FROM sessions s WHERE s.id = NEW.session_id))
		UNION ALL SELECT 'STEPS', (SELECT substr(s.created_at, 1, 10) FROM sessions s WHERE s.id = NEW.session_id), 'PASSED', '', 1 * (NEW.superseded_at IS NULL AND NEW.state IN ('READY', 'RELEASED') AND NOT (SELECT s.state = 'VOIDED' FROM sessions s WHERE s.id = NEW.session_id) AND NEW.passed)
		UNION ALL SELECT 'REPORTS' AS metric, '' AS day, OLD.state AS label, OLD.band AS detail, -1 * (OLD.superseded_at IS NULL) AS n
		UNION ALL SELECT 'SCORES', substr(OLD.ended_at, 1, 10), CAST(OLD.percent AS text), OLD.band, -1 * (OLD.superseded_at IS NULL AND OLD.state IN ('READY', 'RELEASED') AND NOT (SELECT s.state = 'VOIDED' FROM sessions s WHERE s.id = OLD.session_id))
		UNION ALL SELECT 'STEPS', (SELECT substr(s.created_at, 1, 10) FROM sessions s WHERE s.id = OLD.session_id), 'PASSED', '', -1 * (OLD.superseded_at IS NULL AND OLD.state IN ('READY', 'RELEASED') AND NOT (SELECT s.state = 'VOIDED' FROM sessions s WHERE s.id = OLD.session_id) AND OLD.passed)
	) m GROUP BY m.metric, m.day, m.label, m.detail HAVING SUM(m.n) <> 0;
END;
CREATE TRIGGER tally_void AFTER UPDATE OF state ON sessions WHEN (OLD.state = 'VOIDED') <> (NEW.state = 'VOIDED') BEGIN
INSERT INTO tallies (organization_id, job_role_id, template_version_id, metric, day, label, detail, amount)
	SELECT NEW.organization_id, NEW.job_role_id, NEW.template_version_id, m.metric, m.day, m.label, m.detail, SUM(m.n) FROM (
		SELECT 'REPORTS' AS metric, '' AS day, r.state AS label, r.band AS detail, 1 * (r.superseded_at IS NULL) AS n FROM reports r WHERE r.organization_id = NEW.organization_id AND r.session_id = NEW.id AND r.superseded_at IS NULL
		UNION ALL SELECT 'SCORES', substr(r.ended_at, 1, 10), CAST(r.percent AS text), r.band, 1 * (r.superseded_at IS NULL AND r.state IN ('READY', 'RELEASED') AND NOT (NEW.state = 'VOIDED')) FROM reports r WHERE r.organization_id = NEW.organization_id AND r.session_id = NEW.id AND r.superseded_at IS NULL
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'PASSED', '', 1 * (r.superseded_at IS NULL AND r.state IN ('READY', 'RELEASED') AND NOT (NEW.state = 'VOIDED') AND r.passed) FROM reports r WHERE r.organization_id = NEW.organization_id AND r.session_id = NEW.id AND r.superseded_at IS NULL
		UNION ALL SELECT 'REPORTS' AS metric, '' AS day, r.state AS label, r.band AS detail, -1 * (r.superseded_at IS NULL) AS n FROM reports r WHERE r.organization_id = NEW.organization_id AND r.session_id = NEW.id AND r.superseded_at IS NULL
		UNION ALL SELECT 'SCORES', substr(r.ended_at, 1, 10), CAST(r.percent AS text), r.band, -1 * (r.superseded_at IS NULL AND r.state IN ('READY', 'RELEASED') AND NOT (OLD.state = 'VOIDED')) FROM reports r WHERE r.organization_id = NEW.organization_id AND r.session_id = NEW.id AND r.superseded_at IS NULL
		UNION ALL SELECT 'STEPS', substr(NEW.created_at, 1, 10), 'PASSED', '', -1 * (r.superseded_at IS NULL AND r.state IN ('READY', 'RELEASED') AND NOT (OLD.state = 'VOIDED') AND r.passed) FROM reports r WHERE r.organization_id = NEW.organization_id AND r.session_id = NEW.id AND r.superseded_at IS NULL
	) m GROUP BY m.metric, m.day, m.label, m.detail HAVING SUM(m.n) <> 0;
END;
-- What was there already.
INSERT INTO tallies (organization_id, job_role_id, template_version_id, metric, day, label, detail, amount, folded)
	SELECT organization_id, job_role_id, template_version_id, metric, day, label, detail, SUM(n), true FROM (
	SELECT s.organization_id, s.job_role_id, s.template_version_id, 'SESSIONS' AS metric, '' AS day, s.state AS label, '' AS detail, 1 AS n FROM sessions s
	UNION ALL SELECT s.organization_id, s.job_role_id, s.template_version_id, 'STEPS', substr(s.created_at, 1, 10), 'INVITED', '', 1 * (TRUE) FROM sessions s
	UNION ALL SELECT s.organization_id, s.job_role_id, s.template_version_id, 'STEPS', substr(s.created_at, 1, 10), 'OPENED', '', 1 * (s.opened_at IS NOT NULL) FROM sessions s
	UNION ALL SELECT s.organization_id, s.job_role_id, s.template_version_id, 'STEPS', substr(s.created_at, 1, 10), 'STARTED', '', 1 * (s.started_at IS NOT NULL) FROM sessions s
	UNION ALL SELECT s.organization_id, s.job_role_id, s.template_version_id, 'STEPS', substr(s.created_at, 1, 10), 'SUBMITTED', '', 1 * (s.ended_at IS NOT NULL AND s.state NOT IN ('CANCELLED', 'DECLINED', 'VOIDED')) FROM sessions s
	UNION ALL SELECT s.organization_id, s.job_role_id, s.template_version_id, 'STEPS', substr(s.created_at, 1, 10), 'SCORED', '', 1 * (s.scored_at IS NOT NULL AND s.state <> 'VOIDED') FROM sessions s
	UNION ALL SELECT s.organization_id, s.job_role_id, s.template_version_id, 'STEPS', substr(s.created_at, 1, 10), 'RELEASED', '', 1 * (s.released_at IS NOT NULL AND s.state <> 'VOIDED') FROM sessions s
	UNION ALL SELECT s.organization_id, s.job_role_id, s.template_version_id, 'STEPS', substr(s.created_at, 1, 10), 'EXPIRED', '', 1 * (s.state = 'EXPIRED') FROM sessions s
	UNION ALL SELECT s.organization_id, s.job_role_id, s.template_version_id, 'STEPS', substr(s.created_at, 1, 10), 'CANCELLED', '', 1 * (s.state = 'CANCELLED') FROM sessions s
	UNION ALL SELECT s.organization_id, s.job_role_id, s.template_version_id, 'STEPS', substr(s.created_at, 1, 10), 'DECLINED', '', 1 * (s.state = 'DECLINED') FROM sessions s
	UNION ALL SELECT s.organization_id, s.job_role_id, s.template_version_id, 'STEPS', substr(s.created_at, 1, 10), 'VOIDED', '', 1 * (s.state = 'VOIDED') FROM sessions s
	UNION ALL SELECT r.organization_id, r.job_role_id, r.template_version_id, 'REPORTS' AS metric, '' AS day, r.state AS label, r.band AS detail, 1 * (r.superseded_at IS NULL) AS n FROM reports r JOIN sessions s ON s.id = r.session_id
	UNION ALL SELECT r.organization_id, r.job_role_id, r.template_version_id, 'SCORES', substr(r.ended_at, 1, 10), CAST(r.percent AS text), r.band, 1 * (r.superseded_at IS NULL AND r.state IN ('READY', 'RELEASED') AND NOT (s.state = 'VOIDED')) FROM reports r JOIN sessions s ON s.id = r.session_id
	UNION ALL SELECT r.organization_id, r.job_role_id, r.template_version_id, 'STEPS', substr(s.created_at, 1, 10), 'PASSED', '', 1 * (r.superseded_at IS NULL AND r.state IN ('READY', 'RELEASED') AND NOT (s.state = 'VOIDED') AND r.passed) FROM reports r JOIN sessions s ON s.id = r.session_id
	) c GROUP BY organization_id, job_role_id, template_version_id, metric, day, label, detail HAVING SUM(n) <> 0;
