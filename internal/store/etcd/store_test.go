package etcd_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/lanyard-id/lanyard/internal/store/etcd"
	"github.com/lanyard-id/lanyard/internal/store/storetest"
)

// open opens a store on dir for a test that expects no failure.
func open(t *testing.T, dir string) *etcd.Store {
	t.Helper()
	s, err := etcd.Open(t.Context(), config(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func config(t *testing.T, dir string) etcd.Config {
	t.Helper()
	return etcd.Config{
		Dir:    dir,
		Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		Fatal:  func(err error) { t.Errorf("Fatal: %v", err) },
	}
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Store {
		return open(t, filepath.Join(t.TempDir(), "data"))
	})
}
