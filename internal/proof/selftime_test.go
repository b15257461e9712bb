//go:build proof && unix

package proof

import (
	"time"

	"golang.org/x/sys/unix"
)

// selfTime is how long the processors have worked for this process so far.
func selfTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
