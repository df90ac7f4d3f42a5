package authoring

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/jobroleskill"
	"github.com/assay-hq/assay/ent/template"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// ExportCatalogue gives everything that stands of the organization's skills, job roles, questions and templates as one
// document, in the order of keys. A row without a key goes by its id. What was published before stays behind: a template
// with an open draft travels as that draft, and one that could not be published today as a draft too.
func (s *Service) ExportCatalogue(ctx context.Context, actor policy.Actor) (*Export, error) {
	scope, err := s.tenant.As(ctx, actor, policy.CatalogueExport)
	if err != nil {
		return nil, err
	}
	out, err := whole(ctx, scope)
	if err != nil {
		return nil, err
	}
	if err := noteExport(ctx, scope); err != nil {
		return nil, err
	}
	return out, nil
}

func whole(ctx context.Context, scope tenant.Scope) (*Export, error) {
	if scope.Limited() {
		return nil, fault.New(fault.Denied, "a limited member cannot export the catalogue, which is the whole organization's")
	}
	st, err := readStock(ctx, scope, nil)
	if err != nil {
		return nil, err
	}
	d := st.document()
	return &Export{Catalogue: d, Notes: st.demote(d)}, nil
}

// noteExport puts into the audit who takes every key and rubric out of the house.
func noteExport(ctx context.Context, scope tenant.Scope) error {
	_, err := tenant.InTx(ctx, scope, func(tx tenant.Tx) (struct{}, error) {
		return struct{}{}, tx.Announce(ctx, event.CatalogueExported, tx.Organization(), nil)
	})
	return err
}

// stock is what an organization has of what a catalogue can name, by id.
type stock struct {
	skills    map[gid.ID]*ent.Skill
	roles     map[gid.ID]*ent.JobRole
	demands   map[gid.ID][]*ent.JobRoleSkill // by job role
	questions map[gid.ID]*ent.Question
	published map[gid.ID]*ent.QuestionRevision // by question
	drafts    map[gid.ID]*ent.QuestionRevision // by question
	templates map[gid.ID]*ent.Template
	standing  map[gid.ID]*ent.TemplateVersion // what is published of the templates that have an open draft beside it
}

// readStock reads the whole stock, or the part of it that a document names; the statements are few and always the same.
func readStock(ctx context.Context, scope tenant.Scope, named *names) (*stock, error) {
	// What refers is read before what it refers to: what is added meanwhile is missing whole, never in half.
	st := &stock{}
	templates, err := scope.Templates().Where(named.templates()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	questions, err := scope.Questions().Where(named.questions()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read questions: %w", err)
	}
	roles, err := scope.JobRoles().Where(named.roles()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read job roles: %w", err)
	}
	skills, err := scope.Skills().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read skills: %w", err)
	}
	st.skills = byID(skills, func(r *ent.Skill) gid.ID { return r.ID })
	st.roles = byID(roles, func(r *ent.JobRole) gid.ID { return r.ID })
	st.questions = byID(questions, func(r *ent.Question) gid.ID { return r.ID })
	st.templates = byID(templates, func(r *ent.Template) gid.ID { return r.ID })
	if err := st.readParts(ctx, scope); err != nil {
		return nil, err
	}
	return st, st.readReferred(ctx, scope)
}

func byID[T any](rows []T, id func(T) gid.ID) map[gid.ID]T {
	m := make(map[gid.ID]T, len(rows))
	for _, row := range rows {
		m[id(row)] = row
	}
	return m
}

