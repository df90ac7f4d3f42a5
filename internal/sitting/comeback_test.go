package sitting_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// byLink lets the organization's links sign candidates in.
func (r *rig) byLink(t testing.TB, on bool) {
	t.Helper()
	must(account.New(r.store, nil).UpdateOrganization(t.Context(), r.owner, account.UpdateOrganizationInput{LinkSignIn: &on}))(t)
}

// linked is the actor of who came by a link.
func linked(e *sitting.Entry) policy.Actor { return policy.Actor{Identity: *e.Identity} }

func TestEnter(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		row, token, who := r.invited(t)
		enter := func(a policy.Actor, token string) error { return lastErr(r.sitting.Enter(t.Context(), a, token)) }
		r.refused(t, "without the setting", fault.Unauthenticated, func() error { return enter(policy.Actor{}, token) })
		r.byLink(t, true)
		r.refused(t, "an unknown link", fault.NotFound, func() error { return enter(policy.Actor{}, "unknown") })
		r.refused(t, "an API key", fault.Denied, func() error { return enter(r.as(policy.Integration), token) })
		r.refused(t, "somebody else who signed in", fault.Conflict, func() error { return enter(r.owner, token) })
		before := r.snapshot(t)
		in := must(r.sitting.Enter(t.Context(), policy.Actor{}, token))(t)
		if diff := gocmp.Diff(map[string]int{"bindings": 1, "events": 1, "audit_events": 1}, growth(before, r.snapshot(t))); diff != "" {
			t.Error(diff)
		}
		id := in.Identity
		if in.Sitting.ID != row.ID || id.Issuer != policy.LinkIssuer || id.Subject != row.CandidateID.String() || id.EmailVerified {
			t.Errorf("got %+v", in)
		}
		if err := r.unchanged(t, "the same browser again", func() error { return enter(linked(in), token) }); err != nil {
			t.Error(err)
		}
		r.refused(t, "another browser", fault.LinkUsed, func() error { return enter(policy.Actor{}, token) })
		r.refused(t, "the provider's sign-in afterwards", fault.LinkUsed, func() error { return enter(who, token) })
		t.Run("sees their own sittings and nothing else", func(t *testing.T) {
			other, _ := r.accepted(t)
			if err := lastErr(r.sitting.Sitting(t.Context(), linked(in), other)); !fault.Is(err, fault.NotFound) {
				t.Errorf("another's sitting: %v", err)
			}
			for name, err := range map[string]error{
				"sessions":   lastErr(r.sitting.SessionsByID(t.Context(), linked(in), []gid.ID{row.ID})),
				"candidates": lastErr(r.sitting.CandidatesByID(t.Context(), linked(in), []gid.ID{row.CandidateID})),
			} {
				if !fault.Is(err, fault.Denied) {
					t.Errorf("%s: %v", name, err)
				}
			}
			resolved := must(r.store.Directory().Resolve(t.Context(), *id, ""))(t)
			if !resolved.Org.IsZero() || len(resolved.Roles) != 0 {
				t.Errorf("a link makes a member: %v", resolved)
			}
			must(r.sitting.Start(t.Context(), linked(in), sitting.StartSittingInput{ID: row.ID}))(t)
			must(r.sitting.SaveResponse(t.Context(), linked(in), save(row.ID, 0, "k", "t")))(t)
		})
		t.Run("a second invitation is accepted by who came by the first", func(t *testing.T) {
			invitation := r.invitation(who.Identity.Email)
			must(r.sitting.Invite(t.Context(), r.owner, invitation))(t)
			must(r.sitting.Accept(t.Context(), linked(in), sitting.AcceptInvitationInput{Token: r.token(t, who.Identity.Email)}))(t)
			_, foreign, _ := r.invited(t)
			r.refused(t, "another's", fault.Conflict, func() error {
				return lastErr(r.sitting.Accept(t.Context(), linked(in), sitting.AcceptInvitationInput{Token: foreign}))
			})
		})
		t.Run("a link that was sent anew works, the old one is dead", func(t *testing.T) {
			row, old, who := r.invited(t)
			must(r.sitting.Enter(t.Context(), policy.Actor{}, old))(t)
			must(r.sitting.Resend(t.Context(), r.owner, sitting.ResendInvitationInput{ID: row.ID}))(t)
			r.refused(t, "the old link", fault.NotFound, func() error { return enter(policy.Actor{}, old) })
			if err := enter(policy.Actor{}, r.token(t, who.Identity.Email)); err != nil {
				t.Error(err)
			}
		})
		t.Run("a sign-in with the provider goes on beside it", func(t *testing.T) {
			_, token, who := r.invited(t)
			if e := must(r.sitting.Enter(t.Context(), who, token))(t); e.Identity != nil {
				t.Errorf("got %v", e)
			}
		})
		late, expired, _ := r.invited(t)
		r.clock.set(late.ExpiresAt)
		r.refused(t, "at its end", fault.Expired, func() error { return enter(policy.Actor{}, expired) })
	})
}

func TestAHundredHoldersOfOneLinkAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.byLink(t, true)
		_, token, _ := r.invited(t)
		won := r.hundred(t, func() error { return lastErr(r.sitting.Enter(t.Context(), policy.Actor{}, token)) })
		if bindings := r.texts(t, "SELECT id FROM bindings"); won != 1 || len(bindings) != 1 {
			t.Errorf("%d got in, %d bindings", won, len(bindings))
		}
	})
}

// hundred runs a call a hundred times at once, counts how often it went well and demands LinkUsed of all others.
func (r *rig) hundred(t *testing.T, call func() error) (won int) {
	t.Helper()
	errs := make([]error, 100)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { errs[i] = call() })
	}
	all.Wait()
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !fault.Is(err, fault.LinkUsed):
			t.Errorf("got %v, want LinkUsed", err)
		}
	}
	return won
}

func TestComeBack(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		worker := policy.Worker(r.owner.Org)
		send := func(id gid.ID) func() error {
			return func() error { return r.sitting.SendSignInLink(t.Context(), worker, id) }
		}
		secret := func(email string) string {
			t.Helper()
			text := r.texts(t, "SELECT text FROM mails WHERE kind = 'SIGN_IN' AND recipient = '"+email+"' ORDER BY id DESC")[0]
			_, rest, _ := strings.Cut(text, "https://assay.test/take/in/")
			token, _, _ := strings.Cut(rest, "\n")
			return token
		}
		back := func(token string) func() error {
			return func() error { return lastErr(r.sitting.ComeBack(t.Context(), policy.Actor{}, token)) }
		}
		id, who := r.started(t)
		r.denied(t, policy.MailSend, func(a policy.Actor) error { return r.sitting.SendSignInLink(t.Context(), a, id) })
		if err := r.unchanged(t, "without the setting", send(id)); err != nil {
			t.Error(err)
		}
		if found := r.returning(t, who.Identity.Email); len(found) != 0 {
			t.Errorf("without the setting: got %v", found)
		}
		r.byLink(t, true)
		found := r.returning(t, who.Identity.Email)
		if len(found) != 1 || found[0].Session != id || found[0].Organization != r.owner.Org {
			t.Fatalf("got %v", found)
		}
		if found := r.returning(t, "nobody@example.com"); len(found) != 0 {
			t.Errorf("got %v", found)
		}
		before := r.snapshot(t)
		if err := send(id)(); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(map[string]int{"sign_in_links": 1, "mails": 1, "river_job": 1, "audit_events": 1}, growth(before, r.snapshot(t))); diff != "" {
			t.Error(diff)
		}
		token := secret(who.Identity.Email)
		if len(token) != 43 || strings.Contains(strings.Join(r.snapshot(t)["sign_in_links"], ""), token) {
			t.Errorf("token %q", token)
		}
		r.refused(t, "an unknown link", fault.NotFound, back("unknown"))
		r.refused(t, "an API key", fault.Denied, func() error { return lastErr(r.sitting.ComeBack(t.Context(), r.as(policy.Integration), token)) })
		in := must(r.sitting.ComeBack(t.Context(), policy.Actor{}, token))(t)
		if in.Sitting.ID != id || in.Sitting.State != sitting.InProgress || in.Identity.Issuer != policy.LinkIssuer {
			t.Errorf("got %+v", in)
		}
		must(r.sitting.SaveResponse(t.Context(), linked(in), save(id, 0, "k", "t")))(t)
		must(r.sitting.SaveResponse(t.Context(), who, save(id, 1, "l", "u")))(t) // both sign-ins are theirs
		r.refused(t, "twice", fault.LinkUsed, back(token))

		t.Run("within a quarter of an hour, five times an hour", func(t *testing.T) {
			if err := send(id)(); err != nil {
				t.Fatal(err)
			}
			late := secret(who.Identity.Email)
			r.clock.pass(sitting.SignInValidity)
			r.refused(t, "late", fault.Expired, back(late))
			for range 3 {
				if err := send(id)(); err != nil {
					t.Fatal(err)
				}
			}
			if err := r.unchanged(t, "a sixth", send(id)); err != nil {
				t.Error(err)
			}
			r.clock.pass(sitting.SignInSpan)
			if err := send(id)(); err != nil {
				t.Fatal(err)
			}
			if n := len(r.texts(t, "SELECT id FROM sign_in_links")); n != 6 {
				t.Errorf("%d links", n)
			}
		})
		t.Run("to what was not opened yet", func(t *testing.T) {
			row, token, who := r.invited(t)
			if err := send(row.ID)(); err != nil {
				t.Fatal(err)
			}
			in := must(r.sitting.ComeBack(t.Context(), policy.Actor{}, secret(who.Identity.Email)))(t)
			if in.Sitting.ID != row.ID {
				t.Errorf("got %v", in)
			}
			r.refused(t, "the invitation's link afterwards", fault.LinkUsed, func() error { return lastErr(r.sitting.Enter(t.Context(), policy.Actor{}, token)) })
		})
		t.Run("a hundred at once, one gets in", func(t *testing.T) {
			id, who := r.started(t)
			if err := send(id)(); err != nil {
				t.Fatal(err)
			}
			token := secret(who.Identity.Email)
			if won := r.hundred(t, back(token)); won != 1 {
				t.Errorf("%d got in", won)
			}
		})
		t.Run("not to what is withdrawn", func(t *testing.T) {
			id, who := r.started(t)
			if err := send(id)(); err != nil {
				t.Fatal(err)
			}
			must(r.sitting.Cancel(t.Context(), r.owner, sitting.CancelSessionInput{ID: id, Reason: "x"}))(t)
			r.refused(t, "a link from before", fault.Conflict, back(secret(who.Identity.Email)))
			if err := r.unchanged(t, "a new link", send(id)); err != nil {
				t.Error(err)
			}
		})
		t.Run("no longer when the setting is gone", func(t *testing.T) {
			id, who := r.started(t)
			if err := send(id)(); err != nil {
				t.Fatal(err)
			}
			r.byLink(t, false)
			r.refused(t, "the link", fault.Unauthenticated, back(secret(who.Identity.Email)))
		})
	})
}

