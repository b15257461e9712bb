// Package secret is text that nobody may see by accident.
//
// It owns the type Text, which prints, logs and encodes as a mask. It never hides a secret from a debugger or from memory:
// it keeps secrets out of what is written down.
package secret
