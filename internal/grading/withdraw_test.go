package grading_test

import (
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

func TestWithdraw(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		session, who := r.scored(t, keyed())
		row, _ := r.report(t, session)
		take := func(reason string) error {
			return lastErr(r.grading.Withdraw(t.Context(), r.owner, grading.WithdrawReportInput{ID: row.ID, Reason: reason}))
		}
		r.refused(t, "what was not released", fault.Conflict, func() error { return take("early") })
		must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: row.ID}))(t)
		r.refused(t, "without a reason", fault.Invalid, func() error { return take("") }, "reason")
		if err := take("a wrong key"); err != nil {
			t.Fatal(err)
		}
		r.refused(t, "twice", fault.Conflict, func() error { return take("again") })
		back, _ := r.report(t, session)
		if back.State != term.ReportWithdrawn || back.WithdrawnAt == nil || back.WithdrawReason != "a wrong key" {
			t.Errorf("got %v", back)
		}
		if s := r.session(t, session); s.State != term.Scored || s.ReleasedAt != nil {
			t.Errorf("the session is %s", s.State)
		}
		if f := must(r.grading.Feedback(t.Context(), who, session))(t); f != nil {
			t.Errorf("the candidate still sees %v", f)
		}
		must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: row.ID}))(t)
		again, _ := r.report(t, session)
		if again.State != term.ReportReleased || again.WithdrawnAt != nil || again.WithdrawReason != "" || r.session(t, session).State != term.Released {
			t.Errorf("got %v", again)
		}
		if f := must(r.grading.Feedback(t.Context(), who, session))(t); f == nil {
			t.Error("the candidate sees nothing of what was released again")
		}
	})
}

// link makes a link to a report and gives its secret.
func (r *rig) link(t *testing.T, id gid.ID, span time.Duration) (*grading.Share, string) {
	t.Helper()
	issued := must(r.grading.Share(t.Context(), r.owner, grading.ShareReportInput{ReportID: id, ExpiresIn: &span, Note: new("for the team")}))(t)
	secret, found := strings.CutPrefix(*issued.Link, "https://assay.test/shared/")
	if !found || len(secret) != 43 {
		t.Fatalf("the link is %s", *issued.Link)
	}
	return issued.Share, secret
}

