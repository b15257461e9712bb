package ringtest

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/keyring"
	"github.com/lanyard-id/lanyard/internal/store"
)

// Shared is a keyring that is made when it is asked for first. The zero value is ready.
type Shared struct {
	once sync.Once
	ring *keyring.Ring
}

// Ring gives the keyring. Only the first call uses the store and the clock.
func (s *Shared) Ring(t testing.TB, kept store.Store, now func() time.Time) *keyring.Ring {
	t.Helper()
	s.once.Do(func() {
		var err error
		s.ring, err = keyring.Open(t.Context(), keyring.Config{
			Store: kept, StoreID: "store", KEKPath: filepath.Join(t.TempDir(), "kek"), Now: now,
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	return s.ring
}
