package jsonwrite

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// AppendString appends s as a JSON string. The bytes are those of encoding/json, which escapes <, > and & as well.
func AppendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return appendEscaped(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// AppendText appends parts as one JSON string. The bytes are those of an encoder that leaves <, > and & as they are.
func AppendText(b []byte, parts ...string) []byte {
	b = append(b, '"')
	for _, s := range parts {
		if plain(s) {
			b = append(b, s...)
		} else {
			b = appendOpen(b, s)
		}
	}
	return append(b, '"')
}

// plain tells a text that stands for itself.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// AppendMember appends a member whose value is a string. name is its name with what stands around it: `,"id":`.
func AppendMember(b []byte, name, value string) []byte {
	return AppendString(append(b, name...), value)
}

// AppendSome is AppendMember, and leaves an empty value out.
func AppendSome(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return AppendMember(b, name, value)
}

// appendOpen leaves the seldom case to encoding/json. The quotes around it are not written.
func appendOpen(b []byte, s string) []byte {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always has a JSON form
	}
	return append(b, text.Bytes()[1:text.Len()-len(`"`)-len("\n")]...)
}

// appendEscaped leaves the seldom case to encoding/json.
func appendEscaped(b []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has a JSON form
	}
	return append(b, text...)
}
