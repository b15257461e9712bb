package sts_test

import (
	"flag"
	"net/http"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/sts"
	"github.com/lanyard-id/lanyard/internal/keyring/ringtest"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

var update = flag.Bool("update", false, "write the answers into the transcripts")

// ring is the one keyring of these tests: making keys takes time.
var ring ringtest.Shared

// serve makes a world and the door in it.
func serve(t *testing.T) (*doortest.World, http.Handler) {
	t.Helper()
	w := doortest.New(t, ring.Ring(t, memory.New(), doortest.Start))
	sts := sts.Door{Authn: w.Authn, Verifier: w.Verifier, Mint: w.Mint, Now: w.Now}
	door, err := query.Listener{View: w.Current, Services: []query.Service{sts.Service()}}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	return w, door
}

func TestTranscripts(t *testing.T) { doortest.Transcripts(t, *update, serve) }
