package main

import (
	"errors"
	"testing"

	"github.com/assay-hq/assay/internal/fault"
)

func TestAFaultOfAKeyNamesThePermission(t *testing.T) {
	c := &apiKeyCreateCommand{Permissions: []string{"question.read", "question.wirte"}}
	list := fault.List{fault.At("there is none", "permissions", "1"), fault.At("it is taken", "name")}
	if got, want := c.named(list).Error(), "question.wirte: there is none\nname: it is taken"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	other := errors.New("the disk is full")
	if got := c.named(other); got != other {
		t.Errorf("got %v", got)
	}
	if got := c.named(nil); got != nil {
		t.Errorf("got %v", got)
	}
}
