package authoring

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Validation is what stands between a template's draft and its publication.
type Validation struct {
	Template      *ent.Template
	Publishable   bool
	Faults        []*TemplateFault
	Projected     time.Duration // by the questions' time hints
	QuestionCount int
	Points        int
	Sections      []*SectionProjection
	WithoutHint   int // questions, of pools too, that say nothing of their time
}

// TemplateFault is one thing that keeps a template from being published.
type TemplateFault struct {
	Path    []string
	Message string
}

// SectionProjection is how long a section's questions take beside the time it has.
type SectionProjection struct {
	Title     string
	Projected time.Duration
	TimeLimit time.Duration
}

// ValidateTemplate lists everything that keeps what stands of a template from being published, each with its path, and
// how long it is going to take.
func (s *Service) ValidateTemplate(ctx context.Context, actor policy.Actor, id gid.ID) (*Validation, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateRead)
	if err != nil {
		return nil, err
	}
	row, err := visibleTemplate(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	b, err := openBank(ctx, scope, row.Draft)
	if err != nil {
		return nil, err
	}
	found, err := b.faults(row)
	if err != nil {
		return nil, err
	}
	if scope.Limited() {
		found = unseen(row.Draft, found)
	}
	if err := approved(ctx, scope, row.ApprovedBy); row.DraftNumber > 0 && fault.Is(err, fault.Conflict) {
		found = append(found, &TemplateFault{Path: []string{"approval"}, Message: "a second person has to approve this before it is published"})
	}
	return b.validation(row, found), nil
}

// unseen puts for each draw by filter, instead of what is wrong with the part of the bank that a limited member sees, that
// they cannot publish it.
func unseen(draft *content.Template, found []*TemplateFault) []*TemplateFault {
	for i, s := range draft.Sections {
		for j, slot := range s.Slots {
			if slot.Draw == nil || slot.Draw.Filter == nil {
				continue
			}
			at := []string{"content", "sections", index(i), "slots", index(j), "draw"}
			found = slices.DeleteFunc(found, func(f *TemplateFault) bool { return slices.Equal(f.Path, at) })
			found = append(found, &TemplateFault{Path: at, Message: wholeBank})
		}
	}
	return found
}

// faults are those of the draft, and its state.
func (b *bank) faults(row *ent.Template) ([]*TemplateFault, error) {
	list := []*TemplateFault{}
	if row.State == term.Retired {
		list = append(list, &TemplateFault{Path: []string{"state"}, Message: "this template is retired"})
	}
	var found fault.List
	var one *fault.Fault
	switch err := b.check(row.Draft); {
	case errors.As(err, &found):
		for _, f := range found {
			list = append(list, &TemplateFault{Path: f.Field, Message: f.Message})
		}
	case errors.As(err, &one):
		list = append(list, &TemplateFault{Path: one.Field, Message: one.Message})
	case err != nil:
		return nil, err
	}
	return list, nil
}

func (b *bank) validation(row *ent.Template, found []*TemplateFault) *Validation {
	v := &Validation{Template: row, Publishable: len(found) == 0 && row.DraftNumber > 0, Faults: found, Sections: []*SectionProjection{}}
	for _, s := range row.Draft.Sections {
		needed := b.sectionTime(s)
		v.Projected += seconds(needed)
		v.Sections = append(v.Sections, &SectionProjection{Title: s.Title, Projected: seconds(needed), TimeLimit: seconds(s.TimeLimit)})
		for _, slot := range s.Slots {
			v.QuestionCount, v.Points = v.QuestionCount+count(slot), v.Points+count(slot)*slot.Points
			for _, id := range b.pool(slot) {
				if r := b.revisionOf(slot, id); r != nil && r.Content.TimeHint == 0 {
					v.WithoutHint++
				}
			}
		}
	}
	return v
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }
