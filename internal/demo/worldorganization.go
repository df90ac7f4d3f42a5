package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// worldOrganization is an organization of the story with what was made in it.
type worldOrganization struct {
	*world
	id        gid.ID
	members   map[string]policy.Actor // by the part of the address before the @
	skills    map[string]gid.ID       // by name
	questions map[string]gid.ID       // by key
	bank      map[string]*seedQuestion
	roles     []*worldRole
}

// worldRole is a job role with its template as it is published at the moment.
type worldRole struct {
	id       gid.ID
	template *ent.Template
	items    []worldItem
}

// worldItem is a question in its place.
type worldItem struct {
	ref      string
	question *seedQuestion
}

// worldMember is a member to be added.
type worldMember struct {
	login, name string
	role        policy.Role
}

// found founds an organization with its owner at a time and opens its bank of questions.
func (w *world) found(ctx context.Context, at time.Time, slug, name, owner string) (*worldOrganization, error) {
	w.clock.at = at
	id, err := w.store.Directory().NewOrganization(ctx, slug, name, "owner@"+slug+".example", owner)
	if err != nil {
		return nil, fmt.Errorf("found %s: %w", slug, err)
	}
	o := &worldOrganization{
		world: w, id: id, members: map[string]policy.Actor{}, skills: map[string]gid.ID{}, questions: map[string]gid.ID{},
		bank: map[string]*seedQuestion{},
	}
	all := seedQuestions()
	for i := range all {
		o.bank[all[i].key] = &all[i]
	}
	return o, o.findOwner(ctx)
}

// findOwner makes the founder an actor. Nobody signs in here: who that is stays open until the first sign-in.
func (o *worldOrganization) findOwner(ctx context.Context) error {
	one := 1
	roles := []policy.Role{policy.Owner}
	page, err := o.accounts.Members(ctx, policy.Actor{Org: o.id, Roles: roles}, tenant.Paging{First: &one})
	if err != nil {
		return fmt.Errorf("find owner: %w", err)
	}
	o.members["owner"] = policy.Actor{Org: o.id, ID: page.Nodes[0].ID, Roles: roles}
	return nil
}

// join adds members; who is limited sees the given job roles alone.
func (o *worldOrganization) join(ctx context.Context, domain string, roles []gid.ID, people ...worldMember) error {
	for _, m := range people {
		o.clock.pass(4 * time.Minute)
		row, err := o.accounts.AddMember(ctx, o.members["owner"], account.AddMemberInput{
			Email: m.login + "@" + domain, Name: m.name, Roles: []policy.Role{m.role}, Limited: len(roles) > 0, JobRoleIDs: roles,
		})
		if err != nil {
			return fmt.Errorf("add member: %w", err)
		}
		o.members[m.login] = policy.Actor{Org: o.id, ID: row.ID, Roles: []policy.Role{m.role}, Limited: len(roles) > 0, JobRoles: roles}
	}
	return nil
}

// addSkills writes the taxonomy.
func (o *worldOrganization) addSkills(ctx context.Context) error {
	for _, s := range seedSkills {
		o.clock.pass(2 * time.Minute)
		row, err := o.authoring.CreateSkill(ctx, o.members["recruiter"], authoring.CreateSkillInput{Name: s[0], Description: s[1]})
		if err != nil {
			return fmt.Errorf("create skill: %w", err)
		}
		o.skills[s[0]] = row.ID
	}
	return nil
}

// addRole writes a job role.
func (o *worldOrganization) addRole(ctx context.Context, r seedRole) error {
	o.clock.pass(20 * time.Minute)
	fields := authoring.JobRoleFields{
		Title: r.title, Summary: r.summary, Level: r.level, Department: r.department, Location: r.location,
		Responsibilities: r.responsibilities, PreferredQualifications: r.preferred,
	}
	for _, s := range r.skills {
		fields.MustHaveSkills = append(fields.MustHaveSkills, &authoring.MustHaveSkillInput{
			SkillID: o.skills[s.name], Weight: s.weight, Description: s.description,
		})
	}
	row, err := o.authoring.CreateJobRole(ctx, o.members["recruiter"], authoring.CreateJobRoleInput{Fields: fields})
	if err != nil {
		return fmt.Errorf("create job role %s: %w", r.title, err)
	}
	o.roles = append(o.roles, &worldRole{id: row.ID})
	return nil
}

// addQuestion writes a question and publishes it.
func (o *worldOrganization) addQuestion(ctx context.Context, q *seedQuestion) error {
	o.clock.pass(25 * time.Minute)
	language := "en"
	row, err := o.authoring.CreateQuestion(ctx, o.members["recruiter"], authoring.CreateQuestionInput{
		Title: q.title, Kind: q.kind, Category: q.category, Level: q.level, Language: &language, Content: q.draft(o.skills),
	})
	if err != nil {
		return fmt.Errorf("create question %s: %w", q.key, err)
	}
	o.clock.pass(5 * time.Minute)
	if _, err := o.authoring.PublishQuestion(ctx, o.members["recruiter"], authoring.PublishQuestionInput{ID: row.ID}); err != nil {
		return fmt.Errorf("publish question %s: %w", q.key, err)
	}
	o.questions[q.key] = row.ID
	return nil
}

// addTemplate writes a job role's template and publishes it.
func (o *worldOrganization) addTemplate(ctx context.Context, role *worldRole, t seedTemplate) error {
	o.clock.pass(40 * time.Minute)
	row, err := o.authoring.CreateTemplate(ctx, o.members["recruiter"], authoring.CreateTemplateInput{
		JobRoleID: role.id, Name: t.name, Mode: term.Assessment, Content: t.draft(o.questions),
	})
	if err != nil {
		return fmt.Errorf("create template %s: %w", t.name, err)
	}
	role.template = row
	return o.publish(ctx, role, t)
}

// draft opens the next version of a job role's template.
func (o *worldOrganization) draft(ctx context.Context, role *worldRole, t seedTemplate) error {
	row, err := o.authoring.UpdateTemplate(ctx, o.members["recruiter"], authoring.UpdateTemplateInput{
		ID: role.template.ID, Revision: role.template.Revision, Name: t.name, Content: t.draft(o.questions),
	})
	if err != nil {
		return fmt.Errorf("update template %s: %w", t.name, err)
	}
	role.template = row
	return nil
}

// publish publishes the open draft: whoever is invited from now on gets its questions.
func (o *worldOrganization) publish(ctx context.Context, role *worldRole, t seedTemplate) error {
	o.clock.pass(15 * time.Minute)
	row, err := o.authoring.PublishTemplate(ctx, o.members["recruiter"], authoring.PublishTemplateInput{ID: role.template.ID})
	if err != nil {
		return fmt.Errorf("publish template %s: %w", t.name, err)
	}
	role.template, role.items = row, o.items(t)
	return nil
}

// items are a template's questions in their places.
func (o *worldOrganization) items(t seedTemplate) []worldItem {
	var items []worldItem
	for i, section := range t.sections {
		for j, slot := range section.slots {
			items = append(items, worldItem{ref: paper.Ref(i, j), question: o.bank[slot.question]})
		}
	}
	return items
}
