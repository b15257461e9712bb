package metadata_test

import (
	"flag"
	"net/http"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/metadata"
	"github.com/lanyard-id/lanyard/internal/keyring/ringtest"
	"github.com/lanyard-id/lanyard/internal/store/memory"
)

var update = flag.Bool("update", false, "write the answers into the transcripts")

// ring is the one keyring of these tests: making keys takes time.
var ring ringtest.Shared

// serve makes a world and the door in it.
func serve(t *testing.T) (*doortest.World, http.Handler) {
	t.Helper()
	w := doortest.New(t, ring.Ring(t, memory.New(), doortest.Start))
	door, err := metadata.Door{View: w.Current, Mint: w.Mint, Now: w.Now}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	return w, door
}

func TestTranscripts(t *testing.T) { doortest.Transcripts(t, *update, serve) }
