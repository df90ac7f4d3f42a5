package graph_test

import (
	"context"
	"testing"

	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

func rightReads() []operation {
	own := func(name string, ask func(ctx context.Context, o *org, who policy.Actor) error) operation {
		op := reads(name, policy.SittingTake, false, ask)
		op.own = true
		return op
	}
	anybody := func(name string, ask func(ctx context.Context, o *org, who policy.Actor) error) operation {
		op := own(name, ask)
		op.alien = allowed // who has no sitting has an empty list
		return op
	}
	return []operation{
		own("sitting.OwnSignals", func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.sittings.OwnSignals(ctx, who, o.running))
		}),
		own("sitting.OwnVerdict", func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.sittings.OwnVerdict(ctx, who, o.released))
		}),
		own("sitting.OwnContests", func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.sittings.OwnContests(ctx, who, o.released))
		}),
		own("sitting.OwnAccommodation", func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.sittings.OwnAccommodation(ctx, who, o.running))
		}),
		own("sitting.BreaksLeft", func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.sittings.BreaksLeft(ctx, who, o.running))
		}),
		anybody("sitting.OwnSittings", func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.sittings.OwnSittings(ctx, who, tenant.Paging{}))
		}),
		anybody("sitting.MyRecords", func(ctx context.Context, o *org, who policy.Actor) error { return done(o.sittings.MyRecords(ctx, who)) }),
		anybody("sitting.ExportMine", func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.sittings.ExportMine(ctx, who))
		}),
		reads("sitting.IntegrityBySession", policy.IntegrityRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.sittings.IntegrityBySession(ctx, who, []gid.ID{o.released}))
		}),
		reads("sitting.Signals", policy.IntegrityRead, true, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.sittings.Signals(ctx, who, o.running, tenant.Paging{}))
		}),
		lists("sitting.Contests", policy.ContestAnswer, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.sittings.Contests(ctx, who, nil, tenant.Paging{}))
		}),
		lists("sitting.Accommodations", policy.AccommodationDecide, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.sittings.Accommodations(ctx, who, nil, tenant.Paging{}))
		}),
		reads("sitting.AccommodationsByID", policy.AccommodationDecide, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.sittings.AccommodationsByID(ctx, who, []gid.ID{o.accommodation}))
		}),
		reads("sitting.HoldsByCandidate", policy.CandidateErase, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return some(o.sittings.HoldsByCandidate(ctx, who, []gid.ID{o.held}))
		}),
		reads("sitting.CandidateByAddress", policy.CandidateErase, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.sittings.CandidateByAddress(ctx, who, o.people["candidate"].email))
		}),
		noted(reads("sitting.ExportCandidate", policy.CandidateErase, false, func(ctx context.Context, o *org, who policy.Actor) error {
			return done(o.sittings.ExportCandidate(ctx, who, o.people["candidate"].email))
		})),
	}
}

func rightWrites() []operation {
	return []operation{
		writes("sitting.JudgeIntegrity", policy.IntegrityJudge, func(_ *testing.T, o *org, _ *person) call {
			in := sitting.JudgeIntegrityInput{SessionID: o.inReview, Verdict: term.NoConcern, Comment: "fine"}
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.sittings.JudgeIntegrity(ctx, who, in))
			}
		}),
		writes("sitting.AnswerContest", policy.ContestAnswer, func(t *testing.T, o *org, _ *person) call {
			in := sitting.AnswerContestInput{ID: o.contest(t, o.sat(t, o.quiz).ID), Answer: "you are right"}
			return func(ctx context.Context, who policy.Actor) error { return done(o.sittings.AnswerContest(ctx, who, in)) }
		}),
		writes("sitting.DecideAccommodation", policy.AccommodationDecide, func(t *testing.T, o *org, _ *person) call {
			in := sitting.DecideAccommodationInput{ID: o.requested(t).ID, Revision: 1, Decision: sitting.Decline, Reason: "no"}
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.sittings.DecideAccommodation(ctx, who, in))
			}
		}),
		writes("sitting.GrantAccommodation", policy.AccommodationDecide, func(t *testing.T, o *org, _ *person) call {
			in := sitting.GrantAccommodationInput{SessionID: o.accepted(t, o.quiz).ID, ExtraPercent: new(50), Reason: "fair"}
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.sittings.GrantAccommodation(ctx, who, in))
			}
		}),
		writes("sitting.EraseCandidate", policy.CandidateErase, func(t *testing.T, o *org, _ *person) call {
			in := sitting.EraseCandidateInput{ID: o.somebody(t), Reason: "asked by letter"}
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.sittings.EraseCandidate(ctx, who, in))
			}
		}),
		writes("sitting.HoldCandidate", policy.CandidateErase, func(t *testing.T, o *org, _ *person) call {
			in := sitting.HoldCandidateInput{ID: o.somebody(t), Reason: "a charge"}
			return func(ctx context.Context, who policy.Actor) error { return done(o.sittings.HoldCandidate(ctx, who, in)) }
		}),
		writes("sitting.ReleaseCandidateHold", policy.CandidateErase, func(t *testing.T, o *org, _ *person) call {
			in := sitting.ReleaseCandidateHoldInput{ID: o.somebody(t), Reason: "settled"}
			must(o.sittings.HoldCandidate(t.Context(), o.owner(), sitting.HoldCandidateInput{ID: in.ID, Reason: "a charge"}))(t)
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.sittings.ReleaseCandidateHold(ctx, who, in))
			}
		}),
		// Where no files are kept, their deletion looks for none.
		lists("sitting.DeleteFiles", policy.CandidateErase, func(ctx context.Context, o *org, who policy.Actor) error {
			return o.sittings.DeleteFiles(ctx, who, []string{"blob"})
		}),
	}
}

func rightsOfCandidates() []operation {
	return []operation{
		takes("sitting.RecordSignals", func(t *testing.T, o *org, _ *person) call {
			in := o.signals()
			in.SittingID = o.started(t, o.quiz).ID
			return func(ctx context.Context, who policy.Actor) error { return done(o.sittings.RecordSignals(ctx, who, in)) }
		}),
		takes("sitting.Contest", func(t *testing.T, o *org, _ *person) call {
			in := sitting.ContestSittingInput{SittingID: o.sat(t, o.quiz).ID, Subject: term.ContestIntegrity, Statement: "no"}
			return func(ctx context.Context, who policy.Actor) error { return done(o.sittings.Contest(ctx, who, in)) }
		}),
		takes("sitting.RequestAccommodation", func(t *testing.T, o *org, _ *person) call {
			in := sitting.RequestAccommodationInput{SittingID: o.accepted(t, o.quiz).ID, Request: "slowly"}
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.sittings.RequestAccommodation(ctx, who, in))
			}
		}),
		takes("sitting.WithdrawAccommodationRequest", func(t *testing.T, o *org, _ *person) call {
			in := sitting.WithdrawAccommodationRequestInput{SittingID: o.requested(t).SessionID}
			return func(ctx context.Context, who policy.Actor) error {
				return done(o.sittings.WithdrawAccommodationRequest(ctx, who, in))
			}
		}),
		takes("sitting.EraseMe", func(t *testing.T, o *org, _ *person) call {
			in := sitting.EraseMyDataInput{SittingID: o.alias(t)}
			return func(ctx context.Context, who policy.Actor) error { return done(o.sittings.EraseMe(ctx, who, in)) }
		}),
	}
}
