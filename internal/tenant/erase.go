package tenant

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/candidate"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/ent/upload"
	"github.com/assay-hq/assay/internal/gid"
)

// LockCandidate reads a visible candidate and holds them until the commit, beside others who refer to them.
func (tx Tx) LockCandidate(ctx context.Context, id gid.ID) (*ent.Candidate, error) {
	return tx.Candidates().Where(candidate.ID(id), tx.forNoKeyUpdate).Only(ctx)
}

// LockSessionsOf reads all sessions of a candidate, whichever of them the scope sees, and holds them until the commit.
func (tx Tx) LockSessionsOf(ctx context.Context, person gid.ID) ([]*ent.Session, error) {
	return tx.client.Session.Query().Where(session.OrganizationID(tx.org), session.CandidateID(person), tx.forUpdate).
		Order(session.ByID()).All(ctx)
}

// CandidateID is whose scope it is; zero in any but a candidate's.
func (s Scope) CandidateID() gid.ID { return s.candidate }

// Tombstone is the address that an erased candidate has: unique, and nobody's.
func Tombstone(id gid.ID) string { return id.String() + "@erased.invalid" }

// ofTheirs are the rows of a candidate's sessions.
const ofTheirs = ` WHERE organization_id = @org AND session_id IN
	(SELECT id FROM sessions WHERE organization_id = @org AND candidate_id = @candidate)`

// erasures take everything that a person said or that names them out of an organization's tables. Answers are append-only
// everywhere else: this is the one exception. What remains are states, times and points, which belong to nobody then.
var erasures = []string{
	`DELETE FROM mails WHERE organization_id = @org AND recipient = (SELECT email FROM candidates WHERE organization_id = @org AND id = @candidate)`,
	`DELETE FROM mails` + ofTheirs,
	`DELETE FROM bindings WHERE organization_id = @org AND candidate_id = @candidate`,
	`DELETE FROM sign_in_links` + ofTheirs,
	`DELETE FROM presences` + ofTheirs,
	`DELETE FROM flags` + ofTheirs,
	`DELETE FROM signals` + ofTheirs,
	`DELETE FROM uploads` + ofTheirs,
	`DELETE FROM accommodations` + ofTheirs,
	`UPDATE responses SET answer = '{}'` + ofTheirs,
	`UPDATE scores SET evidence = '', comment = ''` + ofTheirs,
	`UPDATE score_sheets SET entries = '[]'` + ofTheirs,
	`UPDATE executions SET results = '[]', tokens = '[]'` + ofTheirs,
	`UPDATE report_shares SET revoked_at = COALESCE(revoked_at, @now), note = '' WHERE organization_id = @org AND report_id IN
		(SELECT id FROM reports WHERE organization_id = @org AND candidate_id = @candidate)`,
	`UPDATE reviews SET end_reason = '', state = CASE state WHEN 'ASSIGNED' THEN 'WITHDRAWN' ELSE state END` + ofTheirs,
	`UPDATE reports SET withdraw_reason = '' WHERE organization_id = @org AND candidate_id = @candidate`,
	`UPDATE dispositions SET comment = ''` + ofTheirs,
	`UPDATE contests SET reason = '', answer = ''` + ofTheirs,
	`UPDATE clock_entries SET said = ''` + ofTheirs,
	`UPDATE sessions SET external_order_id = NULL, redirect_url = '', end_reason = '', device = ''
		WHERE organization_id = @org AND candidate_id = @candidate`,
	`UPDATE reports SET reason = '' WHERE organization_id = @org AND candidate_id = @candidate`,
	`UPDATE candidates SET email = @tombstone, name = 'Erased', phone = '', external_id = NULL, erased_at = @now
		WHERE organization_id = @org AND id = @candidate`,
}

// Erase makes a candidate nobody and gives the names of their files, whose bytes are still to be deleted.
func (tx Tx) Erase(ctx context.Context, person gid.ID) (blobs []string, err error) {
	files, err := tx.client.Upload.Query().Where(upload.OrganizationID(tx.org), upload.HasSessionWith(session.CandidateID(person))).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find files: %w", err)
	}
	for _, f := range files {
		blobs = append(blobs, f.Blob)
	}
	if err := tx.eraseQuotes(ctx, person); err != nil {
		return nil, err
	}
	args := Args{"candidate": person, "tombstone": Tombstone(person), "now": tx.Now}
	for _, text := range erasures {
		if _, err := tx.Exec(ctx, text, args); err != nil {
			return nil, fmt.Errorf("erase: %.40s: %w", text, err)
		}
	}
	return blobs, nil
}

// eraseQuotes takes the words of the candidate, and those about them, out of their reports.
func (tx Tx) eraseQuotes(ctx context.Context, person gid.ID) error {
	rows, err := tx.client.Report.Query().Where(report.OrganizationID(tx.org), report.CandidateID(person)).
		Select(report.FieldID, report.FieldResult).All(ctx)
	if err != nil {
		return fmt.Errorf("find reports: %w", err)
	}
	for _, row := range rows {
		text, err := withoutQuotes(row.Result)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE reports SET result = @result WHERE organization_id = @org AND id = @id", Args{"id": row.ID, "result": text})
		if err != nil {
			return fmt.Errorf("erase quotes: %w", err)
		}
	}
	return nil
}

// withoutQuotes empties evidence, comments and what programs printed in a report's document, wherever they stand; numbers stay as they are.
func withoutQuotes(doc []byte) ([]byte, error) {
	var whole any
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.UseNumber()
	if err := decoder.Decode(&whole); err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	emptyQuotes(whole)
	return json.Marshal(whole)
}

func emptyQuotes(v any) {
	switch v := v.(type) {
	case []any:
		for _, each := range v {
			emptyQuotes(each)
		}
	case map[string]any:
		for name, each := range v {
			if _, text := each.(string); text && (name == "evidence" || name == "comment" || name == "output") {
				v[name] = ""
				continue
			}
			emptyQuotes(each)
		}
	}
}

// CountSubject counts the sessions of a candidate and the questions that they answered.
func (s Scope) CountSubject(ctx context.Context, person gid.ID) (sessions, answers int, err error) {
	rows, err := s.Query(ctx, `SELECT COUNT(DISTINCT s.id), COUNT(DISTINCT CASE WHEN r.id IS NOT NULL THEN CAST(s.id AS TEXT) || ' ' || r.ref END)
		FROM sessions s LEFT JOIN responses r ON r.organization_id = s.organization_id AND r.session_id = s.id
		WHERE s.organization_id = @org AND s.candidate_id = @candidate`, Args{"candidate": person})
	if err != nil {
		return 0, 0, err
	}
	defer rows.Close()
	if !rows.Next() {
		return 0, 0, rows.Err()
	}
	err = rows.Scan(&sessions, &answers)
	return sessions, answers, err
}
