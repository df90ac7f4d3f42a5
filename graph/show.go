package graph

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/internal/content"
	"github.com/assay-hq/assay/internal/scoring"
)

// How values of the domain are shown where the schema's shape differs from the row's.

// percent shows millionths as a number: micro-points as points, micro-percent as percent.
func percent(micro int64) float64 { return float64(micro) / float64(scoring.Point) }

// counted shows a number that counts from 1; 0 is none.
func counted(n int) *int { return unless(n == 0, n) }

// position shows an event's place in the chain, once it has one.
func position(e *ent.AuditEvent) *int {
	if e.Position == nil {
		return nil
	}
	return pointer(int(*e.Position))
}

// openDraft shows a template's draft only while one is open: afterwards the row still holds what was published last.
func openDraft(t *ent.Template) *content.Template {
	if t.DraftNumber == 0 {
		return nil
	}
	return t.Draft
}

//go:embed schema/*.graphqls
var schemaFiles embed.FS

// Schema is the whole schema as it is published at /schema.graphql.
func Schema() string {
	entries, err := schemaFiles.ReadDir("schema")
	if err != nil {
		panic("graph: embedded schema: " + err.Error())
	}
	var parts []string
	for _, e := range entries {
		text, err := schemaFiles.ReadFile("schema/" + e.Name())
		if err != nil {
			panic("graph: embedded schema: " + err.Error())
		}
		parts = append(parts, string(text))
	}
	slices.Sort(parts)
	return strings.Join(parts, "\n")
}

// schemaHash identifies the schema, in hexadecimal SHA-256.
func schemaHash() string {
	sum := sha256.Sum256([]byte(Schema()))
	return hex.EncodeToString(sum[:])
}
