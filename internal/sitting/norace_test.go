//go:build !race

package sitting_test

// How often saves race with a submission, and how many operations are played against the model.
const (
	rounds = 200
	played = 3000
)
