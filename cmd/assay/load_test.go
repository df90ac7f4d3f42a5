package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/migration"
)

// The pace of a candidate's page, how many subscriptions are open meanwhile, half of them candidates' and half recruiters',
// and over how many connections all pages share what they send.
const (
	saveEvery     = 5 * time.Second
	beatEvery     = 10 * time.Second
	subscriptions = 100
	mostPooled    = 128
)

// The goals of a load that is judged.
const (
	goalP50    = 15 * time.Millisecond
	goalP99    = 250 * time.Millisecond
	goalMemory = 512 << 20
)

// loadSize is how many candidates take their sittings and for how long. ASSAY_LOAD says another number, for ASSAY_LOAD_TIME
// or else five minutes, and then the goals are judged as well, for which the machine must have nothing else to do.
func loadSize(t *testing.T) (n int, span time.Duration, judged bool) {
	t.Helper()
	text := os.Getenv("ASSAY_LOAD")
	if text == "" {
		return 20, saveEvery, false
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("ASSAY_LOAD: %q is no number of candidates", text)
	}
	span = 5 * time.Minute
	if text := os.Getenv("ASSAY_LOAD_TIME"); text != "" {
		if span, err = time.ParseDuration(text); err != nil || span < saveEvery {
			t.Fatalf("ASSAY_LOAD_TIME: %q is no time of at least %v", text, saveEvery)
		}
	}
	return n, span, true
}

// TestLiveLoad lets candidates take their sittings in the real binary all at once, as the page does it: each saves a growing
// text every five seconds and says every ten that it is there, while candidates follow their clocks, recruiters every
// session, and each second somebody else begins. Nothing may fail, everybody hears of everything, and in the end each
// sitting has what was acknowledged last. With ASSAY_LOAD_PROFILE a profile of the server's processor and of its memory
// is left in that folder. The whole load, on a machine that does nothing else:
//
//	ASSAY_LOAD=1000 go test ./cmd/assay -run 'TestLiveLoad/postgres' -v -timeout 30m
func TestLiveLoad(t *testing.T) {
	binary := buildBinary(t)
	eachDatabase(t, dbtest.DurablePostgres, func(t *testing.T, database string) {
		s := newSite(t, binary, database)
		if database == "" {
			database = "sqlite:" + filepath.Join(s.folder, "data", "assay.db")
		}
		foundDemo(t, database)
		s.start(t)
		l := newLoad(t, s)
		l.watch(t, database)
		l.run(t)
		l.report(t, database)
		l.hears(t)
		l.compare(t)
		l.count(t, database)
		s.stop(t)
	})
}

// load is an organization whose candidates sit all at once.
type load struct {
	*stage
	span      time.Duration
	judged    bool
	pool      *http.Transport
	seats     []*sitter // who save
	late      []*sitter // who begin meanwhile
	followers []*follower
	before    usage

	saves, beats timings
	faults       faults
}

// sitter is a candidate in their sitting, signed in by their link.
type sitter struct {
	client  *http.Client
	header  http.Header // what signs them in
	sitting string
	all     []*saver // an answer to each question
	at      int      // the question they write at
	chance  *rand.Rand
}

// signed sends what signs somebody in with each request.
type signed struct {
	over   http.RoundTripper
	header http.Header
}

// RoundTrip sends a request.
func (s signed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	maps.Copy(r.Header, s.header)
	return s.over.RoundTrip(r)
}

// newLoad invites everybody and lets them in by their links; those who save begin.
func newLoad(t *testing.T, s *site) *load {
	t.Helper()
	l := &load{stage: newLongStage(t, s)}
	n, span, judged := loadSize(t)
	l.span, l.judged = span, judged
	l.pool = &http.Transport{MaxConnsPerHost: mostPooled, MaxIdleConnsPerHost: mostPooled, IdleConnTimeout: 30 * time.Second}
	t.Cleanup(l.pool.CloseIdleConnections)
	must[object](t, l.tell(t, recruiter, "updateOrganization", "organization { id }", vars{"linkSignIn": true}))
	links := l.links(t, n+int(span/time.Second))
	all := make([]*sitter, len(links))
	l.each(t, all, func(i int, _ *sitter) (err error) { all[i], err = l.enter(t.Context(), links[i]); return err })
	l.seats, l.late = all[:n], all[n:]
	l.each(t, l.seats, func(_ int, c *sitter) error { return l.begins(t.Context(), c) })
	return l
}

// each does something for each of several sitters, a few at once.
func (l *load) each(t *testing.T, all []*sitter, do func(int, *sitter) error) {
	t.Helper()
	errs, free := make([]error, len(all)), make(chan struct{}, 8)
	var working sync.WaitGroup
	for i, c := range all {
		free <- struct{}{}
		working.Go(func() { errs[i] = do(i, c); <-free })
	}
	working.Wait()
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		t.Fatalf("the candidate number %d: %v", i+1, errs[i])
	}
}

