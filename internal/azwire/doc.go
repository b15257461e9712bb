// Package azwire is how Azure's protocols look on the wire, as pure functions over bytes.
//
// It owns the managed-identity requests and replies in each flavour, the Entra token form and its replies, and the
// tables from a fault to each dialect's error: metadata, AADSTS and Blob. It is the one place where these quirks live.
//
// It never looks anything up, never decides who may have a token, never reads a clock and never touches a connection.
// It never picks one of two values that a caller gave for the same thing.
package azwire
