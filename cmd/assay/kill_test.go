package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/migration"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// killCycles is how often the server is killed on each database; ASSAY_KILL_CYCLES says another number.
func killCycles(t *testing.T) int {
	t.Helper()
	if text := os.Getenv("ASSAY_KILL_CYCLES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("ASSAY_KILL_CYCLES: %q is no number of kills", text)
		}
		return n
	}
	if os.Getenv("CI") == "true" {
		return 100
	}
	return 20
}

// TestKilled kills the server again and again while answers are saved, and demands that no acknowledged answer is
// lost and none is stored twice.
func TestKilled(t *testing.T) {
	binary, cycles := buildBinary(t), killCycles(t)
	eachDatabase(t, dbtest.DurablePostgres, func(t *testing.T, database string) {
		s := newSite(t, binary, database)
		if database == "" {
			database = "sqlite:" + filepath.Join(s.folder, "data", "assay.db")
		}
		foundDemo(t, database)
		s.start(t, "--no-work")
		st := newLongStage(t, s)
		savers := st.savers(t)
		began := time.Now()
		for i := range cycles {
			savers.saveUntilKilled(t, int64(1+i%5)*longQuestions)
			s.start(t, "--no-work")
			savers.compare(t)
		}
		took := time.Since(began)
		savers.saveWhatIsOpen(t)
		savers.compare(t)
		s.stop(t)
		acknowledged := savers.count(t, database)
		t.Logf("%d kills in %v: %d answers acknowledged, %d saves sent again, %d of which had been stored", cycles,
			took.Round(time.Millisecond), acknowledged, savers.repeated.Load(), savers.unheard)
		if acknowledged < cycles {
			t.Errorf("only %d answers were acknowledged in %d cycles", acknowledged, cycles)
		}
	})
}

