package grading

import (
	"context"
	"fmt"
	"io"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/report"
	"github.com/assay-hq/assay/ent/reportshare"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

const (
	shareDefault  = 7 * 24 * time.Hour
	longestShare  = 30 * 24 * time.Hour
	mostShares    = 100 // of one report
	longestNote   = 500
	sharedAddress = "/shared/"
)

// Linking says where reports are shown and where the secrets of links come from.
func (s *Service) Linking(publicURL string, random io.Reader) *Service {
	s.publicURL, s.random = publicURL, random
	return s
}

// ShareState is whether a link works.
type ShareState string

// The states of a link. One that was revoked stays so when its time is over.
const (
	ShareActive  ShareState = "ACTIVE"
	ShareExpired ShareState = "EXPIRED"
	ShareRevoked ShareState = "REVOKED"
)

// Values lists every state.
func (ShareState) Values() []string {
	return []string{string(ShareActive), string(ShareExpired), string(ShareRevoked)}
}

// Share is a link to a report as it stood when it was read.
type Share struct {
	*ent.ReportShare
	State ShareState
}

func shareAt(row *ent.ReportShare, now time.Time) *Share {
	shown := &Share{ReportShare: row, State: ShareActive}
	switch {
	case row.RevokedAt != nil:
		shown.State = ShareRevoked
	case !row.ExpiresAt.After(now):
		shown.State = ShareExpired
	}
	return shown
}

// IssuedShare is a link with its address, which is shown this once: a repetition has none.
type IssuedShare struct {
	Share *Share
	Link  *string
}

// ShareReportInput makes a link to a report for somebody without an account.
type ShareReportInput struct {
	ReportID       gid.ID
	ExpiresIn      *time.Duration
	Note           *string
	IdempotencyKey *string
}

// Share makes a link by which whoever holds it may read one revision of a report until it expires, and gives its address,
// which is shown this once. A report that is provisional is Provisional; one that was taken back, superseded or made void,
// Conflict. Repeating it with the same idempotency key returns the link again, without its address.
func (s *Service) Share(ctx context.Context, actor policy.Actor, in ShareReportInput) (*IssuedShare, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRelease)
	if err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*IssuedShare, error) {
		var issued IssuedShare
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) {
			secret, id, err := s.addShare(ctx, tx, in)
			issued.Link = new(s.publicURL + sharedAddress + secret)
			return id, err
		})
		if err != nil {
			return nil, err
		}
		issued.Share, err = oneShare(ctx, tx, id)
		return &issued, err
	})
}

func (in *ShareReportInput) check() error {
	var c fault.Checks
	if in.ExpiresIn != nil {
		c.That(in.ExpiresIn.Truncate(time.Microsecond) > 0 && *in.ExpiresIn <= longestShare, "this must be more than nothing and at most 30 days", "expiresIn")
	}
	if in.Note != nil {
		c.Line(*in.Note, 0, longestNote, "note")
	}
	return c.Err()
}

func oneShare(ctx context.Context, tx tenant.Tx, id gid.ID) (*Share, error) {
	row, err := tenant.Only[*ent.ReportShare]("link")(tx.ReportShares().Where(reportshare.ID(id)).Only(ctx))
	if err != nil {
		return nil, err
	}
	return shareAt(row, tx.TokenTime()), nil
}

func (s *Service) addShare(ctx context.Context, tx tenant.Tx, in ShareReportInput) (secret string, id gid.ID, err error) {
	row, err := visibleReport(ctx, tx.Scope, in.ReportID)
	if err != nil {
		return "", gid.ID{}, err
	}
	sat, err := tx.LockSession(ctx, row.SessionID)
	if err != nil {
		return "", gid.ID{}, fmt.Errorf("lock session: %w", err)
	}
	if err := shareable(sat, row); err != nil {
		return "", gid.ID{}, err
	}
	n, err := tx.ReportShares().Where(reportshare.ReportID(row.ID)).Count(ctx)
	if err != nil {
		return "", gid.ID{}, fmt.Errorf("count links: %w", err)
	}
	if n >= mostShares {
		return "", gid.ID{}, conflict("this report has had 100 links, which is the most")
	}
	secret, hash, err := tenant.NewSecret(s.random)
	if err != nil {
		return "", gid.ID{}, err
	}
	now, span, note := tx.TokenTime(), shareDefault, ""
	if in.ExpiresIn != nil {
		span = in.ExpiresIn.Truncate(time.Microsecond)
	}
	if in.Note != nil {
		note = *in.Note
	}
	created, err := tx.NewReportShare().SetReportID(row.ID).SetJobRoleID(row.JobRoleID).SetHash(hash).
		SetExpiresAt(now.Add(span)).SetNote(note).SetCreatedBy(tx.Actor().Label()).Save(ctx)
	if err != nil {
		return "", gid.ID{}, fmt.Errorf("share report: %w", err)
	}
	return secret, created.ID, tx.Record(ctx, row.ID, map[string]string{"did": "share", "share": created.ID.String()})
}

// shareable demands a report that a link may show.
func shareable(sat *ent.Session, row *ent.Report) error {
	switch {
	case sat.State == term.Voided:
		return conflict("this session was made void; its report is not shared")
	case row.State == term.ReportProvisional:
		return fault.New(fault.Provisional, "an answer still waits for a reviewer; share the report when it is complete")
	case row.State == term.ReportWithdrawn:
		return conflict("this report was taken back")
	case row.SupersededAt != nil:
		return conflict("a later revision superseded this report; share that one")
	}
	return nil
}