func keysOf[T any](m map[gid.ID]T) []gid.ID {
	ids := make([]gid.ID, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	return ids
}

// readParts reads what belongs to the job roles and questions.
func (st *stock) readParts(ctx context.Context, scope tenant.Scope) error {
	st.demands = map[gid.ID][]*ent.JobRoleSkill{}
	demands, err := scope.JobRoleSkills().Where(tenant.In(jobroleskill.FieldJobRoleID, keysOf(st.roles))).
		Order(jobroleskill.ByPosition(), jobroleskill.ByID()).All(ctx)
	if err != nil {
		return fmt.Errorf("read must-have skills: %w", err)
	}
	for _, d := range demands {
		st.demands[d.JobRoleID] = append(st.demands[d.JobRoleID], d)
	}
	if err := st.readStanding(ctx, scope); err != nil {
		return err
	}
	st.published, st.drafts = map[gid.ID]*ent.QuestionRevision{}, map[gid.ID]*ent.QuestionRevision{}
	revisions, err := currentRevisions(ctx, scope, keysOf(st.questions))
	if err != nil {
		return fmt.Errorf("read revisions: %w", err)
	}
	for _, r := range revisions {
		if r.PublishedAt != nil {
			st.published[r.QuestionID] = r
		} else {
			st.drafts[r.QuestionID] = r
		}
	}
	return nil
}

// readStanding reads what is published of the templates that have an open draft beside it.
func (st *stock) readStanding(ctx context.Context, scope tenant.Scope) error {
	var open []gid.ID
	for id, t := range st.templates {
		if t.State == term.Published && t.DraftNumber > 0 {
			open = append(open, id)
		}
	}
	st.standing = map[gid.ID]*ent.TemplateVersion{}
	if len(open) == 0 {
		return nil
	}
	rows, err := scope.TemplateVersions().Where(tenant.In(templateversion.FieldTemplateID, open), newest).
		Select(templateversion.FieldID, templateversion.FieldTemplateID, templateversion.FieldName, templateversion.FieldContent).All(ctx)
	if err != nil {
		return fmt.Errorf("read published templates: %w", err)
	}
	for _, v := range rows {
		st.standing[v.TemplateID] = v
	}
	return nil
}

// newest keeps the version of each template that was published last.
func newest(q *entsql.Selector) {
	t := entsql.Table(template.Table)
	q.Join(t).On(q.C(templateversion.FieldTemplateID), t.C(template.FieldID)).
		Where(entsql.ColumnsEQ(q.C(templateversion.FieldNumber), t.C(template.FieldPublishedNumber)))
}

// readReferred reads the rows that templates refer to and that the document does not name, so that they have a key.
func (st *stock) readReferred(ctx context.Context, scope tenant.Scope) error {
	var questions, roles []gid.ID
	for _, t := range st.templates {
		roles = append(roles, t.JobRoleID)
		questions = append(questions, usedQuestions(t.Draft)...)
	}
	read := func(id gid.ID) bool { return st.questions[id] != nil }
	rows, err := scope.Questions().Where(tenant.In("id", slices.DeleteFunc(distinct(questions), read))).All(ctx)
	if err != nil {
		return fmt.Errorf("read questions: %w", err)
	}
	for _, row := range rows {
		st.questions[row.ID] = row
	}
	known := func(id gid.ID) bool { return st.roles[id] != nil }
	others, err := scope.JobRoles().Where(tenant.In("id", slices.DeleteFunc(distinct(roles), known))).All(ctx)
	if err != nil {
		return fmt.Errorf("read job roles: %w", err)
	}
	for _, row := range others {
		st.roles[row.ID] = row
	}
	return nil
}

// keyOf is what a catalogue calls a row: its key, or its id if it has none.
func keyOf(handle *string, id gid.ID) string {
	if handle != nil {
		return *handle
	}
	return id.String()
}

func (st *stock) document() *catalogue.Document {
	d := &catalogue.Document{Format: catalogue.Format}
	for _, row := range st.skills {
		if row.MergedIntoID == nil {
			d.Skills = append(d.Skills, st.skill(row))
		}
	}
	for _, row := range st.roles {
		d.Roles = append(d.Roles, st.role(row))
	}
	for _, row := range st.questions {
		d.Questions = append(d.Questions, st.question(row))
	}
	for _, row := range st.templates {
		d.Templates = append(d.Templates, st.template(row))
	}
	slices.SortFunc(d.Skills, func(a, b *catalogue.Skill) int { return cmp.Compare(a.Key, b.Key) })
	slices.SortFunc(d.Roles, func(a, b *catalogue.Role) int { return cmp.Compare(a.Key, b.Key) })
	slices.SortFunc(d.Questions, func(a, b *catalogue.Question) int { return cmp.Compare(a.Key, b.Key) })
	slices.SortFunc(d.Templates, func(a, b *catalogue.Template) int { return cmp.Compare(a.Key, b.Key) })
	return d
}

// skillKey is the key of what a skill's id stands for now.
func (st *stock) skillKey(id gid.ID) string {
	row := st.skills[id]
	if row != nil && row.MergedIntoID != nil {
		row = st.skills[*row.MergedIntoID]
	}
	if row == nil {
		return id.String()
	}
	return keyOf(row.Handle, row.ID)
}

func (st *stock) skillKeys(ids []gid.ID) []string {
	var keys []string
	for _, id := range ids {
		if key := st.skillKey(id); !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (st *stock) skill(row *ent.Skill) *catalogue.Skill {
	s := &catalogue.Skill{Key: keyOf(row.Handle, row.ID), Name: row.Name, Description: row.Description}
	if row.ParentID != nil {
		s.Parent = st.skillKey(*row.ParentID)
	}
	return s
}

func (st *stock) role(row *ent.JobRole) *catalogue.Role {
	r := &catalogue.Role{
		Key: keyOf(row.Handle, row.ID), Title: row.Title, Status: row.Status, Level: row.Level, Summary: row.Summary,
		Department: row.Department, Location: row.Location, Responsibilities: orNone(row.Responsibilities),
		PreferredQualifications: orNone(row.PreferredQualifications), PreparationTips: orNone(row.PreparationTips),
	}
	if row.ExternalJobID != nil {
		r.ExternalJobID = *row.ExternalJobID
	}
	for _, d := range st.demands[row.ID] {
		r.MustHaveSkills = append(r.MustHaveSkills, &catalogue.RoleSkill{Skill: st.skillKey(d.SkillID), Weight: d.Weight, Description: d.Description})
	}
	return r
}

// orNone makes one form of an empty list, as documents have it.
func orNone(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

// question is what stands of a question: what was published, with the content of the open draft beside it, or the first
// draft. The draft of a retired question, which nothing can come of, stays behind.
func (st *stock) question(row *ent.Question) *catalogue.Question {
	q := &catalogue.Question{
		Key: keyOf(row.Handle, row.ID), Title: row.Title, State: row.State, Kind: row.Kind, Category: row.Category,
		Level: row.Level, Language: row.Language,
	}
	stands, draft := st.published[row.ID], st.drafts[row.ID]
	switch {
	case stands == nil:
		stands = draft
	case draft != nil && row.State != term.Retired:
		q.Draft = travelling(draft.Content)
	}
	if stands != nil {
		q.Content, q.Skills = travelling(stands.Content), st.skillKeys(stands.Content.SkillIDs)
	}
	return q
}

// travelling is content without ids, which mean nothing elsewhere, in the one form that documents have.
func travelling(c *content.Question) *content.Question {
	own := *c
	own.SkillIDs = []gid.ID{}
	return &own
}

func (st *stock) template(row *ent.Template) *catalogue.Template {
	d := row.Draft
	t := &catalogue.Template{
		Key: keyOf(row.Handle, row.ID), Name: row.Name, State: row.State, Mode: row.Mode, Instructions: d.Instructions,
		CutPercent: d.CutPercent, Bands: d.Bands, ScoringRules: d.ScoringRules, Feedback: d.Feedback, TotalLimit: d.TotalLimit,
		AttemptLimit: d.AttemptLimit, FollowUpLimit: d.FollowUpLimit, Signals: d.Signals, Accommodation: d.Accommodation,
		Provenance: d.Provenance, DisconnectCredit: d.DisconnectCredit, Sections: []*catalogue.Section{},
	}
	if row.State == term.Published && row.DraftNumber > 0 {
		t.State = term.Draft
	}
	if role := st.roles[row.JobRoleID]; role != nil {
		t.Role = keyOf(role.Handle, role.ID)
	}
	t.SkillWeights = st.skillWeights(d.SkillWeights)
	for _, s := range d.Sections {
		t.Sections = append(t.Sections, st.section(s))
	}
	return t
}

// skillWeights names each skill once: of two that were merged the greater weight stays.
func (st *stock) skillWeights(all []*content.SkillWeight) []*catalogue.SkillWeight {
	var out []*catalogue.SkillWeight
	for _, w := range all {
		key := st.skillKey(w.SkillID)
		i := slices.IndexFunc(out, func(o *catalogue.SkillWeight) bool { return o.Skill == key })
		if i < 0 {
			out = append(out, &catalogue.SkillWeight{Skill: key, Weight: w.Weight})
			continue
		}
		out[i].Weight = max(out[i].Weight, w.Weight)
	}
	return out
}

func (st *stock) section(s *content.Section) *catalogue.Section {
	out := &catalogue.Section{
		Title: s.Title, Instructions: s.Instructions, TimeLimit: s.TimeLimit, Order: s.Order, Navigation: s.Navigation,
		Weight: s.Weight, Slots: []*catalogue.Slot{},
	}
	for _, slot := range s.Slots {
		out.Slots = append(out.Slots, st.slot(slot))
	}
	return out
}

// slot travels without the number of a pinned revision: elsewhere there is no such revision.
func (st *stock) slot(s *content.Slot) *catalogue.Slot {
	out := &catalogue.Slot{Points: s.Points, TimeLimit: s.TimeLimit}
	if s.QuestionID != nil {
		out.Question = st.questionKey(*s.QuestionID)
	}
	if s.Draw != nil {
		out.Draw = &catalogue.Draw{Count: s.Draw.Count}
		for _, id := range s.Draw.QuestionIDs {
			out.Draw.Questions = append(out.Draw.Questions, st.questionKey(id))
		}
		if f := s.Draw.Filter; f != nil {
			out.Draw.Filter = &catalogue.Filter{Kind: f.Kind, Category: f.Category, Level: f.Level, Language: f.Language, Skills: st.skillKeys(f.SkillIDs)}
		}
	}
	return out
}

func (st *stock) questionKey(id gid.ID) string {
	if row := st.questions[id]; row != nil {
		return keyOf(row.Handle, row.ID)
	}
	return id.String()
}

// names are the keys that a document calls rows by; nil names everything.
type names struct {
	role, question, template []string
}

func (n *names) roles() func(*entsql.Selector) {
	if n == nil {
		return everything
	}
	return calledBy(n.role)
}

func (n *names) questions() func(*entsql.Selector) {
	if n == nil {
		return everything
	}
	return calledBy(n.question)
}

func (n *names) templates() func(*entsql.Selector) {
	if n == nil {
		return everything
	}
	return calledBy(n.template)
}

func everything(*entsql.Selector) {}
