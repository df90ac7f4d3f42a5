package shipped

import (
	"testing"

	"github.com/assay-hq/assay/internal/catalogue"
)

func TestTwoFilesCannotHaveOneKey(t *testing.T) {
	j := &joining{doc: &catalogue.Document{}, seen: map[string]string{}}
	part := &catalogue.Document{Questions: []*catalogue.Question{{Key: "a"}}, Templates: []*catalogue.Template{{Key: "a"}}}
	if err := j.add("one.yaml", part); err != nil {
		t.Fatal(err)
	}
	err := j.add("two.yaml", &catalogue.Document{Questions: []*catalogue.Question{{Key: "a"}}})
	if err == nil || err.Error() != "shipped two.yaml: the question a is in one.yaml already" {
		t.Errorf("got %v", err)
	}
}
