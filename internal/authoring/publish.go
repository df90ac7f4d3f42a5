package authoring

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/draw"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/markdown"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// PublishTemplateInput names the template whose draft is published.
type PublishTemplateInput struct {
	ID             gid.ID
	Revision       *int // the revision counter that was read; absent publishes whatever stands
	IdempotencyKey *string
}

// ApproveTemplateInput names the template whose draft is approved, at the revision counter that was read.
type ApproveTemplateInput struct {
	ID             gid.ID
	Revision       int
	IdempotencyKey *string
}

// PublishTemplate freezes the open draft as the next version, with the published revision of each of its questions and
// with what its filters find now. Without an open draft, for a retired template, or without the approval that the
// organization asks for, it is Conflict; whatever ValidateTemplate lists is Invalid, with its place.
func (s *Service) PublishTemplate(ctx context.Context, actor policy.Actor, in PublishTemplateInput) (*ent.Template, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplatePublish)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, s.publish(ctx, tx, in.ID, in.Revision) }, visibleTemplate)
}

func (s *Service) publish(ctx context.Context, tx tenant.Tx, id gid.ID, read *int) error {
	row, err := openTemplate(ctx, tx, id)
	switch {
	case err != nil:
		return err
	case read != nil && *read != row.Revision:
		return stale(row)
	case tx.Limited() && len(filters(row.Draft)) > 0:
		return conflict(wholeBank)
	}
	if err := holdSkills(ctx, tx, row.Draft); err != nil {
		return err
	}
	b, err := openBank(ctx, tx.Scope, row.Draft)
	if err != nil {
		return err
	}
	if err := b.hold(ctx, tx, row.Draft); err != nil {
		return err
	}
	if err := b.check(row.Draft); err != nil {
		return err
	}
	if err := approved(ctx, tx.Scope, row.ApprovedBy); err != nil {
		return err
	}
	if err := b.writeVersion(ctx, tx, row, s.html); err != nil {
		return err
	}
	_, err = tx.ChangeTemplate(id).SetState(term.Published).SetPublishedNumber(row.DraftNumber).SetDraftNumber(0).
		ClearApprovedBy().ClearApprovedAt().SetRevision(row.Revision + 1).Save(ctx)
	if err != nil {
		return fmt.Errorf("publish template: %w", err)
	}
	return tx.Announce(ctx, event.TemplatePublished, id, map[string]string{"number": index(row.DraftNumber)})
}

// wholeBank is why a limited member publishes no draw by filter.
const wholeBank = "a draw by filter looks at the whole bank, which a limited member does not see; name its questions, or let another member publish"

// hold keeps the bank's questions as they are until the commit: none is retired meanwhile.
func (b *bank) hold(ctx context.Context, tx tenant.Tx, draft *content.Template) error {
	rows, err := tx.HoldQuestions(ctx, b.ids(draft))
	if err != nil {
		return fmt.Errorf("hold questions: %w", err)
	}
	for _, row := range rows {
		b.questions[row.ID] = row
	}
	return nil
}

// openTemplate locks a template with an open draft; any other is Conflict.
func openTemplate(ctx context.Context, tx tenant.Tx, id gid.ID) (*ent.Template, error) {
	row, err := tenant.Only[*ent.Template]("template")(tx.LockTemplate(ctx, id))
	if err != nil {
		return nil, err
	}
	switch {
	case row.State == term.Retired:
		return nil, conflict("this template is retired")
	case row.DraftNumber == 0:
		return nil, conflict("this template has no open draft")
	}
	return row, nil
}

// ApproveTemplate lets a second person stand for the open draft as it is. Who wrote on it is refused with Conflict, as
// is a template without an open draft; an older revision counter is Stale. Any later edit ends the approval.
func (s *Service) ApproveTemplate(ctx context.Context, actor policy.Actor, in ApproveTemplateInput) (*ent.Template, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplatePublish)
	if err != nil {
		return nil, err
	}
	return tenant.Change(ctx, scope, in.IdempotencyKey, in,
		func(tx tenant.Tx) (gid.ID, error) { return in.ID, approveTemplate(ctx, tx, in) }, visibleTemplate)
}

