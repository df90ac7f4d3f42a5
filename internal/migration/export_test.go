package migration

// The runner over any files, for tests that bring their own.
var (
	ApplyFS   = apply
	StatusFS  = status
	CurrentFS = current
)

const Latest = latest
