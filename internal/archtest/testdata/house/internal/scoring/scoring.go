// Package scoring is pure, or should be.
package scoring

import (
	"context"  // breaks: floors
	"net/http" // breaks: floors
	"time"

	_ "github.com/assay-hq/assay/ent"    // breaks: floors
	_ "github.com/assay-hq/assay/policy" // breaks: floors
)

// Age reads the clock twice, once through a variable.
func Age(_ context.Context, _ http.Header, t time.Time) time.Duration {
	if t.IsZero() {
		return time.Since(t) // breaks: clock
	}
	now := time.Now // breaks: clock
	return now().Sub(t)
}

// Pause is time without the clock.
const Pause = 2 * time.Second
