package authoring

import (
	"context"
	"fmt"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/ent/versionuse"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/policy"
)

// reindexBatch bounds what one transaction reindexes.
const reindexBatch = 100

// Reindex gives what was written before there was search its words and skills, and what was published before uses were
// noted its list of them: a step of the upgrade that needs more than SQL. It says nothing new and so announces nothing.
// Only Assay itself has the permission; doing it again does nothing.
func (s *Service) Reindex(ctx context.Context, actor policy.Actor) error {
	scope, err := s.tenant.As(ctx, actor, policy.CatalogueReindex)
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context, tenant.Tx) (int, error){s.reindexQuestions, reindexVersions} {
		for {
			n, err := tenant.InTx(ctx, scope, func(tx tenant.Tx) (int, error) { return step(ctx, tx) })
			if err != nil {
				return err
			}
			if n < reindexBatch {
				break
			}
		}
	}
	return nil
}

func (s *Service) reindexQuestions(ctx context.Context, tx tenant.Tx) (int, error) {
	rows, err := tx.LockUnindexed(ctx, reindexBatch)
	if err != nil {
		return 0, fmt.Errorf("find questions without words: %w", err)
	}
	revisions, err := currentRevisions(ctx, tx.Scope, questionIDs(rows))
	if err != nil {
		return 0, fmt.Errorf("find revisions: %w", err)
	}
	newest := map[gid.ID]*ent.QuestionRevision{}
	for _, r := range revisions {
		// What was published counts, and the draft until something was.
		if shown := newest[r.QuestionID]; shown == nil || shown.PublishedAt == nil {
			newest[r.QuestionID] = r
		}
		if _, err := tx.ChangeQuestionRevision(r.ID).SetPromptHTML(s.html.HTML(r.Content.Prompt)).Save(ctx); err != nil {
			return 0, fmt.Errorf("render prompt: %w", err)
		}
	}
	for _, row := range rows {
		if err := reindexQuestion(ctx, tx, row, newest[row.ID]); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

func reindexQuestion(ctx context.Context, tx tenant.Tx, row *ent.Question, r *ent.QuestionRevision) error {
	prompt := ""
	if r != nil {
		prompt = r.Content.Prompt
		known, err := knownSkills(ctx, tx, r.Content.SkillIDs)
		if err != nil {
			return err
		}
		if err := noteSkills(ctx, tx, row.ID, known); err != nil {
			return err
		}
	}
	if _, err := tx.ChangeQuestion(row.ID).SetWords(searchWords(row.Title, prompt)).Save(ctx); err != nil {
		return fmt.Errorf("write words: %w", err)
	}
	return nil
}

func reindexVersions(ctx context.Context, tx tenant.Tx) (int, error) {
	if _, err := tx.LockOrganization(ctx); err != nil { // another process that began at the same moment waits, and finds less
		return 0, fmt.Errorf("lock organization: %w", err)
	}
	rows, err := tx.TemplateVersions().Where(withoutUses).Limit(reindexBatch).
		Select(templateversion.FieldID, templateversion.FieldKey).All(ctx)
	if err != nil {
		return 0, fmt.Errorf("find versions without uses: %w", err)
	}
	for _, row := range rows {
		keyed, err := key.Decode(row.Key)
		if err != nil {
			return 0, err
		}
		uses := make([]*ent.VersionUseCreate, 0, len(keyed.Items()))
		for _, item := range keyed.Items() {
			uses = append(uses, tx.NewVersionUse().SetTemplateVersionID(row.ID).SetQuestionID(item.QuestionID).
				SetNumber(item.Revision).SetRef(item.Ref).SetDrawn(false))
		}
		if err := tx.AddVersionUses(ctx, uses); err != nil {
			return 0, fmt.Errorf("note uses: %w", err)
		}
	}
	return len(rows), nil
}

// withoutUses keeps the versions whose uses were never noted: every version asks something.
func withoutUses(q *entsql.Selector) {
	t := entsql.Dialect(q.Dialect()).Select(versionuse.FieldID).From(entsql.Table(versionuse.Table))
	q.Where(entsql.NotExists(t.Where(entsql.And(
		entsql.ColumnsEQ(t.C(versionuse.FieldOrganizationID), q.C(templateversion.FieldOrganizationID)),
		entsql.ColumnsEQ(t.C(versionuse.FieldTemplateVersionID), q.C(templateversion.FieldID)),
	))))
}
