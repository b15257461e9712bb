// Package printed finds the request id in what a client printed.
//
// It owns nothing; it knows that clients print other GUIDs beside the id, and which clients print none. It never asks anybody
// and never guesses: a text without an id has none.
package printed
