package disk

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestBallastTakesSpaceUp looks at the blocks that the file really has: a file with a hole would be no reserve.
func TestBallastTakesSpaceUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ballast")
	if err := NewBallast(path, 4<<20).Fill(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || stat.Blocks*512 < 4<<20 {
		t.Errorf("%d blocks of 512 bytes", stat.Blocks)
	}
}
