package transport

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// checkVariables refuses values that are almost of their type: "10" or 2^31 for an Int, 5 for an ID, a lower-case
// enum value. What is absent, null or unknown is left to the validator's own coercion.
func checkVariables(schema *ast.Schema, op *ast.OperationDefinition, given map[string]any) error {
	for _, def := range op.VariableDefinitions {
		if value := given[def.Variable]; !fits(schema, def.Type, value) {
			return badInput("variable $"+def.Variable+" is not of type "+def.Type.String(), def.Position)
		}
	}
	return nil
}

// fits reports whether a decoded JSON value is strictly of a type, all the way down.
func fits(schema *ast.Schema, typ *ast.Type, value any) bool {
	if value == nil {
		return true
	}
	if typ.Elem != nil {
		return fitsList(schema, typ.Elem, value)
	}
	def := schema.Types[typ.NamedType]
	switch def.Kind {
	case ast.InputObject:
		return fitsObject(schema, def, value)
	case ast.Enum:
		name, ok := value.(string)
		return ok && def.EnumValues.ForName(name) != nil
	default:
		return fitsScalar(def.Name, value)
	}
}

// fitsList accepts a lone value for a list, as the specification does.
func fitsList(schema *ast.Schema, elem *ast.Type, value any) bool {
	items, ok := value.([]any)
	if !ok {
		return fits(schema, elem, value)
	}
	for _, item := range items {
		if !fits(schema, elem, item) {
			return false
		}
	}
	return true
}

func fitsObject(schema *ast.Schema, def *ast.Definition, value any) bool {
	members, ok := value.(map[string]any)
	if !ok {
		return false
	}
	for name, member := range members {
		field := def.Fields.ForName(name)
		if field != nil && !fits(schema, field.Type, member) {
			return false
		}
	}
	return true
}

// fitsScalar knows the built-in scalars; the schema's own judge for themselves when they are read.
func fitsScalar(name string, value any) bool {
	switch name {
	case "Int":
		number, ok := value.(json.Number)
		_, err := strconv.ParseInt(number.String(), 10, 32)
		return ok && err == nil
	case "Float":
		number, ok := value.(json.Number)
		f, err := number.Float64()
		return ok && err == nil && !math.IsInf(f, 0)
	case "String", "ID":
		_, ok := value.(string)
		return ok
	case "Boolean":
		_, ok := value.(bool)
		return ok
	default:
		return true
	}
}