// RevokeReportShareInput names the link that ends.
type RevokeReportShareInput struct {
	ID             gid.ID
	IdempotencyKey *string
}

// RevokeShare ends a link at once. Doing it again changes nothing.
func (s *Service) RevokeShare(ctx context.Context, actor policy.Actor, in RevokeReportShareInput) (*Share, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRelease)
	if err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*Share, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.ID, revokeShare(ctx, tx, in.ID) })
		if err != nil {
			return nil, err
		}
		return oneShare(ctx, tx, id)
	})
}

func revokeShare(ctx context.Context, tx tenant.Tx, id gid.ID) error {
	row, err := tenant.Only[*ent.ReportShare]("link")(tx.ReportShares().Where(reportshare.ID(id)).Only(ctx))
	if err != nil {
		return err
	}
	n, err := tx.ChangeReportShare(id).Where(reportshare.RevokedAtIsNil()).SetRevokedAt(tx.TokenTime()).Save(ctx)
	if err != nil {
		return fmt.Errorf("revoke link: %w", err)
	}
	if n == 0 {
		return nil
	}
	return tx.Record(ctx, row.ReportID, map[string]string{"did": "revoke share", "share": id.String()})
}

// SharesByReport reads the links to several reports, the newest first.
func (s *Service) SharesByReport(ctx context.Context, actor policy.Actor, reports []gid.ID) ([]*Share, error) {
	scope, err := s.tenant.As(ctx, actor, policy.ReportRelease)
	if err != nil {
		return nil, err
	}
	now, err := scope.TokenTime(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := scope.ReportShares().Where(tenant.In(reportshare.FieldReportID, reports)).Order(reportshare.ByID(entsql.OrderDesc())).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find links: %w", err)
	}
	list := make([]*Share, len(rows))
	for i, row := range rows {
		list[i] = shareAt(row, now)
	}
	return list, nil
}

// Shared opens a link: it is counted and audited, with the address that it was opened from, and gives the revision that it
// was made for. It says nothing of integrity and names no member. A link that is unknown, expired or revoked, and a report
// that was taken back, made void or erased, are NotFound, all alike.
func (s *Service) Shared(ctx context.Context, actor policy.Actor, secret string) (*Document, error) {
	scope, link, err := s.tenant.AsShared(ctx, actor, tenant.SecretHash(secret))
	if err != nil {
		return nil, err
	}
	_, err = tenant.InTx(ctx, scope, func(tx tenant.Tx) (struct{}, error) { return struct{}{}, openShare(ctx, tx, link.ID) })
	if err != nil {
		return nil, err
	}
	return s.document(ctx, scope, link.ReportID, sees{candidate: true, role: true})
}

// ShareWorks tells whether a link would open, to a program that wants to know no more: nothing is shown, counted or audited.
// What Shared calls NotFound is NotFound here as well.
func (s *Service) ShareWorks(ctx context.Context, actor policy.Actor, secret string) error {
	scope, link, err := s.tenant.AsShared(ctx, actor, tenant.SecretHash(secret))
	if err != nil {
		return err
	}
	now, err := scope.TokenTime(ctx)
	if err != nil {
		return err
	}
	_, err = behindShare(ctx, scope, shareAt(link, now))
	return err
}

// openShare counts the opening of a link that is good.
func openShare(ctx context.Context, tx tenant.Tx, id gid.ID) error {
	share, err := oneShare(ctx, tx, id)
	if err != nil {
		return err
	}
	row, err := behindShare(ctx, tx.Scope, share)
	if err != nil {
		return err
	}
	_, err = tx.ChangeReportShare(id).AddOpened(1).SetLastOpenedAt(tx.TokenTime()).Save(ctx)
	if err != nil {
		return fmt.Errorf("count opening: %w", err)
	}
	return tx.Record(ctx, row.ID, map[string]string{"read": "report", "as": "link"})
}

// behindShare is the report that a link shows, without its document, if both are good. With a report that was taken back,
// earlier revisions are as well: what was wrong with it may be wrong with them.
func behindShare(ctx context.Context, scope tenant.Scope, share *Share) (*ent.Report, error) {
	row, err := tenant.Only[*ent.Report]("link")(scope.Reports().Where(report.ID(share.ReportID)).
		Select(report.FieldID, report.FieldNumber, report.FieldState, report.FieldSessionID, report.FieldCandidateID, report.FieldJobRoleID).
		WithSession().WithCandidate().Only(ctx))
	if err != nil {
		return nil, err
	}
	open := row.State == term.ReportReady || row.State == term.ReportReleased
	if share.State != ShareActive || !open || row.Edges.Session.State == term.Voided || row.Edges.Candidate.ErasedAt != nil {
		return nil, tenant.NotFound("link")
	}
	back, err := scope.Reports().Where(report.SessionID(row.SessionID), report.NumberGT(row.Number), report.StateEQ(term.ReportWithdrawn)).Exist(ctx)
	switch {
	case err != nil:
		return nil, fmt.Errorf("find later revision: %w", err)
	case back:
		return nil, tenant.NotFound("link")
	}
	return row, nil
}
