// Command page makes docs/conformance.md out of the rows that the stories wrote, and compares it with the page that is
// committed.
//
// It owns the page's form. It never runs a client, and it never writes the committed page: a difference is shown, and how
// to take it over.
package main
