package tenant

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/assay-hq/assay/ent/apikey"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/policy"
)

// TokenTime is the time by which keys and tokens begin and end: Now without the test clock's offset.
func (s Scope) TokenTime(ctx context.Context) (time.Time, error) {
	now, err := s.Now(ctx)
	return now.Add(-s.store.clock.offset()), err
}

// TokenTime is the operation's one time without the test clock's offset.
func (tx Tx) TokenTime() time.Time { return tx.Now.Add(-tx.store.clock.offset()) }

// maxKeyUses bounds how many keys' uses wait to be written; a key beyond it is noted after the next Flush.
const maxKeyUses = 10_000

// KeyUses notes in memory when API keys were used, so that no request waits for a write, and writes it now and then.
// What was not written when a process dies is lost: it is a help to who tidies keys up, and no evidence. It is safe
// for concurrent use.
type KeyUses struct {
	store    *Store
	flushing sync.Mutex // one Flush at a time, so that the last one finds what another could not write
	noting   sync.Mutex
	latest   map[keyName]time.Time
}

// keyName is an API key with the organization whose transaction writes it.
type keyName struct{ org, id gid.ID }

// NewKeyUses notes the uses of a store's keys.
func NewKeyUses(store *Store) *KeyUses {
	return &KeyUses{store: store, latest: map[keyName]time.Time{}}
}

// KeyActor is Directory.KeyActor, and notes the use of a key that holds.
func (u *KeyUses) KeyActor(ctx context.Context, secretHash [32]byte) (policy.Actor, error) {
	key, err := u.store.Directory().findKey(ctx, secretHash)
	if err != nil {
		return policy.Actor{}, err
	}
	u.note(keyName{key.org, key.id}, key.now)
	return key.actor(), nil
}

func (u *KeyUses) note(key keyName, at time.Time) {
	u.noting.Lock()
	defer u.noting.Unlock()
	last, known := u.latest[key]
	if !known && len(u.latest) >= maxKeyUses || last.After(at) {
		return
	}
	u.latest[key] = at
}

// Flush writes what was noted, in one transaction for each organization. What it could not write is kept for the next
// time. Call it once a minute, and once more when no request can come.
func (u *KeyUses) Flush(ctx context.Context) error {
	u.flushing.Lock()
	defer u.flushing.Unlock()
	var failed error
	noted := u.take()
	for org, keys := range byOrganization(noted) {
		_, err := InTx(ctx, Scope{store: u.store, org: org}, func(tx Tx) (struct{}, error) {
			return struct{}{}, tx.writeUses(ctx, keys, noted)
		})
		if err == nil {
			continue
		}
		failed = errors.Join(failed, fmt.Errorf("write uses of API keys: %w", err))
		for _, key := range keys {
			u.note(key, noted[key])
		}
	}
	return failed
}

// take empties the notes.
func (u *KeyUses) take() map[keyName]time.Time {
	u.noting.Lock()
	defer u.noting.Unlock()
	noted := u.latest
	u.latest = map[keyName]time.Time{}
	return noted
}

// byOrganization groups keys, those of each organization in the order in which rows are locked.
func byOrganization(noted map[keyName]time.Time) map[gid.ID][]keyName {
	groups := map[gid.ID][]keyName{}
	for key := range noted {
		groups[key.org] = append(groups[key.org], key)
	}
	for _, keys := range groups {
		slices.SortFunc(keys, func(a, b keyName) int { return bytes.Compare(a.id[:], b.id[:]) })
	}
	return groups
}

// writeUses never sets a use back: another process may have written a later one.
func (tx Tx) writeUses(ctx context.Context, keys []keyName, noted map[keyName]time.Time) error {
	for _, key := range keys {
		at := noted[key]
		err := tx.ChangeAPIKey(key.id).Where(apikey.Or(apikey.LastUsedAtIsNil(), apikey.LastUsedAtLT(at))).SetLastUsedAt(at).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}
