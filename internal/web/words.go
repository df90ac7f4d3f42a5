package web

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/assay-hq/assay/internal/fault"
)

//go:embed words/*.json
var wordFiles embed.FS

// words are what the pages say to a candidate who is not in a sitting yet, in one language.
type words struct {
	Lang                                                                             string `json:"-"`
	Skip, SignOut                                                                    string
	Invitation, Invited, LinkSignsIn, Open, OpenedBefore, AskForLink                 string
	SignInWith, SignIn, SignedInAs, Accept                                           string
	ComeBack, ComeBackByLink, ComeBackNow, Mailbox, OnItsWay, NoneComes, GiveAddress string
	Address, SendLink, NotPlain, TooMany                                             string
	// By the code of a fault what is said in place of its message, which is English.
	Faults map[fault.Code]string
}

// languages are those with a table, the default first.
var languages = [...]string{"en", "de"}

func readWords() (map[string]*words, error) {
	all := map[string]*words{}
	for _, lang := range languages {
		text, err := wordFiles.ReadFile("words/" + lang + ".json")
		if err != nil {
			return nil, fmt.Errorf("words: %w", err)
		}
		w, d := &words{Lang: lang}, json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(w); err != nil {
			return nil, fmt.Errorf("words of %s: %w", lang, err)
		}
		all[lang] = w
	}
	return all, nil
}

// wordsFor are the words in a language, or in the one that the browser names first of those that there are.
func (s *Site) wordsFor(r *http.Request, language string) *words {
	for part := range strings.SplitSeq(language+","+r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if w := s.words[base]; w != nil {
			return w
		}
	}
	return s.words[languages[0]]
}

// fault says what is wrong with a link; empty where another one is no help, and nothing is said in this language.
func (w *words) fault(err error) string {
	faults := fault.All(err)
	if len(faults) == 0 {
		return ""
	}
	said := w.Faults[faults[0].Code]
	if said == "" && (fault.Is(err, fault.LinkUsed) || fault.Is(err, fault.Expired)) {
		said = sentence(faults[0].Message)
	}
	return said
}

// showWords renders a page in the words of a candidate.
func (s *Site) showWords(w http.ResponseWriter, r *http.Request, status int, name string, in *words, title string, data any) {
	s.showIn(w, r, status, name, view{Title: title, Lang: in.Lang, Skip: in.Skip, SignOut: in.SignOut, Words: in, Data: data})
}
