// Package casbin stands for the real one.
package casbin
