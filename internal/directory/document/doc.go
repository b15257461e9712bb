// Package document turns policy documents from how people write them into how they are kept, and back.
//
// It owns the meaning of the names in a document: a role that is named as a principal is kept by its unique id, so that
// a role made later under the name is not the one that was trusted. It never decides what a document allows, which is
// iampolicy's, and never writes: it reads a View and gives text.
package document
