package authoring

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

func (im *importer) allTemplates(ctx context.Context) error {
	for i, t := range im.doc.Templates {
		if err := im.oneTemplate(ctx, t, im.at("templates", i)); err != nil {
			return err
		}
	}
	return nil
}

// wantedTemplate is an entry with what its keys open.
type wantedTemplate struct {
	*catalogue.Template
	role    gid.ID
	content *content.Template
	entry   []string
}

func (im *importer) oneTemplate(ctx context.Context, t *catalogue.Template, entry []string) error {
	before := im.troubles
	role, _ := im.open(im.keys.roles, t.Role, "job role", append(entry, "role")...)
	w := &wantedTemplate{t, role, im.templateContent(t, entry), entry}
	if im.troubles > before {
		return nil
	}
	if err := checkTemplate(t.Name, &t.Key, w.content); err != nil {
		return im.judgeTemplate(err, entry)
	}
	row := im.stock.templates[im.keys.templates[t.Key]]
	if row == nil {
		return im.newTemplate(ctx, w)
	}
	return im.knownTemplate(ctx, row, w)
}

// judgeTemplate tells faults of a template's content at the entry itself, where documents have it.
func (im *importer) judgeTemplate(err error, entry []string) error {
	return im.judge(within(nil, err), entry)
}

func (im *importer) newTemplate(ctx context.Context, w *wantedTemplate) error {
	id, err := addTemplate(ctx, im.tx, CreateTemplateInput{JobRoleID: w.role, Name: w.Name, Mode: w.Mode, Key: &w.Key, Content: w.content})
	if err != nil {
		return im.judgeTemplate(err, w.entry)
	}
	im.keys.templates[w.Key] = id
	change := titled(Added, NounTemplate, w.Key, w.Name, nil)
	im.note(change)
	return im.finishTemplate(ctx, id, w, change, false)
}

// finishTemplate publishes what was written, or retires it. One that was never published here is retired as it is.
func (im *importer) finishTemplate(ctx context.Context, id gid.ID, w *wantedTemplate, change *CatalogueChange, was bool) error {
	switch {
	case w.State == term.Draft:
		return nil
	case w.State == term.Retired && !was:
		if _, err := im.tx.ChangeTemplate(id).SetState(term.Retired).AddRevision(1).Save(ctx); err != nil {
			return fmt.Errorf("retire template: %w", err)
		}
		return im.tx.Announce(ctx, event.TemplateRetired, id, nil)
	case w.State == term.Retired:
		return im.judgeTemplate(retire(ctx, im.tx, id, nil), w.entry)
	case im.approvals:
		change.Note = waitsForApproval
		return nil
	}
	return im.judgeTemplate(im.publish(ctx, im.tx, id, nil), w.entry)
}

func (im *importer) knownTemplate(ctx context.Context, row *ent.Template, w *wantedTemplate) error {
	was := im.stock.template(row)
	wanted := im.stock.template(&ent.Template{ID: row.ID, Name: w.Name, Mode: w.Mode, State: w.State, Draft: w.content, JobRoleID: w.role, Handle: row.Handle})
	switch {
	case wanted.State == term.Draft && was.State == term.Published, // the document has a draft of what is published as it is
		wanted.State == term.Published && was.State == term.Draft && im.approvals: // it waits
		same := *wanted
		same.State = was.State
		if len(differing(was, &same)) == 0 {
			wanted = &same
		}
	}
	fields := differing(was, wanted)
	switch {
	case len(fields) == 0, im.standsPublished(row, wanted):
		im.report.Unchanged++
		return nil
	case row.State == term.Retired:
		im.fail("this template is retired; give the new one another key", append(w.entry, "state"))
		return nil
	case row.Mode != w.Mode:
		im.fail("the mode of a template stays; give the new one another key", append(w.entry, "mode"))
		return nil
	case row.JobRoleID != w.role:
		im.fail("the job role of a template stays; give the new one another key", append(w.entry, "role"))
		return nil
	}
	change := titled(Changed, NounTemplate, w.Key, w.Name, fields)
	if row.State == term.Published && row.DraftNumber > 0 {
		change.Note = "takes the place of an open draft"
	}
	im.note(change)
	if w.State != term.Retired || len(fields) > 1 {
		if err := changeTemplate(ctx, im.tx, UpdateTemplateInput{ID: row.ID, Revision: row.Revision, Name: w.Name, Content: w.content}); err != nil {
			return im.judgeTemplate(err, w.entry)
		}
	}
	return im.finishTemplate(ctx, row.ID, w, change, row.State == term.Published)
}

// standsPublished reports whether the document has a template as it is published, beside an open draft, which is left
// alone.
func (im *importer) standsPublished(row *ent.Template, wanted *catalogue.Template) bool {
	v := im.stock.standing[row.ID]
	if v == nil || v.Content == nil || wanted.State != term.Published {
		return false
	}
	stands := &ent.Template{ID: row.ID, Name: v.Name, Mode: row.Mode, State: term.Published, Draft: v.Content, JobRoleID: row.JobRoleID, Handle: row.Handle}
	return len(differing(im.stock.template(stands), wanted)) == 0
}

// templateContent opens every key of a template.
func (im *importer) templateContent(t *catalogue.Template, entry []string) *content.Template {
	c := &content.Template{
		Instructions: t.Instructions, CutPercent: t.CutPercent, Bands: t.Bands, ScoringRules: t.ScoringRules, Feedback: t.Feedback,
		TotalLimit: t.TotalLimit, AttemptLimit: t.AttemptLimit, FollowUpLimit: t.FollowUpLimit, Signals: t.Signals,
		DisconnectCredit: t.DisconnectCredit, Accommodation: t.Accommodation, Provenance: t.Provenance, Sections: []*content.Section{},
	}
	for i, w := range t.SkillWeights {
		id, _ := im.open(im.keys.skills, w.Skill, "skill", append(entry, "skillWeights", index(i), "skill")...)
		c.SkillWeights = append(c.SkillWeights, &content.SkillWeight{SkillID: id, Weight: w.Weight})
	}
	for i, s := range t.Sections {
		section := &content.Section{
			Title: s.Title, Instructions: s.Instructions, TimeLimit: s.TimeLimit, Order: s.Order, Navigation: s.Navigation,
			Weight: s.Weight, Slots: []*content.Slot{},
		}
		for j, slot := range s.Slots {
			section.Slots = append(section.Slots, im.slot(slot, append(append([]string{}, entry...), "sections", index(i), "slots", index(j))))
		}
		c.Sections = append(c.Sections, section)
	}
	return c
}

func (im *importer) slot(s *catalogue.Slot, at []string) *content.Slot {
	out := &content.Slot{Points: s.Points, TimeLimit: s.TimeLimit}
	if s.Question != "" {
		if id, ok := im.open(im.keys.questions, s.Question, "question", append(at, "question")...); ok {
			out.QuestionID = &id
		}
	}
	if s.Draw == nil {
		return out
	}
	out.Draw = &content.Draw{Count: s.Draw.Count}
	for i, key := range s.Draw.Questions {
		if id, ok := im.open(im.keys.questions, key, "question", append(at, "draw", "questions", index(i))...); ok {
			out.Draw.QuestionIDs = append(out.Draw.QuestionIDs, id)
		}
	}
	if f := s.Draw.Filter; f != nil {
		out.Draw.Filter = &content.PoolFilter{
			Kind: f.Kind, Category: f.Category, Level: f.Level, Language: f.Language,
			SkillIDs: im.skillIDs(f.Skills, append(at, "draw", "filter", "skills")...),
		}
	}
	return out
}
