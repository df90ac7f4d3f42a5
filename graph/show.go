package graph

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
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

// Schema is the whole schema as it is published at /schema.graphql, and its SHA-256 in hexadecimal.
func Schema() (text, hash string, err error) {
	entries, err := schemaFiles.ReadDir("schema")
	if err != nil {
		return "", "", fmt.Errorf("embedded schema: %w", err)
	}
	var parts []string
	for _, e := range entries {
		text, err := schemaFiles.ReadFile("schema/" + e.Name())
		if err != nil {
			return "", "", fmt.Errorf("embedded schema: %w", err)
		}
		parts = append(parts, string(text))
	}
	slices.Sort(parts)
	text = strings.Join(parts, "\n")
	sum := sha256.Sum256([]byte(text))
	return text, hex.EncodeToString(sum[:]), nil
}
