// Package gid is the one kind of identifier in Assay.
//
// An ID is sixteen bytes in the layout of a UUID version 7: 48 bits of milliseconds, then twelve bits that
// name the entity's kind, then 62 random bits. PostgreSQL keeps it as a native uuid, SQLite as text; people,
// JSON, logs and URLs see `ses_01h…`: the kind's prefix and the bytes in base32. The kind travels inside the
// ID, so an ID of the wrong kind is refused when it is parsed and node(id) needs no lookup table.
//
// The package never reads the clock or the machine's randomness by itself; a Source does, and is given both.
package gid

import (
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ID identifies one row of one kind. The zero ID identifies nothing.
type ID [16]byte

// alphabet is Crockford's base32 in lower case: no i, l, o, u, and its order is the order of the bytes.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// encodedLen is the number of base32 digits that hold 128 bits.
const encodedLen = 26

// ErrMalformed says that a text is no global id.
var ErrMalformed = errors.New("not a global id")

// Kind tells which kind of entity the ID belongs to; it is zero for an ID that no Source made.
func (id ID) Kind() Kind { return Kind(uint16(id[6]&0x0f)<<8 | uint16(id[7])) }

// Time tells when the ID was made, to the millisecond, in UTC.
func (id ID) Time() time.Time {
	var ms int64
	for _, b := range id[:6] {
		ms = ms<<8 | int64(b)
	}
	return time.UnixMilli(ms).UTC()
}

// Earliest is before every ID that was made at a time or later, and after all that were made before: a place in a list of
// ids. It identifies nothing.
func Earliest(at time.Time) ID {
	var id ID
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(at.UnixMilli()))
	copy(id[:6], ms[2:])
	return id
}

// IsZero reports whether the ID identifies nothing.
func (id ID) IsZero() bool { return id == ID{} }

// String renders the ID as people see it, `ses_01h…`; the zero ID is the empty string.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	return id.Kind().Prefix() + "_" + encode(id)
}

// UUID renders the ID as the databases keep it.
func (id ID) UUID() string {
	var b [36]byte
	hex.Encode(b[0:8], id[0:4])
	b[8] = '-'
	hex.Encode(b[9:13], id[4:6])
	b[13] = '-'
	hex.Encode(b[14:18], id[6:8])
	b[18] = '-'
	hex.Encode(b[19:23], id[8:10])
	b[23] = '-'
	hex.Encode(b[24:], id[10:])
	return string(b[:])
}

// Parse reads an ID of any kind as String wrote it; anything else is ErrMalformed.
func Parse(text string) (ID, error) {
	prefix, digits, ok := strings.Cut(text, "_")
	if !ok || len(digits) != encodedLen {
		return ID{}, ErrMalformed
	}
	id, ok := decode(digits)
	if !ok || id.Kind().Prefix() != prefix || id.Kind() == 0 {
		return ID{}, ErrMalformed
	}
	return id, nil
}

// ParseKind reads an ID and refuses one of another kind with ErrMalformed.
func ParseKind(kind Kind, text string) (ID, error) {
	id, err := Parse(text)
	if err != nil || id.Kind() != kind {
		return ID{}, ErrMalformed
	}
	return id, nil
}

func encode(id ID) string {
	var out [encodedLen]byte
	// 26 digits hold 130 bits; the two on top are zero.
	for i := range out {
		out[i] = alphabet[bits5(id, i*5-2)]
	}
	return string(out[:])
}

// bits5 reads five bits of the ID that begin at a bit offset; bits before the first are zero.
func bits5(id ID, offset int) byte {
	var v byte
	for b := offset; b < offset+5; b++ {
		v <<= 1
		if b >= 0 {
			v |= id[b/8] >> (7 - b%8) & 1
		}
	}
	return v
}

func decode(digits string) (ID, bool) {
	var id ID
	for i := range len(digits) {
		v := strings.IndexByte(alphabet, digits[i])
		if v < 0 || (i == 0 && v > 7) {
			return ID{}, false
		}
		for bit := range 5 {
			b := i*5 - 2 + bit
			if b >= 0 && v>>(4-bit)&1 == 1 {
				id[b/8] |= 1 << (7 - b%8)
			}
		}
	}
	return id, true
}

// Value keeps the ID in a database: a uuid's text, or NULL for the zero ID.
func (id ID) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id.UUID(), nil
}

// Scan reads what Value kept; anything else is an error.
func (id *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*id = ID{}
		return nil
	case []byte:
		return id.scanText(string(v))
	case string:
		return id.scanText(v)
	default:
		return fmt.Errorf("scan id: unexpected %T", src)
	}
}

func (id *ID) scanText(s string) error {
	raw, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(raw) != len(id) {
		return fmt.Errorf("scan id: %w", ErrMalformed)
	}
	copy(id[:], raw)
	return nil
}

// MarshalText renders the ID as String does.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what MarshalText wrote; the empty text is the zero ID.
func (id *ID) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*id = ID{}
		return nil
	}
	*id, err = Parse(string(text))
	return err
}

// MarshalGQL writes the ID as a GraphQL string.
func (id ID) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(id.String())) }

// UnmarshalGQL reads an ID argument; anything but a well-formed global id is ErrMalformed.
func (id *ID) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok {
		return ErrMalformed
	}
	parsed, err := Parse(s)
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}

// Source makes IDs from times and a stream of random bytes; seeding gives it seeded ones. IDs made one after the other
// in one millisecond are in that order. It is safe for concurrent use.
type Source struct {
	mu     sync.Mutex
	random io.Reader
	millis int64  // of the ID made last
	tail   uint64 // its 62 random bits
}

// NewSource makes IDs with randomness from random, which must never fail (crypto/rand or a seeded generator).
func NewSource(random io.Reader) *Source { return &Source{random: random} }

// tailBits is how many random bits an ID ends in, and stepBits how far two IDs of one millisecond lie apart at most.
const (
	tailBits = 62
	stepBits = 32
)

// New makes an ID of a kind at a time. It panics if the random stream ends, which is a fault of the programmer.
func (s *Source) New(kind Kind, at time.Time) ID {
	ms := at.UnixMilli()
	id := First(kind, at)
	binary.BigEndian.PutUint64(id[8:], 1<<63|s.next(ms))
	return id
}

// First is the smallest ID of a kind that can be made at a time: what to look from in an index of ids.
func First(kind Kind, at time.Time) ID {
	var id ID
	for i, v := 5, at.UnixMilli(); i >= 0; i-- {
		id[i] = byte(v)
		v >>= 8
	}
	id[6], id[7], id[8] = 0x70|byte(kind>>8)&0x0f, byte(kind), 0x80
	return id
}

// next draws a tail: anew in a new millisecond, and beyond the last one in the same.
func (s *Source) next(ms int64) uint64 {
	var raw [8]byte
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.ReadFull(s.random, raw[:]); err != nil {
		panic("gid: random source ended: " + err.Error())
	}
	drawn := binary.BigEndian.Uint64(raw[:])
	beyond := s.tail + 1 + drawn>>(64-stepBits)
	if ms != s.millis || beyond >= 1<<tailBits {
		beyond = drawn >> (64 - tailBits)
	}
	s.millis, s.tail = ms, beyond
	return beyond
}
