// Package wire is the texts of the Blob protocol: block ids and lists, requests for keys, digests.
//
// It owns their strict reading and their writing. It never touches what is stored.
package wire
