// Package keyring owns every secret key of an installation.
//
// It owns the keys that sign tokens, the keys that seal sessions and secrets, the private certificate authority of the
// listeners, and the key encryption key (KEK) that wraps them all. It makes, wraps, stores, publishes, rotates and
// removes them. One set serves the whole installation: all tenants publish the same signing keys.
//
// Everything it stores is sealed with a key derived from the KEK, metadata included, so that whoever can write the
// store can neither read a key nor move one, rename one or change its dates. The KEK is a file outside the data folder
// and is in no backup.
//
// Readers take an immutable snapshot without a lock. Which key is in use follows from the dates in its record, so that
// several servers agree without talking.
//
// It never prints, logs or returns private key material, never decides who may have a token, and starts no goroutine:
// the server calls Maintain now and then, and Reload when another server changed something.
package keyring
