package tenant

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"entgo.io/ent/dialect"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"github.com/assay-hq/assay/internal/job"
)

// Enqueue asks for background work, in the commit of the change that needs it.
func (tx Tx) Enqueue(ctx context.Context, args job.Args) error {
	if tx.store.inline != nil {
		*tx.waiting = append(*tx.waiting, args)
		return nil
	}
	args, opts := gathered(args, tx.store.clock.Now)
	if opts != nil && tx.store.spans.has(args) {
		return nil
	}
	if _, err := tx.store.jobs.InsertTx(ctx, tx.tx, args, opts); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	if opts != nil {
		*tx.gathered = append(*tx.gathered, args)
	}
	return nil
}

// spans remembers which gathered jobs this process has committed, so that it asks the queue once for each: whoever asks locks
// the job's row until their commit, and many at once would wait for one another.
type spans struct {
	mu   sync.Mutex
	last map[job.Args]job.Args // by the job without its span, the last of it
}

func without(args job.Args) job.Args { return args.(job.Gathered).Until(time.Time{}) }

func (s *spans) has(args job.Args) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last[without(args)] == args
}

// note is called after the commit.
func (s *spans) note(all []job.Args) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		s.last = map[job.Args]job.Args{}
	}
	for _, args := range all {
		s.last[without(args)] = args
	}
}

// gathered lets a job that is asked for often wait for the end of the span in which it was asked for, once; any other is
// worked at once. The span is one of the arguments, which is what the queue compares: its own periods go by a clock that it
// reads later. What asked for the job near the end may commit a little after it.
func gathered(args job.Args, now func() time.Time) (job.Args, *river.InsertOpts) {
	rare, ok := args.(job.Gathered)
	if !ok {
		return args, nil
	}
	const grace = 5 * time.Second
	end := now().UTC().Truncate(rare.Span()).Add(rare.Span())
	return rare.Until(end), &river.InsertOpts{ScheduledAt: end.Add(grace), UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

// runInline works the jobs of a committed transaction at once, in order.
func (s *Store) runInline(ctx context.Context, jobs []job.Args) error {
	for _, args := range jobs {
		if err := s.inline(ctx, args); err != nil {
			return fmt.Errorf("%s: %w", args.Kind(), err)
		}
	}
	return nil
}

// Worker works background jobs until it is stopped.
type Worker struct{ client *river.Client[*sql.Tx] }

// Worker makes a worker with the handlers of the given bundle.
func (s *Store) Worker(handlers *river.Workers) (*Worker, error) {
	client, err := s.newQueue(handlers)
	if err != nil {
		return nil, fmt.Errorf("open worker: %w", err)
	}
	return &Worker{client: client}, nil
}

// Start begins to work jobs; the context ends the work at once.
func (w *Worker) Start(ctx context.Context) error { return w.client.Start(ctx) }

// Stop lets running jobs finish until the context ends.
func (w *Worker) Stop(ctx context.Context) error { return w.client.Stop(ctx) }

func (s *Store) newQueue(handlers *river.Workers) (*river.Client[*sql.Tx], error) {
	cfg := &river.Config{
		Logger:               s.log,
		FetchCooldown:        100 * time.Millisecond,
		FetchPollInterval:    250 * time.Millisecond,
		JobTimeout:           time.Minute,
		RescueStuckJobsAfter: 90 * time.Second,
	}
	if handlers != nil {
		cfg.Workers = handlers
		cfg.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}}
	}
	return river.NewClient(s.queueDriver(), cfg)
}

func (s *Store) queueDriver() riverdriver.Driver[*sql.Tx] {
	if s.pools.dialect == dialect.Postgres {
		return riverdatabasesql.New(s.pools.write)
	}
	return riversqlite.New(s.pools.write)
}
