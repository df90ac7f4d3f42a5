package demo

import (
	"container/heap"
	"context"
	"encoding/base64"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/grading"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// world plays a story: a store whose time and randomness are ours, the operations on it, and what is still to happen.
type world struct {
	store     *tenant.Store
	accounts  *account.Service
	authoring *authoring.Service
	sittings  *sitting.Service
	grading   *grading.Service
	log       *slog.Logger
	now       time.Time           // where the story ends
	one       int                 // of so many sessions one is played
	shelf     *catalogue.Document // the shipped catalogue
	clock     *worldClock
	links     *worldLinks
	queue     worldQueue
	normed    []job.RefreshNorm // norm groups that changed in the story
}

// worldSeed is what every stream of the demonstration begins with.
const worldSeed = "assay demonstration seed, rev. 1"

// worldStream is a stream of random bytes for a purpose.
func worldStream(purpose byte) *rand.ChaCha8 {
	seed := [32]byte([]byte(worldSeed))
	seed[0] = purpose
	return rand.NewChaCha8(seed)
}

func newWorld(cfg SeedConfig, one int) (*world, error) {
	now := cfg.Now.UTC().Truncate(time.Second)
	w := &world{now: now, one: one, log: cfg.Log, clock: &worldClock{at: now}, links: &worldLinks{random: worldStream('l')}}
	store, err := tenant.Open(tenant.Config{
		URL: cfg.URL, Policy: cfg.Policy, Clock: tenant.Clock{Now: w.clock.read, Own: true},
		IDs: gid.NewSource(worldStream('i')), Log: cfg.Log, Inline: w.work, Bulk: true,
	})
	if err != nil {
		return nil, err
	}
	w.store = store
	w.accounts, w.authoring, w.grading = account.New(store, worldStream('k')), authoring.New(store), grading.New(store)
	w.sittings = sitting.New(store, sitting.Config{PublicURL: cfg.PublicURL, Random: w.links})
	return w, nil
}

// work runs a background job at once: answers are scored a moment after submission, mail is only kept.
func (w *world) work(ctx context.Context, args job.Args) error {
	if norm, ok := args.(job.RefreshNorm); ok && !slices.Contains(w.normed, norm) {
		w.normed = append(w.normed, norm) // computed once, at the end
	}
	scored, ok := args.(job.ScoreSession)
	if !ok {
		return nil
	}
	w.clock.pass(900 * time.Millisecond)
	return w.grading.Score(ctx, policy.Worker(scored.OrganizationID), scored.SessionID)
}

// later puts something into the story.
func (w *world) later(at time.Time, play func(context.Context) error) {
	w.queue.count++
	heap.Push(&w.queue, worldEvent{at: at, number: w.queue.count, play: play})
}

// run plays the story to its end, which is the present; what would come later does not happen.
func (w *world) run(ctx context.Context) error {
	for len(w.queue.events) > 0 {
		next := heap.Pop(&w.queue).(worldEvent)
		if next.at.After(w.now) {
			break
		}
		w.clock.reach(next.at)
		if err := next.play(ctx); err != nil {
			return err
		}
	}
	w.queue.events = nil
	for _, norm := range w.normed {
		if err := w.grading.RefreshNorm(ctx, policy.Worker(norm.OrganizationID), norm.VersionID); err != nil {
			return err
		}
	}
	return nil
}

// worldClock is the story's time. Nothing happens at the same time as something else, so that ids keep the order.
type worldClock struct{ at time.Time }

func (c *worldClock) read() time.Time { return c.at }

// reach goes on to a time, or past it if it is over.
func (c *worldClock) reach(t time.Time) {
	if t.After(c.at) {
		c.at = t
		return
	}
	c.pass(time.Millisecond)
}

func (c *worldClock) pass(d time.Duration) { c.at = c.at.Add(d) }

// worldEvent is something that happens at a time; of two at one time the one that was planned first.
type worldEvent struct {
	at     time.Time
	number int
	play   func(context.Context) error
}

// worldQueue holds what is still to happen, as a heap.
type worldQueue struct {
	events []worldEvent
	count  int
}

// Len is the heap's size.
func (q *worldQueue) Len() int { return len(q.events) }

// Less orders by time.
func (q *worldQueue) Less(i, j int) bool {
	a, b := q.events[i], q.events[j]
	if a.at.Equal(b.at) {
		return a.number < b.number
	}
	return a.at.Before(b.at)
}

// Swap exchanges two events.
func (q *worldQueue) Swap(i, j int) { q.events[i], q.events[j] = q.events[j], q.events[i] }

// Push adds an event at the end.
func (q *worldQueue) Push(event any) { q.events = append(q.events, event.(worldEvent)) }

// Pop takes the last event.
func (q *worldQueue) Pop() any {
	last := q.events[len(q.events)-1]
	q.events = q.events[:len(q.events)-1]
	return last
}

// worldSecretBytes is how many random bytes become the secret of an invitation link.
const worldSecretBytes = 32

// worldLinks is the randomness of invitations. It remembers the last link's secret, as the candidate's mailbox would.
type worldLinks struct {
	random io.Reader
	secret string
}

// Read gives the next bytes.
func (l *worldLinks) Read(p []byte) (int, error) {
	n, err := l.random.Read(p)
	if n == worldSecretBytes {
		l.secret = base64.RawURLEncoding.EncodeToString(p)
	}
	return n, err
}
