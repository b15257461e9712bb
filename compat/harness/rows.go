package harness

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// What came of a flow.
const (
	Pass       = "pass"
	Fail       = "fail"
	Transcript = "transcript" // requests replayed from what is documented; the client itself did not run
	NotRun     = "not run (left out)"
)

// Row is one line of docs/conformance.md.
type Row struct {
	Key     string // of the client, as COMPAT_WITHOUT names it
	Client  string
	Version string
	Flow    string
	Result  string
	Setting string // how the client was told
	Test    string
}

// Tell begins the story of a client: when the test ends, its row is written with what came of it. It tells whether the
// client is there. One that is missing fails the test, unless it was left out on purpose: then the row says so.
func Tell(t testing.TB, client, flow, setting string) bool {
	t.Helper()
	i := slices.IndexFunc(Clients(), func(c Client) bool { return c.Name == client })
	if i < 0 {
		t.Fatalf("there is no client %q", client)
	}
	c := Clients()[i]
	row := Row{Key: c.Key, Client: client, Flow: flow, Setting: setting, Test: t.Name()}
	if Without(c.Key) {
		row.Result = NotRun
		row.write(t)
		t.Logf("%s: %s", client, NotRun)
		return false
	}
	version, err := versions.of(c)
	if err != nil {
		t.Fatal(err)
	}
	row.Version = version
	t.Cleanup(func() {
		row.Result = Pass
		if t.Failed() {
			row.Result = Fail
		}
		row.write(t)
	})
	return true
}

// Fails tells of a flow that the client cannot do by itself, whatever server it meets: the test that calls this shows so. Why
// stands in the row.
func Fails(t testing.TB, client, flow, why string) bool {
	t.Helper()
	i := slices.IndexFunc(Clients(), func(c Client) bool { return c.Name == client })
	if i < 0 {
		t.Fatalf("there is no client %q", client)
	}
	c := Clients()[i]
	row := Row{Key: c.Key, Client: client, Flow: flow, Setting: "–", Test: t.Name(), Result: "not run (" + why + ")"}
	if !Without(c.Key) {
		version, err := versions.of(c)
		if err != nil {
			t.Fatal(err)
		}
		row.Version = version
	}
	row.write(t)
	return !Without(c.Key)
}

// Replayed begins a story that is told by a transcript.
func Replayed(t testing.TB, client, flow, setting string) {
	t.Helper()
	row := Row{Client: client, Version: "documented", Flow: flow, Setting: setting, Test: t.Name()}
	t.Cleanup(func() {
		row.Result = Transcript
		if t.Failed() {
			row.Result = Fail
		}
		row.write(t)
	})
}

// versions asks each client once; it needs a second to say.
var versions versionCache

type versionCache struct {
	mu    sync.Mutex
	known map[string]string
}

func (v *versionCache) of(c Client) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if known, ok := v.known[c.Name]; ok {
		return known, nil
	}
	version, err := c.Version()
	if err != nil {
		return "", err
	}
	if v.known == nil {
		v.known = map[string]string{}
	}
	v.known[c.Name] = version
	return version, nil
}

// write leaves the row for the page.
func (r Row) write(t testing.TB) {
	t.Helper()
	folder := os.Getenv("COMPAT_ROWS")
	if folder == "" {
		t.Fatal("COMPAT_ROWS is set by compat/run.sh: run that")
	}
	text, err := json.Marshal(r)
	if err == nil {
		name := fmt.Sprintf("%x.json", sha256.Sum256([]byte(r.Client+"\n"+r.Flow)))
		err = os.WriteFile(filepath.Join(folder, name), text, 0o600)
	}
	if err != nil {
		t.Errorf("the row is lost: %v", err)
	}
}
