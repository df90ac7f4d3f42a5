package authoring_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
)

func TestSkills(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		first := must(r.authoring.CreateSkill(t.Context(), r.owner, authoring.CreateSkillInput{Name: " Data  Modelling "}))(t)
		f := r.refused(t, "the same name in other clothes", fault.AlreadyExists, func() error {
			return lastErr(r.authoring.CreateSkill(t.Context(), r.owner, authoring.CreateSkillInput{Name: "data modelling"}))
		}, "name")
		if held, ok := f.Current.(*ent.Skill); !ok || held.ID != first.ID {
			t.Errorf("got %v, want the holder", f.Current)
		}
		must(r.authoring.CreateSkill(t.Context(), r.stranger, authoring.CreateSkillInput{Name: "data modelling"}))(t)
		r.refused(t, "bad fields", fault.Invalid, func() error {
			return lastErr(r.authoring.CreateSkill(t.Context(), r.owner, authoring.CreateSkillInput{Name: " ", Description: strings.Repeat("d", 2001)}))
		}, "name", "description")
		want := []gid.ID{first.ID}
		for range 6 {
			want = append(want, r.skill(t).ID)
		}
		got := pages(t, 2, skillID, func(p tenant.Paging) (*tenant.Page[*ent.Skill], error) {
			return r.authoring.Skills(t.Context(), r.owner, nil, p)
		})
		if diff := gocmp.Diff(sorted(want...), sorted(got...)); diff != "" {
			t.Error(diff)
		}
	})
}

// move puts a skill below another, or makes it a root.
func (r *rig) move(id gid.ID, parent *gid.ID) error {
	row, err := r.authoring.SkillsByID(context.Background(), r.owner, []gid.ID{id})
	if err != nil || len(row) != 1 {
		return errors.Join(err, errors.New("the skill is not there"))
	}
	return lastErr(r.authoring.UpdateSkill(context.Background(), r.owner, authoring.UpdateSkillInput{
		ID: id, Revision: row[0].Revision, Name: row[0].Name, ParentID: parent,
	}))
}

func TestUpdateSkill(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		row, other := r.skill(t), r.skill(t)
		update := func(revision int, name string) (*ent.Skill, error) {
			return r.authoring.UpdateSkill(t.Context(), r.owner, authoring.UpdateSkillInput{ID: row.ID, Revision: revision, Name: name, Description: "D"})
		}
		got := must(update(1, " New  Name "))(t)
		if got.Name != "New  Name" || got.Description != "D" || got.Revision != 2 || got.ParentID != nil {
			t.Errorf("got %v", got)
		}
		if got := must(update(2, "new name"))(t); got.Name != "new name" || got.Revision != 3 {
			t.Errorf("its own name in other clothes: got %v", got)
		}
		f := r.refused(t, "an older revision", fault.Stale, func() error { return lastErr(update(2, "X")) }, "revision")
		if now, ok := f.Current.(*ent.Skill); !ok || now.Revision != 3 {
			t.Errorf("current %v", f.Current)
		}
		f = r.refused(t, "another's name", fault.AlreadyExists, func() error { return lastErr(update(3, other.Name)) }, "name")
		if holder, ok := f.Current.(*ent.Skill); !ok || holder.ID != other.ID {
			t.Errorf("current %v", f.Current)
		}
		r.refused(t, "bad fields", fault.Invalid, func() error { return lastErr(update(3, "")) }, "name")
	})
}

