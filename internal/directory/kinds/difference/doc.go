// Package difference says in words what changed between two items of one kind.
//
// It owns the form of these words. It never looks at a View, and knows no kind.
package difference