// links invites n candidates and gives the paths of their links.
func (l *load) links(t *testing.T, n int) (paths []string) {
	t.Helper()
	for some := range slices.Chunk(slices.Collect(upTo(n)), 100) {
		var invitations []vars
		for _, i := range some {
			invitations = append(invitations, vars{
				"templateId": l.template, "candidate": vars{"email": fmt.Sprintf("load-%d@example.com", i), "name": "Cleo"}, "ownMail": true,
			})
		}
		for _, made := range must[[]struct{ Link string }](t, l.tell(t, recruiter, "inviteCandidates", "results { link errors { message } }",
			vars{"invitations": invitations, "idempotencyKey": fmt.Sprintf("load-%d", some[0])})) {
			_, secret, found := strings.Cut(made.Link, "/take/")
			if !found {
				t.Fatalf("no link: %q", made.Link)
			}
			paths = append(paths, "/take/"+secret)
		}
	}
	return paths
}

func upTo(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

// enter opens an invitation in a browser of its own.
func (l *load) enter(ctx context.Context, path string) (*sitter, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url()+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	answer, err := l.pool.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if err := answer.Body.Close(); err != nil {
		return nil, err
	}
	sitting, found := strings.CutPrefix(answer.Header.Get("Location"), "/sittings/")
	cookie, _, _ := strings.Cut(answer.Header.Get("Set-Cookie"), ";")
	if !found || cookie == "" {
		return nil, fmt.Errorf("the link leads to %q with the status %d", answer.Header.Get("Location"), answer.StatusCode)
	}
	c := &sitter{sitting: sitting, chance: rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))}
	c.header = http.Header{"Cookie": {cookie}, "Origin": {l.url()}, "Assay-Requested-With": {"take"}}
	c.client = &http.Client{Transport: signed{l.pool, c.header}, Timeout: 30 * time.Second}
	for i := range longQuestions {
		c.all = append(c.all, &saver{place: fmt.Sprintf("1.%d", i+1)})
	}
	return c, nil
}

// begins starts a sitting.
func (l *load) begins(ctx context.Context, c *sitter) error {
	return l.do(ctx, c, "startSitting", "sitting { id }", vars{"id": c.sitting}, nil)
}

// do sends a mutation as a candidate and reads what it gave, if that is asked for.
func (l *load) do(ctx context.Context, c *sitter, verb, selection string, input vars, into any) error {
	answer, err := l.send(ctx, c.client, "", mutation(verb, selection), vars{"input": input})
	switch {
	case err != nil:
		return err
	case answer.fault != nil:
		return fmt.Errorf("%s: %s", answer.fault.Code, answer.fault.Message)
	case into == nil:
		return nil
	}
	return unmarshal(answer, into)
}

// run lets everybody sit for the span. What is under way at its end is finished.
func (l *load) run(t *testing.T) {
	ending, cancel := context.WithTimeout(t.Context(), l.span)
	defer cancel()
	var sitting sync.WaitGroup
	for _, c := range l.seats {
		sitting.Go(func() { l.sit(t.Context(), ending, c) })
	}
	sitting.Go(func() { l.letBegin(t.Context(), ending) })
	sitting.Go(func() { l.profile(t) })
	sitting.Wait()
}

// sit is a candidate's page, until the context named ending ends.
func (l *load) sit(ctx, ending context.Context, c *sitter) {
	save, beat := newPace(c.chance, saveEvery), newPace(c.chance, beatEvery)
	defer save.timer.Stop()
	defer beat.timer.Stop()
	for {
		select {
		case <-ending.Done():
			return
		case <-save.timer.C:
			l.save(ctx, c, save.next())
		case <-beat.timer.C:
			l.beat(ctx, c, beat.next())
		}
	}
}

// pace is when a page does something again: at a fixed distance from a chance beginning, however long it takes.
type pace struct {
	every time.Duration
	due   time.Time
	timer *time.Timer
}

func newPace(chance *rand.Rand, every time.Duration) *pace {
	first := time.Duration(chance.Int64N(int64(every)))
	return &pace{every: every, due: time.Now().Add(first), timer: time.NewTimer(first)}
}

// next gives when it was due, and waits for the next time.
func (p *pace) next() (due time.Time) {
	due = p.due
	p.due = due.Add(p.every)
	p.timer.Reset(time.Until(p.due))
	return due
}