// foundDemo founds the demonstration organization with nothing but an owner, which is faster than its whole story.
func foundDemo(t *testing.T, database string) {
	t.Helper()
	cfg := &config{DatabaseURL: database}
	if path := cfg.dataFolder(); path != "data" {
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := migrate(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	rules, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	log, err := (&config{LogLevel: "error"}).logger()
	if err != nil {
		t.Fatal(err)
	}
	store, err := tenant.Open(tenant.Config{
		URL: database, Policy: rules, Clock: tenant.Clock{Now: time.Now}, IDs: gid.NewSource(rand.Reader), Log: log,
		Request: func(context.Context) string { return "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Directory().NewOrganization(t.Context(), "demo", "Demo", recruiter, "Recruiter"); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// longQuestions is how many questions the sitting has, each answered by a saver of its own.
const longQuestions = 4

// newLongStage has a published template of text questions with time enough for many kills.
func newLongStage(t *testing.T, s *site) *stage {
	t.Helper()
	st := &stage{site: s}
	st.role = must[object](t, st.tell(t, recruiter, "createJobRole", "jobRole { id }",
		vars{"fields": vars{"title": "Tester", "level": "ENTRY"}})).ID
	for range longQuestions {
		st.questions = append(st.questions, st.question(t, recruiter, "LONG_TEXT", vars{"prompt": "Why?", "criteria": []vars{
			{"key": "depth", "text": "Goes deep", "levels": []vars{{"points": 0, "anchor": "no"}, {"points": 2, "anchor": "yes"}}},
		}}))
	}
	st.template = st.newTemplate(t, recruiter, "Long", "PT8H")
	must[object](t, st.tell(t, recruiter, "publishTemplate", "template { id }", vars{"id": st.template}))
	return st
}

// pending is a save that was sent and perhaps not acknowledged.
type pending struct {
	key, text string
	revision  int // that it will be, if it was stored
}

// saver writes the answer to one question, over and over.
type saver struct {
	place    string
	revision int    // the last acknowledged
	text     string // of that revision
	open     *pending
}

// savers write answers to one sitting at once.
type savers struct {
	*stage
	sitting  string
	token    string
	all      []*saver
	repeated atomic.Int64
	unheard  int // saves that were stored and whose acknowledgement died with the server
}

func (st *stage) savers(t *testing.T) *savers {
	t.Helper()
	s := &savers{stage: st, sitting: st.begin(t, recruiter).ID, token: st.as(t, candidate)}
	for i := range longQuestions {
		s.all = append(s.all, &saver{place: fmt.Sprintf("1.%d", i+1)})
	}
	return s
}

// saveUntilKilled lets every saver save at once and kills the server under them after some acknowledgements.
func (s *savers) saveUntilKilled(t *testing.T, after int64) {
	t.Helper()
	enough, faults := make(chan struct{}), make(chan error, len(s.all))
	client := &http.Client{Transport: new(http.Transport)}
	var (
		acknowledged atomic.Int64
		working      sync.WaitGroup
	)
	for _, one := range s.all {
		working.Go(func() {
			for s.saveOne(t.Context(), client, one, faults) {
				if acknowledged.Add(1) == after {
					close(enough)
				}
			}
		})
	}
	select {
	case <-enough:
	case <-time.After(30 * time.Second):
		t.Error("the savers get no further")
	}
	s.kill(t)
	working.Wait()
	client.CloseIdleConnections()
	select {
	case err := <-faults:
		t.Fatal(err)
	default:
	}
}

// saveOne sends the save that is open, or the next one, and reports whether it was acknowledged. It stays open if
// nobody knows. An acknowledgement of anything but the next revision, and any refusal, is a fault.
func (s *savers) saveOne(ctx context.Context, client *http.Client, one *saver, faults chan<- error) bool {
	if one.open == nil {
		next := one.revision + 1
		one.open = &pending{key: fmt.Sprintf("%s-%d", one.place, next), text: fmt.Sprintf("answer %d to %s", next, one.place), revision: next}
	} else {
		s.repeated.Add(1)
	}
	answer, err := s.send(ctx, client, s.token, mutation("saveResponse", acknowledgement), vars{
		"input": saving(s.sitting, one.place, one.revision, one.open.key, vars{"text": one.open.text}),
	})
	if err != nil {
		return false
	}
	if err := one.acknowledge(answer); err != nil {
		faults <- err
		return false
	}
	return true
}

func (one *saver) acknowledge(answer *reply) error {
	if answer.fault != nil {
		return fmt.Errorf("save %d of %s: %+v", one.open.revision, one.place, *answer.fault)
	}
	var got struct {
		Question string
		Revision int
	}
	if err := unmarshal(answer, &got); err != nil {
		return err
	}
	if got.Question != one.place || got.Revision != one.open.revision {
		return fmt.Errorf("save %d of %s was acknowledged as %+v", one.open.revision, one.place, got)
	}
	one.revision, one.text, one.open = one.open.revision, one.open.text, nil
	return nil
}

// compare reads the sitting: each answer is the last acknowledged one, or the one that was sent when the server died.
func (s *savers) compare(t *testing.T) {
	t.Helper()
	read := must[struct {
		Sitting struct {
			Responses []struct {
				Question string
				Revision int
				Answer   struct{ Text string }
			}
		}
	}](t, s.ask(t, candidate, `query($id: ID!) { sitting(id: $id) { responses { question revision answer { text } } } }`, vars{"id": s.sitting}))
	stored := map[string]pending{}
	for _, r := range read.Sitting.Responses {
		stored[r.Question] = pending{revision: r.Revision, text: r.Answer.Text}
	}
	for _, one := range s.all {
		got := stored[one.place]
		isLast := got.revision == one.revision && got.text == one.text
		isOpen := one.open != nil && got.revision == one.open.revision && got.text == one.open.text
		if !isLast && !isOpen {
			t.Fatalf("%s: got %+v, but revision %d %q was acknowledged and %+v sent", one.place, got, one.revision, one.text, one.open)
		}
		if isOpen {
			s.unheard++
		}
	}
}

// saveWhatIsOpen sends every open save again, so that all is acknowledged.
func (s *savers) saveWhatIsOpen(t *testing.T) {
	t.Helper()
	faults := make(chan error, len(s.all))
	for _, one := range s.all {
		if one.open != nil && !s.saveOne(t.Context(), http.DefaultClient, one, faults) {
			t.Fatalf("the open save of %s was not acknowledged", one.place)
		}
	}
}

// count counts the rows: as many as were acknowledged, and as many client keys.
func (s *savers) count(t *testing.T, address string) (acknowledged int) {
	t.Helper()
	for _, one := range s.all {
		acknowledged += one.revision
	}
	db, _, err := migration.OpenForMigration(address)
	if err != nil {
		t.Fatal(err)
	}
	rows, keys, err := countRows(t.Context(), db)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if rows != acknowledged || keys != acknowledged {
		t.Errorf("got %d rows with %d client keys, want %d", rows, keys, acknowledged)
	}
	return acknowledged
}

func countRows(ctx context.Context, db *sql.DB) (rows, keys int, err error) {
	err = db.QueryRowContext(ctx, "SELECT COUNT(*), COUNT(DISTINCT client_key) FROM responses").Scan(&rows, &keys)
	return rows, keys, err
}
