package grading

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/ent/rescoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// ApplyRescoreInput mends the key of a published version, as it was previewed, for a reason.
type ApplyRescoreInput struct {
	TemplateVersionID gid.ID
	Fixes             []*content.KeyFix
	Reason            string
	Digest            string // of the preview
	IdempotencyKey    *string
}

// ApplyRescore mends the key of a version and begins to bring its reports up to it. What would change must be what was
// previewed, else it is Conflict, as it is while another mending is being applied. The frozen key itself stays as it is:
// mendings are kept beside it, and from now on sessions are scored with them.
func (s *Service) ApplyRescore(ctx context.Context, actor policy.Actor, in ApplyRescoreInput) (*ent.Rescoring, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRescore)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in, func(tx tenant.Tx) (gid.ID, error) { return s.mend(ctx, tx, in) }, readRescoring)
}

func readRescoring(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Rescoring, error) {
	return tenant.Only[*ent.Rescoring]("re-scoring")(scope.Rescorings().Where(rescoring.ID(id)).Only(ctx))
}

func (s *Service) mend(ctx context.Context, tx tenant.Tx, in ApplyRescoreInput) (gid.ID, error) {
	var c fault.Checks
	c.Text(in.Reason, 1, 500, "reason")
	digest, err := hex.DecodeString(in.Digest)
	c.That(err == nil && len(digest) == sha256.Size, "this is no digest of a preview", "digest")
	if err := c.Err(); err != nil {
		return gid.ID{}, err
	}
	p, err := s.preview(ctx, tx.Scope, in.TemplateVersionID, in.Fixes)
	if err != nil {
		return gid.ID{}, err
	}
	version, err := tx.LockVersion(ctx, in.TemplateVersionID)
	if err != nil {
		return gid.ID{}, err
	}
	still, err := p.holds(ctx, tx.Scope, version.ID)
	if err != nil {
		return gid.ID{}, err
	}
	if !still || p.Digest != in.Digest {
		return gid.ID{}, conflict("what would change is no longer what was previewed; preview again")
	}
	row, err := tx.NewRescoring().SetTemplateVersionID(version.ID).SetJobRoleID(version.JobRoleID).SetNumber(p.number).SetFixes(in.Fixes).
		SetReason(in.Reason).SetDigest(digest).SetState(term.RescoringApplying).SetConcerned(p.Concerned).SetChanged(p.Changed).
		SetAppliedBy(tx.Actor().Label()).Save(ctx)
	if err != nil {
		return gid.ID{}, fmt.Errorf("mend key: %w", err)
	}
	detail := map[string]string{"rescoring": row.ID.String(), "reason": in.Reason, "changed": strconv.Itoa(p.Changed)}
	if err := tx.Announce(ctx, event.VersionRescored, version.ID, detail); err != nil {
		return gid.ID{}, err
	}
	return row.ID, tx.Enqueue(ctx, job.Rescore{OrganizationID: tx.Organization(), RescoringID: row.ID})
}

// holds reports whether the reports of the version, which nobody changes any more, are those that the preview looked at:
// it was computed while others went on.
func (p *RescorePreview) holds(ctx context.Context, scope tenant.Scope, version gid.ID) (bool, error) {
	ids, err := current(scope, version).Where(countable()).Order(report.ByID()).Select(report.FieldID).All(ctx)
	if err != nil {
		return false, fmt.Errorf("find reports: %w", err)
	}
	sum := sha256.New()
	for _, row := range ids {
		_, _ = sum.Write(row.ID[:])
	}
	n, err := scope.Rescorings().Where(rescoring.TemplateVersionID(version)).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("count re-scorings: %w", err)
	}
	return bytes.Equal(sum.Sum(nil), p.seen[:]) && n == p.number-1, nil
}

// Rescore brings the reports of a version up to a mending of its key, a hundred in each transaction. Stopped half-way and
// begun again it does exactly the rest; one that is done is left as it is. Only Assay itself has the permission.
func (s *Service) Rescore(ctx context.Context, actor policy.Actor, id gid.ID) error {
	scope, err := s.tenant.As(ctx, actor, policy.SessionScore)
	if err != nil {
		return err
	}
	row, err := readRescoring(ctx, scope, id)
	if err != nil || row.State == term.RescoringApplied {
		return err
	}
	for {
		n, err := tenant.InTx(ctx, scope, func(tx tenant.Tx) (int, error) { return s.rescoreSome(ctx, tx, row) })
		if err != nil || n == 0 {
			return err
		}
	}
}