// returning are the sessions that an address may come back to.
func (r *rig) returning(t *testing.T, address string) []tenant.Due {
	t.Helper()
	return must(r.store.Directory().Returning(t.Context(), address, sitting.MaxSignInLinks, sitting.SignInSpan))(t)
}

// TestFiveLinksAnHourForAnAddress counts over every organization that invited somebody.
func TestFiveLinksAnHourForAnAddress(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.started(t)
		there := &rig{base: r.base, authoring: r.authoring, sitting: r.sitting}
		there.ours(t, func() { // the other organization invites the same address
			for _, kind := range []term.QuestionKind{term.SingleChoice, term.MultipleChoice, term.Numeric, term.ShortText, term.LongText} {
				there.questions = append(there.questions, there.question(t, kind))
			}
			there.template = there.publish(t, there.draft(t, there.jobRole(t)))
			must(r.sitting.Invite(t.Context(), r.owner, there.invitation(who.Identity.Email)))(t)
			r.byLink(t, true)
		})
		r.byLink(t, true)
		for n := range sitting.MaxSignInLinks - 1 {
			if found := r.returning(t, who.Identity.Email); len(found) != 2 {
				t.Errorf("after %d links: got %v", n, found)
			}
			if err := r.sitting.SendSignInLink(t.Context(), policy.Worker(r.owner.Org), id); err != nil {
				t.Fatal(err)
			}
		}
		if found := r.returning(t, who.Identity.Email); len(found) != 1 || found[0].Session != id {
			t.Errorf("with one left: got %v", found)
		}
		if err := r.sitting.SendSignInLink(t.Context(), policy.Worker(r.owner.Org), id); err != nil {
			t.Fatal(err)
		}
		if found := r.returning(t, who.Identity.Email); len(found) != 0 {
			t.Errorf("with none left: got %v", found)
		}
		r.clock.pass(sitting.SignInSpan)
		if found := r.returning(t, who.Identity.Email); len(found) != 2 {
			t.Errorf("an hour later: got %v", found)
		}
	})
}

