package s3_test

import (
	"flag"
	"net/http"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/s3"
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
	return w, mount(t, w, w.Ledger, roomy)
}

func roomy() error { return nil }

// mount makes the door in a world, with a ledger and a disk that may be in a bad state.
func mount(t *testing.T, w *doortest.World, ledger s3.Audit, room func() error) http.Handler {
	t.Helper()
	door, err := s3.Door{
		View: w.Current, Directory: w.Trying(), Authn: w.Authn, Objects: w.Objects, Audit: ledger, Room: room, Last: room, Now: w.Now,
	}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	return door
}

func TestTranscripts(t *testing.T) { doortest.Transcripts(t, *update, serve) }
