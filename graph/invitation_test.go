package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/dbtest"
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
