//go:build race

package sitting_test

// The race detector makes the embedded database twenty times slower.
const (
	rounds = 20
	played = 300
)
