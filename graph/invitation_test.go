package graph_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

const inviteMany = `mutation($input: InviteCandidatesInput!) { inviteCandidates(input: $input) {
	errors { code message field } results { session { id ownMail state } link errors { code field } } } }`

// many are invitations to a template, each with a key of its own.
func (o *org) many(n int) []any {
	var list []any
	for range n {
		key := o.next("bulk-")
		list = append(list, vars{"templateId": o.quiz, "externalOrderId": key, "candidate": vars{"email": key + "@example.com", "name": o.says(key)}})
	}
	return list
}

func TestInviteMany(t *testing.T) {
	w := newWorld(t, newRig(t, dbtest.SQLite(t), ticking()))
	key := w.a.people["integration"]
	t.Run("one bad row stops no other", func(t *testing.T) {
		list := w.a.many(3)
		list[1].(vars)["candidate"] = vars{"email": "ann@münchen.example", "name": "Ann"}
		list[2].(vars)["ownMail"] = true
		a := w.ask(t, key, inviteMany, vars{"input": vars{"invitations": list}})
		results, _ := reach(a.Data, "inviteCandidates").(map[string]any)["results"].([]any)
		if len(results) != 3 {
			t.Fatalf("got %s", a.body)
		}
		first, bad, own := results[0].(map[string]any), results[1].(map[string]any), results[2].(map[string]any)
		want := []any{map[string]any{"code": "INVALID", "field": []any{"invitations", "1", "candidate", "email"}}}
		if diff := cmp.Diff(want, bad["errors"]); diff != "" || bad["session"] != nil {
			t.Error(diff)
		}
		if first["session"] == nil || first["link"] != nil || own["session"].(map[string]any)["ownMail"] != true {
			t.Errorf("got %s", a.body)
		}
		if link, _ := own["link"].(string); !strings.Contains(link, "/take/") {
			t.Errorf("link %q", link)
		}
	})
	t.Run("five hundred in one request", func(t *testing.T) {
		a := w.ask(t, key, inviteMany, vars{"input": vars{"invitations": w.a.many(500)}})
		results, _ := reach(a.Data, "inviteCandidates").(map[string]any)
		made := 0
		list, _ := results["results"].([]any)
		for _, r := range list {
			if r.(map[string]any)["session"] != nil {
				made++
			}
		}
		if made != 500 {
			t.Errorf("%d were invited: %.500s", made, a.body)
		}
	})
	t.Run("not more", func(t *testing.T) {
		a := w.ask(t, key, inviteMany, vars{"input": vars{"invitations": w.a.many(501)}})
		if got := a.outcome("inviteCandidates.results"); got != "INVALID" {
			t.Errorf("got %s: %.300s", got, a.body)
		}
	})
}

// TestDeclineByLink declines without a sign-in, with the secret alone.
func TestDeclineByLink(t *testing.T) {
	w := newWorld(t, newRig(t, dbtest.SQLite(t), ticking()))
	_, secret := w.a.invited(t, w.a.quiz)
	query := `mutation($input: DeclineInvitationInput!) { declineInvitation(input: $input) { errors { code } sitting { state } } }`
	a := w.ask(t, w.nobody, query, vars{"input": vars{"token": secret, "reason": "another offer"}})
	if got := reach(a.Data, "declineInvitation.sitting.state"); got != "DECLINED" {
		t.Errorf("got %s", a.body)
	}
}

