package sitting_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

func TestInvitationTerms(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		now := r.clock.look()
		ask := func(change func(*sitting.InviteCandidateInput)) (*sitting.Invitation, error) {
			in := r.invitation(r.email())
			change(&in)
			return r.sitting.InviteCandidate(t.Context(), r.owner, in)
		}
		for name, c := range map[string]struct {
			change func(*sitting.InviteCandidateInput)
			paths  []string
		}{
			"two ends": {func(in *sitting.InviteCandidateInput) {
				in.ValidFor, in.ExpiresAt = new(2*time.Hour), new(now.Add(2*time.Hour))
			}, []string{"expiresAt"}},
			"no time zone":         {func(in *sitting.InviteCandidateInput) { in.TimeZone = new("Mars/Olympus") }, []string{"timeZone"}},
			"the server's zone":    {func(in *sitting.InviteCandidateInput) { in.TimeZone = new("Local") }, []string{"timeZone"}},
			"a path as a zone":     {func(in *sitting.InviteCandidateInput) { in.TimeZone = new("../../etc/passwd") }, []string{"timeZone"}},
			"an empty language":    {func(in *sitting.InviteCandidateInput) { in.Language = new("") }, []string{"language"}},
			"opens in 91 days":     {func(in *sitting.InviteCandidateInput) { in.OpensAt = new(now.Add(91 * 24 * time.Hour)) }, []string{"opensAt"}},
			"ends in half an hour": {func(in *sitting.InviteCandidateInput) { in.ExpiresAt = new(now.Add(30 * time.Minute)) }, []string{"expiresAt"}},
			"ends before it opens": {func(in *sitting.InviteCandidateInput) {
				in.OpensAt, in.ExpiresAt = new(now.Add(5*time.Hour)), new(now.Add(4*time.Hour))
			}, []string{"expiresAt"}},
			"ends 91 days after it": {func(in *sitting.InviteCandidateInput) { in.ExpiresAt = new(now.Add(91 * 24 * time.Hour)) }, []string{"expiresAt"}},
		} {
			r.refused(t, name, fault.Invalid, func() error { return lastErr(ask(c.change)) }, c.paths...)
		}
		for _, address := range []string{"http://x.example", "javascript:alert(1)", "https://u:p@x.example", "https://", "//x.example", "https:\\\\x.example", "https://x.example/\n", "/path"} {
			r.refused(t, address, fault.Invalid, func() error {
				return lastErr(ask(func(in *sitting.InviteCandidateInput) { in.RedirectURL = &address }))
			}, "redirectUrl")
		}
		t.Run("are kept and told to the candidate", func(t *testing.T) {
			email := r.email()
			in := r.invitation(email)
			opens := now.Add(24 * time.Hour)
			in.OpensAt, in.TimeZone, in.RedirectURL, in.Language = &opens, new("Europe/Berlin"), new("https://jobs.example/thanks?x=1"), new("de-AT")
			row := must(r.sitting.Invite(t.Context(), r.owner, in))(t)
			if !row.ExpiresAt.Equal(opens.Add(sitting.DefaultValidity)) || !row.OpensAt.Equal(opens) || row.OwnMail {
				t.Errorf("got %v", row)
			}
			text := r.texts(t, "SELECT text FROM mails WHERE recipient = '"+email+"'")[0]
			for _, want := range []string{"Guten Tag Ann,", "ab dem 02.03.2026, 13:00 Uhr (CET)", "vor dem 05.03.2026, 13:00 Uhr (CET)", "Melden Sie sich mit der Adresse " + email} {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in the mail: %s", want, text)
				}
			}
			who := person(email, email)
			s := must(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: r.token(t, email)}))(t)
			if !s.OpensAt.Equal(opens) || *s.TimeZone != "Europe/Berlin" || *s.Language != "de-AT" || *s.RedirectURL != *in.RedirectURL {
				t.Errorf("got %+v", s)
			}
			start := func() error { return lastErr(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: row.ID})) }
			f := r.refused(t, "too early", fault.Conflict, start)
			if !strings.Contains(f.Message, "Monday, 2 March 2026, 13:00 CET") {
				t.Errorf("it does not say when: %s", f.Message)
			}
			r.clock.set(opens.Add(-time.Microsecond))
			r.refused(t, "a moment too early", fault.Conflict, start)
			r.clock.set(opens)
			if err := start(); err != nil {
				t.Error(err)
			}
		})
		t.Run("of who sends the mail give the link once", func(t *testing.T) {
			email := r.email()
			in := r.invitation(email)
			in.OwnMail, in.IdempotencyKey = true, new("own mail")
			made := must(r.sitting.InviteCandidate(t.Context(), r.owner, in))(t)
			if n := len(r.texts(t, "SELECT id FROM mails WHERE recipient = '"+email+"'")); n != 0 || !made.Session.OwnMail || made.Link == nil {
				t.Fatalf("%d mails, got %v", n, made)
			}
			again := must(r.sitting.InviteCandidate(t.Context(), r.owner, in))(t)
			if again.Session.ID != made.Session.ID || again.Link != nil {
				t.Errorf("a repetition: got %v", again)
			}
			token, ok := strings.CutPrefix(*made.Link, "https://assay.test/take/")
			if !ok {
				t.Errorf("link %s", *made.Link)
			}
			must(r.sitting.Accept(t.Context(), person(email, email), sitting.AcceptInvitationInput{Token: token}))(t)
		})
	})
}

