// Package blob has state of every kind, and constants that look like it.
package blob

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"sync"
)

//go:embed blob.go
var source string

// ErrGone is a sentinel.
var ErrGone = errors.New("gone")

var (
	name  = regexp.MustCompile(`^[a-z]+$`)
	sizes = map[string][]int{"small": {1, 2}}
	hooks = [...]func() string{func() string { return source }}
	table = []struct {
		name string
		size int
	}{{"a", 1}}

	_ fmt.Stringer = sized(0)
)

type sized int

// String renders.
func (sized) String() string { return name.String() }

// Rename has a pointer receiver.
func (s *sized) Rename() { *s = 2 }

var (
	once    sync.Once                                                // breaks: no globals
	lock    = sync.Mutex{}                                           // breaks: no globals
	current = &Store{}                                               // breaks: no globals
	last    fmt.Stringer                                             // breaks: no globals
	printer fmt.Stringer   = sized(1)                                // breaks: no globals
	queue                  = make(chan int)                          // breaks: no globals
	loaded                 = sync.OnceValue(func() int { return 1 }) // breaks: no globals
	guards                 = []*Store{{}}                            // breaks: no globals
)

var (
	counted  = 0
	named    = sized(0)
	renamed  = Store{}
	replaced = errors.New("replaced")
)

// Store has a field.
type Store struct{ size int }

func init() { // breaks: no init
	counted++            // breaks: no globals
	sizes["large"] = nil // breaks: no globals
	delete(sizes, "a")   // breaks: no globals
	named.Rename()       // breaks: no globals
	renamed.size = 2     // breaks: no globals
	p := &table[0]       // breaks: no globals
	p.size = 2
	replaced = nil // breaks: no globals
	once.Do(noop)  // breaks: no globals
	local := map[string]int{}
	local["a"] = 1
	_ = append(table, table...)
	lock.Lock() // breaks: no globals
}

func noop() {}
