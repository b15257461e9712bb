// Package fault is the one error of Lanyard.
//
// It owns the kinds of failure and the shape that carries a failure from the place that found it to the door that
// answers it. Every door has one table from kinds and reasons to its own dialect. It never writes an answer, never
// logs, and never shows a private cause to a caller.
package fault
