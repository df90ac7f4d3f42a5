package sitting_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/migration"
	"github.com/assay-hq/assay/internal/sitting"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

func (r *rig) request(t testing.TB, id gid.ID, who policy.Actor) *ent.Accommodation {
	t.Helper()
	return must(r.sitting.RequestAccommodation(t.Context(), who, sitting.RequestAccommodationInput{
		SittingID: id, Request: "I read slowly", ExtraPercent: new(50), Breaks: new(10 * time.Minute),
	}))(t)
}

func (r *rig) decide(t testing.TB, acc *ent.Accommodation, decision sitting.AccommodationDecision, percent *int) (*ent.Accommodation, error) {
	t.Helper()
	return r.sitting.DecideAccommodation(t.Context(), r.as(policy.Admin), sitting.DecideAccommodationInput{
		ID: acc.ID, Revision: acc.Revision, Decision: decision, ExtraPercent: percent, Reason: "as the doctor says",
	})
}

func (r *rig) read(t testing.TB, who policy.Actor, id gid.ID) *sitting.Sitting {
	t.Helper()
	return must(r.sitting.Sitting(t.Context(), who, id))(t)
}

func TestAccommodation(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		t.Run("a grant before the start stretches the sitting", func(t *testing.T) {
			id, who := r.accepted(t)
			acc := r.request(t, id, who)
			if acc.State != term.AccommodationRequested || acc.Contact != "Ada, help@example.com" {
				t.Errorf("got %v", acc)
			}
			got := must(r.decide(t, acc, sitting.Grant, nil))(t)
			if got.State != term.AccommodationGranted || got.ExtraPercent != 50 || got.BreakSeconds != 600 || got.DecidedBy == "" {
				t.Errorf("got %v", got)
			}
			must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id}))(t)
			if own := r.read(t, who, id); own.TimeLimit != allowed*3/2 || own.Deadline.Sub(*own.StartedAt) != allowed*3/2 {
				t.Errorf("got %s until %s", own.TimeLimit, own.Deadline)
			}
		})
		t.Run("a decision in the middle moves the deadline, and takes nothing away", func(t *testing.T) {
			id, who := r.started(t)
			acc := r.request(t, id, who)
			r.clock.pass(5 * time.Minute)
			acc = must(r.decide(t, acc, sitting.Change, new(100)))(t)
			if own := r.read(t, who, id); own.Deadline.Sub(*own.StartedAt) != 2*allowed {
				t.Errorf("until %s", own.Deadline)
			}
			r.refused(t, "less", fault.Conflict, func() error { return lastErr(r.decide(t, acc, sitting.Change, new(99))) })
			r.refused(t, "none", fault.Conflict, func() error { return lastErr(r.decide(t, acc, sitting.Decline, nil)) })
			stale := *acc
			stale.Revision--
			f := r.refused(t, "an old revision", fault.Stale, func() error { return lastErr(r.decide(t, &stale, sitting.Change, new(120))) }, "revision")
			if current, ok := f.Current.(*ent.Accommodation); !ok || current.Revision != acc.Revision {
				t.Errorf("got %v", f.Current)
			}
			r.clock.pass(allowed) // past the first deadline
			must(r.sitting.SaveResponse(t.Context(), who, save(id, 0, "late", "still in time")))(t)
		})
		t.Run("without a request", func(t *testing.T) {
			id, who := r.started(t)
			grant := func() (*ent.Accommodation, error) {
				return r.sitting.GrantAccommodation(t.Context(), r.as(policy.Admin), sitting.GrantAccommodationInput{
					SessionID: id, ExtraTime: new(5 * time.Minute), Notes: new("larger type"), Reason: "told by telephone",
				})
			}
			acc := must(grant())(t)
			if own := must(r.sitting.OwnAccommodation(t.Context(), who, id))(t); own.ID != acc.ID || own.Notes != "larger type" {
				t.Errorf("got %v", own)
			}
			if own := r.read(t, who, id); own.Deadline.Sub(*own.StartedAt) != allowed+5*time.Minute {
				t.Errorf("until %s", own.Deadline)
			}
			r.refused(t, "twice", fault.Conflict, func() error { return lastErr(grant()) })
			r.refused(t, "as asked, if nobody asked", fault.Conflict, func() error { return lastErr(r.decide(t, acc, sitting.Grant, nil)) })
		})
	})
}

