package tenant

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/event"
	"github.com/assay-hq/assay/internal/gid"
)

// Record writes an audit event: the actor did the scope's action to the subject. Details must hold no answer,
// e-mail or secret.
func (tx Tx) Record(ctx context.Context, subject gid.ID, detail map[string]string) error {
	if err := tx.newAudit(ctx, subject, detail).Exec(ctx); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

func (tx Tx) newAudit(ctx context.Context, subject gid.ID, detail map[string]string) *ent.AuditEventCreate {
	return tx.client.AuditEvent.Create().
		SetID(tx.NewID(gid.AuditEvent)).SetOrganizationID(tx.org).SetAt(tx.Now).
		SetActor(tx.label()).SetAction(string(tx.action)).SetSubjectID(subject).SetDetail(detail).
		SetAddress(tx.actor.Address).SetRequestID(tx.requestID(ctx)).SetTxid(tx.txid)
}

// Announce records the action in the audit and writes the outgoing event, in the same commit.
func (tx Tx) Announce(ctx context.Context, what event.Type, subject gid.ID, detail map[string]string) error {
	told := map[string]string{"event": string(what)}
	maps.Copy(told, detail)
	if err := tx.Record(ctx, subject, told); err != nil {
		return err
	}
	if err := tx.newEvent(what, subject).Exec(ctx); err != nil {
		return fmt.Errorf("announce %s: %w", what, err)
	}
	tx.tellEvent(what, subject)
	return nil
}

func (tx Tx) newEvent(what event.Type, subject gid.ID) *ent.EventCreate {
	return tx.client.Event.Create().
		SetID(tx.store.ids.New(gid.Event, ToldAt(what, tx.Now))).SetOrganizationID(tx.org).SetAt(tx.Now).
		SetType(string(what)).SetSubjectID(subject).SetTxid(tx.txid)
}

// ToldAt is the time of an event as those may read it who follow the feed. From when a sitting began and when it ended one
// could tell how much time was allowed, and so who was given more: of its beginning the day alone is told, also by its id.
func ToldAt(what event.Type, at time.Time) time.Time {
	if what == event.SessionStarted {
		return at.UTC().Truncate(24 * time.Hour)
	}
	return at
}

// label names the actor: in a sitting's scope the candidate, else whoever the membership or key says.
func (s Scope) label() string {
	if !s.candidate.IsZero() {
		return s.candidate.String()
	}
	return s.actor.Label()
}

func (s Scope) requestID(ctx context.Context) string {
	if s.store.request == nil {
		return ""
	}
	return s.store.request(ctx)
}
