// Package attic is in no plan.
package attic // breaks: rooms

const shelf = 1
