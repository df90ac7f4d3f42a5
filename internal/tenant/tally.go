package tenant

import (
	"context"
	"fmt"
	"strings"

	"entgo.io/ent/dialect"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// The metrics that the counters keep; docs/metrics.md says what each counts. SessionTally and ReportTally have no days.
const (
	SessionTally = "SESSIONS" // label: state
	StepTally    = "STEPS"    // label: how far a session came; by the day of its invitation
	ReportTally  = "REPORTS"  // label: state, detail: band
	ScoreTally   = "SCORES"   // label: percentage in millionths of a percent, detail: band; by the day of the sitting's end
)

// Tallied is the text of a query over the counters: what was folded and what came since, in one statement. Where narrows
// both and must name @org; the columns are label, detail and amount.
func Tallied(where string) string {
	half := `SELECT metric, label, detail, amount FROM tallies WHERE ` + where
	return `SELECT metric, label, detail, CAST(SUM(amount) AS BIGINT) FROM (` +
		half + ` AND folded UNION ALL ` + half + ` AND NOT folded) t GROUP BY metric, label, detail`
}

// CountSessions counts the visible sessions from the counters, those in a state, of a job role, of a template. A candidate's
// scope has no counters.
func (s Scope) CountSessions(ctx context.Context, state *term.SessionState, role, template *gid.ID) (int, error) {
	where, args := s.tallies(SessionTally, role)
	if state != nil {
		where, args["label"] = where+` AND label = @label`, string(*state)
	}
	if template != nil {
		where += ` AND template_version_id IN (SELECT id FROM template_versions WHERE organization_id = @org AND template_id = @template)`
		args["template"] = *template
	}
	return s.sumTallies(ctx, where, args)
}

// CountReports counts the visible current reports from the counters, those in a state, in a band, of a job role.
func (s Scope) CountReports(ctx context.Context, state *term.ReportState, band *string, role *gid.ID) (int, error) {
	where, args := s.tallies(ReportTally, role)
	if state != nil {
		where, args["label"] = where+` AND label = @label`, string(*state)
	}
	if band != nil {
		where, args["detail"] = where+` AND detail = @detail`, *band
	}
	return s.sumTallies(ctx, where, args)
}

// tallies is what narrows a metric to the visible job roles.
func (s Scope) tallies(metric string, role *gid.ID) (string, Args) {
	where, args := `organization_id = @org AND metric = @metric`, Args{"metric": metric}
	if role != nil {
		where, args["role"] = where+` AND job_role_id = @role`, *role
	}
	if s.limited {
		where, args["seen"] = where+` AND job_role_id IN (@seen)`, IDs(s.actor.JobRoles)
	}
	return where, args
}

func (s Scope) sumTallies(ctx context.Context, where string, args Args) (int, error) {
	rows, err := s.Query(ctx, Tallied(where), args)
	if err != nil {
		return 0, fmt.Errorf("count: %w", err)
	}
	defer rows.Close()
	sum := 0
	for rows.Next() {
		var (
			metric, label, detail string
			amount                int
		)
		if err := rows.Scan(&metric, &label, &detail, &amount); err != nil {
			return 0, fmt.Errorf("count: %w", err)
		}
		sum += amount
	}
	return sum, rows.Err()
}

// foldBatch bounds how many lines one transaction folds.
const foldBatch = 20_000

const tallyColumns = `organization_id, job_role_id, template_version_id, metric, day, label, detail`

// onFolded adds to the folded line, if there is one.
const onFolded = ` ON CONFLICT (organization_id, metric, job_role_id, day, template_version_id, label, detail) WHERE folded
	DO UPDATE SET amount = tallies.amount + EXCLUDED.amount`

// FoldTallies adds the counters' pending lines up. Whoever reads meanwhile sees every line once.
func (s *Store) FoldTallies(ctx context.Context) error {
	for {
		n, err := InTx(ctx, Scope{store: s}, func(tx Tx) (int64, error) { return tx.fold(ctx) })
		if err != nil {
			return fmt.Errorf("fold counters: %w", err)
		}
		if n < foldBatch {
			return nil
		}
	}
}

// fold folds a batch, on SQLite all there is, and tells how many lines it took.
func (tx Tx) fold(ctx context.Context) (int64, error) {
	if tx.store.pools.dialect == dialect.Postgres {
		return tx.count(ctx, fmt.Sprintf(`WITH taken AS (DELETE FROM tallies
				WHERE id IN (SELECT id FROM tallies WHERE NOT folded LIMIT %d FOR UPDATE SKIP LOCKED) RETURNING *),
			kept AS (INSERT INTO tallies (%s, amount, folded)
				SELECT %s, SUM(amount), true FROM taken GROUP BY %s%s)
			SELECT COUNT(*) FROM taken`, foldBatch, tallyColumns, tallyColumns, tallyColumns, onFolded))
	}
	_, err := tx.exec(ctx, fmt.Sprintf(`INSERT INTO tallies (%s, amount, folded)
		SELECT %s, SUM(amount), true FROM tallies WHERE NOT folded GROUP BY %s%s`, tallyColumns, tallyColumns, tallyColumns, onFolded), nil)
	if err != nil {
		return 0, err
	}
	_, err = tx.exec(ctx, `DELETE FROM tallies WHERE NOT folded`, nil)
	return 0, err
}

// count reads the one number of a statement.
func (tx Tx) count(ctx context.Context, text string) (n int64, err error) {
	rows, err := tx.on.QueryContext(ctx, text)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

// counted is what the counters must come to, from the rows themselves: the same that the triggers say, spelled once more.
const counted = `SELECT s.organization_id, s.job_role_id, s.template_version_id, 'SESSIONS' AS metric, '' AS day, s.state AS label, '' AS detail,
		1 AS amount FROM sessions s
	UNION ALL SELECT s.organization_id, s.job_role_id, s.template_version_id, 'STEPS', DAY(s.created_at), step.label, '', 1
	FROM sessions s CROSS JOIN (SELECT 'INVITED' AS label UNION ALL SELECT 'OPENED' UNION ALL SELECT 'STARTED' UNION ALL SELECT 'SUBMITTED'
		UNION ALL SELECT 'SCORED' UNION ALL SELECT 'RELEASED' UNION ALL SELECT 'EXPIRED' UNION ALL SELECT 'CANCELLED'
		UNION ALL SELECT 'DECLINED' UNION ALL SELECT 'VOIDED') step
	WHERE CASE step.label WHEN 'INVITED' THEN TRUE WHEN 'OPENED' THEN s.opened_at IS NOT NULL WHEN 'STARTED' THEN s.started_at IS NOT NULL
		WHEN 'SUBMITTED' THEN s.ended_at IS NOT NULL AND s.state NOT IN ('CANCELLED', 'DECLINED', 'VOIDED')
		WHEN 'SCORED' THEN s.scored_at IS NOT NULL AND s.state <> 'VOIDED' WHEN 'RELEASED' THEN s.released_at IS NOT NULL AND s.state <> 'VOIDED'
		ELSE s.state = step.label END
	UNION ALL SELECT r.organization_id, r.job_role_id, r.template_version_id, 'REPORTS', '', r.state, r.band, 1
	FROM reports r WHERE r.superseded_at IS NULL
	UNION ALL SELECT r.organization_id, r.job_role_id, r.template_version_id, m.metric,
		CASE m.metric WHEN 'STEPS' THEN DAY(s.created_at) ELSE DAY(r.ended_at) END,
		CASE m.metric WHEN 'STEPS' THEN 'PASSED' ELSE CAST(r.percent AS text) END,
		CASE m.metric WHEN 'SCORES' THEN r.band ELSE '' END, 1
	FROM reports r JOIN sessions s ON s.id = r.session_id
	CROSS JOIN (SELECT 'SCORES' AS metric UNION ALL SELECT 'STEPS') m
	WHERE r.superseded_at IS NULL AND r.state IN ('READY', 'RELEASED') AND s.state <> 'VOIDED' AND (m.metric <> 'STEPS' OR r.passed)`

// countedRows spells counted for the database.
func (s *Store) countedRows() string {
	of := func(column string) string { return "substr(" + column + ", 1, 10)" }
	if s.pools.dialect == dialect.Postgres {
		of = func(column string) string { return "to_char(" + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD')" }
	}
	return strings.NewReplacer("DAY(s.created_at)", of("s.created_at"), "DAY(r.ended_at)", of("r.ended_at")).Replace(counted)
}

// Drift is a counter that does not come to what its rows say.
type Drift struct {
	Organization  gid.ID
	Metric, Label string
	Missing       int64 // what would have to be added
}

// TallyDrift compares the counters with the rows that they count and names what differs. It reads every session and report.
func (s *Store) TallyDrift(ctx context.Context) ([]Drift, error) {
	rows, err := s.pools.read.QueryContext(ctx, fmt.Sprintf(`SELECT organization_id, metric, label, CAST(SUM(amount) AS BIGINT)
		FROM (%s UNION ALL SELECT %s, -amount FROM tallies) t GROUP BY %s HAVING SUM(amount) <> 0 ORDER BY 1, 2, 3`,
		s.countedRows(), tallyColumns, tallyColumns))
	if err != nil {
		return nil, fmt.Errorf("compare counters: %w", err)
	}
	defer rows.Close()
	var found []Drift
	for rows.Next() {
		var d Drift
		if err := rows.Scan(&d.Organization, &d.Metric, &d.Label, &d.Missing); err != nil {
			return nil, fmt.Errorf("compare counters: %w", err)
		}
		found = append(found, d)
	}
	return found, rows.Err()
}

// RebuildTallies counts everything anew, in one transaction that lets nobody change sessions or reports meanwhile.
func (s *Store) RebuildTallies(ctx context.Context) error {
	_, err := InTx(ctx, Scope{store: s}, func(tx Tx) (struct{}, error) {
		steps := []string{`DELETE FROM tallies`, fmt.Sprintf(`INSERT INTO tallies (%s, amount, folded)
			SELECT %s, SUM(amount), true FROM (%s) c GROUP BY %s`, tallyColumns, tallyColumns, s.countedRows(), tallyColumns)}
		if s.pools.dialect == dialect.Postgres {
			steps = append([]string{`LOCK TABLE sessions, reports IN SHARE ROW EXCLUSIVE MODE`}, steps...)
		}
		for _, text := range steps {
			if _, err := tx.exec(ctx, text, nil); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	if err != nil {
		return fmt.Errorf("rebuild counters: %w", err)
	}
	return nil
}
