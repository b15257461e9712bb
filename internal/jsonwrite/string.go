package jsonwrite

import "encoding/json"

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

// appendEscaped leaves the seldom case to encoding/json.
func appendEscaped(b []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has a JSON form
	}
	return append(b, text...)
}
