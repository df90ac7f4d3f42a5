package scalar

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// MarshalDuration writes a duration in ISO 8601 with hours as the largest unit, such as PT45M or PT1H30M.
func MarshalDuration(d time.Duration) graphql.Marshaler {
	return graphql.MarshalString(formatDuration(d))
}

func formatDuration(d time.Duration) string {
	if d == 0 {
		return "PT0S"
	}
	var b strings.Builder
	rest := uint64(d)
	if d < 0 {
		b.WriteByte('-')
		rest = -rest // of the smallest duration, too, which has no positive counterpart
	}
	b.WriteString("PT")
	for _, unit := range []struct {
		size time.Duration
		name byte
	}{{time.Hour, 'H'}, {time.Minute, 'M'}} {
		if n := rest / uint64(unit.size); n > 0 {
			b.WriteString(strconv.FormatUint(n, 10))
			b.WriteByte(unit.name)
		}
		rest %= uint64(unit.size)
	}
	if rest > 0 {
		seconds := fmt.Sprintf("%d.%09d", rest/uint64(time.Second), rest%uint64(time.Second))
		b.WriteString(strings.TrimRight(strings.TrimRight(seconds, "0"), "."))
		b.WriteByte('S')
	}
	return b.String()
}

// UnmarshalDuration reads an ISO 8601 duration of days, hours, minutes and seconds, where a day is 24 hours.
// Years, months and weeks are refused, and so are negative durations.
func UnmarshalDuration(v any) (time.Duration, error) {
	s, _ := v.(string)
	d, ok := parseDuration(s)
	if !ok {
		return 0, refused("a Duration must be written like PT45M")
	}
	return d, nil
}

func parseDuration(s string) (time.Duration, bool) {
	rest, ok := strings.CutPrefix(s, "P")
	if !ok {
		return 0, false
	}
	date, clock, timed := strings.Cut(rest, "T")
	if timed == (clock == "") || rest == "" {
		return 0, false
	}
	days, ok := parseUnits(date, "D", []time.Duration{24 * time.Hour})
	if !ok {
		return 0, false
	}
	within, ok := parseUnits(clock, "HMS", []time.Duration{time.Hour, time.Minute, time.Second})
	if !ok || days > math.MaxInt64-within {
		return 0, false
	}
	return days + within, true
}

// parseUnits reads numbers that are each followed by one of the units, in their order; seconds may have a
// fraction of up to nine digits.
func parseUnits(s, units string, sizes []time.Duration) (sum time.Duration, ok bool) {
	for s != "" {
		at := strings.IndexAny(s, units)
		if at < 0 {
			return 0, false
		}
		unit := strings.IndexByte(units, s[at])
		d, ok := amount(s[:at], sizes[unit])
		if !ok || sum > math.MaxInt64-d {
			return 0, false
		}
		sum += d
		s, units, sizes = s[at+1:], units[unit+1:], sizes[unit+1:]
	}
	return sum, true
}

func amount(digits string, size time.Duration) (time.Duration, bool) {
	whole, fraction, fractional := strings.Cut(digits, ".")
	n, err := strconv.ParseUint(whole, 10, 63)
	if err != nil || n > math.MaxInt64/uint64(size) {
		return 0, false
	}
	d := time.Duration(n) * size
	if !fractional {
		return d, true
	}
	if size != time.Second || fraction == "" || len(fraction) > 9 {
		return 0, false
	}
	nanos, err := strconv.ParseUint(fraction+strings.Repeat("0", 9-len(fraction)), 10, 63)
	if err != nil || d > math.MaxInt64-time.Duration(nanos) {
		return 0, false
	}
	return d + time.Duration(nanos), true
}