// save saves the text that the candidate writes at, or once more the one that nobody acknowledged, and takes the time since
// it was due.
func (l *load) save(ctx context.Context, c *sitter, due time.Time) {
	one := c.all[c.at]
	if one.open == nil {
		if c.chance.IntN(12) == 0 {
			c.at = c.chance.IntN(len(c.all))
			one = c.all[c.at]
		}
		one.open = &pending{key: fmt.Sprintf("%s-%d", one.place, one.revision+1), text: c.goesOn(one.text), revision: one.revision + 1}
	}
	answer, err := l.send(ctx, c.client, "", mutation("saveResponse", acknowledgement), vars{
		"input": saving(c.sitting, one.place, one.revision, one.open.key, vars{"text": one.open.text}),
	})
	switch {
	case err != nil:
	case answer.fault != nil:
		err = fmt.Errorf("%s: %s", answer.fault.Code, answer.fault.Message)
	default:
		err = one.acknowledge(answer)
	}
	if err != nil {
		l.faults.add("save", err)
		return
	}
	l.saves.add(time.Since(due))
}

// The lengths of a text: when it begins, what is written until the next save, and when it is begun anew.
const (
	firstWords, fewWords, mostText = 300, 8, 15_000
)

// goesOn is a text with some more words.
func (c *sitter) goesOn(text string) string {
	words := c.chance.IntN(fewWords) + 1
	if text == "" || len(text) > mostText {
		text, words = "", c.chance.IntN(firstWords)+fewWords
	}
	var b strings.Builder
	b.WriteString(text)
	for range words {
		b.WriteString([]string{"because ", "the queue ", "is retried ", "für jeden ", "index, ", "which “holds” ", "a lock. ", "\n\n", "函数 ", "measured "}[c.chance.IntN(10)])
	}
	return b.String()
}

// clockSelection is what the page asks with each sign of life.
const clockSelection = `id state deadline endedAt serverTime timeLimit remaining currentSection sectionDeadline questionDeadline
	pausedAt pauseReason resumesAt device sections { number state remaining currentQuestion }
	accommodated { state extraPercent extraTime breaks explanation }`

// beat says that the page is there.
func (l *load) beat(ctx context.Context, c *sitter, due time.Time) {
	var got object
	err := l.do(ctx, c, "heartbeat", "sitting { "+clockSelection+" }", vars{"sittingId": c.sitting}, &got)
	if err == nil && (got.ID != c.sitting || got.State != "IN_PROGRESS") {
		err = fmt.Errorf("the sitting is %s", got.State)
	}
	if err != nil {
		l.faults.add("heartbeat", err)
		return
	}
	l.beats.add(time.Since(due))
}

// letBegin lets a candidate begin each second, and keeps those who did.
func (l *load) letBegin(ctx, ending context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	waiting := l.late
	l.late = nil
	for _, c := range waiting {
		if err := l.begins(ctx, c); err != nil {
			l.faults.add("start", err)
		} else {
			l.late = append(l.late, c)
		}
		select {
		case <-ticker.C:
		case <-ending.Done():
			return
		}
	}
}

// compare reads every sitting: each answer is the one that was acknowledged last.
func (l *load) compare(t *testing.T) {
	t.Helper()
	l.each(t, l.seats, func(_ int, c *sitter) error {
		answer, err := l.send(t.Context(), c.client, "", `query($id: ID!) { sitting(id: $id) { responses { question revision answer { text } } } }`, vars{"id": c.sitting})
		if err != nil {
			return err
		}
		if answer.fault != nil {
			return fmt.Errorf("read the sitting: %+v", *answer.fault)
		}
		var read struct {
			Sitting struct {
				Responses []struct {
					Question string
					Revision int
					Answer   struct{ Text string }
				}
			}
		}
		if err := unmarshal(answer, &read); err != nil {
			return err
		}
		stored := map[string]pending{}
		for _, r := range read.Sitting.Responses {
			stored[r.Question] = pending{revision: r.Revision, text: r.Answer.Text}
		}
		for _, one := range c.all {
			if got := stored[one.place]; one.open == nil && (got.revision != one.revision || got.text != one.text) {
				return fmt.Errorf("%s: got revision %d with %d bytes, but %d with %d was acknowledged", one.place, got.revision, len(got.text), one.revision, len(one.text))
			}
		}
		return nil
	})
}

// count counts the stored revisions: as many as were acknowledged.
func (l *load) count(t *testing.T, address string) {
	t.Helper()
	want := 0
	for _, c := range l.seats {
		for _, one := range c.all {
			want += one.revision
		}
	}
	db, _, err := migration.OpenForMigration(address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var rows int
	if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM responses").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	if rows != want || want < len(l.seats) {
		t.Errorf("%d revisions are stored, and %d were acknowledged to %d candidates", rows, want, len(l.seats))
	}
}
