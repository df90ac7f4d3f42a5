package grading

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/candidate"
	"github.com/assay-hq/assay/ent/predicate"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/ent/rescoring"
	"github.com/assay-hq/assay/ent/session"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// RescorePreview is what a mending of a key would change, without changing anything.
type RescorePreview struct {
	Digest    string // of exactly this; applying demands that it still holds
	Concerned int    // sessions with a report that could change
	Changed   int
	Up        int // with a higher percentage
	Down      int
	Passing   int // that did not reach the cut and would
	Failing   int // that reached it and would not
	Bands     int // that would stand in another band
	Told      int // of those that change: their report was released
	Histogram []*RescoreBucket

	changes []*ScoreChange
	number  int
	seen    [sha256.Size]byte // which reports it looked at
}

// RescoreBucket counts the sessions whose percentage changes by a number of whole percentage points, rounded toward nothing.
type RescoreBucket struct {
	Change int
	Count  int
}

// ScoreChange is a session whose result a mending changes.
type ScoreChange struct {
	SessionID   gid.ID
	CandidateID gid.ID
	From, To    Outcome
	Told        bool // the report was released
}

func (c *ScoreChange) size() int64 {
	return max(int64(c.To.Percent-c.From.Percent), int64(c.From.Percent-c.To.Percent))
}

// Changes are the sessions whose result changes, the greatest change first.
func (p *RescorePreview) Changes(paging tenant.Paging) (*tenant.Page[*ScoreChange], error) {
	at := func(c *ScoreChange) tenant.Cursor { return tenant.Cursor{Key: c.size(), ID: c.SessionID} }
	return tenant.ListOf(paging, tenant.Order{Column: "change", Number: true, Desc: true}, at, p.changes)
}

// PreviewRescore tells what mending the key of a version would change. Fixes that do not fit the key or change nothing in it
// are Invalid; while another mending is being applied it is Conflict.
func (s *Service) PreviewRescore(ctx context.Context, actor policy.Actor, version gid.ID, fixes []*content.KeyFix) (*RescorePreview, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRescore)
	if err != nil {
		return nil, err
	}
	return s.preview(ctx, scope, version, fixes)
}

func (s *Service) preview(ctx context.Context, scope tenant.Scope, version gid.ID, fixes []*content.KeyFix) (*RescorePreview, error) {
	_, err := tenant.Only[*ent.TemplateVersion]("template version")(
		scope.TemplateVersions().Where(templateversion.ID(version)).Select(templateversion.FieldID).Only(ctx))
	if err != nil {
		return nil, err
	}
	all, err := s.pinned(ctx, scope, []gid.ID{version})
	if err != nil {
		return nil, err
	}
	base := all[version]
	if base == nil {
		return nil, tenant.NotFound("template version")
	}
	busy, err := scope.Rescorings().Where(rescoring.TemplateVersionID(version), rescoring.StateEQ(term.RescoringApplying)).Exist(ctx)
	if err != nil {
		return nil, fmt.Errorf("find re-scorings: %w", err)
	}
	if busy {
		return nil, conflict("a re-scoring of this version is being applied; wait until it is done")
	}
	if err := checkFixes(base.key, fixes); err != nil {
		return nil, err
	}
	next := &mending{
		s: s, scope: scope, version: version, refs: touched(fixes), was: base,
		now: base.with(&ent.Rescoring{Number: base.mended + 1, Fixes: fixes}),
	}
	return next.preview(ctx, fixes)
}

// mending is a key before and after it is mended, and the version it is of.
type mending struct {
	s        *Service
	scope    tenant.Scope
	version  gid.ID
	refs     []string // of the questions that are mended
	was, now *frozen
}

// perLook is how many reports are read at once.
const perLook = 500

// preview goes through all current reports of the version.
func (m *mending) preview(ctx context.Context, fixes []*content.KeyFix) (*RescorePreview, error) {
	p, seen, buckets := &RescorePreview{number: m.now.mended}, sha256.New(), map[int]int{}
	for after := gid.First(gid.Report, time.UnixMilli(0)); ; {
		rows, err := current(m.scope, m.version).Where(report.IDGT(after), countable()).Order(report.ByID()).Limit(perLook).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("find reports: %w", err)
		}
		if len(rows) == 0 {
			break
		}
		after = rows[len(rows)-1].ID
		results, err := m.rescore(ctx, rows)
		if err != nil {
			return nil, err
		}
		for _, r := range results {
			_, _ = seen.Write(r.report.ID[:])
			p.count(r, buckets)
		}
	}
	p.Histogram = histogram(buckets)
	seen.Sum(p.seen[:0])
	slices.SortFunc(p.changes, func(a, b *ScoreChange) int {
		return cmp.Or(cmp.Compare(b.size(), a.size()), -slices.Compare(a.SessionID[:], b.SessionID[:]))
	})
	return p, p.sign(fixes)
}

