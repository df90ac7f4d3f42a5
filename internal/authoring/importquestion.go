package authoring

import (
	"context"
	"fmt"
	"slices"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
)

func (im *importer) allQuestions(ctx context.Context) error {
	for i, q := range im.doc.Questions {
		if err := im.oneQuestion(ctx, q, im.at("questions", i)); err != nil {
			return err
		}
	}
	return nil
}

// wantedQuestion is an entry with what its keys open.
type wantedQuestion struct {
	*catalogue.Question
	skills []gid.ID
	entry  []string
}

func (im *importer) oneQuestion(ctx context.Context, q *catalogue.Question, entry []string) error {
	before := im.troubles
	w := &wantedQuestion{q, im.skillIDs(q.Skills, append(entry, "skills")...), entry}
	if q.Draft != nil && q.State != term.Published {
		im.fail("only a published question has a draft beside its content", append(entry, "draft"))
	}
	if err := im.checkSaid(w); err != nil || im.troubles > before {
		return err
	}
	bring := im.newQuestion
	if row := im.stock.questions[im.keys.questions[q.Key]]; row != nil {
		bring = func(ctx context.Context, w *wantedQuestion) error { return im.knownQuestion(ctx, row, w) }
	}
	err := bring(ctx, w)
	if im.troubles > before {
		im.keys.questions[q.Key] = gid.ID{} // what asks it need not be told of as well
	}
	return err
}

// checkSaid judges the content and the draft beside it.
func (im *importer) checkSaid(w *wantedQuestion) error {
	w.Content.SkillIDs = w.skills
	if err := im.judge(checkQuestion(w.Title, &w.Language, &w.Key, w.Kind, w.Content), w.entry); err != nil || w.Draft == nil {
		return err
	}
	title := "title" // that is fine; only the draft is judged here
	return im.judge(within([]string{"draft"}, checkQuestion(title, &w.Language, nil, w.Kind, w.Draft)), w.entry)
}

func (im *importer) newQuestion(ctx context.Context, w *wantedQuestion) error {
	published := w.State != term.Draft && !im.approvals
	id, err := im.insertQuestion(ctx, w, published)
	if err != nil {
		return im.judge(err, w.entry)
	}
	im.keys.questions[w.Key] = id
	change := titled(Added, NounQuestion, w.Key, w.Title, nil)
	im.note(change)
	switch {
	case published:
		return im.afterPublication(ctx, id, 2, w)
	case w.State != term.Draft:
		change.Note = waitsForApproval
	}
	return nil
}

// waitsForApproval is the note of what the document has published and the organization does not yet.
const waitsForApproval = "waits as a draft for a second person's approval"

// insertQuestion writes a new question as it is to stand, at the revision counter that creating and publishing it one
// after the other would give: a catalogue has thousands, and each statement counts.
func (im *importer) insertQuestion(ctx context.Context, w *wantedQuestion, published bool) (gid.ID, error) {
	kept := asKept(w.Content, distinct(w.skills))
	row := im.tx.NewQuestion().SetTitle(w.Title).SetKind(w.Kind).SetCategory(w.Category).SetLevel(w.Level).SetLanguage(w.Language).
		SetHandle(w.Key).SetWords(searchWords(w.Title, w.Content.Prompt)).SetState(term.Draft).SetDraftNumber(1)
	said := im.tx.NewQuestionRevision().SetNumber(1).SetContent(kept).SetNillableAuthorID(author(im.tx)).
		SetTitle(w.Title).SetCategory(w.Category).SetLevel(w.Level).SetLanguage(w.Language).
		SetEditors(editors(im.tx, nil)).SetPromptHTML(im.html.HTML(kept.Prompt))
	if published {
		if err := complete(w.Kind, kept); err != nil {
			return gid.ID{}, err
		}
		row.SetState(term.Published).SetDraftNumber(0).SetPublishedNumber(1).SetRevision(2)
		said.SetPublishedAt(im.tx.Now).SetNillablePublishedBy(author(im.tx))
	}
	made, err := row.Save(ctx)
	if ent.IsConstraintError(err) {
		return gid.ID{}, keyTaken("question", nil)
	}
	if err != nil {
		return gid.ID{}, fmt.Errorf("create question: %w", err)
	}
	if err := said.SetQuestionID(made.ID).Exec(ctx); err != nil {
		return gid.ID{}, fmt.Errorf("write question revision: %w", err)
	}
	if err := im.tx.AddQuestionSkills(ctx, made.ID, kept.SkillIDs); err != nil {
		return gid.ID{}, fmt.Errorf("note skills: %w", err)
	}
	return made.ID, im.announceNew(ctx, made.ID, published)
}

func (im *importer) announceNew(ctx context.Context, id gid.ID, published bool) error {
	if err := im.tx.Announce(ctx, event.QuestionCreated, id, nil); err != nil || !published {
		return err
	}
	return im.tx.Announce(ctx, event.QuestionPublished, id, map[string]string{"number": "1"})
}

// finishQuestion publishes what was written of a question that stood already.
func (im *importer) finishQuestion(ctx context.Context, id gid.ID, revision int, w *wantedQuestion, change *CatalogueChange) error {
	switch {
	case w.State == term.Draft:
		return nil
	case im.approvals:
		change.Note = waitsForApproval
		return nil
	}
	if err := freezeQuestion(ctx, im.tx, id, nil); err != nil {
		return im.judge(err, w.entry)
	}
	return im.afterPublication(ctx, id, revision+1, w)
}

