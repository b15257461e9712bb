//go:build !linux

package server

// widePages does nothing where large pages cannot be asked for.
func widePages(int64) {}
