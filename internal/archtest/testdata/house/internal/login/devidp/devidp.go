// Package devidp is the development identity provider.
package devidp
