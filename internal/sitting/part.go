package sitting

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/upload"
	"github.com/assay-hq/assay/internal/blob"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Part is what one request adds to an upload.
type Part struct {
	Offset   int              // where it begins
	Body     io.Reader        // at most MaxPart
	Received func() time.Time // when its last byte came, by the process's clock; asked after Body was read
}

// UploadAt reads the upload behind an address: how much of it is there. Somebody else's address is NotFound, one whose
// hour is over Expired.
func (s *Service) UploadAt(ctx context.Context, actor policy.Actor, secret string) (*ent.Upload, error) {
	scope, id, err := s.tenant.AsUpload(ctx, actor, tenant.SecretHash(secret))
	if err != nil {
		return nil, err
	}
	return openUpload(ctx, scope, id)
}

// openUpload reads an upload whose address is still valid.
func openUpload(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Upload, error) {
	row, err := tenant.Only[*ent.Upload]("upload")(scope.Uploads().Where(upload.ID(id)).Only(ctx))
	if err != nil {
		return nil, err
	}
	now, err := scope.TokenTime(ctx)
	if err != nil {
		return nil, err
	}
	return row, valid(row, now)
}

func valid(row *ent.Upload, now time.Time) error {
	if row.State == term.UploadOpen && !now.Before(row.ExpiresAt) {
		return fault.New(fault.Expired, "this address is no longer valid; begin another upload")
	}
	return nil
}

// finishTime bounds what is done with a part after its last byte came, whether its sender still waits or not.
const finishTime = 5 * time.Minute

// AddPart keeps the next part of an upload; the last one completes it. An offset that is not where the upload stands is
// Stale, a part that is too large Invalid; a part whose last byte came after the sitting's deadline and its grace is
// DeadlinePassed. What came of a part that broke off is kept, if it is worth it, so that the next goes on from there.
// The completed recording is judged by its bytes: its state tells whether it was rejected. A part of no bytes at the
// end judges a recording whose judgement was interrupted.
func (s *Service) AddPart(ctx context.Context, actor policy.Actor, secret string, part Part) (*ent.Upload, error) {
	scope, id, err := s.tenant.AsUpload(ctx, actor, tenant.SecretHash(secret))
	if err != nil {
		return nil, err
	}
	row, err := openUpload(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	if err := fits(row, part.Offset); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTime)
	defer cancel()
	kept, err := s.keep(ctx, row, part)
	if err != nil {
		return nil, err
	}
	if row, err = s.advance(ctx, scope.ReceivedAt(part.Received()), row, part.Offset, kept); err != nil {
		return nil, err
	}
	if row.State != term.UploadOpen || row.Received < row.Size {
		return row, nil
	}
	return s.complete(ctx, scope, row)
}

// fits demands the offset at which the upload stands.
func fits(row *ent.Upload, offset int) error {
	if row.State != term.UploadOpen {
		return conflict("this upload is finished")
	}
	if offset != row.Received {
		return &fault.Fault{Code: fault.Stale, Message: "the upload stands at another offset; go on from there", Field: []string{"offset"}, Current: row}
	}
	return nil
}

// keep writes a part under a name of its own, so that two requests for one offset never mix their bytes. What was sent
// too much is not kept, nor what broke off early.
func (s *Service) keep(ctx context.Context, row *ent.Upload, part Part) (content.Part, error) {
	most := min(MaxPart, row.Size-part.Offset)
	body := &cut{from: io.LimitReader(part.Body, int64(most)+1)}
	kept := content.Part{Name: fmt.Sprintf("%s%010d-%s", row.Blob, part.Offset, rand.Text())}
	n, err := s.cfg.Files.Write(ctx, kept.Name, body)
	if err != nil {
		return kept, err
	}
	switch kept.Size = int(n); {
	case kept.Size > most:
		err = fault.At("a part has at most 8 MiB, and no more than what is missing of the recording", "body")
	case body.err != nil && kept.Size < min(minPart, row.Size-part.Offset):
		err = fault.At("the part broke off; send it again", "body")
	}
	if err != nil || kept.Size == 0 {
		return content.Part{}, errors.Join(err, s.cfg.Files.Remove(ctx, kept.Name))
	}
	return kept, nil
}

// cut reads what there is of a body that may break off, and remembers why it ended.
type cut struct {
	from io.Reader
	err  error
}

// Read reads on; an error is an end.
func (c *cut) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err, err = err, io.EOF
	}
	return n, err
}

