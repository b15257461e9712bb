// Package ringtest gives tests a keyring.
//
// It owns that the tests of one package share theirs, because making keys takes time. It never makes one for a server.
package ringtest
