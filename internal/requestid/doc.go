// Package requestid makes and reads the id that every request carries and every refusal names.
//
// It owns the layout of a UUID version 8 (RFC 9562 section 5.8): when the request arrived, at which node, and random
// bits. The id is written as a plain GUID, which fits a header or an error body of every dialect. It is a name, not a
// secret: nothing may be granted because somebody knows one. It never reads a clock.
package requestid
