package sitting_test

import (
	"context"
	"testing"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// TestRightsOfACandidate holds what candidates may do beside answering to what every mutation must stand, each with a
// candidate of its own.
func TestRightsOfACandidate(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var who policy.Actor
		own := func(ask call) call {
			mine := who
			return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
				if a.Has(policy.Candidate) {
					a = mine
				}
				return ask(ctx, a, key, other)
			}
		}
		for name, m := range map[string]mutation{
			"recordSignals": {fresh: func(t testing.TB) call {
				var id gid.ID
				id, who = r.started(t)
				signal := r.signal("s", term.Pasted)
				return own(func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					sent := *signal
					if other {
						sent.Lasted = new(time.Hour)
					}
					_, err := r.sitting.RecordSignals(ctx, a, sitting.RecordSignalsInput{SittingID: id, Signals: []*sitting.SignalInput{&sent}, IdempotencyKey: key})
					return id, err
				})
			}},
			"contestSitting": {events: []event.Type{event.ContestOpened}, fresh: func(t testing.TB) call {
				var id gid.ID
				id, who = r.submitted(t)
				return own(func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.ContestSittingInput{SittingID: id, Subject: term.ContestIntegrity, Statement: "no", IdempotencyKey: key}
					if other {
						in.Statement = "not at all"
					}
					return contestID(r.sitting.Contest(ctx, a, in))
				})
			}},
			"requestAccommodation": {quiet: true, fresh: func(t testing.TB) call {
				var id gid.ID
				id, who = r.accepted(t)
				return own(func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.RequestAccommodationInput{SittingID: id, Request: "slowly", IdempotencyKey: key}
					if other {
						in.ExtraPercent = new(25)
					}
					return idOf(r.sitting.RequestAccommodation(ctx, a, in))
				})
			}},
			"withdrawAccommodationRequest": {quiet: true, fresh: func(t testing.TB) call {
				var id gid.ID
				id, who = r.accepted(t)
				r.request(t, id, who)
				second := must(r.sitting.Invite(t.Context(), r.owner, r.invitation(who.Identity.Email)))(t).ID
				return own(func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.WithdrawAccommodationRequestInput{SittingID: id, IdempotencyKey: key}
					if other {
						in.SittingID = second
					}
					return idOf(r.sitting.WithdrawAccommodationRequest(ctx, a, in))
				})
			}},
		} {
			m.actor, m.sitting, m.action = policy.Actor{Roles: []policy.Role{policy.Candidate}}, true, policy.SittingTake
			r.mutate(t, map[string]mutation{name: m})
			t.Run(name+" is the candidate's own", func(t *testing.T) {
				ask := m.fresh(t)
				for actor, code := range map[*policy.Actor]fault.Code{
					new(r.as(policy.Integration)): fault.Denied, new(policy.Worker(r.owner.Org)): fault.Denied, &r.owner: fault.NotFound,
					&r.stranger: fault.NotFound, new(person("else", "else@example.com")): fault.NotFound,
				} {
					r.refused(t, actor.Label(), code, func() error { return lastErr(ask(t.Context(), *actor, nil, false)) })
				}
			})
		}
	})
}

func contestID(c *ent.Contest, err error) (gid.ID, error) {
	if err != nil {
		return gid.ID{}, err
	}
	return c.ID, nil
}
