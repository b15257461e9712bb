//go:build !unix

package keyring

import "io/fs"

// exposed cannot be told from mode bits here; access lists of the user's profile folder protect the file.
func exposed(fs.FileInfo) bool { return false }

// syncFolder is nothing here: Windows journals names by itself.
func syncFolder(string) error { return nil }
