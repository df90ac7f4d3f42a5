// Package authoring builds assessments: skills, job roles, the question bank, templates and their publication.
//
// What is published never changes: publishing a question freezes a revision, publishing a template freezes a paper
// and a key, and a session pins them. The package never touches a session or a score.
package authoring

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/markdown"
	"github.com/assay-hq/assay/internal/tenant"
)

// Service is the room's operations.
type Service struct {
	tenant *tenant.Store
	html   *markdown.Renderer
	reads  chan struct{} // one document is read at a time: a hostile one takes much memory for a second
}

// New makes the service on a store.
func New(store *tenant.Store) *Service {
	return &Service{tenant: store, html: markdown.New(), reads: make(chan struct{}, 1)}
}

// stale is the fault of an edit that was based on an older revision; current is what stands now.
func stale(current any) error {
	return &fault.Fault{
		Code: fault.Stale, Message: "somebody changed this meanwhile; look at the current state and repeat your change",
		Field: []string{"revision"}, Current: current,
	}
}

// checkKey judges a stable key: what catalogues call a row.
func checkKey(c *fault.Checks, key *string) {
	if key != nil {
		c.That(catalogue.IsKey(*key), catalogue.KeyRule, "key")
	}
}

// ownKey refuses a key that looks like an id: in a catalogue it would stand for the row that has the id. Only catalogues
// from elsewhere bring such keys.
func ownKey(key *string) error {
	if key == nil {
		return nil
	}
	if _, err := gid.Parse(*key); err == nil {
		return fault.At("a key must not look like an id; choose another", "key")
	}
	return nil
}

// keyTaken is the fault of a stable key that another row has: existing, if it is known.
func keyTaken(noun string, existing any) error {
	return fault.Taken("another "+noun+" has this key", existing, "key")
}

// keyIsFree judges what a search for the row with a key found.
func keyIsFree(noun string, existing any, err error) error {
	switch {
	case err == nil:
		return keyTaken(noun, existing)
	case ent.IsNotFound(err):
		return nil
	}
	return fmt.Errorf("find key: %w", err)
}

// ofQuery makes what is wrong with the arguments of a query the one fault that a query has.
func ofQuery(c *fault.Checks) error {
	var wrong []string
	for _, f := range fault.All(c.Err()) {
		wrong = append(wrong, strings.Join(f.Field, ".")+": "+f.Message)
	}
	if len(wrong) == 0 {
		return nil
	}
	return fault.New(fault.BadInput, strings.Join(wrong, "; "))
}

// copyOf is a copy of authored content that may be changed: the input itself stays what its idempotency key stands for.
func copyOf(t *content.Template) *content.Template {
	own := new(content.Template)
	text, err := json.Marshal(t)
	if err == nil {
		err = json.Unmarshal(text, own)
	}
	if err != nil {
		return t // plain data always has this form
	}
	return own
}

// distinct keeps the first of each id.
func distinct(ids []gid.ID) []gid.ID {
	seen := make(map[gid.ID]bool, len(ids))
	return slices.DeleteFunc(slices.Clone(ids), func(id gid.ID) bool {
		was := seen[id]
		seen[id] = true
		return was
	})
}

// index renders a place in a list for the path of a fault.
func index(i int) string { return strconv.Itoa(i) }
