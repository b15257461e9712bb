package web

import (
	"net/http"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

func TestCheckConditions(t *testing.T) {
	modified := time.Date(2026, 8, 1, 12, 0, 0, 500, time.UTC)
	at, before := modified.Format(http.TimeFormat), modified.Add(-time.Minute).Format(http.TimeFormat)
	tests := []struct {
		name        string
		header      http.Header
		notModified bool
		fails       bool
	}{
		{name: "none"},
		{name: "match", header: http.Header{"If-Match": {`"e1"`}}},
		{name: "match without quotes", header: http.Header{"If-Match": {"e1"}}},
		{name: "match in a list", header: http.Header{"If-Match": {`"e0", "e1"`}}},
		{name: "match anything", header: http.Header{"If-Match": {"*"}}},
		{name: "no match", header: http.Header{"If-Match": {`"e0"`}}, fails: true},
		{name: "match goes before the date", header: http.Header{"If-Match": {`"e1"`}, "If-Unmodified-Since": {before}}},
		{name: "unmodified", header: http.Header{"If-Unmodified-Since": {at}}},
		{name: "modified since", header: http.Header{"If-Unmodified-Since": {before}}, fails: true},
		{name: "bad date is ignored", header: http.Header{"If-Unmodified-Since": {"yesterday"}}},
		{name: "none match", header: http.Header{"If-None-Match": {`"e0"`}}},
		{name: "cached", header: http.Header{"If-None-Match": {`"e1"`}}, notModified: true},
		{name: "cached weakly", header: http.Header{"If-None-Match": {`W/"e1"`}}, notModified: true},
		{name: "none match goes before the date", header: http.Header{"If-None-Match": {`"e0"`}, "If-Modified-Since": {at}}},
		{name: "not modified since", header: http.Header{"If-Modified-Since": {at}}, notModified: true},
		{name: "modified after", header: http.Header{"If-Modified-Since": {before}}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			notModified, err := CheckConditions(tc.header, "e1", modified)
			if notModified != tc.notModified || fault.Is(err, ConditionNotMet) != tc.fails {
				t.Errorf("got %v, %v, want %v, failure %v", notModified, err, tc.notModified, tc.fails)
			}
		})
	}
}

func TestParseRange(t *testing.T) {
	tests := []struct {
		header        string
		size          int64
		start, length int64
		partial       bool
		outside       bool
	}{
		{"", 10, 0, 10, false, false},
		{"bytes=0-0", 10, 0, 1, true, false},
		{"bytes=0-9", 10, 0, 10, true, false},
		{"bytes=2-", 10, 2, 8, true, false},
		{"bytes=2-99", 10, 2, 8, true, false},
		{"bytes=9-9223372036854775807", 10, 9, 1, true, false},
		{"bytes=-3", 10, 7, 3, true, false},
		{"bytes=-99", 10, 0, 10, true, false},
		{"bytes=-0", 10, 0, 0, false, true},
		{"bytes=-1", 0, 0, 0, false, true},
		{"bytes=0-", 0, 0, 0, false, true},
		{"bytes=10-", 10, 0, 0, false, true},
		{"bytes=10-20", 10, 0, 0, false, true},
		{"bytes=5-4", 10, 0, 10, false, false},
		{"bytes=a-b", 10, 0, 10, false, false},
		{"bytes=+1-2", 10, 0, 10, false, false},
		{"bytes=0--1", 10, 0, 10, false, false},
		{"bytes=0-1,3-4", 10, 0, 10, false, false},
		{"bytes=-", 10, 0, 10, false, false},
		{"bytes=5", 10, 0, 10, false, false},
		{"lines=0-1", 10, 0, 10, false, false},
		{"bytes=0-18446744073709551616", 10, 0, 10, false, false},
	}
	for _, tc := range tests {
		start, length, partial, err := ParseRange(tc.header, tc.size)
		if fault.Is(err, RangeNotSatisfiable) != tc.outside || start != tc.start || length != tc.length || partial != tc.partial {
			t.Errorf("%q of %d: got %d+%d, partial %v, %v", tc.header, tc.size, start, length, partial, err)
		}
	}
}

// FuzzParseRange checks that no header names bytes outside of the object.
func FuzzParseRange(f *testing.F) {
	for _, seed := range []string{"", "bytes=0-0", "bytes=-5", "bytes=3-", "bytes=9-9223372036854775807", "bytes=,", "bytes=-0"} {
		f.Add(seed, int64(10))
		f.Add(seed, int64(0))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 {
			size = -(size + 1)
		}
		start, length, partial, err := ParseRange(header, size)
		if err == nil && (start < 0 || length < 0 || start > size-length || partial && length == 0 || !partial && length != size) {
			t.Fatalf("%q of %d: got %d+%d, partial %v", header, size, start, length, partial)
		}
	})
}
