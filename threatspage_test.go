package lanyard_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// namedTest is how pages name a test.
var namedTest = regexp.MustCompile("`(Test[A-Z][A-Za-z0-9_]*)`")

// TestPagesNameTests wants every test that a page names to exist.
func TestPagesNameTests(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("docs/*/*.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, named := testNames(t), 0
	for _, page := range slices.Concat(pages, more) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range namedTest.FindAllStringSubmatch(string(text), -1) {
			if named++; !tests[m[1]] {
				t.Errorf("%s names %s, which does not exist", page, m[1])
			}
		}
	}
	if named == 0 {
		t.Error("no page names a test: the pattern is wrong")
	}
}

// callsOut are the ways of Go's library to begin a connection.
var callsOut = regexp.MustCompile(`^(net/http\.(Client|DefaultClient|Get|Head|Post|PostForm|Transport|DefaultTransport)|` +
	`net\.(Dial[A-Za-z]*|Dialer|Lookup[A-Za-z]+|Resolver|DefaultResolver)|crypto/tls\.(Dial[A-Za-z]*|Dialer|Client)|net/smtp\..*|net/rpc\..*)$`)

// dialsOut is the only package that begins connections: it asks registered issuers for their keys, within bounds.
const dialsOut = "internal/federation/fetch"

// TestOneRoomDialsOut wants no other package of the server to begin a connection. The command talks to the operator's
// socket, and the tests' houses to their servers.
func TestOneRoomDialsOut(t *testing.T) {
	for _, s := range mustSources(t) {
		if !strings.HasPrefix(s.Name, "internal/") || s.dir() == dialsOut {
			continue
		}
		for _, use := range selectors(s.File) {
			if callsOut.MatchString(use) {
				t.Errorf("%s uses %s", s.Name, use)
			}
		}
	}
	for use, want := range map[string]bool{
		"net/http.Client": true, "net.Dial": true, "net.DialTimeout": true, "net.LookupHost": true, "crypto/tls.Dial": true,
		"net/http.Request": false, "net.Listen": false, "net.UnixConn": false, "crypto/tls.Config": false, "net.ListenConfig": false,
	} {
		if callsOut.MatchString(use) != want {
			t.Errorf("%s: want %v", use, want)
		}
	}
}
