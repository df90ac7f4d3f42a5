// Package sitting is the candidate's session: invitation, states, clock, responses, submission.
//
// The server's clock decides. An answer that was acknowledged is on disk and is never lost or overwritten; at the
// deadline the server submits by itself. The package never sees a key, a rubric or a score.
package sitting

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/blob"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/mail"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
)

// Config is what the room needs beside the store.
type Config struct {
	PublicURL string       // base of the links in mail
	Random    io.Reader    // for the secrets of links; must not fail
	Mail      *mail.Sender // nil keeps mail without sending it
	Files     *blob.Store  // the bytes of recordings
	Scan      blob.Scan    // nil scans nothing, and says so

	DeleteFile func(ctx context.Context, name string) error // deletes the bytes of a file; nil where none are kept
}

// Service is the room's operations.
type Service struct {
	tenant *tenant.Store
	cfg    Config
	papers papers
}

// New makes the service on a store.
func New(store *tenant.Store, cfg Config) *Service {
	return &Service{tenant: store, cfg: cfg, papers: papers{known: map[gid.ID]*paper.Paper{}}}
}

// maxPapers bounds how many papers are kept decoded.
const maxPapers = 256

// papers keeps decoded papers. A version never changes, so that what is kept is always right; who may see it was
// asked before.
type papers struct {
	mu    sync.Mutex
	known map[gid.ID]*paper.Paper
}

// own reads the paper of the scope's sitting, as its seed presents it.
func (p *papers) own(ctx context.Context, scope tenant.Scope) (*paper.Paper, error) {
	whole, err := p.of(ctx, scope, scope.VersionID())
	if err != nil {
		return nil, err
	}
	return whole.For(scope.Seed()), nil
}

// of reads the whole paper of a version that the scope sees.
func (p *papers) of(ctx context.Context, scope tenant.Scope, version gid.ID) (*paper.Paper, error) {
	if found := p.get(version); found != nil {
		return found, nil
	}
	row, err := tenant.Only[*ent.TemplateVersion]("template version")(
		scope.TemplateVersions().Where(templateversion.ID(version)).Select(templateversion.FieldPaper).Only(ctx))
	if err != nil {
		return nil, err
	}
	decoded, err := paper.Decode(row.Paper)
	if err != nil {
		return nil, err
	}
	p.put(version, decoded)
	return decoded, nil
}

// all reads the whole papers of several sessions, those that were not read before in one statement.
func (p *papers) all(ctx context.Context, of func() *ent.TemplateVersionQuery, rows []*ent.Session) (map[gid.ID]*paper.Paper, error) {
	found, missing := map[gid.ID]*paper.Paper{}, []gid.ID{}
	for _, row := range rows {
		id := row.TemplateVersionID
		if _, seen := found[id]; seen {
			continue
		}
		if found[id] = p.get(id); found[id] == nil {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	read, err := of().Where(tenant.In(templateversion.FieldID, missing)).Select(templateversion.FieldID, templateversion.FieldPaper).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find template versions: %w", err)
	}
	for _, row := range read {
		if found[row.ID], err = paper.Decode(row.Paper); err != nil {
			return nil, err
		}
		p.put(row.ID, found[row.ID])
	}
	return found, nil
}

func (p *papers) get(version gid.ID) *paper.Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known[version]
}

func (p *papers) put(version gid.ID, decoded *paper.Paper) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) >= maxPapers {
		clear(p.known)
	}
	p.known[version] = decoded
}

func conflict(message string) error { return fault.New(fault.Conflict, message) }
