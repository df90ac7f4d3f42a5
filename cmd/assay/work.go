package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/assay-hq/assay/internal/job"
	"github.com/assay-hq/assay/internal/sitting"
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
		river.AddWorkerSafely(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[job.SendMail]) error {
			return a.sittings.Deliver(ctx, policy.Worker(j.Args.OrganizationID), j.Args.MailID)
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
	go func() { defer close(indexed); a.reindex(sweeping) }()
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

// tidyEvery is how many sweeps pass between two clean-ups: an hour's.
const tidyEvery = 3600

// sweepEverySecond ends what is due and orders what happened, until the context ends.
func (a *app) sweepEverySecond(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for round := 0; ; round++ {
		err := a.sweep(ctx)
		if round%tidyEvery == 0 {
			err = errors.Join(err, a.store.Tidy(ctx))
		}
		if err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "sweep", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
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

// sequence gives everything that happened its place.
func (a *app) sequence(ctx context.Context) error {
	for {
		n, err := a.store.Sequence(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// sweepBatch bounds how many sessions one look at the clock ends; it looks again until none is left.
const sweepBatch = 200

func (a *app) sweep(ctx context.Context) error {
	for {
		due, err := a.store.Directory().DueSessions(ctx, sweepBatch)
		if err != nil {
			return err
		}
		var failed error
		for _, d := range due {
			if err := a.sittings.Finish(ctx, policy.Worker(d.Organization), d.Session); err != nil {
				failed = errors.Join(failed, fmt.Errorf("finish: %w", err))
			}
		}
		if failed != nil || len(due) < sweepBatch {
			return errors.Join(failed, a.sequence(ctx))
		}
	}
}