// TestLinksOfAnOrganization sends as many as one organization may within an hour.
func TestLinksOfAnOrganization(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.byLink(t, true)
		id, _ := r.started(t)
		other, _ := r.started(t)
		worker := policy.Worker(r.owner.Org)
		scope := must(r.store.As(t.Context(), worker, policy.MailSend))(t)
		send := func() error { return r.sitting.SendSignInLink(t.Context(), worker, id) }
		must(tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (_ struct{}, err error) {
			for i := range sitting.MaxOrganizationLinks - 1 {
				link := tx.NewSignInLink().SetSessionID(other).SetHash([]byte{byte(i), byte(i >> 8)}).SetExpiresAt(tx.Now)
				err = errors.Join(err, link.Exec(t.Context()))
			}
			return struct{}{}, err
		}))(t)
		if err := send(); err != nil {
			t.Fatal(err)
		}
		if n := len(r.texts(t, "SELECT id FROM sign_in_links")); n != sitting.MaxOrganizationLinks {
			t.Errorf("%d links", n)
		}
		if err := r.unchanged(t, "one more", send); err != nil {
			t.Error(err)
		}
		r.clock.pass(sitting.SignInSpan)
		if err := send(); err != nil {
			t.Fatal(err)
		}
		if n := len(r.texts(t, "SELECT id FROM sign_in_links")); n != sitting.MaxOrganizationLinks+1 {
			t.Errorf("an hour later: %d links", n)
		}
		r.clock.pass(24*time.Hour - time.Second)
		for _, want := range []int{1, 0} {
			if err := r.store.Tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := len(r.texts(t, "SELECT id FROM sign_in_links")); n != want {
				t.Errorf("tidied: %d links, want %d", n, want)
			}
			r.clock.pass(2 * time.Second)
		}
	})
}

// TestSessionsOfLinks asks who is signed in by a link at their next request.
func TestSessionsOfLinks(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.byLink(t, true)
		_, token, _ := r.invited(t)
		who := *must(r.sitting.Enter(t.Context(), policy.Actor{}, token))(t).Identity
		resolve := func(who policy.Identity, slug string) (policy.Actor, error) {
			return r.store.Directory().Resolve(t.Context(), who, slug)
		}
		if got := must(resolve(who, ""))(t); got.Identity != who || !got.Org.IsZero() {
			t.Errorf("got %+v", got)
		}
		if _, err := resolve(who, "demo"); !fault.Is(err, fault.NotFound) {
			t.Errorf("in an organization: got %v", err)
		}
		nobody := who
		nobody.Subject = gid.ID{}.String()
		if got, err := resolve(nobody, ""); err == nil && !got.IsNobody() {
			t.Errorf("without a candidate: got %+v", got)
		}
		r.byLink(t, false)
		if got := must(resolve(who, ""))(t); !got.IsNobody() {
			t.Errorf("without the setting: got %+v", got)
		}
	})
}

// ours does something as if the other organization were the first.
func (r *rig) ours(t *testing.T, do func()) {
	t.Helper()
	r.owner, r.stranger = r.stranger, r.owner
	defer func() { r.owner, r.stranger = r.stranger, r.owner }()
	do()
}

func TestReturningPrefersWhatIsUnderWay(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.byLink(t, true)
		id, who := r.started(t)
		r.clock.pass(time.Second)
		must(r.sitting.Invite(t.Context(), r.owner, r.invitation(who.Identity.Email)))(t)
		if found := r.returning(t, who.Identity.Email); len(found) != 1 || found[0].Session != id {
			t.Errorf("got %v", found)
		}
	})
}

func TestMailSpeaksTheLanguageOfTheSession(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.byLink(t, true)
		email := r.email()
		in := r.invitation(email)
		in.Language, in.TimeZone = new("de"), new("Europe/Berlin")
		row := must(r.sitting.Invite(t.Context(), r.owner, in))(t)
		must(r.sitting.Remind(t.Context(), r.owner, sitting.RemindCandidateInput{ID: row.ID}))(t)
		if err := r.sitting.SendSignInLink(t.Context(), policy.Worker(r.owner.Org), row.ID); err != nil {
			t.Fatal(err)
		}
		for kind, want := range map[term.MailKind][]string{
			term.MailInvitation: {"Der Link meldet Sie einmal als " + email + " an.", "vor dem 04.03.2026, 13:00 Uhr (CET)"},
			term.MailReminder:   {"noch nicht gestartet", "https://assay.test/take\n"},
			term.MailSignIn:     {"15 Minuten lang: https://assay.test/take/in/"},
		} {
			text := r.texts(t, "SELECT text FROM mails WHERE recipient = '"+email+"' AND kind = '"+string(kind)+"'")[0]
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("%s: %q is missing in %s", kind, w, text)
				}
			}
			if strings.Contains(text, "%!") {
				t.Errorf("%s: %s", kind, text)
			}
		}
	})
}
