// Package secrets seals the values of key vaults' secrets and opens them again.
//
// It owns the form of a sealed value: AES-256-GCM under the keyring's lasting keys, bound to the vault's incarnation, the
// secret and the version, so that a value that was moved to another place does not open. Everything else about a secret is
// a record of the View, written by the directory. It never writes anything, and never lets a value become a text that
// prints.
package secrets
