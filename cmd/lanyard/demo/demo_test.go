package demo

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/cmd/lanyard/operator"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// TestScenesAreTheExamples holds the manifests that come along to be the ones that people read.
func TestScenesAreTheExamples(t *testing.T) {
	for file, scene := range map[string]string{"lanyard.yaml": userScene, "lanyard-system.yaml": systemScene} {
		want, err := os.ReadFile(filepath.Join("../../../examples/two-clouds", file))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), scene); d != "" {
			t.Errorf("%s (-example +embedded); copy the example's file here:\n%s", file, d)
		}
	}
}

func TestManifestsParse(t *testing.T) {
	for _, system := range []bool{false, true} {
		d := &demo{Options: Options{SystemAssigned: system}}
		both := d.scene() + "\n---\n" + d.neighbours()
		docs, err := manifest.Parse([]byte(both))
		if err != nil {
			t.Fatal(err)
		}
		if len(docs) < 15 {
			t.Errorf("only %d documents", len(docs))
		}
		if system == strings.Contains(both, userReference) {
			t.Errorf("system-assigned is %t, and the manifests refer to a user-assigned identity", system)
		}
	}
}

// TestC12ScenesHoldNoSecret looks at every setting of the function: five names and addresses, and nothing else.
func TestC12ScenesHoldNoSecret(t *testing.T) {
	for _, scene := range []string{userScene, systemScene} {
		docs, err := manifest.Parse([]byte(scene))
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range docs {
			r, ok := doc.Spec.(*manifest.Resource)
			if !ok {
				continue
			}
			var got []string
			for _, name := range strings.Split(r.Properties.Raw, `"name":"`)[1:] {
				name, _, _ = strings.Cut(name, `"`)
				got = append(got, name)
			}
			want := []string{"STORAGE_ACCOUNT_URL", "STORAGE_CONTAINER", "AWS_ROLE_ARN", "AWS_BUCKET", "AWS_AUDIENCE"}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("settings (-want +got):\n%s", d)
			}
		}
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	if _, err := readFiles(dir); err == nil {
		t.Error("an empty folder was taken")
	}
	if _, err := readFiles(filepath.Join(dir, "none")); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("a folder that is not there: %v", err)
	}
	for name, text := range map[string]string{"a b.txt": "one", "in/ü.txt": "two"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	files, err := readFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.path())
	}
	if d := cmp.Diff([]string{"a%20b.txt", "in/%C3%BC.txt"}, got); d != "" {
		t.Errorf("paths (-want +got):\n%s", d)
	}
	if files, err = readFiles(""); err != nil || len(files) != 3 {
		t.Errorf("what comes along: %d files, %v", len(files), err)
	}
}