func TestTwoInvitationsOfOnePersonLiveSideBySide(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		email := r.email()
		second := r.publish(t, r.draft(t, r.role))
		var ids []gid.ID
		for _, template := range []gid.ID{r.template.ID, second.ID} {
			in := r.invitation(email)
			in.TemplateID = template
			row := must(r.sitting.Invite(t.Context(), r.owner, in))(t)
			ids = append(ids, row.ID)
			must(r.sitting.Accept(t.Context(), person(email, email), sitting.AcceptInvitationInput{Token: r.token(t, email)}))(t)
		}
		for _, id := range ids {
			must(r.sitting.Start(t.Context(), person(email, email), sitting.StartSittingInput{ID: id}))(t)
		}
		filter := &sitting.SessionFilter{CandidateID: &must(r.sitting.SessionsByID(t.Context(), r.owner, ids[:1]))(t)[0].CandidateID}
		if n := len(pages(t, 1, sessionID, func(p tenant.Paging) (*tenant.Page[*ent.Session], error) {
			return r.sitting.Sessions(t.Context(), r.owner, filter, p)
		})); n != 2 {
			t.Errorf("%d sessions of the candidate", n)
		}
	})
}

func TestInviteCandidates(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		row := func(email, key string) *sitting.InviteCandidateInput {
			in := r.invitation(email)
			if key != "" {
				in.IdempotencyKey = &key
			}
			return &in
		}
		ask := func(in sitting.InviteCandidatesInput) ([]*sitting.InvitationResult, error) {
			return r.sitting.InviteCandidates(t.Context(), r.owner, in)
		}
		r.denied(t, policy.SessionInvite, func(a policy.Actor) error {
			return lastErr(r.sitting.InviteCandidates(t.Context(), a, sitting.InviteCandidatesInput{Invitations: []*sitting.InviteCandidateInput{row(r.email(), "k")}}))
		})
		r.refused(t, "none", fault.Invalid, func() error { return lastErr(ask(sitting.InviteCandidatesInput{})) }, "invitations")
		r.refused(t, "501", fault.Invalid, func() error {
			return lastErr(ask(sitting.InviteCandidatesInput{Invitations: make([]*sitting.InviteCandidateInput, sitting.MaxInvitations+1)}))
		}, "invitations")
		r.refused(t, "an empty key", fault.Invalid, func() error {
			return lastErr(ask(sitting.InviteCandidatesInput{Invitations: []*sitting.InviteCandidateInput{row(r.email(), "")}, IdempotencyKey: new("")}))
		}, "idempotencyKey")

		ordered := row("ordered@example.com", "")
		ordered.ExternalOrderID = new("order-7")
		missing := row("missing@example.com", "missing")
		missing.TemplateID = r.ids.New(gid.Template, r.clock.look())
		own := row("own@example.com", "own")
		own.OwnMail = true
		in := sitting.InviteCandidatesInput{Invitations: []*sitting.InviteCandidateInput{
			row("first@example.com", "first"), row("no address", "bad"), ordered, missing, row("keyless@example.com", ""), own,
			row("first@example.com", "first"), row("other@example.com", "first"), row("last@example.com", "last"),
		}}
		before := r.snapshot(t)
		got := must(ask(in))(t)
		if diff := gocmp.Diff([]string{
			"session", "INVALID invitations.1.candidate.email", "session", "INVALID invitations.3.templateId",
			"INVALID invitations.4.idempotencyKey", "session and link", "session", "IDEMPOTENCY_MISMATCH invitations.7", "session",
		}, told(got)); diff != "" {
			t.Error(diff)
		}
		if got[0].Session.ID != got[6].Session.ID {
			t.Error("one key made two sessions")
		}
		want := map[string]int{"candidates": 4, "sessions": 4, "mails": 3, "river_job": 3, "events": 4, "audit_events": 4, "onces": 3}
		if diff := gocmp.Diff(want, growth(before, r.snapshot(t))); diff != "" {
			t.Error(diff)
		}
		t.Run("a repetition invites nobody", func(t *testing.T) {
			err := r.unchanged(t, "again", func() error {
				again, err := ask(in)
				if diff := gocmp.Diff([]string{
					"session", "INVALID invitations.1.candidate.email", "ALREADY_EXISTS invitations.2.externalOrderId", "INVALID invitations.3.templateId",
					"INVALID invitations.4.idempotencyKey", "session", "session", "IDEMPOTENCY_MISMATCH invitations.7", "session",
				}, told(again)); diff != "" {
					t.Error(diff)
				}
				if held, ok := again[2].Faults[0].Current.(*ent.Session); !ok || held.ID != got[2].Session.ID {
					t.Error("the order's session is not told")
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		t.Run("the call's key gives each its own", func(t *testing.T) {
			in := sitting.InviteCandidatesInput{IdempotencyKey: new("all")}
			for i := range 3 {
				in.Invitations = append(in.Invitations, row(fmt.Sprintf("all-%d@example.com", i), ""))
			}
			first := must(ask(in))(t)
			err := r.unchanged(t, "again", func() error {
				again, err := ask(in)
				for i := range again {
					if again[i].Session == nil || again[i].Session.ID != first[i].Session.ID {
						t.Errorf("%d: got %v", i, again[i])
					}
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		t.Run("another organization's template is not there", func(t *testing.T) {
			got := must(r.sitting.InviteCandidates(t.Context(), r.stranger, sitting.InviteCandidatesInput{Invitations: []*sitting.InviteCandidateInput{row("x@example.com", "x")}}))(t)
			if diff := gocmp.Diff([]string{"INVALID invitations.0.templateId"}, told(got)); diff != "" {
				t.Error(diff)
			}
		})
	})
}

// told is each result in a few words.
func told(results []*sitting.InvitationResult) []string {
	var words []string
	for _, r := range results {
		switch {
		case len(r.Faults) > 0:
			words = append(words, string(r.Faults[0].Code)+" "+strings.Join(r.Faults[0].Field, "."))
		case r.Session != nil && r.Link != nil:
			words = append(words, "session and link")
		case r.Session != nil:
			words = append(words, "session")
		default:
			words = append(words, "nothing")
		}
	}
	return words
}

func TestInvitationMutations(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		waiting := func(t testing.TB) gid.ID { row, _, _ := r.invited(t); return row.ID }
		r.mutate(t, map[string]mutation{
			"Remind": {
				action: policy.SessionInvite, actor: r.owner, events: []event.Type{event.SessionReminded}, foreign: true,
				fresh: func(t testing.TB) call {
					id, other := waiting(t), waiting(t)
					return func(ctx context.Context, a policy.Actor, key *string, second bool) (gid.ID, error) {
						return idOrErr(r.sitting.Remind(ctx, a, sitting.RemindCandidateInput{ID: pick(second, id, other), IdempotencyKey: key}))
					}
				},
			},
			"Resend": {
				action: policy.SessionInvite, actor: r.owner, events: []event.Type{event.SessionResent}, foreign: true,
				fresh: func(t testing.TB) call {
					id, other := waiting(t), waiting(t)
					return func(ctx context.Context, a policy.Actor, key *string, second bool) (gid.ID, error) {
						made, err := r.sitting.Resend(ctx, a, sitting.ResendInvitationInput{ID: pick(second, id, other), IdempotencyKey: key})
						if err != nil {
							return gid.ID{}, err
						}
						return made.Session.ID, nil
					}
				},
			},
			"ChangeInvitation": {
				action: policy.SessionInvite, actor: r.owner, events: []event.Type{event.SessionRescheduled}, foreign: true,
				fresh: func(t testing.TB) call {
					id, expires := waiting(t), r.clock.look().Add(5*time.Hour)
					return func(ctx context.Context, a policy.Actor, key *string, second bool) (gid.ID, error) {
						in := sitting.ChangeInvitationInput{ID: id, ExpiresAt: &expires, IdempotencyKey: key}
						if second {
							in.OpensAt = &expires
						}
						return idOrErr(r.sitting.ChangeInvitation(ctx, a, in))
					}
				},
			},
			"Void": {
				action: policy.SessionCancel, actor: r.owner, events: []event.Type{event.SessionVoided}, foreign: true,
				fresh: func(t testing.TB) call {
					id, _ := r.submitted(t)
					r.clock.pass(2 * time.Minute) // norm groups are asked for once a minute
					return func(ctx context.Context, a policy.Actor, key *string, second bool) (gid.ID, error) {
						return idOrErr(r.sitting.Void(ctx, a, sitting.VoidSessionInput{ID: id, Reason: fmt.Sprint("why ", second), IdempotencyKey: key}))
					}
				},
			},
		})
	})
}

func idOrErr(row *ent.Session, err error) (gid.ID, error) {
	if err != nil {
		return gid.ID{}, err
	}
	return row.ID, nil
}

func pick(second bool, a, b gid.ID) gid.ID {
	if second {
		return b
	}
	return a
}

func TestRemind(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		remind := func(id gid.ID) func() error {
			return func() error {
				return lastErr(r.sitting.Remind(t.Context(), r.owner, sitting.RemindCandidateInput{ID: id}))
			}
		}
		row, token, who := r.invited(t)
		for n := 1; n <= sitting.MaxReminders; n++ {
			got := must(r.sitting.Remind(t.Context(), r.owner, sitting.RemindCandidateInput{ID: row.ID}))(t)
			if got.Reminders != n || !got.RemindedAt.Equal(r.clock.look()) {
				t.Errorf("got %v", got)
			}
			r.clock.pass(sitting.ReminderPause - time.Microsecond)
			f := r.refused(t, "within the hour", fault.Conflict, remind(row.ID))
			if n < sitting.MaxReminders && !strings.Contains(f.Message, "Sunday, 1 March 2026, ") {
				t.Errorf("it does not say when: %s", f.Message)
			}
			r.clock.pass(time.Microsecond)
		}
		r.refused(t, "a sixth time", fault.Conflict, remind(row.ID))
		mails := r.texts(t, "SELECT text FROM mails WHERE kind = 'REMINDER'")
		if len(mails) != sitting.MaxReminders || strings.Contains(mails[0], token) || !strings.Contains(mails[0], "you have not started it yet") {
			t.Errorf("mails %q", mails)
		}
		must(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: token}))(t) // the link stays
		own := r.invitation(r.email())
		own.OwnMail = true
		made := must(r.sitting.Invite(t.Context(), r.owner, own))(t)
		r.refused(t, "somebody else's mail", fault.Conflict, remind(made.ID))
		id, _ := r.started(t)
		r.refused(t, "what was started", fault.Conflict, remind(id))
		late, _, _ := r.invited(t)
		r.clock.set(late.ExpiresAt)
		r.refused(t, "what expired", fault.Conflict, remind(late.ID))
		elsewhere := r.limited(r.jobRole(t))
		r.refused(t, "out of sight", fault.NotFound, func() error {
			return lastErr(r.sitting.Remind(t.Context(), elsewhere, sitting.RemindCandidateInput{ID: late.ID}))
		})
	})
}

func TestResend(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		row, old, who := r.invited(t)
		accept := func(who policy.Actor, token string) error {
			return lastErr(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: token}))
		}
		if err := accept(who, old); err != nil {
			t.Fatal(err)
		}
		made := must(r.sitting.Resend(t.Context(), r.owner, sitting.ResendInvitationInput{ID: row.ID}))(t)
		fresh := r.token(t, who.Identity.Email)
		if made.Session.ID != row.ID || made.Link != nil || fresh == old || made.Session.OpenedAt != nil {
			t.Errorf("got %v", made)
		}
		if text := r.texts(t, "SELECT text FROM mails ORDER BY id DESC")[0]; !strings.Contains(text, "This link replaces") {
			t.Errorf("mail %s", text)
		}
		r.refused(t, "the old link", fault.NotFound, func() error { return accept(who, old) })
		if err := accept(who, fresh); err != nil {
			t.Errorf("the new link: %v", err)
		}
		must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: row.ID}))(t)
		r.refused(t, "what was started", fault.Conflict, func() error {
			return lastErr(r.sitting.Resend(t.Context(), r.owner, sitting.ResendInvitationInput{ID: row.ID}))
		})
		t.Run("to who sends the mail gives the link", func(t *testing.T) {
			in := r.invitation(r.email())
			in.OwnMail = true
			row := must(r.sitting.Invite(t.Context(), r.owner, in))(t)
			again := sitting.ResendInvitationInput{ID: row.ID, IdempotencyKey: new("resend")}
			first := must(r.sitting.Resend(t.Context(), r.owner, again))(t)
			if first.Link == nil || must(r.sitting.Resend(t.Context(), r.owner, again))(t).Link != nil {
				t.Error("the link is not shown exactly once")
			}
		})
	})
}

