// Package gid is the one kind of identifier.
package gid

// ID identifies.
type ID [16]byte

// Source makes ids.
type Source struct{}

// New panics, and an exception covers it.
func (Source) New() ID { panic("ended") }

// Must panics, and nothing covers it.
func Must() ID { panic("ended") } // breaks: panic
