package sitting

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/upload"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// The bounds of a recording, in bytes and in number.
const (
	MaxUpload  = 100 << 20
	MaxPart    = 8 << 20  // of one request
	minPart    = 64 << 10 // what is kept of a request that broke off
	maxUploads = 20       // for one question
)

// uploadTime is how long an upload's address is valid.
const uploadTime = time.Hour

// BeginUploadInput announces a recording as the answer to a spoken question: its size in bytes and, if the client
// knows it, its SHA-256 in hexadecimal.
type BeginUploadInput struct {
	SittingID      gid.ID
	Question       string
	Name           string
	Size           int
	Sha256         *string
	IdempotencyKey *string
}

// BegunUpload is an upload with the address that takes its bytes, which is given this once: a repetition has none.
type BegunUpload struct {
	Upload   *ent.Upload
	URL      *string
	PartSize int
}

// BeginUpload makes a place for a recording. Its address is valid for an hour, for this candidate alone, while the
// sitting takes answers. A question that is not spoken, or a recording that is too large, is Invalid; too many
// recordings for one question are Conflict. Repeating it with the same idempotency key returns the first upload
// again, without its address.
func (s *Service) BeginUpload(ctx context.Context, actor policy.Actor, in BeginUploadInput) (*BegunUpload, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, in.SittingID)
	if err != nil {
		return nil, err
	}
	asked, err := s.papers.own(ctx, scope)
	if err != nil {
		return nil, err
	}
	if err := in.check(asked); err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*BegunUpload, error) {
		begun := &BegunUpload{PartSize: MaxPart}
		id, err := tenant.Once(ctx, tx, in.IdempotencyKey, in, func() (gid.ID, error) { return s.addUpload(ctx, tx, in, begun) })
		if err != nil {
			return nil, err
		}
		begun.Upload, err = tenant.Only[*ent.Upload]("upload")(tx.Uploads().Where(upload.ID(id)).Only(ctx))
		return begun, err
	})
}

func (in *BeginUploadInput) check(asked *paper.Paper) error {
	var c fault.Checks
	c.Line(in.Name, 1, 200, "name")
	c.Whole(in.Size, 1, MaxUpload, "size")
	if in.Sha256 != nil {
		sum, err := hex.DecodeString(*in.Sha256)
		c.That(err == nil && len(sum) == 32, "a SHA-256 has 64 hexadecimal digits", "sha256")
	}
	q := asked.Question(in.Question)
	c.That(q != nil, "this sitting has no such question", "question")
	c.That(q == nil || q.Kind == term.Spoken, "only a spoken question takes a recording", "question")
	return c.Err()
}

func (s *Service) addUpload(ctx context.Context, tx tenant.Tx, in BeginUploadInput, begun *BegunUpload) (gid.ID, error) {
	row, err := tenant.Only[*ent.Session]("sitting")(tx.LockSession(ctx, in.SittingID))
	if err != nil {
		return gid.ID{}, err
	}
	if err := writable(tx, row); err != nil {
		return gid.ID{}, err
	}
	n, err := tx.Uploads().Where(upload.SessionID(row.ID), upload.Ref(in.Question)).Count(ctx)
	if err != nil {
		return gid.ID{}, fmt.Errorf("count uploads: %w", err)
	}
	if n >= maxUploads {
		return gid.ID{}, conflict("this question has its 20 recordings; answer with one of them, or in writing")
	}
	secret, hash, err := tenant.NewSecret(s.cfg.Random)
	if err != nil {
		return gid.ID{}, err
	}
	_, key, err := tenant.NewSecret(s.cfg.Random)
	if err != nil {
		return gid.ID{}, err
	}
	claimed := ""
	if in.Sha256 != nil {
		claimed = strings.ToLower(*in.Sha256)
	}
	id := tx.NewID(gid.Upload)
	begun.URL = new(s.cfg.PublicURL + "/files/upload/" + secret)
	err = tx.NewUpload().SetID(id).SetSessionID(row.ID).SetRef(in.Question).SetState(term.UploadOpen).SetName(in.Name).
		SetSize(in.Size).SetSha256(claimed).SetBlob(fmt.Sprintf("%s/%s/%s/", tx.Organization(), row.ID, id)).
		SetParts([]content.Part{}).SetSecret(hash).SetPlayKey(key).SetScan(term.NotScanned).
		SetExpiresAt(tx.TokenTime().Add(uploadTime)).Exec(ctx)
	if err != nil {
		return gid.ID{}, fmt.Errorf("begin upload: %w", err)
	}
	return id, nil
}

// Uploads lists the recordings of the candidate's own sitting, the oldest first.
func (s *Service) Uploads(ctx context.Context, actor policy.Actor, sittings ...gid.ID) ([]*ent.Upload, error) {
	mine, err := s.tenant.AsSittings(ctx, actor, policy.SittingTake, sittings)
	if err != nil {
		return nil, err
	}
	rows, err := mine.Uploads().Order(upload.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find uploads: %w", err)
	}
	return rows, nil
}

// recorded demands, of an answer that names a recording, that it is complete and belongs to this question of this
// sitting.
func recorded(ctx context.Context, tx tenant.Tx, question string, answer *content.Answer) error {
	if answer == nil || answer.Upload == nil {
		return nil
	}
	row, err := tx.Uploads().Where(upload.ID(*answer.Upload), upload.Ref(question)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return fault.At("this question has no such recording", "answer", "upload")
	case err != nil:
		return fmt.Errorf("find upload: %w", err)
	case row.State == term.UploadOpen:
		return fault.At("this recording is not complete yet; send the rest of it first", "answer", "upload")
	case row.State == term.UploadRejected:
		return fault.At("this recording was rejected: "+row.Reason, "answer", "upload")
	}
	return nil
}

// RemoveUpload deletes an upload that came to nothing, first its bytes and then its row, so that it may be repeated
// whatever happened in between. Any other is left as it is. Only Assay itself has the permission.
func (s *Service) RemoveUpload(ctx context.Context, actor policy.Actor, id gid.ID) error {
	scope, err := s.tenant.As(ctx, actor, policy.FileKeep)
	if err != nil {
		return err
	}
	row, err := scope.Uploads().Where(upload.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	now, late := scope.TokenTime(ctx)
	if err := errors.Join(err, late); err != nil {
		return fmt.Errorf("remove upload: %w", err)
	}
	if row.State == term.UploadComplete || now.Before(row.ExpiresAt.Add(tenant.UploadsStay)) {
		return nil
	}
	if err := s.cfg.Files.RemoveAll(ctx, row.Blob); err != nil {
		return err
	}
	_, err = tenant.InTx(ctx, scope, func(tx tenant.Tx) (struct{}, error) { return struct{}{}, tx.DropUpload(ctx, row.ID) })
	return err
}
