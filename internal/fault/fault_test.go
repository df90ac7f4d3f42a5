package fault_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-hq/assay/internal/fault"
)

func TestIsLooksThroughWrapping(t *testing.T) {
	list := fault.List{fault.At("a", "x"), fault.New(fault.Conflict, "b")}
	for name, c := range map[string]struct {
		err  error
		code fault.Code
		want bool
	}{
		"one":           {fault.New(fault.Stale, "s"), fault.Stale, true},
		"another":       {fault.New(fault.Stale, "s"), fault.Conflict, false},
		"wrapped":       {fmt.Errorf("save: %w", fault.New(fault.Stale, "s")), fault.Stale, true},
		"first of many": {list, fault.Invalid, true},
		"last of many":  {fmt.Errorf("w: %w", list), fault.Conflict, true},
		"none of many":  {list, fault.Denied, false},
		"ours":          {errors.New("pq: gone"), fault.Internal, false},
		"nil":           {nil, fault.Invalid, false},
	} {
		if got := fault.Is(c.err, c.code); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
	if all := fault.All(errors.New("ours")); all != nil {
		t.Errorf("got %v", all)
	}
}

func TestTheCodesDivideBetweenTopLevelAndPayload(t *testing.T) {
	top := []fault.Code{
		fault.Unauthenticated, fault.Denied, fault.NotFound, fault.BadInput, fault.LimitExceeded, fault.RateLimited,
		fault.Overloaded, fault.Timeout, fault.Unavailable, fault.Internal,
	}
	payload := []fault.Code{
		fault.Invalid, fault.Conflict, fault.Stale, fault.DeadlinePassed, fault.NotStarted, fault.Expired, fault.LinkUsed,
		fault.AlreadyExists, fault.IdempotencyMismatch, fault.NotScorable, fault.Provisional,
	}
	for _, code := range top {
		if fault.New(code, "m").Payload() {
			t.Errorf("%s is in the payload", code)
		}
	}
	for _, code := range payload {
		if !fault.New(code, "m").Payload() {
			t.Errorf("%s is not in the payload", code)
		}
	}
}

func TestErrorsSayCodeFieldAndMessage(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{fault.New(fault.Conflict, "no"), "CONFLICT: no"},
		{fault.At("bad", "a", "0"), "INVALID [a 0]: bad"},
		{fault.List{fault.At("bad", "a")}, "INVALID [a]: bad"},
		{fault.List{fault.At("bad", "a"), fault.At("worse", "b")}, "INVALID [a]: bad (and 1 more)"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if err := (fault.List{}).Err(); err != nil {
		t.Errorf("an empty list: %v", err)
	}
}

func paths(err error) (all []string) {
	for _, f := range fault.All(err) {
		all = append(all, strings.Join(f.Field, "."))
	}
	return all
}

func TestChecksTellEverythingWithItsPlace(t *testing.T) {
	var c fault.Checks
	if c.Err() != nil {
		t.Error("nothing was wrong yet")
	}
	c.That(true, "fine", "fine")
	c.Text("ok", 1, 2, "ok")
	c.Text(" \n", 1, 9, "blank")
	c.Text("äöü", 1, 3, "counted", "in", "characters")
	c.Text("äöüß", 1, 3, "long")
	c.Text("a\x00b", 0, 9, "zero")
	c.Text("\xff", 0, 9, "broken")
	c.Text("a\x7f", 0, 9, "delete")
	c.Text("tab\t, line\r\n", 0, 20, "white")
	c.Text("", 0, 9, "empty")
	c.Whole(1, 1, 2, "least")
	c.Whole(0, 1, 2, "less")
	c.Whole(3, 1, 2, "more")
	c.Under([]string{"a"}, func() {
		c.That(false, "m", "b")
		c.Under([]string{"0"}, func() { c.Whole(9, 0, 1, "c") })
		c.Texts([]string{"x", "", "yyy"}, 2, 2, "list")
	})
	c.That(false, "m", "after")
	want := []string{
		"blank", "long", "zero", "broken", "delete", "less", "more", "a.b", "a.0.c", "a.list", "a.list.1", "a.list.2", "after",
	}
	if diff := cmp.Diff(want, paths(c.Err())); diff != "" {
		t.Error(diff)
	}
	if !fault.Is(c.Err(), fault.Invalid) {
		t.Error("not INVALID")
	}
}

func TestNamesAreSeenAndShown(t *testing.T) {
	for value, want := range map[string]bool{
		"Go": true, "Café ❤️": true, "می\u200cخواهم": true, "a\u200eb": true, "<b>": true,
		"\u200b": false, "\u3164": false, "\u2800 \u00a0": false, "\ufeff": false, "\U000e0041": false, "\ufe0f": false,
		"a\u0085b": false, "a\u009bb": false, "a\u202eb": false, "a\nb": false, "a\ufffeb": false, "a\uffff": false,
	} {
		var c fault.Checks
		c.Line(value, 1, 20, "name")
		if (c.Err() == nil) != want {
			t.Errorf("%q: got %v", value, c.Err())
		}
	}
	var c fault.Checks
	c.Text("a\u0085b\u009b", 0, 9, "a text may have them")
	c.Text("\u200b", 0, 9, "or nothing that is seen")
	c.Text("a\ufffe", 0, 9, "nonsense")
	c.Text("\u200b\n", 1, 9, "nothing")
	if diff := cmp.Diff([]string{"nonsense", "nothing"}, paths(c.Err())); diff != "" {
		t.Error(diff)
	}
}

func TestChecksTellAHundredFaultsAtMost(t *testing.T) {
	var c fault.Checks
	for i := range 1000 {
		c.That(false, "m", strconv.Itoa(i))
	}
	if got := paths(c.Err()); len(got) != 100 || got[99] != "99" {
		t.Errorf("got %d", len(got))
	}
}
