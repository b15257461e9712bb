// Package name holds the identifiers of both clouds, parsed once and never invalid.
//
// It owns GUID, ResourceID, Scope, ARN, AccountID and IssuerURL. A value of these types that is not zero is well
// formed; code above never splits identifier strings by hand. It never looks anything up.
package name
