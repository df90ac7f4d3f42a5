package shipped_test

import (
	"os"
	"testing"

	"github.com/assay-hq/assay/internal/catalogue"
)

// TestTheExampleOfTheManualIsRead without a fault.
func TestTheExampleOfTheManualIsRead(t *testing.T) {
	text, err := os.ReadFile("../../docs/catalogue.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, _, err := catalogue.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Skills) == 0 || len(doc.Roles) == 0 || len(doc.Questions) == 0 || len(doc.Templates) == 0 {
		t.Errorf("it shows not every noun: %d skills, %d job roles, %d questions, %d templates",
			len(doc.Skills), len(doc.Roles), len(doc.Questions), len(doc.Templates))
	}
}
