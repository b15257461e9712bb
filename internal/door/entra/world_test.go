package entra_test

import (
	"flag"
	"net/http"
	"path/filepath"
	"sync"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/entra"
	"github.com/lanyard-id/lanyard/internal/keyring"
	"github.com/lanyard-id/lanyard/internal/store/memory"
)

var update = flag.Bool("update", false, "write the answers into the transcripts")

// ring is the one keyring of these tests: making keys takes time.
var ring struct {
	sync.Once
	*keyring.Ring
}

// serve makes a world and the door in it.
func serve(t *testing.T) (*doortest.World, http.Handler) {
	t.Helper()
	ring.Do(func() {
		r, err := keyring.Open(t.Context(), keyring.Config{
			Store: memory.New(), StoreID: "store", KEKPath: filepath.Join(t.TempDir(), "kek"), Now: doortest.Start,
		})
		if err != nil {
			t.Fatal(err)
		}
		ring.Ring = r
	})
	w := doortest.New(t, ring.Ring)
	addLegacy(t, w)
	door, err := entra.Door{View: w.Current, Verifier: w.Verifier, Proofs: w.Authn, Mint: w.Mint, Keys: w.Keys, Now: w.Now}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	return w, door
}

func TestTranscripts(t *testing.T) { doortest.Transcripts(t, *update, serve) }