func TestChangeInvitation(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		row, _, who := r.invited(t)
		change := func(opens, expires *time.Time) (*ent.Session, error) {
			return r.sitting.ChangeInvitation(t.Context(), r.owner, sitting.ChangeInvitationInput{ID: row.ID, OpensAt: opens, ExpiresAt: expires})
		}
		now := r.clock.look()
		r.refused(t, "nothing", fault.Invalid, func() error { return lastErr(change(nil, nil)) }, "expiresAt")
		r.refused(t, "into the past", fault.Invalid, func() error { return lastErr(change(nil, &now)) }, "expiresAt")
		r.refused(t, "too far", fault.Invalid, func() error { return lastErr(change(nil, new(now.Add(sitting.MaxValidity+time.Second)))) }, "expiresAt")
		r.refused(t, "opening too late", fault.Invalid, func() error { return lastErr(change(&row.ExpiresAt, nil)) }, "opensAt")
		shorter := must(change(nil, new(now.Add(time.Minute))))(t)
		if !shorter.ExpiresAt.Equal(now.Add(time.Minute)) || !shorter.DueAt.Equal(shorter.ExpiresAt) {
			t.Errorf("got %v", shorter)
		}
		must(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: r.token(t, who.Identity.Email)}))(t)
		r.clock.pass(time.Hour)
		if s := must(r.sitting.Sitting(t.Context(), who, row.ID))(t); s.State != sitting.Expired {
			t.Fatalf("got %v", s)
		}
		r.refused(t, "opening what expired", fault.Invalid, func() error { return lastErr(change(&now, nil)) }, "expiresAt")
		longer := must(change(new(r.clock.look().Add(time.Hour)), new(r.clock.look().Add(2*time.Hour))))(t)
		if longer.State != term.Invited || longer.DueAt == nil {
			t.Errorf("got %v", longer)
		}
		r.clock.pass(time.Hour)
		must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: row.ID}))(t)
		r.refused(t, "what was started", fault.Conflict, func() error { return lastErr(change(nil, new(r.clock.look().Add(time.Hour)))) })
	})
}

