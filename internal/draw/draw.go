// Package draw chooses and shuffles by a seed, the same on every platform and for ever.
//
// A session keeps one seed; everything that is drawn for it comes from the seed and a label, so that the same session
// always shows the same paper. The package is pure.
package draw

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// Pool is a number of places to be taken out of several.
type Pool struct {
	Count int      `json:"count"`
	Refs  []string `json:"refs"`
}

// Pick takes Count of the pool's places, each set of them equally likely. A pool that is no larger than its count
// gives all of it. The order is that of the draw.
func Pick(seed int64, label string, pool Pool) []string {
	drawn := Shuffle(seed, label, pool.Refs)
	return drawn[:min(max(0, pool.Count), len(drawn))]
}

// Shuffle gives the values in another order, each order equally likely (Fisher and Yates's shuffle in Durstenfeld's
// form). The list itself stays as it is.
func Shuffle[T any](seed int64, label string, list []T) []T {
	source := from(seed, label)
	out := make([]T, len(list))
	copy(out, list)
	for i := len(out) - 1; i > 0; i-- {
		j := below(source, uint64(i+1))
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// Section labels what is drawn for a section, counted from 0.
func Section(place int) string { return fmt.Sprintf("section %d", place+1) }

// Picked are the places that the pools of a section give.
func Picked(seed int64, place int, pools []Pool) []string {
	var picked []string
	for i, pool := range pools {
		picked = append(picked, Pick(seed, fmt.Sprintf("%s pool %d", Section(place), i+1), pool)...)
	}
	return picked
}

// Asked are a section's places without those of its pools that were not drawn, in their own order.
func Asked(seed int64, place int, refs []string, pools []Pool) []string {
	left := map[string]bool{}
	for _, pool := range pools {
		for _, ref := range pool.Refs {
			left[ref] = true
		}
	}
	for _, ref := range Picked(seed, place, pools) {
		delete(left, ref)
	}
	return slices.DeleteFunc(slices.Clone(refs), func(ref string) bool { return left[ref] })
}

// from makes the generator of one label: PCG-DXSM, whose sequence is fixed by its seed, not by a release of Go.
func from(seed int64, label string) *rand.PCG {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(label+"\x00"), uint64(seed)))
	return rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]))
}

// below gives a number under n without bias (Lemire, "Fast random integer generation in an interval", 2019).
func below(source *rand.PCG, n uint64) uint64 {
	for {
		hi, lo := bits.Mul64(source.Uint64(), n)
		if lo >= n || lo >= -n%n {
			return hi
		}
	}
}
