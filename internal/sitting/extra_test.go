package sitting

import (
	"testing"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/term"
)

func TestExtraSeconds(t *testing.T) {
	given := func(state term.AccommodationState, percent, seconds int) *ent.Accommodation {
		return &ent.Accommodation{State: state, ExtraPercent: percent, ExtraSeconds: seconds}
	}
	for name, c := range map[string]struct {
		acc           *ent.Accommodation
		planned, want int
	}{
		"none":             {nil, 900, 0},
		"asked for":        {given(term.AccommodationRequested, 50, 60), 900, 0},
		"declined":         {given(term.AccommodationDeclined, 50, 60), 900, 0},
		"taken back":       {given(term.AccommodationWithdrawn, 50, 60), 900, 0},
		"a percentage":     {given(term.AccommodationGranted, 25, 0), 900, 225},
		"rounded up":       {given(term.AccommodationGranted, 33, 0), 10, 4},
		"minutes":          {given(term.AccommodationChanged, 0, 300), 900, 300},
		"both":             {given(term.AccommodationChanged, 100, 300), 900, 1200},
		"of nothing":       {given(term.AccommodationGranted, 100, 300), 0, 0},
		"the most of both": {given(term.AccommodationGranted, 300, 86400), 86400, 4 * 86400},
	} {
		if got := extraSeconds(c.acc, c.planned); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
	both := given(term.AccommodationGranted, 50, 100)
	if a, b := extraOfPart(both, 600, 900), extraOfPart(both, 300, 900); a != 367 || b != 184 || a+b < extraSeconds(both, 900) {
		t.Errorf("the parts get %d and %d, the whole %d", a, b, extraSeconds(both, 900))
	}
}
