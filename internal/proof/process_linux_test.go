//go:build proof

package proof

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// processorTime is how long the processors have worked for a process so far, by the kernel's own clock of that process.
func processorTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	const schedClock = 2 // clock_getcpuclockid(3): the bits below are the kernel's MAKE_PROCESS_CPUCLOCK
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|schedClock), &ts); err != nil { //nolint:gosec // process ids have 22 bits at most
		t.Fatal(err)
	}
	return time.Duration(ts.Nano())
}

// memory gives the resident memory of the server now and at its highest, in bytes.
func (h *house) memory(t *testing.T) (now, peak int64) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(h.process.Process.Pid), "status"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		var kib int64
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kib); err == nil {
			now = kib << 10
		}
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kib); err == nil {
			peak = kib << 10
		}
	}
	return now, peak
}

// loadAverage is how many wanted to work on this machine over the last minute, ourselves included.
func loadAverage() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	first, _, _ := strings.Cut(string(b), " ")
	return first
}

// bytesBelow is how much the files of a folder take on the disk.
func bytesBelow(t *testing.T, dir string) (sum int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().IsRegular() {
			sum += info.Size()
		}
		return nil // a file that has just gone takes nothing
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}
