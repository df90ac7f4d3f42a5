package grading

import (
	"context"
	"fmt"
	"sync"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/rescoring"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
)

// frozen are the two documents of the version that a session pins, the key with everything that was mended in it.
type frozen struct {
	paper  *paper.Paper
	key    *key.Key
	mended int // how many mendings the key has
}

// of are the documents of one session: what its seed draws, in the order in which it was asked.
func (f *frozen) of(row *ent.Session) *frozen {
	return &frozen{paper: f.paper.For(row.Seed), key: f.key.For(row.Seed), mended: f.mended}
}

// with are the documents with one more mending.
func (f *frozen) with(row *ent.Rescoring) *frozen {
	return &frozen{paper: f.paper, key: f.key.With(row.Fixes), mended: row.Number}
}

// maxDocuments bounds how many versions are kept decoded.
const maxDocuments = 256

// documents keeps decoded documents as they were published. They never change, so that what is kept is always right; who
// may see a version was asked before. What was mended beside them is read each time.
type documents struct {
	mu    sync.Mutex
	known map[gid.ID]*frozen
}

// get are those that are known, and the versions that are not.
func (d *documents) get(versions []gid.ID) (known map[gid.ID]*frozen, missing []gid.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	known = make(map[gid.ID]*frozen, len(versions))
	for _, id := range versions {
		if found := d.known[id]; found != nil {
			known[id] = found
		} else {
			missing = append(missing, id)
		}
	}
	return known, missing
}

func (d *documents) put(id gid.ID, decoded *frozen) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.known) >= maxDocuments {
		clear(d.known)
	}
	d.known[id] = decoded
}

// published reads the documents of several versions that the scope sees, as they were published.
func (s *Service) published(ctx context.Context, scope tenant.Scope, versions []gid.ID) (map[gid.ID]*frozen, error) {
	all, missing := s.documents.get(versions)
	if len(missing) == 0 {
		return all, nil
	}
	rows, err := scope.TemplateVersions().Where(tenant.In(templateversion.FieldID, missing)).
		Select(templateversion.FieldID, templateversion.FieldPaper, templateversion.FieldKey).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find template versions: %w", err)
	}
	for _, row := range rows {
		asked, err := paper.Decode(row.Paper)
		if err != nil {
			return nil, err
		}
		keyed, err := key.Decode(row.Key)
		if err != nil {
			return nil, err
		}
		all[row.ID] = &frozen{paper: asked, key: keyed}
		s.documents.put(row.ID, all[row.ID])
	}
	return all, nil
}

// pinned reads the documents of several versions that the scope sees, with everything that was mended in their keys.
func (s *Service) pinned(ctx context.Context, scope tenant.Scope, versions []gid.ID) (map[gid.ID]*frozen, error) {
	all, err := s.published(ctx, scope, versions)
	if err != nil {
		return nil, err
	}
	mendings, err := scope.Rescorings().Where(tenant.In(rescoring.FieldTemplateVersionID, versions)).
		Order(rescoring.ByNumber()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find re-scorings: %w", err)
	}
	for _, row := range mendings {
		if f := all[row.TemplateVersionID]; f != nil {
			all[row.TemplateVersionID] = f.with(row)
		}
	}
	return all, nil
}

// held reads the documents of a version by which a transaction scores. The key is not mended until the commit.
func (s *Service) held(ctx context.Context, tx tenant.Tx, version gid.ID) (*frozen, error) {
	if err := tx.HoldVersion(ctx, version); err != nil {
		return nil, err
	}
	all, err := s.pinned(ctx, tx.Scope, []gid.ID{version})
	if err != nil {
		return nil, err
	}
	if all[version] == nil {
		return nil, tenant.NotFound("template version")
	}
	return all[version], nil
}
