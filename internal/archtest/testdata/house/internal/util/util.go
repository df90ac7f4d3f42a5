// Package util has no purpose.
package util // breaks: plain names; rooms

const shelf = 1
