package authoring

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

// differing names the parts in which two entries differ, by their names in documents.
func differing(was, wanted any) []string {
	var a, b map[string]json.RawMessage
	x, _ := json.Marshal(was)
	y, _ := json.Marshal(wanted)
	_ = json.Unmarshal(x, &a)
	_ = json.Unmarshal(y, &b)
	var names []string
	for name := range b {
		if string(a[name]) != string(b[name]) {
			names = append(names, name)
		}
	}
	for name := range a {
		if _, ok := b[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// allSkills brings the skills in, parents first. One that stands under the same name without a key takes the key.
func (im *importer) allSkills(ctx context.Context) error {
	if len(im.doc.Skills) == 0 {
		return nil
	}
	if len(im.doc.Skills) > mostSkills {
		im.fail("at most 2000 skills are allowed in one document", []string{"skills"})
		return nil
	}
	if err := im.readTaxonomy(ctx); err != nil {
		return err
	}
	left := slices.Clone(im.doc.Skills)
	for range maxLevels {
		waits, later := map[string]bool{}, []*catalogue.Skill(nil)
		for _, s := range left {
			waits[s.Key] = true
		}
		for _, s := range left {
			if s.Parent != "" && waits[s.Parent] {
				later = append(later, s)
				continue
			}
			if err := im.oneSkill(ctx, s); err != nil {
				return err
			}
		}
		left = later
	}
	for _, s := range left {
		im.fail("the parents of this skill go in a circle or deeper than three levels", im.at("skills", im.taxonomy.places[s], "parent"))
	}
	return nil
}

func (im *importer) at(list string, i int, more ...string) []string {
	return append([]string{list, index(i)}, more...)
}

func (im *importer) oneSkill(ctx context.Context, s *catalogue.Skill) error {
	entry := im.at("skills", im.taxonomy.places[s])
	var parent *gid.ID
	if s.Parent != "" {
		id, ok := im.open(im.keys.skills, s.Parent, "skill", append(entry, "parent")...)
		if !ok {
			return nil
		}
		parent = &id
	}
	row := im.skillRow(s)
	if row == nil {
		return im.newSkill(ctx, s, parent, entry)
	}
	im.keys.skills[s.Key] = standingID(row)
	if row.MergedIntoID != nil {
		im.report.Unchanged++
		return nil
	}
	wanted := *s
	wanted.Key = keyOf(row.Handle, row.ID)
	if parent != nil {
		wanted.Parent = im.stock.skillKey(*parent)
	}
	fields := differing(im.stock.skill(row), &wanted)
	adopt := row.Handle == nil && s.Key != row.ID.String()
	if len(fields) == 0 && !adopt {
		im.report.Unchanged++
		return nil
	}
	return im.changedSkill(ctx, row, s, parent, fields, adopt, entry)
}

// mostSkills bounds the skills of one document.
const mostSkills = 2000

// taxonomy is what an import knows of the skills, so that each of them costs no search.
type taxonomy struct {
	tree   tree
	byKey  map[string]*ent.Skill // by key and by id
	byName map[string]*ent.Skill // by nameKey, merged ones too
	places map[*catalogue.Skill]int
}

// place notes what a skill is called and which one is above it, for the skills that come after it.
func (t *taxonomy) place(row *ent.Skill, parent *gid.ID) {
	t.byName[row.NameKey], t.tree[row.ID] = row, gid.ID{}
	if parent != nil {
		t.tree[row.ID] = *parent
	}
}

func (im *importer) readTaxonomy(ctx context.Context) (err error) {
	t := &taxonomy{byKey: map[string]*ent.Skill{}, byName: map[string]*ent.Skill{}, places: map[*catalogue.Skill]int{}}
	for _, row := range im.stock.skills {
		t.byName[row.NameKey] = row
		if row.Handle != nil {
			t.byKey[*row.Handle] = row
		}
	}
	for _, row := range im.stock.skills {
		t.byKey[row.ID.String()] = row // nobody's key stands before a row's own id
	}
	for i, s := range im.doc.Skills {
		t.places[s] = i
	}
	im.taxonomy = t
	t.tree, err = readTree(ctx, im.tx.Scope)
	return err
}

// skillRow finds the skill that an entry is about: by its key, or by its name if that has no key yet.
func (im *importer) skillRow(s *catalogue.Skill) *ent.Skill {
	if row := im.taxonomy.byKey[s.Key]; row != nil {
		return row
	}
	if row := im.taxonomy.byName[nameKey(s.Name)]; row != nil && row.Handle == nil && row.MergedIntoID == nil {
		return row
	}
	return nil
}

func (im *importer) newSkill(ctx context.Context, s *catalogue.Skill, parent *gid.ID, entry []string) error {
	err := checkSkill(s.Name, s.Description, &s.Key)
	if taken := im.taxonomy.byName[nameKey(s.Name)]; err == nil && taken != nil {
		err = fault.Taken("there is already a skill of this name, with another key", taken, "name")
	}
	if err == nil && parent != nil {
		err = im.taxonomy.tree.fits(*parent, 1)
	}
	if err != nil {
		return im.judge(err, entry)
	}
	row, err := im.tx.NewSkill().SetName(strings.TrimSpace(s.Name)).SetNameKey(nameKey(s.Name)).SetDescription(s.Description).
		SetNillableParentID(parent).SetHandle(s.Key).Save(ctx)
	if ent.IsConstraintError(err) {
		return im.judge(skillTaken(nil), entry)
	}
	if err != nil {
		return fmt.Errorf("create skill: %w", err)
	}
	im.keys.skills[s.Key], im.stock.skills[row.ID] = row.ID, row
	im.taxonomy.byKey[s.Key] = row
	im.taxonomy.place(row, parent)
	im.note(titled(Added, NounSkill, s.Key, s.Name, nil))
	return im.tx.Announce(ctx, event.SkillCreated, row.ID, nil)
}

func (im *importer) changedSkill(ctx context.Context, row *ent.Skill, s *catalogue.Skill, parent *gid.ID, fields []string, adopt bool, entry []string) error {
	change := titled(Changed, NounSkill, s.Key, s.Name, fields)
	if adopt {
		var c fault.Checks
		if checkKey(&c, &s.Key); c.Err() != nil {
			return im.judge(c.Err(), entry)
		}
		_, err := im.tx.ChangeSkill(row.ID).SetHandle(s.Key).Save(ctx)
		if ent.IsConstraintError(err) {
			return im.judge(skillTaken(&s.Key), entry)
		}
		if err != nil {
			return fmt.Errorf("give skill its key: %w", err)
		}
		row.Handle = &s.Key
		change.Note = "takes the key of the skill that has this name"
	}
	if len(fields) > 0 {
		err := checkSkill(s.Name, s.Description, nil)
		if err == nil {
			err = im.taxonomy.tree.change(ctx, im.tx, UpdateSkillInput{ID: row.ID, Revision: row.Revision, Name: s.Name, Description: s.Description, ParentID: parent})
		}
		if err != nil {
			return im.judge(err, entry)
		}
		delete(im.taxonomy.byName, row.NameKey)
		row.Name, row.NameKey = s.Name, nameKey(s.Name)
		im.taxonomy.place(row, parent)
	}
	im.note(change)
	return nil
}

func (im *importer) allRoles(ctx context.Context) error {
	for i, r := range im.doc.Roles {
		if err := im.oneRole(ctx, r, im.at("roles", i)); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) oneRole(ctx context.Context, r *catalogue.Role, entry []string) error {
	before := im.troubles
	fields := im.roleFields(r, entry)
	if im.troubles > before {
		return nil
	}
	if err := fields.check(&r.Key); err != nil {
		return im.judge(err, entry)
	}
	row := im.stock.roles[im.keys.roles[r.Key]]
	if row == nil {
		return im.newRole(ctx, r, fields, entry)
	}
	wanted := *r
	wanted.Key, wanted.MustHaveSkills = keyOf(row.Handle, row.ID), nil
	for _, m := range r.MustHaveSkills {
		same := *m
		same.Skill = im.stock.skillKey(im.keys.skills[m.Skill])
		wanted.MustHaveSkills = append(wanted.MustHaveSkills, &same)
	}
	differ := differing(im.stock.role(row), &wanted)
	if len(differ) == 0 {
		im.report.Unchanged++
		return nil
	}
	err := changeJobRole(ctx, im.tx, UpdateJobRoleInput{ID: row.ID, Revision: row.Revision, Fields: *fields, Status: &r.Status})
	if err != nil {
		return im.judge(err, entry)
	}
	im.note(titled(Changed, NounJobRole, r.Key, r.Title, differ))
	return nil
}

func (im *importer) newRole(ctx context.Context, r *catalogue.Role, fields *JobRoleFields, entry []string) error {
	id, err := addJobRole(ctx, im.tx, CreateJobRoleInput{Fields: *fields, Key: &r.Key})
	if err == nil && r.Status == term.Closed {
		err = changeJobRole(ctx, im.tx, UpdateJobRoleInput{ID: id, Revision: 1, Fields: *fields, Status: &r.Status})
	}
	if err != nil {
		return im.judge(err, entry)
	}
	im.keys.roles[r.Key] = id
	im.note(titled(Added, NounJobRole, r.Key, r.Title, nil))
	return nil
}

func (im *importer) roleFields(r *catalogue.Role, entry []string) *JobRoleFields {
	f := &JobRoleFields{
		Title: r.Title, Summary: r.Summary, Level: r.Level, Department: r.Department, Location: r.Location,
		Responsibilities: r.Responsibilities, PreferredQualifications: r.PreferredQualifications, PreparationTips: r.PreparationTips,
	}
	if r.ExternalJobID != "" {
		f.ExternalJobID = &r.ExternalJobID
	}
	for i, m := range r.MustHaveSkills {
		id, _ := im.open(im.keys.skills, m.Skill, "skill", append(entry, "mustHaveSkills", index(i), "skill")...)
		f.MustHaveSkills = append(f.MustHaveSkills, &MustHaveSkillInput{SkillID: id, Weight: m.Weight, Description: m.Description})
	}
	return f
}
