package sitting

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/review"
	"github.com/assay-hq/assay/ent/upload"
	"github.com/assay-hq/assay/internal/blob"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// playTime is how long a playback link is valid.
const playTime = 5 * time.Minute

// PlaybackLink is an address that plays one recording, and does nothing else, until it expires. Whoever has it may
// listen: an audio player sends no credentials.
type PlaybackLink struct {
	URL         string
	ContentType string
	ExpiresAt   time.Time
}

// CreatePlaybackLinkInput names the recording to listen to.
type CreatePlaybackLinkInput struct {
	UploadID       gid.ID
	IdempotencyKey *string
}

// CreatePlaybackLink gives an address that plays a candidate's recording, and the audit keeps who asked. Whoever may
// not read sessions hears only those that they review; any other recording is NotFound.
func (s *Service) CreatePlaybackLink(ctx context.Context, actor policy.Actor, in CreatePlaybackLinkInput) (*PlaybackLink, error) {
	scope, err := s.tenant.As(ctx, actor, policy.RecordingPlay)
	if err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*PlaybackLink, error) {
		row, err := playable(ctx, tx.Scope, in.UploadID)
		if err != nil {
			return nil, err
		}
		if err := mayHear(ctx, tx, row); err != nil {
			return nil, err
		}
		return s.handOut(ctx, tx, row, in.IdempotencyKey, in)
	})
}

// mayHear demands a recording of a session that the actor may read or reviews.
func mayHear(ctx context.Context, tx tenant.Tx, row *ent.Upload) error {
	rows, err := audible(ctx, tx.Scope, []*ent.Upload{row})
	if err == nil && len(rows) == 0 {
		return tenant.NotFound("recording")
	}
	return err
}

// audible leaves out the recordings of sessions that the actor may neither read nor reviews.
func audible(ctx context.Context, scope tenant.Scope, rows []*ent.Upload) ([]*ent.Upload, error) {
	if len(rows) == 0 || scope.Allows(policy.SessionRead) {
		return rows, nil
	}
	sessions := make([]gid.ID, len(rows))
	for i, row := range rows {
		sessions[i] = row.SessionID
	}
	reviews, err := scope.Reviews().Where(tenant.In(review.FieldSessionID, sessions), review.ReviewerID(scope.Actor().ID),
		review.StateIn(term.ReviewAssigned, term.ReviewSubmitted)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find reviews: %w", err)
	}
	return slices.DeleteFunc(rows, func(row *ent.Upload) bool {
		return !slices.ContainsFunc(reviews, func(r *ent.Review) bool {
			return r.SessionID == row.SessionID && (len(r.Refs) == 0 || slices.Contains(r.Refs, row.Ref))
		})
	}), nil
}

// RecordingsByID reads complete recordings for a batch; what the actor may not hear is left out.
func (s *Service) RecordingsByID(ctx context.Context, actor policy.Actor, ids []gid.ID) ([]*ent.Upload, error) {
	scope, err := s.tenant.As(ctx, actor, policy.RecordingPlay)
	if err != nil {
		return nil, err
	}
	rows, err := scope.Uploads().Where(tenant.In(upload.FieldID, ids), upload.StateEQ(term.UploadComplete)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find recordings: %w", err)
	}
	return audible(ctx, scope, rows)
}

// CreateOwnPlaybackLinkInput names a recording of the candidate's own sitting.
type CreateOwnPlaybackLinkInput struct {
	SittingID      gid.ID
	UploadID       gid.ID
	IdempotencyKey *string
}

// CreateOwnPlaybackLink gives candidates an address that plays a recording of their own, and the audit keeps it.
func (s *Service) CreateOwnPlaybackLink(ctx context.Context, actor policy.Actor, in CreateOwnPlaybackLinkInput) (*PlaybackLink, error) {
	scope, err := s.tenant.AsSitting(ctx, actor, policy.SittingTake, in.SittingID)
	if err != nil {
		return nil, err
	}
	return tenant.InTx(ctx, scope, func(tx tenant.Tx) (*PlaybackLink, error) {
		row, err := playable(ctx, tx.Scope, in.UploadID)
		if err != nil {
			return nil, err
		}
		return s.handOut(ctx, tx, row, in.IdempotencyKey, in)
	})
}

// handOut gives a link; the audit keeps once for an idempotency key that it was asked for. A repetition has a fresh link.
func (s *Service) handOut(ctx context.Context, tx tenant.Tx, row *ent.Upload, key *string, input any) (*PlaybackLink, error) {
	_, err := tenant.Once(ctx, tx, key, input, func() (gid.ID, error) {
		return row.ID, tx.Record(ctx, row.ID, map[string]string{"session": row.SessionID.String()})
	})
	if err != nil {
		return nil, err
	}
	return s.playbackLink(row, tx.TokenTime().Add(playTime)), nil
}

// playable reads a complete recording.
func playable(ctx context.Context, scope tenant.Scope, id gid.ID) (*ent.Upload, error) {
	return tenant.Only[*ent.Upload]("recording")(scope.Uploads().
		Where(upload.ID(id), upload.StateEQ(term.UploadComplete)).Only(ctx))
}

// A playback link ends in: organization, upload, when it expires, and a signature of these by the upload's own key. It
// needs no row and no configured key, and it ends with the upload.
const (
	playTo   = 2*16 + 8
	playSize = playTo + sha256.Size
)

func (s *Service) playbackLink(row *ent.Upload, expires time.Time) *PlaybackLink {
	expires = expires.Truncate(time.Second)
	token := append(append([]byte{}, row.OrganizationID[:]...), row.ID[:]...)
	token = binary.BigEndian.AppendUint64(token, uint64(expires.Unix()))
	token = append(token, signature(row.PlayKey, token)...)
	return &PlaybackLink{
		URL: s.cfg.PublicURL + "/files/" + base64.RawURLEncoding.EncodeToString(token), ContentType: row.ContentType, ExpiresAt: expires,
	}
}

func signature(key, text []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("play\n"))
	mac.Write(text)
	return mac.Sum(nil)
}

// Recording is a file to be played.
type Recording struct {
	ContentType string
	At          time.Time
	File        *blob.File
}

// Play opens the recording behind the end of a playback link. Whoever has the link may listen; a link that was made up
// is NotFound, one whose time is over Expired.
func (s *Service) Play(ctx context.Context, actor policy.Actor, secret string) (*Recording, error) {
	scope, err := s.tenant.AsHolder(ctx, actor, secret)
	if err != nil {
		return nil, err
	}
	token, err := base64.RawURLEncoding.Strict().DecodeString(secret)
	if err != nil || len(token) != playSize {
		return nil, tenant.NotFound("recording")
	}
	row, err := playable(ctx, scope, gid.ID(token[16:32]))
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(signature(row.PlayKey, token[:playTo]), token[playTo:]) {
		return nil, tenant.NotFound("recording")
	}
	now, err := scope.TokenTime(ctx)
	if err != nil {
		return nil, err
	}
	if !now.Before(time.Unix(int64(binary.BigEndian.Uint64(token[32:playTo])), 0)) {
		return nil, fault.New(fault.Expired, "this link is no longer valid; ask for another")
	}
	return &Recording{ContentType: row.ContentType, At: row.CreatedAt, File: s.file(ctx, row)}, nil
}
