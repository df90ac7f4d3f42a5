package tenant_test

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent/auditevent"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// openStore opens a database for a test, by the given clock.
func openStore(t *testing.T, db dbtest.Database, clock tenant.Clock) *tenant.Store {
	t.Helper()
	rules, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	store, err := tenant.Open(tenant.Config{
		URL: db.URL, Policy: rules, Clock: clock, IDs: gid.NewSource(rand.Reader), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

var realTime = tenant.Clock{Now: time.Now}

// found makes an organization and gives its owner.
func found(t *testing.T, store *tenant.Store, slug string) policy.Actor {
	t.Helper()
	org, err := store.Directory().NewOrganization(t.Context(), slug, slug, slug+"@example.com", "Owner of "+slug)
	if err != nil {
		t.Fatal(err)
	}
	member := gid.NewSource(rand.Reader).New(gid.Member, time.Now())
	return policy.Actor{Org: org, ID: member, Roles: []policy.Role{policy.Owner}, Address: "192.0.2.1"}
}

func scopeOf(t *testing.T, store *tenant.Store, actor policy.Actor) tenant.Scope {
	t.Helper()
	scope, err := store.As(t.Context(), actor, policy.SkillWrite)
	if err != nil {
		t.Fatal(err)
	}
	return scope
}

// announce writes one audit event and one outgoing event, and gives the subject.
func announce(t *testing.T, store *tenant.Store, actor policy.Actor) gid.ID {
	t.Helper()
	subject, err := announceIn(t, scopeOf(t, store, actor))
	if err != nil {
		t.Fatal(err)
	}
	return subject
}

func announceIn(t *testing.T, scope tenant.Scope) (gid.ID, error) {
	return tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (gid.ID, error) {
		subject := tx.NewID(gid.Skill)
		return subject, tx.Announce(t.Context(), event.SkillCreated, subject, map[string]string{"b": "<2>", "a": "1"})
	})
}

// sequenceAll repeats Sequence until nothing waits: another database of the server may hold it back for a moment.
func sequenceAll(t *testing.T, store *tenant.Store, db *sql.DB) {
	t.Helper()
	for range 10_000 {
		if _, err := store.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		if count(t, db, "SELECT (SELECT COUNT(*) FROM audit_events WHERE position IS NULL) + (SELECT COUNT(*) FROM events WHERE position IS NULL)") == 0 {
			return
		}
	}
	t.Fatal("something waits for ever")
}

func count(t *testing.T, db *sql.DB, query string) (n int64) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// placed lists the subjects of a table's placed rows in an organization and demands the positions 1, 2, 3 …
func placed(t *testing.T, db *sql.DB, table string, org gid.ID) (subjects []gid.ID) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT position, subject_id FROM "+table+
		" WHERE organization_id = $1 AND position IS NOT NULL ORDER BY position", org)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var (
			position int
			subject  gid.ID
		)
		if err := rows.Scan(&position, &subject); err != nil {
			t.Fatal(err)
		}
		subjects = append(subjects, subject)
		if position != len(subjects) {
			t.Errorf("%s: got position %d, want %d", table, position, len(subjects))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return subjects
}

func TestSequence(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		db := database.Open(t)
		var now time.Time
		store := openStore(t, database, tenant.Clock{Now: func() time.Time { return now }, Own: true})
		now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		one, two := found(t, store, "one"), found(t, store, "two")
		sequenceAll(t, store, db)
		var want []gid.ID
		for range 20 {
			now = now.Add(-time.Hour) // ids follow the clock, places do not
			want = append(want, announce(t, store, one))
			announce(t, store, two)
		}
		sequenceAll(t, store, db)
		t.Run("places follow the commits, whatever the clock says", func(t *testing.T) {
			if diff := cmp.Diff(want, placed(t, db, "events", one.Org)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(want, placed(t, db, "audit_events", one.Org)[1:]); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("each organization counts from one", func(t *testing.T) {
			if got := len(placed(t, db, "events", two.Org)); got != 20 {
				t.Errorf("got %d events, want 20", got)
			}
		})
		t.Run("a repetition changes nothing", func(t *testing.T) {
			before := dump(t, db)
			n, err := store.Sequence(t.Context())
			if n != 0 || err != nil {
				t.Errorf("got %d, %v", n, err)
			}
			if diff := cmp.Diff(before, dump(t, db)); diff != "" {
				t.Error(diff)
			}
		})
	})
}

// dump lists what sequencing writes.
func dump(t *testing.T, db *sql.DB) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT id, position, hash FROM audit_events
		UNION ALL SELECT id, position, NULL FROM events ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var (
			id       gid.ID
			position sql.NullInt64
			hash     []byte
		)
		if err := rows.Scan(&id, &position, &hash); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s %d %x", id, position.Int64, hash))
	}
	return all
}

