package authoring

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/skill"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// PublishTemplateInput names the template whose draft is published.
type PublishTemplateInput struct {
	ID             gid.ID
	IdempotencyKey *string
}

// PublishTemplate freezes the open draft as the next version, with the latest published revision of each of its
// questions. Without an open draft, or for a retired template, it is Conflict; a question that was never published
// is Invalid, with its place.
func (s *Service) PublishTemplate(ctx context.Context, actor policy.Actor, in PublishTemplateInput) (*ent.Template, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplatePublish)
	if err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Template, error) {
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return in.ID, publish(ctx, tx, in.ID) })
		if err != nil {
			return nil, err
		}
		return visibleTemplate(ctx, tx.Scope, id)
	})
}

func publish(ctx context.Context, tx tenant.Tx, id gid.ID) error {
	row, err := tenant.Only[*ent.Template]("template")(tx.LockTemplate(ctx, id))
	if err != nil {
		return err
	}
	switch {
	case row.State == term.Retired:
		return conflict("this template is retired")
	case row.DraftNumber == 0:
		return conflict("this template has no open draft to publish")
	}
	bank, err := published(ctx, tx.Scope, row.Draft)
	if err != nil {
		return err
	}
	if err := bank.check(row.Draft); err != nil {
		return err
	}
	if err := writeVersion(ctx, tx, row, bank); err != nil {
		return err
	}
	_, err = tx.ChangeTemplate(id).SetState(term.Published).SetPublishedNumber(row.DraftNumber).SetDraftNumber(0).
		SetRevision(row.Revision + 1).Save(ctx)
	if err != nil {
		return fmt.Errorf("publish template: %w", err)
	}
	return tx.Announce(ctx, event.TemplatePublished, id, map[string]string{"number": index(row.DraftNumber)})
}

// bank is what a draft draws on: the published revision of each question, and the names of skills.
type bank struct {
	questions map[gid.ID]*ent.Question
	revisions map[gid.ID]*ent.QuestionRevision
	skills    map[gid.ID]string
}

// published reads the bank of a draft in three statements.
func published(ctx context.Context, scope tenant.Scope, draft *content.Template) (*bank, error) {
	ids := usedQuestions(draft)
	b := &bank{map[gid.ID]*ent.Question{}, map[gid.ID]*ent.QuestionRevision{}, map[gid.ID]string{}}
	questions, err := scope.Questions().Where(tenant.In("id", ids)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find questions: %w", err)
	}
	for _, q := range questions {
		b.questions[q.ID] = q
	}
	revisions, err := currentRevisions(ctx, scope, ids)
	if err != nil {
		return nil, fmt.Errorf("find revisions: %w", err)
	}
	var skills []gid.ID
	for _, r := range revisions {
		if r.PublishedAt != nil {
			b.revisions[r.QuestionID] = r
			skills = append(skills, r.Content.SkillIDs...)
		}
	}
	named, err := scope.Skills().Where(tenant.In(skill.FieldID, skills)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find skills: %w", err)
	}
	for _, s := range named {
		b.skills[s.ID] = s.Name
	}
	return b, nil
}

// check demands that every slot's question has a published revision.
func (b *bank) check(draft *content.Template) error {
	var c fault.Checks
	for i, s := range draft.Sections {
		for j, slot := range s.Slots {
			c.That(b.revisions[slot.QuestionID] != nil, "publish this question first",
				"content", "sections", index(i), "slots", index(j), "questionId")
		}
	}
	return c.Err()
}

func writeVersion(ctx context.Context, tx tenant.Tx, row *ent.Template, b *bank) error {
	asked, keyed, points := b.freeze(row)
	paperBytes, err := asked.Encode()
	if err != nil {
		return fmt.Errorf("encode paper: %w", err)
	}
	keyBytes, err := keyed.Encode()
	if err != nil {
		return fmt.Errorf("encode key: %w", err)
	}
	err = tx.NewTemplateVersion().SetTemplateID(row.ID).SetJobRoleID(row.JobRoleID).SetNumber(row.DraftNumber).SetName(row.Name).
		SetPaper(paperBytes).SetKey(keyBytes).SetHash(paper.Hash(paperBytes, keyBytes)).
		SetQuestionCount(asked.Count()).SetTimeLimitSeconds(asked.TimeLimit()).SetPoints(points).
		SetCutPercent(row.Draft.CutPercent).SetPublishedBy(tx.Actor().ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write version: %w", err)
	}
	return nil
}

// freeze makes the two documents of a draft, and the points that can be had.
func (b *bank) freeze(row *ent.Template) (*paper.Paper, *key.Key, int) {
	draft, points := row.Draft, 0
	asked := &paper.Paper{Title: row.Name, Instructions: draft.Instructions}
	keyed := &key.Key{CutPercent: draft.CutPercent, Bands: draft.Bands, Feedback: draft.Feedback}
	for i, s := range draft.Sections {
		ps := &paper.Section{Title: s.Title, Instructions: s.Instructions, TimeLimit: s.TimeLimit}
		ks := &key.Section{Title: s.Title}
		for j, slot := range s.Slots {
			ps.Questions = append(ps.Questions, b.ask(paper.Ref(i, j), slot))
			ks.Items = append(ks.Items, b.keyItem(paper.Ref(i, j), slot))
			points += slot.Points
		}
		asked.Sections, keyed.Sections = append(asked.Sections, ps), append(keyed.Sections, ks)
	}
	return asked, keyed, points
}

func (b *bank) ask(ref string, slot *content.Slot) *paper.Question {
	q, c := b.questions[slot.QuestionID], b.revisions[slot.QuestionID].Content
	asked := &paper.Question{Ref: ref, Kind: q.Kind, Prompt: c.Prompt, Points: slot.Points, TimeHint: c.TimeHint}
	for _, ch := range c.Choices {
		asked.Choices = append(asked.Choices, &paper.Choice{Key: ch.Key, Text: ch.Text})
	}
	if c.Numeric != nil {
		asked.Unit = c.Numeric.Unit
	}
	return asked
}

func (b *bank) keyItem(ref string, slot *content.Slot) *key.Item {
	q, r := b.questions[slot.QuestionID], b.revisions[slot.QuestionID]
	item := &key.Item{Ref: ref, QuestionID: q.ID, Revision: r.Number, Title: q.Title, Kind: q.Kind, Points: slot.Points, Content: r.Content}
	for _, id := range r.Content.SkillIDs {
		item.Skills = append(item.Skills, &key.Skill{ID: id, Name: b.skills[id]})
	}
	return item
}
