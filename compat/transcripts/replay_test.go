package transcripts

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// exchange is one request, and what its answer must be.
type exchange struct {
	line     int
	method   string
	url      string
	header   http.Header
	body     string
	status   string
	expected []expectation
}

// expectation is "path = value", "path ~ expression" or "path => name", which keeps the value for what follows.
type expectation struct{ path, op, value string }

// parse reads a transcript: "> METHOD URL", "> Name: value" and "> {body" of the request, "< STATUS" and "< path op value" of
// the answer; "#" begins a comment.
func parse(text string) ([]exchange, error) {
	var all []exchange
	n := 0
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		n++
		line := strings.TrimSpace(lines.Text())
		mark, rest, _ := strings.Cut(line, " ")
		current := func() *exchange { return &all[len(all)-1] }
		switch {
		case line == "" || mark == "#":
		case mark == ">" && regexp.MustCompile(`^(GET|PUT|POST|PATCH|DELETE|HEAD) `).MatchString(rest):
			method, at, _ := strings.Cut(rest, " ")
			all = append(all, exchange{line: n, method: method, url: at, header: http.Header{}})
		case len(all) == 0:
			return nil, fmt.Errorf("line %d: a request comes first", n)
		case mark == ">" && regexp.MustCompile(`^[A-Za-z-]+: `).MatchString(rest):
			name, value, _ := strings.Cut(rest, ": ")
			current().header.Add(name, value)
		case mark == ">":
			current().body += rest
		case mark == "<" && current().status == "":
			current().status = rest
		case mark == "<":
			m := regexp.MustCompile(`^(\S+) (=|~|=>) (.*)$`).FindStringSubmatch(rest)
			if m == nil {
				return nil, fmt.Errorf("line %d: %q is no expectation", n, rest)
			}
			current().expected = append(current().expected, expectation{m[1], m[2], m[3]})
		default:
			return nil, fmt.Errorf("line %d: %q", n, line)
		}
	}
	return all, nil
}

// player replays with the variables of a launch and what the answers gave.
type player struct {
	t    *testing.T
	http *http.Client
	vars map[string]string
}

func newPlayer(t *testing.T, s *harness.Session, more map[string]string) *player {
	t.Helper()
	p := &player{t: t, vars: map[string]string{}}
	for line := range strings.Lines(s.Must(t, "env")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		p.vars[name] = value
	}
	for name, value := range more {
		p.vars[name] = value
	}
	pem, err := os.ReadFile(p.vars["LANYARD_CA"])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	p.http = &http.Client{
		Timeout:       time.Minute,
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return p
}

var variable = regexp.MustCompile(`\{\{(\w+)(\|url)?\}\}`)

// fill puts variables in; "|url" escapes for a query.
func (p *player) fill(text string) string {
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		m := variable.FindStringSubmatch(found)
		value, ok := p.vars[m[1]]
		if !ok {
			p.t.Fatalf("nothing is known as %s", m[1])
		}
		if m[2] != "" {
			return url.QueryEscape(value)
		}
		return value
	})
}

// play replays a file.
func (p *player) play(file string) {
	p.t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		p.t.Fatal(err)
	}
	exchanges, err := parse(string(text))
	if err != nil {
		p.t.Fatalf("%s: %v", file, err)
	}
	for _, x := range exchanges {
		p.one(file, x)
	}
}

func (p *player) one(file string, x exchange) {
	p.t.Helper()
	at := fmt.Sprintf("%s:%d: %s %s", file, x.line, x.method, x.url)
	req, err := http.NewRequest(x.method, strings.ReplaceAll(p.fill(x.url), " ", "%20"), strings.NewReader(p.fill(x.body)))
	if err != nil {
		p.t.Fatalf("%s: %v", at, err)
	}
	for name, values := range x.header {
		for _, value := range values {
			req.Header.Add(name, p.fill(value))
		}
	}
	answer, err := p.http.Do(req)
	if err != nil {
		p.t.Fatalf("%s: %v", at, err)
	}
	defer answer.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatalf("%s: %v", at, err)
	}
	if ok, _ := regexp.MatchString("^("+x.status+")$", fmt.Sprint(answer.StatusCode)); !ok {
		p.t.Fatalf("%s: %d, want %s\n%s", at, answer.StatusCode, x.status, body)
	}
	var value any
	if len(body) > 0 && json.Unmarshal(body, &value) != nil {
		value = string(body)
	}
	for _, e := range x.expected {
		p.check(at, e, value, answer.Header)
	}
}

// check looks at one thing: a path into the JSON, such as value.0.id, or header.Name.
func (p *player) check(at string, e expectation, body any, header http.Header) {
	p.t.Helper()
	got := body
	if name, ok := strings.CutPrefix(e.path, "header."); ok {
		got = header.Get(name)
	} else if e.path != "body" {
		for step := range strings.SplitSeq(e.path, ".") {
			switch v := got.(type) {
			case map[string]any:
				got = v[step]
			case []any:
				i := strings.IndexByte("0123456789", step[0])
				if i < 0 || i >= len(v) {
					got = nil
				} else {
					got = v[i]
				}
			default:
				got = nil
			}
		}
	}
	text, want := "", p.fill(e.value)
	if got != nil {
		text = fmt.Sprint(got)
	}
	switch e.op {
	case "=>":
		if text == "" {
			p.t.Fatalf("%s: the answer has no %s: %v", at, e.path, body)
		}
		p.vars[e.value] = text
	case "=":
		if text != want {
			p.t.Errorf("%s: %s is %q, want %q", at, e.path, text, want)
		}
	case "~":
		if ok, err := regexp.MatchString(want, text); err != nil || !ok {
			p.t.Errorf("%s: %s is %q, want it to match %s", at, e.path, text, want)
		}
	}
}
