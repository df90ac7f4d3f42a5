package scalar_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/assay-hq/assay/graph/scalar"
	"github.com/assay-hq/assay/internal/fault"
)

// refuses checks that a reader takes some values as they are and refuses others as the caller's fault.
func refuses[T comparable](t *testing.T, name string, read func(any) (T, error), good map[any]T, bad []any) {
	t.Helper()
	for in, want := range good {
		if got, err := read(in); err != nil || got != want {
			t.Errorf("%s %#v: got %v, %v, want %v", name, in, got, err, want)
		}
	}
	for _, in := range bad {
		if got, err := read(in); !fault.Is(err, fault.BadInput) {
			t.Errorf("%s %#v: got %v, %v, want a refusal", name, in, got, err)
		}
	}
}

func TestBuiltIns(t *testing.T) {
	refuses(t, "Int", scalar.UnmarshalInt,
		map[any]int{int64(5): 5, json.Number("-5"): -5, int64(math.MaxInt32): math.MaxInt32, int64(math.MinInt32): math.MinInt32},
		[]any{"10", int64(1) << 31, json.Number("2147483648"), json.Number("1.0"), 1.0, true, nil})
	float := func(v any) (float64, error) { return scalar.UnmarshalFloat(context.Background(), v) }
	refuses(t, "Float", float,
		map[any]float64{1.5: 1.5, int64(2): 2, json.Number("1e3"): 1000},
		[]any{"1.5", json.Number("1e999"), math.NaN(), math.Inf(1), true, nil})
	refuses(t, "Boolean", scalar.UnmarshalBoolean,
		map[any]bool{true: true, false: false},
		[]any{"true", int64(1), nil})
	refuses(t, "String", scalar.UnmarshalString,
		map[any]string{"": "", "über": "über"},
		[]any{"a\x00b", "\xff", int64(5), true, nil})
}

func TestText(t *testing.T) {
	refuses(t, "Markdown", scalar.UnmarshalMarkdown, map[any]string{"# a": "# a"}, []any{1, "\x00"})
	refuses(t, "URL", scalar.UnmarshalURL,
		map[any]string{"https://a.example/b?c#d": "https://a.example/b?c#d", "http://localhost:8080": "http://localhost:8080"},
		[]any{"", "a.example", "/b", "//a.example", "javascript:alert(1)", "https://", "https://u:p@a.example", "ftp://a.example", "https://a.example/" + strings.Repeat("x", 2048), 5})
	refuses(t, "EmailAddress", scalar.UnmarshalEmailAddress,
		map[any]string{"ada@example.org": "ada@example.org", "a+b@localhost": "a+b@localhost"},
		[]any{"", "ada", "Ada <ada@example.org>", "<ada@example.org>", "a@b@c.example", `"a b"@example.org`, "ada@[127.0.0.1]", "ada@example.org\nBcc: x@y.example", " ada@example.org", strings.Repeat("a", 250) + "@b.example", 5})
	refuses(t, "Locale", scalar.UnmarshalLocale,
		map[any]string{"en": "en", "pt-BR": "pt-BR", "zh-Hant-TW": "zh-Hant-TW", "es-419": "es-419"},
		[]any{"", "e", "english", "en_GB", "en-", "-en", "12", "en-" + strings.Repeat("x", 9), 5})
}

func TestDateTime(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return v.UTC()
	}
	refuses(t, "DateTime", scalar.UnmarshalDateTime,
		map[any]time.Time{
			"2026-01-31T09:30:00Z":           at("2026-01-31T09:30:00Z"),
			"2026-01-31T11:30:00+02:00":      at("2026-01-31T09:30:00Z"),
			"2026-01-31T09:30:00.123456789Z": at("2026-01-31T09:30:00.123456Z"),
		},
		[]any{"", "2026-01-31", "2026-01-31 09:30:00Z", "2026-01-31T9:30:00Z", "2026-01-31T09:30:00", "2026-01-31T09:30:00,5Z", "2026-01-31T09:30:00+25:00", "2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-05:00", int64(5), nil})
	for in, want := range map[time.Time]string{
		at("2026-01-31T09:30:00.5Z").In(time.FixedZone("", 3600)): `"2026-01-31T09:30:00.5Z"`,
		{}: "null",
	} {
		if got := written(scalar.MarshalDateTime(in)); got != want {
			t.Errorf("%v is written %s, want %s", in, got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	refuses(t, "Duration", scalar.UnmarshalDuration,
		map[any]time.Duration{
			"PT45M": 45 * time.Minute, "PT1H30M": 90 * time.Minute, "P1D": 24 * time.Hour, "P1DT1S": 24*time.Hour + time.Second,
			"PT0S": 0, "PT1.5S": 1500 * time.Millisecond, "PT0.000000001S": 1, "PT90M": 90 * time.Minute,
			"PT9223372036S": 9223372036 * time.Second,
		},
		[]any{"", "P", "PT", "45M", "PT45", "P1W", "P1Y", "P1M", "PT1M1H", "PT1M1M", "P1DT", "PT1.5M", "PT1.S", "PT.5S", "PT-5M", "-PT5M", "PT+5M", "PT 5M", "pt5m", "PT9223372037S", "P999999999999D", "PT99999999999999999999S", "PT1.0000000001S", int64(5), nil})
	for in, want := range map[time.Duration]string{
		0: "PT0S", 45 * time.Minute: "PT45M", 90 * time.Minute: "PT1H30M", 48 * time.Hour: "PT48H", 1500 * time.Millisecond: "PT1.5S",
		-time.Minute: "-PT1M", 10 * time.Second: "PT10S", 100 * time.Millisecond: "PT0.1S", time.Minute + time.Microsecond: "PT1M0.000001S",
	} {
		if got := written(scalar.MarshalDuration(in)); got != `"`+want+`"` {
			t.Errorf("%v is written %s, want %s", in, got, want)
		}
	}
}

// FuzzDuration: what is read and written is read as the same again.
func FuzzDuration(f *testing.F) {
	for _, seed := range []string{"PT45M", "P1DT2H3M4.5S", "PT0.000000001S", "PT9223372036.854775807S"} {
		f.Add(seed)
	}
	f.Add("PT7.8947707S") // no float64 is exactly this many seconds
	f.Fuzz(func(t *testing.T, s string) {
		d, err := scalar.UnmarshalDuration(s)
		if err != nil {
			return
		}
		again, err := scalar.UnmarshalDuration(strings.Trim(written(scalar.MarshalDuration(d)), `"`))
		if d < 0 || err != nil || again != d {
			t.Errorf("%q is %d, then %d, %v", s, d, again, err)
		}
	})
}

func written(m graphql.Marshaler) string {
	var b bytes.Buffer
	m.MarshalGQL(&b)
	return b.String()
}