// afterPublication opens the draft beside what was published, or retires it.
func (im *importer) afterPublication(ctx context.Context, id gid.ID, revision int, w *wantedQuestion) error {
	switch {
	case w.State == term.Retired:
		return im.retireWanted(ctx, id, w)
	case w.Draft == nil:
		return nil
	}
	return im.judge(im.writeQuestion(ctx, id, revision, w, w.Draft), w.entry)
}

// retireWanted retires a published question: at once, so that no filter of the document's templates finds it, or, if they
// name it, when they stand.
func (im *importer) retireWanted(ctx context.Context, id gid.ID, w *wantedQuestion) error {
	if im.asked[w.Key] {
		im.retire = append(im.retire, id)
		return nil
	}
	return im.judge(retireQuestion(ctx, im.tx, id, nil), w.entry)
}

func (im *importer) writeQuestion(ctx context.Context, id gid.ID, revision int, w *wantedQuestion, c *content.Question) error {
	c.SkillIDs = w.skills
	return im.changeQuestion(ctx, im.tx, UpdateQuestionInput{
		ID: id, Revision: revision, Title: w.Title, Category: w.Category, Level: w.Level, Language: &w.Language, Content: c,
	})
}

// knownQuestion changes a question that stands, if the document has it otherwise.
func (im *importer) knownQuestion(ctx context.Context, row *ent.Question, w *wantedQuestion) error {
	was := im.stock.question(row)
	wanted := *w.Question
	wanted.Key, wanted.Skills = was.Key, im.stock.skillKeys(w.skills)
	wanted.Content = travelling(w.Content)
	if w.Draft != nil {
		wanted.Draft = travelling(w.Draft)
	}
	fields := differing(was, im.asItStands(row, was, &wanted))
	switch {
	case len(fields) == 0:
		im.report.Unchanged++
		return nil
	case row.Kind != w.Kind:
		im.fail("the kind of a question stays for ever; give the new one another key", append(w.entry, "kind"))
		return nil
	case row.State == term.Retired:
		im.fail("this question is retired; give the new one another key", append(w.entry, "state"))
		return nil
	}
	change := titled(Changed, NounQuestion, w.Key, w.Title, fields)
	if was.Draft != nil && w.State != term.Retired {
		change.Note = "takes the place of an open draft"
	}
	im.note(change)
	return im.changeWanted(ctx, row, w, fields, change)
}

// changeWanted writes no more than what differs: what stays published as it is gets no new revision.
func (im *importer) changeWanted(ctx context.Context, row *ent.Question, w *wantedQuestion, fields []string, change *CatalogueChange) error {
	only := func(field string) bool { return slices.Equal(fields, []string{field}) }
	switch {
	case only("state") && w.State == term.Retired && row.State == term.Published:
		return im.retireWanted(ctx, row.ID, w)
	case only("draft") && w.Draft != nil:
		return im.judge(im.writeQuestion(ctx, row.ID, row.Revision, w, w.Draft), w.entry)
	}
	if err := im.writeQuestion(ctx, row.ID, row.Revision, w, w.Content); err != nil {
		return im.judge(err, w.entry)
	}
	return im.finishQuestion(ctx, row.ID, row.Revision+1, w, change)
}

// asItStands is what the document wants in the form in which it would stand. A draft beside published content is that
// draft; what waits for approval is a draft.
func (im *importer) asItStands(row *ent.Question, was, wanted *catalogue.Question) *catalogue.Question {
	own := *wanted
	waits := wanted.State != term.Draft && im.approvals
	switch {
	case wanted.State == term.Published && wanted.Draft == nil && was.State == term.Published && same(was.Content, wanted.Content):
		own.Draft = was.Draft // somebody's work goes on beside what stands published as it should
	case wanted.State == term.Draft && was.State == term.Published:
		own.State, own.Content = term.Published, was.Content
		if im.stock.draftSays(row.ID, wanted) {
			own.Title, own.Category, own.Level, own.Language, own.Skills = was.Title, was.Category, was.Level, was.Language, was.Skills
		}
		if !same(wanted.Content, was.Content) || was.Draft != nil {
			own.Draft = wanted.Content
		}
	case waits && was.State == term.Draft && same(was.Content, wanted.Content):
		own.State, own.Draft = term.Draft, nil
	case waits && was.Draft != nil && same(was.Draft, wanted.Content):
		own.State, own.Content, own.Draft = was.State, was.Content, was.Draft
	}
	return &own
}

// draftSays reports whether a question's open draft has the entry's title and classification.
func (st *stock) draftSays(id gid.ID, q *catalogue.Question) bool {
	r := st.drafts[id]
	return r != nil && r.Title == q.Title && r.Category != nil && *r.Category == q.Category && r.Level != nil && *r.Level == q.Level &&
		r.Language == q.Language && slices.Equal(st.skillKeys(r.Content.SkillIDs), q.Skills)
}

// retirements retire questions when everything that asks them stands.
func (im *importer) retirements(ctx context.Context) error {
	for _, id := range im.retire {
		if err := im.judge(retireQuestion(ctx, im.tx, id, nil), []string{"questions"}); err != nil {
			return err
		}
	}
	return nil
}
