package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// maxNesting is how deep JSON may nest; variables of real operations nest a handful of levels.
const maxNesting = 64

// Errors name the rule and never the text at fault: a body may hold an answer or a token.
var (
	errNotJSON   = errors.New("the body must be one JSON document in utf-8")
	errDuplicate = errors.New("a JSON object names a member twice")
	errNesting   = errors.New("the JSON nests too deep")
)

// decodeJSON reads exactly one JSON document: no text after it, no member named twice, no invalid utf-8.
// Numbers stay json.Number, so that nothing is rounded before its type is known.
func decodeJSON(text []byte) (any, error) {
	if !utf8.Valid(text) || !json.Valid(text) {
		return nil, errNotJSON
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	return decodeValue(dec, maxNesting)
}

// decodeValue reads the next value of text that is known to be valid.
func decodeValue(dec *json.Decoder, levels int) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, errNotJSON
	}
	delim, nested := token.(json.Delim)
	if !nested {
		return token, nil
	}
	if levels == 0 {
		return nil, errNesting
	}
	var value any
	if delim == '{' {
		value, err = decodeObject(dec, levels-1)
	} else {
		value, err = decodeArray(dec, levels-1)
	}
	if err != nil {
		return nil, err
	}
	_, err = dec.Token() // the closing bracket
	return value, err
}

func decodeObject(dec *json.Decoder, levels int) (any, error) {
	object := map[string]any{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, errNotJSON
		}
		name, ok := key.(string)
		if !ok {
			return nil, errNotJSON
		}
		if _, twice := object[name]; twice {
			return nil, errDuplicate
		}
		if object[name], err = decodeValue(dec, levels); err != nil {
			return nil, err
		}
	}
	return object, nil
}

func decodeArray(dec *json.Decoder, levels int) (any, error) {
	array := []any{}
	for dec.More() {
		value, err := decodeValue(dec, levels)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	return array, nil
}
