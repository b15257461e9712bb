// Package web is the kit that every door is built from: net/http with one table, one event and one way to fail.
//
// A door is a table of routes and a dialect. The kit finds the route over the escaped path, gives the request its id,
// its limits and its event, runs the handler, turns whatever it returns into a fault and lets the door's dialect write
// it. A typed handler is a sentence: decode, do, encode.
//
// It owns the router, the request event, the limits, strict query reading, the judgement of forwarding headers, the
// settings of an http.Server, and the rule that a refusal is recorded before it is answered. It never cleans or redirects a path, never knows a protocol, never reads a credential,
// never decides who may do what, and never logs a query string, a header or a body.
//
// What it leaves to net/http, knowingly: what is not HTTP at all, and headers that are too large, are answered with a
// plain 400 or 431 before any door sees them. A request with both Content-Length and Transfer-Encoding is read
// by its Transfer-Encoding and the length is dropped (RFC 9112 section 6.3); a front proxy must refuse such requests. The
// Date header is written from the system clock on every answer, and SDKs correct their own clock by it.
package web
