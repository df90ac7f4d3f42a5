package tenant_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/skill"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// addSkill writes a row, its audit event, its outgoing event and a job.
func addSkill(ctx context.Context, tx tenant.Tx, name string) (gid.ID, error) {
	row, err := tx.NewSkill().SetName(name).SetNameKey(name).SetDescription("").Save(ctx)
	if err != nil {
		return gid.ID{}, err
	}
	if err := tx.Enqueue(ctx, job.SendMail{OrganizationID: tx.Organization(), MailID: row.ID}); err != nil {
		return gid.ID{}, err
	}
	return row.ID, tx.Announce(ctx, event.SkillCreated, row.ID, nil)
}

func TestInTx(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		db := database.Open(t)
		store := openStore(t, database, realTime)
		scope := scopeOf(t, store, found(t, store, "one"))
		written := func(t *testing.T) int64 {
			t.Helper()
			return count(t, db, `SELECT (SELECT COUNT(*) FROM skills) + (SELECT COUNT(*) FROM audit_events)
				+ (SELECT COUNT(*) FROM events) + (SELECT COUNT(*) FROM river_job)`)
		}
		t.Run("what it wrote is there together", func(t *testing.T) {
			before := written(t)
			id, err := tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (gid.ID, error) { return addSkill(t.Context(), tx, "kept") })
			if err != nil {
				t.Fatal(err)
			}
			if _, err := scope.Skills().Where(skill.ID(id)).Only(t.Context()); err != nil {
				t.Error(err)
			}
			if got := written(t) - before; got != 4 {
				t.Errorf("got %d rows, want 4", got)
			}
		})
		t.Run("an error leaves nothing", func(t *testing.T) {
			before, broken := written(t), errors.New("broken")
			_, err := tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (gid.ID, error) {
				if _, err := addSkill(t.Context(), tx, "lost"); err != nil {
					t.Error(err)
				}
				return gid.ID{}, broken
			})
			if !errors.Is(err, broken) || written(t) != before {
				t.Errorf("got %v and %d rows", err, written(t)-before)
			}
		})
		t.Run("a panic leaves nothing", func(t *testing.T) {
			before := written(t)
			func() {
				defer func() { _ = recover() }()
				_, _ = tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (gid.ID, error) {
					_, err := addSkill(t.Context(), tx, "lost")
					t.Log(err)
					panic("broken")
				})
			}()
			if got := written(t) - before; got != 0 {
				t.Errorf("got %d rows", got)
			}
		})
		t.Run("a cancelled caller leaves nothing", func(t *testing.T) {
			before := written(t)
			ctx, cancel := context.WithCancel(t.Context())
			_, err := tenant.InTx(ctx, scope, func(tx tenant.Tx) (gid.ID, error) {
				id, err := addSkill(ctx, tx, "lost")
				cancel()
				return id, err
			})
			if err == nil || written(t) != before {
				t.Errorf("got %v and %d rows", err, written(t)-before)
			}
		})
		t.Run("one inside another is refused", func(t *testing.T) {
			_, err := tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (gid.ID, error) {
				return tenant.InTx(t.Context(), tx.Scope, func(tenant.Tx) (gid.ID, error) {
					t.Error("the inner one ran")
					return gid.ID{}, nil
				})
			})
			if err == nil || !strings.Contains(err.Error(), "inside a transaction") {
				t.Errorf("got %v", err)
			}
		})
	})
}

// TestWriteOutside tries what code without a transaction could try.
func TestWriteOutside(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		db := database.Open(t)
		store := openStore(t, database, realTime)
		scope := scopeOf(t, store, found(t, store, "one"))
		id, err := tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (gid.ID, error) { return addSkill(t.Context(), tx, "kept") })
		if err != nil {
			t.Fatal(err)
		}
		row, err := scope.Skills().Where(skill.ID(id)).Only(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		tries := map[string]func(ctx context.Context) error{
			"an entity's own update": func(ctx context.Context) error { return row.Update().SetName("changed").Exec(ctx) },
		}
		for _, text := range []string{
			"UPDATE skills SET name = 'changed' WHERE organization_id = @org RETURNING id",
			" \n\tupdate skills SET name = 'changed' WHERE organization_id = @org RETURNING id",
			"INSERT INTO organizations (id, slug, name, created_at) SELECT @id, 'x', 'x', created_at FROM organizations WHERE id = @org RETURNING id",
			"DELETE FROM skills WHERE organization_id = @org RETURNING id",
			"WITH changed AS (UPDATE skills SET name = 'changed' WHERE organization_id = @org RETURNING id) SELECT id FROM changed",
		} {
			tries[text] = func(ctx context.Context) error {
				rows, err := scope.Query(ctx, text, tenant.Args{"id": gid.ID{1}})
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
				}
				return rows.Err()
			}
		}
		for name, try := range tries {
			if err := try(t.Context()); err == nil {
				t.Errorf("%s: was done", name)
			}
		}
		if count(t, db, "SELECT COUNT(*) FROM skills WHERE name = 'kept'") != 1 || count(t, db, "SELECT COUNT(*) FROM organizations") != 1 {
			t.Error("something changed")
		}
	})
}

