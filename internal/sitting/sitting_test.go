package sitting_test

import (
	"context"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

func sessionID(s *ent.Session) gid.ID     { return s.ID }
func candidateID(c *ent.Candidate) gid.ID { return c.ID }

func TestEveryMutation(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.mutate(t, map[string]mutation{
			"Invite": {action: policy.SessionInvite, actor: r.owner, events: []event.Type{event.SessionInvited}, foreign: true, fresh: func(testing.TB) call {
				email := r.email()
				return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := r.invitation(email)
					in.IdempotencyKey = key
					if other {
						in.Candidate.Email = "other-" + email
					}
					row, err := r.sitting.Invite(ctx, a, in)
					if err != nil {
						return gid.ID{}, err
					}
					return row.ID, nil
				}
			}},
			"Cancel": {action: policy.SessionCancel, actor: r.owner, events: []event.Type{event.SessionCancelled}, foreign: true, fresh: func(t testing.TB) call {
				row, _, _ := r.invited(t)
				return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.CancelSessionInput{ID: row.ID, Reason: "closed", IdempotencyKey: key}
					if other {
						in.Reason = "another"
					}
					row, err := r.sitting.Cancel(ctx, a, in)
					if err != nil {
						return gid.ID{}, err
					}
					return row.ID, nil
				}
			}},
			"Finish": {action: policy.SessionFinish, actor: policy.Worker(r.owner.Org), events: []event.Type{event.SessionExpired}, foreign: true, keyless: true, fresh: func(t testing.TB) call {
				row, _, _ := r.invited(t)
				r.clock.set(row.ExpiresAt.Add(tenant.EndsAfter + time.Microsecond))
				return func(ctx context.Context, a policy.Actor, _ *string, _ bool) (gid.ID, error) {
					return row.ID, r.sitting.Finish(ctx, a, row.ID)
				}
			}},
			"Deliver": {action: policy.MailSend, actor: policy.Worker(r.owner.Org), keyless: true, fresh: func(testing.TB) call {
				id := r.ids.New(gid.Mail, r.clock.look())
				return func(ctx context.Context, a policy.Actor, _ *string, _ bool) (gid.ID, error) {
					return id, r.sitting.Deliver(ctx, a, id)
				}
			}},
		})
	})
}

// TestEveryMutationOfACandidate is apart, because each has a candidate of its own.
func TestEveryMutationOfACandidate(t *testing.T) {
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
		candidate := policy.Actor{Roles: []policy.Role{policy.Candidate}}
		for name, m := range map[string]mutation{
			"Accept": {events: []event.Type{event.SessionAccepted}, keyless: true, fresh: func(t testing.TB) call {
				var token string
				_, token, who = r.invited(t)
				return own(func(ctx context.Context, a policy.Actor, key *string, _ bool) (gid.ID, error) {
					return sittingID(r.sitting.Accept(ctx, a, sitting.AcceptInvitationInput{Token: token, IdempotencyKey: key}))
				})
			}},
			"Start": {events: []event.Type{event.SessionStarted}, keyless: true, fresh: func(t testing.TB) call {
				var id gid.ID
				id, who = r.accepted(t)
				return own(func(ctx context.Context, a policy.Actor, key *string, _ bool) (gid.ID, error) {
					return sittingID(r.sitting.Start(ctx, a, sitting.StartSittingInput{ID: id, IdempotencyKey: key}))
				})
			}},
			"Submit": {events: []event.Type{event.SessionSubmitted}, fresh: func(t testing.TB) call {
				var id gid.ID
				id, who = r.started(t)
				second := must(r.sitting.Invite(t.Context(), r.owner, r.invitation(who.Identity.Email)))(t).ID
				return own(func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.SubmitSittingInput{ID: id, IdempotencyKey: key}
					if other {
						in.ID = second
					}
					return sittingID(r.sitting.Submit(ctx, a, in))
				})
			}},
			"SaveResponse": {keyless: true, fresh: func(t testing.TB) call {
				var id gid.ID
				id, who = r.started(t)
				return own(func(ctx context.Context, a policy.Actor, _ *string, _ bool) (gid.ID, error) {
					_, err := r.sitting.SaveResponse(ctx, a, save(id, 0, "k", "t"))
					return id, err
				})
			}},
		} {
			m.actor, m.sitting, m.action = candidate, true, policy.SittingTake
			r.mutate(t, map[string]mutation{name: m})
			t.Run(name+" is the candidate's own", func(t *testing.T) {
				ask := m.fresh(t)
				try := func(a policy.Actor) func() error {
					return func() error { _, err := ask(t.Context(), a, nil, false); return err }
				}
				r.refused(t, "an API key", fault.Denied, try(r.as(policy.Integration)))
				r.refused(t, "Assay itself", fault.Denied, try(policy.Worker(r.owner.Org)))
				code := fault.NotFound
				if name == "Accept" { // here the link says which sitting
					code = fault.Conflict
				}
				r.refused(t, "the owner", code, try(r.owner))
				r.refused(t, "the owner of another organization", code, try(r.stranger))
				r.refused(t, "another candidate", code, try(person("else", "else@example.com")))
			})
		}
	})
}

