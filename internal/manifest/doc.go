// Package manifest reads the YAML files that say what an installation shall hold.
//
// It owns the kinds of documents and their fields, in the clouds' own words, the strictness with which they are read
// (no unknown or repeated key, no alias, no guess about types) and the position that every error names. References such
// as $(UserAssignedIdentity/reader.principalId) are recognised here and resolved by the caller, when the thing they name
// exists.
//
// It never knows what exists already, and never decides what a document changes.
package manifest