func TestShare(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.demand(t)
		session, _ := r.scored(t, keyed())
		row, _ := r.report(t, session)
		share, secret := r.link(t, row.ID, time.Hour)
		anybody := policy.Actor{Address: "192.0.2.7"}
		opens := func(secret string) error { return lastErr(r.grading.Shared(t.Context(), anybody, secret)) }
		gone := func(name, secret string) {
			t.Helper()
			r.refused(t, name, fault.NotFound, func() error { return opens(secret) })
		}

		t.Run("shows the report without an account, and neither integrity nor members", func(t *testing.T) {
			sheet := must(r.grading.Shared(t.Context(), anybody, secret))(t).Sheet()
			if sheet.Head.Candidate != "Ann" || len(sheet.NotAssessed) != 1 || sheet.Integrity.Absent == "" || sheet.Head.ReleasedBy != "" {
				t.Errorf("got %+v", sheet)
			}
		})
		t.Run("is counted and audited with the address", func(t *testing.T) {
			shares := must(r.grading.SharesByReport(t.Context(), r.owner, []gid.ID{row.ID}))(t)
			if s := shares[0]; len(shares) != 1 || s.Opened != 1 || s.LastOpenedAt == nil || s.State != grading.ShareActive || s.Note != "for the team" || s.CreatedBy != r.owner.ID.String() {
				t.Errorf("got %v", shares)
			}
			openings := r.rows(t, "SELECT actor, address, action FROM audit_events WHERE actor = '"+share.ID.String()+"'")
			if diff := gocmp.Diff([][]string{{share.ID.String(), "192.0.2.7", "report.read"}}, openings); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("is kept as a hash alone", func(t *testing.T) {
			for _, table := range r.tables {
				for _, cells := range r.rows(t, "SELECT * FROM "+table) {
					if strings.Contains(strings.Join(cells, " "), secret) {
						t.Errorf("%s holds the secret", table)
					}
				}
			}
		})
		t.Run("is refused to guesses", func(t *testing.T) {
			gone("a guess", strings.Repeat("A", 43))
			gone("nothing", "")
		})
		t.Run("ends", func(t *testing.T) {
			must(r.grading.RevokeShare(t.Context(), r.owner, grading.RevokeReportShareInput{ID: share.ID}))(t)
			again := must(r.grading.RevokeShare(t.Context(), r.owner, grading.RevokeReportShareInput{ID: share.ID}))(t)
			if again.State != grading.ShareRevoked {
				t.Errorf("got %v", again)
			}
			gone("a revoked one", secret)
			_, short := r.link(t, row.ID, time.Minute)
			r.clock.pass(time.Minute)
			gone("an expired one", short)
		})
		t.Run("bounds how long and for whom", func(t *testing.T) {
			for name, in := range map[string]grading.ShareReportInput{
				"no time": {ExpiresIn: new(time.Duration(0))}, "less than is kept": {ExpiresIn: new(time.Microsecond - 1)}, "too long": {ExpiresIn: new(30*24*time.Hour + 1)},
			} {
				in.ReportID = row.ID
				r.refused(t, name, fault.Invalid, func() error { return lastErr(r.grading.Share(t.Context(), r.owner, in)) }, "expiresIn")
			}
			r.refused(t, "a long note", fault.Invalid, func() error {
				return lastErr(r.grading.Share(t.Context(), r.owner, grading.ShareReportInput{ReportID: row.ID, Note: new(strings.Repeat("n", 501))}))
			}, "note")
		})
		t.Run("is not repeated with its address", func(t *testing.T) {
			in := grading.ShareReportInput{ReportID: row.ID, IdempotencyKey: new("once")}
			first := must(r.grading.Share(t.Context(), r.owner, in))(t)
			second := must(r.grading.Share(t.Context(), r.owner, in))(t)
			if first.Link == nil || second.Link != nil || first.Share.ID != second.Share.ID {
				t.Errorf("got %v and %v", first, second)
			}
		})
		t.Run("is for who releases", func(t *testing.T) {
			in := grading.ShareReportInput{ReportID: row.ID}
			end := grading.RevokeReportShareInput{ID: share.ID}
			r.denied(t, policy.ReportRelease, func(a policy.Actor) error { return lastErr(r.grading.Share(t.Context(), a, in)) })
			r.denied(t, policy.ReportRelease, func(a policy.Actor) error { return lastErr(r.grading.RevokeShare(t.Context(), a, end)) })
			r.denied(t, policy.ReportRelease, func(a policy.Actor) error { return lastErr(r.grading.SharesByReport(t.Context(), a, nil)) })
			r.refused(t, "another organization", fault.NotFound, func() error { return lastErr(r.grading.Share(t.Context(), r.stranger, in)) })
			r.refused(t, "another organization", fault.NotFound, func() error { return lastErr(r.grading.RevokeShare(t.Context(), r.stranger, end)) })
			if got := must(r.grading.SharesByReport(t.Context(), r.stranger, []gid.ID{row.ID}))(t); len(got) != 0 {
				t.Errorf("another organization sees %v", got)
			}
		})
		t.Run("follows the report", func(t *testing.T) {
			_, secret := r.link(t, row.ID, 24*time.Hour)
			must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: row.ID}))(t)
			if err := opens(secret); err != nil {
				t.Errorf("released: %v", err)
			}
			must(r.grading.Withdraw(t.Context(), r.owner, grading.WithdrawReportInput{ID: row.ID, Reason: "a wrong key"}))(t)
			gone("taken back", secret)
			r.refused(t, "sharing what was taken back", fault.Conflict, func() error {
				return lastErr(r.grading.Share(t.Context(), r.owner, grading.ShareReportInput{ReportID: row.ID}))
			})
			must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: row.ID}))(t)
			if err := opens(secret); err != nil {
				t.Errorf("released again: %v", err)
			}
			must(r.sitting.Void(t.Context(), r.owner, sitting.VoidSessionInput{ID: session, Reason: "a fire"}))(t)
			gone("void", secret)
		})
		t.Run("ends with a later revision that is taken back", func(t *testing.T) {
			session, review, _ := r.assigned(t)
			r.reviewed(t, review.ID)
			first, _ := r.report(t, session)
			_, secret := r.link(t, first.ID, 24*time.Hour)
			must(r.grading.RecordConsensus(t.Context(), r.owner, grading.RecordConsensusInput{SessionID: session, Scores: gives(1, 1), Reason: "too kind"}))(t)
			if err := opens(secret); err != nil {
				t.Errorf("superseded: %v", err)
			}
			later, _ := r.report(t, session)
			must(r.grading.Release(t.Context(), r.owner, grading.ReleaseReportInput{ID: later.ID}))(t)
			if err := opens(secret); err != nil {
				t.Errorf("superseded by a released one: %v", err)
			}
			must(r.grading.Withdraw(t.Context(), r.owner, grading.WithdrawReportInput{ID: later.ID, Reason: "another person's answers"}))(t)
			gone("taken back with the later one", secret)
			must(r.grading.RecordConsensus(t.Context(), r.owner, grading.RecordConsensusInput{SessionID: session, Scores: gives(2, 2), Reason: "the right answers"}))(t)
			gone("and still, when a third one is there", secret)
		})
		t.Run("ends with the candidate's data", func(t *testing.T) {
			session, _ := r.scored(t, keyed())
			row, _ := r.report(t, session)
			_, secret := r.link(t, row.ID, 24*time.Hour)
			must(r.sitting.EraseCandidate(t.Context(), r.owner, sitting.EraseCandidateInput{ID: row.CandidateID, Reason: "asked by letter"}))(t)
			gone("erased", secret)
			if notes := r.texts(t, "SELECT note FROM report_shares WHERE report_id = '"+row.ID.UUID()+"'"); len(notes) != 1 || notes[0] != "" {
				t.Errorf("what stands beside the link is left: %q", notes)
			}
		})
		t.Run("waits for a provisional report", func(t *testing.T) {
			open, _ := r.scored(t, keyed().with("2.1", words(text)))
			row, _ := r.report(t, open)
			r.refused(t, "a provisional one", fault.Provisional, func() error {
				return lastErr(r.grading.Share(t.Context(), r.owner, grading.ShareReportInput{ReportID: row.ID}))
			})
		})
	})
}
