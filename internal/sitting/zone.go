package sitting

import (
	"strings"
	"time"
	_ "time/tzdata" // a container may have no list of time zones

	"github.com/assay-hq/assay/ent"
)

// knownZone knows the names of the IANA list. "Local" is the server's own, which tells a candidate nothing.
func knownZone(name string) bool {
	if name == "" || name == "Local" || len(name) > 64 {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// zoned gives a time in a time zone; in one that is not known, in UTC.
func zoned(t time.Time, zone string) time.Time {
	place, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		return t.UTC()
	}
	return t.In(place)
}

func inEnglish(t time.Time, zone string) string {
	return zoned(t, zone).Format("Monday, 2 January 2006, 15:04 MST")
}

func inGerman(t time.Time, zone string) string {
	return zoned(t, zone).Format("02.01.2006, 15:04 Uhr (MST)")
}

// zoneOf is the time zone of a session's dates.
func zoneOf(row *ent.Session, org *ent.Organization) string {
	if row.TimeZone != "" {
		return row.TimeZone
	}
	return org.TimeZone
}

// languageOf is the language that a session's candidate is written to in.
func languageOf(row *ent.Session, org *ent.Organization) string {
	if row.Language != "" {
		return row.Language
	}
	return org.Locale
}

// german reports whether a language tag is one of German; every other reads English.
func german(tag string) bool {
	main, _, _ := strings.Cut(tag, "-")
	return strings.EqualFold(main, "de")
}
