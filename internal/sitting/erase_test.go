package sitting_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// candidateOf is whose session it is.
func (r *rig) candidateOf(t testing.TB, id gid.ID) gid.ID {
	t.Helper()
	return must(r.sitting.SessionsByID(t.Context(), r.owner, []gid.ID{id}))(t)[0].CandidateID
}

// spoken is a submitted sitting in which the candidate left a word wherever they could: secret, in all of its rows.
func (r *rig) spoken(t testing.TB, secret string) (gid.ID, policy.Actor) {
	t.Helper()
	in := r.invitation(secret + "@example.com")
	in.Candidate.Name, in.Candidate.Phone, in.Candidate.ExternalID, in.ExternalOrderID = secret, &secret, &secret, &secret
	row := must(r.sitting.Invite(t.Context(), r.owner, in))(t)
	who := person(secret, in.Candidate.Email)
	must(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: r.token(t, in.Candidate.Email)}))(t)
	r.speak(t, row.ID, who, secret)
	return row.ID, who
}

// speak takes a sitting that was accepted and leaves a word wherever the candidate can.
func (r *rig) speak(t testing.TB, id gid.ID, who policy.Actor, secret string) {
	t.Helper()
	must(r.sitting.RequestAccommodation(t.Context(), who, sitting.RequestAccommodationInput{SittingID: id, Request: secret}))(t)
	must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id}))(t)
	must(r.sitting.SaveResponse(t.Context(), who, save(id, 0, "one", "the first "+secret)))(t)
	must(r.sitting.SaveResponse(t.Context(), who, save(id, 1, "two", "the second "+secret)))(t)
	must(r.sitting.RecordSignals(t.Context(), who, sitting.RecordSignalsInput{SittingID: id, Signals: []*sitting.SignalInput{r.signal("s", term.Pasted)}}))(t)
	r.upload(t, id, secret)
	must(r.sitting.Contest(t.Context(), who, sitting.ContestSittingInput{SittingID: id, Subject: term.ContestIntegrity, Statement: secret}))(t)
	must(r.sitting.JudgeIntegrity(t.Context(), r.owner, sitting.JudgeIntegrityInput{SessionID: id, Verdict: term.Concern, Comment: secret}))(t)
	must(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id}))(t)
}

