package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/account"
	"github.com/assay-hq/assay/internal/authoring"
	"github.com/assay-hq/assay/internal/catalogue"
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
	jobs      map[string]gid.ID       // by the key of the job role
	questions map[string]gid.ID       // by key
	bank      map[string]*seedQuestion
	roles     []*worldRole
}

// worldRole is a job role's template as it is published at the moment.
type worldRole struct {
	template *ent.Template
	items    []worldItem
	both     bool // both reviewers score each answer, as the template's rule has it
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
		world: w, id: id, members: map[string]policy.Actor{}, jobs: map[string]gid.ID{}, questions: map[string]gid.ID{},
		bank: seedBank(w.shelf),
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

// bringIn brings a catalogue in, as the recruiter would with `assay import`, and finds what became of it.
func (o *worldOrganization) bringIn(ctx context.Context, doc *catalogue.Document) error {
	o.clock.pass(40 * time.Minute)
	text, err := doc.YAML()
	if err != nil {
		return fmt.Errorf("write the shipped catalogue: %w", err)
	}
	recruiter := o.members["recruiter"]
	if _, err := o.authoring.ImportCatalogue(ctx, recruiter, authoring.ImportCatalogueInput{Document: string(text), Apply: true}); err != nil {
		return fmt.Errorf("import the shipped catalogue: %w", err)
	}
	return errors.Join(
		worldKeys(o.jobs, func(part tenant.Paging) (*tenant.Page[*ent.JobRole], error) {
			return o.authoring.JobRoles(ctx, recruiter, nil, part)
		}, func(r *ent.JobRole) (*string, gid.ID) { return r.Handle, r.ID }),
		worldKeys(o.questions, func(part tenant.Paging) (*tenant.Page[*ent.Question], error) {
			return o.authoring.Questions(ctx, recruiter, nil, part)
		}, func(q *ent.Question) (*string, gid.ID) { return q.Handle, q.ID }),
	)
}

// worldKeys reads a list to its end and keeps the ids by key.
func worldKeys[T any](into map[string]gid.ID, list func(tenant.Paging) (*tenant.Page[T], error), of func(T) (*string, gid.ID)) error {
	most := tenant.MaxPage
	part := tenant.Paging{First: &most}
	for {
		page, err := list(part)
		if err != nil {
			return fmt.Errorf("find what was imported: %w", err)
		}
		for _, row := range page.Nodes {
			if key, id := of(row); key != nil {
				into[*key] = id
			}
		}
		if !page.HasNextPage {
			return nil
		}
		part.After = new(page.Cursors[len(page.Cursors)-1].String())
	}
}

// addTemplate writes a job role's template and publishes it.
func (o *worldOrganization) addTemplate(ctx context.Context, t seedTemplate) error {
	o.clock.pass(40 * time.Minute)
	row, err := o.authoring.CreateTemplate(ctx, o.members["recruiter"], authoring.CreateTemplateInput{
		JobRoleID: o.jobs[t.role], Name: t.name, Mode: term.Assessment, Content: t.draft(o.questions),
	})
	if err != nil {
		return fmt.Errorf("create template %s: %w", t.name, err)
	}
	role := &worldRole{template: row}
	o.roles = append(o.roles, role)
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
