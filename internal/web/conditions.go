package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Why a conditional or partial request is refused.
const (
	// ConditionNotMet means that the object is not, or is, the one that the request's conditions name.
	ConditionNotMet fault.Reason = "web.condition_not_met"
	// RangeNotSatisfiable means that the requested range lies outside of the object.
	RangeNotSatisfiable fault.Reason = "web.range_not_satisfiable"
)

// CheckConditions evaluates the preconditions of a read in the order of RFC 9110 section 13.2.2. notModified asks for a
// 304; the fault is ConditionNotMet. etag is without quotes.
func CheckConditions(h http.Header, etag string, modified time.Time) (notModified bool, err error) {
	failed := fault.New(fault.Precondition, ConditionNotMet, "The condition specified using HTTP conditional header(s) is not met.")
	second := modified.Truncate(time.Second) // HTTP dates have no fractions
	if match := h.Values("If-Match"); len(match) > 0 {
		if !matchesAny(match, etag) {
			return false, failed
		}
	} else if t, ok := httpDate(h.Get("If-Unmodified-Since")); ok && second.After(t) {
		return false, failed
	}
	if match := h.Values("If-None-Match"); len(match) > 0 {
		return matchesAny(match, etag), nil
	}
	if t, ok := httpDate(h.Get("If-Modified-Since")); ok && !second.After(t) {
		return true, nil
	}
	return false, nil
}

func matchesAny(lists []string, etag string) bool {
	for _, list := range lists {
		for tag := range strings.SplitSeq(list, ",") {
			tag = strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
			if tag == "*" || tag == etag {
				return true
			}
		}
	}
	return false
}

func httpDate(s string) (time.Time, bool) {
	t, err := http.ParseTime(s)
	return t, err == nil
}

// ParseRange reads one byte range (RFC 9110 section 14.1.2) of an object of size bytes. partial is false when there is no
// range, or one that the RFC tells servers to ignore; several ranges are ignored too, as both clouds' stores do.
func ParseRange(header string, size int64) (start, length int64, partial bool, err error) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	if !ok || !dash {
		return 0, size, false, nil
	}
	outside := fault.New(fault.Invalid, RangeNotSatisfiable, "The range specified is invalid for the current size of the resource.")
	from, hasFrom := bytePosition(first)
	to, hasTo := bytePosition(last)
	switch {
	case first == "" && hasTo: // the last n bytes
		if length = min(to, size); length == 0 {
			return 0, 0, false, outside
		}
		return size - length, length, true, nil
	case !hasFrom || last != "" && (!hasTo || to < from):
		return 0, size, false, nil
	case from >= size:
		return 0, 0, false, outside
	case last == "":
		return from, size - from, true, nil
	}
	return from, min(to, size-1) - from + 1, true, nil
}

// bytePosition reads a position: digits only, so that "+1", "-1" and a list are none.
func bytePosition(s string) (int64, bool) {
	n, err := strconv.ParseUint(s, 10, 63)
	return int64(n), err == nil
}
