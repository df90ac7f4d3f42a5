package authoring

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// maxWord bounds a word that can be searched, in characters.
const maxWord = 40

// wordsOf are the distinct words of texts, in lower case: runs of letters and digits.
func wordsOf(texts ...string) []string {
	var words []string
	for _, text := range texts {
		words = append(words, strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })...)
	}
	for i, w := range words {
		if runes := []rune(w); len(runes) > maxWord {
			words[i] = string(runes[:maxWord])
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// searchWords is what search keeps of a question: its words and the prints of its prompt, each between spaces.
func searchWords(title, prompt string) string {
	kept := append(wordsOf(title, prompt), prints(prompt)...)
	if len(kept) == 0 {
		return "- " // empty means that nobody has looked yet
	}
	// PostgreSQL knows no empty word, so that a space cannot come first.
	return "- " + strings.Join(kept, " ") + " "
}

// The prints of a prompt: minima of hash functions over its sets of three words in a row, in bands (Broder, "On the
// resemblance and containment of documents", 1997). Prompts that share most of their words share a band, almost surely:
// with a resemblance of j, one of b bands of r minima is the same with probability 1 − (1 − jʳ)ᵇ, which is 0.9999 for
// j = 0.8 and 0.5 for j = 0.2.
const (
	printBands = 16
	printRows  = 2
)

// prints are the bands of a prompt as words that no text can hold.
func prints(prompt string) []string {
	shingles := shinglesOf(prompt)
	if len(shingles) == 0 {
		return nil
	}
	bands := make([]string, printBands)
	for b := range bands {
		h := fnv.New64a()
		for r := range printRows {
			_, _ = h.Write(binary.BigEndian.AppendUint64(nil, least(shingles, uint64(b*printRows+r))))
		}
		bands[b] = "~" + strconv.FormatUint(uint64(b), 36) + "x" + strconv.FormatUint(h.Sum64(), 36)
	}
	return bands
}

// least is the least value that one hash function gives to a shingle.
func least(shingles map[uint64]bool, function uint64) uint64 {
	smallest := uint64(math.MaxUint64)
	for s := range shingles {
		smallest = min(smallest, mix(s^mix(function+1)))
	}
	return smallest
}

// mix is the finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// shinglesOf are the hashes of every three words in a row; a text of fewer has one of all its words.
func shinglesOf(text string) map[uint64]bool {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return nil
	}
	shingles := map[uint64]bool{}
	for i := range max(1, len(words)-2) {
		h := fnv.New64a()
		_, _ = h.Write([]byte(strings.Join(words[i:min(len(words), i+3)], " ")))
		shingles[h.Sum64()] = true
	}
	return shingles
}

// resemblance is the share of the words of two texts, three in a row, that both have: |A ∩ B| / |A ∪ B|, from 0 to 1.
func resemblance(a, b string) float64 {
	first, second := shinglesOf(a), shinglesOf(b)
	shared := 0
	for s := range first {
		if second[s] {
			shared++
		}
	}
	all := len(first) + len(second) - shared
	if all == 0 {
		return 0
	}
	return float64(shared) / float64(all)
}
