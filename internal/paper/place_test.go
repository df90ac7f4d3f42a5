package paper_test

import (
	"slices"
	"testing"

	"github.com/assay-hq/assay/internal/paper"
)

func TestPlacesAreOrderedByTheirNumbers(t *testing.T) {
	want := []string{"1.1", "1.2", "1.9", "1.10", "1.100", "2.1", "9.2", "9.12", "10.1", "10.10", "11.1", "20.3"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, paper.ByPlace)
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