// upload writes the row of a file that was given.
func (r *rig) upload(t testing.TB, session gid.ID, name string) {
	t.Helper()
	scope := must(r.store.As(t.Context(), r.owner, policy.SessionRead))(t)
	_, err := tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (int, error) {
		return 0, tx.NewUpload().SetSessionID(session).SetRef("2.1").SetState(term.UploadComplete).SetName(name).SetSize(7).SetReceived(7).
			SetBlob("blob of " + name).SetParts([]content.Part{}).SetPlayKey([]byte(name)).SetScan(term.NotScanned).SetSecret([]byte(name)).SetExpiresAt(tx.Now).SetCompletedAt(tx.Now).Exec(t.Context())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// holding are the tables in which a word stands.
func (s snapshot) holding(word string) []string {
	var tables []string
	for table, rows := range s {
		if slices.ContainsFunc(rows, func(row string) bool { return strings.Contains(row, word) }) {
			tables = append(tables, table)
		}
	}
	slices.Sort(tables)
	return tables
}

func TestErase(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.spoken(t, "wendelin")
		other, _ := r.spoken(t, "ottokar")
		invited := must(r.sitting.Invite(t.Context(), r.owner, r.invitation("wendelin@example.com")))(t)
		before := r.snapshot(t)
		if got := before.holding("wendelin"); len(got) < 8 {
			t.Fatalf("the word stands only in %v", got)
		}
		receipt := must(r.sitting.EraseMe(t.Context(), who, sitting.EraseMyDataInput{SittingID: id}))(t)
		after := r.snapshot(t)
		t.Run("not a word is left but what their files are called in the job that deletes them", func(t *testing.T) {
			if got := after.holding("wendelin"); !slices.Equal(got, []string{"river_job"}) {
				t.Errorf("it stands in %v", got)
			}
			if got := after.holding("ottokar"); !slices.Equal(got, before.holding("ottokar")) {
				t.Errorf("somebody else's stands in %v", got)
			}
		})
		t.Run("the receipt tells what stands without a person", func(t *testing.T) {
			if receipt.Sittings != 2 || receipt.Answers != 1 || receipt.ErasedAt.IsZero() {
				t.Errorf("got %v", receipt)
			}
		})
		t.Run("nobody comes back to it, and what was not begun is withdrawn", func(t *testing.T) {
			r.refused(t, "the sitting", fault.NotFound, func() error { return lastErr(r.sitting.Sitting(t.Context(), who, id)) })
			r.refused(t, "erasing again", fault.NotFound, func() error {
				return lastErr(r.sitting.EraseMe(t.Context(), who, sitting.EraseMyDataInput{SittingID: id}))
			})
			if got := must(r.sitting.SessionsByID(t.Context(), r.owner, []gid.ID{invited.ID}))(t)[0]; got.State != term.Cancelled {
				t.Errorf("the invitation is %s", got.State)
			}
			if got := must(r.sitting.SessionsByID(t.Context(), r.owner, []gid.ID{id}))(t)[0]; got.State != term.Voided {
				t.Errorf("what was handed in and is not scored is %s", got.State)
			}
		})
		t.Run("files' bytes are deleted by a job", func(t *testing.T) {
			var gone []string
			s := sitting.New(r.store, sitting.Config{DeleteFile: func(_ context.Context, name string) error { gone = append(gone, name); return nil }})
			if err := s.DeleteFiles(t.Context(), policy.Worker(r.owner.Org), []string{"blob of wendelin"}); err != nil || len(gone) != 1 {
				t.Errorf("got %v, %v", gone, err)
			}
		})
		t.Run("the address may be invited anew, as somebody new", func(t *testing.T) {
			again := must(r.sitting.Invite(t.Context(), r.owner, r.invitation("wendelin@example.com")))(t)
			if again.CandidateID == receipt.ID {
				t.Error("it is the erased candidate")
			}
		})
		t.Run("on behalf, twice is once", func(t *testing.T) {
			in := sitting.EraseCandidateInput{ID: r.candidateOf(t, other), Reason: "asked by letter"}
			first := must(r.sitting.EraseCandidate(t.Context(), r.owner, in))(t)
			err := r.unchanged(t, "again", func() error {
				if again := must(r.sitting.EraseCandidate(t.Context(), r.owner, in))(t); *again != *first {
					t.Errorf("got %v, want %v", again, first)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	})
}

func TestHold(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.spoken(t, "wendelin")
		candidate := r.candidateOf(t, id)
		hold := func() (*ent.Candidate, error) {
			return r.sitting.HoldCandidate(t.Context(), r.owner, sitting.HoldCandidateInput{ID: candidate, Reason: "a charge"})
		}
		release := func() (*ent.Candidate, error) {
			return r.sitting.ReleaseCandidateHold(t.Context(), r.owner, sitting.ReleaseCandidateHoldInput{ID: candidate, Reason: "settled"})
		}
		r.refused(t, "releasing nothing", fault.Conflict, func() error { return lastErr(release()) })
		if got := must(hold())(t); got.Hold != "a charge" || got.HeldBy == "" {
			t.Errorf("got %v", got)
		}
		r.refused(t, "holding twice", fault.Conflict, func() error { return lastErr(hold()) })
		r.refused(t, "the candidate erases", fault.Conflict, func() error {
			return lastErr(r.sitting.EraseMe(t.Context(), who, sitting.EraseMyDataInput{SittingID: id}))
		})
		r.refused(t, "an admin erases", fault.Conflict, func() error {
			return lastErr(r.sitting.EraseCandidate(t.Context(), r.as(policy.Admin), sitting.EraseCandidateInput{ID: candidate, Reason: "x"}))
		})
		if got := must(r.sitting.HoldsByCandidate(t.Context(), r.owner, []gid.ID{candidate}))(t); len(got) != 1 || got[0].Hold == "" {
			t.Errorf("got %v", got)
		}
		must(release())(t)
		must(r.sitting.EraseMe(t.Context(), who, sitting.EraseMyDataInput{SittingID: id}))(t)
		r.refused(t, "holding nobody", fault.Conflict, func() error { return lastErr(hold()) })
		running, busy := r.started(t)
		r.refused(t, "a sitting that runs", fault.Conflict, func() error {
			return lastErr(r.sitting.EraseMe(t.Context(), busy, sitting.EraseMyDataInput{SittingID: running}))
		})
		limited := r.owner
		limited.Limited = true
		r.refused(t, "a limited member", fault.Denied, func() error {
			return lastErr(r.sitting.EraseCandidate(t.Context(), limited, sitting.EraseCandidateInput{ID: candidate, Reason: "x"}))
		})
		r.refused(t, "no reason", fault.Invalid, func() error {
			return lastErr(r.sitting.EraseCandidate(t.Context(), r.owner, sitting.EraseCandidateInput{ID: candidate}))
		}, "reason")
	})
}

func TestRetention(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		days := account.New(r.store, nil)
		keep := func(n int) {
			must(days.UpdateOrganization(t.Context(), r.owner, account.UpdateOrganizationInput{RetentionDays: &n}))(t)
		}
		outdated := func() (found []gid.ID) {
			for _, p := range must(r.store.Directory().Outdated(t.Context(), 10))(t) {
				found = append(found, p.Candidate)
			}
			return found
		}
		ended, _ := r.submitted(t)
		held, _ := r.submitted(t)
		must(r.sitting.HoldCandidate(t.Context(), r.owner, sitting.HoldCandidateInput{ID: r.candidateOf(t, held), Reason: "a charge"}))(t)
		r.clock.pass(20 * 24 * time.Hour)
		later, _ := r.submitted(t)
		r.clock.pass(11 * 24 * time.Hour)
		if got := outdated(); len(got) > 0 {
			t.Errorf("without a limit: %v", got)
		}
		keep(30)
		if got := outdated(); !slices.Equal(got, []gid.ID{r.candidateOf(t, ended)}) {
			t.Errorf("got %v, want the first alone", got)
		}
		r.running(t, later)
		r.clock.pass(60 * 24 * time.Hour)
		if got := outdated(); len(got) != 1 {
			t.Errorf("who has an invitation that stands is outdated: %v", got)
		}
		must(r.sitting.EraseCandidate(t.Context(), policy.Worker(r.owner.Org), sitting.EraseCandidateInput{ID: r.candidateOf(t, ended), Reason: "time"}))(t)
		if got := outdated(); len(got) > 0 {
			t.Errorf("afterwards: %v", got)
		}
		for _, n := range []int{-1, 3661} {
			r.refused(t, fmt.Sprint(n), fault.Invalid, func() error {
				return lastErr(days.UpdateOrganization(t.Context(), r.owner, account.UpdateOrganizationInput{RetentionDays: &n}))
			}, "retentionDays")
		}
	})
}

// running invites the candidate of a session once more.
func (r *rig) running(t testing.TB, session gid.ID) {
	t.Helper()
	email := r.texts(t, "SELECT email FROM candidates WHERE id = '"+r.candidateOf(t, session).UUID()+"'")[0]
	must(r.sitting.Invite(t.Context(), r.owner, r.invitation(email)))(t)
}

func TestRecords(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.spoken(t, "wendelin")
		r.spoken(t, "ottokar")
		t.Run("a person's sittings, over all organizations", func(t *testing.T) {
			r.clock.pass(time.Second) // so that it is the newer one
			second := must(r.sitting.Invite(t.Context(), r.owner, r.invitation("wendelin@example.com")))(t)
			list := func(p tenant.Paging) (*tenant.Page[*sitting.Sitting], error) {
				return r.sitting.OwnSittings(t.Context(), who, p)
			}
			if got := pages(t, 1, func(s *sitting.Sitting) gid.ID { return s.ID }, list); !slices.Equal(got, []gid.ID{second.ID, id}) {
				t.Errorf("got %v", got)
			}
			if page := must(r.sitting.OwnSittings(t.Context(), r.owner, tenant.Paging{}))(t); len(page.Nodes) > 0 {
				t.Error("a member has sittings of others")
			}
		})
		t.Run("what is kept", func(t *testing.T) {
			got := must(r.sitting.MyRecords(t.Context(), who))(t)
			if len(got) != 1 || got[0].Organization != "The one" || got[0].Name != "wendelin" || len(got[0].Sittings) != 2 {
				t.Fatalf("got %v", got)
			}
			told := got[0].Sittings[1]
			if told.Answers != 1 || told.SignalCount != 1 || len(told.Files) != 1 || len(told.Openings) != 0 {
				t.Errorf("got %v", told)
			}
		})
		t.Run("the export has every word, and nobody else's", func(t *testing.T) {
			mine := must(r.sitting.ExportMine(t.Context(), who))(t)
			theirs := must(r.sitting.ExportCandidate(t.Context(), policy.Worker(r.owner.Org), "Wendelin@example.com"))(t)
			for name, e := range map[string]*sitting.Export{"their own": mine, "on behalf": theirs} {
				if !json.Valid([]byte(e.Document)) || len(e.Files) != 1 || strings.Contains(e.Document, "ottokar") {
					t.Errorf("%s: %s", name, e.Document)
				}
				for _, word := range []string{`"the second wendelin"`, `"email": "wendelin@example.com"`, `"statement": "wendelin"`, `"kind": "PASTED"`, `"request": "wendelin"`} {
					if !strings.Contains(e.Document, word) {
						t.Errorf("%s lacks %s", name, word)
					}
				}
			}
			if mine.Document != theirs.Document {
				t.Errorf("they differ:\n%s\n%s", mine.Document, theirs.Document)
			}
		})
		t.Run("sight", func(t *testing.T) {
			for name, call := range map[string]func(policy.Actor) error{
				"sittings": func(a policy.Actor) error { return lastErr(r.sitting.OwnSittings(t.Context(), a, tenant.Paging{})) },
				"records":  func(a policy.Actor) error { return lastErr(r.sitting.MyRecords(t.Context(), a)) },
				"export":   func(a policy.Actor) error { return lastErr(r.sitting.ExportMine(t.Context(), a)) },
			} {
				r.refused(t, name+" of a key", fault.Denied, func() error { return call(r.as(policy.Integration)) })
				r.refused(t, name+" of nobody", fault.Unauthenticated, func() error { return call(policy.Actor{}) })
			}
			byAddress := func(a policy.Actor) error {
				return lastErr(r.sitting.ExportCandidate(t.Context(), a, "wendelin@example.com"))
			}
			r.denied(t, policy.CandidateErase, byAddress)
			r.refused(t, "another organization", fault.NotFound, func() error { return byAddress(r.stranger) })
			r.refused(t, "another organization", fault.NotFound, func() error {
				return lastErr(r.sitting.CandidateByAddress(t.Context(), r.stranger, "wendelin@example.com"))
			})
			r.denied(t, policy.CandidateErase, func(a policy.Actor) error { return lastErr(r.sitting.HoldsByCandidate(t.Context(), a, nil)) })
		})
	})
}

