package keyvault

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
)

// FuzzBody throws junk at the reader of bodies: it takes the one text that it was given as the value or refuses, and an
// error never repeats what was sent.
func FuzzBody(f *testing.F) {
	for _, s := range []string{
		`{"value":"v"}`, `{"VALUE":"v","attributes":{"enabled":false,"exp":1,"nbf":null},"tags":{"a":"b"},"contentType":"c"}`,
		`{"value":"v","value":"w"}`, `{"value":"v","Value":"w"}`, `{"attributes":{"exp":1e300}}`, `{"tags":[]}`, `[]`, ``, `{"id":1,"kid":2}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := parseBody([]byte(text))
		if err != nil {
			found := fault.From(err)
			if found.Reason != BadBody || found.Err != nil || len(text) > 40 && strings.Contains(found.Public, text) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if b.change.Expires != nil && (b.change.Expires.Unix() < 0 || b.change.Expires.Year() > 9999) {
			t.Errorf("%q expires %s", text, b.change.Expires)
		}
	})
}

// FuzzTarget throws hosts and paths at the reader of targets: what it accepts names one vault, and a secret of it without
// a slash.
func FuzzTarget(f *testing.F) {
	for _, s := range [][2]string{
		{"kv.vault.localhost:8447", "/secrets/a/"},
		{"127.0.0.1:8447", "/kv/secrets/a"},
		{"127.0.0.1:8447", "/"},
		{"vault.localhost:8447", "/kv/secrets"},
		{"a.b.vault.localhost:8447", "/secrets"},
		{"kv.vault.localhost", "/secrets/a%2fb"},
		{"KV.VAULT.LOCALHOST:8447", "//secrets/../x"},
	} {
		f.Add(s[0], s[1])
	}
	v := fuzzView(f)
	f.Fuzz(func(t *testing.T, host, path string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n")))
		if err != nil {
			return
		}
		got, err := parseTarget(v, r)
		if err != nil {
			return
		}
		if got.vault == "" || strings.ContainsAny(got.vault, "/.\\") && !got.pathName {
			t.Errorf("%q %q names the vault %q", host, path, got.vault)
		}
		if op, err := got.operation(http.MethodGet); err == nil && op.name == "" || strings.ContainsAny(got.name+got.version, "/\\") {
			t.Errorf("%q %q names the secret %q, version %q", host, path, got.name, got.version)
		}
	})
}

func fuzzView(f *testing.F) *view.View {
	f.Helper()
	v, err := view.Load(1, []view.Record{&view.Installation{
		URLs: map[string]string{"entra": "https://127.0.0.1:8443", "keyvault": "https://vault.localhost:8447"},
	}})
	if err != nil {
		f.Fatal(err)
	}
	return v
}