// TestExpiryWaits lets three days pass over an open request: the invitation stands, and afterwards the time that the
// decision took is added. What staff see of the expiry stays as they set it.
func TestExpiryWaits(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.accepted(t)
		before := must(r.sitting.SessionsByID(t.Context(), r.owner, []gid.ID{id}))(t)[0]
		sweep := func() { r.sweep(t) }
		r.clock.pass(71 * time.Hour)
		acc := r.request(t, id, who)
		r.clock.pass(48 * time.Hour)
		sweep()
		if own := r.read(t, who, id); own.State != sitting.Invited || !own.ExpiresAt.Equal(before.ExpiresAt) {
			t.Fatalf("while it waits: %s until %s", own.State, own.ExpiresAt)
		}
		must(r.decide(t, acc, sitting.Decline, nil))(t)
		if own := r.read(t, who, id); !own.ExpiresAt.Equal(before.ExpiresAt.Add(48 * time.Hour)) {
			t.Errorf("afterwards until %s", own.ExpiresAt)
		}
		if after := must(r.sitting.SessionsByID(t.Context(), r.owner, []gid.ID{id}))(t)[0]; !after.ExpiresAt.Equal(before.ExpiresAt) {
			t.Errorf("staff see %s", after.ExpiresAt)
		}
		t.Run("asking again waits again", func(t *testing.T) {
			acc = r.request(t, id, who)
			r.clock.pass(2 * time.Hour)
			sweep()
			must(r.sitting.WithdrawAccommodationRequest(t.Context(), who, sitting.WithdrawAccommodationRequestInput{SittingID: id}))(t)
			if own := r.read(t, who, id); !own.ExpiresAt.Equal(before.ExpiresAt.Add(50 * time.Hour)) {
				t.Errorf("until %s", own.ExpiresAt)
			}
		})
		t.Run("and then it expires", func(t *testing.T) {
			r.clock.pass(time.Hour + tenant.EndsAfter + time.Second)
			sweep()
			if own := r.read(t, who, id); own.State != sitting.Expired {
				t.Errorf("got %s", own.State)
			}
			r.refused(t, "a request after it", fault.Conflict, func() error {
				return lastErr(r.sitting.RequestAccommodation(t.Context(), who, sitting.RequestAccommodationInput{SittingID: id, Request: "x"}))
			})
		})
		t.Run("a due time that was set meanwhile waits all the same", func(t *testing.T) {
			id, who := r.accepted(t)
			r.request(t, id, who)
			r.exec(t, "UPDATE sessions SET due_at = expires_at WHERE id = '"+id.UUID()+"'")
			r.clock.pass(73 * time.Hour)
			sweep()
			if own := r.read(t, who, id); own.State != sitting.Invited {
				t.Errorf("got %s", own.State)
			}
			must(r.sitting.Start(t.Context(), who, sitting.StartSittingInput{ID: id}))(t)
		})
	})
}

// TestExpiryThatWaitedBefore upgrades an invitation whose expiry waits as the version before kept it: as a due time in a
// hundred years.
func TestExpiryThatWaitedBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) {
		r := newRig(t, db)
		id, who := r.accepted(t)
		untouched, _ := r.accepted(t)
		r.request(t, id, who)
		was := r.rows(t, "SELECT due_at, waiting_since FROM sessions WHERE id = '"+id.UUID()+"'")
		row := must(r.sitting.SessionsByID(t.Context(), r.owner, []gid.ID{id}))(t)[0]
		far := row.DueAt.Add(100 * 365 * 24 * time.Hour).Format("2006-01-02 15:04:05.999999999-07:00")
		r.exec(t, "UPDATE sessions SET waiting_since = NULL, due_at = '"+far+"' WHERE id = '"+id.UUID()+"'")
		folder := must(migration.Folder(db.Dialect))(t)
		text := string(must(os.ReadFile(filepath.Join("..", "migration", filepath.FromSlash(folder), "0005_waiting.sql")))(t))
		_, update, _ := strings.Cut(text, "UPDATE")
		r.exec(t, "UPDATE"+update)
		if got := r.rows(t, "SELECT due_at, waiting_since FROM sessions WHERE id = '"+id.UUID()+"'"); !reflect.DeepEqual(got, was) {
			t.Errorf("got %v, want %v", got, was)
		}
		if got := must(r.sitting.SessionsByID(t.Context(), r.owner, []gid.ID{untouched}))(t)[0]; got.WaitingSince != nil || !got.DueAt.Equal(got.ExpiresAt) {
			t.Errorf("one that did not wait is due %s, waits since %v", got.DueAt, got.WaitingSince)
		}
	})
}

