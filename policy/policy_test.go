package policy_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/policy"
)

var update = flag.Bool("update", false, "rewrite the golden matrix")

const golden = "testdata/matrix.golden"

func load(t testing.TB) *policy.Policy {
	t.Helper()
	p, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestMatrix keeps who may do what in one file that a person can review.
func TestMatrix(t *testing.T) {
	p := load(t)
	var b strings.Builder
	fmt.Fprintf(&b, "%-18s", "action")
	for _, role := range policy.Roles {
		fmt.Fprintf(&b, " %-14s", role)
	}
	b.WriteByte('\n')
	for _, action := range policy.Actions {
		fmt.Fprintf(&b, "%-18s", action)
		for _, role := range policy.Roles {
			mark := "-"
			if p.RoleAllows(role, action) {
				mark = "yes"
			}
			fmt.Fprintf(&b, " %-14s", mark)
		}
		b.WriteByte('\n')
	}
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("the matrix changed; review it and run with -update:\n%s", got)
	}
}

func TestAllows(t *testing.T) {
	p := load(t)
	key := policy.Actor{Org: gid.ID{1}, Roles: []policy.Role{policy.Integration}}
	t.Run("nobody may nothing", func(t *testing.T) {
		for _, action := range policy.Actions {
			if p.Allows(policy.Actor{}, action) {
				t.Errorf("nobody may %s", action)
			}
		}
	})
	t.Run("a key may only what it was granted", func(t *testing.T) {
		if p.Allows(key, policy.SessionInvite) {
			t.Error("an API key without a grant may invite")
		}
		key.Granted = []policy.Action{policy.SessionInvite}
		if !p.Allows(key, policy.SessionInvite) {
			t.Error("an API key with the grant may not invite")
		}
	})
	t.Run("a grant gives a key nothing its role lacks", func(t *testing.T) {
		key.Granted = []policy.Action{policy.AuditRead}
		if p.Allows(key, policy.AuditRead) {
			t.Error("an API key was granted more than its role has")
		}
	})
	t.Run("every rule names a known role and action", func(t *testing.T) {
		rules, err := os.ReadFile("policy.csv")
		if err != nil {
			t.Fatal(err)
		}
		lines, pairs := 0, 0
		for line := range strings.Lines(string(rules)) {
			if strings.HasPrefix(line, "p,") {
				lines++
			}
		}
		for _, role := range policy.Roles {
			for _, action := range policy.Actions {
				if p.RoleAllows(role, action) {
					pairs++
				}
			}
		}
		if lines != pairs {
			t.Errorf("policy.csv has %d rules, of which %d name a known role and action", lines, pairs)
		}
	})
}

func BenchmarkAllows(b *testing.B) {
	p := load(b)
	actor := policy.Actor{Org: gid.ID{1}, Roles: []policy.Role{policy.Analyst, policy.Recruiter}}
	for b.Loop() {
		if !p.Allows(actor, policy.ReportRelease) {
			b.Fatal("denied")
		}
	}
}
