package transport

import (
	"container/list"
	"crypto/sha256"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
)

// cache keeps the validated documents used last, within a count and a sum of text. Its key is the hash of the
// exact text, which is also the name by which a client may ask for a persisted query.
type cache struct {
	maxCount, maxBytes int

	mu      sync.Mutex
	bytes   int
	recent  *list.List // of *kept, the last used in front
	entries map[[sha256.Size]byte]*list.Element
}

type kept struct {
	key  [sha256.Size]byte
	doc  *ast.QueryDocument
	size int
}

func newCache(maxCount, maxBytes int) *cache {
	return &cache{maxCount: maxCount, maxBytes: maxBytes, recent: list.New(), entries: map[[sha256.Size]byte]*list.Element{}}
}

// find gives a document, or nil. Callers share it and only read it.
func (c *cache) find(key [sha256.Size]byte) *ast.QueryDocument {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[key]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(element)
	return element.Value.(*kept).doc
}

// keep remembers a document and forgets those unused for longest until both bounds hold.
func (c *cache) keep(key [sha256.Size]byte, doc *ast.QueryDocument, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[key]; ok {
		return
	}
	c.entries[key] = c.recent.PushFront(&kept{key: key, doc: doc, size: size})
	c.bytes += size
	for c.recent.Len() > c.maxCount || c.bytes > c.maxBytes {
		oldest := c.recent.Remove(c.recent.Back()).(*kept)
		delete(c.entries, oldest.key)
		c.bytes -= oldest.size
	}
}
