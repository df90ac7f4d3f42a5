package tenant

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/upload"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// AsUpload gives a candidate the scope of the sitting that an upload address belongs to, by the hash of its secret, and
// the upload. The address of somebody else's upload is NotFound, as is an unknown one; who is no person is Denied.
func (s *Store) AsUpload(ctx context.Context, actor policy.Actor, secretHash []byte) (Scope, gid.ID, error) {
	if err := s.candidate(actor, policy.SittingTake); err != nil {
		return Scope{}, gid.ID{}, err
	}
	row, err := Only[*ent.Upload]("upload")(s.reads.Upload.Query().Where(upload.Secret(secretHash)).
		Select(upload.FieldID, upload.FieldSessionID).Only(ctx))
	if err != nil {
		return Scope{}, gid.ID{}, err
	}
	scope, err := s.AsSitting(ctx, actor, policy.SittingTake, row.SessionID)
	if fault.Is(err, fault.NotFound) {
		err = NotFound("upload")
	}
	return scope, row.ID, err
}

// AsHolder gives whoever holds a link to a file the scope of the organization that the link begins with, to stream what
// it names: the link is the permission, whoever the actor is, and the caller judges its signature by the file's own key
// before anything is shown. What is no link is NotFound.
func (s *Store) AsHolder(ctx context.Context, _ policy.Actor, link string) (Scope, error) {
	var org gid.ID
	begin, err := base64.RawURLEncoding.DecodeString(link[:min(len(link), 24)])
	if copy(org[:], begin); err != nil || len(begin) < len(org) || org.IsZero() {
		return Scope{}, NotFound("recording")
	}
	return s.As(ctx, policy.Worker(org), policy.FileKeep)
}

// ReceivedAt is the scope of a request that went on arriving: what counts is when its last byte came.
func (s Scope) ReceivedAt(at time.Time) Scope {
	s.actor.Received = at
	return s
}

// LockUpload reads a visible upload and holds it until the commit.
func (tx Tx) LockUpload(ctx context.Context, id gid.ID) (*ent.Upload, error) {
	return tx.Uploads().Where(upload.ID(id), tx.forUpdate).Only(ctx)
}

// DropUpload deletes an upload's row; it touches nothing outside the organization.
func (tx Tx) DropUpload(ctx context.Context, id gid.ID) error {
	_, err := tx.client.Upload.Delete().Where(upload.OrganizationID(tx.org), upload.ID(id)).Exec(ctx)
	return err
}

// StaleUpload is an upload that came to nothing.
type StaleUpload struct{ Organization, Upload gid.ID }

// UploadsStay is how long an upload that came to nothing stays after its address expired: nothing that was sent to it
// before is under way any more.
const UploadsStay = time.Hour

// StaleUploads lists uploads that were never completed, or were rejected, and whose address expired UploadsStay ago.
func (d Directory) StaleUploads(ctx context.Context, limit int) ([]StaleUpload, error) {
	before := micro(d.store.clock.Now()).Add(-UploadsStay)
	rows, err := d.store.reads.Upload.Query().
		Where(upload.StateIn(term.UploadOpen, term.UploadRejected), upload.ExpiresAtLT(before)).
		Limit(limit).Select(upload.FieldID, upload.FieldOrganizationID).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find stale uploads: %w", err)
	}
	stale := make([]StaleUpload, len(rows))
	for i, r := range rows {
		stale[i] = StaleUpload{Organization: r.OrganizationID, Upload: r.ID}
	}
	return stale, nil
}