func TestDecline(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		row, token, who := r.invited(t)
		decline := func(a policy.Actor, in sitting.DeclineInvitationInput) func() error {
			return func() error { return lastErr(r.sitting.Decline(t.Context(), a, in)) }
		}
		byLink := sitting.DeclineInvitationInput{Token: &token, Reason: "another offer"}
		r.refused(t, "neither", fault.Invalid, decline(who, sitting.DeclineInvitationInput{Reason: "x"}), "id")
		r.refused(t, "both", fault.Invalid, decline(who, sitting.DeclineInvitationInput{ID: &row.ID, Token: &token, Reason: "x"}), "id")
		r.refused(t, "no reason", fault.Invalid, decline(who, sitting.DeclineInvitationInput{Token: &token}), "reason")
		r.refused(t, "nobody by id", fault.Unauthenticated, decline(policy.Actor{}, sitting.DeclineInvitationInput{ID: &row.ID, Reason: "x"}))
		r.refused(t, "somebody else by id", fault.NotFound, decline(r.owner, sitting.DeclineInvitationInput{ID: &row.ID, Reason: "x"}))
		r.refused(t, "an unknown link", fault.NotFound, decline(policy.Actor{}, sitting.DeclineInvitationInput{Token: new("unknown"), Reason: "x"}))
		r.refused(t, "an API key", fault.Denied, decline(r.as(policy.Integration), byLink))
		before := r.snapshot(t)
		s := must(r.sitting.Decline(t.Context(), policy.Actor{}, byLink))(t)
		if s.ID != row.ID || s.State != sitting.Declined {
			t.Errorf("got %v", s)
		}
		if diff := gocmp.Diff(map[string]int{"events": 1, "audit_events": 1}, growth(before, r.snapshot(t))); diff != "" {
			t.Error(diff)
		}
		got := must(r.sitting.SessionsByID(t.Context(), r.owner, []gid.ID{row.ID}))(t)[0]
		if got.State != term.Declined || got.EndReason != "another offer" || got.DueAt != nil || got.EndedAt == nil {
			t.Errorf("got %v", got)
		}
		for _, detail := range r.texts(t, "SELECT detail FROM audit_events") {
			if strings.Contains(detail, "another offer") {
				t.Error("the candidate's words are in the audit")
			}
		}
		r.refused(t, "again", fault.Conflict, decline(policy.Actor{}, byLink))
		r.refused(t, "accept", fault.Conflict, func() error {
			return lastErr(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: token}))
		})
		row, token, who = r.invited(t)
		must(r.sitting.Accept(t.Context(), who, sitting.AcceptInvitationInput{Token: token}))(t)
		r.refused(t, "a used link", fault.LinkUsed, decline(policy.Actor{}, sitting.DeclineInvitationInput{Token: &token, Reason: "x"}))
		must(r.sitting.Decline(t.Context(), who, sitting.DeclineInvitationInput{ID: &row.ID, Reason: "x"}))(t)
		r.refused(t, "start what was declined", fault.Conflict, func() error {
			return lastErr(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: row.ID}))
		})
		id, who := r.started(t)
		r.refused(t, "what was started", fault.Conflict, decline(who, sitting.DeclineInvitationInput{ID: &id, Reason: "x"}))
		late, lateToken, _ := r.invited(t)
		r.clock.set(late.ExpiresAt)
		r.refused(t, "what expired", fault.Expired, decline(policy.Actor{}, sitting.DeclineInvitationInput{Token: &lateToken, Reason: "x"}))
	})
}

