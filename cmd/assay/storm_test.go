package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// stormLimit is how long each sitting of a storm may take.
const stormLimit = 10 * time.Minute

// stormSize is how many sittings end in the same second; ASSAY_STORM says another number, and then the time that the sweep
// takes is judged as well, for which the machine must have nothing else to do.
func stormSize(t *testing.T) (n int, timed bool) {
	t.Helper()
	text := os.Getenv("ASSAY_STORM")
	if text == "" {
		return 100, false
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("ASSAY_STORM: %q is no number of sittings", text)
	}
	return n, true
}

// TestDeadlineStorm lets the time of many sittings end in the same second, with a process that sees it happen and with one
// that starts afterwards. All are ended with their deadline as their end; what was acknowledged is there, and nothing later.
func TestDeadlineStorm(t *testing.T) {
	for name, restart := range map[string]bool{"under watch": false, "after a restart across the deadline": true} {
		t.Run(name, func(t *testing.T) {
			t.Run("sqlite", func(t *testing.T) { newStorm(t, dbtest.SQLite(t)).pass(t, restart) })
			t.Run("postgres", func(t *testing.T) { newStorm(t, dbtest.DurablePostgres(t)).pass(t, restart) })
		})
	}
}

// storm is an organization whose candidates all began in the same second, and the process that ends their sittings. Its
// clock stands where the test puts it: real is the time of the machine, ahead what the time of sittings is before it.
type storm struct {
	*app
	database    dbtest.Database
	owner       policy.Actor
	real, ahead atomic.Int64
	step        atomic.Int64 // how far a look at the clock moves it
	sittings    []*seat
}

// seat is a candidate in their sitting, with the answers that were acknowledged.
type seat struct {
	id    gid.ID
	who   policy.Actor
	began time.Time
	saved int
}

func newStorm(t *testing.T, database dbtest.Database) *storm {
	t.Helper()
	s := &storm{database: database}
	s.real.Store(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixMicro())
	s.open(t)
	organization := well(s.store.Directory().NewOrganization(t.Context(), "demo", "Demo", recruiter, "Owner"))(t)
	s.owner = well(s.store.Directory().Resolve(t.Context(), policy.Identity{Issuer: "idp", Subject: "owner", Email: recruiter, EmailVerified: true}, "demo"))(t)
	if s.owner.Org != organization {
		t.Fatalf("the owner is of %s", s.owner.Org)
	}
	template, count := s.publish(t), 0
	count, _ = stormSize(t)
	s.sittings = make([]*seat, count)
	s.each(t, func(i int) (err error) { s.sittings[i], err = s.sit(t.Context(), template, i); return err })
	for _, seat := range s.sittings { // all in one second, each at a moment of its own
		s.real.Add(int64(time.Second/time.Microsecond) / int64(count+1))
		well(s.app.sittings.Start(t.Context(), seat.who, sitting.StartSittingInput{ID: seat.id}))(t)
		seat.began = s.now()
	}
	for range 2 {
		s.each(t, func(i int) error { return s.save(t.Context(), s.sittings[i]) })
	}
	return s
}

// open starts a process on the database.
func (s *storm) open(t *testing.T) {
	t.Helper()
	rules := well(policy.New())(t)
	log := slog.New(slog.DiscardHandler)
	store := well(tenant.Open(tenant.Config{
		URL: s.database.URL, Policy: rules, IDs: gid.NewSource(rand.Reader), Log: log,
		Clock: tenant.Clock{
			Now: func() time.Time { return time.UnixMicro(s.real.Add(s.step.Load())) }, Own: true,
			Offset: func() time.Duration { return time.Duration(s.ahead.Load()) },
		},
	}))(t)
	t.Cleanup(func() { _ = store.Close() }) // again, after a restart
	s.app = &app{log: log, policy: rules, store: store, sittings: sitting.New(store, sitting.Config{PublicURL: "https://assay.test", Random: rand.Reader})}
}

// now is the time of sittings.
func (s *storm) now() time.Time {
	return time.UnixMicro(s.real.Load()).Add(time.Duration(s.ahead.Load())).UTC()
}

