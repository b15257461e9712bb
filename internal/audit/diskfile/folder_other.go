//go:build !unix

package diskfile

// SyncFolder is nothing here: Windows journals names by itself and cannot flush a folder.
func SyncFolder(string) error { return nil }