func sittingID(s *sitting.Sitting, err error) (gid.ID, error) {
	if err != nil {
		return gid.ID{}, err
	}
	return s.ID, nil
}

func TestAnotherCandidateSeesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, _ := r.started(t)
		_, other := r.started(t)
		for name, actor := range map[string]policy.Actor{"another candidate": other, "the owner": r.owner, "another organization": r.stranger} {
			for _, id := range []gid.ID{id, r.ids.New(gid.Session, r.clock.look())} {
				r.refused(t, name, fault.NotFound, func() error { return lastErr(r.sitting.Sitting(t.Context(), actor, id)) })
				r.refused(t, name, fault.NotFound, func() error { return lastErr(r.sitting.Responses(t.Context(), actor, id)) })
			}
		}
		for actor, code := range map[*policy.Actor]fault.Code{new(r.as(policy.Integration)): fault.Denied, new(policy.Actor): fault.Unauthenticated} {
			r.refused(t, "read", code, func() error { return lastErr(r.sitting.Sitting(t.Context(), *actor, id)) })
			r.refused(t, "read", code, func() error { return lastErr(r.sitting.Responses(t.Context(), *actor, id)) })
		}
	})
}

func TestEveryListAndBatch(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		a, _, _ := r.invited(t)
		r.clock.pass(time.Second)
		b, _ := r.started(t)
		otherRole := r.jobRole(t)
		r.clock.pass(time.Second)
		elsewhere := r.publish(t, r.draft(t, otherRole))
		in := r.invitation(r.email())
		in.TemplateID = elsewhere.ID
		c := must(r.sitting.Invite(ctx, r.owner, in))(t)
		sessions := func(actor policy.Actor, f *sitting.SessionFilter) []gid.ID {
			return pages(t, 1, sessionID, func(p tenant.Paging) (*tenant.Page[*ent.Session], error) {
				return r.sitting.Sessions(ctx, actor, f, p)
			})
		}
		candidates := func(actor policy.Actor) []gid.ID {
			return pages(t, 1, candidateID, func(p tenant.Paging) (*tenant.Page[*ent.Candidate], error) {
				return r.sitting.Candidates(ctx, actor, p)
			})
		}
		for name, q := range map[string]struct {
			actor policy.Actor
			f     *sitting.SessionFilter
			want  []gid.ID
		}{
			"all, the newest first": {r.owner, nil, []gid.ID{c.ID, b, a.ID}},
			"a state":               {r.owner, &sitting.SessionFilter{State: new(term.InProgress)}, []gid.ID{b}},
			"a job role":            {r.owner, &sitting.SessionFilter{JobRoleID: &otherRole}, []gid.ID{c.ID}},
			"a template":            {r.owner, &sitting.SessionFilter{TemplateID: &r.template.ID}, []gid.ID{b, a.ID}},
			"its manager":           {r.limited(otherRole), nil, []gid.ID{c.ID}},
			"no job role":           {r.limited(), nil, nil},
			"another organization":  {r.stranger, nil, nil},
		} {
			if diff := gocmp.Diff(q.want, sessions(q.actor, q.f)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		if diff := gocmp.Diff([]gid.ID{c.CandidateID}, candidates(r.limited(otherRole))); diff != "" {
			t.Error(diff)
		}
		if n := len(candidates(r.owner)); n != 3 || len(candidates(r.stranger)) != 0 || len(candidates(r.limited())) != 0 {
			t.Errorf("%d candidates", n)
		}
		for _, who := range []struct {
			actor policy.Actor
			want  int
		}{{r.owner, 2}, {r.limited(otherRole), 1}, {r.limited(), 0}, {r.stranger, 0}} {
			byID := must(r.sitting.SessionsByID(ctx, who.actor, []gid.ID{a.ID, c.ID}))(t)
			people := must(r.sitting.CandidatesByID(ctx, who.actor, []gid.ID{a.CandidateID, c.CandidateID}))(t)
			if len(byID) != who.want || len(people) != who.want {
				t.Errorf("got %d and %d, want %d", len(byID), len(people), who.want)
			}
		}
		r.denied(t, policy.SessionRead, func(a policy.Actor) error { return lastErr(r.sitting.Sessions(ctx, a, nil, tenant.Paging{})) })
		r.denied(t, policy.SessionRead, func(a policy.Actor) error { return lastErr(r.sitting.SessionsByID(ctx, a, nil)) })
		r.denied(t, policy.CandidateRead, func(a policy.Actor) error { return lastErr(r.sitting.Candidates(ctx, a, tenant.Paging{})) })
		r.denied(t, policy.CandidateRead, func(a policy.Actor) error { return lastErr(r.sitting.CandidatesByID(ctx, a, nil)) })
		limited := r.limited(otherRole)
		r.refused(t, "a manager invites to another job role's template", fault.NotFound, func() error {
			return lastErr(r.sitting.Invite(ctx, limited, r.invitation(r.email())))
		})
		r.refused(t, "a manager cancels another job role's session", fault.NotFound, func() error {
			return lastErr(r.sitting.Cancel(ctx, limited, sitting.CancelSessionInput{ID: a.ID, Reason: "r"}))
		})
	})
}
