package catalogue

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
)

// Schema is the JSON Schema of documents, of the draft 2020-12. Whatever Read accepts is valid by it; Read also refuses
// what no schema can tell, such as a key that is used twice.
func Schema() ([]byte, error) {
	s := &schema{defs: map[string]any{}}
	root := s.object(reflect.TypeFor[Document]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Assay catalogue"
	root["description"] = "Skills, job roles, questions and templates, named by stable keys."
	root["$defs"] = s.defs
	root["properties"].(map[string]any)["format"] = map[string]any{
		"const": Format, "description": descriptions["catalogue.Document.format"],
	}
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write schema: %w", err)
	}
	return append(out, '\n'), nil
}

// schema gathers the definitions of the types that it meets, under their names in Go.
type schema struct{ defs map[string]any }

func (s *schema) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, f := range fields(t) {
		of := s.value(t.Field(f.index).Type, f.key)
		of["description"] = descriptions[t.String()+"."+f.name]
		properties[f.name] = of
		if f.required {
			required = append(required, f.name)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// value is the schema of a type, or a reference to it.
func (s *schema) value(t reflect.Type, isKey bool) map[string]any {
	switch t.Kind() {
	case reflect.Pointer:
		return s.value(t.Elem(), isKey)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.value(t.Elem(), isKey)}
	case reflect.Struct:
		return s.refer(t.String(), func() any { return s.object(t) })
	case reflect.Int:
		return map[string]any{"type": "integer", "minimum": math.MinInt32, "maximum": math.MaxInt32}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	}
	if allowed := values(t); allowed != nil {
		return s.refer(t.String(), func() any { return map[string]any{"type": "string", "enum": allowed} })
	}
	if isKey {
		return s.refer("key", func() any { return map[string]any{"type": "string", "pattern": keyForm} })
	}
	return map[string]any{"type": "string"}
}

// refer refers to a definition, which is made at the first reference.
func (s *schema) refer(name string, make func() any) map[string]any {
	if s.defs[name] == nil {
		s.defs[name] = make()
	}
	return map[string]any{"$ref": "#/$defs/" + name}
}