func TestVoid(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		void := func(id gid.ID, reason string) func() error {
			return func() error {
				return lastErr(r.sitting.Void(t.Context(), r.owner, sitting.VoidSessionInput{ID: id, Reason: reason}))
			}
		}
		id, who := r.submitted(t)
		r.refused(t, "without a reason", fault.Invalid, void(id, ""), "reason")
		got := must(r.sitting.Void(t.Context(), r.owner, sitting.VoidSessionInput{ID: id, Reason: "the fire alarm"}))(t)
		if got.State != term.Voided || got.EndReason != "the fire alarm" || got.EndedAt == nil {
			t.Errorf("got %v", got)
		}
		if s := must(r.sitting.Sitting(t.Context(), who, id))(t); s.State != sitting.Voided || s.Receipt == nil {
			t.Errorf("got %v", s)
		}
		r.refused(t, "again", fault.Conflict, void(id, "x"))
		running, _ := r.started(t)
		r.refused(t, "what runs", fault.Conflict, void(running, "x"))
		waiting, _, _ := r.invited(t)
		r.refused(t, "what waits", fault.Conflict, void(waiting.ID, "x"))
		r.clock.pass(allowed + tenant.EndsAfter + time.Second) // no sweep has seen that its time is over
		ranOut := must(r.sitting.Void(t.Context(), r.owner, sitting.VoidSessionInput{ID: running, Reason: "the fire alarm"}))(t)
		if ranOut.State != term.Voided || !ranOut.EndedAt.Equal(ranOut.StartedAt.Add(allowed)) || len(ranOut.Receipt) == 0 {
			t.Errorf("got %v", ranOut)
		}
		elsewhere := r.limited(r.jobRole(t))
		r.refused(t, "out of sight", fault.NotFound, func() error {
			return lastErr(r.sitting.Void(t.Context(), elsewhere, sitting.VoidSessionInput{ID: id, Reason: "x"}))
		})
	})
}