func TestATaxonomyHasThreeLevels(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		root := r.skill(t).ID
		middle := r.below(t, root)
		leaf := r.below(t, middle)
		other := r.skill(t).ID
		pair := r.below(t, other)
		theirs := must(r.authoring.CreateSkill(t.Context(), r.stranger, authoring.CreateSkillInput{Name: "theirs"}))(t).ID
		create := func(parent gid.ID) func() error {
			return func() error {
				return lastErr(r.authoring.CreateSkill(t.Context(), r.owner, authoring.CreateSkillInput{Name: "new", ParentID: &parent}))
			}
		}
		for name, call := range map[string]func() error{
			"a fourth level by a new skill":       create(leaf),
			"a fourth level by a pair":            func() error { return r.move(other, &middle) },
			"a fourth level below a branch":       func() error { return r.move(middle, &pair) },
			"a skill below itself":                func() error { return r.move(root, &root) },
			"a skill below its child":             func() error { return r.move(root, &middle) },
			"a skill below a child of its child":  func() error { return r.move(root, &leaf) },
			"a whole tree below another skill":    func() error { return r.move(root, &other) },
			"a middle below what is below itself": func() error { return r.move(middle, &leaf) },
		} {
			r.refused(t, name, fault.Invalid, call, "parentId")
		}
		r.refused(t, "another organization's parent", fault.NotFound, create(theirs))
		r.refused(t, "a move to another organization's parent", fault.NotFound, func() error { return r.move(leaf, &theirs) })
		if err := r.move(middle, &other); err != nil {
			t.Errorf("a branch moves where it fits: %v", err)
		}
		if err := r.move(leaf, nil); err != nil {
			t.Errorf("a leaf becomes a root: %v", err)
		}
		for name, c := range map[string]struct {
			f    *authoring.SkillFilter
			want []gid.ID
		}{
			"roots":            {&authoring.SkillFilter{Roots: new(true)}, []gid.ID{root, leaf, other}},
			"not roots":        {&authoring.SkillFilter{Roots: new(false)}, []gid.ID{middle, pair}},
			"below one":        {&authoring.SkillFilter{ParentID: &other}, []gid.ID{middle, pair}},
			"below a leaf":     {&authoring.SkillFilter{ParentID: &pair}, nil},
			"of no such key":   {&authoring.SkillFilter{Key: new("no-such")}, nil},
			"roots, below one": {&authoring.SkillFilter{ParentID: &other, Roots: new(true)}, nil},
		} {
			got := pages(t, 2, skillID, func(p tenant.Paging) (*tenant.Page[*ent.Skill], error) {
				return r.authoring.Skills(t.Context(), r.owner, c.f, p)
			})
			if diff := gocmp.Diff(sorted(c.want...), sorted(got...)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	})
}

// TestMovesAtOnceKeepTheTaxonomy when each of two is good alone and both together are not.
func TestMovesAtOnceKeepTheTaxonomy(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for range 4 {
			a, x := r.skill(t).ID, r.skill(t).ID
			c := r.skill(t).ID
			r.below(t, a)
			onlyOne(t, "a fourth level", fault.Invalid, func() error { return r.move(a, &c) }, func() error { return r.move(c, &x) })
			d, e := r.skill(t).ID, r.skill(t).ID
			onlyOne(t, "a circle", fault.Invalid, func() error { return r.move(d, &e) }, func() error { return r.move(e, &d) })
			f, g := r.skill(t).ID, r.skill(t).ID
			onlyOne(t, "two merges", fault.Conflict, func() error { return lastErr(r.mergeQuietly(f, g)) }, func() error { return lastErr(r.mergeQuietly(g, f)) })
		}
	})
}

func (r *rig) mergeQuietly(from, into gid.ID) (*ent.Skill, error) {
	return r.authoring.MergeSkills(context.Background(), r.owner, authoring.MergeSkillsInput{FromID: from, IntoID: into})
}

// onlyOne demands that of several calls at once one wins and every other gets the fault.
func onlyOne(t testing.TB, name string, code fault.Code, calls ...func() error) {
	t.Helper()
	errs := make([]error, len(calls))
	var all sync.WaitGroup
	for i, call := range calls {
		all.Go(func() { errs[i] = call() })
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !fault.Is(err, code) {
			t.Errorf("%s: got %v, want %s", name, err, code)
		}
	}
	if won != 1 {
		t.Errorf("%s: %d won: %v", name, won, errs)
	}
}

// demands are the skills of a job role with their weights.
func (r *rig) demands(t testing.TB, role gid.ID) map[gid.ID]int {
	t.Helper()
	got := map[gid.ID]int{}
	for _, m := range must(r.authoring.MustHaveSkills(t.Context(), r.owner, []gid.ID{role}))(t) {
		got[m.SkillID] = m.Weight
	}
	return got
}

// demanding is a job role that demands skills.
func (r *rig) demanding(t testing.TB, skills ...*authoring.MustHaveSkillInput) gid.ID {
	t.Helper()
	f := r.roleFields()
	f.MustHaveSkills = skills
	return must(r.authoring.CreateJobRole(t.Context(), r.owner, authoring.CreateJobRoleInput{Fields: f}))(t).ID
}

// showing is a published question that shows skills.
func (r *rig) showing(t testing.TB, skills ...gid.ID) *ent.Question {
	t.Helper()
	return r.asking(t, term.Numeric, func(in *authoring.CreateQuestionInput) { in.Content.SkillIDs = skills })
}

// stands is what a skill's id stands for now.
func (r *rig) stands(t testing.TB, id gid.ID) gid.ID {
	t.Helper()
	return one(t, must(r.authoring.StandingSkills(t.Context(), r.owner, []gid.ID{id}))(t)).Skill.ID
}