// sweep ends what is due, as the worker does every second.
func (r *rig) sweep(t testing.TB) {
	t.Helper()
	for _, d := range must(r.store.Directory().DueSessions(t.Context(), 100))(t) {
		if err := r.sitting.Finish(t.Context(), policy.Worker(d.Organization), d.Session); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAccommodationFaults(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		id, who := r.accepted(t)
		ask := func(in sitting.RequestAccommodationInput) func() error {
			in.SittingID = id
			return func() error { return lastErr(r.sitting.RequestAccommodation(t.Context(), who, in)) }
		}
		r.refused(t, "nonsense", fault.Invalid, ask(sitting.RequestAccommodationInput{ExtraPercent: new(301), ExtraTime: new(-time.Second), Breaks: new(25 * time.Hour)}),
			"request", "extraPercent", "extraTime", "breaks")
		acc := r.request(t, id, who)
		r.refused(t, "asking twice", fault.Conflict, ask(sitting.RequestAccommodationInput{Request: "x"}))
		r.refused(t, "a grant that says how much", fault.Invalid, func() error { return lastErr(r.decide(t, acc, sitting.Grant, new(5))) }, "extraPercent")
		must(r.decide(t, acc, sitting.Grant, nil))(t)
		r.refused(t, "asking after a grant", fault.Conflict, ask(sitting.RequestAccommodationInput{Request: "x"}))
		r.refused(t, "taking back what was granted", fault.Conflict, func() error {
			return lastErr(r.sitting.WithdrawAccommodationRequest(t.Context(), who, sitting.WithdrawAccommodationRequestInput{SittingID: id}))
		})
		over, past := r.submitted(t)
		r.refused(t, "after the end", fault.Conflict, func() error {
			return lastErr(r.sitting.RequestAccommodation(t.Context(), past, sitting.RequestAccommodationInput{SittingID: over, Request: "x"}))
		})
		r.refused(t, "a grant after the end", fault.Conflict, func() error {
			return lastErr(r.sitting.GrantAccommodation(t.Context(), r.as(policy.Admin), sitting.GrantAccommodationInput{SessionID: over, Reason: "x"}))
		})
		t.Run("where the template takes no requests", func(t *testing.T) {
			draft := must(r.authoring.CreateTemplate(t.Context(), r.owner, authoring.CreateTemplateInput{
				JobRoleID: r.role, Name: "Strict", Mode: term.Assessment, Content: &content.Template{
					CutPercent: 50, Feedback: term.FeedbackNone, Bands: []*content.Band{{Name: "All"}},
					Sections: []*content.Section{{Title: "Only", TimeLimit: 600, Slots: []*content.Slot{{QuestionID: &r.questions[4], Points: 2}}}},
				},
			}))(t)
			r.template = r.publish(t, draft.ID)
			id, who := r.accepted(t)
			r.refused(t, "a request", fault.Conflict, func() error {
				return lastErr(r.sitting.RequestAccommodation(t.Context(), who, sitting.RequestAccommodationInput{SittingID: id, Request: "x"}))
			})
		})
	})
}

func TestAccommodationSight(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var made []gid.ID
		for range 3 {
			r.clock.pass(time.Second)
			id, who := r.accepted(t)
			made = append(made, r.request(t, id, who).ID)
		}
		state := term.AccommodationRequested
		list := func(p tenant.Paging) (*tenant.Page[*ent.Accommodation], error) {
			return r.sitting.Accommodations(t.Context(), r.as(policy.Admin), &state, p)
		}
		if diff := gocmp.Diff(made, pages(t, 2, func(a *ent.Accommodation) gid.ID { return a.ID }, list)); diff != "" {
			t.Error(diff)
		}
		r.denied(t, policy.AccommodationDecide, func(a policy.Actor) error {
			return lastErr(r.sitting.Accommodations(t.Context(), a, nil, tenant.Paging{}))
		})
		r.denied(t, policy.AccommodationDecide, func(a policy.Actor) error {
			return lastErr(r.sitting.AccommodationsByID(t.Context(), a, made))
		})
		stranger := r.stranger
		stranger.Roles = []policy.Role{policy.Admin}
		if got := must(r.sitting.AccommodationsByID(t.Context(), stranger, made))(t); len(got) > 0 {
			t.Error("another organization sees them")
		}
		id, _ := r.accepted(t)
		r.refused(t, "somebody else's", fault.NotFound, func() error {
			return lastErr(r.sitting.OwnAccommodation(t.Context(), person("else", "else@example.com"), id))
		})
	})
}

// TestAccommodationMutations holds them to what every mutation must stand: the audit knows, no event tells.
func TestAccommodationMutations(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.mutate(t, map[string]mutation{
			"decideAccommodation": {action: policy.AccommodationDecide, actor: r.as(policy.Admin), quiet: true, fresh: func(t testing.TB) call {
				id, who := r.accepted(t)
				acc := r.request(t, id, who)
				return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.DecideAccommodationInput{ID: acc.ID, Revision: acc.Revision, Decision: sitting.Grant, Reason: "fair", IdempotencyKey: key}
					if other {
						in.Decision = sitting.Decline
					}
					return idOf(r.sitting.DecideAccommodation(ctx, a, in))
				}
			}},
			"grantAccommodation": {action: policy.AccommodationDecide, actor: r.as(policy.Admin), quiet: true, fresh: func(t testing.TB) call {
				id, _ := r.accepted(t)
				return func(ctx context.Context, a policy.Actor, key *string, other bool) (gid.ID, error) {
					in := sitting.GrantAccommodationInput{SessionID: id, ExtraPercent: new(25), Reason: "fair", IdempotencyKey: key}
					if other {
						in.ExtraPercent = new(50)
					}
					return idOf(r.sitting.GrantAccommodation(ctx, a, in))
				}
			}},
		})
	})
}

func idOf(acc *ent.Accommodation, err error) (gid.ID, error) {
	if err != nil {
		return gid.ID{}, err
	}
	return acc.ID, nil
}
