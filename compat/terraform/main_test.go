package terraform

import (
	"os"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

var house *harness.House

func TestMain(m *testing.M) {
	os.Exit(harness.Main(m, func(h *harness.House) {
		house = h
		// The backend makes the account's address of its name and the cloud's storage suffix. Below .localhost, where the
		// names of a server for one machine lie, not every resolver answers.
		h.Resolve("tfstates.blob.storage.localhost")
	}))
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
