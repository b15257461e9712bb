// Package view is all state of an installation as one immutable value a revision.
//
// It owns the records (what a noun is, under which key it is stored, how it is written as JSON) and the View: tables and
// indexes over all records, persistent, so that a request holds one View from its first look-up to its last and a write
// makes the next one cheaply. The same Apply makes a View from a fresh write, from the watch and at start.
//
// It never reads the store, never decides anything and never changes a record that a View already holds: records are
// frozen once applied.
package view