func approveTemplate(ctx context.Context, tx tenant.Tx, in ApproveTemplateInput) error {
	row, err := openTemplate(ctx, tx, in.ID)
	if err != nil {
		return err
	}
	if row.Revision != in.Revision {
		return stale(row)
	}
	if err := secondPerson(ctx, tx, row.Editors); err != nil {
		return err
	}
	_, err = tx.ChangeTemplate(row.ID).SetApprovedBy(tx.Actor().ID).SetApprovedAt(tx.Now).SetRevision(row.Revision + 1).Save(ctx)
	if err != nil {
		return fmt.Errorf("approve template: %w", err)
	}
	return tx.Announce(ctx, event.TemplateApproved, row.ID, map[string]string{"number": index(row.DraftNumber)})
}

func (b *bank) writeVersion(ctx context.Context, tx tenant.Tx, row *ent.Template, html *markdown.Renderer) error {
	f := b.freeze(row, html)
	paperBytes, err := f.paper.Encode()
	if err != nil {
		return fmt.Errorf("encode paper: %w", err)
	}
	keyBytes, err := f.key.Encode()
	if err != nil {
		return fmt.Errorf("encode key: %w", err)
	}
	version, err := tx.NewTemplateVersion().SetTemplateID(row.ID).SetJobRoleID(row.JobRoleID).SetNumber(row.DraftNumber).SetName(row.Name).
		SetContent(row.Draft).SetPaper(paperBytes).SetKey(keyBytes).SetHash(paper.Hash(paperBytes, keyBytes)).
		SetQuestionCount(f.paper.Count()).SetTimeLimitSeconds(f.paper.TimeLimit()).SetPoints(f.points).
		SetCutPercent(row.Draft.CutPercent).SetPublishedBy(publisher(tx)).SetNillableApprovedBy(row.ApprovedBy).Save(ctx)
	if err != nil {
		return fmt.Errorf("write version: %w", err)
	}
	uses := make([]*ent.VersionUseCreate, len(f.uses))
	ids := make([]gid.ID, len(f.uses))
	for i, u := range f.uses {
		ids[i] = u.question
		uses[i] = tx.NewVersionUse().SetTemplateVersionID(version.ID).SetQuestionID(u.question).SetNumber(u.number).SetRef(u.ref).SetDrawn(u.drawn)
	}
	if err := tx.AddVersionUses(ctx, uses); err != nil {
		return fmt.Errorf("note uses: %w", err)
	}
	return addUses(ctx, tx, row.ID, ids)
}

// publisher is the member or API key that publishes; for Assay itself, which has no id, the organization it acts for.
func publisher(tx tenant.Tx) gid.ID {
	if by := author(tx); by != nil {
		return *by
	}
	return tx.Organization()
}

// frozen are the two documents of a draft while they are made.
type frozen struct {
	paper  *paper.Paper
	key    *key.Key
	points int // that can be had
	uses   []use
}

// use is a revision in its place.
type use struct {
	ref      string
	question gid.ID
	number   int
	drawn    bool
}

// freeze makes the two documents of a draft that was checked.
func (b *bank) freeze(row *ent.Template, html *markdown.Renderer) *frozen {
	draft := row.Draft
	f := &frozen{
		paper: &paper.Paper{
			Title: row.Name, Instructions: draft.Instructions, InstructionsHTML: html.HTML(draft.Instructions),
			Mode: row.Mode, AttemptLimit: draft.AttemptLimit, Signals: draft.Signals, Accommodation: draft.Accommodation,
		},
		key: &key.Key{
			CutPercent: draft.CutPercent, Bands: draft.Bands, Feedback: draft.Feedback, SkillWeights: draft.SkillWeights,
			Mode: row.Mode, FollowUpLimit: draft.FollowUpLimit,
		},
	}
	if draft.DisconnectCredit != nil {
		f.paper.DisconnectCredit = *draft.DisconnectCredit
	}
	for i, s := range draft.Sections {
		b.freezeSection(f, i, s, draft.ScoringRules, html)
	}
	return f
}