// each does something for every sitting, several at once.
func (s *storm) each(t *testing.T, do func(i int) error) {
	t.Helper()
	errs, free := make([]error, len(s.sittings)), make(chan struct{}, 8)
	var all sync.WaitGroup
	for i := range errs {
		free <- struct{}{}
		all.Go(func() { errs[i] = do(i); <-free })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func (s *storm) publish(t *testing.T) gid.ID {
	t.Helper()
	authors := authoring.New(s.store)
	role := well(authors.CreateJobRole(t.Context(), s.owner, authoring.CreateJobRoleInput{Fields: authoring.JobRoleFields{Title: "Tester", Level: term.Entry}}))(t)
	question := well(authors.CreateQuestion(t.Context(), s.owner, authoring.CreateQuestionInput{
		Title: "Why?", Kind: term.LongText, Category: term.Technical, Level: term.Entry, Content: &content.Question{
			Prompt: "Why?", Criteria: []*content.Criterion{{Key: "depth", Text: "Goes deep", Weight: 1, Levels: []*content.Level{
				{Points: 0, Anchor: "no"}, {Points: 2, Anchor: "yes"},
			}}},
		},
	}))(t)
	well(authors.PublishQuestion(t.Context(), s.owner, authoring.PublishQuestionInput{ID: question.ID}))(t)
	draft := well(authors.CreateTemplate(t.Context(), s.owner, authoring.CreateTemplateInput{
		JobRoleID: role.ID, Name: "Storm", Mode: term.Assessment, Content: &content.Template{
			CutPercent: 50, Feedback: term.FeedbackNone, Bands: []*content.Band{{Name: "All"}},
			Sections: []*content.Section{{Title: "All", TimeLimit: int(stormLimit.Seconds()), Slots: []*content.Slot{{QuestionID: &question.ID, Points: 2}}}},
		},
	}))(t)
	well(authors.PublishTemplate(t.Context(), s.owner, authoring.PublishTemplateInput{ID: draft.ID}))(t)
	return draft.ID
}

// sit invites a candidate, who accepts.
func (s *storm) sit(ctx context.Context, template gid.ID, i int) (*seat, error) {
	email := fmt.Sprintf("candidate-%d@example.com", i)
	made, err := s.app.sittings.InviteCandidate(ctx, s.owner, sitting.InviteCandidateInput{
		TemplateID: template, Candidate: sitting.CandidateInput{Email: email, Name: "Cleo"}, OwnMail: true,
	})
	if err != nil {
		return nil, err
	}
	who := policy.Actor{Identity: policy.Identity{Issuer: "idp", Subject: email, Email: email, EmailVerified: true}}
	_, err = s.app.sittings.Accept(ctx, who, sitting.AcceptInvitationInput{Token: path.Base(*made.Link)})
	return &seat{id: made.Session.ID, who: who}, err
}

// save saves the next revision and counts it if it is acknowledged.
func (s *storm) save(ctx context.Context, c *seat) error {
	text := c.text(c.saved + 1)
	_, err := s.app.sittings.SaveResponse(ctx, c.who, sitting.SaveResponseInput{
		SittingID: c.id, Question: "1.1", Revision: c.saved, ClientKey: text, Answer: &content.Answer{Text: &text},
	})
	if err == nil {
		c.saved++
	}
	return err
}

// text is the answer of a revision.
func (c *seat) text(revision int) string {
	return fmt.Sprintf("answer %d of %s", revision, c.who.Identity.Email)
}

// pass lets the deadlines pass and demands that a sweep ends every sitting.
func (s *storm) pass(t *testing.T, restart bool) {
	last := s.sittings[len(s.sittings)-1].began.Add(stormLimit)
	if err := s.sweep(t.Context()); err != nil { // so that it is known until when a process was up
		t.Fatal(err)
	}
	if restart {
		if err := s.store.Close(); err != nil {
			t.Fatal(err)
		}
		s.real.Store(last.Add(time.Hour).UnixMicro())
		s.open(t)
	} else {
		s.ahead.Store(int64(last.Sub(s.now()) + tenant.Grace - time.Second)) // in the grace of all
		s.each(t, func(i int) error { return s.save(t.Context(), s.sittings[i]) })
		s.ahead.Add(int64(time.Second + tenant.EndsAfter - tenant.Grace + time.Microsecond))
	}
	took := s.sweepAmongLateSaves(t)
	latest := tenant.EndsAfter - tenant.Grace + lookEvery + took
	t.Logf("%d sittings were ended in %v: at the latest %v after deadline and grace", len(s.sittings), took.Round(time.Millisecond), latest.Round(time.Millisecond))
	outages, late := 0, latest > 5*time.Second
	if restart {
		outages, late = 1, took > 10*time.Second
	}
	if _, timed := stormSize(t); timed && late {
		t.Error("that is too long")
	}
	s.compare(t, outages)
}

// TestOneSittingHoldsUpNoOther ends sittings together with one that cannot be ended.
func TestOneSittingHoldsUpNoOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		s := newStorm(t, db)
		s.ahead.Store(int64(stormLimit + tenant.EndsAfter + time.Second))
		due := []tenant.Due{{Organization: s.owner.Org, Session: gid.NewSource(rand.Reader).New(gid.Session, s.now())}}
		for _, seat := range s.sittings[:3] {
			due = append(due, tenant.Due{Organization: s.owner.Org, Session: seat.id})
		}
		if err := s.finish(t.Context(), due); !fault.Is(err, fault.NotFound) {
			t.Errorf("got %v, want NotFound of the one that is not there", err)
		}
		for i, want := range []term.SessionState{term.Submitted, term.Submitted, term.Submitted, term.InProgress} {
			row := well(s.app.sittings.SessionsByID(t.Context(), s.owner, []gid.ID{s.sittings[i].id}))(t)[0]
			if row.State != want {
				t.Errorf("sitting %d is %s, want %s", i, row.State, want)
			}
		}
	})
}

