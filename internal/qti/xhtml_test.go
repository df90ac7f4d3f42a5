package qti

import (
	"strings"
	"testing"
)

func TestXHTML(t *testing.T) {
	cases := map[string]struct{ markdown, want string }{
		"emphasis":           {"a **b** & *c*", "<p>a <strong>b</strong> &amp; <em>c</em></p>"},
		"a break":            {"a\\\nb", "<p>a<br/>\nb</p>"},
		"a link":             {"[a](https://example.org/)", `<p><a href="https://example.org/">a</a></p>`},
		"struck out":         {"~~a~~ b", "<p>a b</p>"},
		"a script":           {"<script>alert(1)</script>\n\nb", "<p>&lt;script&gt;alert(1)&lt;/script&gt;\n</p><p>b</p>"},
		"code":               {"```go\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"},
		"a void element":     {"a\\\nb", "<p>a<br/>\nb</p>"},
		"a named entity":     {"a&nbsp;b", "<p>a\u00a0b</p>"},
		"nothing":            {" \n", ""},
		"too deep a nesting": {strings.Repeat("> ", 60) + "a", "<pre>" + strings.Repeat("&gt; ", 60) + "a</pre>"},
	}
	w := newWriter(nil)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, n := range w.xhtml(c.markdown) {
				text := string(n.document())
				got += strings.TrimSpace(text[strings.Index(text, "\n"):])
			}
			if got != c.want {
				t.Errorf("got %q; want %q", got, c.want)
			}
		})
	}
}
