package sitting_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

func TestInvite(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		invite := func(change func(*sitting.InviteCandidateInput)) (*ent.Session, error) {
			in := r.invitation("Ann@Example.com ")
			change(&in)
			return r.sitting.Invite(t.Context(), r.owner, in)
		}
		before := r.snapshot(t)
		row := must(invite(func(in *sitting.InviteCandidateInput) {
			in.ExternalOrderID, in.Candidate.ExternalID = new("order-1"), new("ats-1")
		}))(t)
		want := map[string]int{"candidates": 1, "sessions": 1, "mails": 1, "river_job": 1, "events": 1, "audit_events": 1}
		if diff := gocmp.Diff(want, growth(before, r.snapshot(t))); diff != "" {
			t.Error(diff)
		}
		if row.State != term.Invited || !row.ExpiresAt.Equal(r.clock.look().Add(sitting.DefaultValidity)) || row.AllowedSeconds != int(allowed.Seconds()) {
			t.Errorf("got %v", row)
		}
		if token := r.token(t, "ann@example.com"); len(token) != 43 {
			t.Errorf("a secret of %d characters", len(token))
		}
		if hits := r.texts(t, "SELECT id FROM sessions WHERE external_order_id = 'order-1'"); len(hits) != 1 {
			t.Errorf("got %v", hits)
		}
		t.Run("a known address is the same candidate as they are", func(t *testing.T) {
			again := must(invite(func(in *sitting.InviteCandidateInput) { in.Candidate.Name = "Another name" }))(t)
			who := must(r.sitting.CandidatesByID(t.Context(), r.owner, []gid.ID{again.CandidateID}))(t)[0]
			if again.CandidateID != row.CandidateID || who.Name != "Ann" || again.ID == row.ID {
				t.Errorf("got %v", who)
			}
		})
		t.Run("an order id is used once", func(t *testing.T) {
			f := r.refused(t, "the order", fault.AlreadyExists, func() error {
				return lastErr(invite(func(in *sitting.InviteCandidateInput) { in.ExternalOrderID = new("order-1") }))
			}, "externalOrderId")
			if held, ok := f.Current.(*ent.Session); !ok || held.ID != row.ID {
				t.Errorf("current %v", f.Current)
			}
		})
		t.Run("an external id is one candidate's", func(t *testing.T) {
			r.refused(t, "the id", fault.AlreadyExists, func() error {
				return lastErr(invite(func(in *sitting.InviteCandidateInput) {
					in.Candidate.Email, in.Candidate.ExternalID = "bob@example.com", new("ats-1")
				}))
			}, "candidate.externalId")
		})
		t.Run("everything wrong is told at once", func(t *testing.T) {
			r.refused(t, "bad", fault.Invalid, func() error {
				return lastErr(invite(func(in *sitting.InviteCandidateInput) {
					in.Candidate = sitting.CandidateInput{Email: "no address", Phone: new(""), ExternalID: new(strings.Repeat("x", 201))}
					in.ExternalOrderID, in.ValidFor = new("\x00"), new(time.Minute)
				}))
			}, "candidate.email", "candidate.name", "candidate.phone", "candidate.externalId", "externalOrderId", "validFor")
			for _, email := range []string{"", "a", "a@b@c", "Ann <a@example.com>", "ä@example.com", "a@example.com\r\nBcc: b@example.com", strings.Repeat("a", 250) + "@b.de"} {
				r.refused(t, email, fault.Invalid, func() error {
					return lastErr(invite(func(in *sitting.InviteCandidateInput) { in.Candidate.Email = email }))
				}, "candidate.email")
			}
			r.refused(t, "too long", fault.Invalid, func() error {
				return lastErr(invite(func(in *sitting.InviteCandidateInput) { in.ValidFor = new(sitting.MaxValidity + 1) }))
			}, "validFor")
		})
		t.Run("only to what takes candidates", func(t *testing.T) {
			draft := r.draft(t, r.role)
			r.refused(t, "a draft", fault.Conflict, func() error {
				return lastErr(invite(func(in *sitting.InviteCandidateInput) { in.TemplateID = draft }))
			})
			r.publish(t, draft)
			r.refused(t, "no such version", fault.NotFound, func() error {
				return lastErr(invite(func(in *sitting.InviteCandidateInput) { in.TemplateID, in.Version = draft, new(2) }))
			})
			must(r.authoring.RetireTemplate(t.Context(), r.owner, authoring.RetireTemplateInput{ID: draft}))(t)
			r.refused(t, "a retired one", fault.Conflict, func() error {
				return lastErr(invite(func(in *sitting.InviteCandidateInput) { in.TemplateID = draft }))
			})
			closed := r.jobRole(t)
			tpl := r.publish(t, r.draft(t, closed))
			must(r.authoring.UpdateJobRole(t.Context(), r.owner, authoring.UpdateJobRoleInput{
				ID: closed, Revision: 1, Fields: authoring.JobRoleFields{Title: "T", Level: term.Entry}, Status: new(term.Closed),
			}))(t)
			r.refused(t, "a closed job role", fault.Conflict, func() error {
				return lastErr(invite(func(in *sitting.InviteCandidateInput) { in.TemplateID = tpl.ID }))
			})
		})
		t.Run("an API key with the grant may", func(t *testing.T) {
			key := r.as(policy.Integration)
			key.Granted = []policy.Action{policy.SessionInvite}
			must(r.sitting.Invite(t.Context(), key, r.invitation(r.email())))(t)
		})
	})
}

