package awswire

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of session tags in characters, and of their number (AWS STS, AssumeRole, Tags).
const (
	MaxTags     = 50
	MaxTagKey   = 128
	MaxTagValue = 256
)

// IsTagKey checks the key of a session tag: AWS's pattern and bounds, and nothing that begins with "aws:", which is reserved.
func IsTagKey(s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= MaxTagKey && TagText(s) && !ReservedTag(s)
}

// IsTagValue checks the value of a session tag.
func IsTagValue(s string) bool {
	return utf8.RuneCountInString(s) <= MaxTagValue && TagText(s)
}

// ReservedTag tells whether a key begins as only AWS's own tags do.
func ReservedTag(key string) bool {
	return len(key) >= len("aws:") && strings.EqualFold(key[:len("aws:")], "aws:")
}

// TagText checks the characters of AWS's pattern for tags.
func TagText(s string) bool {
	for _, r := range s {
		if !unicode.In(r, unicode.L, unicode.Z, unicode.N) && !strings.ContainsRune("_.:/=+-@", r) {
			return false
		}
	}
	return true
}

// IsPlainName checks AWS's pattern [\w+=,.@-] for 2 to most characters: names of sessions, source identities.
func IsPlainName(s string, most int) bool { return WordsOf(s, 2, most, "_+=,.@-") }

// WordsOf tells whether s has so many characters, each an ASCII letter, a digit or one of more.
func WordsOf(s string, least, most int, more string) bool {
	if len(s) < least || len(s) > most {
		return false
	}
	for _, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && strings.IndexByte(more, c) < 0 {
			return false
		}
	}
	return true
}
