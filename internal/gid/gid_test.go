package gid_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/assay-hq/assay/internal/gid"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 123_456_789, time.UTC)

// kinds are all kinds: codes are given without a gap.
func kinds() (all []gid.Kind) {
	for k := gid.Organization; k.Prefix() != ""; k++ {
		all = append(all, k)
	}
	return all
}

func TestEveryKindGoesThereAndBack(t *testing.T) {
	ids := gid.NewSource(rand.Reader)
	for _, kind := range kinds() {
		id := ids.New(kind, at)
		if id.Kind() != kind || !id.Time().Equal(at.Truncate(time.Millisecond)) {
			t.Errorf("%s: kind %d, time %s", kind.Prefix(), id.Kind(), id.Time())
		}
		if got, err := gid.ParseKind(kind, id.String()); got != id || err != nil {
			t.Errorf("text of %s: %v", kind.Prefix(), err)
		}
		text, err := json.Marshal(id)
		var fromJSON gid.ID
		if err := errors.Join(err, json.Unmarshal(text, &fromJSON)); err != nil || fromJSON != id {
			t.Errorf("JSON of %s: %v", kind.Prefix(), err)
		}
		kept, err := id.Value()
		var scanned, scannedBytes gid.ID
		if err := errors.Join(err, scanned.Scan(kept), scannedBytes.Scan([]byte(kept.(string)))); err != nil || scanned != id || scannedBytes != id {
			t.Errorf("row of %s: %v", kind.Prefix(), err)
		}
		var out bytes.Buffer
		id.MarshalGQL(&out)
		var argument gid.ID
		if err := argument.UnmarshalGQL(strings.Trim(out.String(), `"`)); err != nil || argument != id {
			t.Errorf("GraphQL of %s: %v", kind.Prefix(), err)
		}
	}
}

func TestPrefixesAreThreeLettersAndDifferent(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range kinds() {
		p := kind.Prefix()
		if len(p) != 3 || seen[p] {
			t.Errorf("kind %d: %q", kind, p)
		}
		seen[p] = true
	}
	if last := gid.Execution; len(seen) != int(last) {
		t.Errorf("%d prefixes for %d kinds", len(seen), last)
	}
	if p := gid.Kind(0xfff).Prefix(); p != "" {
		t.Errorf("an unknown kind: %q", p)
	}
}

func TestAnIDIsAUUIDOfVersionSeven(t *testing.T) {
	ids := gid.NewSource(rand.Reader)
	for range 100 {
		u := ids.New(gid.Session, at).UUID()
		if len(u) != 36 || u[14] != '7' || !strings.ContainsRune("89ab", rune(u[19])) || strings.Count(u, "-") != 4 {
			t.Fatalf("got %s", u)
		}
	}
}

func TestTextsAreOrderedByTime(t *testing.T) {
	ids := gid.NewSource(rand.Reader)
	var texts, uuids []string
	for i := range 200 {
		id := ids.New(gid.Report, at.Add(time.Duration(i*i)*time.Millisecond))
		texts, uuids = append(texts, id.String()), append(uuids, id.UUID())
	}
	if !slices.IsSorted(texts) || !slices.IsSorted(uuids) {
		t.Error("a later id sorts before an earlier one")
	}
}

func TestParse(t *testing.T) {
	good := gid.NewSource(bytes.NewReader(make([]byte, 8))).New(gid.Session, at).String()
	if len(good) != 30 || good[:4] != "ses_" {
		t.Fatalf("got %q", good)
	}
	for name, text := range map[string]string{
		"nothing":                   "",
		"only a prefix":             "ses_",
		"no prefix":                 good[4:],
		"an empty prefix":           good[3:],
		"another kind's prefix":     "org" + good[3:],
		"an unknown prefix":         "xyz" + good[3:],
		"a digit too few":           good[:len(good)-1],
		"a digit too many":          good + "0",
		"upper case":                strings.ToUpper(good),
		"a letter that is no digit": good[:len(good)-1] + "u",
		"more than 128 bits":        good[:4] + "8" + good[5:],
		"space":                     " " + good,
		"a uuid":                    "0195517f-0a00-7000-8000-000000000000",
		"zero":                      "_" + strings.Repeat("0", 26),
		"no kind":                   "_" + strings.Repeat("z", 26),
	} {
		if id, err := gid.Parse(text); !errors.Is(err, gid.ErrMalformed) || !id.IsZero() {
			t.Errorf("%s: got %v, %v", name, id, err)
		}
	}
	if _, err := gid.ParseKind(gid.Member, good); !errors.Is(err, gid.ErrMalformed) {
		t.Errorf("another kind: got %v", err)
	}
	for _, v := range []any{nil, 7, []byte(good), "", "ses"} {
		var id gid.ID
		if err := id.UnmarshalGQL(v); !errors.Is(err, gid.ErrMalformed) {
			t.Errorf("argument %v: got %v", v, err)
		}
	}
}

func TestTheZeroIDIsNothing(t *testing.T) {
	var zero gid.ID
	if v, err := zero.Value(); zero.String() != "" || v != nil || err != nil {
		t.Errorf("got %q, %v, %v", zero, v, err)
	}
	id := gid.NewSource(rand.Reader).New(gid.Mail, at)
	if err := id.Scan(nil); err != nil || !id.IsZero() {
		t.Errorf("NULL: got %v, %v", id, err)
	}
	id = gid.NewSource(rand.Reader).New(gid.Mail, at)
	if err := id.UnmarshalText(nil); err != nil || !id.IsZero() {
		t.Errorf("an empty text: got %v, %v", id, err)
	}
}

func TestScanRefusesWhatIsNoUUID(t *testing.T) {
	for _, src := range []any{"", "x", "0195517f-0a00-7000-8000", strings.Repeat("00", 17), 7, true, []byte{1}} {
		var id gid.ID
		if err := id.Scan(src); err == nil || !id.IsZero() {
			t.Errorf("%v: got %v, %v", src, id, err)
		}
	}
}

func TestASourceThatEndsPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an id without randomness")
		}
	}()
	gid.NewSource(iotest.ErrReader(errors.New("ended"))).New(gid.Mail, at)
}

func FuzzParse(f *testing.F) {
	f.Add("ses_01kjn21jrv70c8000000000000")
	f.Add("org_7zzzzzzzzzzzzzzzzzzzzzzzzz")
	f.Add("_00000000000000000000000000")
	f.Fuzz(func(t *testing.T, text string) {
		id, err := gid.Parse(text)
		if err != nil {
			if !id.IsZero() {
				t.Fatal("an id beside an error")
			}
			return
		}
		if id.String() != text || id.Kind().Prefix() != text[:3] {
			t.Fatalf("%q reads as %q", text, id)
		}
	})
}

func FuzzEveryIDOfAKindCanBeRead(f *testing.F) {
	f.Add(uint16(1), int64(0), []byte("12345678"))
	f.Fuzz(func(t *testing.T, kind uint16, ms int64, random []byte) {
		if len(random) < 8 || gid.Kind(kind).Prefix() == "" || ms < 0 || ms >= 1<<48 {
			t.Skip()
		}
		id := gid.NewSource(bytes.NewReader(random)).New(gid.Kind(kind), time.UnixMilli(ms))
		if back, err := gid.Parse(id.String()); err != nil || back != id || back.Time().UnixMilli() != ms {
			t.Fatalf("%q: %v", id, err)
		}
	})
}