// rescoreSome brings some reports up to a mending and tells how many they were; with none left the mending is applied.
func (s *Service) rescoreSome(ctx context.Context, tx tenant.Tx, row *ent.Rescoring) (int, error) {
	behind := func() *ent.ReportQuery {
		return current(tx.Scope, row.TemplateVersionID).Where(report.MendedLT(row.Number)).Order(report.ByID())
	}
	found, err := behind().Limit(atOnce).Select(report.FieldID, report.FieldSessionID).All(ctx)
	if err != nil {
		return 0, fmt.Errorf("find reports: %w", err)
	}
	if len(found) == 0 {
		return 0, applied(ctx, tx, row)
	}
	sessions := make([]gid.ID, len(found))
	for i, r := range found {
		sessions[i] = r.SessionID
	}
	if err := tx.LockSessions(ctx, sessions); err != nil {
		return 0, fmt.Errorf("lock sessions: %w", err)
	}
	// As they stand now that they are ours: whoever changed one of them has committed.
	all, err := behind().Where(tenant.In(report.FieldSessionID, sessions)).All(ctx)
	if err != nil {
		return 0, fmt.Errorf("find reports: %w", err)
	}
	counted, err := behind().Where(tenant.In(report.FieldSessionID, sessions), countable()).Select(report.FieldID).All(ctx)
	if err != nil {
		return 0, fmt.Errorf("find reports: %w", err)
	}
	changed, err := s.changedBy(ctx, tx, row, only(all, reportIDs(counted)))
	if err != nil {
		return 0, err
	}
	if err := revise(ctx, tx, row, changed); err != nil {
		return 0, err
	}
	if err := s.assignAgain(ctx, tx, changed); err != nil {
		return 0, err
	}
	same := slices.DeleteFunc(reportIDs(all), func(id gid.ID) bool {
		return slices.ContainsFunc(changed, func(r *rescored) bool { return r.report.ID == id })
	})
	if _, err := tx.ChangeReports(same).SetMended(row.Number).Save(ctx); err != nil {
		return 0, fmt.Errorf("note mending: %w", err)
	}
	return len(found), nil
}

func only(rows []*ent.Report, ids []gid.ID) []*ent.Report {
	return slices.DeleteFunc(slices.Clone(rows), func(r *ent.Report) bool { return !slices.Contains(ids, r.ID) })
}

// changedBy are those of several reports that come out otherwise by a mended key.
func (s *Service) changedBy(ctx context.Context, tx tenant.Tx, row *ent.Rescoring, rows []*ent.Report) ([]*rescored, error) {
	all, err := s.published(ctx, tx.Scope, []gid.ID{row.TemplateVersionID})
	if err != nil {
		return nil, err
	}
	mendings, err := tx.Rescorings().Where(rescoring.TemplateVersionID(row.TemplateVersionID), rescoring.NumberLTE(row.Number)).
		Order(rescoring.ByNumber()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find re-scorings: %w", err)
	}
	m := &mending{s: s, scope: tx.Scope, version: row.TemplateVersionID, refs: touched(row.Fixes), now: all[row.TemplateVersionID]}
	for _, one := range mendings {
		m.was, m.now = m.now, m.now.with(one)
	}
	results, err := m.rescore(ctx, rows)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(results, func(r *rescored) bool { return !r.was.differs(r.now) }), nil
}

// applied closes a mending whose reports are all brought up to it.
func applied(ctx context.Context, tx tenant.Tx, row *ent.Rescoring) error {
	n, err := tx.ChangeRescoring(row.ID).Where(rescoring.StateEQ(term.RescoringApplying)).
		SetState(term.RescoringApplied).SetFinishedAt(tx.Now).Save(ctx)
	if err != nil || n == 0 {
		return err
	}
	if err := refreshNorm(ctx, tx, row.TemplateVersionID); err != nil {
		return err
	}
	return tx.Record(ctx, row.ID, map[string]string{"state": string(term.RescoringApplied)})
}

// revise writes a new revision for each report that changed; those before are superseded and stay readable.
func revise(ctx context.Context, tx tenant.Tx, row *ent.Rescoring, changed []*rescored) error {
	if len(changed) == 0 {
		return nil
	}
	var old, open, done []gid.ID
	reports := make([]*ent.ReportCreate, len(changed))
	for i, r := range changed {
		text, err := encodeResult(r.now)
		if err != nil {
			return err
		}
		reports[i] = newReport(tx, r.session, r.now, text, r.report.Number+1).SetReason(row.Reason)
		old = append(old, r.report.ID)
		switch {
		case r.now.Provisional && r.session.State != term.InReview:
			open = append(open, r.session.ID)
		case !r.now.Provisional && r.session.State == term.InReview:
			done = append(done, r.session.ID)
		}
		tx.Tell(r.session.ID)
	}
	if err := writeSheets(ctx, tx, row, changed); err != nil {
		return err
	}
	if err := settle(ctx, tx, open, done); err != nil {
		return err
	}
	if err := tx.WithdrawReviews(ctx, "the mended key decides without this review", done...); err != nil {
		return fmt.Errorf("withdraw reviews: %w", err)
	}
	if _, err := tx.ChangeReports(old).SetSupersededAt(tx.Now).Save(ctx); err != nil {
		return fmt.Errorf("supersede reports: %w", err)
	}
	created, err := tx.AddReports(ctx, reports)
	if err != nil {
		return fmt.Errorf("write reports: %w", err)
	}
	if err := tx.AnnounceAll(ctx, event.ReportRevised, reportIDs(created), map[string]string{"rescoring": row.ID.String()}); err != nil {
		return err
	}
	return tx.AnnounceAll(ctx, event.SessionScored, done, nil)
}