func TestOnce(t *testing.T) {
	type input struct{ Name string }
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		store := openStore(t, database, realTime)
		one := found(t, store, "one")
		var ran atomic.Int64
		try := func(scope tenant.Scope, key string, in input) (gid.ID, error) {
			return tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (gid.ID, error) {
				return tenant.Once(t.Context(), tx, &key, in, func() (gid.ID, error) {
					ran.Add(1)
					return addSkill(t.Context(), tx, in.Name)
				})
			})
		}
		scope := scopeOf(t, store, one)
		first, err := try(scope, "key", input{"first"})
		if err != nil {
			t.Fatal(err)
		}
		t.Run("the same key and input give the first result", func(t *testing.T) {
			before := ran.Load()
			again, err := try(scope, "key", input{"first"})
			if again != first || err != nil || ran.Load() != before {
				t.Errorf("got %v, %v and ran %d more; want %v", again, err, ran.Load()-before, first)
			}
		})
		t.Run("another input is a mismatch", func(t *testing.T) {
			before := ran.Load()
			if _, err := try(scope, "key", input{"other"}); !fault.Is(err, fault.IdempotencyMismatch) || ran.Load() != before {
				t.Errorf("got %v and ran %d more", err, ran.Load()-before)
			}
		})
		t.Run("a failure does not use the key up", func(t *testing.T) {
			if _, err := try(scope, "again", input{"first"}); !ent.IsConstraintError(err) {
				t.Errorf("got %v, want a taken name", err)
			}
			if _, err := try(scope, "again", input{"second"}); err != nil {
				t.Error(err)
			}
		})
		t.Run("the key is the actor's and the action's own", func(t *testing.T) {
			elsewhere := scopeOf(t, store, found(t, store, "two"))
			colleague := one
			colleague.ID = gid.ID{7: byte(gid.Member), 15: 1}
			other, err := store.As(t.Context(), one, policy.QuestionWrite)
			if err != nil {
				t.Fatal(err)
			}
			for name, scope := range map[string]tenant.Scope{
				"organization": elsewhere, "actor": scopeOf(t, store, colleague), "action": other,
			} {
				if id, err := try(scope, "key", input{name}); err != nil || id == first {
					t.Errorf("another %s: got %v, %v", name, id, err)
				}
			}
		})
		t.Run("a key that is none is Invalid", func(t *testing.T) {
			for _, key := range []string{"", strings.Repeat("k", tenant.MaxKey+1), "\x00", "\xff"} {
				if _, err := try(scope, key, input{"none"}); !fault.Is(err, fault.Invalid) {
					t.Errorf("%.5q: got %v", key, err)
				}
			}
			if _, err := try(scope, strings.Repeat("k", tenant.MaxKey), input{"longest"}); err != nil {
				t.Error(err)
			}
		})
		t.Run("without a key it simply runs", func(t *testing.T) {
			before := ran.Load()
			for _, name := range []string{"x", "y"} {
				_, err := tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (gid.ID, error) {
					return tenant.Once(t.Context(), tx, nil, input{}, func() (gid.ID, error) {
						ran.Add(1)
						return addSkill(t.Context(), tx, name)
					})
				})
				if err != nil {
					t.Error(err)
				}
			}
			if ran.Load() != before+2 {
				t.Errorf("ran %d times", ran.Load()-before)
			}
		})
	})
}

// TestOnceRaces sends one request several times at once.
func TestOnceRaces(t *testing.T) {
	const rounds, rivals = 10, 4
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		db := database.Open(t)
		store := openStore(t, database, realTime)
		scope := scopeOf(t, store, found(t, store, "one"))
		for round := range rounds {
			key, ids, start := string(rune('a'+round)), make([]gid.ID, rivals), make(chan struct{})
			var group sync.WaitGroup
			for i := range rivals {
				group.Go(func() {
					<-start
					id, err := tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (gid.ID, error) {
						return tenant.Once(t.Context(), tx, &key, key, func() (gid.ID, error) { return addSkill(t.Context(), tx, key) })
					})
					if err != nil {
						t.Error(err)
					}
					ids[i] = id
				})
			}
			close(start)
			group.Wait()
			for _, id := range ids {
				if id != ids[0] || id.IsZero() {
					t.Errorf("got %v", ids)
					break
				}
			}
		}
		for _, table := range []string{"skills", "events", "river_job"} {
			if got := count(t, db, "SELECT COUNT(*) FROM "+table); got != rounds {
				t.Errorf("%s: got %d rows, want %d", table, got, rounds)
			}
		}
	})
}