// TestErasureMutations holds what staff may do with a candidate to what every mutation must stand.
func TestErasureMutations(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.mutate(t, map[string]mutation{
			"eraseCandidate": {action: policy.CandidateErase, actor: r.owner, events: []event.Type{event.CandidateErased, event.SessionVoided}, foreign: true, fresh: func(t testing.TB) call {
				id, _ := r.submitted(t)
				candidate := r.candidateOf(t, id)
				return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.EraseCandidateInput{ID: candidate, Reason: "asked", IdempotencyKey: key}
					if other {
						in.Reason = "time"
					}
					receipt, err := r.sitting.EraseCandidate(ctx, a, in)
					if err != nil {
						return gid.ID{}, err
					}
					return receipt.ID, nil
				}
			}},
			"holdCandidate": {action: policy.CandidateErase, actor: r.owner, quiet: true, foreign: true, fresh: func(t testing.TB) call {
				id, _ := r.submitted(t)
				candidate := r.candidateOf(t, id)
				return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.HoldCandidateInput{ID: candidate, Reason: "a charge", IdempotencyKey: key}
					if other {
						in.Reason = "another"
					}
					return personID(r.sitting.HoldCandidate(ctx, a, in))
				}
			}},
			"releaseCandidateHold": {action: policy.CandidateErase, actor: r.owner, quiet: true, foreign: true, fresh: func(t testing.TB) call {
				id, _ := r.submitted(t)
				candidate := r.candidateOf(t, id)
				must(r.sitting.HoldCandidate(t.Context(), r.owner, sitting.HoldCandidateInput{ID: candidate, Reason: "a charge"}))(t)
				return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.ReleaseCandidateHoldInput{ID: candidate, Reason: "settled", IdempotencyKey: key}
					if other {
						in.Reason = "another"
					}
					return personID(r.sitting.ReleaseCandidateHold(ctx, a, in))
				}
			}},
		})
	})
}

func personID(c *ent.Candidate, err error) (gid.ID, error) {
	if err != nil {
		return gid.ID{}, err
	}
	return c.ID, nil
}
