// Package scene plays the scene of two clouds through the unmodified SDKs of several languages, and says of each promise
// which part of what was seen keeps it.
//
// It owns no client: the functions are examples/two-clouds in Go and node/two-clouds.mjs, and "lanyard demo" judges them. It
// never reaches beyond this machine.
package scene
