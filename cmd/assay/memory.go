package main

import "runtime/debug"

// What memory is used for where the environment does not say otherwise: less work for the garbage collector while there
// is room, and more when there is not.
const (
	defaultGC          = 400
	defaultMemoryLimit = 400 << 20
)

// collectGarbage sets what the environment leaves open; Go itself has read the rest.
func (c *config) collectGarbage() {
	if c.GC == "" {
		debug.SetGCPercent(defaultGC)
	}
	if c.MemoryLimit == "" {
		debug.SetMemoryLimit(defaultMemoryLimit)
	}
}
