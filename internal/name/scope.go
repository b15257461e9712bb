package name

import (
	"fmt"
	"iter"
	"strings"
)

// MaxScope bounds a scope's length in bytes.
const MaxScope = 2048

// Scope is a place in the ARM tree: "/", a subscription, a resource group, a resource or something below one. It keeps
// the spelling it was created with; two scopes are the same place when their Keys are equal (ARM ignores case).
type Scope struct{ s, key string }

// Root is the scope above all subscriptions of a tenant.
func Root() Scope { return Scope{"/", "/"} }

// ParseScope reads an absolute path of non-empty segments. "." and "..", control characters, backslashes, '%', '?' and
// '#' are refused, so that a scope has one spelling only (threat P09, T06).
func ParseScope(s string) (Scope, error) {
	if s == "/" {
		return Root(), nil
	}
	s = strings.TrimSuffix(s, "/")
	if len(s) > MaxScope {
		return Scope{}, fmt.Errorf("scope longer than %d bytes", MaxScope)
	}
	if !strings.HasPrefix(s, "/") {
		return Scope{}, fmt.Errorf("scope %q does not start with /", s)
	}
	for seg := range strings.SplitSeq(s[1:], "/") {
		if seg == "" || seg == "." || seg == ".." {
			return Scope{}, fmt.Errorf("scope %q has an empty or dot segment", s)
		}
	}
	for _, r := range s {
		switch {
		case r < 0x20, r == 0x7f, r == 0xfffd, r == '\\', r == '%', r == '?', r == '#':
			return Scope{}, fmt.Errorf("scope %q has a character that is not allowed", s)
		}
	}
	return Scope{s, strings.ToLower(s)}, nil
}

// MustScope is ParseScope for constants in source and tests.
func MustScope(s string) Scope {
	v, err := ParseScope(s)
	if err != nil {
		panic(err)
	}
	return v
}

// String is the scope as it was created.
func (s Scope) String() string { return s.s }

// Key is the scope in lower case: what is compared and indexed.
func (s Scope) Key() string { return s.key }

// IsZero tells "no scope".
func (s Scope) IsZero() bool { return s.s == "" }

// Covers tells whether t is s or lies below it, by whole segments.
func (s Scope) Covers(t Scope) bool { return CoversKey(s.key, t.key) }

// CoversKey is Covers on keys.
func CoversKey(s, t string) bool {
	if s == "/" {
		return t != ""
	}
	return s != "" && strings.HasPrefix(t, s) && (len(t) == len(s) || t[len(s)] == '/')
}

// Ancestors yields the keys of s and all scopes above it, the nearest first, "/" last. It does not allocate.
func (s Scope) Ancestors() iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := s.key; k != "" && k != "/"; k = k[:strings.LastIndexByte(k, '/')] {
			if !yield(k) {
				return
			}
		}
		if s.key != "" {
			yield("/")
		}
	}
}

// Join gives the scope below s with the given segments appended.
func (s Scope) Join(segments ...string) (Scope, error) {
	return ParseScope(strings.TrimSuffix(s.s, "/") + "/" + strings.Join(segments, "/"))
}

// Subscription gives the subscription id in the scope, if it has one.
func (s Scope) Subscription() (GUID, bool) {
	rest, ok := strings.CutPrefix(s.key, "/subscriptions/")
	if !ok {
		return GUID{}, false
	}
	id, _, _ := strings.Cut(rest, "/")
	g, err := ParseGUID(id)
	return g, err == nil
}

// MarshalText writes the created spelling.
func (s Scope) MarshalText() ([]byte, error) { return []byte(s.s), nil }

// UnmarshalText reads what MarshalText wrote; empty is the zero value.
func (s *Scope) UnmarshalText(b []byte) error { return unmarshalText(s, b, ParseScope) }