func TestSequenceTakesAtMost500OfEachTable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		db := database.Open(t)
		store := openStore(t, database, realTime)
		actor := found(t, store, "one")
		sequenceAll(t, store, db)
		_, err := tenant.InTx(t.Context(), scopeOf(t, store, actor), func(tx tenant.Tx) (struct{}, error) {
			for range 501 {
				if err := tx.Announce(t.Context(), event.SkillCreated, tx.NewID(gid.Skill), nil); err != nil {
					return struct{}{}, err
				}
			}
			return struct{}{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for sum, try := 0, 0; sum < 1002 && try < 10_000; try++ {
			n, err := store.Sequence(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if sum += n; n > 0 {
				got = append(got, n)
			}
		}
		if diff := cmp.Diff([]int{1000, 2}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestSequenceWaitsForOlderTransactions holds a transaction open while a younger one commits.
func TestSequenceWaitsForOlderTransactions(t *testing.T) {
	database := dbtest.Postgres(t)
	db := database.Open(t)
	store := openStore(t, database, realTime)
	actor := found(t, store, "one")
	sequenceAll(t, store, db)
	var older, younger gid.ID
	_, err := tenant.InTx(t.Context(), scopeOf(t, store, actor), func(tx tenant.Tx) (struct{}, error) {
		younger = announce(t, store, actor)
		if n, err := store.Sequence(t.Context()); n != 0 || err != nil {
			t.Errorf("got %d, %v; want nothing while an older transaction runs", n, err)
		}
		older = tx.NewID(gid.Skill)
		return struct{}{}, tx.Announce(t.Context(), event.SkillCreated, older, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	sequenceAll(t, store, db)
	if diff := cmp.Diff([]gid.ID{older, younger}, placed(t, db, "events", actor.Org)); diff != "" {
		t.Error(diff)
	}
}

// TestSequenceIsOneProcess holds the lock that a sequencer of another process would hold.
func TestSequenceIsOneProcess(t *testing.T) {
	database := dbtest.Postgres(t)
	db := database.Open(t)
	store := openStore(t, database, realTime)
	found(t, store, "one")
	other, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.ExecContext(t.Context(), "SELECT pg_advisory_xact_lock(7209113544620801)"); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if n, err := store.Sequence(t.Context()); n != 0 || err != nil {
			t.Fatalf("got %d, %v; want nothing beside another sequencer", n, err)
		}
	}
	if err := other.Rollback(); err != nil {
		t.Fatal(err)
	}
	sequenceAll(t, store, db)
}

// TestSequenceRaces runs writers beside two sequencers and a follower, who must never see a place taken behind
// the last one read.
func TestSequenceRaces(t *testing.T) {
	const writers, each = 6, 20
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		db := database.Open(t)
		store := openStore(t, database, realTime)
		actor := found(t, store, "one")
		scope := scopeOf(t, store, actor)
		done := make(chan struct{})
		var writing, sequencing sync.WaitGroup
		for range writers {
			writing.Go(func() {
				for range each {
					if _, err := announceIn(t, scope); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 2 {
			sequencing.Go(func() {
				for {
					if _, err := store.Sequence(t.Context()); err != nil {
						t.Error(err)
						return
					}
					select {
					case <-done:
						return
					default:
					}
				}
			})
		}
		go func() { writing.Wait(); close(done) }()
		var followed []gid.ID
		for running := true; running; {
			select {
			case <-done:
				running = false
			default:
			}
			seen := placed(t, db, "events", actor.Org)
			if len(seen) < len(followed) || !slices.Equal(seen[:len(followed)], followed) {
				t.Error("what was read before has another place now")
			}
			followed = seen
		}
		sequencing.Wait()
		sequenceAll(t, store, db)
		if got := len(placed(t, db, "events", actor.Org)); got != writers*each {
			t.Errorf("got %d events, want %d", got, writers*each)
		}
		state, err := store.VerifyAudit(t.Context())
		if diff := cmp.Diff(tenant.AuditState{Organizations: 1, Chained: writers*each + 1}, state); err != nil || diff != "" {
			t.Error(diff, err)
		}
	})
}

func TestVerifyAudit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		db := database.Open(t)
		store := openStore(t, database, realTime)
		t.Run("an empty database is whole", func(t *testing.T) { verify(t, store, tenant.AuditState{}) })
		one, two := found(t, store, "one"), found(t, store, "two")
		for range 4 {
			announce(t, store, one)
			announce(t, store, two)
		}
		sequenceAll(t, store, db)
		whole := tenant.AuditState{Organizations: 2, Chained: 10}
		t.Run("what nobody touched is whole", func(t *testing.T) { verify(t, store, whole) })
		for name, change := range tamperings(one.Org, two.Org, database.Dialect) {
			t.Run(name+" is found", func(t *testing.T) {
				undo := keep(t, db)
				alter(t, db, change.statements...)
				state, err := store.VerifyAudit(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				want := &tenant.BrokenLink{Organization: one.Org, Position: change.at}
				if diff := cmp.Diff(want, state.BrokenAt); diff != "" {
					t.Error(diff)
				}
				undo()
				verify(t, store, whole)
			})
		}
		t.Run("the unchained tail is told apart", func(t *testing.T) {
			announce(t, store, one)
			announce(t, store, two)
			announce(t, store, two)
			verify(t, store, tenant.AuditState{Organizations: 2, Chained: 10, Unchained: 3})
			sequenceAll(t, store, db)
			verify(t, store, tenant.AuditState{Organizations: 2, Chained: 13})
		})
	})
}

func verify(t *testing.T, store *tenant.Store, want tenant.AuditState) {
	t.Helper()
	got, err := store.VerifyAudit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// tampering is what somebody with access to the database did, and the place at which it shows.
type tampering struct {
	statements []string
	at         int64
}

// tamperings change the chain of one; the third of its five events, where it does not matter which.
func tamperings(one, two gid.ID, name string) map[string]tampering {
	here := fmt.Sprintf(" WHERE organization_id = '%s' AND position = ", one.UUID())
	set := func(assignment string) tampering {
		return tampering{[]string{"UPDATE audit_events SET " + assignment + here + "3"}, 3}
	}
	move := func(from, to string) string { return "UPDATE audit_events SET position = " + to + here + from }
	other := gid.NewSource(rand.Reader).New(gid.AuditEvent, time.Now()).UUID()
	all := map[string]tampering{
		"another id":            set("id = '" + other + "'"),
		"another time":          set("at = '2020-01-01 00:00:00+00:00'"),
		"another actor":         set("actor = 'system'"),
		"another action":        set("action = 'skill.read'"),
		"another subject":       set("subject_id = '" + other + "'"),
		"another detail":        set(`detail = '{"a": "1", "b": "3"}'`),
		"no detail":             set("detail = NULL"),
		"another address":       set("address = '192.0.2.2'"),
		"another request":       set("request_id = 'r'"),
		"another hash":          set("hash = (SELECT hash FROM audit_events" + here + "2)"),
		"no hash":               set("hash = NULL"),
		"no place":              set("position = NULL"),
		"another organization":  {[]string{"UPDATE audit_events SET organization_id = '" + two.UUID() + "', position = 99" + here + "3"}, 3},
		"a deleted first event": {[]string{"DELETE FROM audit_events" + here + "1"}, 1},
		"a deleted event":       {[]string{"DELETE FROM audit_events" + here + "3"}, 3},
		"a gap that was closed": {[]string{"DELETE FROM audit_events" + here + "3", move("4", "3"), move("5", "4")}, 3},
		"another order":         {[]string{move("3", "99"), move("4", "3"), move("99", "4")}, 3},
		"a microsecond more":    set("at = at + interval '1 microsecond'"),
	}
	if name == dialect.SQLite {
		delete(all, "a microsecond more")
		all["a second more"] = set("at = datetime(at, '+1 second') || '+00:00'")
	}
	return all
}

// alter does what nobody may.
func alter(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		result, err := db.ExecContext(t.Context(), statement)
		if err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			t.Fatalf("%s: touched %d rows, %v", statement, n, err)
		}
	}
}

// TestAuditHash computes a link by hand, as somebody who checks an exported audit would.
func TestAuditHash(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, database dbtest.Database) {
		db := database.Open(t)
		at := time.Date(2026, 3, 1, 12, 0, 0, 120_000_000, time.UTC)
		store := openStore(t, database, tenant.Clock{Now: func() time.Time { return at }, Own: true})
		actor := found(t, store, "one")
		for range 3 {
			announce(t, store, actor)
		}
		sequenceAll(t, store, db)
		rows, err := scopeOf(t, store, actor).AuditEvents().Order(auditevent.ByPosition()).All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		byHand := func(i int, who string) []byte {
			text := fmt.Sprintf(`{"organization":%q,"position":%d,"id":%q,"at":"2026-03-01T12:00:00.120000Z","actor":%q,`+
				`"action":"skill.write","subject":%q,"detail":{"a":"1","b":"<2>","event":"skill.created"},"address":"192.0.2.1","request":""}`,
				actor.Org, i+1, rows[i].ID, who, rows[i].SubjectID)
			sum := sha256.Sum256(append(slices.Clone(rows[i-1].Hash), text...))
			return sum[:]
		}
		for i := 1; i < len(rows); i++ {
			if want := byHand(i, actor.ID.String()); !slices.Equal(rows[i].Hash, want) {
				t.Errorf("position %d: got %x, want %x", i+1, rows[i].Hash, want)
			}
		}
		t.Run("a forged event with its own hash made anew shows in the next", func(t *testing.T) {
			_, err := db.ExecContext(t.Context(), "UPDATE audit_events SET actor = 'system', hash = $1 WHERE id = $2", byHand(1, "system"), rows[1].ID)
			if err != nil {
				t.Fatal(err)
			}
			broken := &tenant.BrokenLink{Organization: actor.Org, Position: 3}
			verify(t, store, tenant.AuditState{Organizations: 1, Chained: 2, BrokenAt: broken})
		})
	})
}

// keep copies the audit and gives what puts it back.
func keep(t *testing.T, db *sql.DB) (undo func()) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE kept AS SELECT * FROM audit_events"); err != nil {
		t.Fatal(err)
	}
	return func() {
		alter(t, db, "DELETE FROM audit_events", "INSERT INTO audit_events SELECT * FROM kept")
		if _, err := db.ExecContext(t.Context(), "DROP TABLE kept"); err != nil {
			t.Fatal(err)
		}
	}
}
