// Package attach finds the user-assigned identities that an identity block names.
//
// It owns which incarnation of an identity a resource keeps. It never writes, and never makes up an identity for one that
// is gone.
package attach