// advance notes a part that was written, if the upload still stands where it begins and the sitting takes answers; else
// its bytes are removed again. Bytes whose row was never written belong to nothing, and go with the upload's.
func (s *Service) advance(ctx context.Context, scope tenant.Scope, row *ent.Upload, offset int, part content.Part) (*ent.Upload, error) {
	after, err := tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Upload, error) {
		sitting, err := ownRow(ctx, tx.Scope, tx.SessionID())
		if err != nil {
			return nil, err
		}
		if err := writable(tx, sitting); err != nil {
			return nil, err
		}
		row, err := tenant.Only[*ent.Upload]("upload")(tx.LockUpload(ctx, row.ID))
		if err != nil {
			return nil, err
		}
		if err := errors.Join(valid(row, tx.TokenTime()), fits(row, offset)); err != nil || part.Size == 0 {
			return row, err
		}
		err = tx.ChangeUpload(row.ID).SetReceived(row.Received + part.Size).SetParts(append(row.Parts, part)).Exec(ctx)
		if err != nil {
			return nil, fmt.Errorf("note part: %w", err)
		}
		return tx.Uploads().Where(upload.ID(row.ID)).Only(ctx)
	})
	if err != nil && part.Size > 0 && !fault.Is(err, fault.Unavailable) { // a lost reply may be a part that counts
		err = errors.Join(err, s.cfg.Files.Remove(ctx, part.Name))
	}
	return after, err
}

// finding is what the bytes of a recording say.
type finding struct {
	contentType, sha256 string
	scan                term.ScanState
	reason              string // why it is rejected; empty if it is not
}

// complete judges a recording of which everything is there, and notes what came of it. A rejected one's bytes are
// removed; if that fails, the clean-up does it later.
func (s *Service) complete(ctx context.Context, scope tenant.Scope, row *ent.Upload) (*ent.Upload, error) {
	found, err := s.examine(ctx, row)
	if err != nil {
		return nil, err
	}
	after, err := tenant.InTx(ctx, scope, func(tx tenant.Tx) (*ent.Upload, error) {
		row, err := tenant.Only[*ent.Upload]("upload")(tx.LockUpload(ctx, row.ID))
		if err != nil || row.State != term.UploadOpen {
			return row, err
		}
		state := term.UploadComplete
		if found.reason != "" {
			state = term.UploadRejected
		}
		err = tx.ChangeUpload(row.ID).SetState(state).SetContentType(found.contentType).SetSha256(found.sha256).
			SetScan(found.scan).SetReason(found.reason).SetCompletedAt(tx.Now).Exec(ctx)
		if err != nil {
			return nil, fmt.Errorf("complete upload: %w", err)
		}
		return tx.Uploads().Where(upload.ID(row.ID)).Only(ctx)
	})
	if err == nil && after.State == term.UploadRejected {
		err = s.cfg.Files.RemoveAll(ctx, row.Blob)
	}
	return after, err
}

// examine reads a recording once for its type and hash, and lets the scanner read it.
func (s *Service) examine(ctx context.Context, row *ent.Upload) (found finding, err error) {
	file := s.file(ctx, row)
	defer func() { err = errors.Join(err, file.Close()) }()
	head, err := blob.Head(file)
	if err != nil {
		return found, err
	}
	sum := sha256.New()
	sum.Write(head)
	if _, err := io.Copy(sum, file); err != nil {
		return found, err
	}
	found = finding{contentType: blob.Audio(head), sha256: hex.EncodeToString(sum.Sum(nil)), scan: term.NotScanned}
	switch {
	case found.contentType == "":
		found.reason = "its bytes are none of the kinds of audio that are taken: WebM, Ogg, MP4, MPEG, WAV"
	case row.Sha256 != "" && row.Sha256 != found.sha256:
		found.reason = "its bytes do not have the SHA-256 that was announced"
	case s.cfg.Scan != nil:
		return s.scanned(ctx, file, found)
	}
	return found, nil
}

// scanned asks the scanner. If it does not answer, nothing is decided: the upload stays open, and is judged at the next
// request.
func (s *Service) scanned(ctx context.Context, file *blob.File, found finding) (finding, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return found, err
	}
	clean, err := s.cfg.Scan(ctx, file)
	if err != nil {
		return found, errors.Join(fault.New(fault.Unavailable, "the recording cannot be checked just now; repeat the request"), err)
	}
	found.scan = term.ScanClean
	if !clean {
		found.scan, found.reason = term.ScanFound, "the virus scan refused it"
	}
	return found, nil
}

// file opens an upload's bytes.
func (s *Service) file(ctx context.Context, row *ent.Upload) *blob.File {
	pieces := make([]blob.Piece, len(row.Parts))
	for i, p := range row.Parts {
		pieces[i] = blob.Piece{Name: p.Name, Size: int64(p.Size)}
	}
	return s.cfg.Files.File(ctx, pieces)
}
