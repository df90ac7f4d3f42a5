package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// workCommand does the background work alone.
type workCommand struct {
	Dev bool `help:"Use the development defaults."`
}

// Run works until it is told to stop.
func (c *workCommand) Run(ctx context.Context) error {
	cfg, err := readConfig(c.Dev)
	if err != nil {
		return err
	}
	if err := cfg.complete(); err != nil {
		return err
	}
	a, err := open(cfg)
	if err != nil {
		return err
	}
	defer a.store.Close()
	if err := a.store.Ready(ctx); err != nil {
		return err
	}
	stop, err := a.startWork(ctx)
	if err != nil {
		return err
	}
	<-ctx.Done()
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	return stop(ending)
}

// drainTime is how long a stopping process waits for what is under way.
const drainTime = 20 * time.Second

// handlers ties each kind of job to its operation.
func (a *app) handlers() (*river.Workers, error) {
	workers := river.NewWorkers()
	return workers, errors.Join(
		river.AddWorkerSafely(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[job.ScoreSession]) error {
			return a.grading.Score(ctx, policy.Worker(j.Args.OrganizationID), j.Args.SessionID)
		})),
		river.AddWorkerSafely(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[job.RunCode]) error {
			again, err := a.grading.RunCode(ctx, policy.Worker(j.Args.OrganizationID), j.Args.ExecutionID, j.Args.Called)
			if err == nil && again > 0 {
				return river.JobSnooze(again)
			}
			return err
		})),
		river.AddWorkerSafely(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[job.Rescore]) error {
			return a.grading.Rescore(ctx, policy.Worker(j.Args.OrganizationID), j.Args.RescoringID)
		})),
		river.AddWorkerSafely(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[job.RefreshNorm]) error {
			return a.grading.RefreshNorm(ctx, policy.Worker(j.Args.OrganizationID), j.Args.VersionID)
		})),
		river.AddWorkerSafely(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[job.SendMail]) error {
			return a.sittings.Deliver(ctx, policy.Worker(j.Args.OrganizationID), j.Args.MailID)
		})),
		river.AddWorkerSafely(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[job.DeleteFiles]) error {
			return a.sittings.DeleteFiles(ctx, policy.Worker(j.Args.OrganizationID), j.Args.Blobs)
		})),
	)
}

// startWork begins to work jobs and to sweep; what it returns stops both and waits.
func (a *app) startWork(ctx context.Context) (stop func(context.Context) error, err error) {
	handlers, err := a.handlers()
	if err != nil {
		return nil, fmt.Errorf("job handlers: %w", err)
	}
	worker, err := a.store.Worker(handlers)
	if err != nil {
		return nil, err
	}
	if err := worker.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("start worker: %w", err)
	}
	swept := make(chan struct{})
	sweeping, cancel := context.WithCancel(ctx)
	go func() { defer close(swept); a.sweepEverySecond(sweeping) }()
	indexed := make(chan struct{})
	go func() { defer close(indexed); a.reindexEveryHour(sweeping) }()
	return func(ending context.Context) error {
		cancel()
		<-swept
		<-indexed
		return worker.Stop(ending)
	}, nil
}

// sendSignInLinks mails whoever was invited with an address a link to come back by, in each organization that does so.
func (a *app) sendSignInLinks(ctx context.Context, address string) error {
	found, err := a.store.Directory().Returning(ctx, address, sitting.MaxSignInLinks, sitting.SignInSpan)
	for _, f := range found {
		err = errors.Join(err, a.sittings.SendSignInLink(ctx, policy.Worker(f.Organization), f.Session))
	}
	return err
}

// What is due is looked for every lookEvery, so that little of the time in which a sitting must be ended goes by before
// somebody looks; the rest of a sweep is done at each looksPerSweep-th look.
const (
	lookEvery     = 250 * time.Millisecond
	looksPerSweep = 4
)

