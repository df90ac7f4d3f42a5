package insight_test

import (
	"crypto/rand"
	"log/slog"
	"math"
	mathrand "math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/dbtest"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/insight"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// noon is when everything happens, unless it says otherwise.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// rig is a store with an organization, and another one that must see nothing of it.
type rig struct {
	store      *tenant.Store
	insights   *insight.Service
	rules      *policy.Policy
	ids        *gid.Source
	owner      policy.Actor
	stranger   policy.Actor
	statements atomic.Int64
}

func each(t *testing.T, run func(t *testing.T, r *rig)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db dbtest.Database) { run(t, newRig(t, db)) })
}

func newRig(t *testing.T, db dbtest.Database) *rig {
	t.Helper()
	r := &rig{ids: gid.NewSource(rand.Reader)}
	var err error
	if r.rules, err = policy.New(); err != nil {
		t.Fatal(err)
	}
	r.store, err = tenant.Open(tenant.Config{
		URL: db.URL, Policy: r.rules, Clock: tenant.Clock{Now: func() time.Time { return noon }, Own: true}, IDs: r.ids,
		Log: slog.New(slog.DiscardHandler), Observe: func(string) { r.statements.Add(1) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.store.Close(); err != nil {
			t.Error(err)
		}
	})
	r.insights = insight.New(r.store)
	r.owner, r.stranger = r.found(t, "one"), r.found(t, "two")
	return r
}

func (r *rig) found(t *testing.T, slug string) policy.Actor {
	t.Helper()
	org, err := r.store.Directory().NewOrganization(t.Context(), slug, slug, slug+"@example.com", "Owner")
	if err != nil {
		t.Fatal(err)
	}
	return policy.Actor{Org: org, ID: r.ids.New(gid.Member, noon), Roles: []policy.Role{policy.Owner}}
}

// write runs a function in a transaction of the owner.
func (r *rig) write(t *testing.T, fn func(w writer)) {
	t.Helper()
	scope, err := r.store.As(t.Context(), r.owner, policy.SessionInvite)
	if err != nil {
		t.Fatal(err)
	}
	_, err = tenant.InTx(t.Context(), scope, func(tx tenant.Tx) (struct{}, error) {
		fn(writer{t: t, tx: tx, ids: r.ids})
		return struct{}{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// writer writes rows as they stand after the operations of other rooms.
type writer struct {
	t   *testing.T
	tx  tenant.Tx
	ids *gid.Source
}

func must[T any](t *testing.T) func(row T, err error) T {
	return func(row T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return row
	}
}

func (w writer) role(title string) *ent.JobRole {
	return must[*ent.JobRole](w.t)(w.tx.NewJobRole().SetTitle(title).SetLevel(term.Senior).SetStatus(term.Open).
		SetResponsibilities([]string{}).SetPreferredQualifications([]string{}).Save(w.t.Context()))
}

// version writes a template of a role with one published version.
func (w writer) version(role gid.ID) *ent.TemplateVersion {
	t := must[*ent.Template](w.t)(w.tx.NewTemplate().SetJobRoleID(role).SetName("Template").SetMode(term.Assessment).
		SetState(term.Published).SetPublishedNumber(1).SetDraftNumber(0).Save(w.t.Context()))
	return must[*ent.TemplateVersion](w.t)(w.tx.NewTemplateVersion().SetTemplateID(t.ID).SetJobRoleID(role).SetNumber(1).
		SetName("Template").SetPaper([]byte("{}")).SetKey([]byte("{}")).SetHash("h").SetQuestionCount(1).
		SetTimeLimitSeconds(60).SetPoints(1).SetCutPercent(50).SetPublishedBy(w.ids.New(gid.Member, noon)).Save(w.t.Context()))
}

// session writes a session that was invited at noon; change says what came of it.
func (w writer) session(v *ent.TemplateVersion, change func(*ent.SessionCreate)) *ent.Session {
	email := w.ids.New(gid.Candidate, noon).String() + "@example.com"
	person := must[*ent.Candidate](w.t)(w.tx.NewCandidate().SetEmail(email).SetName("Candidate").Save(w.t.Context()))
	create := w.tx.NewSession().SetCandidateID(person.ID).SetJobRoleID(v.JobRoleID).SetTemplateID(v.TemplateID).
		SetTemplateVersionID(v.ID).SetState(term.Invited).SetInvitedBy("system").SetLinkHash([]byte(email)).
		SetExpiresAt(noon.Add(time.Hour)).SetDueAt(noon.Add(time.Hour)).SetAllowedSeconds(60).SetSeed(1)
	change(create)
	return must[*ent.Session](w.t)(create.Save(w.t.Context()))
}

// report writes the n-th report of a session, by which it is current; change says what else is special.
func (w writer) report(s *ent.Session, n int, percent float64, change func(*ent.ReportCreate)) {
	micro := int64(math.Round(percent * 1_000_000))
	create := w.tx.NewReport().SetSessionID(s.ID).SetJobRoleID(s.JobRoleID).SetCandidateID(s.CandidateID).
		SetTemplateVersionID(s.TemplateVersionID).SetNumber(n).SetState(term.ReportReady).SetPercent(micro).
		SetPoints(0).SetMaxPoints(1).SetBand(bandOf(percent)).SetPassed(percent >= 50).SetResult([]byte("{}")).SetEndedAt(noon)
	change(create)
	must[*ent.Report](w.t)(create.Save(w.t.Context()))
}

func bandOf(percent float64) string {
	if percent >= 50 {
		return "Good"
	}
	return "Weak"
}

func asIs[T any](T) {}

// scored is a session that came to its end.
func scored(c *ent.SessionCreate) {
	c.SetState(term.Scored).SetOpenedAt(noon).SetStartedAt(noon).SetEndedAt(noon).SetScoredAt(noon)
}

func superseded(c *ent.ReportCreate) { c.SetSupersededAt(noon) }

// seedFunnel writes two job roles: the first with one session at each end, the second with one invitation.
func (r *rig) seedFunnel(t *testing.T) (first, second gid.ID) {
	t.Helper()
	r.write(t, func(w writer) {
		one, two := w.role("one"), w.role("two")
		v := w.version(one.ID)
		w.session(v, asIs)
		w.session(v, func(c *ent.SessionCreate) { c.SetOpenedAt(noon) })
		w.session(v, func(c *ent.SessionCreate) { c.SetState(term.Expired).SetOpenedAt(noon) })
		w.session(v, func(c *ent.SessionCreate) { c.SetState(term.Cancelled).SetEndedAt(noon) })
		w.session(v, func(c *ent.SessionCreate) {
			c.SetState(term.Cancelled).SetOpenedAt(noon).SetStartedAt(noon).SetEndedAt(noon)
		})
		w.session(v, func(c *ent.SessionCreate) { c.SetState(term.InProgress).SetOpenedAt(noon).SetStartedAt(noon) })
		w.session(v, func(c *ent.SessionCreate) {
			c.SetState(term.Submitted).SetOpenedAt(noon).SetStartedAt(noon).SetEndedAt(noon)
		})
		inReview := w.session(v, func(c *ent.SessionCreate) {
			c.SetState(term.InReview).SetOpenedAt(noon).SetStartedAt(noon).SetEndedAt(noon)
		})
		w.report(inReview, 1, 90, func(c *ent.ReportCreate) { c.SetState(term.ReportProvisional) })
		failed := w.session(v, scored)
		w.report(failed, 1, 90, superseded) // it passed before it was scored again
		w.report(failed, 2, 10, asIs)
		w.report(w.session(v, scored), 1, 60, asIs)
		released := w.session(v, func(c *ent.SessionCreate) { scored(c); c.SetState(term.Released).SetReleasedAt(noon) })
		w.report(released, 1, 70, func(c *ent.ReportCreate) { c.SetState(term.ReportReleased) })
		w.session(v, func(c *ent.SessionCreate) { c.SetState(term.Declined).SetOpenedAt(noon).SetEndedAt(noon) })
		voided := w.session(v, func(c *ent.SessionCreate) { scored(c); c.SetState(term.Voided).SetReleasedAt(noon) })
		w.report(voided, 1, 70, func(c *ent.ReportCreate) { c.SetState(term.ReportReleased) })
		w.session(v, func(c *ent.SessionCreate) { c.SetCreatedAt(noon.Add(24 * time.Hour)) })
		w.session(w.version(two.ID), asIs)
		first, second = one.ID, two.ID
	})
	return first, second
}

func TestFunnel(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		first, second := r.seedFunnel(t)
		ask := func(t *testing.T, actor policy.Actor, in insight.FunnelInput, want insight.Funnel) {
			t.Helper()
			got, err := r.insights.Funnel(t.Context(), actor, in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&want, got); diff != "" {
				t.Error(diff)
			}
		}
		all := insight.Funnel{
			Invited: 14, Opened: 11, Started: 8, Submitted: 5, Scored: 3, Released: 1, Passed: 2, Expired: 1, Cancelled: 2,
			Declined: 1, Voided: 1,
		}
		t.Run("each step counts who reached it", func(t *testing.T) {
			ask(t, r.owner, insight.FunnelInput{JobRoleID: first}, all)
		})
		t.Run("from is included and to is not", func(t *testing.T) {
			later := noon.Add(24 * time.Hour)
			before := all
			before.Invited--
			ask(t, r.owner, insight.FunnelInput{JobRoleID: first, From: &noon, To: &later}, before)
			ask(t, r.owner, insight.FunnelInput{JobRoleID: first, From: &later}, insight.Funnel{Invited: 1})
			ask(t, r.owner, insight.FunnelInput{JobRoleID: first, To: &noon}, insight.Funnel{})
		})
		t.Run("a span in another time zone is the same span", func(t *testing.T) {
			there := noon.Add(time.Microsecond).In(time.FixedZone("east", 5*60*60))
			ask(t, r.owner, insight.FunnelInput{JobRoleID: first, From: &there}, insight.Funnel{Invited: 1})
		})
		t.Run("a limited membership sees its job roles", func(t *testing.T) {
			ask(t, r.limitedTo(first), insight.FunnelInput{JobRoleID: first}, all)
		})
		t.Run("it takes two statements", func(t *testing.T) {
			before := r.statements.Load()
			ask(t, r.owner, insight.FunnelInput{JobRoleID: first}, all)
			if n := r.statements.Load() - before; n != 2 {
				t.Errorf("got %d", n)
			}
		})
		r.guarded(t, first, second, func(actor policy.Actor, role gid.ID) error {
			_, err := r.insights.Funnel(t.Context(), actor, insight.FunnelInput{JobRoleID: role})
			return err
		})
	})
}

func (r *rig) limitedTo(role gid.ID) policy.Actor {
	return policy.Actor{
		Org: r.owner.Org, ID: r.ids.New(gid.Member, noon), Roles: []policy.Role{policy.HiringManager},
		Limited: true, JobRoles: []gid.ID{role},
	}
}

// guarded demands what every question about a job role demands of who asks.
func (r *rig) guarded(t *testing.T, first, second gid.ID, call func(policy.Actor, gid.ID) error) {
	t.Helper()
	t.Run("what is not in scope is NotFound", func(t *testing.T) {
		for name, c := range map[string]struct {
			actor policy.Actor
			role  gid.ID
		}{
			"another organization": {r.stranger, first},
			"limited to another":   {r.limitedTo(second), first},
			"limited to none":      {r.limitedTo(gid.ID{}), first},
			"no job role":          {r.owner, r.ids.New(gid.JobRole, noon)},
		} {
			if err := call(c.actor, c.role); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
	t.Run("a role without the permission is Denied", func(t *testing.T) {
		for _, role := range policy.Roles {
			actor := policy.Actor{Org: r.owner.Org, ID: r.owner.ID, Roles: []policy.Role{role}}
			err := call(actor, first)
			if may := r.rules.Allows(actor, policy.InsightRead); may == fault.Is(err, fault.Denied) {
				t.Errorf("%s: allowed %v, got %v", role, may, err)
			}
		}
		if err := call(policy.Actor{}, first); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("nobody: got %v", err)
		}
	})
}

// seedScores writes two templates of one job role, with reports at the edges of the buckets, and one of another role.
func (r *rig) seedScores(t *testing.T) (one, two *ent.TemplateVersion, other gid.ID) {
	t.Helper()
	r.write(t, func(w writer) {
		role := w.role("one")
		one, two = w.version(role.ID), w.version(role.ID)
		for _, percent := range []float64{0, 9.999999, 10, 50, 50} {
			w.report(w.session(one, scored), 1, percent, asIs)
		}
		again := w.session(one, scored)
		w.report(again, 1, 20, superseded)
		w.report(again, 2, 100, func(c *ent.ReportCreate) { c.SetState(term.ReportReleased) })
		w.report(w.session(one, scored), 1, 30, func(c *ent.ReportCreate) { c.SetState(term.ReportProvisional) })
		w.report(w.session(two, scored), 1, 90, func(c *ent.ReportCreate) { c.SetEndedAt(noon.Add(time.Hour)) })
		elsewhere := w.version(w.role("two").ID)
		w.report(w.session(elsewhere, scored), 1, 40, asIs)
		other = elsewhere.JobRoleID
	})
	return one, two, other
}

func buckets(counts ...int) []*insight.Bucket {
	all := make([]*insight.Bucket, 10)
	for i := range all {
		all[i] = &insight.Bucket{FromPercent: 10 * i, ToPercent: 10*i + 10, Count: counts[i]}
	}
	return all
}

func TestScoreDistribution(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		one, two, other := r.seedScores(t)
		role := one.JobRoleID
		ask := func(t *testing.T, actor policy.Actor, in insight.DistributionInput, want insight.Distribution) {
			t.Helper()
			got, err := r.insights.ScoreDistribution(t.Context(), actor, in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&want, got); diff != "" {
				t.Error(diff)
			}
		}
		all := insight.Distribution{
			Count: 7, MeanPercent: new(44.29), MedianPercent: new(50.0), LowestPercent: new(0.0), HighestPercent: new(100.0),
			Buckets: buckets(2, 1, 0, 0, 0, 2, 0, 0, 0, 2),
			Bands:   []*insight.BandCount{{Name: "Weak", Count: 3}, {Name: "Good", Count: 4}},
		}
		t.Run("counts the current reports", func(t *testing.T) {
			ask(t, r.owner, insight.DistributionInput{JobRoleID: role}, all)
		})
		t.Run("of one template, with a median between two", func(t *testing.T) {
			ask(t, r.owner, insight.DistributionInput{JobRoleID: role, TemplateID: &one.TemplateID}, insight.Distribution{
				Count: 6, MeanPercent: new(36.67), MedianPercent: new(30.0), LowestPercent: new(0.0), HighestPercent: new(100.0),
				Buckets: buckets(2, 1, 0, 0, 0, 2, 0, 0, 0, 1),
				Bands:   []*insight.BandCount{{Name: "Weak", Count: 3}, {Name: "Good", Count: 3}},
			})
		})
		t.Run("from is included and to is not", func(t *testing.T) {
			later := noon.Add(time.Hour)
			ask(t, r.owner, insight.DistributionInput{JobRoleID: role, From: &later}, insight.Distribution{
				Count: 1, MeanPercent: new(90.0), MedianPercent: new(90.0), LowestPercent: new(90.0), HighestPercent: new(90.0),
				Buckets: buckets(0, 0, 0, 0, 0, 0, 0, 0, 0, 1), Bands: []*insight.BandCount{{Name: "Good", Count: 1}},
			})
			ask(t, r.owner, insight.DistributionInput{JobRoleID: role, TemplateID: &two.TemplateID, To: &later}, insight.Distribution{
				Buckets: buckets(0, 0, 0, 0, 0, 0, 0, 0, 0, 0), Bands: []*insight.BandCount{},
			})
		})
		t.Run("a limited membership sees its job roles", func(t *testing.T) {
			ask(t, r.limitedTo(role), insight.DistributionInput{JobRoleID: role}, all)
		})
		t.Run("it takes two statements", func(t *testing.T) {
			before := r.statements.Load()
			ask(t, r.owner, insight.DistributionInput{JobRoleID: role}, all)
			if n := r.statements.Load() - before; n != 2 {
				t.Errorf("got %d", n)
			}
		})
		t.Run("a template of another job role is NotFound", func(t *testing.T) {
			in := insight.DistributionInput{JobRoleID: other, TemplateID: &one.TemplateID}
			if _, err := r.insights.ScoreDistribution(t.Context(), r.owner, in); !fault.Is(err, fault.NotFound) {
				t.Errorf("got %v", err)
			}
		})
		r.guarded(t, role, other, func(actor policy.Actor, role gid.ID) error {
			_, err := r.insights.ScoreDistribution(t.Context(), actor, insight.DistributionInput{JobRoleID: role})
			return err
		})
	})
}

// TestScoreDistributionAgrees compares the statement with a plain computation over random scores.
func TestScoreDistributionAgrees(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		random := mathrand.New(mathrand.NewPCG(1, 2))
		for n := 1; n <= 13; n += 3 {
			percents := make([]float64, n)
			var role gid.ID
			r.write(t, func(w writer) {
				v := w.version(w.role("random").ID)
				role = v.JobRoleID
				for i := range percents {
					percents[i] = float64(random.IntN(10_001)) / 100
					w.report(w.session(v, scored), 1, percents[i], asIs)
				}
			})
			got, err := r.insights.ScoreDistribution(t.Context(), r.owner, insight.DistributionInput{JobRoleID: role})
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(percents)
			sum, counts := 0.0, make([]int, 10)
			for _, p := range percents {
				sum += p
				counts[min(int(p/10), 9)]++
			}
			median := (percents[(n-1)/2] + percents[n/2]) / 2
			if got.Count != n || off(got.MeanPercent, sum/float64(n)) || off(got.MedianPercent, median) ||
				off(got.LowestPercent, percents[0]) || off(got.HighestPercent, percents[n-1]) {
				t.Errorf("%v: got %d, %v, %v, %v, %v", percents, got.Count,
					*got.MeanPercent, *got.MedianPercent, *got.LowestPercent, *got.HighestPercent)
			}
			if diff := cmp.Diff(buckets(counts...), got.Buckets); diff != "" {
				t.Errorf("%v: %s", percents, diff)
			}
		}
	})
}

// off reports whether a number differs by more than rounding to two decimals.
func off(got *float64, want float64) bool { return math.Abs(*got-want) > 0.005000001 }
