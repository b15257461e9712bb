// Package compat plays the scene through the unmodified SDKs of several languages, and says of each promise which part of
// what was seen keeps it.
//
// It owns no client of its own: the functions are examples/two-clouds in Go and node/two-clouds.mjs, and "lanyard demo"
// judges them. Run it with compat/run.sh, which builds what it needs. It never reaches beyond this machine.
package compat