func TestCancel(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		cancel := func(id gid.ID) func() error {
			return func() error {
				return lastErr(r.sitting.Cancel(t.Context(), r.owner, sitting.CancelSessionInput{ID: id, Reason: "the job is filled"}))
			}
		}
		row, token, who := r.invited(t)
		r.refused(t, "without a reason", fault.Invalid, func() error {
			return lastErr(r.sitting.Cancel(t.Context(), r.owner, sitting.CancelSessionInput{ID: row.ID}))
		}, "reason")
		got := must(r.sitting.Cancel(t.Context(), r.owner, sitting.CancelSessionInput{ID: row.ID, Reason: "the job is filled"}))(t)
		if got.State != term.Cancelled || got.DueAt != nil || got.EndedAt == nil {
			t.Errorf("got %v", got)
		}
		if details := r.texts(t, "SELECT detail FROM audit_events WHERE action = 'session.cancel'"); len(details) != 1 || !strings.Contains(details[0], "the job is filled") {
			t.Errorf("audit %v", details)
		}
		r.refused(t, "twice", fault.Conflict, cancel(row.ID))
		r.refused(t, "accept what is cancelled", fault.Conflict, func() error {
			return lastErr(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: token}))
		})
		id, who := r.accepted(t)
		if err := cancel(id)(); err != nil {
			t.Errorf("an accepted one: %v", err)
		}
		r.refused(t, "start what is cancelled", fault.Conflict, func() error {
			return lastErr(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id}))
		})
		id, who = r.started(t)
		r.clock.pass(allowed) // to the deadline: its grace is still running
		if err := cancel(id)(); err != nil {
			t.Errorf("one in progress: %v", err)
		}
		for name, call := range map[string]func() error{
			"start":  func() error { return lastErr(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id})) },
			"submit": func() error { return lastErr(r.sitting.Submit(t.Context(), who, sitting.SubmitSittingInput{ID: id})) },
		} {
			r.refused(t, name, fault.Conflict, call)
		}
		if s := must(r.sitting.Sitting(t.Context(), who, id))(t); s.State != sitting.Cancelled || s.Deadline != nil || s.Receipt != nil {
			t.Errorf("got %v", s)
		}
		early, earlyBird := r.started(t)
		if err := cancel(early)(); err != nil {
			t.Error(err)
		}
		r.refused(t, "save", fault.Conflict, func() error { return lastErr(r.sitting.SaveResponse(t.Context(), earlyBird, save(early, 0, "k", "t"))) })
		done, _ := r.submitted(t)
		r.refused(t, "what is submitted", fault.Conflict, cancel(done))
		late, _ := r.started(t)
		r.clock.pass(allowed + tenant.EndsAfter + time.Microsecond)
		r.refused(t, "what is over", fault.Conflict, cancel(late))
		r.refused(t, "what is not there", fault.NotFound, cancel(r.ids.New(gid.Session, r.clock.look())))
	})
}

