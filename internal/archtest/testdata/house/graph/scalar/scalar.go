// Package scalar has scalars.
package scalar
