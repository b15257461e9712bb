//go:build !unix

package audit

// syncFolder is nothing here: Windows journals names by itself and cannot flush a folder.
func syncFolder(string) error { return nil }