// current are the reports of a version that nothing supersedes.
func current(scope tenant.Scope, version gid.ID) *ent.ReportQuery {
	return scope.Reports().Where(report.TemplateVersionID(version), report.SupersededAtIsNil())
}

// countable leaves out the reports of sessions that were made void and of people who were erased: theirs stay as they are.
func countable() predicate.Report {
	return report.And(report.HasSessionWith(session.StateNEQ(term.Voided)), report.HasCandidateWith(candidate.ErasedAtIsNil()))
}

// rescored is a report beside what the mended key makes of it.
type rescored struct {
	report   *ent.Report
	session  *ent.Session
	was, now *Result
}

// rescore computes what the mended key makes of several reports, on all processors.
func (m *mending) rescore(ctx context.Context, rows []*ent.Report) ([]*rescored, error) {
	ids := make([]gid.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.SessionID
	}
	sessions, err := m.scope.Sessions().Where(tenant.In(session.FieldID, ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find sessions: %w", err)
	}
	answers, err := m.answers(ctx, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[gid.ID]*ent.Session, len(sessions))
	for _, row := range sessions {
		byID[row.ID] = row
	}
	all, errs := make([]*rescored, len(rows)), make([]error, len(rows))
	inParallel(len(rows), func(i int) {
		row := byID[rows[i].SessionID]
		all[i] = &rescored{report: rows[i], session: row}
		if all[i].was, errs[i] = decodeResult(rows[i]); errs[i] == nil {
			all[i].now = m.now.of(row).remend(all[i].was, m.refs, answers[row.ID], ranOut(row))
		}
	})
	return all, errors.Join(errs...)
}

// answers reads the answers to the questions that are mended; all of them where one was credited to everybody until now.
func (m *mending) answers(ctx context.Context, sessions []gid.ID) (map[gid.ID]map[string]*content.Answer, error) {
	if len(m.refs) == 0 {
		return nil, nil
	}
	refs := m.refs
	for _, ref := range m.refs {
		if m.was.key.Item(ref).Credited {
			refs = nil
		}
	}
	return m.scope.LatestAnswers(ctx, sessions, refs)
}

// inParallel calls do for each number below n, on all processors.
func inParallel(n int, do func(i int)) {
	var all sync.WaitGroup
	workers := min(n, runtime.GOMAXPROCS(0))
	for w := range workers {
		all.Go(func() {
			for i := w; i < n; i += workers {
				do(i)
			}
		})
	}
	all.Wait()
}

// count takes a report into the preview.
func (p *RescorePreview) count(r *rescored, buckets map[int]int) {
	p.Concerned++
	if !r.was.differs(r.now) {
		return
	}
	c := &ScoreChange{
		SessionID: r.report.SessionID, CandidateID: r.report.CandidateID, From: r.was.outcome(), To: r.now.outcome(),
		Told: r.report.ReleasedAt != nil || r.session.ReleasedAt != nil,
	}
	p.changes = append(p.changes, c)
	p.Changed++
	for n, holds := range map[*int]bool{
		&p.Up: c.To.Percent > c.From.Percent, &p.Down: c.To.Percent < c.From.Percent, &p.Told: c.Told,
		&p.Passing: c.To.Passed && !c.From.Passed, &p.Failing: c.From.Passed && !c.To.Passed, &p.Bands: c.From.Band != c.To.Band,
	} {
		if holds {
			*n++
		}
	}
	buckets[int((c.To.Percent-c.From.Percent)/1_000_000)]++
}

func histogram(buckets map[int]int) []*RescoreBucket {
	list := make([]*RescoreBucket, 0, len(buckets))
	for change, n := range buckets {
		list = append(list, &RescoreBucket{Change: change, Count: n})
	}
	slices.SortFunc(list, func(a, b *RescoreBucket) int { return cmp.Compare(a.Change, b.Change) })
	return list
}

// sign computes the digest: over the fixes, and of each change over the session and what becomes of it.
func (p *RescorePreview) sign(fixes []*content.KeyFix) error {
	sum := sha256.New()
	if err := digestOf(sum, fixes); err != nil {
		return err
	}
	for _, c := range p.changes {
		if err := digestOf(sum, []any{c.SessionID, c.From, c.To}); err != nil {
			return err
		}
	}
	_, _ = sum.Write(p.seen[:])
	p.Digest = hex.EncodeToString(sum.Sum(nil))
	return nil
}

func digestOf(sum hash.Hash, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("digest: %w", err)
	}
	_, err = sum.Write(text)
	return err
}