// assignAgain gives what a mended key leaves to people to reviewers, where the template's rule does so by itself.
func (s *Service) assignAgain(ctx context.Context, tx tenant.Tx, changed []*rescored) error {
	var rows []*ent.Session
	for _, r := range changed {
		if r.now.Overall.NotScored > r.was.Overall.NotScored {
			rows = append(rows, r.session)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	all, err := s.judgeSeen(ctx, tx.Scope, rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := assignAutomatically(ctx, tx, row, all[row.ID]); err != nil {
			return err
		}
	}
	return nil
}

// writeSheets keeps what the mended key awarded.
func writeSheets(ctx context.Context, tx tenant.Tx, row *ent.Rescoring, changed []*rescored) error {
	ids := make([]gid.ID, len(changed))
	for i, r := range changed {
		ids[i] = r.session.ID
	}
	numbers, err := tx.SheetNumbers(ctx, ids)
	if err != nil {
		return err
	}
	var sheets []*ent.ScoreSheetCreate
	for _, r := range changed {
		if list := r.entries(); len(list) > 0 {
			sheets = append(sheets, tx.NewScoreSheet().SetSessionID(r.session.ID).SetNumber(numbers[r.session.ID]+1).
				SetRescoringID(row.ID).SetEntries(list))
		}
	}
	if err := tx.AddScoreSheets(ctx, sheets); err != nil {
		return fmt.Errorf("write score sheets: %w", err)
	}
	return nil
}

// entries are what the key, rules and tests that were run now award otherwise. What people awarded is no award of the key.
func (r *rescored) entries() []*content.ScoreEntry {
	var list []*content.ScoreEntry
	for i, q := range r.now.Questions {
		switch {
		case !r.was.Questions[i].differs(q):
		case q.Dropped:
			list = append(list, &content.ScoreEntry{Ref: q.Ref, Status: q.Status, Source: term.SourceRule, Comment: "dropped: the question counts for nobody"})
		case q.byKey() != nil:
			e := q.byKey()
			list = append(list, &content.ScoreEntry{
				Ref: q.Ref, Status: q.Status, Source: e.Source, Points: int64(q.Awarded), Maximum: int64(q.Maximum), Evidence: e.Evidence, Comment: e.Comment,
			})
		case q.byRunner():
			list = append(list, &content.ScoreEntry{
				Ref: q.Ref, Status: q.Status, Source: term.SourceRunner, Points: int64(q.Awarded), Maximum: int64(q.Maximum), Evidence: q.Run.summary(),
			})
		}
	}
	return list
}

// Rescorings reads all mendings of the keys of several versions, the newest first. They are few.
func (s *Service) Rescorings(ctx context.Context, actor policy.Actor, versions []gid.ID) ([]*ent.Rescoring, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRead)
	if err != nil {
		return nil, err
	}
	return scope.Rescorings().Where(tenant.In(rescoring.FieldTemplateVersionID, versions)).Order(rescoring.ByID(entsql.OrderDesc())).All(ctx)
}

// PageOfRescorings is a page of the mendings of one version's key.
func PageOfRescorings(paging tenant.Paging, rows []*ent.Rescoring) (*tenant.Page[*ent.Rescoring], error) {
	return tenant.ListOf(paging, tenant.Order{Desc: true}, func(row *ent.Rescoring) tenant.Cursor { return tenant.Cursor{ID: row.ID} }, rows)
}

// RescoringsByID reads mendings for a batch; what is not visible is left out.
func (s *Service) RescoringsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Rescoring, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRead)
	if err != nil {
		return nil, err
	}
	return scope.Rescorings().Where(tenant.In(rescoring.FieldID, ids)).All(ctx)
}

// RescoringProgress is how many of a version's current reports count a mending.
type RescoringProgress struct {
	RescoringID gid.ID
	Done        int
	Total       int
}

// ProgressOf reads how far several mendings are applied.
func (s *Service) ProgressOf(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*RescoringProgress, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRead)
	if err != nil {
		return nil, err
	}
	rows, err := scope.Rescorings().Where(tenant.In(rescoring.FieldID, ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find re-scorings: %w", err)
	}
	versions := make([]gid.ID, len(rows))
	for i, row := range rows {
		versions[i] = row.TemplateVersionID
	}
	var counts []struct {
		Version gid.ID `json:"template_version_id"`
		Mended  int    `json:"mended"`
		Count   int    `json:"count"`
	}
	err = scope.Reports().Where(tenant.In(report.FieldTemplateVersionID, versions), report.SupersededAtIsNil()).
		GroupBy(report.FieldTemplateVersionID, report.FieldMended).Aggregate(ent.Count()).Scan(ctx, &counts)
	if err != nil {
		return nil, fmt.Errorf("count reports: %w", err)
	}
	list := make([]*RescoringProgress, len(rows))
	for i, row := range rows {
		list[i] = &RescoringProgress{RescoringID: row.ID}
		for _, n := range counts {
			if n.Version != row.TemplateVersionID {
				continue
			}
			list[i].Total += n.Count
			if n.Mended >= row.Number {
				list[i].Done += n.Count
			}
		}
	}
	return list, nil
}
