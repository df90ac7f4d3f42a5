package markdown_test

import (
	"regexp"
	"testing"

	"github.com/assay-hq/assay/internal/markdown"
)

func TestHTML(t *testing.T) {
	r := markdown.New()
	for _, test := range []struct{ name, text, want string }{
		{"nothing", " \n", ""},
		{"a paragraph", "Say *why*.", "<p>Say <em>why</em>.</p>"},
		{"code", "```go\na < b\n```", "<pre><code class=\"language-go\">a &lt; b\n</code></pre>"},
		{"a table", "|a|b|\n|-|-:|\n|1|2|", "<table>\n<thead>\n<tr>\n<th>a</th>\n<th align=\"right\">b</th>\n</tr>\n</thead>\n" +
			"<tbody>\n<tr>\n<td>1</td>\n<td align=\"right\">2</td>\n</tr>\n</tbody>\n</table>"},
		{"a link", "[x](https://example.org/a)", `<p><a href="https://example.org/a" rel="nofollow noreferrer noopener" target="_blank">x</a></p>`},
		{"an operator", "1 < 2 && 3 > 2", "<p>1 &lt; 2 &amp;&amp; 3 &gt; 2</p>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := r.HTML(test.text); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestNothingThatRuns(t *testing.T) {
	r := markdown.New()
	for _, text := range []string{
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](data:text/html;base64,AA)",
		"<a href='vbscript:x'>y</a>", "<iframe src='https://e.org'></iframe>", "<p style='background:url(x)'>a</p>", "<svg onload=alert(1)>",
		"![x](https://e.org/pixel.png)", "<form action='/logout'><input type=submit></form>", "<style>p{}</style>", "`<script>`\n\n<script\n>a()",
		"<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "<object data='x'></object>", "[a]: javascript:x\n\n[a]",
	} {
		harmless(t, text, r.HTML(text))
	}
}

// tags finds what a browser takes for elements; everything else is text.
var tags = regexp.MustCompile(`<[^>]*>?`)

// allowed is every tag that may come out.
var allowed = regexp.MustCompile(`^</?(p|em|strong|del|sub|sup|code|pre|blockquote|ul|ol|li|h[1-6]|table|thead|tbody|tr|th|td|a)>$` +
	`|^<[bh]r/?>$|^<ol start="\d+">$|^<t[hd] align="(left|right|center)">$|^<code class="language-[a-zA-Z0-9+#_-]+">$` +
	`|^<a href="((https?|mailto):[^"<>]*|[^":<>]*)" rel="nofollow noreferrer( noopener)?"( target="_blank")?>$`)

func harmless(t *testing.T, text, html string) {
	t.Helper()
	for _, tag := range tags.FindAllString(html, -1) {
		if !allowed.MatchString(tag) {
			t.Errorf("%q became %q: %s", text, html, tag)
		}
	}
}

// TestNothingIsLost shows what authors write and what would be HTML.
func TestNothingIsLost(t *testing.T) {
	r := markdown.New()
	for text, want := range map[string]string{
		"What does <script> do? And **what** of it?": "<p>What does &lt;script&gt; do? And <strong>what</strong> of it?</p>",
		"List<String> x in Map<K, V>":                "<p>List&lt;String&gt; x in Map&lt;K, V&gt;</p>",
		"x<y>z":                                      "<p>x&lt;y&gt;z</p>",
		"<title>x rest":                              "<p>&lt;title&gt;x rest</p>",
		"![a diagram](https://e.org/d.png)":          "<p>a diagram</p>",
		"x</p></li></ol>":                            "<p>x&lt;/p&gt;&lt;/li&gt;&lt;/ol&gt;</p>",
	} {
		if got := r.HTML(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzHTML(f *testing.F) {
	r := markdown.New()
	f.Add("a *b* <script>x</script>")
	f.Fuzz(func(t *testing.T, text string) {
		harmless(t, text, r.HTML(text))
	})
}
