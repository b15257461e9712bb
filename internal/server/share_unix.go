//go:build unix

package server

import "syscall"

// descriptors is how many files and connections the system lets this process have.
func descriptors() int64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return assumedDescriptors
	}
	return int64(min(uint64(limit.Cur), maxDescriptors)) //nolint:gosec,unconvert // bounded; some systems count in int64
}