// shown are the questions that a filter by a skill finds.
func (r *rig) shown(t testing.TB, skill gid.ID) []gid.ID {
	t.Helper()
	page := must(r.authoring.Questions(t.Context(), r.owner, &authoring.QuestionFilter{SkillIDs: []gid.ID{skill}}, tenant.Paging{}))(t)
	return sorted(must(idsOf(questionID)(page.Nodes, nil))(t)...)
}

func TestMergeSkills(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		from, into := r.skill(t), r.skill(t)
		child := r.below(t, from.ID)
		wants := func(id gid.ID, weight int) *authoring.MustHaveSkillInput {
			return &authoring.MustHaveSkillInput{SkillID: id, Weight: weight}
		}
		lighter := r.demanding(t, wants(from.ID, 5), wants(into.ID, 3))
		heavier := r.demanding(t, wants(into.ID, 7), wants(from.ID, 2))
		only, untouched := r.demanding(t, wants(from.ID, 4)), r.demanding(t, wants(into.ID, 1))
		both, one, other := r.showing(t, from.ID, into.ID), r.showing(t, from.ID), r.showing(t, into.ID)
		if got := r.merge(t, from.ID, into.ID); got.ID != into.ID {
			t.Errorf("got %v, want the one that stays", got)
		}
		for name, c := range map[string]struct {
			role   gid.ID
			weight int
		}{"both, the duplicate heavier": {lighter, 5}, "both, the other heavier": {heavier, 7}, "the duplicate": {only, 4}, "the other": {untouched, 1}} {
			if diff := gocmp.Diff(map[gid.ID]int{into.ID: c.weight}, r.demands(t, c.role)); diff != "" {
				t.Errorf("a job role that demands %s: %s", name, diff)
			}
		}
		for _, id := range []gid.ID{from.ID, into.ID} {
			if diff := gocmp.Diff(sorted(both.ID, one.ID, other.ID), r.shown(t, id)); diff != "" {
				t.Errorf("questions: %s", diff)
			}
			if got := r.stands(t, id); got != into.ID {
				t.Errorf("%s stands for %s", id, got)
			}
		}
		rows := must(r.authoring.SkillsByID(t.Context(), r.owner, []gid.ID{child, from.ID}))(t)
		for _, row := range rows {
			switch {
			case row.ID == child && (row.ParentID == nil || *row.ParentID != into.ID):
				t.Errorf("the skill below: got %v", row)
			case row.ID == from.ID && (row.MergedIntoID == nil || *row.MergedIntoID != into.ID || row.ParentID != nil || row.Revision != 2):
				t.Errorf("the duplicate: got %v", row)
			}
		}
		listed := must(nodes(skillID)(r.authoring.Skills(t.Context(), r.owner, nil, tenant.Paging{})))(t)
		if diff := gocmp.Diff(sorted(into.ID, child), sorted(listed...)); diff != "" {
			t.Errorf("listed: %s", diff)
		}
	})
}