func TestReadAnswer(t *testing.T) {
	const id = "0193b7f2-7c00-8000-8000-000000000001"
	for name, tc := range map[string]struct {
		header http.Header
		body   string
		want   said
	}{
		"blob": {
			http.Header{"X-Ms-Request-Id": {id}},
			"<?xml version='1.0'?><Error><Code>C</Code><Message>m\nRequestId:x</Message></Error>",
			said{Status: 403, Code: "C", Message: "m", RequestID: id},
		},
		"s3":       {http.Header{"X-Amz-Request-Id": {id}}, "<Error><Code>C</Code><Message>m</Message></Error>", said{Status: 403, Code: "C", Message: "m", RequestID: id}},
		"metadata": {nil, `{"error":"e","error_description":"d (request id ` + id + `)"}`, said{Status: 403, Code: "e", Message: "d (request id " + id + ")", RequestID: id}},
		"neither":  {nil, "go away", said{Status: 403}},
	} {
		t.Run(name, func(t *testing.T) {
			got := answer{403, tc.header, []byte(tc.body)}.said()
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestBecause(t *testing.T) {
	for want, rec := range map[string]opwire.Record{
		"token.expired: at the blob door":                           {Reason: "token.expired", Door: "blob"},
		"mint.x: AppServiceToken for api://a at the metadata door":  {Reason: "mint.x", Door: "metadata", Operation: "AppServiceToken", Audience: "api://a"},
		"access.denied: trust policy: sub: have a, want b; grant x": {Reason: "access.denied", Decision: &reason.Decision{Nearest: []reason.Clause{{Kind: "trust policy", Text: "sub: have a, want b"}, {Kind: "other"}}, Hint: "grant x"}},
	} {
		if got := because(rec); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestTheReportHasItsListsEvenEmpty plays a scene that fails before its first act: who reads the JSON finds both lists.
func TestTheReportHasItsListsEvenEmpty(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	report, err := Play(t.Context(), Options{Out: new(bytes.Buffer)})
	if err == nil {
		t.Fatal("it played without a folder")
	}
	got, err := json.Marshal(report)
	if want := `{"listings":[],"refusals":[]}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

// TestDifferencesAreSeen holds the demonstration to its word: what comes otherwise than expected is told.
func TestDifferencesAreSeen(t *testing.T) {
	d := &demo{Options: Options{Out: new(bytes.Buffer)}, files: []file{{name: "a", size: 1}}}
	good := []shown{
		{Listing: Listing{Store: "azure", Container: containerName, Objects: []Object{{Name: "a", Size: 1}}}},
		{Listing: Listing{Store: "aws", Container: bucketName, Objects: []Object{{Name: "a", Size: 1}}}},
	}
	if !d.compare("good", good) || len(d.report.Differs) > 0 {
		t.Fatalf("a good listing differs: %q", d.report.Differs)
	}
	for name, change := range map[string]func([]shown) []shown{
		"one store":    func(s []shown) []shown { return s[:1] },
		"other size":   func(s []shown) []shown { s[1].Objects = []Object{{Name: "a", Size: 2}}; return s },
		"other name":   func(s []shown) []shown { s[0].Objects = []Object{{Name: "b", Size: 1}}; return s },
		"nothing":      func(s []shown) []shown { s[0].Objects = nil; return s },
		"refused":      func(s []shown) []shown { s[0].Refusal = &said{}; return s },
		"other bucket": func(s []shown) []shown { s[1].Container = "x"; return s },
	} {
		t.Run(name, func(t *testing.T) {
			if d.compare(name, change(append([]shown{}, good...))) {
				t.Error("it passed")
			}
		})
	}
}

// TestRefusalsAreHeldToTheirRecords plays wrong answers and wrong records against one expectation.
func TestRefusalsAreHeldToTheirRecords(t *testing.T) {
	const id = "0193b7f2-7c00-8000-8000-000000000001"
	want := expected{"case", 403, "AccessDenied", "access.denied"}
	right := said{Type: "T", Status: 403, Code: "AccessDenied", RequestID: id}
	record := `{"id":"` + id + `","outcome":"refused","reason":"access.denied"}`
	for name, tc := range map[string]struct {
		got    said
		record string // empty: the server has none
		differ bool
	}{
		"as expected":     {right, record, false},
		"other status":    {said{Type: "T", Status: 401, Code: "AccessDenied", RequestID: id}, record, true},
		"other code":      {said{Type: "T", Status: 403, Code: "Other", RequestID: id}, record, true},
		"no id":           {said{Type: "T", Status: 403, Code: "AccessDenied"}, record, true},
		"no record":       {right, "", true},
		"other reason":    {right, strings.Replace(record, "access.denied", "token.expired", 1), true},
		"it was allowed":  {right, strings.Replace(record, "refused", "allowed", 1), true},
		"another request": {right, strings.Replace(record, "000001", "000002", 1), true},
	} {
		t.Run(name, func(t *testing.T) {
			d := &demo{Options: Options{Out: new(bytes.Buffer)}, operator: recordServer(t, tc.record)}
			if err := d.refused(t.Context(), viaRaw, tc.got, want); err != nil {
				t.Fatal(err)
			}
			if differs := len(d.report.Differs) > 0; differs != tc.differ {
				t.Errorf("differs: %q, want %t", d.report.Differs, tc.differ)
			}
		})
	}
}

// recordServer answers every question for a record with the same one.
func recordServer(t *testing.T, record string) *operator.Client {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	ln, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	srv := &httptest.Server{Listener: ln, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if record == "" {
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"error":{"reason":"audit.not_found"}}`))
			return
		}
		_, _ = w.Write([]byte(record))
	})}}
	srv.Start()
	t.Cleanup(srv.Close)
	return operator.New(t.TempDir(), socket)
}

func TestTextIsWrappedAndHarmless(t *testing.T) {
	var out bytes.Buffer
	d := &demo{Options: Options{Out: &out}}
	d.text("why", strings.Repeat("word ", 40)+"\x1b[2Jend")
	if strings.Contains(out.String(), "\x1b") {
		t.Error("an escape reached the terminal")
	}
	for line := range strings.Lines(out.String()) {
		if len(line) > lineWidth+20 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}