// TestEventFeed polls the feed as an integration does.
func TestEventFeed(t *testing.T) {
	w := newWorld(t, newRig(t, dbtest.SQLite(t), ticking()))
	key := w.a.people["integration"]
	query := `query($after: String, $types: [EventType!]) { organization { events(first: 100, after: $after, types: $types) {
		pageInfo { hasNextPage endCursor } nodes { id type position subjectId } } } }`
	var positions []string
	var after any
	for more := true; more; {
		a := w.ask(t, key, query, vars{"after": after})
		page, _ := reach(a.Data, "organization.events").(map[string]any)
		if page == nil {
			t.Fatalf("got %s", a.body)
		}
		for _, n := range page["nodes"].([]any) {
			positions = append(positions, fmt.Sprint(n.(map[string]any)["position"]))
		}
		info := page["pageInfo"].(map[string]any)
		more, after = info["hasNextPage"].(bool), info["endCursor"]
	}
	for i, p := range positions {
		if p != fmt.Sprint(i+1) {
			t.Fatalf("event %d stands at %s", i+1, p)
		}
	}
	a := w.ask(t, key, query, vars{"types": []string{"report.released"}})
	if got := reach(a.Data, "organization.events.nodes.subjectId"); got != w.a.report.String() {
		t.Errorf("got %s", a.body)
	}
	for name, variables := range map[string]vars{
		"a misspelt type": {"types": []string{"report.relaesed"}}, "a forged cursor": {"after": "forged"},
	} {
		if a := w.ask(t, key, query, variables); len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "BAD_USER_INPUT" {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

// invitationOperations are the operations of invitations, of coming back and of the feed.
func invitationOperations() []operation {
	waiting := func(name string, needs policy.Action, ask func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error) operation {
		op := writes(name, needs, func(t *testing.T, o *org, _ *person) call {
			row, _ := o.invited(t, o.quiz)
			return func(ctx context.Context, who policy.Actor) error { return ask(ctx, o, who, row.ID) }
		})
		op.bound = true
		return op
	}
	void := writes("sitting.Void", policy.SessionCancel, func(t *testing.T, o *org, _ *person) call {
		id := o.sat(t, o.quiz).ID
		return func(ctx context.Context, who policy.Actor) error {
			return done(o.sittings.Void(ctx, who, sitting.VoidSessionInput{ID: id, Reason: "the room was on fire"}))
		}
	})
	void.bound = true
	invitation := func(o *org) sitting.InviteCandidateInput {
		key := o.next("person")
		return sitting.InviteCandidateInput{TemplateID: o.quiz, IdempotencyKey: &key, Candidate: sitting.CandidateInput{Email: key + "@example.com", Name: "Person"}}
	}
	one := writes("sitting.InviteCandidate", policy.SessionInvite, func(_ *testing.T, o *org, _ *person) call {
		in := invitation(o)
		return func(ctx context.Context, who policy.Actor) error {
			return done(o.sittings.InviteCandidate(ctx, who, in))
		}
	})
	many := writes("sitting.InviteCandidates", policy.SessionInvite, func(_ *testing.T, o *org, _ *person) call {
		in := invitation(o)
		return func(ctx context.Context, who policy.Actor) error {
			return firstOf(o.sittings.InviteCandidates(ctx, who, sitting.InviteCandidatesInput{Invitations: []*sitting.InviteCandidateInput{&in}}))
		}
	})
	one.bound, many.bound = true, true
	enter := takes("sitting.Enter", func(t *testing.T, o *org, _ *person) call {
		_, secret := o.invited(t, o.quiz)
		return func(ctx context.Context, who policy.Actor) error { return done(o.sittings.Enter(ctx, who, secret)) }
	})
	enter.alien = string(fault.Conflict)
	nobodys := map[string]string{"nobody": notFound, "candidate": notFound, "integration": denied, "system": denied}
	for _, name := range names() {
		nobodys[name] = notFound
	}
	unknown := fixed(func(ctx context.Context, o *org, who policy.Actor) error {
		return done(o.sittings.ComeBack(ctx, who, "unknown"))
	})
	return []operation{
		one, many, void, enter,
		waiting("sitting.Remind", policy.SessionInvite, func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.Remind(ctx, who, sitting.RemindCandidateInput{ID: id}))
		}),
		waiting("sitting.Resend", policy.SessionInvite, func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.Resend(ctx, who, sitting.ResendInvitationInput{ID: id}))
		}),
		waiting("sitting.ChangeInvitation", policy.SessionInvite, func(ctx context.Context, o *org, who policy.Actor, id gid.ID) error {
			return done(o.sittings.ChangeInvitation(ctx, who, sitting.ChangeInvitationInput{ID: id, ExpiresAt: new(id.Time().Add(48 * time.Hour))}))
		}),
		takes("sitting.Decline", func(t *testing.T, o *org, _ *person) call {
			id := o.accepted(t, o.quiz).ID
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.sittings.Decline(ctx, who, sitting.DeclineInvitationInput{ID: &id, Reason: "another offer"}))
			}
		}),
		{row: row{name: "sitting.ComeBack", except: nobodys}, ready: unknown},
		{row: row{name: "sitting.LookAtLink", open: public}, ready: fixed(func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.sittings.LookAtLink(ctx, who, "unknown"))
		})},
		reads("sitting.SendSignInLink", policy.MailSend, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return o.sittings.SendSignInLink(ctx, who, o.running)
		}),
		lists("account.Events", policy.EventRead, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.accounts.Events(ctx, who, nil, tenant.Paging{}))
		}),
		reads("account.EventsByID", policy.EventRead, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.accounts.EventsByID(ctx, who, []gid.ID{o.happened}))
		}),
	}
}

// firstOf is what came of the first of several invitations. A template that is not visible is a fault of its row.
func firstOf(results []*sitting.InvitationResult, err error) error {
	if err != nil || len(results[0].Faults) == 0 {
		return err
	}
	return fault.New(fault.NotFound, results[0].Faults[0].Message)
}