// How many sweeps pass between: the counters' pending lines are added up every half minute; what reviewers have to do is looked at
// every quarter of an hour; an hour is between two clean-ups.
const (
	foldEvery   = 30
	remindEvery = 900
	tidyEvery   = 3600
)

// sweepEverySecond ends what is due and orders what happened, until the context ends.
func (a *app) sweepEverySecond(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for look := 0; ; look++ {
		if err := a.look(ctx, look); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "sweep", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// look does what is to be done at a look, by its number.
func (a *app) look(ctx context.Context, number int) error {
	if number%looksPerSweep != 0 {
		return a.finishDue(ctx)
	}
	round, err := number/looksPerSweep, a.sweep(ctx)
	if round%foldEvery == 0 {
		err = errors.Join(err, a.store.FoldTallies(ctx))
	}
	if round%remindEvery == 0 {
		err = errors.Join(err, a.remindReviewers(ctx))
	}
	if round%tidyEvery == 0 {
		err = errors.Join(err, a.store.Tidy(ctx), a.tidyUploads(ctx))
	}
	if round%(24*tidyEvery) == 0 {
		err = errors.Join(err, a.eraseOutdated(ctx))
	}
	return err
}

// reindexEveryHour goes on after the first time: while a deployment rolls, processes of the version before still write.
func (a *app) reindexEveryHour(ctx context.Context) {
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	for {
		a.reindex(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// tidyUploads removes the recordings that came to nothing. One that cannot be removed now is left for the next hour.
func (a *app) tidyUploads(ctx context.Context) error {
	for {
		stale, err := a.store.Directory().StaleUploads(ctx, sweepBatch)
		for _, u := range stale {
			err = errors.Join(err, a.sittings.RemoveUpload(ctx, policy.Worker(u.Organization), u.Upload))
		}
		if err != nil || len(stale) < sweepBatch {
			return err
		}
	}
}

// reindex finishes an upgrade: what was written before it becomes searchable.
func (a *app) reindex(ctx context.Context) {
	orgs, err := a.store.Directory().Unindexed(ctx)
	for _, org := range orgs {
		err = errors.Join(err, a.authoring.Reindex(ctx, policy.Worker(org)))
	}
	if err != nil && ctx.Err() == nil {
		a.log.ErrorContext(ctx, "reindex", "error", err)
	}
}

// eraseBatch bounds how many candidates one look erases; it looks again until none is left.
const eraseBatch = 100

// eraseOutdated erases the candidates whom their organizations keep no longer. It may be repeated: who was erased, or is
// held, is not found.
func (a *app) eraseOutdated(ctx context.Context) error {
	for {
		outdated, err := a.store.Directory().Outdated(ctx, eraseBatch)
		if err != nil {
			return err
		}
		var failed error
		for _, p := range outdated {
			in := sitting.EraseCandidateInput{ID: p.Candidate, Reason: "kept as long as the organization keeps candidates"}
			if _, err := a.sittings.EraseCandidate(ctx, policy.Worker(p.Organization), in); err != nil {
				failed = errors.Join(failed, fmt.Errorf("erase: %w", err))
			}
		}
		if failed != nil || len(outdated) < eraseBatch {
			return failed
		}
	}
}

// remindReviewers writes to whoever has a review that is due soon, or overdue.
func (a *app) remindReviewers(ctx context.Context) error {
	for {
		due, err := a.store.Directory().DueReviews(ctx, sweepBatch)
		if err != nil {
			return err
		}
		var failed error
		for _, d := range due {
			if err := a.grading.RemindReviewer(ctx, policy.Worker(d.Organization), d.Review); err != nil {
				failed = errors.Join(failed, fmt.Errorf("remind: %w", err))
			}
		}
		if failed != nil || len(due) < sweepBatch {
			return failed
		}
	}
}

// sequence gives everything that happened its place.
func (a *app) sequence(ctx context.Context) error {
	for {
		n, err := a.store.Sequence(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// sweepBatch bounds how many sessions one look at the clock deals with; it looks again until none is left.
const sweepBatch = 50

func (a *app) sweep(ctx context.Context) error {
	return errors.Join(a.finishDue(ctx), a.disconnect(ctx), a.makeGood(ctx), a.sequence(ctx))
}

// finishDue ends what is due. However long that takes, a process is up meanwhile and says so: else it would take its own
// silence for an outage, and give everybody else time.
func (a *app) finishDue(ctx context.Context) error {
	for {
		due, err := a.store.Directory().DueSessions(ctx, sweepBatch)
		if err != nil || len(due) == 0 {
			return err
		}
		if err := errors.Join(a.finish(ctx, due), a.store.Directory().Pulse(ctx)); err != nil || len(due) < sweepBatch {
			return err
		}
	}
}

// Sittings of one organization are ended ten in a commit, and four commits at once, so that they share writes to the disk. It
// leaves connections to whoever is still answering.
const (
	finishTogether = 10
	finishAtOnce   = 4
)

// finish ends what is due.
func (a *app) finish(ctx context.Context, due []tenant.Due) error {
	together := map[gid.ID][]gid.ID{}
	for _, d := range due {
		together[d.Organization] = append(together[d.Organization], d.Session)
	}
	var (
		all  sync.WaitGroup
		free = make(chan struct{}, finishAtOnce)
		mu   sync.Mutex
		errs []error
	)
	for org, sessions := range together {
		for some := range slices.Chunk(sessions, finishTogether) {
			free <- struct{}{}
			all.Go(func() {
				defer func() { <-free }()
				if err := a.finishSome(ctx, org, some); err != nil {
					mu.Lock()
					defer mu.Unlock()
					errs = append(errs, fmt.Errorf("finish: %w", err))
				}
			})
		}
	}
	all.Wait()
	return errors.Join(errs...)
}

// finishSome ends sittings of an organization together. If that cannot be, each is ended alone: one that cannot be ended holds
// up no other.
func (a *app) finishSome(ctx context.Context, org gid.ID, sessions []gid.ID) error {
	err := a.sittings.Finish(ctx, policy.Worker(org), sessions...)
	if err == nil || len(sessions) == 1 {
		return err
	}
	var errs []error
	for _, id := range sessions {
		errs = append(errs, a.sittings.Finish(ctx, policy.Worker(org), id))
	}
	return errors.Join(errs...)
}

// disconnect notes whose page has been silent for too long.
func (a *app) disconnect(ctx context.Context) error {
	silent, err := a.store.Directory().SilentSessions(ctx, sweepBatch)
	if err != nil {
		return err
	}
	var failed error
	for _, d := range silent {
		if err := a.sittings.Disconnect(ctx, policy.Worker(d.Organization), d.Session); err != nil {
			failed = errors.Join(failed, fmt.Errorf("disconnect: %w", err))
		}
	}
	return failed
}

// makeGood says that a process is up, and gives back to everybody who sat meanwhile the time in which none was.
func (a *app) makeGood(ctx context.Context) error {
	directory := a.store.Directory()
	if err := directory.Pulse(ctx); err != nil {
		return err
	}
	outage, found, err := directory.UnsettledOutage(ctx)
	if err != nil || !found {
		return err
	}
	for last := (gid.ID{}); ; {
		sat, err := directory.SessionsDuring(ctx, outage, last, sweepBatch)
		if err != nil {
			return err
		}
		for _, d := range sat {
			if err := a.sittings.CreditOutage(ctx, policy.Worker(d.Organization), d.Session, outage); err != nil {
				return fmt.Errorf("credit outage: %w", err)
			}
			last = d.Session
		}
		if len(sat) < sweepBatch {
			return directory.SettleOutage(ctx, outage.ID)
		}
		if err := directory.Pulse(ctx); err != nil {
			return err
		}
	}
}