// sweepAmongLateSaves sweeps once, while candidates go on saving what is refused.
func (s *storm) sweepAmongLateSaves(t *testing.T) time.Duration {
	t.Helper()
	var late sync.WaitGroup
	late.Go(func() {
		for i := 0; i < len(s.sittings); i += 10 {
			if err := s.save(t.Context(), s.sittings[i]); !fault.Is(err, fault.DeadlinePassed) {
				t.Errorf("a late save: got %v, want DeadlinePassed", err)
			}
		}
	})
	// The sweep takes longer than a silence that is an outage, as it may with many more sittings or a slow disk. Somebody looks
	// at the clock in each commit, search and late save: about once for every four sittings.
	s.step.Store(tenant.OutageAfter.Microseconds() * 5 / 4 / int64(max(1, len(s.sittings)/4)))
	began := time.Now()
	err := s.sweep(t.Context())
	took := time.Since(began)
	late.Wait()
	if err != nil {
		t.Fatal(err)
	}
	return took
}

// compare demands that every sitting ended at its deadline, with what was acknowledged and nothing else, once.
func (s *storm) compare(t *testing.T, outages int) {
	t.Helper()
	ids := make([]gid.ID, len(s.sittings))
	for i, seat := range s.sittings {
		ids[i] = seat.id
	}
	ended := 0
	for some := range slices.Chunk(ids, 100) {
		for _, row := range well(s.app.sittings.SessionsByID(t.Context(), s.owner, some))(t) {
			began := *row.StartedAt
			if row.State != term.Submitted || row.EndedAt == nil || !row.EndedAt.Equal(began.Add(stormLimit)) || len(row.Receipt) == 0 {
				t.Errorf("a sitting that began at %s is %s and ended at %v", began, row.State, row.EndedAt)
			}
			ended++
		}
	}
	if ended != len(ids) {
		t.Errorf("%d of %d are there", ended, len(ids))
	}
	for _, seat := range s.sittings {
		got := well(s.app.sittings.Responses(t.Context(), seat.who, seat.id))(t)
		if len(got) != 1 || got[0].Revision != seat.saved || *got[0].Answer.Text != seat.text(seat.saved) {
			t.Fatalf("got %v, want %s", got, seat.text(seat.saved))
		}
	}
	for what, query := range map[string]string{
		"revisions stored":           "SELECT COUNT(*) FROM responses",
		"submissions announced":      "SELECT COUNT(*) FROM events WHERE type = 'session.submitted'",
		"sittings announced":         "SELECT COUNT(DISTINCT subject_id) FROM events WHERE type = 'session.submitted'",
		"jobs that score a sitting":  "SELECT COUNT(*) FROM river_job WHERE kind = 'score_session'",
		"submissions in the audit":   "SELECT COUNT(*) FROM audit_events WHERE action = 'session.finish'",
		"outages":                    "SELECT COUNT(*) FROM outages",
		"credits that nobody is due": "SELECT COUNT(*) FROM clock_entries WHERE kind = 'CREDITED'",
	} {
		want := len(ids)
		switch what {
		case "revisions stored":
			want *= s.sittings[0].saved
		case "credits that nobody is due":
			want = 0
		case "outages":
			want = outages
		}
		var n int
		if err := s.database.Open(t).QueryRowContext(context.WithoutCancel(t.Context()), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n != want {
			t.Errorf("%d %s, want %d", n, what, want)
		}
	}
}

// well passes on what an operation gave and fails if it gave a fault.
func well[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