func (b *bank) freezeSection(f *frozen, place int, s *content.Section, rules []*content.ScoringRule, html *markdown.Renderer) {
	ps := &paper.Section{Title: s.Title, Instructions: s.Instructions, InstructionsHTML: html.HTML(s.Instructions), TimeLimit: s.TimeLimit}
	if s.Order != nil {
		ps.Order = *s.Order
	}
	if s.Navigation != nil {
		ps.Navigation = *s.Navigation
	}
	ks := &key.Section{Title: s.Title, Weight: s.Weight}
	for _, slot := range s.Slots {
		var refs []string
		for _, id := range b.pool(slot) {
			ref, r := paper.Ref(place, len(ps.Questions)), b.revisionOf(slot, id)
			refs = append(refs, ref)
			ps.Questions = append(ps.Questions, b.ask(ref, slot, r, html))
			ks.Items = append(ks.Items, b.keyItem(ref, slot, r, rules))
			f.uses = append(f.uses, use{ref, id, r.Number, slot.Draw != nil})
		}
		if slot.Draw != nil {
			ps.Draws = append(ps.Draws, draw.Pool{Count: slot.Draw.Count, Refs: refs})
		}
		f.points += count(slot) * slot.Points
	}
	ks.Draws = ps.Draws
	f.paper.Sections, f.key.Sections = append(f.paper.Sections, ps), append(f.key.Sections, ks)
}

func (b *bank) ask(ref string, slot *content.Slot, r *ent.QuestionRevision, html *markdown.Renderer) *paper.Question {
	c := r.Content
	asked := &paper.Question{
		Ref: ref, Kind: b.questions[r.QuestionID].Kind, Prompt: c.Prompt, PromptHTML: html.HTML(c.Prompt), ShuffleChoices: c.ShuffleChoices,
		Points: slot.Points, TimeHint: c.TimeHint,
	}
	if slot.TimeLimit != nil {
		asked.TimeLimit = *slot.TimeLimit
	}
	for _, ch := range c.Choices {
		asked.Choices = append(asked.Choices, &paper.Choice{Key: ch.Key, Text: ch.Text, HTML: html.HTML(ch.Text)})
	}
	if c.Numeric != nil {
		asked.Unit = c.Numeric.Unit
	}
	if c.Code != nil {
		asked.Language, asked.Starter, asked.Examples = c.Code.Language, c.Code.Starter, examples(c.Code)
	}
	if c.Spoken != nil {
		asked.MaxSeconds = c.Spoken.MaxSeconds
	}
	for _, t := range c.Translations {
		asked.Translations = append(asked.Translations, translated(t, html))
	}
	return asked
}

// examples are the tests that candidates may see.
func examples(c *content.Code) []*paper.Example {
	var shown []*paper.Example
	for _, t := range c.Tests {
		if !t.Hidden {
			shown = append(shown, &paper.Example{Name: t.Name, Stdin: t.Stdin, Output: t.Expected})
		}
	}
	return shown
}

func translated(t *content.Translation, html *markdown.Renderer) *paper.Translation {
	out := &paper.Translation{Language: t.Language, Prompt: t.Prompt, PromptHTML: html.HTML(t.Prompt)}
	for _, ch := range t.Choices {
		out.Choices = append(out.Choices, &paper.Choice{Key: ch.Key, Text: ch.Text, HTML: html.HTML(ch.Text)})
	}
	return out
}

func (b *bank) keyItem(ref string, slot *content.Slot, r *ent.QuestionRevision, rules []*content.ScoringRule) *key.Item {
	q := b.questions[r.QuestionID]
	item := &key.Item{Ref: ref, QuestionID: q.ID, Revision: r.Number, Title: titleOf(q, r), Kind: q.Kind, Points: slot.Points, Content: ruled(q.Kind, r.Content, rules)}
	seen := map[gid.ID]bool{}
	for _, id := range r.Content.SkillIDs {
		// A skill that was merged meanwhile counts as the one it went into.
		if skill := b.skills[id]; skill != nil && !seen[skill.ID] {
			seen[skill.ID] = true
			item.Skills = append(item.Skills, &key.Skill{ID: skill.ID, Name: skill.Name})
		}
	}
	return item
}

// titleOf is what a question was called in a revision; one from before there were titles goes by the question's.
func titleOf(q *ent.Question, r *ent.QuestionRevision) string {
	if r.Title == "" {
		return q.Title
	}
	return r.Title
}

// ruled is the content with the partial credit that the template's rule gives to its kind. Points of single choices stay
// what they are.
func ruled(kind term.QuestionKind, c *content.Question, rules []*content.ScoringRule) *content.Question {
	for _, r := range rules {
		if r.Kind == kind && (c.PartialCredit == nil || *c.PartialCredit != term.Mapped) {
			own := *c
			own.PartialCredit = &r.PartialCredit
			return &own
		}
	}
	return c
}
