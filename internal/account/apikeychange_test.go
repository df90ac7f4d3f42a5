package account_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

func (r *rig) rotate(t *testing.T, id gid.ID, overlap *time.Duration) (secret string) {
	t.Helper()
	issued, err := r.accounts.RotateAPIKey(t.Context(), r.owner, account.RotateAPIKeyInput{ID: id, Overlap: overlap})
	if err != nil {
		t.Fatal(err)
	}
	return *issued.Secret
}

func (r *rig) revoke(t *testing.T, id gid.ID) *account.APIKey {
	t.Helper()
	key, err := r.accounts.RevokeAPIKey(t.Context(), r.owner, account.RevokeAPIKeyInput{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// work demands which secrets are taken.
func (r *rig) work(t *testing.T, want []bool, secrets ...string) {
	t.Helper()
	var got []bool
	for _, secret := range secrets {
		got = append(got, r.opens(t, secret))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// told lists the events about a key, the oldest first.
func (r *rig) told(t *testing.T, id gid.ID) (events []string) {
	t.Helper()
	page, err := r.accounts.AuditEvents(t.Context(), r.owner, &account.AuditFilter{SubjectID: &id}, tenant.Paging{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range slices.Backward(page.Nodes) {
		events = append(events, row.Detail["event"])
	}
	return events
}

func TestRotateAPIKey(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		t.Run("the old secret goes on for a day", func(t *testing.T) {
			first := r.issued(t, input("a day"))
			second := r.rotate(t, first.Key.ID, nil)
			r.work(t, []bool{true, true}, *first.Secret, second)
			key := r.read(t, first.Key.ID)
			if got := key.PreviousValidUntil.Sub(*key.RotatedAt); got != account.DefaultKeyOverlap {
				t.Errorf("goes on for %s", got)
			}
			r.ahead.Add(int64(account.DefaultKeyOverlap))
			r.work(t, []bool{false, true}, *first.Secret, second)
			if r.read(t, first.Key.ID).PreviousValidUntil != nil {
				t.Error("the old secret is still shown to go on")
			}
		})
		t.Run("the test clock does not end it", func(t *testing.T) {
			first := r.issued(t, input("moved"))
			r.offset.Store(int64(-72 * time.Hour))
			second := r.rotate(t, first.Key.ID, nil)
			r.offset.Store(int64(72 * time.Hour))
			r.work(t, []bool{true, true}, *first.Secret, second)
			r.offset.Store(0)
		})
		t.Run("without an overlap it ends at once", func(t *testing.T) {
			first := r.issued(t, input("at once"))
			second := r.rotate(t, first.Key.ID, new(time.Duration(0)))
			r.work(t, []bool{false, true}, *first.Secret, second)
		})
		t.Run("a second rotation ends the oldest at once", func(t *testing.T) {
			first := r.issued(t, input("twice"))
			second := r.rotate(t, first.Key.ID, nil)
			third := r.rotate(t, first.Key.ID, nil)
			r.work(t, []bool{false, true, true}, *first.Secret, second, third)
		})
		t.Run("the old secret does not outlive the key", func(t *testing.T) {
			in := input("short")
			in.ValidFor = new(time.Hour)
			first := r.issued(t, in)
			second := r.rotate(t, first.Key.ID, nil)
			if key := r.read(t, first.Key.ID); !key.PreviousValidUntil.Equal(*key.ExpiresAt) {
				t.Errorf("goes on until %s, the key until %s", key.PreviousValidUntil, key.ExpiresAt)
			}
			r.ahead.Add(int64(time.Hour))
			r.work(t, []bool{false, false}, *first.Secret, second)
			_, err := r.accounts.RotateAPIKey(t.Context(), r.owner, account.RotateAPIKeyInput{ID: first.Key.ID})
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("rotating it then: got %v, want Conflict", err)
			}
		})
		t.Run("a repetition rotates nothing and gives no secret", func(t *testing.T) {
			first := r.issued(t, input("repeated"))
			in := account.RotateAPIKeyInput{ID: first.Key.ID, IdempotencyKey: new("r")}
			second, err := r.accounts.RotateAPIKey(t.Context(), r.owner, in)
			if err != nil {
				t.Fatal(err)
			}
			again, err := r.accounts.RotateAPIKey(t.Context(), r.owner, in)
			if err != nil || again.Secret != nil || again.Key.ID != first.Key.ID {
				t.Errorf("got %v, %v", again, err)
			}
			r.work(t, []bool{true, true}, *first.Secret, *second.Secret)
			want := []string{string(event.APIKeyCreated), string(event.APIKeyRotated)}
			if diff := cmp.Diff(want, r.told(t, first.Key.ID)); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("an overlap of more than thirty days is invalid", func(t *testing.T) {
			key := r.create(t, "long")
			for _, overlap := range []time.Duration{-1, account.MaxKeyOverlap + 1} {
				_, err := r.accounts.RotateAPIKey(t.Context(), r.owner, account.RotateAPIKeyInput{ID: key.ID, Overlap: &overlap})
				if !fault.Is(err, fault.Invalid) {
					t.Errorf("%s: got %v, want Invalid", overlap, err)
				}
			}
			r.rotate(t, key.ID, new(account.MaxKeyOverlap))
		})
	})
}

func TestRotateAPIKeyOfOthers(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		first := r.issued(t, input("ours"))
		in := account.RotateAPIKeyInput{ID: first.Key.ID}
		if _, err := r.accounts.RotateAPIKey(t.Context(), r.stranger, in); !fault.Is(err, fault.NotFound) {
			t.Errorf("another organization: got %v, want NotFound", err)
		}
		r.refused(t, func(a policy.Actor) error {
			_, err := r.accounts.RotateAPIKey(t.Context(), a, in)
			return err
		})
		if diff := cmp.Diff([]string{string(event.APIKeyCreated)}, r.told(t, first.Key.ID)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRevokeAPIKey(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		first := r.issued(t, input("ends"))
		id, second := first.Key.ID, r.rotate(t, first.Key.ID, nil)
		t.Run("another organization does not find it", func(t *testing.T) {
			_, err := r.accounts.RevokeAPIKey(t.Context(), r.stranger, account.RevokeAPIKeyInput{ID: id})
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("got %v, want NotFound", err)
			}
		})
		r.refused(t, func(a policy.Actor) error {
			_, err := r.accounts.RevokeAPIKey(t.Context(), a, account.RevokeAPIKeyInput{ID: id})
			return err
		})
		r.work(t, []bool{true, true}, *first.Secret, second)
		t.Run("both secrets are refused on the next request", func(t *testing.T) {
			key := r.revoke(t, id)
			r.work(t, []bool{false, false}, *first.Secret, second)
			if key.State != account.APIKeyRevoked || key.RevokedAt == nil || key.PreviousValidUntil != nil {
				t.Errorf("got %v", key)
			}
		})
		t.Run("twice is harmless and tells nothing", func(t *testing.T) {
			was := r.read(t, id)
			if got := r.revoke(t, id); !got.RevokedAt.Equal(*was.RevokedAt) {
				t.Errorf("revoked at %s, then at %s", was.RevokedAt, got.RevokedAt)
			}
			want := []string{string(event.APIKeyCreated), string(event.APIKeyRotated), string(event.APIKeyRevoked)}
			if diff := cmp.Diff(want, r.told(t, id)); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("it cannot be rotated", func(t *testing.T) {
			_, err := r.accounts.RotateAPIKey(t.Context(), r.owner, account.RotateAPIKeyInput{ID: id})
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("got %v, want Conflict", err)
			}
		})
	})
}

// TestSecretsAreNowhere looks for secrets in every row that is written about a key, whatever the column's type.
func TestSecretsAreNowhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		r, db := newRig(t, database), database.Open(t)
		in := input("told")
		in.IdempotencyKey = new("made")
		first := r.issued(t, in)
		second, err := r.accounts.RotateAPIKey(t.Context(), r.owner, account.RotateAPIKeyInput{ID: first.Key.ID, IdempotencyKey: new("rotated")})
		if err != nil {
			t.Fatal(err)
		}
		var traces []string
		for _, secret := range []string{*first.Secret, *second.Secret} {
			traces = append(traces, spellings(secret)...)
		}
		for table, least := range map[string]int{"audit_events": 4, "events": 3, "onces": 2, "river_job": 0, "api_keys": 1} {
			rows, err := db.QueryContext(t.Context(), "SELECT * FROM "+table)
			if err != nil {
				t.Fatal(err)
			}
			columns, err := rows.Columns()
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for ; rows.Next(); found++ {
				values, targets := make([]any, len(columns)), make([]any, len(columns))
				for i := range values {
					targets[i] = &values[i]
				}
				if err := rows.Scan(targets...); err != nil {
					t.Fatal(err)
				}
				search(t, table, columns, values, traces)
			}
			if err := rows.Err(); err != nil || found < least {
				t.Errorf("%s: %d rows, %v", table, found, err)
			}
		}
	})
}

// spellings are the forms in which a secret or its hash could have been written; keys keep the hash, and nothing else.
func spellings(secret string) []string {
	raw, _ := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(secret, "ask_"))
	sum := sha256.Sum256([]byte(secret))
	return []string{
		strings.TrimPrefix(secret, "ask_"), string(raw), hex.EncodeToString(raw),
		string(sum[:]), hex.EncodeToString(sum[:]), base64.StdEncoding.EncodeToString(sum[:]),
	}
}

func search(t *testing.T, table string, columns []string, values []any, traces []string) {
	t.Helper()
	for i, value := range values {
		if table == "api_keys" && strings.HasSuffix(columns[i], "_hash") {
			continue
		}
		text, isBytes := value.([]byte)
		if !isBytes {
			text = fmt.Append(nil, value)
		}
		for _, trace := range traces {
			if bytes.Contains(text, []byte(trace)) {
				t.Errorf("%s.%s holds a secret", table, columns[i])
			}
		}
	}
}
