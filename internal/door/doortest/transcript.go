package doortest

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Transcripts plays every archive testdata/*.txtar against a door of its own and compares the answers with those in the
// file; update writes them instead. What a file shows stands at its head and in the names of its sections:
//
//	-- ask: what this exchange shows --
//	a request as it stands on the wire; see expand for what is filled in
//	-- answer --
//	status, headers in order, body; then what was recorded
//
// A request whose X-Test-Sign header says "ROLE SERVICE" is signed by a session of that role.
func Transcripts(t *testing.T, update bool, serve func(*testing.T) (*World, http.Handler)) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts (%v)", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(file) //nolint:gosec // from the glob above
			if err != nil {
				t.Fatal(err)
			}
			w, h := serve(t)
			got := w.play(h, string(text))
			if update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(text) {
				t.Errorf("the door answers otherwise than %s says; run with -update and look at the difference\n%s", file, got)
			}
		})
	}
}

// asked finds the requests of an archive.
var asked = regexp.MustCompile(`(?ms)^(-- ask: [^\n]+ --\n)(.*?)^-- answer --\n`)

// play gives the file as it should be: the same requests, with the answers that the door gives now.
func (w *World) play(h http.Handler, text string) string {
	w.t.Helper()
	var out strings.Builder
	for i, at := range asked.FindAllStringSubmatchIndex(text, -1) {
		if i == 0 {
			out.WriteString(text[:at[0]])
		}
		request := text[at[4]:at[5]]
		rec := w.Do(h, w.read(strings.TrimSuffix(request, "\n")))
		out.WriteString(text[at[2]:at[3]] + request + "-- answer --\n" + answer(rec) + w.recorded() + "\n")
	}
	return out.String()
}

// read makes a request of its text.
func (w *World) read(text string) Request {
	w.t.Helper()
	head, body, _ := strings.Cut(w.expand(text), "\n\n")
	line, headers, _ := strings.Cut(head, "\n")
	method, target, _ := strings.Cut(strings.TrimSuffix(line, " HTTP/1.1"), " ")
	req := Request{Method: method, Target: target, Header: http.Header{}, Body: body}
	for h := range strings.Lines(headers) {
		name, value, _ := strings.Cut(strings.TrimSuffix(h, "\n"), ": ")
		req.Header.Add(name, value)
	}
	if sign := req.Header.Get("X-Test-Sign"); sign != "" {
		req.Header.Del("X-Test-Sign")
		role, service, _ := strings.Cut(sign, " ")
		req = w.Signed(req, w.Signing(w.Session(role), service))
	}
	return req
}

// blank is a place in a request that is filled in: {{secret WORKLOAD}} and {{token WORKLOAD AUDIENCE}}, and what World.Fill
// knows.
var blank = regexp.MustCompile(`\{\{[^}]*\}\}`)

func (w *World) expand(text string) string {
	return blank.ReplaceAllStringFunc(text, func(s string) string {
		words := append(strings.Fields(strings.Trim(s, "{}")), "", "")
		switch words[0] {
		case "secret":
			return Secret(words[1])
		case "token":
			return w.Token(words[1], words[2])
		}
		if w.Fill != nil {
			return w.Fill(words)
		}
		w.t.Fatalf("a transcript asks for %s", s)
		return ""
	})
}

// changing is what differs from run to run: tokens, access keys and their secrets, ids of things that were just made, and
// what the process signs for itself.
var changing = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+|ASIA[A-Z2-7]{16}|(<SecretAccessKey>)[^<]+|(<SessionToken>)[^<]+|(operationresults/)[\w-]+|(skiptoken=)[\w-]+|("secretText":")[^"]+|("hint":")[^"]+|(failure message: )[\w-]+`)

// made is an id of a thing in an answer, which is random unless the thing is of the cast.
var made = regexp.MustCompile(`"(principalId|clientId|vmId|id|appId|keyId)":"[0-9a-f-]{36}"|"servicePrincipalNames":\["[0-9a-f-]{36}"`)

// unique is an id that AWS would give to a thing that was just made.
var unique = regexp.MustCompile(`\b(AROA|ANPA|AIPA|AIDA|AGPA)[A-Z2-7]{17}\b|\b(AKIA)[A-Z2-7]{16}\b|(<Marker>)[^<]+|(<SAMLMetadataDocument>)[^<]+|(<SAMLProviderUUID>)[^<]+`)

// version is the random end of an identifier.
var version = regexp.MustCompile(`/[0-9a-f]{32}"`)

// answer writes an answer as it stands in a transcript.
func answer(rec *httptest.ResponseRecorder) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%d %s\n", rec.Code, http.StatusText(rec.Code))
	for _, h := range slices.Sorted(maps.Keys(rec.Header())) {
		value := masked(strings.Join(rec.Header()[h], ", "))
		if h == "Content-Length" && (changing.MatchString(rec.Body.String()) || unique.MatchString(rec.Body.String())) {
			value = "(as the body)" // signatures and sealed texts vary in length
		}
		fmt.Fprintf(&out, "%s: %s\n", h, value)
	}
	body := version.ReplaceAllString(masked(Text(rec)), `/(random)"`)
	if body != "" {
		out.WriteString("\n" + strings.ReplaceAll(body, "\r", "\\r") + "\n")
	}
	return out.String()
}

// masked hides what changes; the word in its place says that something stands there.
func masked(text string) string {
	text = changing.ReplaceAllString(text, "${1}${2}${3}${4}${5}${6}${7}(secret)")
	text = unique.ReplaceAllString(text, "${1}${2}${3}${4}${5}(new)")
	return made.ReplaceAllStringFunc(text, func(s string) string {
		if strings.HasSuffix(s, `-0000-4000-8000-000000000000"`) {
			return s
		}
		name, _, _ := strings.Cut(s, ":")
		return name + `:"(new)"`
	})
}

// recorded tells what the audit knows of the request.
func (w *World) recorded() string {
	if w.Ledger.Len() == w.known {
		return "(no record)"
	}
	r := w.Ledger.Last()
	who := r.Principal.Display
	if who == "" {
		who = "a stranger"
	}
	text := fmt.Sprintf("(%s: %s %s", r.Stream, r.Operation, r.Outcome)
	if r.Reason != "" {
		text += fmt.Sprintf(" %s as %s", r.Reason, r.Wire)
	}
	return text + ", " + who + ")"
}

// Want sends a request and ends the test unless the status is the one that it wants.
func (w *World) Want(h http.Handler, status int, req Request) *httptest.ResponseRecorder {
	w.t.Helper()
	rec := w.Do(h, req)
	if rec.Code != status {
		w.t.Fatalf("%s %s: %d, want %d: %s", req.Method, req.Target, rec.Code, status, Text(rec))
	}
	return rec
}

// Refused compares the status of the last request, and the reason in the record that it left, with what a test wants.
func (w *World) Refused(rec *httptest.ResponseRecorder, status int, why fault.Reason) {
	w.t.Helper()
	if rec.Code != status {
		w.t.Errorf("status %d, want %d: %s", rec.Code, status, Text(rec))
	}
	if got := w.Ledger.Last().Reason; got != why || w.Ledger.Len() == w.known {
		w.t.Errorf("recorded reason %q, want %q: %s", got, why, Text(rec))
	}
}
