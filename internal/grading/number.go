package grading

// Percent is a percentage in millionths of a percent: 50 % is 50,000,000.
type Percent int64