func TestAMergedSkillIsANameForTheOther(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		first, second, last := r.skill(t), r.skill(t), r.skill(t)
		q := r.showing(t, first.ID)
		r.merge(t, first.ID, second.ID)
		r.merge(t, second.ID, last.ID)
		rows := must(r.authoring.SkillsByID(t.Context(), r.owner, []gid.ID{first.ID}))(t)
		if row := one(t, rows); row.MergedIntoID == nil || *row.MergedIntoID != last.ID {
			t.Errorf("the way is longer than one step: %v", row)
		}
		if got := r.stands(t, first.ID); got != last.ID {
			t.Errorf("got %s, want %s", got, last.ID)
		}
		revision := one(t, must(r.authoring.CurrentRevisions(t.Context(), r.owner, []gid.ID{q.ID}))(t))
		if diff := gocmp.Diff([]gid.ID{first.ID}, revision.Content.SkillIDs); diff != "" {
			t.Errorf("a published revision changed: %s", diff)
		}
		for _, name := range []string{first.Name, strings.ToUpper(second.Name)} {
			f := r.refused(t, "the name of one that was merged", fault.AlreadyExists, func() error {
				return lastErr(r.authoring.CreateSkill(t.Context(), r.owner, authoring.CreateSkillInput{Name: name}))
			}, "name")
			if holder, ok := f.Current.(*ent.Skill); !ok || holder.ID != last.ID {
				t.Errorf("current %v, want the one that stayed", f.Current)
			}
		}
		r.refused(t, "an update", fault.Conflict, func() error { return r.move(first.ID, nil) })
		r.refused(t, "a place below it", fault.NotFound, func() error { return r.move(last.ID, &first.ID) })
		r.refused(t, "another merge", fault.Conflict, func() error { return lastErr(r.mergeQuietly(first.ID, last.ID)) })
		r.refused(t, "a merge into it", fault.Conflict, func() error { return lastErr(r.mergeQuietly(last.ID, first.ID)) })
		f := r.roleFields()
		f.MustHaveSkills = []*authoring.MustHaveSkillInput{{SkillID: first.ID, Weight: 2}}
		role := must(r.authoring.CreateJobRole(t.Context(), r.owner, authoring.CreateJobRoleInput{Fields: f}))(t)
		if diff := gocmp.Diff(map[gid.ID]int{last.ID: 2}, r.demands(t, role.ID)); diff != "" {
			t.Errorf("a job role that demands it: %s", diff)
		}
		f.MustHaveSkills = append(f.MustHaveSkills, &authoring.MustHaveSkillInput{SkillID: last.ID, Weight: 1})
		r.refused(t, "a job role that demands it twice", fault.Invalid, func() error {
			return lastErr(r.authoring.UpdateJobRole(t.Context(), r.owner, authoring.UpdateJobRoleInput{ID: role.ID, Revision: 1, Fields: f}))
		}, "fields.mustHaveSkills.1.skillId")
		written := r.showing(t, first.ID, second.ID)
		revision = one(t, must(r.authoring.CurrentRevisions(t.Context(), r.owner, []gid.ID{written.ID}))(t))
		if diff := gocmp.Diff([]gid.ID{last.ID}, revision.Content.SkillIDs); diff != "" {
			t.Errorf("what is written after the merge: %s", diff)
		}
	})
}

func TestMergesThatAreRefused(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		root, other := r.skill(t).ID, r.skill(t).ID
		middle := r.below(t, root)
		leaf, pair := r.below(t, middle), r.below(t, other)
		theirs := must(r.authoring.CreateSkill(t.Context(), r.stranger, authoring.CreateSkillInput{Name: "theirs"}))(t).ID
		for name, c := range map[string]struct {
			from, into gid.ID
			code       fault.Code
			path       []string
		}{
			"into itself":                     {root, root, fault.Invalid, []string{"intoId"}},
			"into a child":                    {root, middle, fault.Conflict, nil},
			"into a child of a child":         {root, leaf, fault.Conflict, nil},
			"what would make a fourth level":  {root, pair, fault.Conflict, nil},
			"into another organization's":     {root, theirs, fault.NotFound, nil},
			"another organization's into one": {theirs, root, fault.NotFound, nil},
		} {
			r.refused(t, name, c.code, func() error { return lastErr(r.mergeQuietly(c.from, c.into)) }, c.path...)
		}
		r.merge(t, leaf, root)
		r.merge(t, root, other)
	})
}

// TestDraftsThatNameAMergedSkillFindTheOther without being written again.
func TestDraftsThatNameAMergedSkillFindTheOther(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		from, into := r.skill(t), r.skill(t)
		q, role := r.showing(t, from.ID), r.demanding(t, &authoring.MustHaveSkillInput{SkillID: into.ID, Weight: 1})
		c := slots(found(1, content.PoolFilter{SkillIDs: []gid.ID{from.ID}}))
		c.SkillWeights = []*content.SkillWeight{{SkillID: from.ID, Weight: 3}}
		tpl := r.templateOf(t, role, c)
		r.merge(t, from.ID, into.ID)
		if got := one(t, must(r.authoring.SkillCoverage(t.Context(), r.owner, []gid.ID{tpl.ID}))(t)); got.Questions != 1 {
			t.Errorf("coverage: got %v", got)
		}
		if v := must(r.authoring.ValidateTemplate(t.Context(), r.owner, tpl.ID))(t); !v.Publishable {
			t.Errorf("validation: got %v", v.Faults[0])
		}
		r.publish(t, tpl.ID)
		keyed := must(key.Decode(r.version(t, tpl.ID, 1).Key))(t)
		item := one(t, keyed.Items())
		if item.QuestionID != q.ID || one(t, item.Skills).ID != into.ID || item.Skills[0].Name != into.Name {
			t.Errorf("got %v", item)
		}
		if got := one(t, keyed.SkillWeights); got.SkillID != into.ID || got.Weight != 3 {
			t.Errorf("the weight is %v, of a skill that no question shows", got)
		}
	})
}
