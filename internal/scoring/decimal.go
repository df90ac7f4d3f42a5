package scoring

import (
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// ErrNotDecimal says that a text is no decimal number that ParseDecimal accepts.
var ErrNotDecimal = errors.New("not a decimal number")

const (
	decimalLength   = 40 // characters of a decimal number at most, without the space around it
	decimalExponent = 12 // greatest power of ten that an exponent may name, either way
)

// ParseDecimal reads a decimal number exactly, as a candidate or an author types it.
//
// It accepts an optional sign, digits, an optional point with digits after it, and an optional exponent from
// −12 to 12; space around the number is ignored. Anything else is ErrNotDecimal: an empty text, more than 40
// characters, a point without digits on both sides, a comma, NaN, Inf, hexadecimal, underscores, digits that
// are not ASCII. The bounds keep a short hostile text from becoming a number of a million digits.
func ParseDecimal(text string) (*big.Rat, error) {
	text = strings.TrimSpace(text)
	if len(text) > decimalLength || !isDecimal(text) {
		return nil, ErrNotDecimal
	}
	number, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, ErrNotDecimal
	}
	return number, nil
}

// ParsePoints reads a decimal number of points, rounded half to even to a millionth; anything else is ErrNotDecimal.
func ParsePoints(text string) (Points, error) {
	number, err := ParseDecimal(text)
	if err != nil {
		return 0, err
	}
	return Points(round(number.Mul(number, whole(int64(Point))))), nil
}

func isDecimal(text string) bool {
	mantissa, exponent, scaled := cutAny(text, "eE")
	if scaled && !isExponent(exponent) {
		return false
	}
	integer, fraction, pointed := strings.Cut(unsigned(mantissa), ".")
	return isDigits(integer) && (!pointed || isDigits(fraction))
}

func isExponent(text string) bool {
	power, err := strconv.Atoi(unsigned(text))
	return err == nil && isDigits(unsigned(text)) && power <= decimalExponent
}

func isDigits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return text != ""
}

// unsigned takes one sign away.
func unsigned(text string) string {
	if text != "" && (text[0] == '+' || text[0] == '-') {
		return text[1:]
	}
	return text
}

func cutAny(text, chars string) (before, after string, found bool) {
	i := strings.IndexAny(text, chars)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}
