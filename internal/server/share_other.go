//go:build !unix

package server

// descriptors is how many files and connections the process may have: systems without such a limit are taken to have one.
func descriptors() int64 { return assumedDescriptors }