func TestAccept(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		accept := func(who policy.Actor, token string) error {
			return lastErr(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: token}))
		}
		row, token, who := r.invited(t)
		unverified := who
		unverified.Identity.EmailVerified = false
		for name, c := range map[string]struct {
			who   policy.Actor
			token string
			code  fault.Code
		}{
			"another address":        {person("x", "x@example.com"), token, fault.Conflict},
			"an unverified address":  {unverified, token, fault.Conflict},
			"an unknown link":        {who, "unknown", fault.NotFound},
			"no link":                {who, "", fault.NotFound},
			"the hash of the secret": {who, string(row.LinkHash), fault.NotFound},
		} {
			r.refused(t, name, c.code, func() error { return accept(c.who, c.token) })
		}
		in := sitting.AcceptInvitationInput{Token: token, IdempotencyKey: new("k")}
		s := must(r.sitting.Accept(t.Context(), who, in))(t)
		if s.ID != row.ID || s.State != sitting.Invited || questionsIn(s) != 0 || s.QuestionCount != 5 || s.TimeLimit != allowed || s.Title != "Screening" {
			t.Errorf("got %+v", s)
		}
		if err := r.unchanged(t, "a repetition", func() error { return accept(who, token) }); err != nil {
			t.Error(err)
		}
		r.refused(t, "a second identity of the same address", fault.LinkUsed, func() error { return accept(person("second", who.Identity.Email), token) })
		r.refused(t, "a second identity with the key of the first", fault.IdempotencyMismatch, func() error {
			return lastErr(r.sitting.Accept(t.Context(), person("second", who.Identity.Email), in))
		})
		t.Run("at its end it expires", func(t *testing.T) {
			row, token, who := r.invited(t)
			r.clock.set(row.ExpiresAt)
			r.refused(t, "expired", fault.Expired, func() error { return accept(who, token) })
			r.clock.set(row.ExpiresAt.Add(-time.Microsecond))
			if err := accept(who, token); err != nil {
				t.Errorf("just before: %v", err)
			}
			r.clock.set(row.ExpiresAt)
			r.refused(t, "start when it expired", fault.Expired, func() error {
				return lastErr(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: row.ID}))
			})
			r.clock.pass(tenant.EndsAfter + time.Microsecond)
			if s := must(r.sitting.Sitting(t.Context(), who, row.ID))(t); s.State != sitting.Expired {
				t.Errorf("read: %s", s.State)
			}
			r.refused(t, "start what is expired", fault.Expired, func() error {
				return lastErr(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: row.ID}))
			})
		})
	})
}

func TestFiftyIdentitiesAcceptOneLinkAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, token, who := r.invited(t)
		errs := make([]error, 50)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				rival := person("rival "+string(rune('A'+i)), who.Identity.Email)
				errs[i] = lastErr(r.sitting.Accept(t.Context(), rival, sitting.AcceptInvitationInput{Token: token}))
			})
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !fault.Is(err, fault.LinkUsed):
				t.Errorf("got %v, want LinkUsed", err)
			}
		}
		if bindings := r.texts(t, "SELECT id FROM bindings"); won != 1 || len(bindings) != 1 {
			t.Errorf("%d won, %d bindings", won, len(bindings))
		}
	})
}
